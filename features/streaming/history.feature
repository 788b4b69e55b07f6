@must
Feature: Membership over time

  A profile that is known enters, leaves and comes back. A destination that takes each message for
  all that there is, or adds without a look at what it has, is right once and wrong ever after.

  @req.STR-1a.07
  Scenario Outline: A profile <membership> that leaves ends as no member
    Given a profile <membership>
    When the message is delivered
    And the profile leaves its audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

    Examples:
      | id          | membership       |
      | leaves      | in one audience  |
      | leaves-both | in two audiences |

  @req.STR-1a.07
  Scenario Outline: A profile with <identities> that leaves is no member by any of them
    Given a profile in one audience
    And the profile has <identities>
    When the message is delivered
    And the profile leaves its audience
    Then the destination refuses the message or stores the membership that was sent

    Examples:
      | id                 | identities                      |
      | leaves-by-identity | two identities in one namespace |

    @needs.namespaces
    Examples:
      | id                  | identities                    |
      | leaves-by-namespace | an identity in each namespace |

  @req.STR-1a.07 @id.leaves-by-one
  Scenario: A profile that leaves by one of its identities is no member by that
    Given a profile in one audience
    And the profile has two identities in one namespace
    When the message is delivered
    And the profile leaves its audience, by a message that names one of its identities
    Then the destination refuses the message or stores the membership that was sent

  @req.STR-1a.07
  Scenario Outline: A profile in one audience that <changes> ends as the last message says
    Given a profile in one audience that <changes>
    When the messages are delivered one after another
    Then the destination accepts every message
    And the destination stores the membership that was sent

    Examples:
      | id               | changes                         |
      | leaves-at-once   | leaves it at once               |
      | returns-at-once  | leaves it and returns at once   |

  @req.STR-1a.07 @id.returns
  Scenario: A profile that comes back to its audience is a member again
    Given a profile in one audience
    When the message is delivered
    And the profile leaves its audience
    And the profile returns to its audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1a.07 @id.twice
  Scenario: A profile whose entry came twice ends as no member when it leaves
    Given a profile in one audience
    When the message is delivered
    And the same message is delivered again
    And the profile leaves its audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1a.07 @id.leaves-twice
  Scenario: A profile whose exit came twice is no member
    Given a profile in one audience
    When the message is delivered
    And the profile leaves its audience
    And the same message is delivered again
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1a.11 @id.leaves-one
  Scenario: A profile that leaves one of two audiences stays in the other
    Given a profile in two audiences
    When the message is delivered
    And the profile leaves the first audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-1a.11 @id.enters-second
  Scenario: A profile that enters a second audience stays in the first
    Given a profile in one audience
    When the message is delivered
    And the profile enters a second audience
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @should @req.STR-1a.11
  Scenario Outline: A profile that <change> stays in an audience that the message does not name
    Given a profile <membership>
    When the message is delivered
    And the profile <change> by a message that names no other
    Then the destination accepts every message
    And the destination stores the membership that was sent

    Examples:
      | id            | membership       | change                    |
      | unnamed       | in two audiences | leaves the first audience |
      | unnamed-entry | in one audience  | enters a second audience  |
