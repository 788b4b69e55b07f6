@must
Feature: The destination server

  Adobe takes the posted JSON as it is. What is wrong with it shows only when somebody
  connects to the destination: here it shows before it is posted, with file, line and column.

  @req.CFG-01
  Scenario: A server has the companion object of its type, and every key once
    When the configuration is read
    Then the configuration keeps the rule on the type of the server

  @req.CFG-02
  Scenario: Every template string has a strategy and a value
    When the configuration is read
    Then the configuration keeps the rule on template strings

  @req.CFG-03
  Scenario: Keys and values are in the documented letter case
    When the configuration is read
    Then the configuration keeps the rule on spelling

  @should @req.CFG-03 @id.variants
  Scenario: No key or value is written as one page alone has it
    When the configuration is read
    Then the configuration follows the advice on spelling

  @req.CFG-09
  Scenario: Numbers are within their documented bounds
    When the configuration is read
    Then the configuration keeps the rule on limits

  @should @req.CFG-09 @id.advised
  Scenario: Numbers are within the bounds of every edition
    When the configuration is read
    Then the configuration follows the advice on limits

  @req.CFG-18 @needs.dlz
  Scenario: A Data Landing Zone asks its customers for nothing
    When the configuration is read
    Then the configuration keeps the rule on Data Landing Zones

  @should @req.CFG-18 @id.unasked @needs.dlz
  Scenario: A Data Landing Zone has no customer authentication, asked for or not
    When the configuration is read
    Then the configuration follows the advice on Data Landing Zones

  @info @req.CFG-20
  Scenario: No secret stands in a posted file
    When the configuration is read
    Then the configuration follows the advice on secrets
