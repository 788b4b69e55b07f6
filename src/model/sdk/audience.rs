//! The audience metadata template: how Experience Platform creates, renames and deletes audiences at a destination
//! (reference 8).

use std::sync::Arc;

use serde_json::Value;

use crate::model::sdk::server::Method;
use crate::model::source::{Place, Source};

/// An audience metadata template.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceTemplate {
    /// The file.
    pub source: Arc<Source>,
    /// `metadataTemplate.name`: stands before each error that a user sees.
    pub name: String,
    /// Its requests, at most one of a kind.
    pub events: Vec<Event>,
    /// `validations`: what customer data has to look like.
    pub validations: Vec<FieldValidation>,
}

/// When a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// `create`: an audience is activated.
    Create,
    /// `update`: it is renamed.
    Update,
    /// `delete`: it is removed.
    Delete,
    /// `validate`: before the others.
    Validate,
    /// `notify`: files were exported.
    Notify,
    /// `createDestination`.
    CreateDestination,
    /// `updateDestination`.
    UpdateDestination,
    /// `deleteDestination`.
    DeleteDestination,
}

/// One request, and how its answer is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it is made.
    pub kind: EventKind,
    /// `url`: a text with macros.
    pub url: Written,
    /// `httpMethod`.
    pub method: Method,
    /// `headers`, in order.
    pub headers: Vec<(String, Written)>,
    /// `requestBody.json`: JSON whose texts hold macros.
    pub body: Option<(Value, Place)>,
    /// `responseFields`: name and path of a value of the answer.
    pub response_fields: Vec<(String, Written)>,
    /// `responseErrorFields`: the same of a refusal.
    pub error_fields: Vec<(String, Written)>,
    /// Where it is written.
    pub place: Place,
}

/// A text and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Where.
    pub place: Place,
}

/// `validations[]`: a field of customer data and what it has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValidation {
    /// `field`.
    pub field: String,
    /// `regex`, a regular expression (Java).
    pub regex: String,
    /// Where it is written.
    pub place: Place,
}

impl EventKind {
    /// Each with its key.
    pub const ALL: [(&'static str, EventKind); 8] = [
        ("create", EventKind::Create),
        ("update", EventKind::Update),
        ("delete", EventKind::Delete),
        ("validate", EventKind::Validate),
        ("notify", EventKind::Notify),
        ("createDestination", EventKind::CreateDestination),
        ("updateDestination", EventKind::UpdateDestination),
        ("deleteDestination", EventKind::DeleteDestination),
    ];

    /// Its key.
    pub fn key(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, kind)| *kind == self)
            .map_or("", |(key, _)| key)
    }
}

impl AudienceTemplate {
    /// The request of a kind.
    pub fn event(&self, kind: EventKind) -> Option<&Event> {
        self.events.iter().find(|event| event.kind == kind)
    }
}

impl Event {
    /// Where the answer holds the value of that name.
    pub fn response_field(&self, name: &str) -> Option<&str> {
        let mut all = self.response_fields.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, written)| written.text.as_str())
    }

    /// Where a refusal says why.
    pub fn error_message(&self) -> Option<&str> {
        let mut all = self.error_fields.iter();
        let message = all.find(|(name, _)| name == "message");
        let first = message.or_else(|| self.error_fields.first());
        first.map(|(_, written)| written.text.as_str())
    }
}
