Feature: The policy of a reviewer
  A bundle that is what it says may still not be what the reviewer asked for. A key that a policy lacks is the strictest,
  and one that it misspells is refused.

  Scenario Outline: What the policy does not take is refused (<setting>)
    Given a bundle of a conformant run
    And a policy with "<setting>"
    Then check "<check>" fails
    And the review ends with "<end>"

    Examples:
      | setting                         | check | end     |
      | signature.required = true       | C1    | refused |
      | challenge.required = true       | G1    | refused |
      | challenge.control_proof = true  | G7    | refused |
      | target.hosts = []               | G4    | refused |
      | editions = ['e3']               | D2    | refused |
      | editions = ['e1', 'e2', 'e3']   | D2    | refused |
      | target.destinations = []        | G8    | refused |
      | target.destinations = ['bearer-single', 'bearer-batch'] | G8 | refused |
      | target.destinations = ['Bearer-Single'] | G8 | refused |
      | harness.versions = ['9.9.9']    | D4    | refused |
      | run.max_age_days = 0            | G3    | refused |
      | run.certified = true            | H2    | refused |
      | evidence.attestations = 'person' | P1   | person  |

  Scenario Outline: What the policy takes in one of its words is accepted (<setting>)
    Given a bundle of a conformant run
    And a policy with "<setting>"
    Then no check fails
    And the review ends with "accepted"

    Examples:
      | setting                                                     |
      | editions = ['e3', 'e4']                                     |
      | target.optional_destinations = ['bearer-batch']             |
      | target = { destinations = [], optional_destinations = ['bearer-single'] } |

  Scenario Outline: A run is of its time (<time>)
    Given a bundle of a conformant run
    When it is reviewed on "<time>"
    Then check "G3" fails
    And the review ends with "refused"

    Examples:
      | time                 |
      | 2026-11-20T23:50:00Z |
      | 2026-12-22T00:00:00Z |

  Scenario: A clock that is a little fast makes no run one of the future
    Given a bundle of a conformant run
    When it is reviewed on "2026-11-20T23:59:00Z"
    Then no check fails
    And the review ends with "accepted"

  Scenario Outline: Hosts whose clocks tell of another day are a matter for a person, or too long ago (<date>)
    Given a bundle of a conformant run
    When its hosts are said to have dated their answers "<date>"
    Then check "G9" fails
    And the review ends with "<end>"

    Examples:
      | date                          | end     |
      | Thu, 19 Nov 2026 23:59:00 GMT | person  |
      | Sun, 22 Nov 2026 00:01:00 GMT | person  |
      | Thu, 19 Dec 2024 00:00:00 GMT | refused |

  Scenario: A host of the policy is meant however it is written
    Given a bundle of a conformant run
    And a policy with "target.hosts = ['LOCALHOST']"
    Then no check fails

  Scenario Outline: A host of a location counts like any other (<host>)
    Given a bundle of a conformant run
    When its record says ["<host>"] at "destinations > bearer-single > given > hosts"
    Then check "<check>" fails
    And the review ends with "refused"

    Examples:
      | host                          | check |
      | https://elsewhere.example:443 | G4    |
      | sftp://elsewhere.example:22   | G4    |
      | http://localhost:80           | G5    |

  Scenario: A host of a location that the policy names is taken
    Given a bundle of a conformant run
    When its record says ["https://localhost:8443"] at "destinations > bearer-single > given > hosts"
    Then no check fails

  Scenario Outline: A challenge that the reviewer names is asked for, whatever the policy requires (<repetitions>)
    Given a bundle of a conformant run
    When the reviewer names a challenge of <repetitions>
    Then check "<check>" fails
    And the review ends with "refused"

    Examples:
      | repetitions   | check |
      | 1 repetition  | G1    |
      | 3 repetitions | E2    |

  Scenario: A MUST that the partner's own settings leave out is a matter for a person
    Given a bundle of a run that may try no wrong credentials
    Then check "E4" fails
    And the review ends with "person"

  Scenario: A MUST that the policy lets be left out is none
    Given a bundle of a run that may try no wrong credentials
    And a policy with "evidence.left_out = ['STR-2.05']"
    Then no check fails
    And the review ends with "accepted"

  Scenario: A MUST that the policy lets be left out is no other
    Given a bundle of a run that may try no wrong credentials
    And a policy with "evidence.left_out = ['STR-2.04', 'STR-2']"
    Then check "E4" fails
    And the review ends with "person"

  Scenario: What hides a part of what was posted is counted
    Given a bundle of a conformant run
    When what was posted is said to hold the mark of a secret
    Then check "B6" holds
    And check "H3" fails
    And the review ends with "person"

  Scenario: What hides a part of what was posted may be taken
    Given a bundle of a conformant run
    And a policy with "evidence.max_unverifiable = 1"
    When what was posted is said to hold the mark of a secret
    Then no check fails

  Scenario: A statement that has ended by the time of the review is none
    Given a bundle of a conformant run
    When its partner stated everything until "2026-11-24"
    And it is reviewed on "2026-11-25T00:00:00Z"
    Then check "P1" fails
    And the review ends with "refused"

  Scenario: A statement holds on its last day
    Given a bundle of a conformant run
    When its partner stated everything until "2026-11-24"
    And it is reviewed on "2026-11-24T23:00:00Z"
    Then no check fails

  Scenario: A run that was made to be certified is accepted where that is asked for
    Given a bundle of a certified run
    And a policy with "run.certified = true"
    Then no check fails
    And the review ends with "accepted"

  Scenario Outline: A canary that proves nothing is refused (<place>)
    Given a bundle of a certified run
    When its record says <value> at "destinations > bearer-single > canary > <place>"
    Then check "H2" fails
    And the review ends with "<end>"

    Examples:
      | place     | value | end     |
      | planted   | 0     | refused |
      | seen      | 1     | refused |
      | found     | 1     | secret  |
      | exchanges | []    | refused |
      | exchanges > 0 > act > http > request > headers | [] | refused |
      | exchanges > 0 > act > http > request > headers > 2 > 1 | "another-run" | refused |
      | exchanges > 1 > ordinal | 7 | refused |
      | exchanges > 1 > purpose | "observation" | refused |

  Scenario: A canary that counts other places than it has is refused
    Given a bundle of a certified run
    When its record says 2 at "destinations > bearer-single > canary > planted"
    And its record says 2 at "destinations > bearer-single > canary > seen"
    Then check "H2" fails
    And the review ends with "refused"

  Scenario Outline: What looks like a secret is refused wherever it was answered (<text>)
    Given a bundle of a conformant run
    When the destination is said to have answered with "<text>"
    Then check "H1" fails

    Examples:
      | text                                                             |
      | -----BEGIN OPENSSH PRIVATE KEY-----                              |
      | Bearer 0123456789abcdef0123456789                                |
      | AccountKey=0123456789abcdef0123456789abcdef0123456789abcdef      |

  Scenario Outline: A name that is not what it looks like is a matter for a person (<what>)
    Given a bundle of a conformant run
    When the <who> is called <name>
    Then check "H4" fails

    Examples:
      | what                     | who         | name                     |
      | turned around            | partner     | "Acme\\u202eemcA"         |
      | a soft hyphen            | partner     | "Ac\\u00adme"             |
      | a filler of Hangul       | destination | "2026\\u3164"             |
      | a tag                    | signatory   | "J. Doe\\udb40\\udc41"     |
      | a Cyrillic letter        | signatory   | "J. D\\u043ee"            |
      | a Greek letter           | destination | "2026-R\\u03bf"           |
      | all Cyrillic, and Latin to the eye | partner | "\\u0410\\u0441\\u0435"  |

  Scenario Outline: An honest name of any script is no matter for a person (<name>)
    Given a bundle of a conformant run
    When the <who> is called <name>
    Then check "H4" holds

    Examples:
      | who         | name                            |
      | partner     | "株式会社ムーンシャインAnalytics" |
      | partner     | "문샤인Analytics"                |
      | signatory   | "Ελένη Παπαδοπούλου"            |
      | destination | "версия 2026.11"                |

  Scenario: An audience address over plain HTTP is refused
    Given a bundle of a conformant run
    When its record says "http://localhost/plain" at "scenarios > STR-1a.07/leaves > exchanges > 0 > act > http > request > url"
    Then check "G5" fails
    And the review ends with "forged"
