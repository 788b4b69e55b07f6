//! A token client as configured: paths, templates, validations, and the reading of an answer by them.

use serde_json::{Map, Value};

use crate::encode::oauth2::answer::{TokenAnswer, Unread, seconds};
use crate::encode::oauth2::path::value_at;
use crate::encode::pebble::{Context, Options, Template};
use crate::model::record::TokenGrant;
use crate::model::sdk::{ResponseField, Strategy, TemplateString, TokenRequest, Validation};
use crate::model::secret::Secret;
use crate::model::token::Issued;

/// How a token endpoint is asked, and how its answer is read.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenClient {
    /// By which grant.
    pub grant: TokenGrant,
    /// The URL as rendered.
    pub url: String,
    /// `accessTokenUrl` as rendered, where the partner's own request goes elsewhere.
    pub standard_url: Option<String>,
    /// `refreshTokenUrl` as rendered.
    pub refresh_url: Option<String>,
    /// `authorizationUrl` as rendered.
    pub authorization_url: Option<String>,
    /// Whether the client authenticates in a Basic header, else in the body.
    pub client_in_header: bool,
    /// Scopes, joined by single spaces (RFC 6749 section 3.3).
    pub scopes: Vec<String>,
    /// Where the answer has what.
    pub paths: ResponsePaths,
    /// Life in seconds where the answer gives none.
    pub fixed_life: Option<u64>,
    /// The partner's own `accessTokenRequest`.
    pub template: Option<TokenRequest>,
    /// Validations beside it.
    pub validations: Vec<Validation>,
    /// What a template may read besides `authData` and the answer.
    pub context: Map<String, Value>,
}

/// Where an answer has the token and its life, where no response field says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponsePaths {
    /// `accessTokenResponsePath`.
    pub access_token: String,
    /// `expiresInResponsePath`.
    pub expires_in: String,
    /// `refreshTokenResponsePath`.
    pub refresh_token: String,
}

impl Default for ResponsePaths {
    fn default() -> Self {
        Self {
            access_token: String::from("access_token"),
            expires_in: String::from("expires_in"),
            refresh_token: String::from("refresh_token"),
        }
    }
}

