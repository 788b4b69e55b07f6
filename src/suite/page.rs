//! Adobe's prerequisites page as data: its editions, its sentences in our words, and what each is traced to.

use std::fmt;

use serde::Deserialize;

use crate::model::requirement::{Edition, Verification};
use crate::suite::catalogue::{Catalogue, CatalogueError, beside};

/// The page, in every edition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its editions, oldest first.
    #[serde(rename = "edition")]
    pub editions: Vec<Revision>,
    /// Its sentences, in its order.
    #[serde(rename = "sentence")]
    pub sentences: Vec<Sentence>,
}

/// One edition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// Which.
    pub id: Edition,
    /// Its word for an audience.
    pub audience: String,
    /// What else is particular about it.
    pub note: String,
}

/// One sentence or element of a list, in our words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentence {
    /// `STR-2.BASIC`: the beginning of the ids that it is traced to.
    pub id: String,
    /// The first edition that has it.
    pub since: Edition,
    /// What it says; `{audience}` is the edition's word.
    pub says: String,
    /// Why no requirement follows from it.
    #[serde(default)]
    pub excluded: Option<String>,
}

/// What a sentence is traced to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// So many requirements that are tested, attested, excluded with a reason.
    Requirements(usize, usize, usize),
    /// None, for this reason.
    Excluded(String),
    /// Nothing: a mistake in the suite.
    Nothing,
}

impl Page {
    /// Reads the embedded page.
    ///
    /// # Errors
    /// When the embedded file is absent or malformed.
    pub fn embedded() -> Result<Page, CatalogueError> {
        let text = beside("prerequisites.toml").ok_or(CatalogueError::Missing)?;
        Ok(toml::from_str(text)?)
    }

    /// What a sentence says in an edition.
    pub fn said(&self, sentence: &Sentence, edition: Edition) -> String {
        let mut editions = self.editions.iter();
        let word = editions.find(|e| e.id == edition);
        let word = word.map_or("audience", |e| e.audience.as_str());
        sentence.says.replace("{audience}", word)
    }

    /// The older editions in which it reads otherwise, with what it says there.
    pub fn otherwise(&self, sentence: &Sentence) -> Vec<(Edition, String)> {
        let newest = self.said(sentence, Edition::E4);
        let has = self.editions.iter().filter(|e| e.id >= sentence.since);
        let said = has.map(|e| (e.id, self.said(sentence, e.id)));
        said.filter(|(_, said)| *said != newest).collect()
    }

    /// The first edition in which it reads as in the newest.
    pub fn settled(&self, sentence: &Sentence) -> Edition {
        let newest = self.said(sentence, Edition::E4);
        let mut has = self.editions.iter().filter(|e| e.id >= sentence.since);
        let settled = has.find(|e| self.said(sentence, e.id) == newest);
        settled.map_or(sentence.since, |e| e.id)
    }
}

impl Sentence {
    /// What it is traced to: the requirements of its prerequisite, or those whose id begins with its own.
    pub fn trace(&self, catalogue: &Catalogue) -> Trace {
        let below = format!("{}.", self.id);
        let of_it = |verification| {
            let all = catalogue.requirements.iter();
            let mine = all.filter(|r| r.belongs_to(&self.id) || r.id.starts_with(&below));
            mine.filter(|r| r.verification == verification).count()
        };
        let tested = of_it(Verification::Tested);
        let attested = of_it(Verification::Attested);
        let excluded = of_it(Verification::Excluded);
        match (&self.excluded, tested + attested + excluded) {
            (_, 1..) => Trace::Requirements(tested, attested, excluded),
            (Some(reason), 0) => Trace::Excluded(reason.clone()),
            (None, 0) => Trace::Nothing,
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trace::Requirements(tested, attested, excluded) => {
                let counts = [
                    (tested, "tested"),
                    (attested, "attested"),
                    (excluded, "excluded"),
                ];
                let some = counts.iter().filter(|(count, _)| **count > 0);
                let words: Vec<String> = some.map(|(n, what)| format!("{n} {what}")).collect();
                write!(f, "requirements: {}", words.join(", "))
            }
            Trace::Excluded(reason) => write!(f, "no requirement: {reason}"),
            Trace::Nothing => f.write_str("nothing"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn every_sentence_of_every_edition_is_traced() {
        let (page, catalogue) = (Page::embedded().unwrap(), Catalogue::embedded().unwrap());
        for sentence in &page.sentences {
            assert_ne!(
                sentence.trace(&catalogue),
                Trace::Nothing,
                "{}",
                sentence.id
            );
        }
    }

    #[test]
    fn every_prerequisite_but_the_configuration_is_a_sentence_of_the_page() {
        let page = Page::embedded().unwrap();
        for prerequisite in Catalogue::embedded().unwrap().prerequisites {
            let within = |s: &Sentence| {
                s.id == prerequisite.id || s.id.starts_with(&format!("{}.", prerequisite.id))
            };
            let said = page.sentences.iter().any(within);
            assert_eq!(said, prerequisite.id != "CFG", "{}", prerequisite.id);
        }
    }

    #[test]
    fn the_editions_differ_in_a_word_and_in_basic_authentication() {
        let page = Page::embedded().unwrap();
        let words: Vec<&str> = page.editions.iter().map(|e| e.audience.as_str()).collect();
        assert_eq!(words, ["segment", "segment", "audience", "audience"]);
        let newer = page.sentences.iter().filter(|s| s.since > Edition::E1);
        assert_eq!(
            newer.map(|s| s.id.as_str()).collect::<Vec<_>>(),
            ["STR-2.BASIC"]
        );
        let membership = page.sentences.iter().find(|s| s.id == "STR-1a").unwrap();
        assert_eq!(page.otherwise(membership).len(), 2);
        assert!(page.said(membership, Edition::E1).contains("segment"));
    }
}
