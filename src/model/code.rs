//! Codes: what a reason means and the templates of its sentences. Each is declared with `codes!` where it is judged.

use std::collections::BTreeMap;

use crate::model::finding::{Blame, Whose};

/// What a reason's id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Stable id: a room and a name in kebab-case, e.g. `answer.not-accepted`. It never changes its meaning.
    pub id: &'static str,
    /// What it means, in a sentence or two.
    pub meaning: &'static str,
    /// Names of the values that its templates may use.
    pub values: &'static [&'static str],
    /// Its templates.
    pub says: Says,
}

/// The templates of a code: `{name}` is a value, `{@name}` what the code that a value names says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Why a scenario did not pass.
    Finding {
        /// Who must act.
        blame: Blame,
        /// Whose move it is, as far as the code says.
        whose: Whose,
        /// What had to be observed.
        expected: &'static str,
        /// What was observed.
        received: &'static str,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Why a scenario was left out, or something is concluded.
    Reason(&'static str),
    /// A part of a sentence that a value names.
    Term(&'static str),
}

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Written as it stands.
    Text(&'a str),
    /// A value, by name.
    Value(&'a str),
    /// What the code that a value names says, by the value's name.
    Said(&'a str),
}

/// The catalogue: every code by its id. Made once, and handed to whoever renders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<&'static str, Code>);

impl Words {
    /// The catalogue of those codes.
    pub fn new(codes: impl IntoIterator<Item = &'static Code>) -> Self {
        Self(codes.into_iter().map(|code| (code.id, *code)).collect())
    }

    /// The code of that id; none where a record was made by another version.
    pub fn code(&self, id: &str) -> Option<&Code> {
        self.0.get(id)
    }

    /// Every code, in the order of the ids.
    pub fn codes(&self) -> impl Iterator<Item = &Code> {
        self.0.values()
    }
}

impl Code {
    /// Its templates, in order.
    pub fn templates(&self) -> Vec<&'static str> {
        match self.says {
            Says::Finding {
                expected,
                received,
                remedy,
                ..
            } => vec![expected, received, remedy],
            Says::Reason(sentence) | Says::Term(sentence) => vec![sentence],
        }
    }
}

/// The pieces of a template, in order. A brace that does not close is text.
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        pieces.push(Piece::Text(before));
        pieces.push(match name.strip_prefix('@') {
            Some(name) => Piece::Said(name),
            None => Piece::Value(name),
        });
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Declares codes: a constructor for each, which takes its values in order, and `CODES`, the list of all. The doc
/// comment is the meaning. Kinds: `destination`, `surroundings`, `destspec` (findings, by whom they blame; in brackets whose
/// move it is, where not the endpoint's), `reason`, and `term` (a constant with the id).
macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $kind:ident $(($whose:ident))? $id:literal $name:ident($($value:ident),*) { $($says:tt)* })*) => {
        $($crate::model::code::codes!(@new $kind [$(#[doc = $meaning])+] $id $name($($value),*));)*

        /// Every code of this module.
        pub const CODES: &[$crate::model::code::Code] = &[$($crate::model::code::Code {
            id: $id,
            meaning: concat!($($meaning),+).trim_ascii(),
            values: &[$(stringify!($value)),*],
            says: $crate::model::code::codes!(@says $kind [$($whose)?] { $($says)* }),
        }),*];
    };
    (@new reason [$($doc:tt)+] $id:literal $name:ident($($value:ident),*)) => {
        $($doc)+
        #[must_use]
        pub fn $name($($value: impl std::fmt::Display),*) -> $crate::model::reason::Reason {
            $crate::model::reason::Reason::new($id)$(.with(stringify!($value), $value))*
        }
    };
    (@new term [$($doc:tt)+] $id:literal $name:ident()) => {
        $($doc)+
        pub const $name: &str = $id;
    };
    (@new $blame:ident [$($doc:tt)+] $id:literal $name:ident($($value:ident),*)) => {
        $($doc)+
        #[must_use]
        pub fn $name($($value: impl std::fmt::Display),*) -> $crate::model::finding::Finding {
            $crate::model::finding::Finding::new(
                $crate::model::code::codes!(@blame $blame),
                $crate::model::reason::Reason::new($id)$(.with(stringify!($value), $value))*,
            )
        }
    };
    (@says reason [] { $sentence:literal }) => { $crate::model::code::Says::Reason($sentence) };
    (@says term [] { $words:literal }) => { $crate::model::code::Says::Term($words) };
    (@says $blame:ident [$($whose:ident)?] { expected: $expected:literal, received: $received:literal, remedy: $remedy:literal $(,)? }) => {
        $crate::model::code::Says::Finding {
            blame: $crate::model::code::codes!(@blame $blame),
            whose: $crate::model::code::codes!(@whose $blame [$($whose)?]),
            expected: $expected,
            received: $received,
            remedy: $remedy,
        }
    };
    (@blame destination) => { $crate::model::finding::Blame::Destination };
    (@blame surroundings) => { $crate::model::finding::Blame::Surroundings };
    (@blame destspec) => { $crate::model::finding::Blame::Destspec };
    (@whose $blame:ident [configuration]) => { $crate::model::finding::Whose::Configuration };
    (@whose $blame:ident [network]) => { $crate::model::finding::Whose::Network };
    (@whose destspec []) => { $crate::model::finding::Whose::Destspec };
    (@whose $blame:ident []) => { $crate::model::finding::Whose::Endpoint };
}
pub(crate) use codes;

#[cfg(test)]
mod tests {
    use super::*;

    codes! {
        /// A meaning that
        /// goes on.
        destination(configuration) "test.first" first(place) {
            expected: "a at {place}",
            received: "{@because}",
            remedy: "b",
        }
        /// Another.
        term "test.second" SECOND() { "second" }
    }

    #[test]
    fn a_declaration_makes_a_constructor_and_a_row_of_the_list() {
        let finding = first(7);
        assert_eq!(finding.blame, Blame::Destination);
        assert_eq!(finding.reason.values["place"], "7");
        assert_eq!(CODES[0].meaning, "A meaning that goes on.");
        assert_eq!(CODES[1].id, SECOND);
    }

    #[test]
    fn a_template_has_text_values_and_what_codes_say() {
        let all = [
            Piece::Text("a "),
            Piece::Value("b"),
            Piece::Text(" "),
            Piece::Said("c"),
            Piece::Text(" {d"),
        ];
        assert_eq!(pieces("a {b} {@c} {d"), all);
    }
}
