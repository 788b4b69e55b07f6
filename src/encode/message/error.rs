//! Why a message cannot be rendered, and where in the partner's file.

use crate::encode::message::lint::broken_rule;
use crate::encode::pebble;
use crate::model::rule::Rule;
use crate::model::sdk::TemplateString;
use crate::model::source::{Place, Problem};

/// Why a message cannot be rendered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// The destination takes files.
    #[error("cannot render messages: the destination takes files")]
    Files {
        /// Where its server is.
        place: Place,
    },
    /// A template fails.
    #[error("cannot render `{role}`: {error}")]
    Template {
        /// Which one, e.g. `httpTemplate.requestBody`.
        role: String,
        /// Why, with line and column in the template.
        error: Box<pebble::Error>,
        /// Where that is in the JSON file.
        place: Place,
    },
    /// The URL that comes out cannot be called.
    #[error("cannot use the rendered URL `{url}`: {reason}")]
    Url {
        /// What was rendered.
        url: String,
        /// Why not.
        reason: String,
        /// Where its template is.
        place: Place,
    },
    /// A header value that comes out cannot be sent.
    #[error(
        "cannot send the rendered header `{name}`: its value has a line break or control character"
    )]
    Header {
        /// Its name.
        name: String,
        /// Where its template is.
        place: Place,
    },
    /// The body is declared as JSON and is none.
    #[error(
        "expected JSON, for `contentType` says so, received a body that is none at line {line}, column {column}: {reason} ({culprit})"
    )]
    NotJson {
        /// The body.
        body: String,
        /// Line in the body, from 1.
        line: usize,
        /// Column in the body, from 1.
        column: usize,
        /// Why.
        reason: String,
        /// The profile that breaks it, in words.
        culprit: String,
        /// Where the body's template is.
        place: Place,
    },
}

impl RenderError {
    /// A failed template with its place in the JSON file.
    pub(crate) fn template(role: &str, template: &TemplateString, error: pebble::Error) -> Self {
        Self::Template {
            role: role.to_owned(),
            place: template.origin.locate(error.line, error.column),
            error: Box::new(error),
        }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        match self {
            Self::Files { place }
            | Self::Template { place, .. }
            | Self::Url { place, .. }
            | Self::Header { place, .. }
            | Self::NotJson { place, .. } => place,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Files { .. } => "`destspec render file` shows files".to_owned(),
            Self::Template { error, .. } => error.help.clone().unwrap_or_else(|| {
                "Adobe supports the tags `if`, `for`, `set` and `filter`, and every filter of Pebble".to_owned()
            }),
            Self::Url { .. } => "see which variables the URL reads, and what `customer_data` gives them; what logs in belongs under [destination.credentials]".to_owned(),
            Self::Header { .. } => "take line breaks out of the template and of `customer_data`".to_owned(),
            Self::NotJson { .. } => {
                "print values that may hold quotes, backslashes or line breaks with `| toJson`, without quotes around".to_owned()
            }
        }
    }

    /// The longer text to show beside it: the body with the place marked.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::NotJson {
                body, line, column, ..
            } => Some(marked(body, *line, *column)),
            Self::Files { .. } | Self::Template { .. } | Self::Url { .. } | Self::Header { .. } => {
                None
            }
        }
    }

    /// As a problem with the partner's file.
    pub fn problem(&self) -> Problem {
        let problem = self.place().error(self.to_string(), self.help());
        match self.rule() {
            Some(rule) => problem.of(rule),
            None => problem,
        }
    }

    /// The rule that it breaks, if it is a matter of the configuration.
    fn rule(&self) -> Option<Rule> {
        match self {
            // what these come of is customer data as much as the template
            Self::Files { .. } | Self::Url { .. } | Self::Header { .. } => None,
            Self::Template { error, .. } => Some(broken_rule(error)),
            Self::NotJson { .. } => Some(Rule::Bodies),
        }
    }
}

/// The lines of a body up to the place and the one after, with a caret below the column.
fn marked(body: &str, line: usize, column: usize) -> String {
    let mut shown = String::new();
    for (at, text) in body
        .lines()
        .enumerate()
        .take(line + 1)
        .skip(line.saturating_sub(6))
    {
        let start = if at + 1 == line {
            column.saturating_sub(60)
        } else {
            0
        };
        let part: String = text.chars().skip(start).take(120).collect();
        shown.push_str(&format!("{:>5} | {part}\n", at + 1));
        if at + 1 == line {
            let pad = " ".repeat((column - start).saturating_sub(1));
            shown.push_str(&format!("      | {pad}^\n"));
        }
    }
    shown
}
