//! Which bundle a challenge was spent on: one line of JSON each. A challenge is good for one bundle.

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;

/// A challenge that was answered by a bundle that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// SHA-256 of the challenge.
    pub challenge_sha256: Digest,
    /// SHA-256 of the statement of the bundle.
    pub statement_sha256: Digest,
}

/// Why a ledger cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the ledger: {why}")]
pub struct LedgerError {
    /// Which line, from 1.
    line: usize,
    /// Why.
    #[source]
    why: serde_json::Error,
}

/// Reads a ledger.
///
/// # Errors
/// At the first line that is of another form.
pub fn parse(text: &str) -> Result<Vec<Spent>, LedgerError> {
    let lines = text.lines().enumerate();
    let parsed = lines.map(|(at, line)| {
        serde_json::from_str(line).map_err(|why| LedgerError { line: at + 1, why })
    });
    parsed.collect()
}

/// The bundle that a challenge was spent on, if on another than this.
pub fn other(ledger: &[Spent], challenge: &str, statement: Digest) -> Option<Digest> {
    let challenge = Digest::hash(challenge);
    let mut all = ledger.iter();
    let spent = all.find(|s| s.challenge_sha256 == challenge && s.statement_sha256 != statement);
    spent.map(|spent| spent.statement_sha256)
}

impl Spent {
    /// As a line of a ledger.
    ///
    /// # Errors
    /// When serde_json refuses it.
    pub fn line(&self) -> serde_json::Result<String> {
        Ok(format!("{}\n", serde_json::to_string(self)?))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_challenge_is_good_for_one_bundle() {
        let [one, two] = ["one", "two"].map(Digest::hash);
        let spent = Spent {
            challenge_sha256: Digest::hash("challenge"),
            statement_sha256: one,
        };
        let ledger = parse(&spent.line().unwrap()).unwrap();
        assert_eq!(ledger, [spent]);
        assert_eq!(other(&ledger, "challenge", one), None);
        assert_eq!(other(&ledger, "challenge", two), Some(one));
        assert_eq!(other(&ledger, "another", two), None);
        assert!(parse("\n").is_err() && parse("{\"approved\":true}").is_err());
    }
}
