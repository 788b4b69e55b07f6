@must
Feature: Authentication

  A destination takes profiles from Experience Platform and from nobody else. A message without
  valid credentials is refused although its good twin is accepted.

  @req.STR-2.01
  Scenario: The destination offers a protocol of the prerequisites
    When the configuration is read
    Then it offers an authentication protocol of the edition

  @req.STR-2.02
  Scenario: A message with valid credentials is accepted
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts it

  @should @req.STR-2.03 @needs.authentication
  Scenario: A message without credentials is answered with 401
    Given a profile in one audience
    When the message and its twin with no credentials are delivered
    Then the destination accepts the good twin and refuses the other with 401

  @req.STR-2.03 @needs.authentication
  Scenario: A 401 carries a challenge
    Given a profile in one audience
    When the message and its twin with no credentials are delivered
    Then an answer of 401 carries a challenge

  @should @req.STR-2.04 @needs.authentication
  Scenario: A message with wrong credentials is answered with 401
    Given a profile in one audience
    When the message and its twin with wrong credentials are delivered
    Then the destination accepts the good twin and refuses the other with 401

  @req.STR-2.05 @needs.authentication
  Scenario Outline: A message with <flaw> is never accepted
    Given a profile in one audience
    When the message and its twin with <flaw> are delivered
    Then the destination accepts the good twin and refuses the other

    Examples:
      | flaw                    |
      | no credentials          |
      | wrong credentials       |

  @info @req.STR-2.06 @needs.authentication
  Scenario: No answer repeats a credential
    Given a profile in one audience
    When the message and its twin with wrong credentials are delivered
    Then no answer repeats a credential
