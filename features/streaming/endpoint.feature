@must
Feature: Delivery endpoint

  Experience Platform delivers messages with the method, content type and batch size that the
  partner's own configuration fixes, and it reads nothing of an answer but its status.

  @req.STR-1.01
  Scenario: The endpoint is reached over an encrypted connection
    When the endpoint is contacted
    Then the connection is encrypted with TLS 1.2 or newer

  @req.STR-1.02
  Scenario: A message with one profile is accepted
    Given a profile in one audience
    And the profile has one identity
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1.03
  Scenario: The configured method and content type are accepted
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts the method and the content type

  @should @req.STR-1.04 @alone
  Scenario: Messages are answered within 2 seconds
    Given 10 profiles in one audience, each in a message of its own
    When the messages are delivered one after another
    Then 95 percent of the answers come within 2 seconds

  @req.STR-1.05 @needs.batch
  Scenario Outline: A message of <size> is accepted
    Given a message of <size>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

    Examples:
      | id             | size                    |
      | one            | one profile             |
      | limit-less-one | one less than the limit |
      | limit          | exactly the limit       |

  @should @req.STR-1.05 @id.large @needs.batch @needs.many-audiences
  Scenario: A message of large profiles is accepted
    Given a message of large profiles
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1.06 @needs.batch
  Scenario: A message that is not full is accepted
    Given a message of half the limit
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1.07
  Scenario: The same message twice leaves the same state
    Given a profile in one audience
    When the message is delivered
    And the same message is delivered again
    Then the destination accepts every message
    And the destination stores the same membership as before
    And the destination stores the same identities as before

  @info @req.STR-1.17 @first
  Scenario: No message is answered with a redirect
    Given a profile in one audience
    When the message is delivered
    Then no answer is a redirect

  @req.STR-1.18 @needs.batch
  Scenario Outline: Each profile of a message <mixture> ends as its own
    Given a message <mixture>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent
    And the destination stores the identities that were sent
    And the destination stores the attributes that were sent

    Examples:
      | id      | mixture                                 |
      | in-turn | with different profiles                 |
      | reverse | with different profiles in reverse order |

  @req.STR-1.18 @id.leave @needs.batch
  Scenario: The profiles of a message that leave together are no members
    Given a message with different profiles
    When the message is delivered
    And the profile in each place leaves its audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1.18 @id.nobody @needs.batch
  Scenario: A profile without identities does not take others with it
    Given a message with a profile without identities among others
    When the message is delivered
    Then the destination refuses the message or stores the membership that was sent

  @should @req.STR-1.10 @id.partial @needs.batch
  Scenario: No error hides behind a message of which a part is not taken
    Given a message with a profile without identities among others
    When the message is delivered
    Then no error hides behind a success
