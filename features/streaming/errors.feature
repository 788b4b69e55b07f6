@should
Feature: Errors of the delivery endpoint

  What Experience Platform does next depends on the status alone: some codes are sent again, all
  others lose the profiles. An endpoint that says what is wrong keeps them.

  @req.STR-1.10
  Scenario: No error hides behind an accepted message
    Given a profile in one audience
    When the message is delivered
    Then no error hides behind a success

  @req.STR-1.10
  Scenario: No error hides behind a message that comes twice
    Given a profile in one audience
    When the message is delivered twice
    Then no error hides behind a success

  @req.STR-1.10 @needs.declared-audiences
  Scenario: No error hides behind a message about an unknown audience
    Given a profile in one audience
    When the message and its twin with an unknown audience are delivered
    Then no error hides behind a success

  @req.STR-1.11
  Scenario: Malformed JSON is refused
    Given a profile in one audience
    When the message and its twin with malformed JSON are delivered
    Then the destination accepts the good twin and refuses the other with 400 or 422

  @req.STR-1.12
  Scenario: A content type that is not read is refused
    Given a profile in one audience
    When the message and its twin with a wrong content type are delivered
    Then the destination accepts the good twin and refuses the other with 415

  @must @req.STR-1.13
  Scenario: An answer of 405 names the allowed methods
    Given a profile in one audience
    When the message and its twin with a wrong method are delivered
    Then an answer of 405 names the allowed methods

  @may @req.STR-1.14
  Scenario: A path that does not exist is refused
    Given a profile in one audience
    When the message and its twin with an unknown path are delivered
    Then the destination accepts the good twin and refuses the other with 404
