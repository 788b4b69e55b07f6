@must
Feature: The location takes files

  Experience Platform writes files and never looks back: what the location does not store as it was
  written is lost, and a name that is changed on the way is a file that nobody finds.

  Background:
    Given an export of one audience

  @req.BAT-1.01
  Scenario: The location lets Experience Platform in
    When the location is opened
    And the files are written
    Then the location lets Experience Platform in

  @req.BAT-1.02 @id.one
  Scenario: A file is stored as it was written
    When the files are written
    Then the location holds the files as they were written
    And the location holds nothing else

  @req.BAT-1.02 @id.all
  Scenario: The files of every audience are stored
    When the files are written
    And the export of every audience is written
    Then the location holds the files as they were written
    And the location holds nothing else

  @req.BAT-1.02 @id.beside
  Scenario: A file leaves those with other names alone
    When the files are written
    And another file is written beside them
    Then the location holds the files as they were written

  @req.BAT-1.03
  Scenario Outline: A file takes the place of one of its name <again>
    When the files are written
    And the files are written again <again>
    Then the location holds the files as they were written
    And the location holds nothing else

    Examples:
      | id        | again           |
      | unchanged | unchanged       |
      | longer    | with more rows  |
      | shorter   | with fewer rows |

  @should @req.BAT-1.04
  Scenario: A file can be deleted
    When the files are written
    And the files are deleted
    Then the location holds none of the files that were deleted

  @should @req.BAT-1.05
  Scenario Outline: A file is stored <foldering>
    When the files are written
    And the files are written again <foldering>
    Then the location holds the files as they were written
    And the location holds nothing else

    Examples:
      | id        | foldering                                           |
      | nested    | three folders deep                                  |
      | blanks    | in a folder whose name holds a blank                |
      | non-ascii | in a folder whose name holds characters beyond ASCII |

  @req.BAT-1.06
  Scenario Outline: A file is stored whose name <naming>
    When the files are written
    And the files are written again under a name that <naming>
    Then the location holds the files as they were written
    And the location holds nothing else

    Examples:
      | id        | naming                        |
      | blanks    | holds blanks                  |
      | non-ascii | holds characters beyond ASCII |
      | escapes   | holds signs that URLs escape  |
      | cases     | holds letters of both cases   |
      | longest   | has 255 signs                 |

  @should @req.BAT-1.06 @id.cases-apart
  Scenario: Files whose names differ in case alone are told apart
    When the files are written
    And the files are written again under a name that holds letters of both cases
    And the files are written again under a name that holds the same letters in other cases
    Then the location holds the files as they were written
    And the location holds nothing else

  @req.BAT-1.02 @id.large
  Scenario: A large file that is taken is stored as it was written
    When the files are written
    And a file of 9 MiB is written
    Then the location holds what it took as it was written

  @should @req.BAT-1.07
  Scenario: A large file is stored whole
    When the files are written
    And a file of 9 MiB is written
    Then the location holds the files as they were written

  @req.BAT-1.08
  Scenario: The files of a split export are stored side by side
    When the files are written
    And the export of one audience in three files is written
    Then the location holds the files as they were written
    And the location holds nothing else

  @req.BAT-1.09 @needs.manifest
  Scenario: The manifest is stored beside the files
    When the files are written
    Then the location holds the manifest as it was written

  @should @req.BAT-1.10 @last
  Scenario Outline: The location refuses those who come <stranger>
    When the files are written
    And somebody lists, reads and writes files <stranger>
    Then the location refuses them and keeps nothing of theirs

    Examples:
      | id           | stranger                      |
      | nobody       | without credentials           |
      | nearly-right | with each nearly right secret |
