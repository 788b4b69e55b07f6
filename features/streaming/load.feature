@should @needs.load @alone
Feature: Load

  Adobe sets no limit on messages at once: the endpoint has to be ready, or to say 429. Load can
  hurt, so these scenarios run only where the submission allows them.

  @req.STR-1.16
  Scenario: Ten messages at once are all answered, and what was accepted is stored
    Given 10 profiles in one audience, each in a message of its own
    When the messages are delivered at once
    Then the destination accepts every message or throttles it
    And the destination stores the membership that was sent

  @req.STR-1.16 @id.same-profile
  Scenario: Messages at once about one profile all take effect
    Given a profile in two audiences, each in a message of its own
    When the messages are delivered at once
    Then the destination accepts every message or throttles it
    And the destination stores the membership that was sent

  @req.STR-1.08
  Scenario: Overload is answered with 429, and what was accepted is stored
    Given 200 profiles in one audience, each in a message of its own
    When the messages are delivered at once
    Then the destination accepts every message or throttles it
    And the destination stores the membership that was sent

  @req.STR-1.09
  Scenario: An answer that asks to come back says when
    Given 200 profiles in one audience, each in a message of its own
    When the messages are delivered at once
    Then every answer of 429 or 503 says when to come back
