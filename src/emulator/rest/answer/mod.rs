//! What is answered, and the harmless ways to write it down.

mod coding;
mod header;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, VARY};
use axum::http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::emulator::rest::answer::coding::Coding;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// An answer before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Content,
    compressible: bool,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Text(&'static str, String),
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Content::Json(body),
            compressible: false,
        }
    }

    /// A text for people and programs alike.
    pub(crate) fn text(text: String) -> Self {
        Self {
            body: Content::Text("text/plain; charset=utf-8", text),
            ..Self::json(StatusCode::OK, Value::Null)
        }
    }

    /// An error with a code for programs and a sentence for people.
    pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Self {
        Self::json(status, json!({"error": code, "message": message}))
    }

    /// Adds a header; a value that cannot stand in one is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Lets the answer be compressed, where a variation wants it.
    pub(crate) fn compressible(mut self) -> Self {
        self.compressible = true;
        self
    }

    /// Writes the answer to a request with those headers, as the variations want it.
    pub(crate) fn write(self, request: &HeaderMap, rules: &Rules) -> Response<Body> {
        let (media_type, mut bytes) = render(self.body, self.status, rules);
        let coding = Coding::chosen(request, rules).filter(|_| self.compressible);
        let compressed = coding.and_then(|coding| Some((coding, coding.compress(&bytes).ok()?)));
        let mut headers: HeaderMap = self.headers.into_iter().collect();
        if let Some(media_type) = media_type {
            headers
                .entry(CONTENT_TYPE)
                .or_insert(HeaderValue::from_static(media_type));
        }
        if let Some((coding, smaller)) = compressed {
            bytes = smaller;
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
            headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        header::vary(&mut headers, rules);
        let mut response = Response::new(body(bytes, rules));
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

/// The answer to a delivery that was taken, as the variations want it.
pub(crate) fn accepted(mut body: Value, rules: &Rules) -> Answer {
    if let Value::Object(members) = &mut body {
        members.extend(no_errors(rules));
    }
    let mut answer = Answer::json(StatusCode::OK, body);
    if rules.varies(Variation::Created) {
        answer.status = StatusCode::CREATED;
    }
    if rules.varies(Variation::Accepted) {
        answer.status = StatusCode::ACCEPTED;
    }
    if rules.varies(Variation::NoContent) {
        answer.status = StatusCode::NO_CONTENT;
        answer.body = Content::Empty;
    }
    if rules.varies(Variation::EmptyBody) {
        answer.body = Content::Empty;
    }
    if rules.varies(Variation::PlainTextBody) {
        answer.body = Content::Text("text/plain; charset=utf-8", "OK".to_owned());
    }
    let page = |title: &str| format!("<!DOCTYPE html><html><title>{title}</title></html>");
    let (html, text) = ("text/html; charset=utf-8", "text/plain; charset=utf-8");
    if rules.varies(Variation::PageBody) {
        answer.body = Content::Text(html, page("Stored, no errors"));
    }
    if rules.has(Fault::ErrorPageBehind200) {
        answer.body = Content::Text(html, page("500 Internal Server Error"));
    }
    if rules.has(Fault::ErrorTextBehind200) {
        answer.body = Content::Text(text, "ERROR: not stored".to_owned());
    }
    answer
}

/// Members for errors, which say that there are none.
fn no_errors(rules: &Rules) -> Map<String, Value> {
    let counted = json!({"count": 0, "items": []});
    let members = match (
        rules.varies(Variation::ErrorsCounted),
        rules.varies(Variation::ErrorsDenied),
    ) {
        (true, _) => [
            ("errors", counted),
            ("error", json!("0")),
            ("FailedRecordCount", json!(0)),
        ],
        (false, true) => [
            ("errors", json!("0")),
            ("error", json!("none")),
            ("hasErrors", json!(false)),
        ],
        (false, false) => return Map::new(),
    };
    let named = members.map(|(name, value)| (name.to_owned(), value));
    named.into_iter().collect()
}

fn render(content: Content, status: StatusCode, rules: &Rules) -> (Option<&'static str>, Bytes) {
    let value = match content {
        Content::Empty => return (None, Bytes::new()),
        Content::Text(media_type, text) => return (Some(media_type), Bytes::from(text)),
        Content::Json(value) => value,
    };
    let failed = status.is_client_error() || status.is_server_error();
    let (media_type, value) = match failed && rules.varies(Variation::ProblemJsonErrors) {
        true => ("application/problem+json", problem(value, status)),
        false if rules.varies(Variation::JsonCharset) => ("application/json;charset=UTF-8", value),
        false => ("application/json", value),
    };
    let text = match rules.varies(Variation::ReorderedAnswer) {
        true => format!("{:#}\n", reversed(value)),
        false => value.to_string(),
    };
    (Some(media_type), Bytes::from(text))
}

/// Keeps the members of the error beside those of RFC 9457, so that RFC 6749 stays satisfied.
fn problem(value: Value, status: StatusCode) -> Value {
    let mut problem = Map::new();
    problem.insert("type".to_owned(), json!("about:blank"));
    problem.insert(
        "title".to_owned(),
        json!(status.canonical_reason().unwrap_or("Error")),
    );
    problem.insert("status".to_owned(), json!(status.as_u16()));
    if let Value::Object(members) = value {
        problem.extend(members);
    }
    Value::Object(problem)
}

/// The order of elements in an array means something, that of members does not.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only containers have an order"
)]
fn reversed(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let pairs: Vec<_> = members.into_iter().collect();
            Value::Object(
                pairs
                    .into_iter()
                    .rev()
                    .map(|(key, value)| (key, reversed(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(reversed).collect()),
        other => other,
    }
}

fn body(bytes: Bytes, rules: &Rules) -> Body {
    if !rules.varies(Variation::ChunkedAnswer) || bytes.is_empty() {
        return Body::from(bytes);
    }
    let pieces: Vec<Result<Bytes, std::convert::Infallible>> = bytes
        .chunks(7)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    Body::from_stream(futures::stream::iter(pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_change_places_and_elements_do_not() {
        let value = json!({"a": [1, 2], "b": {"c": 1, "d": 2}});
        assert_eq!(
            reversed(value).to_string(),
            r#"{"b":{"d":2,"c":1},"a":[1,2]}"#
        );
    }
}
