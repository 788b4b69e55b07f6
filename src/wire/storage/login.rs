//! As whom an operation is performed.

use crate::model::near_miss::NearMiss;

/// As whom an operation is performed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Login {
    /// As the submission configures it.
    Valid,
    /// As nobody.
    Anonymous,
    /// With credentials that are right but for one thing.
    Near(NearMiss),
}

impl Login {
    /// What a record shows of it; nothing where it is the right one.
    pub(crate) fn shown(self) -> Option<String> {
        match self {
            Login::Valid => None,
            Login::Anonymous => Some("anonymous".to_owned()),
            Login::Near(miss) => Some(miss.words().to_owned()),
        }
    }
}
