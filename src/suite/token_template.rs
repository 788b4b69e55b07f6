//! Token requests: the configured template of one, and where its answer holds what.

use serde_json::{Map, Value, json};

use crate::encode::pebble::{Context, Options, Template};
use crate::judge::token::{at_path, codes, pointer};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange};
use crate::model::sdk::{TemplateString, TokenRequest, Validation};
use crate::wire::{TokenFields, TokenTemplate};

/// How a token endpoint is asked, and how its answer is read.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenPaths {
    /// The URL as rendered.
    pub url: String,
    /// Whether the client authenticates in a Basic header.
    pub use_basic_auth: bool,
    /// Dotted path of the access token.
    pub access_token: String,
    /// Dotted path of its life in seconds.
    pub expires_in: String,
    /// Whether a path was configured, in whichever way.
    pub configured: bool,
    /// The templated request, where there is one.
    pub request: Option<TokenRequest>,
    /// Validations beside it.
    pub validations: Vec<Validation>,
    /// What a template may read besides the answer.
    pub context: Map<String, Value>,
}

impl Default for TokenPaths {
    fn default() -> Self {
        Self {
            url: String::new(),
            use_basic_auth: false,
            access_token: String::from("access_token"),
            expires_in: String::from("expires_in"),
            configured: false,
            request: None,
            validations: Vec::new(),
            context: Map::new(),
        }
    }
}

impl TokenPaths {
    /// Whether there are validations.
    pub fn has_validations(&self) -> bool {
        self.all_validations().next().is_some()
    }

    /// The validations hold: what they render of the answer is, or matches, what they expect.
    ///
    /// # Errors
    /// A finding that names the validation.
    pub fn validations_hold(&self, exchange: &Exchange) -> Result<(), Finding> {
        let answer = crate::judge::answer::answered(exchange)?;
        for validation in self.all_validations() {
            let actual = self.over_answer(&validation.actual, answer)?;
            let expected = self.over_answer(&validation.expected, answer)?;
            let pattern = regex::Regex::new(&format!("^(?:{expected})$"));
            if actual != expected && !pattern.is_ok_and(|p| p.is_match(&actual)) {
                return Err(codes::validation_fails(&validation.name, expected, actual));
            }
        }
        Ok(())
    }

    /// Every configured path leads to a value.
    ///
    /// # Errors
    /// A finding that names the path.
    pub fn exist(&self, exchange: &Exchange) -> Result<(), Finding> {
        let answer = crate::judge::answer::answered(exchange)?;
        let fields = self.request.iter().flat_map(|r| &r.request.response_fields);
        for field in fields {
            if self.over_answer(&field.value, answer)?.is_empty() {
                return Err(codes::field_empty(&field.name, &field.value.value));
            }
        }
        if self.request.is_some() {
            return Ok(());
        }
        let body = answer.body.json().unwrap_or(Value::Null);
        for path in [&self.access_token, &self.expires_in] {
            if at_path(&body, path).is_none_or(Value::is_null) {
                let line = crate::judge::answer::status_line(answer);
                return Err(codes::nothing_at_path(path, line).at(pointer(path)));
            }
        }
        Ok(())
    }

    fn all_validations(&self) -> impl Iterator<Item = &Validation> {
        self.request
            .iter()
            .flat_map(|r| &r.validations)
            .chain(&self.validations)
    }

    fn over_answer(&self, template: &TemplateString, answer: &Answer) -> Result<String, Finding> {
        let response = response(answer);
        render(template, &self.context, Some(("response", response)))
            .map_err(|failure| codes::template_fails(&template.value, failure))
    }
}

/// An answer as templates see it: `body`, `status`, `headers` as lists.
pub fn response(answer: &Answer) -> Value {
    let mut headers = Map::new();
    for (name, value) in &answer.headers {
        let values = headers.entry(name.clone()).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(value.clone().into());
        }
    }
    let body = answer
        .body
        .json()
        .or_else(|| answer.body.text().map(Value::from))
        .unwrap_or(Value::Null);
    json!({ "body": body, "status": answer.status, "headers": headers })
}

/// A template string over a context, with one more root.
///
/// # Errors
/// Why it does not render.
pub fn render(
    template: &TemplateString,
    context: &Map<String, Value>,
    more: Option<(&str, Value)>,
) -> Result<String, String> {
    use crate::model::sdk::Strategy;
    match template.strategy {
        Strategy::None => Ok(template.value.clone()),
        Strategy::PebbleV1 => {
            let mut context = context.clone();
            context.extend(more.map(|(name, value)| (name.to_owned(), value)));
            let parsed =
                Template::parse(&template.value, &Options::adobe()).map_err(|e| e.to_string())?;
            parsed
                .render(&Context::from_json(&Value::Object(context)))
                .map_err(|e| e.to_string())
        }
    }
}

/// The configured template of a token request.
pub struct Templated {
    /// As configured.
    pub request: TokenRequest,
    /// What it may read besides `authData`.
    pub context: Map<String, Value>,
}

impl TokenTemplate for Templated {
    fn render(&self, auth_data: &Value) -> Result<crate::wire::TokenRequest, String> {
        let text = |template: &TemplateString| {
            render(
                template,
                &self.context,
                Some(("authData", auth_data.clone())),
            )
        };
        let (server, http) = (&self.request.request, &self.request.request.http);
        let mut url = text(&server.url)?;
        if let Some(query) = &http.query_parameters {
            let separator = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{separator}{}", text(query)?);
        }
        let mut headers = vec![(String::from("Content-Type"), http.content_type.clone())];
        for header in &http.headers {
            headers.push((header.name.clone(), text(&header.value)?));
        }
        let body = http
            .request_body
            .as_ref()
            .map(text)
            .transpose()?
            .unwrap_or_default();
        Ok(crate::wire::TokenRequest {
            method: http.method.as_str().to_owned(),
            url,
            headers,
            body,
        })
    }

    fn read(&self, response: &Value) -> Result<TokenFields, String> {
        let field = |name: &str| {
            let field = self
                .request
                .request
                .response_fields
                .iter()
                .find(|field| field.name == name);
            field
                .map(|field| {
                    render(
                        &field.value,
                        &self.context,
                        Some(("response", response.clone())),
                    )
                })
                .transpose()
        };
        let expires_in = field("expiresIn")?.and_then(|text| text.trim().parse().ok());
        Ok(TokenFields {
            access_token: field("accessToken")?.unwrap_or_default(),
            expires_in,
        })
    }
}
