@must
Feature: Each kind of location has rules of its own

  Customers type credentials into fields whose form Adobe checks, and grant the permissions that a
  page lists: what differs is refused before a file is ever written.

  Background:
    Given an export of one audience

  @req.BAT-1.S3.01 @id.form @needs.s3
  Scenario: Bucket and access key have the form of Amazon S3
    When the configuration is read
    Then the credentials have the form that Adobe documents

  @should @req.BAT-1.S3.01 @id.permissions @needs.s3
  Scenario: The permissions that Adobe lists are granted
    When the location is opened
    And the files are written
    And the files are deleted
    Then the location permits everything that was done

  @req.BAT-1.BLOB.01 @id.form @needs.blob
  Scenario: The connection string has the form of Azure Blob Storage
    When the configuration is read
    Then the credentials have the form that Adobe documents

  @req.BAT-1.BLOB.01 @id.container @needs.blob
  Scenario: The container exists
    When the location is opened
    And the files are written
    Then the location is there

  @req.BAT-1.GCS.01 @id.form @needs.gcs
  Scenario: The HMAC key has the form of Google Cloud Storage
    When the configuration is read
    Then the credentials have the form that Adobe documents

  @req.BAT-1.DLZ.01 @needs.dlz
  Scenario: The shared access signature lets files be read and listed
    When the files are written
    Then the location lets files be listed and read

  @req.BAT-1.ADLS.01 @needs.adls
  Scenario: Files are written and renamed with the token of a service principal
    When the files are written
    And the files are renamed
    Then the location holds the files as they were written
    And the location holds nothing else

  @req.BAT-1.SFTP.01 @needs.sftp
  Scenario: The key is one that Experience Platform takes
    When the configuration is read
    Then the credentials have the form that Adobe documents

  @alone @req.BAT-1.SFTP.02 @needs.sftp
  Scenario: The server bears the sessions that Adobe asks for
    When the files are written
    And files are written in as many sessions as Adobe asks for
    Then the location bears these sessions

  @req.BAT-1.SFTP.03 @needs.sftp
  Scenario: Files are written into new folders
    When the files are written
    And the files are written again three folders deep
    Then the location holds the files as they were written
    And the location holds nothing else

  @should @req.BAT-1.SFTP.03 @id.renamed @needs.sftp
  Scenario: Files are renamed
    When the files are written
    And the files are renamed
    Then the location holds the files as they were written
    And the location holds nothing else
