//! The phrase table: every phrase of the suite, as a Cucumber expression, and the function that it calls.
//!
//! A `Given` or `When` acts on the world, through the Session. A `Then` is a plain function of what was
//! recorded: it gets no Session, so it cannot ask anything new.

use std::collections::HashMap;
use std::str::FromStr;

use cucumber_expressions::Expression;
use futures::future::LocalBoxFuture;
use regex::Regex;

use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::reason::Reason;
use crate::suite::broken;
use crate::suite::parameter::PARAMETERS;
use crate::suite::steps::{answer, authentication, delivery, profile, stored, token};
use crate::suite::world::{Evidence, World};

/// Kind of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keyword {
    /// A state or a claim.
    Given,
    /// What happens.
    When,
    /// What must be observed.
    Then,
}

/// Why a step ends its scenario before its end.
#[derive(Debug, Clone)]
pub enum Stop {
    /// A finding: its blame decides the outcome.
    Finding(Finding),
    /// What the scenario asks for does not occur here.
    Omit(Reason),
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Stop::Finding(finding)
    }
}

/// A `Given` or a `When`.
pub type Act = for<'a> fn(&'a mut World, &'a Args) -> LocalBoxFuture<'a, Result<(), Stop>>;

/// A `Then`: what it shows when it holds.
pub type Judge = fn(&Evidence<'_>, &Args) -> Result<Strength, Stop>;

/// What a phrase does.
#[derive(Clone, Copy)]
pub enum Action {
    /// Acts.
    Act(Act),
    /// Judges.
    Judge(Judge),
}

/// One phrase.
#[derive(Clone, Copy)]
pub struct Phrase {
    /// Kind of the steps that it matches.
    pub keyword: Keyword,
    /// Cucumber expression.
    pub expression: &'static str,
    /// What it does.
    pub action: Action,
}

/// The texts that a phrase captured, in order.
#[derive(Debug, Clone, Default)]
pub struct Args(Vec<String>);

macro_rules! act {
    ($path:path) => {
        Action::Act(|world, args| Box::pin($path(world, args)))
    };
}

macro_rules! phrases {
    ($($keyword:ident $expression:literal => $action:expr;)*) => {
        &[$(Phrase { keyword: Keyword::$keyword, expression: $expression, action: $action }),*]
    };
}

/// Every phrase.
pub const PHRASES: &[Phrase] = phrases! {
    Given "a profile {membership}" => act!(profile::with_membership);
    Given "the profile {trait}" => act!(profile::with_trait);
    Given "the profile qualified at {string}" => act!(profile::qualified_at);
    Given "a profile for each namespace with one identity in it" => act!(profile::for_each_namespace);
    Given "{int} profiles in one audience, each in a message of its own" => act!(profile::many_alone);
    Given "a message of {size}" => act!(profile::of_size);
    Given "the name of the scheme is written in another case" => act!(authentication::scheme_in_another_case);

    When "the configuration is read" => act!(delivery::configuration_is_read);
    When "the endpoint is contacted" => act!(delivery::endpoint_is_contacted);
    When "the message is delivered" => act!(delivery::delivered);
    When "the message is delivered twice" => act!(delivery::delivered_twice);
    When "the message is delivered, and then the exit of the profile" => act!(delivery::delivered_then_exit);
    When "the message is delivered, then the exit of the profile, and then its return" => act!(delivery::delivered_then_exit_and_return);
    When "the messages are delivered one after another" => act!(delivery::delivered);
    When "the messages are delivered at once" => act!(delivery::delivered_at_once);
    When "the message and its twin with {flaw} are delivered" => act!(delivery::with_twin);
    When "a token is requested" => act!(token::requested);
    When "a token is requested, and again with {client-flaw}" => act!(token::requested_with_flaw);
    When "two tokens are requested and a message is delivered with each" => act!(token::two_delivered);

    Then "the connection is encrypted with TLS 1.2 or newer" => Action::Judge(answer::encrypted);
    Then "the destination accepts it" => Action::Judge(answer::accepted);
    Then "it stores the {part} that was/were sent" => Action::Judge(stored::as_sent);
    Then "each message holds the namespaces of one group" => Action::Judge(stored::grouped);
    Then "the method and the content type are accepted" => Action::Judge(answer::method_and_type_accepted);
    Then "{int} percent of the answers come within {int} second(s)" => Action::Judge(answer::in_time);
    Then "no answer is a redirect" => Action::Judge(answer::no_redirect);
    Then "no answer is a server error" => Action::Judge(answer::no_server_error);
    Then "no error hides behind a success" => Action::Judge(answer::no_hidden_error);
    Then "the destination accepts the good twin and refuses the other" => Action::Judge(answer::refused);
    Then "the destination accepts the good twin and refuses the other with {int}" => Action::Judge(answer::refused);
    Then "the destination accepts the good twin and refuses the other with {int} or {int}" => Action::Judge(answer::refused);
    Then "an answer of 405 names the allowed methods" => Action::Judge(answer::allow_named);
    Then "every message is accepted or answered with 429" => Action::Judge(answer::accepted_or_throttled);
    Then "every answer of 429 or 503 says when to come back" => Action::Judge(answer::retry_after);
    Then "it offers an authentication protocol of the edition" => Action::Judge(authentication::offered);
    Then "an answer of 401 carries a challenge" => Action::Judge(authentication::challenged);
    Then "the other is challenged with {challenge}" => Action::Judge(authentication::challenged_with);
    Then "no answer repeats a credential" => Action::Judge(authentication::not_repeated);
    Then "the token travels in the header" => Action::Judge(authentication::in_header);
    Then "an access token is issued" => Action::Judge(token::issued);
    Then "the token answer is JSON that names its type" => Action::Judge(token::typed);
    Then "the token answer forbids caching" => Action::Judge(token::uncached);
    Then "the token lives at least {int} hours" => Action::Judge(token::long_lived);
    Then "the client with the flaw is refused as {string}" => Action::Judge(token::refused_as);
    Then "the configured validations hold" => Action::Judge(token::validations_hold);
    Then "the configured response paths exist" => Action::Judge(token::paths_exist);
    Then "the token URL has at most one query parameter" => Action::Judge(token::one_query_parameter);
};

/// The compiled table.
pub struct Table(Vec<(Phrase, Regex)>);

/// Why the table cannot be used, or a step not be matched: always destspec's fault.
#[derive(Debug, thiserror::Error)]
pub enum PhraseError {
    /// A phrase is no Cucumber expression.
    #[error("cannot read the phrase `{phrase}`: {reason}")]
    Malformed {
        /// The phrase.
        phrase: &'static str,
        /// What the expression parser says.
        reason: String,
    },
    /// No phrase matches.
    #[error("no phrase matches the step `{0}`")]
    Undefined(String),
    /// Several phrases match.
    #[error("several phrases match the step `{step}`: {phrases}")]
    Ambiguous {
        /// The step.
        step: String,
        /// The phrases.
        phrases: String,
    },
}

impl Table {
    /// Compiles every phrase.
    ///
    /// # Errors
    /// When a phrase is no Cucumber expression.
    pub fn compile() -> Result<Table, PhraseError> {
        let words: HashMap<&str, String> = PARAMETERS
            .iter()
            .map(|(name, words)| (*name, alternatives(words)))
            .collect();
        let regex = |phrase: &Phrase| {
            Expression::regex_with_parameters(phrase.expression, &words).map_err(|e| {
                PhraseError::Malformed {
                    phrase: phrase.expression,
                    reason: e.to_string(),
                }
            })
        };
        PHRASES
            .iter()
            .map(|phrase| Ok((*phrase, regex(phrase)?)))
            .collect::<Result<_, _>>()
            .map(Table)
    }

    /// The one phrase that matches a step, and what it captured.
    ///
    /// # Errors
    /// When none or several match.
    pub fn find(&self, keyword: Keyword, text: &str) -> Result<(Phrase, Args), PhraseError> {
        let found: Vec<_> = self
            .0
            .iter()
            .filter(|(phrase, regex)| phrase.keyword == keyword && regex.is_match(text))
            .collect();
        match found.as_slice() {
            [] => Err(PhraseError::Undefined(text.to_owned())),
            [(phrase, regex)] => Ok((*phrase, Args::captured(regex, text))),
            several => Err(PhraseError::Ambiguous {
                step: text.to_owned(),
                phrases: several
                    .iter()
                    .map(|(p, _)| p.expression)
                    .collect::<Vec<_>>()
                    .join("; "),
            }),
        }
    }

    /// Keyword and regular expression of every phrase.
    pub fn expressions(&self) -> impl Iterator<Item = (Keyword, &Regex)> {
        self.0.iter().map(|(phrase, regex)| (phrase.keyword, regex))
    }
}

impl Args {
    fn captured(regex: &Regex, text: &str) -> Args {
        let Some(captures) = regex.captures(text) else {
            return Args::default();
        };
        let mut found: Vec<(Option<&str>, String)> = Vec::new();
        for (name, group) in regex.capture_names().zip(captures.iter()).skip(1) {
            // A parameter with several groups has them named `__PARAMETER_GROUP`: one of them took part.
            let parameter = name
                .and_then(|n| n.rsplit_once('_'))
                .map(|(parameter, _)| parameter);
            let value = group.map(|m| m.as_str().to_owned());
            match found.last_mut() {
                Some((last, text)) if parameter.is_some() && *last == parameter => {
                    if let Some(value) = value.filter(|v| !v.is_empty()) {
                        *text = value;
                    }
                }
                _ => found.push((parameter, value.unwrap_or_default())),
            }
        }
        Args(found.into_iter().map(|(_, text)| text).collect())
    }

    /// The captured value at a place.
    ///
    /// # Errors
    /// When nothing was captured there or it is not of that type: destspec's fault.
    pub fn get<T: FromStr>(&self, place: usize) -> Result<T, Stop> {
        let text = self.0.get(place).map_or("", String::as_str);
        text.parse()
            .map_err(|_| broken::word_unreadable(place, text).into())
    }

    /// How many values were captured.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was captured.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn alternatives(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| regex::escape(word))
        .collect::<Vec<_>>()
        .join("|")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn every_phrase_is_a_cucumber_expression() {
        assert_eq!(Table::compile().unwrap().0.len(), PHRASES.len());
    }

    #[test]
    fn there_are_at_most_sixty_phrases() {
        assert!(PHRASES.len() <= 60, "{}", PHRASES.len());
    }

    #[test]
    fn a_quoted_word_is_captured_without_its_quotes() {
        let table = Table::compile().unwrap();
        let (_, args) = table
            .find(Keyword::Given, "the profile qualified at \"2019\"")
            .unwrap();
        assert_eq!(args.get::<String>(0).ok(), Some(String::from("2019")));
    }

    #[test]
    fn an_unknown_step_is_undefined() {
        let table = Table::compile().unwrap();
        assert!(matches!(
            table.find(Keyword::When, "the moon is full"),
            Err(PhraseError::Undefined(_))
        ));
    }
}
