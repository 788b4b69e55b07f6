//! Which audiences share files (reference 7.10): each has its own, or all of a merge policy have theirs together.

use crate::encode::file::export::error::ExportError;
use crate::model::submission::{Audience, INSTANCE};

/// The name that Experience Platform gives the first merge policy of a sandbox.
const MERGE_POLICY: &str = "Default Timebased";

/// What is exported into the same files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// An audience.
    Audience(Audience),
    /// The audiences of a merge policy: `segmentGroupingEnabled`.
    MergePolicy(Vec<Audience>),
}

impl Group {
    /// The groups of these audiences, or of the wanted one alone.
    ///
    /// # Errors
    /// None of them is wanted.
    pub(crate) fn all(
        audiences: &[Audience],
        wanted: Option<&str>,
        grouped: bool,
    ) -> Result<Vec<Self>, ExportError> {
        let is_wanted = |audience: &&Audience| wanted.is_none_or(|id| audience.id == id);
        let chosen: Vec<Audience> = audiences.iter().filter(is_wanted).cloned().collect();
        match wanted {
            Some(id) if chosen.is_empty() => Err(ExportError::Audience {
                id: id.to_owned(),
                known: audiences.iter().map(|a| a.id.clone()).collect(),
            }),
            Some(_) | None if grouped => Ok(vec![Self::MergePolicy(chosen)]),
            Some(_) | None => Ok(chosen.into_iter().map(Self::Audience).collect()),
        }
    }

    /// Its id in Experience Platform.
    pub fn id(&self) -> &str {
        match self {
            Self::Audience(audience) => &audience.id,
            Self::MergePolicy(_) => INSTANCE,
        }
    }

    /// Its name in Experience Platform.
    pub fn name(&self) -> &str {
        match self {
            Self::Audience(audience) => &audience.name,
            Self::MergePolicy(_) => MERGE_POLICY,
        }
    }

    /// Its audiences.
    pub fn audiences(&self) -> &[Audience] {
        match self {
            Self::Audience(audience) => std::slice::from_ref(audience),
            Self::MergePolicy(audiences) => audiences,
        }
    }
}
