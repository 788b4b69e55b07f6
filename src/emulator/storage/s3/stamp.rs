//! Signs in the place of a sender whom a fault lets in, so that all else about the request is still checked.
//!
//! s3s refuses what is not signed by the secret that it is told; there is no way to tell it otherwise. Bodies whose
//! chunks are signed one by one stay refused under [`AnySecretAccepted`](crate::emulator::storage::Fault).

use std::fmt::Write as _;

use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderName, TRANSFER_ENCODING};
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use crate::emulator::storage::s3::envelope::Envelope;
use crate::emulator::storage::s3::server::ANONYMOUS;

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const CONTENT: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');

/// Signs a request that nobody signed, as [`ANONYMOUS`].
pub(crate) fn anonymous(parts: &mut Parts, secret: &str) {
    let now = jiff::Timestamp::now()
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string();
    if let Ok(value) = HeaderValue::from_str(&now) {
        parts.headers.insert(DATE, value);
    }
    if !parts.headers.contains_key(CONTENT) {
        let unsigned = HeaderValue::from_static("UNSIGNED-PAYLOAD");
        parts.headers.insert(CONTENT, unsigned);
    }
    if !parts.headers.contains_key(CONTENT_LENGTH) && !parts.headers.contains_key(TRANSFER_ENCODING)
    {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    }
    let envelope = Envelope {
        access_key_id: ANONYMOUS.to_owned(),
        date: now.chars().take(8).collect(),
        region: "auto".to_owned(),
        service: "s3".to_owned(),
        signed_headers: ["host", "x-amz-content-sha256", "x-amz-date"]
            .map(str::to_owned)
            .to_vec(),
        token: None,
        presigned: false,
    };
    authorize(parts, &envelope, secret, None);
}

/// Replaces a signature by the right one. `body` is that of a request whose headers do not say what was signed.
pub(crate) fn again(parts: &mut Parts, envelope: &Envelope, secret: &str, body: Option<&[u8]>) {
    if !envelope.presigned {
        authorize(parts, envelope, secret, body);
        return;
    }
    let signature = signature(parts, envelope, secret, body);
    let query = parts.uri.query().unwrap_or_default();
    let kept = query
        .split('&')
        .filter(|pair| !is_signature(pair.split('=').next().unwrap_or_default()));
    let kept: Vec<&str> = kept.collect();
    let uri = format!(
        "{}?{}&X-Amz-Signature={signature}",
        parts.uri.path(),
        kept.join("&")
    );
    parts.uri = uri.parse().unwrap_or_else(|_| parts.uri.clone());
}

fn authorize(parts: &mut Parts, envelope: &Envelope, secret: &str, body: Option<&[u8]>) {
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
        envelope.access_key_id,
        scope(envelope),
        envelope.signed_headers.join(";"),
        signature(parts, envelope, secret, body),
    );
    if let Ok(value) = HeaderValue::from_str(&value) {
        parts.headers.insert(AUTHORIZATION, value);
    }
}

fn signature(parts: &Parts, envelope: &Envelope, secret: &str, body: Option<&[u8]>) -> String {
    let request = canonical(parts, envelope, body);
    let date = match envelope.presigned {
        true => parameter(parts, "x-amz-date"),
        false => field(parts, DATE.as_str()),
    };
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{}\n{}",
        scope(envelope),
        hex(&Sha256::digest(request))
    );
    let steps = [
        &envelope.date,
        &envelope.region,
        &envelope.service,
        "aws4_request",
    ];
    let first = format!("AWS4{secret}").into_bytes();
    let key = steps.into_iter().fold(first, |key, step| keyed(&key, step));
    hex(&keyed(&key, &text))
}

fn scope(envelope: &Envelope) -> String {
    let Envelope {
        date,
        region,
        service,
        ..
    } = envelope;
    format!("{date}/{region}/{service}/aws4_request")
}

