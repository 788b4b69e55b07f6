@should @needs.bearer
Feature: Bearer tokens

  RFC 6750: one header, one scheme, one token; and an error that tells an expired token from a
  missing one.

  Background:
    Given a profile in one audience

  @must @req.STR-2.BEARER.01
  Scenario: The token is accepted in the header
    When the message is delivered
    Then the destination accepts every message

  @req.STR-2.BEARER.02 @id.other-scheme
  Scenario: The token under another scheme is refused
    When the message is delivered
    And the exit of the profile is delivered with the token under another scheme
    Then the destination refuses the message with the flaw, by 401

  @req.STR-2.BEARER.02 @id.no-scheme
  Scenario: The token under no scheme is refused
    When the message is delivered
    And the exit of the profile is delivered with the token under no scheme
    Then the destination refuses the message with the flaw, by 401

  @req.STR-2.BEARER.02 @id.letter-case
  Scenario: The scheme is matched ignoring case
    Given the name of the scheme is written in another case
    When the message is delivered
    Then the destination accepts every message

  @req.STR-2.BEARER.03
  Scenario: An invalid token is answered with invalid_token
    When the message is delivered
    And the exit of the profile is delivered with wrong credentials
    Then the destination answers 401 with the challenge Bearer and invalid_token
