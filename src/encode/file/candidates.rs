//! What an export is made from: given profiles, or made-up ones of which memory holds one at a time.

use jiff::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::Value as Json;

use crate::encode::file::attribute_type::{fitting, made_value};
use crate::encode::file::columns::ALIAS;
use crate::encode::file::export::rows::Candidate;
use crate::encode::file::mapping::{Mapping, Source};
use crate::encode::file::schema::{DataType, Value};
use crate::encode::message::{hash, synthetic};
use crate::model::profile::{Profile, Status};
use crate::model::sdk::IdentityNamespace;
use crate::model::submission::Audience;

const SECOND: i64 = 1_000_000;

/// What candidates are made for.
#[derive(Debug, Clone, Copy)]
pub struct Aim<'a> {
    /// The columns.
    pub columns: &'a [Mapping],
    /// Target namespaces, for what they hash.
    pub namespaces: &'a [IdentityNamespace],
    /// The audience, or those that are exported together; at least one.
    pub audiences: &'a [Audience],
    /// The time of the export, microseconds since 1970.
    pub now: i64,
    /// The time of the previous export, if there was one.
    pub last: Option<i64>,
}

/// Made-up candidates; the same seed makes the same ones. Of five in turn one has a text that breaks careless parsers, one
/// lacks an attribute. After a previous export a third has left the audience and a quarter has not changed.
#[derive(Debug, Clone)]
pub struct Synthetic<'a> {
    aim: Aim<'a>,
    rng: ChaCha20Rng,
    at: u64,
    count: u64,
}

impl<'a> Synthetic<'a> {
    /// So many candidates.
    pub fn new(aim: Aim<'a>, seed: u64, count: u64) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let at = 0;
        Self {
            aim,
            rng,
            at,
            count,
        }
    }

    /// The optional attribute that every fifth lacks.
    fn lacking(&self) -> Option<usize> {
        let optional = |column: &Mapping| {
            !column.mandatory
                && !column.deduplicates
                && matches!(&column.source, Source::Attribute(path) if path != ALIAS)
        };
        self.aim.columns.iter().rposition(optional)
    }

    fn cell(&mut self, column: &Mapping) -> Value {
        match &column.source {
            Source::Attribute(path) if path == ALIAS => {
                let count = self.aim.audiences.len().max(1);
                let turn = usize::try_from(self.at).unwrap_or(0) % count;
                let audience = self.aim.audiences.get(turn);
                audience.map_or(Value::Null, |one| Value::String(one.alias.clone()))
            }
            Source::Attribute(path) => self.attribute(path, &column.data_type),
            Source::Identity(namespace) => {
                let id = synthetic::identity(&mut self.rng, namespace);
                Value::String(hash::identity(namespace, id, self.aim.namespaces))
            }
            Source::Exited { .. } | Source::MembershipStatus => Value::Null,
        }
    }

    fn attribute(&mut self, path: &str, data_type: &DataType) -> Value {
        if *data_type == DataType::Int {
            return Value::Int(self.rng.random_range(1940..=2008));
        }
        if *data_type == DataType::Date {
            // 1950-01-01 to 2004-12-31
            return Value::Date(self.rng.random_range(-7305..=12_783));
        }
        if *data_type != DataType::String {
            let made = made_value(&mut self.rng, path, data_type);
            return fitting(&made, data_type).unwrap_or(Value::Null);
        }
        let nasty = usize::try_from(self.at / 5).unwrap_or(0) % synthetic::NASTY.len();
        if path.ends_with("gender") {
            let word = if self.rng.random() { "female" } else { "male" };
            return Value::String(word.to_owned());
        }
        let made = synthetic::attribute(&mut self.rng, path);
        let made = made.as_str().unwrap_or_default();
        let plain = self.at % 5 != 2 || made.starts_with('+') || made.contains('@');
        Value::String(if plain { made } else { synthetic::NASTY[nasty] }.to_owned())
    }
}

