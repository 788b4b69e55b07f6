//! Which profiles an export holds, and with which rows: modes, exits, mandatory columns, deduplication
//! (reference 7.10 to 7.12).
//!
//! Undocumented, and decided here: rows keep the order of the profiles; of two profiles that qualified at the same
//! moment the later one wins; rows whose key is wholly null are not compared; with several identity columns the first
//! one makes the rows and the others show their first identity.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::encode::file::mapping::{Mapping, Source};
use crate::encode::file::schema::{Row, Schema, Value};
use crate::model::profile::Status;
use crate::model::sdk::ExportMode;

/// A profile as seen by an export.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its standing in the audience.
    pub status: Status,
    /// `lastQualificationTime`: microseconds since 1970-01-01T00:00:00Z.
    pub changed: i64,
    /// Its cells, one list per mapping: the identities of a namespace, or a single value; empty is null. Those of
    /// membership columns are not looked at.
    pub cells: Vec<Vec<Value>>,
}

/// Why columns cannot be exported.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColumnsError {
    /// A deduplication key that Adobe's screen does not allow.
    #[error(
        "expected one identity or up to two attributes as the deduplication key, received {0} columns"
    )]
    Key(usize),
    /// Two columns of one name.
    #[error("expected distinct column names, received {0} twice")]
    Column(String),
    /// No columns.
    #[error("expected columns to export, received none")]
    Empty,
}

/// What decides the rows of an export.
#[derive(Debug, Clone)]
pub struct RowRules {
    mappings: Vec<Mapping>,
    mode: ExportMode,
    last: Option<i64>,
}

impl RowRules {
    /// The rules of a run in this mode. `last` is the time of the previous run, in microseconds since 1970; without it this is the first.
    ///
    /// # Errors
    /// No columns, two of one name, a key of more than one identity or two attributes.
    pub fn new(
        mappings: Vec<Mapping>,
        mode: ExportMode,
        last: Option<i64>,
    ) -> Result<Self, ColumnsError> {
        let headers: Vec<String> = mappings.iter().map(Mapping::header).collect();
        let twice = headers
            .iter()
            .enumerate()
            .find(|(at, name)| headers[..*at].contains(name));
        if let Some((_, name)) = twice {
            return Err(ColumnsError::Column(name.clone()));
        }
        if mappings.is_empty() {
            return Err(ColumnsError::Empty);
        }
        let key: Vec<_> = mappings
            .iter()
            .filter(|mapping| mapping.deduplicates)
            .collect();
        let identity = key
            .iter()
            .any(|mapping| matches!(mapping.source, Source::Identity(_)));
        if key.len() > 2 || (identity && key.len() > 1) {
            return Err(ColumnsError::Key(key.len()));
        }
        Ok(Self {
            mappings,
            mode,
            last,
        })
    }

    /// The columns, with where their cells come from.
    pub fn columns(&self) -> &[Mapping] {
        &self.mappings
    }

    /// The columns as a file has them, in the order of the mappings.
    pub fn schema(&self) -> Schema {
        Schema {
            fields: self.mappings.iter().map(Mapping::field).collect(),
        }
    }

    /// The rows of the run. With a deduplication key the profiles are looked at twice, and memory grows with the keys.
    pub fn rows<I>(&self, profiles: I) -> impl Iterator<Item = Row> + use<'_, I>
    where
        I: IntoIterator<Item = Candidate> + Clone,
    {
        let winners = self.has_key().then(|| self.winners(profiles.clone()));
        self.candidates(profiles)
            .enumerate()
            .filter(move |(at, (_, row))| match (&winners, self.key(row)) {
                (Some(winners), Some(key)) => winners.get(&key).is_some_and(|(_, won)| won == at),
                (Some(_), None) | (None, _) => true,
            })
            .map(|(_, (_, row))| row)
    }

    fn has_key(&self) -> bool {
        self.mappings.iter().any(|mapping| mapping.deduplicates)
    }

    /// For each key, the time and the number of the row that is kept.
    fn winners(
        &self,
        profiles: impl IntoIterator<Item = Candidate>,
    ) -> HashMap<u128, (i64, usize)> {
        let mut winners = HashMap::new();
        for (at, (changed, row)) in self.candidates(profiles).enumerate() {
            if let Some(key) = self.key(&row) {
                let won = winners.entry(key).or_insert((changed, at));
                if changed >= won.0 {
                    *won = (changed, at);
                }
            }
        }
        winners
    }