fn canonical(parts: &Parts, envelope: &Envelope, body: Option<&[u8]>) -> String {
    let path = percent_decode_str(parts.uri.path()).collect::<Vec<u8>>();
    let path = percent_encoding::percent_encode(&path, IN_PATH);
    let encoded = |text: &str| utf8_percent_encode(text, IN_QUERY).to_string();
    let mut pairs: Vec<String> =
        form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .filter(|(name, _)| !is_signature(name))
            .map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)))
            .collect();
    pairs.sort_unstable();
    let headers = envelope
        .signed_headers
        .iter()
        .fold(String::new(), |mut all, name| {
            let _ = writeln!(all, "{name}:{}", field(parts, name));
            all
        });
    let content = match body {
        Some(body) => hex(&Sha256::digest(body)),
        None if envelope.presigned => "UNSIGNED-PAYLOAD".to_owned(),
        None => field(parts, CONTENT.as_str()),
    };
    let names = envelope.signed_headers.join(";");
    format!(
        "{}\n{path}\n{}\n{headers}\n{names}\n{content}",
        parts.method,
        pairs.join("&")
    )
}

fn is_signature(name: &str) -> bool {
    name.eq_ignore_ascii_case("X-Amz-Signature")
}

fn parameter(parts: &Parts, name: &str) -> String {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn field(parts: &Parts, name: &str) -> String {
    let values = parts.headers.get_all(name).iter();
    let values: Vec<&str> = values
        .filter_map(|value| value.to_str().ok())
        .map(str::trim)
        .collect();
    match parts.uri.authority() {
        // over HTTP/2 it is not among the headers
        Some(authority) if values.is_empty() && name == HOST.as_str() => authority.to_string(),
        Some(_) | None => values.join(","),
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

/// In lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use axum::http::Request;
    use object_store::client::HttpRequestBody;

    use super::*;
    use crate::emulator::storage::s3::envelope::read;
    use crate::emulator::storage::s3::support::{Signed, credential, request, sent, serve, setup};

    #[test]
    fn a_signature_is_the_one_that_another_client_makes() {
        let uri = "http://127.0.0.1:9/landing/a%20b%2B%C3%A9?list-type=2&prefix=a%2Fb%20c";
        let mut request = request("GET", uri, b"");
        request
            .headers_mut()
            .insert(HOST, HeaderValue::from_static("127.0.0.1:9"));
        let Signed {
            credential,
            service,
            region,
        } = Signed::by("AKIAALL");
        let signer = object_store::aws::AwsAuthorizer::new(&credential, service, region);
        signer.try_authorize(&mut request, None).unwrap();
        let (mut parts, _) = request.into_parts();
        let theirs = parts
            .headers
            .get(AUTHORIZATION)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let envelope = read(&parts).signed().unwrap();
        again(&mut parts, &envelope, &credential.secret_key, None);
        let ours = parts.headers.get(AUTHORIZATION).unwrap().to_str().unwrap();
        assert_eq!(ours, theirs);
    }

    #[tokio::test]
    async fn a_request_of_another_time_is_refused() {
        let url = serve(setup()).await;
        for (minutes, status) in [(-10, 200), (10, 200), (-16, 403), (16, 403)] {
            let when = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
            let when = when.strftime("%Y%m%dT%H%M%SZ").to_string();
            let host = url.trim_start_matches("http://");
            let request = Request::builder().uri(format!("{url}/landing?list-type=2"));
            let request = request.header(HOST, host).header(DATE, &when);
            let request = request
                .header(CONTENT, "UNSIGNED-PAYLOAD")
                .body(())
                .unwrap();
            let (mut parts, ()) = request.into_parts();
            let envelope = Envelope {
                access_key_id: "AKIAALL".to_owned(),
                date: when[..8].to_owned(),
                region: "eu-west-1".to_owned(),
                service: "s3".to_owned(),
                signed_headers: ["host", CONTENT.as_str(), DATE.as_str()]
                    .map(str::to_owned)
                    .to_vec(),
                token: None,
                presigned: false,
            };
            again(
                &mut parts,
                &envelope,
                &credential("AKIAALL").secret_key,
                None,
            );
            let (found, code) =
                sent(Request::from_parts(parts, HttpRequestBody::empty()), None).await;
            assert_eq!(found, status, "{minutes} {code}");
            assert!(status == 200 || code == "RequestTimeTooSkewed", "{code}");
        }
    }
}
