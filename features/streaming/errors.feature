@should
Feature: Errors of the delivery endpoint

  What Experience Platform does next depends on the status alone: some codes are sent again, all
  others lose the profiles. An endpoint that says what is wrong keeps them.

  Background:
    Given a profile in one audience

  @req.STR-1.10 @id.accepted
  Scenario: No error hides behind an accepted message
    When the message is delivered
    Then no error hides behind a success

  @req.STR-1.10 @id.twice
  Scenario: No error hides behind a message that comes twice
    When the message is delivered
    And the same message is delivered again
    Then no error hides behind a success

  @req.STR-1.10 @id.unknown-audience @needs.declared-audiences
  Scenario: No error hides behind a message about an unknown audience
    When the message is delivered
    And the same message is delivered about an unknown audience
    Then no error hides behind a success

  @req.STR-1.11
  Scenario: Malformed JSON is refused and changes nothing
    When the message is delivered
    And the exit of the profile is delivered with malformed JSON
    Then the destination refuses the message with the flaw, by 400 or 422
    And the destination stores the same membership as before
    And the destination stores the same attributes as before

  @req.STR-1.11 @id.trailing
  Scenario: JSON with something behind it is refused and changes nothing
    When the message is delivered
    And the exit of the profile is delivered with a brace behind its JSON
    Then the destination refuses the message with the flaw, by 400 or 422
    And the destination stores the same membership as before
    And the destination stores the same attributes as before

  @req.STR-1.12
  Scenario: A content type that is not read is refused and changes nothing
    When the message is delivered
    And the exit of the profile is delivered with a wrong content type
    Then the destination refuses the message with the flaw, by 415
    And the destination stores the same membership as before
    And the destination stores the same attributes as before

  @must @req.STR-1.13
  Scenario: A 405 answer names the methods that are allowed
    When the message is delivered
    And the exit of the profile is delivered with a wrong method
    Then a 405 answer names the methods that are allowed

  @may @req.STR-1.13 @id.no-failure
  Scenario: A wrong method causes no server error
    When the message is delivered
    And the exit of the profile is delivered with a wrong method
    Then no answer is a server error

  @may @req.STR-1.14
  Scenario: A path that does not exist is refused
    When the message is delivered
    And the exit of the profile is delivered to an unknown path
    Then the destination refuses the message with the flaw, by 404
