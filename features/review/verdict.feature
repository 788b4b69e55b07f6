Feature: The verdict of a bundle
  Nothing that a bundle concludes is believed: the same suite judges again what was recorded. A record that was edited
  is contradicted by what follows from the rest of it.

  Scenario Outline: An edited record is forged (<place>)
    Given a bundle of a conformant run
    When its record says <value> at "<place>"
    Then check "F3" fails
    And the review ends with "forged"

    Examples:
      | place                                                                  | value                                    |
      | id                                                                     | "other"                                  |
      | seed                                                                   | 4711                                     |
      | partner > name                                                         | "Somebody Else"                          |
      | partner > kind                                                         | "customer"                               |
      | partner > contact                                                      | "nobody@moonshine.example"               |
      | edition                                                                | "e1"                                     |
      | attestations > PAR-1 > statement                                       | "Member of everything"                   |
      | attestations > PAR-1 > by                                              | "Somebody Else"                          |
      | attestations > PAR-1 > on                                              | "2026-11-20"                             |
      | attestations > PAR-1 > valid_until                                     | "2036-11-20"                             |
      | requirements > STR-1a.07 > level                                       | "may"                                    |
      | requirements > STR-1a.07 > text                                        | "Anything goes."                         |
      | prerequisites > STR-1 > title                                          | "Nothing"                                |
      | destinations > bearer-single > version                                 | "9"                                      |
      | destinations > bearer-single > claims                                  | ["STR-1"]                                |
      | destinations > bearer-single > profiles                                | "the partner's own: people.json"         |
      | destinations > bearer-single > warnings                                | ["all is well"]                          |
      | scenarios > STR-1a.07/leaves > title                                   | "Anything"                               |
      | scenarios > STR-1a.07/leaves > level                                   | "may"                                    |
      | scenarios > STR-1a.07/leaves > requirement                             | "STR-1.01"                               |
      | scenarios > STR-1a.07/leaves > outcome                                 | {"is":"passed","strength":"status-only"} |
      | scenarios > STR-1a.07/leaves > steps > 0 > text                        | "a profile that nobody made"             |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > purpose                 | "observation"                            |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > method | "PUT"                              |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > url | "https://localhost/other"             |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > body | {"text":"{}"}                        |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > headers > 2 > 1 | "destspec/0.0.1-patched" |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > headers > 2 > 0 | "X-Agent"                |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > result > answer > status | 500                        |

  Scenario Outline: What is missing from a record is forged (<place>)
    Given a bundle of a conformant run
    When its record lacks "<place>"
    Then check "F3" fails
    And the review ends with "forged"

    Examples:
      | place                                        |
      | scenarios > STR-1a.07/leaves                 |
      | scenarios > STR-2.05/nearly-right            |
      | scenarios > STR-1a.07/leaves > exchanges > 0 |
      | attestations > PAR-1                         |

  Scenario: A requirement that was judged cannot be left out
    Given a bundle of a conformant run
    When its record lacks "requirements > STR-1a.07"
    Then check "F1" fails
    And the review ends with "forged"

  Scenario: A reason to leave out is judged again
    Given a bundle of a conformant run
    When the first scenario that does not apply gets another reason
    Then check "F3" fails
    And the review ends with "forged"

  Scenario: A bundle of a part of the suite is valid, and not conformant
    Given a bundle of three scenarios of a run
    Then check "D6" fails
    And check "F4" fails
    And the review ends with "not-conformant"

  Scenario: A filter that is kept quiet is found
    Given a bundle of three scenarios of a run
    When its record lacks "selection"
    Then check "D6" fails
    And the review ends with "not-conformant"

  Scenario: A run that was interrupted is not conformant
    Given a bundle of a conformant run
    When its record says true at "interrupted"
    Then check "E1" fails
    And the review ends with "not-conformant"

  Scenario: Another suite than the reviewer's own is refused
    Given a bundle of a conformant run
    When its record says "0000000000000000000000000000000000000000000000000000000000000000" at "suite"
    Then check "D1" fails
    And the review ends with "refused"