    /// Rows before deduplication, with the time by which they compete.
    fn candidates<I>(&self, profiles: I) -> impl Iterator<Item = (i64, Row)> + use<'_, I>
    where
        I: IntoIterator<Item = Candidate>,
    {
        profiles
            .into_iter()
            .filter(|profile| self.selects(profile))
            .flat_map(|profile| {
                let changed = profile.changed;
                self.expand(profile)
                    .into_iter()
                    .map(move |row| (changed, row))
            })
            .filter(|(_, row)| self.is_complete(row))
    }

    fn selects(&self, profile: &Candidate) -> bool {
        let since = match self.mode {
            ExportMode::DailyFull => None,
            ExportMode::FirstFullThenIncremental => self.last,
        };
        let exited = profile.status == Status::Exited;
        match since {
            None => !exited,
            Some(last) => {
                let told = self
                    .mappings
                    .iter()
                    .any(|mapping| mapping.source.tells_exits());
                profile.changed > last && (told || !exited)
            }
        }
    }

    /// One row, or one for each identity of the first identity column.
    fn expand(&self, profile: Candidate) -> Vec<Row> {
        let identity = self
            .mappings
            .iter()
            .position(|mapping| matches!(mapping.source, Source::Identity(_)));
        let count = identity
            .and_then(|at| profile.cells.get(at))
            .map_or(1, |identities| identities.len().max(1));
        (0..count)
            .map(|number| {
                self.mappings
                    .iter()
                    .enumerate()
                    .map(|(at, mapping)| {
                        let index = if identity == Some(at) { number } else { 0 };
                        cell(mapping, &profile, at, index)
                    })
                    .collect()
            })
            .collect()
    }

    fn is_complete(&self, row: &Row) -> bool {
        let cells = self.mappings.iter().zip(row);
        cells
            .filter(|(mapping, _)| mapping.mandatory)
            .all(|(_, cell)| *cell != Value::Null)
    }

    /// A digest of the row's key, or nothing when all of it is null.
    fn key(&self, row: &Row) -> Option<u128> {
        let cells = self.mappings.iter().zip(row);
        let key: Vec<&Value> = cells
            .filter(|(mapping, _)| mapping.deduplicates)
            .map(|(_, cell)| cell)
            .collect();
        if key.iter().all(|cell| **cell == Value::Null) {
            return None;
        }
        let digest = Sha256::digest(format!("{key:?}"));
        Some(
            digest
                .iter()
                .take(16)
                .fold(0, |key, byte| (key << 8) | u128::from(*byte)),
        )
    }
}

