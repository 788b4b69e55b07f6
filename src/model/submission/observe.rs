//! `[destination.observe]`: how to ask a destination what it stored.

use std::time::Duration;

use crate::model::source::Place;

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
        }
    }
}

impl Observe {
    /// Whether nothing can be asked.
    pub fn is_empty(&self) -> bool {
        self.membership.is_none() && self.identities.is_none() && self.attributes.is_none()
    }
}
