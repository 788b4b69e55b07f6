@must
Feature: Profile identities

  A profile comes with the identities that were mapped: one or several, in each namespace or in one.
  A destination that drops the second identity matches fewer people than it was given.

  @req.STR-1b.01
  Scenario: An identity of one namespace alone is accepted
    Given a profile for each namespace with one identity in it
    When the messages are delivered one after another
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @req.STR-1b.02
  Scenario: Several identities of one namespace are all kept
    Given a profile in one audience
    And the profile has two identities in one namespace
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @req.STR-1b.02 @id.three
  Scenario: Three identities of one namespace are all kept
    Given a profile in one audience
    And the profile has three identities in one namespace
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @should @req.STR-1b.02 @id.ten
  Scenario: Ten identities of one namespace are all kept
    Given a profile in one audience
    And the profile has ten identities in one namespace
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @req.STR-1b.02 @id.gains @needs.made-up-people
  Scenario: A known profile that gains an identity keeps all of them
    Given a profile in one audience
    When the message is delivered
    And the profile gains an identity
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @req.STR-1b.02 @id.among @needs.batch @needs.made-up-people
  Scenario: Two identities of one of several profiles stay with it
    Given a message with a profile of two identities among others
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @req.STR-1b.03 @needs.namespaces
  Scenario Outline: A profile with <identities> is accepted
    Given a profile in one audience
    And the profile has <identities>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

    Examples:
      | id          | identities                           |
      | each        | an identity in each namespace        |
      | all-but-one | an identity in all but one namespace |

  @req.STR-1b.04 @needs.hashed
  Scenario: A hashed namespace takes the lower-case SHA-256
    Given a profile in one audience
    And the profile has an identity in each hashed namespace
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @req.STR-1b.05 @needs.grouped
  Scenario: Messages of each group of namespaces are accepted
    Given a profile in one audience
    And the profile has an identity in each namespace
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

  @should @req.STR-1b.06
  Scenario Outline: <identities> are stored unchanged
    Given a profile in one audience
    And the profile has <identities>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

    Examples:
      | id      | identities                    |
      | unusual | identities with unusual signs |
      | long    | identities of 255 characters  |

  @should @req.STR-1b.06 @needs.free-namespace
  Scenario Outline: Identifiers like <identities> are stored unchanged
    Given a profile in one audience
    And the profile has identities with <identities>
    When the message is delivered
    Then the destination accepts every message
    And the destination stores the identities that were sent

    Examples:
      | id            | identities                      |
      | upper-case    | upper case                      |
      | leading-zeros | leading zeros                   |
      | blanks        | blanks around                   |
      | accents       | composed and decomposed accents |
      | plus          | plus signs                      |
      | percent       | percent signs                   |
      | separators    | separators                      |
      | long-accents  | 255 accented letters            |

  @should @req.STR-1b.08 @needs.free-namespace @needs.made-up-people
  Scenario Outline: People whose identities <difference> are told apart
    Given two profiles in different audiences, whose identities <difference>
    When the messages are delivered one after another
    Then the destination accepts every message
    And the destination stores the membership that was sent
    And the destination stores nothing else

    Examples:
      | id             | difference                    |
      | case           | differ in case                |
      | accent         | differ in an accent           |
      | trailing-blank | differ in a trailing blank    |
      | leading-zeros  | differ in leading zeros       |
      | namespace      | differ in the namespace alone |
      | last-sign      | differ in the last of 200 signs |
      | dot            | differ in a dot |
      | domain         | differ in the domain |
      | script         | differ in letters beyond ASCII |

  @may @req.STR-1b.07
  Scenario: A profile without identities causes no server error
    Given a profile in one audience
    When the message is delivered
    And the same message is delivered without identities
    Then no answer is a server error
