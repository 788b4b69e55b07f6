//! What a review looks at, what it finds, and what follows from it.

use serde::{Deserialize, Serialize};

use crate::review::known;

/// How a review ends, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The container is malformed or hostile.
    Malformed,
    /// A byte, a signature or a verdict is not what it is said to be.
    Forged,
    /// It holds a secret.
    Secret,
    /// The policy is not met.
    Refused,
    /// Valid, and not conformant or incomplete.
    NotConformant,
    /// A person has to look into something.
    Person,
    /// Accepted.
    Accepted,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed,
    /// A person has to look into it.
    Person,
    /// The policy asks for nothing here, so that nothing was shown either.
    Noted,
    /// Something before it failed, so that it could not be looked at.
    NotReached,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name, e.g. `B4`.
    pub id: &'static str,
    /// What became of it.
    pub status: Status,
    /// What is checked, and what was found.
    pub detail: String,
    /// What follows from it alone.
    #[serde(skip)]
    pub decision: Decision,
}

impl Decision {
    /// Every one, worst first, with its exit code and what it means.
    pub const ALL: [(Decision, u8, &'static str); 7] = [
        (
            Decision::Malformed,
            5,
            "the container is malformed or hostile, or of another version",
        ),
        (
            Decision::Forged,
            3,
            "a file, a signature or a verdict is not what it is said to be",
        ),
        (Decision::Secret, 6, "it holds what looks like a secret"),
        (Decision::Refused, 4, "the policy is not met"),
        (
            Decision::NotConformant,
            1,
            "a valid bundle of a run that is not conformant, or incomplete",
        ),
        (Decision::Person, 7, "a person has to look into something"),
        (Decision::Accepted, 0, "accepted"),
    ];

    /// Its exit code.
    pub fn code(self) -> u8 {
        let mut all = Self::ALL.iter();
        all.find(|(one, _, _)| *one == self)
            .map_or(70, |(_, code, _)| *code)
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(one, _, _)| *one == self)
            .map_or("", |(_, _, meaning)| meaning)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Decision::Malformed | Decision::Forged | Decision::Secret | Decision::Refused => {
                "refused"
            }
            Decision::NotConformant => "not conformant",
            Decision::Person => "needs a person",
            Decision::Accepted => "accepted",
        }
    }
}

impl Status {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Person => "person",
            Status::Noted => "note",
            Status::NotReached => "not reached",
        }
    }
}

/// A fault, where something does not hold, and what follows from it.
pub type Fault = Option<(Decision, String)>;

/// That fault, unless it holds.
pub fn unless(holds: bool, decision: Decision, why: impl FnOnce() -> String) -> Fault {
    (!holds).then(|| (decision, why()))
}

/// Checks as they are made.
#[derive(Debug, Default)]
pub struct Checks(pub Vec<Check>);

impl Checks {
    /// What was checked, and what came of it: why it fails, if it does, and what follows from that.
    pub fn add(&mut self, id: &'static str, what: &str, fault: Fault) -> bool {
        let (status, decision, detail) = match fault {
            None => (Status::Passed, Decision::Accepted, what.to_owned()),
            Some((decision, why)) => {
                let status = if decision == Decision::Person {
                    Status::Person
                } else {
                    Status::Failed
                };
                (status, decision, format!("{what}: {why}"))
            }
        };
        self.0.push(Check {
            id,
            status,
            detail,
            decision,
        });
        status == Status::Passed
    }

    /// The same of a check that says what it always says.
    pub fn judge(&mut self, id: &'static str, fault: Fault) -> bool {
        self.add(id, known::what(id), fault)
    }

    /// What the policy does not ask for, in words of its own: it never reads as passed.
    pub fn note(&mut self, id: &'static str, words: String) {
        self.0.push(Check {
            id,
            status: Status::Noted,
            detail: words,
            decision: Decision::Accepted,
        });
    }

    /// What could not be looked at; it counts as failed, for what it would have failed with.
    pub fn skip(&mut self, id: &'static str) {
        self.0.push(Check {
            id,
            status: Status::NotReached,
            detail: known::what(id).to_owned(),
            decision: Decision::Accepted,
        });
    }

    /// Every check that was not made, as one that could not be.
    pub fn skip_rest(&mut self) {
        for one in known::ALL {
            if !self.0.iter().any(|check| check.id == one.id) {
                self.skip(one.id);
            }
        }
    }

    /// The worst of what follows.
    pub fn decision(&self) -> Decision {
        let worst = self.0.iter().map(|check| check.decision).min();
        let reached = self.0.iter().all(|c| c.status != Status::NotReached);
        match worst {
            Some(worst) if reached || worst != Decision::Accepted => worst,
            // what was not reached proves nothing
            Some(_) | None => Decision::Refused,
        }
    }
}
