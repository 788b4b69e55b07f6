Feature: The chain of a bundle
  A signature vouches for the statement, the statement for the sums, the sums for every file. What breaks the chain is
  forged, whatever it says.

  Scenario Outline: A file that is not as packed is forged (<file> <change>)
    Given a bundle of a conformant run
    When its file "<file>" is <change>
    Then check "<check>" fails
    And the review ends with "<end>"

    Examples:
      | file            | change  | check | end       |
      | run/record.json | longer  | B4    | forged    |
      | run/record.json | gone    | B3    | forged    |
      | README.txt      | longer  | B4    | forged    |
      | SHA256SUMS      | longer  | B1    | forged    |
      | SHA256SUMS      | gone    | B1    | forged    |
      | statement.json  | longer  | F2    | forged    |
      | statement.json  | gone    | B2    | forged    |
      | run/more.json   | added   | B3    | forged    |
      | signatures/more | added   | C6    | malformed |

  Scenario Outline: What the sums are made to fit still has to follow from the record (<file> <change>)
    Given a bundle of a conformant run
    When its file "<file>" is <change>
    And everything is summed again
    Then check "<check>" fails
    And the review ends with "<end>"

    Examples:
      | file                                | change | check | end     |
      | README.txt                          | longer | B5    | forged  |
      | submission/index.json               | longer | B5    | forged  |
      | run/more.json                       | added  | B5    | forged  |
      | run/record.json                     | longer | B5    | forged  |
      | edition/requirements.toml           | longer | D3    | refused |
      | edition/streaming/membership.feature | longer | D3   | refused |
      | edition/streaming/membership.feature | gone  | D3    | refused |
      | edition/streaming/more.feature      | added  | D3    | refused |

  Scenario Outline: A statement says what follows from the record and nothing else (<place>)
    Given a bundle of a conformant run
    When its statement says <value> at "<place>"
    Then check "F2" fails
    And the review ends with "forged"

    Examples:
      | place                           | value                                                              |
      | predicate > runId               | "other"                                                            |
      | predicate > partner             | "Somebody Else"                                                    |
      | predicate > claim > verdict     | "incomplete"                                                       |
      | predicate > claim > planned     | 1                                                                  |
      | predicate > claim > must        | 1                                                                  |
      | predicate > claim > passed      | 1                                                                  |
      | predicate > claim > failed      | 1                                                                  |
      | predicate > claim > unjudged    | 1                                                                  |
      | predicate > claim > notApplicable | 0                                                                |
      | predicate > claim > filtered    | 1                                                                  |
      | predicate > harness > version   | "9.9.9"                                                            |
      | predicate > seed                | 4711                                                               |
      | predicate > selection           | "@must"                                                            |
      | predicate > destinations > 0    | "bearer-single 9"                                                  |
      | predicate > certified           | true                                                               |
      | predicate > startedAt           | "2026-11-20T00:00:00Z"                                             |
      | predicate > durationMs          | 1                                                                  |
      | predicate > edition > planSha256 | "0000000000000000000000000000000000000000000000000000000000000000" |
      | predicate > edition > suiteSha256 | "0000000000000000000000000000000000000000000000000000000000000000" |

  Scenario Outline: A statement of another kind is not read (<place>)
    Given a bundle of a conformant run
    When its statement says <value> at "<place>"
    Then check "B2" fails
    And the review ends with "malformed"

    Examples:
      | place                | value   |
      | _type                | "other" |
      | predicateType        | "other" |
      | predicate > format   | 2       |
      | predicate > approved | true    |

  Scenario: A statement of other sums is forged
    Given a bundle of a conformant run
    When its statement says "0000000000000000000000000000000000000000000000000000000000000000" at "subject > 0 > digest > sha256"
    Then check "B2" fails
    And the review ends with "forged"

  Scenario Outline: A signature is by an allowed signer, over the statement and for nothing else (<who> in <namespace>)
    Given a bundle of a conformant run
    And a policy with "signature.required = true"
    When it is signed by <who> in "<namespace>"
    Then check "<check>" fails
    And the review ends with "<end>"

    Examples:
      | who         | namespace                | check | end     |
      | nobody      | conformance@destspec.dev | C1    | refused |
      | a stranger  | conformance@destspec.dev | C4    | refused |
      | the partner | git                      | C2    | forged  |
      | the partner | certificate@destspec.dev | C2    | forged  |

  Scenario: What the partner signed is accepted
    Given a bundle of a conformant run
    And a policy with "signature.required = true"
    When it is signed by the partner in "conformance@destspec.dev"
    Then no check fails
    And the review ends with "accepted"
