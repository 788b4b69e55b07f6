//! What is refused before s3s sees it, and the errors that it has no words for.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use s3s::{S3Error, S3ErrorCode};

/// An error document in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Further elements.
    pub(crate) details: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.details.push((name, text.into()));
        self
    }

    /// The answer of a storage.
    pub(crate) fn document(&self) -> Response<Body> {
        let details: String = self
            .details
            .iter()
            .map(|(name, text)| format!("<{name}>{}</{name}>", escaped(text)))
            .collect();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{details}</Error>",
            self.code,
            escaped(&self.message)
        );
        xml(self.status, text)
    }
}

/// An answer with a document.
pub(crate) fn xml(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Text as it stands in a document.
pub(crate) fn escaped(text: &str) -> String {
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")]
        .into_iter()
        .fold(text.to_owned(), |text, (sign, name)| {
            text.replace(sign, name)
        })
}

/// The usual word for what somebody has no right to.
pub(crate) fn denied() -> S3Error {
    S3Error::with_message(S3ErrorCode::AccessDenied, "Access Denied")
}

/// An error of the protocol.
pub(crate) fn error(code: S3ErrorCode, message: &'static str) -> S3Error {
    S3Error::with_message(code, message)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[tokio::test]
    async fn a_document_says_what_and_why() {
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "Odd", "a < b & c").with("Region", "x");
        let (parts, body) = refusal.document().into_parts();
        let text = axum::body::to_bytes(body, 1000).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert_eq!(parts.status, 400);
        assert!(text.ends_with(
            "<Error><Code>Odd</Code><Message>a &lt; b &amp; c</Message><Region>x</Region></Error>"
        ));
    }
}
