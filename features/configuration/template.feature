@must
Feature: Templates

  A template is the only code of a partner that Experience Platform runs. What it reads and
  is not there renders to nothing, without an error.

  @req.CFG-10
  Scenario: Templates use what Adobe supports of Pebble
    When the configuration is read
    Then the configuration keeps the rule on what Adobe supports of Pebble

  @req.CFG-11
  Scenario: Templates render for profiles of every kind
    When the configuration is read
    Then the configuration keeps the rule on rendering

  @should @req.CFG-12 @needs.messages
  Scenario: Bodies are of the declared type for profiles of every kind
    When the configuration is read
    Then the configuration follows the advice on the type of the body

  @should @req.CFG-13 @needs.messages
  Scenario: Templates read memberships by the names in use
    When the configuration is read
    Then the configuration follows the advice on what templates read of memberships

  @req.CFG-14 @needs.messages
  Scenario: Templates read one profile or many, as the aggregation gives them
    When the configuration is read
    Then the configuration keeps the rule on what templates read of profiles

  @req.CFG-15 @needs.messages
  Scenario: Templates read of the aggregation key what it includes
    When the configuration is read
    Then the configuration keeps the rule on what templates read of aggregation keys

  @req.CFG-19
  Scenario: Templates read customer data that is declared
    When the configuration is read
    Then the configuration keeps the rule on what templates read of customer data

  @should @req.CFG-19 @id.options @needs.files
  Scenario: Options of files read customer data that is declared
    When the configuration is read
    Then the configuration follows the advice on what templates read of customer data
