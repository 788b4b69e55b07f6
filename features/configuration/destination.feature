@must
Feature: The destination configuration

  What the customer sees in Experience Platform is made of it. Two settings that exclude each
  other, or one that lacks its counterpart, cannot be carried out.

  @req.CFG-04 @needs.messages
  Scenario: A destination that takes messages has an identity namespace
    When the configuration is read
    Then the configuration keeps the rule on identity namespaces

  @req.CFG-05
  Scenario: The delivery matchers are those of the family
    When the configuration is read
    Then the configuration keeps the rule on delivery matchers

  @req.CFG-06
  Scenario: Authentication by Experience Platform names its credentials
    When the configuration is read
    Then the configuration keeps the rule on authentication by Experience Platform

  @req.CFG-07
  Scenario: Mapping ids come from the user or from the audience API
    When the configuration is read
    Then the configuration keeps the rule on the mapping of audiences

  @req.CFG-08
  Scenario: Audience namespaces are allowed or denied, not both
    When the configuration is read
    Then the configuration keeps the rule on namespaces of audiences

  @req.CFG-16 @needs.files
  Scenario: File names hold the macros that are allowed there
    When the configuration is read
    Then the configuration keeps the rule on macros of file names

  @should @req.CFG-16 @id.once @needs.files
  Scenario: No macro of a file name is used twice
    When the configuration is read
    Then the configuration follows the advice on macros of file names

  @should @req.CFG-17 @needs.files
  Scenario: File names tell audience and time
    When the configuration is read
    Then the configuration follows the advice on file names that tell files apart
