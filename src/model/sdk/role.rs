//! What posted JSON is, by the keys that only one kind of it has (reference 3, 4, 8).

use std::fmt;
use std::sync::Arc;

use crate::model::source::{Source, json};

/// What is posted to one endpoint of the authoring API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A destination server.
    Server,
    /// A destination configuration.
    Configuration,
    /// An audience template.
    Template,
}

impl Role {
    /// By whether it has a key.
    pub fn by(has: impl Fn(&str) -> bool) -> Option<Role> {
        if has("destinationServerType") {
            Some(Role::Server)
        } else if has("metadataTemplate") {
            Some(Role::Template)
        } else if has("destinationDelivery") || has("customerAuthenticationConfigurations") {
            Some(Role::Configuration)
        } else {
            None
        }
    }

    /// That of a file, where it can be read so far.
    pub fn of(source: &Arc<Source>) -> Option<Role> {
        let root = json::parse(source).0?;
        Self::by(|key| root.get(key).is_some())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Server => "a destination server",
            Role::Configuration => "a destination configuration",
            Role::Template => "an audience template",
        })
    }
}
