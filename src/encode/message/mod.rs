//! Profiles to messages as Experience Platform would send them: method, URL, headers, body (reference 5, 6.1).

mod context;
mod error;
mod group;
pub(crate) mod hash;
pub(crate) mod lint;
mod render;
pub mod synthetic;
mod timestamp;
mod trial;

pub use crate::encode::message::error::RenderError;
pub use crate::encode::message::group::{Key, split};
pub use crate::encode::message::render::Renderer;
pub use crate::encode::message::trial::{problems as trials, unprinted_attributes};

use crate::model::profile::Profile;
use crate::model::sdk::Method;

/// One request, without its authentication.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Method.
    pub method: Method,
    /// Rendered URL with the rendered query.
    pub url: String,
    /// `Content-Type` first, then the extra headers in order.
    pub headers: Vec<(String, String)>,
    /// Rendered body.
    pub body: String,
    /// What its entries have in common, where they are grouped.
    pub aggregation_key: Option<Key>,
    /// Its entries: profiles as the template saw them.
    pub profiles: Vec<Profile>,
}
