@should @needs.audience-api
Feature: Audiences by any name

  Marketers name audiences as they like, and rename them. What an audience API makes of that shows in
  no answer, only in what is stored.

  @req.META-06
  Scenario: An audience without a name is refused with a reason
    Given an audience of the destination
    When the audience is created without a name
    Then the audience is refused with a reason

  @req.META-06 @id.renamed @needs.audience-update
  Scenario: An audience is not renamed to nothing
    Given an audience of the destination
    When the audience is renamed without a name
    And the audience is asked for
    Then the audience is refused with a reason
    And the audience has its name

  @req.META-07
  Scenario Outline: An audience <audience> is stored under its name
    Given an audience <audience>
    When the audience is created
    And the audience is asked for
    Then the audience has an id
    And the audience has its name

    Examples:
      | id             | audience                                 |
      | blanks         | whose name holds blanks                  |
      | quotes         | whose name holds quotes                  |
      | escapes        | whose name holds signs that URLs escape  |
      | slashes        | whose name holds slashes                 |
      | non-ascii      | whose name holds characters beyond ASCII |
      | markup         | whose name holds markup                  |
      | ends           | whose name ends with a blank             |
      | longest        | whose name has 255 signs                 |
      | longest-beyond | whose name has 255 signs beyond ASCII    |
      | undescribed    | without a description                    |

  @req.META-07 @id.renamed @needs.audience-update
  Scenario Outline: An audience <audience> keeps that when it is renamed
    Given an audience <audience>
    When the audience is created
    And the audience is asked for
    And the audience is renamed
    And the audience is asked for
    Then the audience has its name

    Examples:
      | id             | audience                                 |
      | blanks         | whose name holds blanks                  |
      | quotes         | whose name holds quotes                  |
      | escapes        | whose name holds signs that URLs escape  |
      | slashes        | whose name holds slashes                 |
      | non-ascii      | whose name holds characters beyond ASCII |
      | markup         | whose name holds markup                  |
      | ends           | whose name ends with a blank             |
      | longest-beyond | whose name has 255 signs beyond ASCII    |

  @req.META-08
  Scenario: A second audience of the same name is not taken for the first
    Given an audience of the destination
    When the audience is created again
    Then the audience is not taken for the first

  @req.META-01 @id.again @needs.audience-delete
  Scenario: An audience that was deleted may be created again
    Given an audience of the destination
    When the audience is deleted
    And the audience is created again
    Then the audience may be created again

  @req.META-01 @id.said
  Scenario: No error hides behind the creation of an audience
    Given an audience with a plain name
    When the audience is created
    Then no error hides behind a success

  @req.META-03 @id.said @needs.audience-update
  Scenario: No error hides behind the renaming of an audience
    Given an audience of the destination
    When the audience is renamed
    Then no error hides behind a success

  @req.META-04 @id.said @needs.audience-delete
  Scenario: No error hides behind the deletion of an audience
    Given an audience of the destination
    When the audience is deleted
    Then no error hides behind a success
