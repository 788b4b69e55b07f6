//! The phrase table: every phrase of the suite, as a Cucumber expression, and the function that it calls.
//!
//! A `Given` or `When` acts on the world, through the Session. A `Then` is a plain function of what was
//! recorded: it gets no Session, so it cannot ask anything new.

use std::collections::HashMap;

use cucumber_expressions::Expression;
use futures::future::LocalBoxFuture;
use regex::Regex;

use crate::model::outcome::Strength;
use crate::suite::evidence::Evidence;
use crate::suite::parameter::PARAMETERS;
use crate::suite::steps::{
    answer, audience, audience_state, authentication, authorization, configuration, delivery, file,
    ingestion, location, profile, stored, token,
};
use crate::suite::stop::{Args, Stop};
use crate::suite::world::World;

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

/// A `Given` or a `When`.
pub type Act = for<'a> fn(&'a mut World, &'a Args) -> LocalBoxFuture<'a, Result<(), Stop>>;

/// A `Then`: what it shows when it holds.
pub type Judge = fn(&Evidence, &Args) -> Result<Strength, Stop>;

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
    Given "two profiles in different audiences, whose identities {difference}" => act!(profile::two_people);
    Given "a profile for each namespace with one identity in it" => act!(profile::for_each_namespace);
    Given "{int} profiles in one audience, each in a message of its own" => act!(profile::many_alone);
    Given "a message of {size}" => act!(profile::of_size);
    Given "a message {mixture}" => act!(profile::mixed);
    Given "the name of the scheme is written in another case" => act!(authentication::scheme_in_another_case);

    Given "an audience {audience}" => act!(audience::given);

    Given "an export of {export}" => act!(file::of);
    Given "an export of profiles with {cells}" => act!(file::of_profiles);

    When "the configuration is read" => act!(delivery::configuration_is_read);
    When "the endpoint is contacted" => act!(delivery::endpoint_is_contacted);
    When "the message(s) is/are delivered( one after another)" => act!(delivery::delivered);
    When "the same message is delivered again" => act!(delivery::delivered_again);
    When "the messages are delivered at once" => act!(delivery::delivered_at_once);
    When "the profile {change}" => act!(delivery::changed);
    When "the same message is delivered {flaw}" => act!(delivery::same_with_flaw);
    When "the exit of the profile is delivered {flaw}" => act!(delivery::exit_with_flaw);
    When "the exit of the profile is delivered with each nearly right credential" => act!(delivery::exit_with_near_misses);
    When "a/another token is requested" => act!(token::requested);
    When "a token is requested {client-flaw}" => act!(token::requested_with_flaw);
    When "a token is requested with each nearly right secret" => act!(token::requested_with_near_misses);
    When "the token is refreshed( again)" => act!(token::refreshed);
    When "the authorization URL is opened for {redirect-uri}" => act!(authorization::opened);
    When "a message is delivered with the refreshed token" => act!(delivery::delivered_with_refreshed_token);
    When "a message is delivered with each token" => act!(delivery::delivered_with_each_token);
    When "the first token expires" => act!(token::expires);
    When "the audience is {audience-act}" => act!(audience::happens);
    When "the dataflow is created, changed and deleted" => act!(audience::dataflow_lives);
    When "the location is opened" => act!(file::opened);
    When "the files are written" => act!(file::written);
    When "files are written in as many sessions as Adobe asks for" => act!(file::written_at_once);
    When "the export of {export} is written" => act!(file::export_written);
    When "a file of {int} MiB is written" => act!(file::bulk_written);
    When "the files are written again under a name that {naming}" => act!(file::written_under_name);
    When "the files are written again {foldering}" => act!(file::written_in_folder);
    When "the files are written again {again}" => act!(file::written_again);
    When "a file that breaks off is written beside them and deleted" => act!(file::broken_beside);
    When "another file is written beside them" => act!(file::another_written);
    When "the files are {fate}" => act!(file::ended);
    When "somebody lists, reads and writes files {stranger}" => act!(file::tried);
    When "the platform is asked what it ingested" => act!(ingestion::asked);

    Then "the connection is encrypted with TLS 1.2 or newer" => Action::Judge(answer::encrypted);
    Then "the destination accepts every message" => Action::Judge(answer::accepted);
    Then "the destination stores the {part} that was/were sent" => Action::Judge(stored::as_sent);
    Then "the destination refuses the message or stores the {part} that was sent" => Action::Judge(stored::refused_or_as_sent);
    Then "the destination stores the same {part} as before" => Action::Judge(stored::as_before);
    Then "the destination accepts the message with the flaw or stores the same {part} as before" => Action::Judge(stored::as_before_unless_accepted);
    Then "the destination stores nothing else" => Action::Judge(stored::nothing_else);
    Then "the destination accepts the method and the content type" => Action::Judge(answer::method_and_type_accepted);
    Then "{int} percent of the answers come within {int} second(s)" => Action::Judge(answer::in_time);
    Then "no answer is a redirect" => Action::Judge(answer::no_redirect);
    Then "no answer is a server error" => Action::Judge(answer::no_server_error);
    Then "no error hides behind a success" => Action::Judge(answer::no_hidden_error);
    Then "the destination refuses the message with the flaw" => Action::Judge(answer::refused);
    Then "the destination refuses the message with the flaw, by {int}" => Action::Judge(answer::refused);
    Then "the destination refuses the message with the flaw, by {int} or {int}" => Action::Judge(answer::refused);
    Then "the destination refuses every nearly right credential" => Action::Judge(answer::near_misses_refused);
    Then "a 405 answer names the methods that are allowed" => Action::Judge(answer::allow_named);
    Then "the destination accepts every message or throttles it" => Action::Judge(answer::accepted_or_throttled);
    Then "every answer of 429 or 503 says when to come back" => Action::Judge(answer::retry_after);
    Then "the configuration names an authentication protocol of the edition" => Action::Judge(authentication::offered);
    Then "the configuration {keeping} {rule}" => Action::Judge(configuration::kept);
    Then "a 401 answer carries a challenge" => Action::Judge(authentication::challenged);
    Then "the destination answers 401 with the challenge {challenge}" => Action::Judge(authentication::challenged_with);
    Then "no answer repeats a credential" => Action::Judge(authentication::not_repeated);
    Then "the token endpoint issues an access token" => Action::Judge(token::issued);
    Then "every refresh gives an access token" => Action::Judge(token::refreshes_issued);
    Then "the authorization URL takes {redirect-uri}" => Action::Judge(authorization::taken);
    Then "the authorization URL sends nothing to {redirect-uri}" => Action::Judge(authorization::nothing_sent);
    Then "the token answer is JSON that names its type" => Action::Judge(token::typed);
    Then "the token answer forbids caching" => Action::Judge(token::uncached);
    Then "the token lives at least {int} hours" => Action::Judge(token::long_lived);
    Then "the token endpoint refuses the client as {string}" => Action::Judge(token::refused_as);
    Then "the token endpoint refuses every nearly right secret" => Action::Judge(token::near_misses_refused);
    Then "the configured validations hold" => Action::Judge(token::validations_hold);
    Then "the configured response paths lead to values" => Action::Judge(token::paths_exist);
    Then "the token URL has at most one query parameter" => Action::Judge(token::one_query_parameter);
    Then "the audience {audience-state}" => Action::Judge(audience_state::is);
    Then "every request about the destination is taken" => Action::Judge(audience_state::destination_known);
    Then "the location lets Experience Platform in" => Action::Judge(location::reached);
    Then "the location holds the manifest as it was written" => Action::Judge(location::manifest_held);
    Then "the location holds what it took as it was written" => Action::Judge(location::held_if_taken);
    Then "the location bears these sessions" => Action::Judge(location::sessions_borne);
    Then "the location is there" => Action::Judge(location::there);
    Then "the location lets files be listed and read" => Action::Judge(location::readable);
    Then "the location holds the files as they were written" => Action::Judge(location::held);
    Then "the location holds nothing else" => Action::Judge(location::nothing_else);
    Then "the location holds none of the files that were deleted" => Action::Judge(location::gone);
    Then "the location refuses them and keeps nothing of theirs" => Action::Judge(location::strangers_refused);
    Then "the location permits everything that was done" => Action::Judge(location::permitted);
    Then "the credentials have the form that Adobe documents" => Action::Judge(location::documented);
    Then "the name or the folder of a file names its audience" => Action::Judge(location::audience_named);
    Then "the platform reports the broken file" => Action::Judge(ingestion::reported);
    Then "the platform says what it ingested" => Action::Judge(ingestion::said);
    Then "the platform has ingested the rows as they were written" => Action::Judge(ingestion::as_written);
};

