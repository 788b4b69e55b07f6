//! The answer of a token endpoint as it is read, whether it just came or was recorded.

use serde_json::{Map, Value, json};

use crate::model::record::{Answer, RawAnswer};
use crate::model::secret::{NamedSecret, Secret};

/// Shortest text that is learnt as a secret by the name of its member alone.
const TELLING: usize = 8;

/// What is read of an answer.
pub struct TokenAnswer {
    /// Status.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body, where it is JSON. One that begins with a byte order mark is not: none may be sent (RFC 8259 section 8.1),
    /// and readers are free to refuse it.
    pub body: Option<Value>,
}

/// Why an answer gives no token. Quotes nothing of it: what was not read may be a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// The status is not 2xx.
    #[error("the token endpoint answered {0}")]
    Refused(u16),
    /// The body is not JSON, or was withheld for it could not be read.
    #[error("the token endpoint answered {0} without JSON that holds a token at its place")]
    NotJson(u16),
    /// Nothing is at the path.
    #[error("the token endpoint answered {status} without `{path}`")]
    Absent {
        /// Status.
        status: u16,
        /// The path, or the template.
        path: String,
    },
    /// What is there is no text, or an empty one.
    #[error("the token endpoint answered {status} with no text at `{path}`")]
    NoText {
        /// Status.
        status: u16,
        /// The path, or the template.
        path: String,
    },
    /// The template of a response field does not render.
    #[error("cannot render `{path}` over the token endpoint's answer of {status}")]
    Unrendered {
        /// Status.
        status: u16,
        /// The template.
        path: String,
    },
}

impl TokenAnswer {
    /// One that just came.
    pub fn came(answer: &RawAnswer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers.clone(),
            body: serde_json::from_slice(&answer.body).ok(),
        }
    }

    /// One that was recorded.
    pub fn recorded(answer: &Answer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers.clone(),
            body: answer.body.json(),
        }
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code of a refusal (RFC 6749 section 5.2).
    pub fn error(&self) -> Option<&str> {
        self.body.as_ref()?.get("error")?.as_str()
    }

    /// As templates see it: `body`, `status`, `headers` as lists.
    pub fn for_templates(&self) -> Value {
        let mut headers = Map::new();
        for (name, value) in &self.headers {
            let values = headers.entry(name.clone()).or_insert_with(|| json!([]));
            if let Value::Array(values) = values {
                values.push(value.clone().into());
            }
        }
        let body = self.body.clone().unwrap_or(Value::Null);
        json!({ "body": body, "status": self.status, "headers": headers })
    }

    /// What is a secret by the name of its member: refresh and id tokens, copies of the token.
    pub fn named_tokens(&self) -> Vec<NamedSecret> {
        let mut found = Vec::new();
        if let Some(body) = &self.body {
            gather("", body, &mut found);
        }
        found
    }
}

fn gather(name: &str, value: &Value, found: &mut Vec<NamedSecret>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(name, value)| gather(name, value, found)),
        Value::Array(items) => items.iter().for_each(|item| gather(name, item, found)),
        Value::String(text) => {
            let lower = name.to_ascii_lowercase();
            let is_other = ["type", "uri", "url"]
                .iter()
                .any(|end| lower.ends_with(end));
            let is_token = lower.contains("token") && !is_other;
            if is_token && text.len() >= TELLING && !text.contains("://") {
                found.push(NamedSecret::new(name, Secret::new(text.clone())));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A life in seconds: a number, a whole one or not, or the text of one.
pub fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text
            .trim()
            .parse()
            .ok()
            .or_else(|| whole(text.trim().parse().ok()?)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn whole(seconds: f64) -> Option<u64> {
    let life = std::time::Duration::try_from_secs_f64(seconds).ok()?;
    Some(life.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_number_or_the_text_of_one() {
        for life in [
            json!(90_000),
            json!(90_000.0),
            json!("90000"),
            json!(" 90000.0 "),
            json!(90_000.9),
        ] {
            assert_eq!(seconds(&life), Some(90_000), "{life}");
        }
        for life in [
            json!(-1),
            json!("soon"),
            json!(null),
            json!(true),
            json!("NaN"),
            json!("inf"),
            json!([90_000]),
        ] {
            assert_eq!(seconds(&life), None, "{life}");
        }
    }

    #[test]
    fn members_that_are_named_tokens_are_secrets() {
        let answer = TokenAnswer {
            status: 200,
            headers: Vec::new(),
            body: Some(json!({
                "access_token": "aaaaaaaaaa", "token_type": "Bearer--Bearer", "data": [{"refreshToken": "bbbbbbbbbb"}],
                "token_uri": "urn:of:something", "id_token": "short",
            })),
        };
        let names: Vec<String> = answer
            .named_tokens()
            .into_iter()
            .map(|named| named.name)
            .collect();
        assert_eq!(names, ["access_token", "refreshToken"]);
    }
}
