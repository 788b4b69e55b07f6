//! What a platform takes for what in delimited text: the configured options, less what its faults make it miss.

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::setup::Reading;

/// The special characters of delimited text, and what they mean inside quotes.
#[derive(Debug, Clone)]
pub(crate) struct Dialect {
    pub(crate) delimiter: String,
    pub(crate) quote: Option<char>,
    /// What makes a quote inside quotes text; the quote itself where quotes are doubled.
    pub(crate) escape: Option<char>,
    /// What makes an escape inside quotes text.
    pub(crate) escape_of_escape: Option<char>,
    pub(crate) delimiter_splits_quoted: bool,
    pub(crate) newline_splits_quoted: bool,
    /// What follows a closing quote is text, not an error.
    pub(crate) is_lenient: bool,
}

impl Dialect {
    pub(crate) fn new(reading: &Reading, rules: &Rules) -> Self {
        let quote = reading.quote;
        let configured = reading.escape.or(quote);
        let is_doubling = configured == quote;
        let escape = match is_doubling {
            true => quote.filter(|_| !rules.has(Fault::DoublingIgnored)),
            false if rules.has(Fault::EscapeIgnored) => quote,
            false => configured,
        };
        let escape_of_escape = reading
            .char_to_escape_quote_escaping
            .or(configured)
            .filter(|_| escape.is_some() && escape != quote)
            .filter(|_| !rules.has(Fault::EscapeOfEscapeIgnored));
        Self {
            delimiter: delimiter(reading, rules),
            quote,
            escape,
            escape_of_escape,
            delimiter_splits_quoted: rules.has(Fault::DelimiterInQuotesSplits),
            newline_splits_quoted: rules.has(Fault::NewlineInQuotesSplits),
            is_lenient: escape != configured,
        }
    }
}

fn delimiter(reading: &Reading, rules: &Rules) -> String {
    if rules.has(Fault::CommaOnly) {
        return ",".to_owned();
    }
    match rules.has(Fault::DelimiterCut) {
        true => reading.delimiter.chars().take(1).collect(),
        false => reading.delimiter.clone(),
    }
}