impl TokenClient {
    /// With the defaults of Destination SDK: client credentials, in the body.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            grant: TokenGrant::ClientCredentials,
            url: url.into(),
            standard_url: None,
            refresh_url: None,
            authorization_url: None,
            client_in_header: false,
            scopes: Vec::new(),
            paths: ResponsePaths::default(),
            fixed_life: None,
            template: None,
            validations: Vec::new(),
            context: Map::new(),
        }
    }

    /// The token in an answer, and its life.
    ///
    /// # Errors
    /// Why there is none.
    pub fn read(&self, answer: &TokenAnswer) -> Result<Issued, Unread> {
        if !answer.is_success() {
            return Err(Unread::Refused(answer.status));
        }
        Ok(Issued {
            token: Secret::new(self.token(answer)?),
            expires_in: self.life(answer),
            refresh: self.refresh_token(answer).map(Secret::new),
        })
    }

    /// Whether an answer has a token at its place, whatever its status says.
    pub fn is_token_in(&self, answer: &TokenAnswer) -> bool {
        self.token(answer).is_ok()
    }

    /// The refresh token in an answer, where it has one.
    pub fn refresh_token(&self, answer: &TokenAnswer) -> Option<String> {
        let found = match self.field("refreshToken") {
            Some(field) => self.over_answer(&field.value, answer).ok()?,
            None => {
                let body = answer.body.as_ref()?;
                value_at(body, &self.paths.refresh_token)?
                    .as_str()?
                    .to_owned()
            }
        };
        (!found.is_empty()).then_some(found)
    }

    /// How the place of the refresh token is written: a path, or a template.
    pub fn refresh_place(&self) -> &str {
        let field = self.field("refreshToken");
        field.map_or(&self.paths.refresh_token, |field| &field.value.value)
    }

    /// Whether tokens that end are renewed by a refresh token: `refreshTokenUrl` is configured (reference 2.5.1).
    pub fn refreshes(&self) -> bool {
        self.refresh_url.is_some()
    }

    /// Whether an answer was understood: as a token or as a refusal (RFC 6749 section 5.2).
    pub fn understands(&self, answer: &TokenAnswer) -> bool {
        let refusal = || !answer.is_success() && answer.error().is_some();
        refusal() || self.read(answer).is_ok()
    }

    /// Seconds that the token of an answer lives: as it says, or as is configured.
    pub fn life(&self, answer: &TokenAnswer) -> Option<u64> {
        self.named_life(answer).or(self.fixed_life)
    }

    /// Seconds that the token of an answer lives, as it says.
    pub fn named_life(&self, answer: &TokenAnswer) -> Option<u64> {
        match self.field("expiresIn") {
            Some(field) => {
                let rendered = self.over_answer(&field.value, answer).ok();
                rendered.and_then(|text| seconds(&text.into()))
            }
            None => {
                let body = answer.body.as_ref();
                body.and_then(|body| value_at(body, &self.paths.expires_in))
                    .and_then(seconds)
            }
        }
    }

    /// A member of an answer beside the token, such as `token_type`, with its JSON Pointer: on top, or wherever it is where
    /// places are configured.
    pub fn beside_token<'a>(&self, body: &'a Value, name: &str) -> Option<(&'a Value, String)> {
        match body.get(name) {
            Some(value) => Some((value, format!("/{name}"))),
            None if self.has_own_places() => below(body, name),
            None => None,
        }
    }

    /// How the place of the token is written: a path, or a template.
    pub fn token_place(&self) -> &str {
        let field = self.field("accessToken");
        field.map_or(&self.paths.access_token, |field| &field.value.value)
    }

    /// How the place of its life is written.
    pub fn life_place(&self) -> &str {
        let field = self.field("expiresIn");
        field.map_or(&self.paths.expires_in, |field| &field.value.value)
    }

    /// Whether a place was configured, in whichever way.
    pub fn has_own_places(&self) -> bool {
        self.template.is_some() || self.paths != ResponsePaths::default()
    }

    /// What the configured request takes from an answer.
    pub fn response_fields(&self) -> &[ResponseField] {
        self.template
            .as_ref()
            .map_or(&[], |template| &template.request.response_fields)
    }

    /// Every validation: those of the request, then those beside it.
    pub fn all_validations(&self) -> impl Iterator<Item = &Validation> {
        let of_request = self
            .template
            .iter()
            .flat_map(|template| &template.validations);
        of_request.chain(&self.validations)
    }

    /// Whether a validation holds: what it renders is, or matches as a whole, what it expects.
    ///
    /// # Errors
    /// Why a template does not render.
    pub fn validated(
        &self,
        validation: &Validation,
        answer: &TokenAnswer,
    ) -> Result<Validated, String> {
        let actual = self.over_answer(&validation.actual, answer)?;
        let expected = self.over_answer(&validation.expected, answer)?;
        let pattern = regex::Regex::new(&format!("^(?:{expected})$"));
        let holds = actual == expected || pattern.is_ok_and(|pattern| pattern.is_match(&actual));
        Ok(Validated {
            holds,
            actual,
            expected,
        })
    }

    /// Places of the validations that do not hold, or do not render.
    pub fn failed_validations(&self, answer: &TokenAnswer) -> Vec<u32> {
        let places = (0..).zip(self.all_validations());
        let failed = places.filter(|(_, validation)| {
            let validated = self.validated(validation, answer);
            !validated.is_ok_and(|validated| validated.holds)
        });
        failed.map(|(place, _)| place).collect()
    }

    /// A template string over an answer.
    ///
    /// # Errors
    /// Why it does not render.
    pub fn over_answer(
        &self,
        template: &TemplateString,
        answer: &TokenAnswer,
    ) -> Result<String, String> {
        self.render(template, "response", answer.for_templates())
    }

    /// A template string over the context with one more root.
    pub(super) fn render(
        &self,
        template: &TemplateString,
        root: &str,
        value: Value,
    ) -> Result<String, String> {
        match template.strategy {
            Strategy::None => Ok(template.value.clone()),
            Strategy::PebbleV1 => {
                let mut context = self.context.clone();
                context.insert(root.to_owned(), value);
                let parsed = Template::parse(&template.value, &Options::adobe())
                    .map_err(|e| e.to_string())?;
                let rendered = parsed.render(&Context::from_json(&Value::Object(context)));
                rendered.map_err(|e| e.to_string())
            }
        }
    }

    fn field(&self, name: &str) -> Option<&ResponseField> {
        self.response_fields()
            .iter()
            .find(|field| field.name == name)
    }

    fn token(&self, answer: &TokenAnswer) -> Result<String, Unread> {
        match self.field("accessToken") {
            Some(field) => self.rendered_token(field, answer),
            None => self.token_by_path(answer),
        }
    }

    fn rendered_token(
        &self,
        field: &ResponseField,
        answer: &TokenAnswer,
    ) -> Result<String, Unread> {
        let (status, path) = (answer.status, field.value.value.clone());
        match self.over_answer(&field.value, answer) {
            Ok(token) if !is_one_line(&token) => Err(Unread::NoText { status, path }),
            Ok(token) => Ok(token),
            Err(_) => Err(Unread::Unrendered { status, path }),
        }
    }

    fn token_by_path(&self, answer: &TokenAnswer) -> Result<String, Unread> {
        let (status, path) = (answer.status, self.paths.access_token.clone());
        let body = answer.body.as_ref().ok_or(Unread::NotJson(status))?;
        match value_at(body, &path) {
            None => Err(Unread::Absent { status, path }),
            Some(Value::String(token)) if is_one_line(token) => Ok(token.clone()),
            Some(
                Value::String(_)
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_),
            ) => Err(Unread::NoText { status, path }),
        }
    }
}