fn cell(mapping: &Mapping, profile: &Candidate, at: usize, index: usize) -> Value {
    match &mapping.source {
        Source::Attribute(_) | Source::Identity(_) => {
            let cells = profile.cells.get(at);
            cells
                .and_then(|cells| cells.get(index))
                .cloned()
                .unwrap_or(Value::Null)
        }
        Source::Exited { yes, no } => Value::String(
            if profile.status == Status::Exited {
                yes
            } else {
                no
            }
            .clone(),
        ),
        Source::MembershipStatus => Value::String(profile.status.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::encode::file::schema::DataType;

    fn texts(values: &[&str]) -> Vec<Value> {
        values
            .iter()
            .map(|value| Value::String((*value).to_owned()))
            .collect()
    }

    fn mapping(source: &str) -> Mapping {
        Mapping::new(Source::parse(source), DataType::String)
    }

    fn profile(status: Status, changed: i64, emails: &[&str], last_name: &[&str]) -> Candidate {
        Candidate {
            status,
            changed,
            cells: vec![texts(emails), texts(last_name), Vec::new()],
        }
    }

    fn lines(export: &RowRules, profiles: &[Candidate]) -> Vec<String> {
        let text = |cell: &Value| {
            if let Value::String(text) = cell {
                text.clone()
            } else {
                String::new()
            }
        };
        export
            .rows(profiles.to_vec())
            .map(|row| row.iter().map(text).collect::<Vec<_>>().join(","))
            .collect()
    }

    /// The reference's two profiles: A is older, both share their addresses.
    fn pair() -> [Candidate; 2] {
        [
            profile(
                Status::Realized,
                1,
                &["a@example.com", "b@example.com"],
                &["Doe"],
            ),
            profile(
                Status::Realized,
                2,
                &["a@example.com", "b@example.com"],
                &["D"],
            ),
        ]
    }

    fn keyed(keys: &[&str]) -> RowRules {
        let mut mappings = vec![
            mapping("identityMap.Email"),
            mapping("person.name.lastName"),
        ];
        for mapping in &mut mappings {
            mapping.deduplicates = keys.contains(&mapping.header().as_str());
        }
        RowRules::new(mappings, ExportMode::DailyFull, None).unwrap()
    }

    #[test]
    fn a_full_export_never_holds_those_who_left() {
        let mappings = vec![
            mapping("identityMap.Email"),
            mapping("a"),
            mapping("segmentMembership.status"),
        ];
        let export = RowRules::new(mappings, ExportMode::DailyFull, Some(5)).unwrap();
        let profiles = [
            profile(Status::Realized, 1, &["in@example.com"], &["x"]),
            profile(Status::Exited, 9, &["out@example.com"], &["y"]),
        ];
        assert_eq!(lines(&export, &profiles), ["in@example.com,x,realized"]);
    }

    #[test]
    fn an_increment_holds_changed_memberships_and_exits_only_with_a_status_column() {
        let profiles = [
            profile(Status::Realized, 1, &["old@example.com"], &["x"]),
            profile(Status::Realized, 9, &["new@example.com"], &["y"]),
            profile(Status::Exited, 9, &["out@example.com"], &["z"]),
        ];
        let plain = vec![mapping("identityMap.Email"), mapping("a")];
        let mode = ExportMode::FirstFullThenIncremental;
        let export = RowRules::new(plain.clone(), mode, Some(5)).unwrap();
        assert_eq!(lines(&export, &profiles), ["new@example.com,y"]);
        let first = RowRules::new(plain.clone(), mode, None).unwrap();
        assert_eq!(
            lines(&first, &profiles),
            ["old@example.com,x", "new@example.com,y"]
        );
        let status = [plain, vec![mapping("segmentMembership.status")]].concat();
        let export = RowRules::new(status, mode, Some(5)).unwrap();
        let expected = ["new@example.com,y,realized", "out@example.com,z,exited"];
        assert_eq!(lines(&export, &profiles), expected);
    }

    #[test]
    fn deduplication_keeps_what_adobe_documents() {
        assert_eq!(lines(&keyed(&[]), &pair()).len(), 4, "no key keeps all");
        let by_email = lines(&keyed(&["Email"]), &pair());
        assert_eq!(by_email, ["a@example.com,D", "b@example.com,D"]);
        let mut attributes = vec![
            mapping("personalEmail.address"),
            mapping("person.name.lastName"),
        ];
        attributes[0].deduplicates = true;
        let profiles = [
            profile(Status::Realized, 1, &["a@example.com"], &["Doe"]),
            profile(Status::Realized, 2, &["a@example.com"], &["D"]),
        ];
        let one = RowRules::new(attributes.clone(), ExportMode::DailyFull, None).unwrap();
        assert_eq!(lines(&one, &profiles), ["a@example.com,D"]);
        attributes[1].deduplicates = true;
        let two = RowRules::new(attributes, ExportMode::DailyFull, None).unwrap();
        assert_eq!(
            lines(&two, &profiles),
            ["a@example.com,Doe", "a@example.com,D"]
        );
    }

    #[test]
    fn a_profile_without_a_mandatory_attribute_is_left_out() {
        let mut mappings = vec![
            mapping("identityMap.Email"),
            mapping("person.name.lastName"),
        ];
        mappings[1].mandatory = true;
        let export = RowRules::new(mappings, ExportMode::DailyFull, None).unwrap();
        let profiles = [
            profile(Status::Realized, 1, &["a@example.com"], &[]),
            profile(Status::Realized, 1, &["b@example.com"], &["B"]),
        ];
        assert_eq!(lines(&export, &profiles), ["b@example.com,B"]);
    }

    #[test]
    fn a_key_is_one_identity_or_two_attributes() {
        let mut mappings = vec![
            mapping("a"),
            mapping("b"),
            mapping("c"),
            mapping("identityMap.E"),
        ];
        for mapping in &mut mappings[..3] {
            mapping.deduplicates = true;
        }
        assert_eq!(
            RowRules::new(mappings.clone(), ExportMode::DailyFull, None).unwrap_err(),
            ColumnsError::Key(3)
        );
        mappings[1].deduplicates = false;
        mappings[2].deduplicates = false;
        mappings[3].deduplicates = true;
        assert_eq!(
            RowRules::new(mappings.clone(), ExportMode::DailyFull, None).unwrap_err(),
            ColumnsError::Key(2)
        );
        mappings[1].target = Some("a".to_owned());
        assert!(matches!(
            RowRules::new(mappings, ExportMode::DailyFull, None),
            Err(ColumnsError::Column(_))
        ));
    }
}
