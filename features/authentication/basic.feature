@should @needs.basic
Feature: Basic authentication

  RFC 7617: user name and password travel in one header, asked for by a challenge that names a realm.
  A server that splits at the wrong colon, or forgets the realm, locks people out.

  Background:
    Given a profile in one audience

  @req.STR-2.BASIC.01 @needs.colon
  Scenario: A password with a colon works
    When the message is delivered
    Then the destination accepts every message

  @req.STR-2.BASIC.02
  Scenario: A wrong password is answered with a Basic challenge
    When the message is delivered
    And the exit of the profile is delivered with a wrong password
    Then the destination answers 401 with the challenge Basic and a realm

  @req.STR-2.BASIC.03
  Scenario: The scheme Basic is matched ignoring case
    Given the name of the scheme is written in another case
    When the message is delivered
    Then the destination accepts every message
