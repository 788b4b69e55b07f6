@must
Feature: Authentication

  A destination takes profiles from Experience Platform and from nobody else. The message without valid
  credentials carries the exit of a profile that is a member: were it applied, it would show.

  @req.STR-2.01
  Scenario: The configuration names a protocol of the prerequisites
    When the configuration is read
    Then the configuration names an authentication protocol of the edition

  @req.STR-2.02 @first
  Scenario: A message with valid credentials is accepted
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts every message

  @should @req.STR-2.03 @id.status @needs.authentication
  Scenario: A message without credentials is answered with 401
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered without credentials
    Then the destination refuses the message with the flaw, by 401

  @req.STR-2.03 @id.challenge @needs.authentication
  Scenario: A 401 answer carries a challenge
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered without credentials
    Then a 401 answer carries a challenge

  @should @req.STR-2.04 @needs.authentication
  Scenario: A message with wrong credentials is answered with 401
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered with wrong credentials
    Then the destination refuses the message with the flaw, by 401

  @req.STR-2.05 @needs.authentication
  Scenario Outline: A message <flaw> is never accepted
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered <flaw>
    Then the destination refuses the message with the flaw
    And the destination stores the same membership as before
    And the destination stores the same attributes as before

    Examples:
      | id         | flaw                   |
      | none       | without credentials    |
      | wrong      | with wrong credentials |

  @req.STR-2.05 @id.nearly-right @needs.authentication @last
  Scenario: A message with nearly right credentials is never accepted
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered with each nearly right credential
    Then the destination refuses every nearly right credential
    And the destination stores the same membership as before
    And the destination stores the same attributes as before

  @info @req.STR-2.06 @needs.authentication
  Scenario: No answer repeats a credential
    Given a profile in one audience
    When the message is delivered
    And the exit of the profile is delivered with wrong credentials
    Then no answer repeats a credential
