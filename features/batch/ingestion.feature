@must @needs.ingestion
Feature: The platform ingests the files

  A file that is stored is not yet understood: a platform that splits a quoted cell, or takes an empty
  text for a missing one, changes what is known of a person.

  Background:
    Given an export of one audience

  @req.BAT-2.01 @needs.header
  Scenario: The columns are known by the names in the header
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.02 @needs.csv
  Scenario: Cells are told apart by the configured separator
    Given an export of profiles with texts like separators of other files
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.03 @needs.csv
  Scenario: A separator inside of a value is part of it
    Given an export of profiles with separators in their texts
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.04 @needs.csv
  Scenario Outline: Values with <cells> are understood
    Given an export of profiles with <cells>
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

    Examples:
      | id      | cells                                 |
      | quotes  | quotes in their texts                 |
      | escapes | backslashes in their texts            |
      | both    | quotes, backslashes and separators    |

  @req.BAT-2.05
  Scenario Outline: Values that are <cells> are understood
    Given an export of profiles with <cells>
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

    Examples:
      | id      | cells            |
      | missing | missing values   |
      | empty   | empty texts      |
      | null    | texts like null  |

  @req.BAT-2.06
  Scenario: Blanks at the ends of a value are treated as configured
    Given an export of profiles with blanks around their texts
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.07 @needs.dates
  Scenario: Dates are read by the configured pattern
    Given an export of one audience with dates
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.07 @id.times @needs.times
  Scenario: Times are read as they are, at any hour and in any season
    Given an export of one audience with times
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.08 @needs.csv
  Scenario: A line break inside of a value is part of it
    Given an export of profiles with line breaks in their texts
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.09 @needs.compressed
  Scenario: Files are read in the configured compression
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.10
  Scenario Outline: <cells> are read as they are in the configured format
    Given an export of profiles with <cells>
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

    Examples:
      | id      | cells                |
      | plain   | plain texts          |
      | zeros   | texts with leading zeros |
      | numbers | texts like numbers   |
      | comments | texts like comments |
      | long    | long texts           |
      | markup  | texts like markup    |

    @needs.structured
    Examples:
      | id          | cells                              |
      | signs       | quotes, backslashes and separators |
      | line-breaks | line breaks in their texts         |

  @req.BAT-2.10 @id.values @needs.numbers
  Scenario: Numbers are read as they are, of any sign and size
    Given an export of one audience with numbers
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.10 @id.longest
  Scenario: Texts of 5,000 signs are read as they are
    Given an export of profiles with texts of 5,000 signs
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.11
  Scenario Outline: Texts with <cells> are understood
    Given an export of profiles with <cells>
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

    Examples:
      | id         | cells                          |
      | non-ascii  | letters of other alphabets     |
      | beyond-bmp | characters beyond the BMP      |
