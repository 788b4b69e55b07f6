@may @needs.audience-api
Feature: Audiences exported as files

  A platform that takes files may be told when an audience was exported, and finds the audience by its
  id again. An export follows as soon as an audience exists.

  @req.META-12 @needs.audience-notify
  Scenario: The export of an audience is announced
    Given an audience of the destination
    And an export of one audience
    When the files are written
    And the audience is announced as exported
    And the audience is asked for
    Then the audience is announced as exported
    And the audience has its name

  @req.META-12 @id.again @needs.audience-notify
  Scenario: Every export of an audience is announced
    Given an audience of the destination
    And an export of one audience
    When the files are written
    And the audience is announced as exported
    And the files are written again with more rows
    And the audience is announced as exported
    Then the audience is announced as exported

  @req.META-12 @id.renamed @needs.audience-notify @needs.audience-update
  Scenario: The export of an audience that was renamed since is announced
    Given an audience of the destination
    And an export of one audience
    When the files are written
    And the audience is renamed
    And the audience is announced as exported
    Then the audience is announced as exported

  @req.META-12 @id.said @needs.audience-notify
  Scenario: No error hides behind the announcement of an export
    Given an audience of the destination
    And an export of one audience
    When the files are written
    And the audience is announced as exported
    Then no error hides behind a success

  @should @req.META-14 @id.notify @needs.audience-credentials @needs.audience-notify
  Scenario: Nobody announces an export without credentials
    Given an audience of the destination
    When the audience is announced as exported without credentials
    Then the audience is out of reach without credentials

  @should @req.META-09 @id.exported @needs.files @needs.alias-column @needs.ingestion
  Scenario: The members of a new audience are ingested at once
    Given an audience of the destination
    And an export of one audience
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written
