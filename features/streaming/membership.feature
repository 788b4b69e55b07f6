@must
Feature: Audience membership

  A profile enters and leaves audiences. Experience Platform sends both, together or alone, and a
  destination that loses an exit keeps people in an audience that they have left.

  @req.STR-1a.01
  Scenario: A profile with one realized audience becomes a member
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1a.02
  Scenario: A profile with only exited audiences is not a member
    Given a profile that has left an audience
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1a.03
  Scenario: Entering one audience and leaving another both take effect
    Given a profile in one audience that has left another
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1a.04
  Scenario: An existing membership is membership
    Given a profile with an existing membership
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1a.05 @needs.many-audiences
  Scenario: A profile in 250 audiences is accepted
    Given a profile in 250 audiences
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1a.05 @id.leaves @needs.many-audiences
  Scenario: A profile that leaves 250 audiences is in none of them
    Given a profile in 250 audiences
    When the message is delivered
    And the profile leaves its audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1a.06 @needs.other-audience-namespace
  Scenario Outline: A profile <membership> is accepted
    Given a profile <membership>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

    Examples:
      | id          | membership                         |
      | other       | in an audience of another namespace |
      | two-sources | in audiences of two namespaces     |

  @should @req.STR-1a.08
  Scenario: The exit of a profile that was never seen is accepted
    Given a profile that has left an audience
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1a.09
  Scenario Outline: A timestamp like <timestamp> is accepted
    Given a profile in one audience
    And the profile qualified at "<timestamp>"
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the membership that was sent

    Examples:
      | id           | timestamp                    |
      | seconds      | 2019-11-20T13:15:49Z         |
      | zero-millis  | 2019-04-15T02:41:50.000+0000 |
      | micros       | 2021-10-26T16:59:00.828461Z  |
      | millis       | 2021-10-26T17:41:55.947+0000 |

  @may @req.STR-1a.10 @needs.declared-audiences
  Scenario: An unknown audience causes no server error
    Given a profile in one audience
    When the message is delivered
    And the same message is delivered about an unknown audience
    Then no answer is a server error

  @may @req.STR-1a.10 @id.refused @needs.declared-audiences
  Scenario: A refusal because of an unknown audience changes nothing
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered together with an unknown audience
    Then the destination accepts the message with the flaw or stores the same membership as before
    And the destination accepts the message with the flaw or stores the same attributes as before

  @req.STR-1a.12 @needs.made-up-people
  Scenario: Nothing is stored that nobody sent
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts every message
    And the destination stores nothing else

  @req.STR-1a.12 @id.batch @needs.batch @needs.made-up-people
  Scenario: Nothing is stored of a message with several profiles that nobody sent
    Given a message with different profiles
    When the message is delivered
    Then the destination accepts every message
    And the destination stores nothing else

  @req.STR-1a.12 @id.neighbours @needs.made-up-people
  Scenario: Two people in different audiences do not get into each other's
    Given two profiles in different audiences, whose identities have nothing in common
    When the messages are delivered one after another
    Then the destination accepts every message
    And the destination stores the membership that was sent
    And the destination stores nothing else

  @req.STR-1a.12 @id.others @needs.made-up-people
  Scenario: The exit of one person leaves others as they are
    Given 3 profiles in one audience, each in a message of its own
    When the messages are delivered one after another
    And the profile of the first message leaves its audience and changes its attributes
    Then the destination accepts every message
    And the destination stores the membership that was sent
    And the destination stores nothing else
