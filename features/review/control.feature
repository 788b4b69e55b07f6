Feature: The proof of control
  A record says what a host answered, and anybody can set up a host. What stands at a known place of the host that was
  judged follows from the challenge and from the key that signs, so that whoever signs has written it there.

  Scenario Outline: A host serves the proof of this challenge and of the key that signs, and nothing else (<answer>)
    Given a bundle of a run whose challenge asks for a proof of control
    When its host served <answer> as the proof
    And it is signed by the partner in "conformance@destspec.dev"
    Then check "G7" fails
    And the review ends with "refused"

    Examples:
      | answer                            |
      | nothing                           |
      | the nonce                         |
      | the text of another challenge     |
      | the text of another key           |
      | the right text with 404           |
      | the right text with 302           |
      | the right text with 203           |
      | the right text in a page          |
      | the right text in capitals        |
      | the right text padded             |
      | the right text twice              |
      | the right text after a line break |

  Scenario Outline: White space at its end does not matter (<answer>)
    Given a bundle of a run whose challenge asks for a proof of control
    And a policy with "challenge.control_proof = true"
    When its host served <answer> as the proof
    And it is signed by the partner in "conformance@destspec.dev"
    Then no check fails
    And the review ends with "accepted"

    Examples:
      | answer                         |
      | the right text                 |
      | the right text and line breaks |

  Scenario Outline: A proof names the key that signs (<who>)
    Given a bundle of a run whose challenge asks for a proof of control
    When it is signed by <who> in "conformance@destspec.dev"
    Then check "G7" fails
    And the review ends with "refused"

    Examples:
      | who        |
      | nobody     |
      | a stranger |

  Scenario Outline: The hosts that prove it are those that were judged (<hosts>)
    Given a bundle of a run whose challenge asks for a proof of control
    When its challenge names "<hosts>", and nothing was asked for
    And it is signed by the partner in "conformance@destspec.dev"
    Then check "G7" fails
    And the review ends with "refused"

    Examples:
      | hosts                  |
      | HERE                   |
      | localhost              |
      | api.acme.example       |
      | HERE, api.acme.example |

  Scenario Outline: What is asked for and where follows from the challenge (<place>)
    Given a bundle of a run whose challenge asks for a proof of control
    When its record says <value> at "destinations > bearer-single > control > 0 > <place>"
    And it is signed by the partner in "conformance@destspec.dev"
    Then check "F3" fails
    And the review ends with "forged"

    Examples:
      | place                         | value                                                  |
      | act > http > request > url    | "https://other.example/.well-known/destspec/ch-1"      |
      | act > http > request > url    | "https://localhost/.well-known/destspec/ch-1"          |
      | act > http > request > method | "POST"                                                 |
      | purpose                       | "observation"                                          |
