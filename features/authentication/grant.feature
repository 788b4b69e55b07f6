@must @needs.oauth2
Feature: What tokens are given for

  A customer logs in once, and deliveries go on for months: a password or a code is exchanged for a
  token, and a refresh token for the next one. None of them is worth anything if it is made up.

  @req.STR-2.OAUTH2.10 @needs.password-grant
  Scenario: A user name and a password are exchanged for a token
    When a token is requested
    Then the token endpoint issues an access token

  @req.STR-2.OAUTH2.06 @id.works @needs.refresh @alone
  Scenario: A token that was refreshed works
    Given a profile in one audience
    When a token is requested
    And the token is refreshed
    And a message is delivered with the refreshed token
    Then every refresh gives an access token
    And the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-2.OAUTH2.06 @id.again @needs.refresh
  Scenario: A token is refreshed again and again
    When a token is requested
    And the token is refreshed
    And the token is refreshed again
    Then every refresh gives an access token

  @req.STR-2.OAUTH2.07 @id.wrong-password @needs.password-grant
  Scenario: A wrong password is exchanged for nothing
    When a token is requested
    And a token is requested with a wrong password
    Then the token endpoint refuses the client as "invalid_grant"

  @req.STR-2.OAUTH2.07 @id.wrong-refresh-token @needs.refresh
  Scenario: A wrong refresh token is exchanged for nothing
    When a token is requested
    And a token is requested with a wrong refresh token
    Then the token endpoint refuses the client as "invalid_grant"

  @req.STR-2.OAUTH2.07 @id.wrong-code @needs.authorization-code
  Scenario: A wrong code is exchanged for nothing
    When a token is requested
    And a token is requested with a wrong code
    Then the token endpoint refuses the client as "invalid_grant"

  @req.STR-2.OAUTH2.07 @id.unknown-scope @needs.scopes
  Scenario: An unknown scope is refused or left out
    When a token is requested
    And a token is requested for an unknown scope
    Then the token endpoint refuses the client as "invalid_scope"

  @req.STR-2.OAUTH2.08 @needs.authorization-code
  Scenario: Customers of every region can log in
    When the authorization URL is opened for each redirect URI of Experience Platform
    And the authorization URL is opened for redirect URIs that nobody registered
    Then the authorization URL takes each redirect URI of Experience Platform

  @req.STR-2.OAUTH2.09 @needs.authorization-code
  Scenario: No code is sent to a stranger
    When the authorization URL is opened for each redirect URI of Experience Platform
    And the authorization URL is opened for redirect URIs that nobody registered
    Then the authorization URL sends nothing to redirect URIs that nobody registered
