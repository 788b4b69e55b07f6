//! `[destination.observe]`: how to ask a destination what it stored.

use std::str::FromStr;
use std::time::Duration;

use serde_json::Value;

use crate::model::source::Place;

/// What a destination stores of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The audiences that it is in.
    Membership,
    /// Its identities.
    Identities,
    /// Its attributes.
    Attributes,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 3] = [Part::Membership, Part::Identities, Part::Attributes];
    /// The word for each, as features and `[destination.observe]` have it.
    pub const WORDS: [&'static str; 3] = ["membership", "identities", "attributes"];

    /// The word for it.
    pub fn word(self) -> &'static str {
        let [membership, identities, attributes] = Self::WORDS;
        match self {
            Part::Membership => membership,
            Part::Identities => identities,
            Part::Attributes => attributes,
        }
    }
}

/// A word that is no part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of membership, identities, attributes, received `{0}`")]
pub struct NoPart(String);

impl FromStr for Part {
    type Err = NoPart;

    fn from_str(text: &str) -> Result<Self, NoPart> {
        let part = Part::ALL.into_iter().find(|part| part.word() == text);
        part.ok_or_else(|| NoPart(text.to_owned()))
    }
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observe {
    /// `within_seconds`: how long it may take until what was accepted is stored; 2 where not given.
    pub within: Duration,
    /// `[destination.observe.membership]`.
    pub membership: Option<Observation>,
    /// `[destination.observe.identities]`.
    pub identities: Option<Observation>,
    /// `[destination.observe.attributes]`.
    pub attributes: Option<Observation>,
    /// `[destination.observe.ingestion]`.
    pub ingestion: Option<Ingestion>,
    /// `[destination.observe.audience]`.
    pub audience: Option<Retrieval>,
}

/// How to ask for an audience, for which the audience template has no request: a GET with the authentication of the
/// template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieval {
    /// `url` with `{alias}`, percent-encoded; `{{customerData.…}}` is filled in, and the token for `{token}`, where it is not
    /// in `Authorization`.
    pub url: String,
    /// `name`: JSON Pointer (RFC 6901) to the audience's name in the answer.
    pub name: String,
    /// `id`: JSON Pointer to its id; not looked at where not given.
    pub id: Option<String>,
    /// `status` and `deleted`: how an audience that was deleted is told from others, where it is still told of.
    pub over: Option<Over>,
    /// Where it is written.
    pub place: Place,
}

/// Where an answer says that what it tells of is over, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// `status`: JSON Pointer (RFC 6901) to the state, in the element or the answer.
    pub status: String,
    /// `left` of a membership, `deleted` of an audience: the states of what is over.
    pub words: Vec<String>,
}

impl Over {
    /// Whether a value is told to be over.
    pub fn is_of(&self, told: &Value) -> bool {
        let status = told.pointer(&self.status);
        let is = |word: &String| match status {
            Some(Value::String(text)) => text == word,
            Some(other) => *other.to_string() == **word,
            None => false,
        };
        self.words.iter().any(is)
    }
}

/// How to learn what a platform understood of the files: a JSON object a line for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingestion {
    /// Where it says so.
    pub way: IngestionWay,
    /// `within_seconds`: how long an ingestion may take; 60 where not given.
    pub within: Duration,
    /// Where it is written.
    pub place: Place,
}

/// Where a platform says what it understood. `{folder}` stands for the folder of an export, which is asked about once;
/// `{file}` for a file, and each is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngestionWay {
    /// `url`: a GET, as `Authorization: Bearer` with `ingestion_token` of `[destination.credentials]` where that is given.
    /// Placeholders are paths in the storage, percent-encoded.
    Url(String),
    /// `receipt`: a file in the location, below the configured folder as the placeholders are. It speaks of what a file
    /// holds now.
    Receipt {
        /// `receipt`: the name of the file with the rows.
        receipt: String,
        /// `rejection`: the name of the file that is there as long as what a file holds now cannot be read.
        rejection: Option<String>,
    },
    /// `command`: a program and its arguments, started without a shell in the folder of the submission, with few variables
    /// of the environment: the usual ones, and those that credentials come from. What it writes
    /// to its standard output are the rows; exit code 0 says that they are all, 75 not yet, 65 that the files cannot be
    /// read (`EX_TEMPFAIL`, `EX_DATAERR` of sysexits.h). Placeholders are paths in the storage.
    Command(Vec<String>),
}

impl Ingestion {
    /// Whether one question is about all files of a folder.
    pub fn is_by_folder(&self) -> bool {
        let has = |text: &String| text.contains("{folder}") && !text.contains("{file}");
        match &self.way {
            IngestionWay::Url(url) => url.contains("{folder}"),
            IngestionWay::Receipt { receipt, .. } => has(receipt),
            IngestionWay::Command(arguments) => {
                arguments.iter().all(|text| !text.contains("{file}"))
            }
        }
    }
}

/// One question: a GET with the authentication of delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// `url` with `{identity}`, optionally `{namespace}` and `{audience}`; each is percent-encoded;
    /// `{{customerData.…}}` is filled in.
    pub url: String,
    /// `audiences`, `identities` or `attributes`: JSON Pointer (RFC 6901) to the value in the answer.
    pub pointer: String,
    /// `removed` (membership): JSON Pointer to the audiences left, where the destination keeps them.
    pub removed: Option<String>,
    /// `element`: JSON Pointer to the id within an element, where elements are objects.
    pub element: Option<String>,
    /// `status` and `left` (membership): how an audience that was left is told from others, where both are in one list, or in
    /// one object by their ids.
    pub over: Option<Over>,
    /// `next` (membership, identities): JSON Pointer to the link to the next page, where answers come in pages.
    pub next: Option<String>,
    /// `cursor`: query parameter that takes what `next` points at, where that is no link.
    pub cursor: Option<String>,
    /// `not_found_is_nobody`: whether 404 and 410 say that somebody is in no audience; they do where not given. Else they
    /// say that the question was not answered.
    pub not_found_is_nobody: bool,
    /// Where it is written.
    pub place: Place,
}

impl Default for Observe {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(2),
            membership: None,
            identities: None,
            attributes: None,
            ingestion: None,
            audience: None,
        }
    }
}

impl Observe {
    /// How to ask for a part, where the submission says so.
    pub fn get(&self, part: Part) -> Option<&Observation> {
        match part {
            Part::Membership => self.membership.as_ref(),
            Part::Identities => self.identities.as_ref(),
            Part::Attributes => self.attributes.as_ref(),
        }
    }

    /// Whether nothing can be asked.
    pub fn is_empty(&self) -> bool {
        self.membership.is_none() && self.identities.is_none() && self.attributes.is_none()
    }
}
