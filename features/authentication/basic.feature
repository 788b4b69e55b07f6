@should @needs.basic
Feature: Basic authentication

  RFC 7617: user name and password travel in one header, asked for by a challenge that names a realm.
  A server that splits at the wrong colon, or forgets the realm, locks people out.

  @req.STR-2.BASIC.01 @needs.colon
  Scenario: A password with a colon works
    Given a profile in one audience
    When the message is delivered
    Then the destination accepts it

  @req.STR-2.BASIC.02
  Scenario: A wrong password is answered with a Basic challenge
    Given a profile in one audience
    When the message and its twin with a wrong password are delivered
    Then the other is challenged with Basic and a realm
