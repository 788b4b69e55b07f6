@must @needs.attributes
Feature: Profile attributes

  Attributes enrich a profile. They are optional, but what is mapped must arrive as it is: people
  have apostrophes and emoji in their names, and many have no birth date.

  Background:
    Given a profile in one audience

  @req.STR-1c.01
  Scenario: Mapped attributes are stored
    Given the profile has all its attributes
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @req.STR-1c.02
  Scenario: A profile that lacks an attribute is accepted
    Given the profile lacks one attribute
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @req.STR-1c.02 @id.none
  Scenario: A profile that lacks every attribute is accepted
    Given the profile lacks every attribute
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @should @req.STR-1c.03 @needs.text-attributes
  Scenario Outline: <text> in attributes is stored unchanged
    Given the profile has attributes with <text>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the attributes that were sent

    Examples:
      | id           | text                      |
      | quotes       | quotes and backslashes    |
      | line-breaks  | line breaks and tabs      |
      | markup       | markup signs              |
      | beyond-bmp   | characters beyond the BMP |
      | blanks       | blanks around             |
      | accents      | composed and decomposed accents |
      | long         | 300 signs                 |
      | very-long    | 2000 signs                |
      | throughout   | 2000 letters beyond ASCII |
      | empty        | empty text                |
      | number-like  | text like a number        |
      | zero-like    | text that is zero         |
      | boolean-like | text like a boolean       |
      | date-like    | text like a date          |
      | null-like    | text like null            |
      | formula-like | text like a formula       |
      | json-like    | text like JSON            |
      | percent      | percent signs             |
      | separators   | commas, semicolons and bars |

  @should @req.STR-1c.04 @needs.freeform
  Scenario: 50 attributes are stored
    Given the profile has 50 attributes
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @may @req.STR-1c.05 @needs.freeform
  Scenario: An undeclared attribute causes no server error
    When the message is delivered
    And the same message is delivered with an undeclared attribute
    Then no answer is a server error

  @req.STR-1c.06 @id.changes
  Scenario: Attributes that change are stored as last sent
    Given the profile has all its attributes
    When the message is delivered
    And the profile changes its attributes
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @req.STR-1c.06 @id.exit
  Scenario: Attributes that come with an exit are stored
    Given a profile in two audiences
    When the message is delivered
    And the profile leaves the first audience
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @should @req.STR-1c.06 @id.exit-changes
  Scenario: Attributes that change with an exit are stored as last sent
    Given a profile in two audiences
    When the message is delivered
    And the profile leaves the first audience and changes its attributes, by a message that names no other
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @should @req.STR-1c.06 @id.alone
  Scenario: Attributes that change without a change of audiences are stored as last sent
    Given the profile has all its attributes
    When the message is delivered
    And the profile changes its attributes, by a message that names no audience
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @req.STR-1c.06 @id.lost @needs.freeform @needs.nulls-sent
  Scenario: An attribute that is lost and comes back is stored as last sent
    Given the profile has all its attributes
    When the message is delivered
    And the profile loses an attribute
    And the profile gets an attribute back
    Then the destination accepts every message
    And the destination stores the attributes that were sent

  @req.STR-1c.06 @id.others @needs.made-up-people
  Scenario: Attributes of one person that change leave those of others as they are
    Given 3 profiles in one audience, each in a message of its own
    When the messages are delivered one after another
    And the profile of the first message leaves its audience and changes its attributes
    Then the destination accepts every message
    And the destination stores the attributes that were sent
