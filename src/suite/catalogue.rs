//! The suite as data: the embedded features and requirements, and their digest. Judges nothing, runs nothing.

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use crate::model::digest::{Digest, Digesting};
use crate::model::record::Prerequisite;
use crate::model::requirement::{PrerequisiteFamily, Requirement};

/// What a review looks at, as scenarios: tests run them, and no destination is judged by them.
const REVIEW: &str = "review";

static FEATURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// The requirements and the prerequisites that they belong to, in the order of Adobe's page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Lines of Adobe's prerequisites page.
    #[serde(rename = "prerequisite")]
    pub prerequisites: Vec<Prerequisite>,
    /// Testable clauses.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
}

/// One embedded feature file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureFile {
    /// Path from the top of the tree: `features/streaming/membership.feature`.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Why the embedded suite cannot be read: always destspec's fault.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// `requirements.toml` is absent or not UTF-8.
    #[error("expected `features/requirements.toml` in the suite, received nothing")]
    Missing,
    /// `requirements.toml` does not parse.
    #[error("cannot read `features/requirements.toml`: {0}")]
    Malformed(#[from] toml::de::Error),
}

impl Catalogue {
    /// Reads the embedded requirements.
    ///
    /// # Errors
    /// When the embedded file is absent or malformed.
    pub fn embedded() -> Result<Catalogue, CatalogueError> {
        let file = FEATURES
            .get_file("requirements.toml")
            .ok_or(CatalogueError::Missing)?;
        Ok(toml::from_str(
            file.contents_utf8().ok_or(CatalogueError::Missing)?,
        )?)
    }

    /// Which destinations a requirement concerns.
    pub fn family(&self, requirement: &str) -> Option<PrerequisiteFamily> {
        let requirement = self.requirement(requirement)?;
        let its = |p: &&Prerequisite| requirement.belongs_to(&p.id);
        let families = self.prerequisites.iter().filter(its).map(|p| p.family);
        families.reduce(PrerequisiteFamily::and)
    }

    /// The requirement of that id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|r| r.id == id)
    }
}

/// The text of an embedded file beside the features.
pub(crate) fn beside(path: &str) -> Option<&'static str> {
    FEATURES.get_file(path)?.contents_utf8()
}

/// Every embedded feature file, ordered by path.
pub fn feature_files() -> Vec<FeatureFile> {
    let mut files = Vec::new();
    collect(&FEATURES, &mut files);
    files.sort_by_key(|file| file.path);
    files
}

/// Every file of the suite with its path, in order of path: what a reviewer is shown of it.
pub fn files() -> Vec<(String, &'static str)> {
    let requirements = FEATURES
        .get_file("requirements.toml")
        .and_then(|f| f.contents_utf8());
    let mut files: Vec<(String, &str)> = requirements
        .map(|text| ("requirements.toml".to_owned(), text))
        .into_iter()
        .collect();
    files.extend(feature_files().iter().map(|f| (f.path.to_owned(), f.text)));
    files.sort();
    files
}

/// SHA-256 of the suite: every feature file and the requirements, with their paths.
pub fn digest() -> Digest {
    let mut digest = Digesting::default();
    let requirements = FEATURES
        .get_file("requirements.toml")
        .and_then(|f| f.contents_utf8());
    for (path, text) in feature_files()
        .iter()
        .map(|f| (f.path, f.text))
        .chain(requirements.map(|t| ("requirements.toml", t)))
    {
        digest.field(path);
        digest.field(text);
    }
    digest.finish()
}

fn collect(dir: &'static Dir<'_>, files: &mut Vec<FeatureFile>) {
    for file in dir.files() {
        let path = file.path().to_str().unwrap_or_default();
        if path.ends_with(".feature") {
            files.push(FeatureFile {
                path,
                text: file.contents_utf8().unwrap_or_default(),
            });
        }
    }
    let own = dir.dirs().filter(|dir| dir.path().to_str() != Some(REVIEW));
    own.for_each(|dir| collect(dir, files));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::model::requirement::{PrerequisiteFamily, Verification};

    #[test]
    fn every_requirement_has_a_known_prerequisite_and_a_unique_id() {
        let catalogue = Catalogue::embedded().unwrap();
        let mut ids: Vec<&str> = catalogue
            .requirements
            .iter()
            .map(|r| r.id.as_str())
            .collect();
        for requirement in &catalogue.requirements {
            for named in requirement.prerequisites() {
                assert!(
                    catalogue.prerequisites.iter().any(|p| p.id == named),
                    "{} belongs to no prerequisite",
                    requirement.id
                );
            }
        }
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(count, ids.len());
    }

    #[test]
    fn what_both_families_are_asked_for_concerns_both() {
        let catalogue = Catalogue::embedded().unwrap();
        assert_eq!(catalogue.family("META-01"), Some(PrerequisiteFamily::Both));
        assert_eq!(catalogue.family("META-12"), Some(PrerequisiteFamily::Batch));
    }

    #[test]
    fn a_partnership_and_nothing_else_is_asked_of_a_kind_of_partner() {
        for prerequisite in Catalogue::embedded().unwrap().prerequisites {
            assert_eq!(
                prerequisite.family == PrerequisiteFamily::Partnership,
                prerequisite.asked_of.is_some(),
                "{}",
                prerequisite.id
            );
        }
    }

    #[test]
    fn a_reason_stands_exactly_where_a_requirement_is_excluded() {
        for requirement in Catalogue::embedded().unwrap().requirements {
            assert_eq!(
                requirement.verification == Verification::Excluded,
                requirement.reason.is_some(),
                "{}",
                requirement.id
            );
        }
    }

    #[test]
    fn the_rules_of_a_review_are_no_part_of_the_suite() {
        assert!(FEATURES.get_dir(REVIEW).is_some());
        let mut all = feature_files().into_iter();
        assert!(!all.any(|file| file.path.starts_with(REVIEW)));
    }

    #[test]
    fn the_digest_is_stable_within_a_build() {
        assert_eq!(digest(), digest());
    }
}
