//! Judges the answer to a message: its status, how a flaw was refused, and what headers and body say.

pub mod content;
pub mod refusal;
pub mod status;

use crate::model::record::Answer;

pub use crate::judge::answer::content::{authorization, no_hidden_error, not_repeated};
pub use crate::judge::answer::refusal::{allow_named, no_server_error, refused};
pub use crate::judge::answer::status::{
    accepted, accepted_or_throttled, answered, answered_at_all, in_time, method_and_type_read,
    no_redirect, retry_after,
};

/// Status and, where there is one, the start of the body: one line.
pub fn status_line(answer: &Answer) -> String {
    let said = answer.body.text().map(str::trim).filter(|t| !t.is_empty());
    match said {
        Some(text) => {
            let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = line.chars().take(160).collect();
            let dots = if short.len() < line.len() { "…" } else { "" };
            format!("{}, `{short}{dots}`", answer.status)
        }
        None => answer.status.to_string(),
    }
}