impl Iterator for Synthetic<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        if self.at >= self.count {
            return None;
        }
        let lacking = self.lacking().filter(|_| self.at % 5 == 4);
        let columns = self.aim.columns;
        let cells = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let cell = self.cell(column);
                if lacking == Some(at) {
                    Vec::new()
                } else {
                    vec![cell]
                }
            })
            .collect();
        let age = i64::try_from(self.at % 3600).unwrap_or(0) * SECOND;
        let (status, changed) = match self.aim.last {
            None => (Status::Realized, self.aim.now - age),
            Some(last) if self.at % 4 == 3 => (Status::Realized, last - SECOND),
            Some(last) if self.at % 3 == 2 => (Status::Exited, (self.aim.now - age).max(last + 1)),
            Some(last) => (Status::Realized, (self.aim.now - age).max(last + 1)),
        };
        self.at += 1;
        Some(Candidate {
            status,
            changed,
            cells,
        })
    }
}

/// Why a profile cannot be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CandidateError {
    /// `lastQualificationTime` is no time.
    #[error(
        "expected a time such as 2019-11-20T13:15:49Z as lastQualificationTime, received `{0}`"
    )]
    Time(String),
    /// An array or an object, which files cannot hold raw (reference 7.4).
    #[error(
        "cannot export the attribute `{0}`: expected a single value, received an array or an object"
    )]
    Nested(String),
}

/// The members, present and past, of an audience among profiles.
///
/// # Errors
/// Attributes that are no single values, times that are none.
pub fn members(aim: Aim<'_>, profiles: &[Profile]) -> Result<Vec<Candidate>, CandidateError> {
    let mut candidates = Vec::new();
    for profile in profiles {
        let found = aim.audiences.iter().find_map(|audience| {
            let mut memberships = profile.memberships();
            memberships
                .find(|(ns, id, _)| *ns == audience.namespace && *id == audience.id)
                .map(|(_, _, membership)| (audience, membership))
        });
        let Some((audience, membership)) = found else {
            continue;
        };
        let time = &membership.last_qualification_time;
        let changed = time
            .parse::<Timestamp>()
            .map_err(|_| CandidateError::Time(time.clone()))?;
        let cells = aim
            .columns
            .iter()
            .map(|column| cells(aim, column, profile, &audience.alias));
        candidates.push(Candidate {
            status: membership.status,
            changed: changed.as_microsecond(),
            cells: cells.collect::<Result<_, _>>()?,
        });
    }
    Ok(candidates)
}

fn cells(
    aim: Aim<'_>,
    column: &Mapping,
    profile: &Profile,
    alias: &str,
) -> Result<Vec<Value>, CandidateError> {
    match &column.source {
        Source::Attribute(path) if path == ALIAS => Ok(vec![Value::String(alias.to_owned())]),
        Source::Attribute(path) => {
            let header = column.header();
            let value = profile
                .attribute_value(path)
                .or_else(|| profile.attribute_value(&header));
            value.map_or(Ok(Vec::new()), |value| {
                typed(path, value, &column.data_type)
            })
        }
        Source::Identity(namespace) => Ok(profile
            .identities()
            .filter(|(known, _)| known == namespace)
            .map(|(_, id)| Value::String(hash::identity(namespace, id.to_owned(), aim.namespaces)))
            .collect()),
        Source::Exited { .. } | Source::MembershipStatus => Ok(Vec::new()),
    }
}

fn typed(path: &str, value: &Json, data_type: &DataType) -> Result<Vec<Value>, CandidateError> {
    let text = match value {
        Json::Null => return Ok(Vec::new()),
        Json::Array(_) | Json::Object(_) => return Err(CandidateError::Nested(path.to_owned())),
        Json::String(text) => text.clone(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
    };
    let value = fitting(value, data_type).unwrap_or(Value::String(text));
    Ok(vec![value])
}
