@must
Feature: The platform ingests whole exports

  An export has as many files as its rows need, comes again under the same name, and has a manifest
  beside it. Members who are lost between files are not reached.

  Background:
    Given an export of one audience

  @req.BAT-2.14 @needs.ingestion
  Scenario Outline: A file that is written again <again> is ingested anew
    When the files are written
    And the platform is asked what it ingested
    And the files are written again <again>
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

    Examples:
      | id        | again                               |
      | altered   | with other texts of the same length |
      | unchanged | unchanged                           |
      | longer    | with more rows                      |
      | shorter   | with fewer rows                     |

  @req.BAT-2.12 @needs.ingestion
  Scenario: The files of a split export are taken together
    Given an export of one audience in three files
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.10 @id.many @needs.ingestion
  Scenario: More than a thousand rows are ingested
    Given an export of one audience with 1,200 members
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.14 @id.restored @needs.ingestion
  Scenario: A file that is written again as it was at first is ingested anew
    When the files are written
    And the platform is asked what it ingested
    And the files are written again with more rows
    And the platform is asked what it ingested
    And the files are written again as they were at first
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.14 @id.next @needs.ingestion
  Scenario: The export of the next day is ingested, too
    Given an export of one audience of the day before
    When the files are written
    And the platform is asked what it ingested
    And the files are written again a day later
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.12 @id.audiences @needs.ingestion
  Scenario: The files of every audience are ingested
    Given an export of every audience
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.15 @id.again @needs.ingestion
  Scenario: An export that comes again without rows takes the place of what was ingested
    When the files are written
    And the platform is asked what it ingested
    And the files are written again without rows
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.15 @needs.ingestion
  Scenario: An export without rows is ingested as such
    Given an export of an audience without members
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.17 @id.reported @needs.ingestion @needs.ended
  Scenario: A file that breaks off is reported
    When the files are written
    And the files are written again broken off
    And the platform is asked what it ingested
    Then the platform reports the broken file

  @should @req.BAT-2.17 @id.kept @needs.ingestion
  Scenario: A file that breaks off leaves what was ingested before
    When the files are written
    And the platform is asked what it ingested
    And a file that breaks off is written beside them and deleted
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @req.BAT-2.18 @needs.manifest @needs.ingestion
  Scenario: The manifest is not ingested as data
    Given an export of one audience with its manifest
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

  @should @req.BAT-2.20
  Scenario: Name or folder of a file name its audience
    When the configuration is read
    Then the name or the folder of a file names its audience

  @should @req.BAT-2.21 @id.named @needs.ingestion
  Scenario Outline: The platform ingests a file whose name <naming>
    When the files are written
    And the files are written again under a name that <naming>
    And the platform is asked what it ingested
    Then the platform says what it ingested

    Examples:
      | id        | naming                        |
      | blanks    | holds blanks                  |
      | non-ascii | holds characters beyond ASCII |
      | escapes   | holds signs that URLs escape  |
      | longest   | has 255 signs                 |

  @req.BAT-2.21 @id.rows @needs.ingestion
  Scenario: The platform says what it ingested
    When the files are written
    And the platform is asked what it ingested
    Then the platform says what it ingested
