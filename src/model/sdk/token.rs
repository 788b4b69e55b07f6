//! Templated token requests: `accessTokenRequest` (reference 2.5.3).

use crate::model::sdk::server::UrlBased;
use crate::model::sdk::template::TemplateString;

/// How to ask for a token, and how to read the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// The request; its `response_fields` say where the token is in the answer.
    pub request: UrlBased,
    /// `validations`: what must hold of the answer.
    pub validations: Vec<Validation>,
}

/// `responseFields[]`: a value taken from an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseField {
    /// `accessToken`, `expiresIn`, …
    pub name: String,
    /// A template over `response`.
    pub value: TemplateString,
}

/// `validations[]`: two rendered strings that must agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation {
    /// Its name.
    pub name: String,
    /// A template over `response`.
    pub actual: TemplateString,
    /// What it must be; Adobe says it may be a regular expression.
    pub expected: TemplateString,
}
