Feature: The work of a review
  A bundle is judged again by running what its partner wrote, and a template may loop. What all of them may take
  together is counted in steps, so that a review ends, and ends alike on every machine.

  Scenario: An honest bundle takes a small part of what is allowed
    Given a bundle of a conformant run
    And a policy with "limits.steps = 2000000"
    Then no check fails
    And the review ends with "accepted"

  Scenario: Templates that are each within their bounds, and together are not, end the review
    Given a bundle of a conformant run
    And a policy with "limits.steps = 2000000"
    When the template of its messages loops 1000 times
    Then check "F7" fails
    And the review ends with "malformed"

  Scenario: A policy may lower what is allowed
    Given a bundle of a conformant run
    And a policy with "limits.steps = 100"
    Then check "F7" fails
    And the review ends with "malformed"
