@must @needs.oauth2
Feature: OAuth 2.0 tokens

  RFC 6749: Experience Platform asks for a token, delivers with it, and asks again before it
  expires. A token endpoint that gives tokens to strangers protects nothing.

  @req.STR-2.OAUTH2.01 @needs.client-in-body
  Scenario: A client that authenticates in the body is issued a token
    When a token is requested
    Then the token endpoint issues an access token

  @req.STR-2.OAUTH2.02 @needs.client-in-header
  Scenario: A client that authenticates in a Basic header is issued a token
    When a token is requested
    Then the token endpoint issues an access token

  @req.STR-2.OAUTH2.03
  Scenario: The token answer is JSON, names its type and forbids caching
    When a token is requested
    Then the token answer is JSON that names its type
    And the token answer forbids caching

  @should @req.STR-2.OAUTH2.04
  Scenario: A token lives at least 24 hours
    When a token is requested
    Then the token lives at least 24 hours

  @req.STR-2.OAUTH2.05 @alone
  Scenario: A second token works beside the first
    Given 2 profiles in one audience, each in a message of its own
    When a token is requested
    And another token is requested
    And a message is delivered with each token
    Then the destination accepts every message
    And the destination stores the membership that was sent

  @req.STR-2.05 @id.expired @needs.expiry
  Scenario: A message with an expired token is never accepted
    Given a profile in one audience
    When a token is requested
    And a message is delivered with each token
    And the first token expires
    And the exit of the profile is delivered with the expired token
    Then the destination refuses the message with the flaw
    And the destination stores the same membership as before
    And the destination stores the same attributes as before

  @req.STR-2.OAUTH2.07
  Scenario Outline: A client <flaw> is refused as <error>
    When a token is requested
    And a token is requested <flaw>
    Then the token endpoint refuses the client as "<error>"

    @needs.client-secret
    Examples:
      | id           | flaw                | error          |
      | wrong-secret | with a wrong secret | invalid_client |

    @needs.named-grant
    Examples:
      | id            | flaw                  | error                  |
      | unknown-grant | with an unknown grant | unsupported_grant_type |

  @req.STR-2.OAUTH2.07 @id.nearly-right @last @needs.client-secret
  Scenario: A client with a nearly right secret is refused
    When a token is requested
    And a token is requested with each nearly right secret
    Then the token endpoint refuses every nearly right secret

  @req.STR-2.OAUTH2.11 @needs.token-validations
  Scenario: The configured validations hold
    When a token is requested
    Then the configured validations hold

  @req.STR-2.OAUTH2.12 @needs.token-paths
  Scenario: The configured response paths lead to values
    When a token is requested
    Then the configured response paths lead to values

  @info @req.STR-2.OAUTH2.13
  Scenario: The token URL has at most one query parameter
    When the configuration is read
    Then the token URL has at most one query parameter
