@must
Feature: Audience membership

  A profile enters and leaves audiences. Experience Platform sends both, together or alone, and a
  destination that loses an exit keeps people in an audience that they have left.

  @req.STR-1a.01
  Scenario: A profile with one realized audience becomes a member
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts it
    And it stores the membership that was sent

  @req.STR-1a.02
  Scenario: A profile with only exited audiences is no member
    Given a profile that has left an audience
    When the message is delivered
    Then the destination accepts it
    And it stores the membership that was sent

  @req.STR-1a.03
  Scenario: Entering one audience and leaving another both take effect
    Given a profile in one audience that has left another
    When the message is delivered
    Then the destination accepts it
    And it stores the membership that was sent

  @should @req.STR-1a.04
  Scenario: An existing membership is membership
    Given a profile with an existing membership
    When the message is delivered
    Then the destination accepts it
    And it stores the membership that was sent

  @should @req.STR-1a.05 @needs.many-audiences
  Scenario: A profile in 250 audiences is accepted
    Given a profile in 250 audiences
    When the message is delivered
    Then the destination accepts it
    And it stores the membership that was sent

  @req.STR-1a.06 @needs.other-audience-namespace
  Scenario: An audience of another namespace is accepted
    Given a profile in an audience of another namespace
    When the message is delivered
    Then the destination accepts it
    And it stores the membership that was sent

  @req.STR-1a.07
  Scenario: A profile that leaves its audience ends as no member
    Given a profile in one audience
    When the message is delivered, and then the exit of the profile
    Then the destination accepts it
    And it stores the membership that was sent

  @req.STR-1a.07
  Scenario: A profile that comes back to its audience is a member again
    Given a profile in one audience
    When the message is delivered, then the exit of the profile, and then its return
    Then the destination accepts it
    And it stores the membership that was sent

  @should @req.STR-1a.08
  Scenario: The exit of a profile that was never seen is accepted
    Given a profile that has left an audience
    When the message is delivered
    Then the destination accepts it

  @should @req.STR-1a.09
  Scenario Outline: A timestamp like <timestamp> is accepted
    Given a profile in one audience
    And the profile qualified at "<timestamp>"
    When the message is delivered
    Then the destination accepts it

    Examples:
      | timestamp                    |
      | 2019-11-20T13:15:49Z         |
      | 2019-04-15T02:41:50.000+0000 |
      | 2021-10-26T16:59:00.828461Z  |
      | 2021-10-26T17:41:55.947+0000 |

  @may @req.STR-1a.10 @needs.declared-audiences
  Scenario: An unknown audience is no server error
    Given a profile in one audience
    When the message and its twin with an unknown audience are delivered
    Then no answer is a server error
