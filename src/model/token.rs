//! What passes between those who make and read token requests and those who send them: it holds secrets and is never
//! recorded. What a record keeps of it is in [`crate::model::record::token`].

use std::fmt;

use crate::model::secret::{NamedSecret, Secret};

/// A scope that nobody registered, for a request that is to be refused.
pub const UNKNOWN_SCOPE: &str = "destspec.unknown";

/// A token request ready to go, without the `Authorization` header of its client.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenMessage {
    /// Method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

/// What an answer gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Issued {
    /// The token.
    pub token: Secret,
    /// Seconds that it lives.
    pub expires_in: Option<u64>,
    /// What the next one is taken by, where one is given.
    pub refresh: Option<Secret>,
}

/// An answer of a token endpoint, read.
#[derive(Debug, Clone)]
pub struct TokenReading {
    /// What it gives, or why it gives nothing; the reason quotes nothing of the answer.
    pub issued: Result<Issued, String>,
    /// Whether it was understood, as a token or as a refusal: what was not may hold a token anywhere.
    pub understood: bool,
    /// Secrets in it besides the token.
    pub others: Vec<NamedSecret>,
    /// Places of the validations that did not hold.
    pub failed_validations: Vec<u32>,
}

impl fmt::Debug for TokenMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