/// The first member of a name in the objects of an object.
fn below<'a>(object: &'a Value, name: &str) -> Option<(&'a Value, String)> {
    let (key, inner) = object
        .as_object()?
        .iter()
        .find(|(_, inner)| inner.get(name).is_some())?;
    Some((inner.get(name)?, format!("/{key}/{name}")))
}

/// A text with these variables filled in; as it is where it is no template.
pub fn filled(text: &str, variables: &Map<String, Value>) -> String {
    let context = Context::from_json(&Value::Object(variables.clone()));
    let template = Template::parse(text, &Options::adobe());
    let rendered = template.and_then(|template| template.render(&context));
    rendered.unwrap_or_else(|_| text.to_owned())
}

/// Whether a header can carry a token: what holds a line break is sent by nobody.
fn is_one_line(token: &str) -> bool {
    !token.is_empty() && !token.contains(char::is_control)
}

/// What came of a validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validated {
    /// Whether it holds.
    pub holds: bool,
    /// What it rendered.
    pub actual: String,
    /// What it expects.
    pub expected: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::record::RawAnswer;

    fn answer(status: u16, body: &str) -> TokenAnswer {
        TokenAnswer::came(&RawAnswer {
            status,
            version: String::from("HTTP/1.1"),
            headers: vec![(String::from("x-token"), String::from("in-header"))],
            body: body.as_bytes().to_vec(),
            coded: None,
        })
    }

    #[test]
    fn an_answer_is_read_by_its_paths() {
        let mut client = TokenClient::new("https://auth.example.com/token");
        client.paths.access_token = String::from("data.tokens[0].value");
        client.fixed_life = Some(60);
        let body = json!({"data": {"tokens": [{"value": "abc"}]}}).to_string();
        let issued = client.read(&answer(201, &body));
        assert_eq!(
            issued,
            Ok(Issued {
                token: Secret::new("abc"),
                expires_in: Some(60),
                refresh: None,
            })
        );
    }

    #[test]
    fn what_stands_beside_the_token_is_found_where_places_are_configured() {
        let mut client = TokenClient::new("https://auth.example.com/token");
        let body = json!({"data": {"value": "abc", "token_type": "Bearer"}});
        assert_eq!(client.beside_token(&body, "token_type"), None);
        client.paths.access_token = String::from("data.value");
        let found = client.beside_token(&body, "token_type");
        let bearer = (&json!("Bearer"), String::from("/data/token_type"));
        assert_eq!(found, Some(bearer));
    }

    #[test]
    fn what_is_not_read_is_named_without_its_text() {
        let client = TokenClient::new("https://auth.example.com/token");
        let why = |status, body: &str| {
            client
                .read(&answer(status, body))
                .err()
                .map(|why| why.to_string())
        };
        for (status, body, words) in [
            (200, "access_token=canary", "without JSON"),
            (200, "\u{feff}{\"access_token\":\"canary\"}", "without JSON"),
            (
                200,
                "{\"accessToken\":\"canary\"}",
                "without `access_token`",
            ),
            (
                200,
                "{\"access_token\":{\"canary\":1}}",
                "no text at `access_token`",
            ),
            (
                200,
                "{\"access_token\":\"canary\\r\\n\"}",
                "no text at `access_token`",
            ),
            (400, "{\"access_token\":\"canary\"}", "answered 400"),
        ] {
            let why = why(status, body);
            assert!(
                why.as_ref()
                    .is_some_and(|why| why.contains(words) && !why.contains("canary")),
                "{why:?}"
            );
            assert!(!client.understands(&answer(status, body)), "{body}");
        }
        assert!(client.understands(&answer(401, "{\"error\":\"invalid_client\"}")));
    }
}
