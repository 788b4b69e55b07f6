//! Audiences to requests as Experience Platform would send them by a partner's audience metadata template, and how the
//! answers are read (reference 8). Pure.

mod answer;
mod fill;
mod lint;
mod odd;
mod odd_request;
mod request;

pub use crate::encode::audience::answer::found;
pub use crate::encode::audience::lint::problems;
pub use crate::encode::audience::odd::oddities;
pub use crate::encode::audience::request::{Api, Request, Unusable, is_authorized};

/// An audience as its requests name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// Id in Experience Platform.
    pub id: String,
    /// Id at the destination; empty where it has none yet.
    pub alias: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
}
