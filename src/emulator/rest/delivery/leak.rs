//! Faults that refuse a delivery and store it all the same.

use axum::body::Bytes;
use serde_json::Value;

use crate::emulator::rest::auth::Why;
use crate::emulator::rest::delivery::gate::Reason;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::Message;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::DestinationSetup;

/// What a delivery stores although it was refused for that reason.
pub(super) fn message(reason: Reason, body: &Bytes, rules: &Rules) -> Option<Message> {
    let fault = match reason {
        Reason::Credentials(Why::Missing) => Fault::StoredWithoutCredentials,
        Reason::Credentials(Why::Wrong) => Fault::StoredWithWrongCredentials,
        Reason::Credentials(Why::Expired) => Fault::StoredWithExpiredToken,
        Reason::MediaType => Fault::WrongContentTypeStored,
        Reason::Malformed => Fault::MalformedJsonStored,
        Reason::Other => return None,
    };
    let document = || match serde_json::from_slice(body) {
        Ok(document) => Some(document),
        Err(_) => readable(std::str::from_utf8(body).ok()?),
    };
    let document = rules.has(fault).then(document)?;
    Message::read(&document?).ok()
}

/// What a message stores before it is refused for one of its profiles.
pub(super) fn part(document: &Value, setup: &DestinationSetup, rules: &Rules) -> Option<Message> {
    let message = || Message::read(document).ok();
    let leaks = [Fault::RefusedPartlyStored, Fault::RefusedAttributesStored];
    let leaks = leaks.into_iter().any(|fault| rules.has(fault));
    let message = leaks.then(message)?;
    let refused = message.filter(|message| message.validate(setup).is_err())?;
    match rules.has(Fault::RefusedAttributesStored) {
        true => Some(attributes(refused)),
        false => before_refused(refused, setup),
    }
}

fn before_refused(refused: Message, setup: &DestinationSetup) -> Option<Message> {
    let count = refused.profiles.len();
    let part = refused.until_refused(setup);
    (part.profiles.len() < count).then_some(part)
}

fn attributes(mut message: Message) -> Message {
    for profile in &mut message.profiles {
        profile.audiences.add.clear();
        profile.audiences.remove.clear();
    }
    message
}

/// The longest beginning of a text that is JSON once its brackets are closed, as one who reads while it comes in has it.
fn readable(text: &str) -> Option<Value> {
    let ends = text.match_indices('}').map(|(at, _)| at.saturating_add(1));
    let beginnings = ends.rev().filter_map(|end| text.get(..end));
    beginnings
        .map(|beginning| format!("{beginning}{}", closing(beginning)))
        .find_map(|closed| serde_json::from_str(&closed).ok())
}

/// The brackets that close those left open.
fn closing(text: &str) -> String {
    let (mut open, mut quoted, mut escaped) = (Vec::new(), false, false);
    for sign in text.chars() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '{' if !quoted => open.push('}'),
            '[' if !quoted => open.push(']'),
            '}' | ']' if !quoted => {
                open.pop();
            }
            _ => {}
        }
    }
    open.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_can_be_read_of_broken_json_is_read() {
        for (text, read) in [
            (
                r#"{"a": [{"b": 1}], "c": 2}"#,
                Some(json!({"a": [{"b": 1}], "c": 2})),
            ),
            (
                r#"{"a": [{"b": "}\"]"}], "c": 2{"#,
                Some(json!({"a": [{"b": "}\"]"}]})),
            ),
            (
                r#"{"a": [{"b": 1}, {"b": 2"#,
                Some(json!({"a": [{"b": 1}]})),
            ),
            (r#"{"a": 1"#, None),
        ] {
            assert_eq!(readable(text), read, "{text}");
        }
    }
}