/// Fits every step.
const ANY: &str = "{}";

/// The compiled table.
#[derive(Clone)]
pub struct Table {
    phrases: Vec<(Phrase, Regex)>,
    any: Regex,
}

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
        let regex = |expression: &'static str| {
            Expression::regex_with_parameters(expression, &words).map_err(|e| {
                PhraseError::Malformed {
                    phrase: expression,
                    reason: e.to_string(),
                }
            })
        };
        let compiled = |phrase: &Phrase| Ok((*phrase, regex(phrase.expression)?));
        Ok(Table {
            phrases: PHRASES.iter().map(compiled).collect::<Result<_, _>>()?,
            any: regex(ANY)?,
        })
    }

    /// The one phrase that matches a step, and what it captured.
    ///
    /// # Errors
    /// When none or several match.
    pub fn find(&self, keyword: Keyword, text: &str) -> Result<(Phrase, Args), PhraseError> {
        let found: Vec<_> = self
            .phrases
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

    /// An expression for a runner that leaves it to this table which phrase a step is.
    pub fn any(&self) -> &Regex {
        &self.any
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
        assert_eq!(Table::compile().unwrap().phrases.len(), PHRASES.len());
    }

    #[test]
    fn there_are_at_most_ninety_eight_phrases() {
        assert!(PHRASES.len() <= 98, "{}", PHRASES.len());
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
