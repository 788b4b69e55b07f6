@should @needs.audience-api @needs.aliases-sent
Feature: Audiences and their members

  Members follow as soon as an audience exists, and an audience may be renamed or deleted while they
  are in it. What becomes of them shows in what is stored of them, and in no answer.

  @req.META-09 @needs.made-up-people
  Scenario: A new audience takes members at once
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the messages are delivered one after another
    Then the audience takes members at once

  @req.META-09 @id.renamed @needs.audience-update @needs.made-up-people
  Scenario: An audience that was renamed takes members
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the audience is renamed
    And the messages are delivered one after another
    Then the audience takes members at once

  @req.META-17 @needs.audience-delete
  Scenario: A message about an audience that was deleted does no harm
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the audience is deleted
    And the messages are delivered one after another
    And the audience is asked for
    Then the audience takes no members
    And the audience is gone

  @req.META-03 @id.members @needs.audience-update
  Scenario: An audience that is renamed keeps its members
    Given an audience of the destination
    And two profiles in different audiences, whose identities have nothing in common
    When the messages are delivered one after another
    And the audience is renamed
    And the audience is asked for
    Then the audience keeps its members

  @req.META-04 @id.members @needs.audience-delete
  Scenario: Who is in an audience that is deleted and in another stays in the other as before
    Given an audience of the destination beside another
    And a profile in two audiences
    When the message is delivered
    And the audience is deleted
    And the audience is asked for
    Then the audience takes no other membership along

  @must @req.META-04 @id.with-members @needs.audience-delete
  Scenario: An audience that has members is deleted
    Given an audience of the destination
    And a profile in one audience
    When the message is delivered
    And the audience is deleted
    And the audience is asked for
    Then the audience is gone

  @req.META-08 @id.deleted @needs.audience-delete @alone
  Scenario: An audience by the name of one that was deleted has none of its members
    Given an audience of the destination
    And a profile in one audience
    When the message is delivered
    And the audience is deleted
    And the audience is created again
    And the audience is asked for
    Then the audience inherits no members
