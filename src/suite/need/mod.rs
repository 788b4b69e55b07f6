//! What a scenario needs of a destination: the `@needs.…` tags, and the reason where one is not met.

mod audience;
mod batch;
mod streaming;

use crate::model::reason::Reason;
use crate::model::sdk::Family;
use crate::suite::omission;
use crate::suite::subject::{Inoperable, Subject};

macro_rules! needs {
    ($($(#[$doc:meta])* $variant:ident = $tag:literal),* $(,)?) => {
        /// One need.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Need { $($(#[$doc])* $variant),* }

        impl Need {
            /// Every need with its tag.
            pub const ALL: &'static [(&'static str, Need)] = &[$(($tag, Need::$variant)),*];
        }
    };
}

use needs;

/// One need, of whatever family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Of a destination that takes messages.
    Streaming(streaming::Need),
    /// Of a destination that takes files.
    Batch(batch::Need),
    /// Of one that has an audience metadata API.
    Audience(audience::Need),
}

impl Need {
    /// Every tag that names a need.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        let streaming = streaming::Need::ALL.iter().map(|(tag, _)| *tag);
        let batch = batch::Need::ALL.iter().map(|(tag, _)| *tag);
        let audience = audience::Need::ALL.iter().map(|(tag, _)| *tag);
        streaming.chain(batch).chain(audience)
    }

    /// The need that a tag names, if it names one.
    pub fn of_tag(tag: &str) -> Option<Need> {
        let streaming = streaming::Need::ALL.iter().find(|(known, _)| *known == tag);
        let batch = batch::Need::ALL.iter().find(|(known, _)| *known == tag);
        let audience = audience::Need::ALL.iter().find(|(known, _)| *known == tag);
        let streaming = streaming.map(|(_, need)| Need::Streaming(*need));
        let batch = batch.map(|(_, need)| Need::Batch(*need));
        let audience = audience.map(|(_, need)| Need::Audience(*need));
        streaming.or(batch).or(audience)
    }

    /// The same of a destination of which no more is known than its kind.
    fn unmet_by_kind(self, subject: &Inoperable) -> Option<Reason> {
        let family = subject.destination.server.family();
        let met = match self {
            Need::Streaming(need) => {
                family == Family::Streaming && need == streaming::Need::Messages
            }
            Need::Batch(need) => {
                family == Family::File
                    && (need == batch::Need::Files
                        || (need == batch::Need::Dlz && subject.is_landing_zone()))
            }
            Need::Audience(_) => false,
        };
        (!met).then(omission::other_family)
    }

    /// Why a destination does not meet it.
    pub fn unmet(self, subject: &Subject) -> Option<Reason> {
        match (self, subject) {
            (Need::Streaming(need), Subject::Streaming(subject)) => need.unmet(subject),
            (Need::Batch(need), Subject::Batch(subject)) => need.unmet(subject),
            (Need::Streaming(_), Subject::Batch(_)) | (Need::Batch(_), Subject::Streaming(_)) => {
                Some(omission::other_family())
            }
            (need, Subject::Inoperable(subject)) => need.unmet_by_kind(subject),
            (Need::Audience(need), subject) => need.unmet(subject),
        }
    }
}
