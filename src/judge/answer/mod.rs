//! Judges the answer to a message: its status, how a flaw was refused, and what headers and body say.

pub mod content;
mod hidden;
pub mod refusal;
mod reported;
pub mod status;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::record::{Answer, Body, Withheld};

pub use crate::judge::answer::content::{authorization, no_hidden_error, not_repeated};
pub use crate::judge::answer::refusal::{allow_named, expired_refused, no_server_error, refused};
pub use crate::judge::answer::status::{
    accepted, accepted_or_throttled, answered, answered_at_all, in_time, method_and_type_read,
    no_redirect, not_between, retry_after,
};

/// Status and, where there is one, the start of the body: one line.
pub fn status_line(answer: &Answer) -> String {
    let said = answer.body.text().map(str::trim).filter(|t| !t.is_empty());
    match said {
        Some(text) => format!("{}, {}", answer.status, quoted(text)),
        None => answer.status.to_string(),
    }
}

/// Status and what the body is, of an answer that cannot be read as JSON.
pub fn unread_line(answer: &Answer) -> String {
    let shape = |bytes: &[u8]| Withheld::seen(&answer.headers, bytes, answer.coded.is_none()).shape;
    let what = match &answer.body {
        Body::Empty => String::from("without a body"),
        Body::Text(text) => format!("{}, {}", shape(text.as_bytes()), quoted(text)),
        Body::Base64(text) => STANDARD.decode(text).map_or_else(
            |_| String::from("bytes that are no text"),
            |bytes| shape(&bytes).to_string(),
        ),
        Body::Digest { bytes, .. } => format!("{bytes} bytes, not kept"),
        Body::Withheld(withheld) => withheld.shape.to_string(),
    };
    format!("{}, {what}", answer.status)
}

/// The beginning of a text in one line.
fn quoted(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(160).collect();
    let dots = if short.len() < line.len() { "…" } else { "" };
    format!("`{short}{dots}`")
}
