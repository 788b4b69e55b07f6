@should @needs.bearer
Feature: Bearer tokens

  RFC 6750: one header, one scheme, one token; and an error that tells an expired token from a
  missing one.

  @must @req.STR-2.BEARER.01
  Scenario: The token is accepted in the header
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts it
    And the token travels in the header

  @req.STR-2.BEARER.02
  Scenario: The token under another scheme is refused
    Given a profile in one audience
    When the message and its twin with the token under another scheme are delivered
    Then the destination accepts the good twin and refuses the other with 401

  @req.STR-2.BEARER.02
  Scenario: The scheme is matched ignoring case
    Given a profile in one audience
    And the name of the scheme is written in another case
    When the message is delivered
    Then the destination accepts it

  @req.STR-2.BEARER.03
  Scenario: An invalid token is answered with invalid_token
    Given a profile in one audience
    When the message and its twin with wrong credentials are delivered
    Then the other is challenged with Bearer and invalid_token
