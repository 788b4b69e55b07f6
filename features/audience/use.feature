@should @needs.audience-api
Feature: Audiences by any name, and their members

  Marketers name audiences as they like, and members follow as soon as an audience exists. What an
  audience API makes of that shows in no answer, only in what is stored.

  @req.META-06
  Scenario: An audience without a name is refused with a reason
    Given an audience of the destination
    When the audience is created without a name
    Then the audience is refused with a reason

  @req.META-07
  Scenario Outline: An audience <audience> is stored under its name
    Given an audience <audience>
    When the audience is created
    And the audience is asked for
    Then the audience has an id
    And the audience has its name

    Examples:
      | id          | audience                                 |
      | blanks      | whose name holds blanks                  |
      | quotes      | whose name holds quotes                  |
      | escapes     | whose name holds signs that URLs escape  |
      | slashes     | whose name holds slashes                 |
      | non-ascii   | whose name holds characters beyond ASCII |
      | longest     | whose name has 255 signs                 |
      | undescribed | without a description                    |

  @req.META-08
  Scenario: A second audience of the same name is not taken for the first
    Given an audience of the destination
    When the audience is created again
    Then the audience is not taken for the first

  @req.META-09 @needs.aliases-sent
  Scenario: A new audience takes members at once
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the messages are delivered one after another
    Then the audience takes members at once

  @req.META-09 @id.renamed @needs.aliases-sent @needs.audience-update
  Scenario: An audience that was renamed takes members
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the audience is renamed
    And the messages are delivered one after another
    Then the audience takes members at once

  @req.META-17 @needs.audience-delete @needs.aliases-sent
  Scenario: A message about an audience that was deleted does no harm
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the audience is deleted
    And the messages are delivered one after another
    Then the audience takes no members

  @req.META-14 @id.create @needs.audience-credentials
  Scenario: Nobody creates an audience without credentials
    Given an audience of the destination
    When the audience is created without credentials
    Then the audience is out of reach without credentials

  @req.META-14 @id.impostor @needs.audience-credentials
  Scenario: Nobody creates an audience with wrong credentials
    Given an audience of the destination
    When the audience is created with wrong credentials
    Then the audience is out of reach without credentials

  @req.META-14 @id.update @needs.audience-credentials @needs.audience-update
  Scenario: Nobody renames an audience without credentials
    Given an audience of the destination
    When the audience is renamed without credentials
    And the audience is asked for
    Then the audience is out of reach without credentials
    And the audience has its name

  @req.META-14 @id.delete @needs.audience-credentials @needs.audience-delete
  Scenario: Nobody deletes an audience without credentials
    Given an audience of the destination
    When the audience is deleted without credentials
    And the audience is asked for
    Then the audience is out of reach without credentials
    And the audience has its name
