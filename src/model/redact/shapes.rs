//! Finds the forms of all secrets in a text as one automaton of them would, in groups of falling size: a secret learnt
//! while a run goes on costs an automaton of few forms, not another one of all.

use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Match, MatchKind};

use crate::model::redact::forms::Form;

/// The forms of secrets, each with the number of its secret; adding makes another.
#[derive(Clone, Default)]
pub struct Shapes {
    /// Each at least twice as large as the next, in the order of their secrets.
    groups: Vec<Arc<Group>>,
}

/// A form where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Number of the secret.
    pub secret: usize,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Whether it stands within base64.
    pub base64: bool,
}

#[derive(Default)]
struct Group {
    forms: Vec<(usize, Form)>,
    automaton: OnceLock<Option<AhoCorasick>>,
}

impl Group {
    /// Built when a text first needs it: most are replaced by the next before one does.
    fn automaton(&self) -> Option<&AhoCorasick> {
        let build = || {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                // Few texts get here, so that what a DFA costs to build is never won back.
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .build(self.forms.iter().map(|(_, form)| form.text.as_bytes()))
                .ok()
        };
        self.automaton.get_or_init(build).as_ref()
    }

    fn first(&self, text: &str, from: usize) -> Option<Found> {
        let input = Input::new(text).range(from..);
        self.found(self.automaton()?.find(input)?)
    }

    fn found(&self, place: Match) -> Option<Found> {
        let (secret, form) = self.forms.get(place.pattern().as_usize())?;
        Some(Found {
            secret: *secret,
            start: place.start(),
            end: place.end(),
            base64: form.base64,
        })
    }
}

impl Shapes {
    /// These and the forms of one secret more.
    pub fn with(&self, secret: usize, forms: Vec<Form>) -> Self {
        let mut groups = self.groups.clone();
        let mut last: Vec<_> = forms.into_iter().map(|form| (secret, form)).collect();
        while let Some(before) = groups.pop_if(|group| group.forms.len() < 2 * last.len()) {
            last = before.forms.iter().cloned().chain(last).collect();
        }
        groups.push(Arc::new(Group {
            forms: last,
            automaton: OnceLock::new(),
        }));
        Self { groups }
    }

    /// Every form in the text from the left, none over another: the longest of those that begin first, and of equal ones
    /// that of the secret learnt first.
    pub fn find(&self, text: &str) -> impl Iterator<Item = Found> {
        let first = |group: &Arc<Group>, from| group.first(text, from);
        let mut next: Vec<_> = self.groups.iter().map(|group| first(group, 0)).collect();
        std::iter::from_fn(move || {
            let leads = |a: &Found, b: &Found| a.start.cmp(&b.start).then(b.end.cmp(&a.end));
            let found = next.iter().copied().flatten().min_by(leads)?;
            for (group, next) in self.groups.iter().zip(&mut next) {
                if next.is_some_and(|next| next.start < found.end) {
                    *next = first(group, found.end);
                }
            }
            Some(found)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use aho_corasick::{AhoCorasick, MatchKind};

    use super::*;

    fn form(text: &str) -> Form {
        Form {
            text: text.to_owned(),
            base64: false,
        }
    }

    /// Texts over few letters, in the same order every time, so that forms overlap, repeat and hold one another.
    fn texts(count: usize, longest: u64) -> Vec<String> {
        let mut state = 7_u64;
        let mut draw = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let mut text = || {
            let length = 1 + draw(longest);
            (0..length)
                .map(|_| if draw(3) == 0 { 'b' } else { 'a' })
                .collect()
        };
        (0..count).map(|_| text()).collect()
    }

    #[test]
    fn groups_find_what_one_automaton_of_all_forms_finds() {
        let forms = texts(40, 6);
        let mut shapes = Shapes::default();
        for (secret, text) in forms.iter().enumerate() {
            shapes = shapes.with(secret, vec![form(text)]);
            let whole = AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(forms.iter().take(secret + 1))
                .unwrap();
            for text in texts(20, 60) {
                let expected: Vec<_> = whole
                    .find_iter(&text)
                    .map(|found| (found.pattern().as_usize(), found.start(), found.end()))
                    .collect();
                let found: Vec<_> = shapes
                    .find(&text)
                    .map(|found| (found.secret, found.start, found.end))
                    .collect();
                assert_eq!(found, expected, "{text}");
            }
        }
    }

    #[test]
    fn a_hundred_secrets_are_held_in_few_groups() {
        let mut shapes = Shapes::default();
        for (secret, text) in texts(100, 9).iter().enumerate() {
            shapes = shapes.with(secret, vec![form(text)]);
            assert!(shapes.groups.len() <= 7, "{secret}");
        }
        let held: usize = shapes.groups.iter().map(|group| group.forms.len()).sum();
        assert_eq!(held, 100);
    }
}
