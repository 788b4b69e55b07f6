@should @needs.audience-api @needs.audience-credentials
Feature: Audiences out of reach of strangers

  Whoever may create audiences at a destination may read who is in them. An audience API often stands
  apart from the endpoint of deliveries, with a check of credentials of its own.

  @req.META-14 @id.create
  Scenario: Nobody creates an audience without credentials
    Given an audience of the destination
    When the audience is created without credentials
    Then the audience is out of reach without credentials

  @req.META-14 @id.impostor
  Scenario: Nobody creates an audience with wrong credentials
    Given an audience of the destination
    When the audience is created with wrong credentials
    Then the audience is out of reach without credentials

  @req.META-14 @id.update @needs.audience-update
  Scenario: Nobody renames an audience without credentials
    Given an audience of the destination
    When the audience is renamed without credentials
    And the audience is asked for
    Then the audience is out of reach without credentials
    And the audience has its name

  @req.META-14 @id.delete @needs.audience-delete
  Scenario: Nobody deletes an audience without credentials
    Given an audience of the destination
    When the audience is deleted without credentials
    And the audience is asked for
    Then the audience is out of reach without credentials
    And the audience has its name

  @req.META-14 @id.validate @needs.validate-credentials
  Scenario: Nobody learns what may be done without credentials
    Given an audience with a plain name
    When the audience is validated without credentials
    Then the audience is out of reach without credentials

  @req.META-14 @id.nearly-create
  Scenario: Nobody creates an audience with nearly right credentials
    Given an audience of the destination
    When the audience is created with each nearly right credential
    Then the audience is out of reach without credentials

  @req.META-14 @id.nearly-update @needs.audience-update
  Scenario: Nobody renames an audience with nearly right credentials
    Given an audience of the destination
    When the audience is renamed with each nearly right credential
    And the audience is asked for
    Then the audience is out of reach without credentials
    And the audience has its name

  @req.META-14 @id.nearly-delete @needs.audience-delete
  Scenario: Nobody deletes an audience with nearly right credentials
    Given an audience of the destination
    When the audience is deleted with each nearly right credential
    And the audience is asked for
    Then the audience is out of reach without credentials
    And the audience has its name

  @req.META-14 @id.expired @needs.expiry
  Scenario: Nobody creates an audience with an expired token
    Given an audience of the destination
    When a token is requested
    And the first token expires
    And the audience is created with the expired token
    Then the audience is out of reach without credentials
