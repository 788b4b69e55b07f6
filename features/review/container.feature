Feature: The container of a bundle
  A bundle comes from somebody who may wish the reviewer harm. Every byte of it that is no content follows from names and
  contents, so that nothing can be hidden, and nothing is unpacked before it is known how large it is.

  Scenario: An honest bundle is accepted
    Given a bundle of a conformant run
    Then no check fails
    And the review ends with "accepted"

  Scenario Outline: What is no archive of a bundle is malformed (<bytes>)
    Given a bundle of a conformant run
    When its archive is <bytes>
    Then check "<check>" fails
    And the review ends with "malformed"

    Examples:
      | bytes                 | check |
      | cut short             | A5    |
      | followed by a byte    | A5    |
      | preceded by a byte    | A5    |
      | joined to another     | A5    |
      | empty                 | A5    |
      | changed in a header   | A4    |

  Scenario: Many streams inflate to one file, and one of them is a bundle's
    Given a bundle of a conformant run
    When its archive is deflated otherwise
    Then check "B7" fails
    And the review ends with "refused"

  Scenario Outline: A name that leads astray is refused (<name>)
    Given a bundle of a conformant run
    When it holds a file called "<name>"
    Then check "A3" fails
    And the review ends with "malformed"

    Examples:
      | name        |
      | ../x        |
      | /etc/passwd |
      | a//b        |
      | R.json      |
      | con         |
      | run         |

  Scenario Outline: A policy lowers what a bundle may have (<limit>)
    Given a bundle of a conformant run
    And a policy with "<limit>"
    Then check "A1" fails
    And the review ends with "malformed"

    Examples:
      | limit               |
      | limits.files = 9    |
      | limits.ratio = 2    |
