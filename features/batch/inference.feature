@must @needs.ingestion
Feature: Columns of texts that look like something else

  A platform that looks at a whole column before it says what is in it reads a file right for as long
  as one text looks like a text: of postcodes alone it makes numbers, and loses their zeros.

  @req.BAT-2.10 @id.every
  Scenario Outline: Columns with <cells> are read as texts
    Given an export of profiles with <cells>
    When the files are written
    And the platform is asked what it ingested
    Then the platform has ingested the rows as they were written

    Examples:
      | id      | cells                       |
      | zeros   | leading zeros in every text |
      | numbers | numbers in every text       |
      | truths  | truth values in every text  |
      | dates   | dates in every text         |
      | times   | times in every text         |
