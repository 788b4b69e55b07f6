//! What Amazon and Google look at before the signature, each in its own way.

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};

use crate::emulator::storage::s3::envelope::{Envelope, TOKEN};
use crate::emulator::storage::s3::refusal::Refusal;
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::sts;

/// Amazon wants the scope to be right, and its own headers to be signed.
pub(crate) fn amazons(parts: &Parts, envelope: &Envelope, rules: &Rules) -> Result<(), Refusal> {
    let question = sts::is_question(&parts.method, &parts.uri);
    let service = if question { "sts" } else { "s3" };
    if envelope.service != service {
        return Err(malformed(
            envelope,
            format!(
                "incorrect service \"{}\"; it should be \"{service}\"",
                envelope.service
            ),
        ));
    }
    let expected = rules.region.as_deref().unwrap_or(&envelope.region);
    // the global endpoint of STS is in this region
    let found = &envelope.region;
    if found != expected && !(question && found == "us-east-1") {
        let what = format!("the region '{found}' is wrong; expecting '{expected}'");
        return Err(malformed(envelope, what).with("Region", expected));
    }
    let mut sent = parts.headers.keys().map(|name| name.as_str());
    let unsigned = sent.find(|name| name.starts_with("x-amz-") && !is_signed(name, envelope));
    unsigned.map_or(Ok(()), |name| Err(not_signed(name)))
}

fn is_signed(name: &str, envelope: &Envelope) -> bool {
    envelope.signed_headers.iter().any(|signed| signed == name)
        // a signature in the query covers no content
        || envelope.presigned && name == "x-amz-content-sha256"
}

/// Google has no checksums in the manner of Amazon, and deletes one by one.
pub(crate) fn googles(parts: &Parts) -> Result<(), Refusal> {
    let mut query = parts.uri.query().unwrap_or_default().split('&');
    if parts.method == Method::POST && query.any(|pair| pair == "delete" || pair == "delete=") {
        let what = "A header or query you provided requested a function that is not implemented.";
        let refusal = Refusal::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", what);
        return Err(refusal.with("Details", "POST ?delete is not implemented for objects."));
    }
    let mut names = parts.headers.keys().map(|name| name.as_str());
    let is_foreign = |name: &str| {
        name.starts_with("x-amz-checksum-") && name != "x-amz-checksum-mode"
            || ["x-amz-sdk-checksum-algorithm", "x-amz-trailer", TOKEN].contains(&name)
    };
    let foreign = names.find(|name| is_foreign(name));
    foreign.map_or(Ok(()), |name| {
        let what = "Excess header values found.";
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, "ExcessHeaderValues", what);
        Err(refusal.with("Details", name))
    })
}

fn malformed(envelope: &Envelope, what: String) -> Refusal {
    let (code, subject) = match envelope.presigned {
        true => (
            "AuthorizationQueryParametersError",
            "Error parsing the X-Amz-Credential parameter",
        ),
        false => (
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed",
        ),
    };
    Refusal::new(StatusCode::BAD_REQUEST, code, format!("{subject}; {what}"))
}

fn not_signed(name: &str) -> Refusal {
    let what = "There were headers present in the request which were not signed";
    Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", what).with("HeadersNotSigned", name)
}

/// Signatures of other versions.
pub(crate) fn unsupported() -> Refusal {
    let what = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", what)
}
