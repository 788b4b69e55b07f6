@must @needs.audience-api
Feature: Audiences created, renamed and deleted

  Experience Platform keeps the id that an audience was given when it was created, and names the
  audience by it in every message and in every request that follows.

  @req.META-01
  Scenario: A new audience has an id
    Given an audience with a plain name
    When the audience is created
    Then the audience has an id

  @req.META-02 @needs.audience-update @needs.audience-delete
  Scenario: The id finds the audience as often as it is asked about
    Given an audience of the destination
    When the audience is renamed
    And the audience is renamed
    And the audience is deleted
    Then the audience keeps its id

  @req.META-03 @needs.audience-update
  Scenario: An audience is renamed and stays what it was
    Given an audience of the destination
    When the audience is renamed
    And the audience is asked for
    Then the audience keeps its id
    And the audience has its name

  @req.META-03 @id.alone @needs.audience-update @needs.audience-retrieval
  Scenario Outline: Renaming an audience leaves <other> as it was
    Given an audience of the destination beside <other>
    When the audience is renamed
    And the audience is renamed
    And the audience is asked for
    Then the audience has its name
    And the audience is the only one that is concerned

    Examples:
      | id       | other                  |
      | another  | another                |
      | namesake | a namesake             |
      | origin   | one of the same origin |

  @req.META-04 @id.alone @needs.audience-delete @needs.audience-retrieval
  Scenario Outline: Deleting an audience leaves <other> as it was
    Given an audience of the destination beside <other>
    When the audience is deleted
    And the audience is asked for
    Then the audience is gone
    And the audience is the only one that is concerned

    Examples:
      | id       | other                  |
      | another  | another                |
      | namesake | a namesake             |
      | origin   | one of the same origin |

  @req.META-04 @needs.audience-delete
  Scenario: An audience is deleted
    Given an audience of the destination
    When the audience is deleted
    And the audience is asked for
    Then the audience is gone

  @should @req.META-05 @needs.audience-delete
  Scenario: An audience may be deleted twice
    Given an audience of the destination
    When the audience is deleted
    And the audience is deleted again
    And the audience is asked for
    Then the audience may be deleted twice
    And the audience is gone

  @req.META-10 @needs.audience-retrieval
  Scenario: An audience can be asked for
    Given an audience of the destination
    When the audience is asked for
    Then the audience has its name

  @info @req.META-16 @needs.audience-id-in-header
  Scenario: The id of a new audience is in the header that the template names
    Given an audience with a plain name
    When the audience is created
    Then the audience has an id

  @req.META-15 @needs.audience-validations
  Scenario: The customer data is what the audience template asks for
    When the configuration is read
    Then the configured validations hold

  @may @req.META-11 @needs.audience-validate
  Scenario: What is checked before an audience is created is answered
    Given an audience with a plain name
    When the audience is validated
    Then the audience is valid

  @may @req.META-13 @needs.destination-requests
  Scenario: What is said of the destination itself is taken
    When the dataflow is created, changed and deleted
    Then every request about the destination is taken
