@must @needs.attributes
Feature: Profile attributes

  Attributes enrich a profile. They are optional, but what is mapped must arrive as it is: people
  have apostrophes and emoji in their names, and many have no birth date.

  @req.STR-1c.01
  Scenario: Mapped attributes are stored
    Given a profile in one audience
    And the profile has all its attributes
    When the message is delivered
    Then the destination accepts it
    And it stores the attributes that were sent

  @req.STR-1c.02
  Scenario: A profile that lacks an attribute is accepted
    Given a profile in one audience
    And the profile lacks one attribute
    When the message is delivered
    Then the destination accepts it
    And it stores the attributes that were sent

  @should @req.STR-1c.03
  Scenario Outline: <text> is stored unchanged
    Given a profile in one audience
    And the profile has attributes with <text>
    When the message is delivered
    Then the destination accepts it
    And it stores the attributes that were sent

    Examples:
      | text                           |
      | quotes and backslashes         |
      | line breaks and tabs           |
      | markup signs                   |
      | characters beyond the BMP      |

  @should @req.STR-1c.04 @needs.freeform
  Scenario: 50 attributes are accepted
    Given a profile in one audience
    And the profile has 50 attributes
    When the message is delivered
    Then the destination accepts it
    And it stores the attributes that were sent

  @may @req.STR-1c.05 @needs.freeform
  Scenario: An undeclared attribute is no server error
    Given a profile in one audience
    When the message and its twin with an undeclared attribute are delivered
    Then no answer is a server error
