Feature: The repetitions that a challenge asks for
  Who runs a hundred times and sends the best has run once. A challenge asks for the suite more than once, each time from
  data of its own that follow from it, and all of them have to be conformant.

  Scenario: A run that was repeated as its challenge asks is accepted
    Given a bundle of a run that its challenge asks for twice
    Then no check fails
    And the review ends with "accepted"

  Scenario: A repetition that is missing is refused
    Given a bundle of a run that its challenge asks for twice
    When its record lacks "repetitions > 0"
    Then check "E2" fails
    And the review ends with "refused"

  Scenario: A repetition that was interrupted is not conformant
    Given a bundle of a run that its challenge asks for twice
    When its record says true at "repetitions > 0 > interrupted"
    Then check "E1" fails
    And the review ends with "not-conformant"

  Scenario Outline: A repetition is the same run again (<place>)
    Given a bundle of a run that its challenge asks for twice
    When its record says <value> at "repetitions > 0 > <place>"
    Then check "F1" fails
    And the review ends with "forged"

    Examples:
      | place             | value                      |
      | id                | "test-run"                 |
      | destspec          | "9.9.9"                    |
      | partner > contact | "nobody@moonshine.example" |
      | challenge         | "another"                  |

  Scenario Outline: A repetition is judged again like any run (<place>)
    Given a bundle of a run that its challenge asks for twice
    When its record says <value> at "repetitions > 0 > <place>"
    Then check "F3" fails
    And the review ends with "forged"

    Examples:
      | place                                                                                | value |
      | seed                                                                                 | 4711  |
      | scenarios > STR-1a.07/leaves > outcome                                               | {"is":"passed","strength":"status-only"} |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > result > answer > status | 500   |

  Scenario: A scenario that is missing from a repetition is missed
    Given a bundle of a run that its challenge asks for twice
    When its record lacks "repetitions > 0 > scenarios > STR-1a.07/leaves"
    Then check "F1" fails
    And the review ends with "forged"

  Scenario Outline: What a policy asks of a run it asks of each (<place>)
    Given a bundle of a run that its challenge asks for twice
    When its record says <value> at "repetitions > 0 > <place>"
    Then check "<check>" fails

    Examples:
      | place   | value                  | check |
      | started | "2026-10-01T00:00:00Z" | G3    |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > url | "https://elsewhere.example/" | G4 |
      | scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > url | "http://localhost/" | G5 |
