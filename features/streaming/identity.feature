@must
Feature: Profile identities

  A profile comes with the identities that were mapped: one or several, in each namespace or in one.
  A destination that drops the second identity matches fewer people than it was given.

  @req.STR-1b.01
  Scenario: An identity of one namespace alone is accepted
    Given a profile for each namespace with one identity in it
    When the messages are delivered one after another
    Then the destination accepts it
    And it stores the identities that were sent

  @req.STR-1b.02
  Scenario: Several identities of one namespace are all kept
    Given a profile in one audience
    And the profile has two identities in one namespace
    When the message is delivered
    Then the destination accepts it
    And it stores the identities that were sent

  @req.STR-1b.03 @needs.namespaces
  Scenario Outline: A profile with <identities> is accepted
    Given a profile in one audience
    And the profile has <identities>
    When the message is delivered
    Then the destination accepts it
    And it stores the identities that were sent

    Examples:
      | identities                            |
      | an identity in each namespace         |
      | an identity in all but one namespace  |

  @req.STR-1b.04 @needs.hashed
  Scenario: A hashed namespace takes the lower-case SHA-256
    Given a profile in one audience
    And the profile has an identity in each hashed namespace
    When the message is delivered
    Then the destination accepts it
    And it stores the identities that were sent

  @req.STR-1b.05 @needs.grouped
  Scenario: Messages of each group of namespaces are accepted
    Given a profile in one audience
    And the profile has an identity in each namespace
    When the message is delivered
    Then each message holds the namespaces of one group
    And the destination accepts it
    And it stores the identities that were sent

  @should @req.STR-1b.06
  Scenario Outline: <identities> are accepted unchanged
    Given a profile in one audience
    And the profile has <identities>
    When the message is delivered
    Then the destination accepts it
    And it stores the identities that were sent

    Examples:
      | identities                     |
      | identities with unusual signs  |
      | identities of 255 characters   |

  @may @req.STR-1b.07
  Scenario: A profile without identities is no server error
    Given a profile in one audience
    When the message and its twin with no identity are delivered
    Then no answer is a server error
