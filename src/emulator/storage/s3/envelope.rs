//! What a request says about who sent it, before anybody believes it. Whether the signature is right is judged by s3s.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use url::form_urlencoded;

/// The header, or in lower case the parameter, with the token of temporary credentials.
pub(crate) const TOKEN: &str = "x-amz-security-token";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How a request names its sender.
#[derive(Debug)]
pub(crate) enum Presented {
    /// Not at all.
    Nothing,
    /// In a way that is not spoken here.
    Unsupported,
    /// With a signature of version 4.
    Signed(Envelope),
}

#[cfg(test)]
impl Presented {
    /// The signature, if there is one.
    pub(crate) fn signed(self) -> Option<Envelope> {
        match self {
            Self::Signed(envelope) => Some(envelope),
            Self::Nothing | Self::Unsupported => None,
        }
    }
}

/// The parts of a signature of version 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) access_key_id: String,
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// Sorted.
    pub(crate) signed_headers: Vec<String>,
    pub(crate) token: Option<String>,
    /// Whether the signature is in the query.
    pub(crate) presigned: bool,
}

/// Reads it from the headers or the query.
pub(crate) fn read(parts: &Parts) -> Presented {
    let query = parts.uri.query().unwrap_or_default();
    let query: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    if query.contains_key("x-amz-signature") {
        return signed(from_query(&query));
    }
    match parts.headers.get(AUTHORIZATION) {
        Some(value) => signed(from_header(
            value.to_str().unwrap_or_default(),
            &parts.headers,
        )),
        None if query.contains_key("signature") => Presented::Unsupported,
        None => Presented::Nothing,
    }
}

fn signed(envelope: Option<Envelope>) -> Presented {
    envelope.map_or(Presented::Unsupported, Presented::Signed)
}

fn from_query(query: &BTreeMap<String, String>) -> Option<Envelope> {
    let envelope = parsed(
        query.get("x-amz-credential")?,
        query.get("x-amz-signedheaders")?,
    )?;
    (query.get("x-amz-algorithm")? == ALGORITHM).then_some(Envelope {
        token: query.get(TOKEN).cloned(),
        presigned: true,
        ..envelope
    })
}

fn from_header(value: &str, headers: &HeaderMap) -> Option<Envelope> {
    let fields: BTreeMap<&str, &str> = value
        .strip_prefix(ALGORITHM)?
        .split(',')
        .filter_map(|field| field.trim().split_once('='))
        .collect();
    let envelope = parsed(fields.get("Credential")?, fields.get("SignedHeaders")?)?;
    let token = headers.get(TOKEN).and_then(|token| token.to_str().ok());
    Some(Envelope {
        token: token.map(str::to_owned),
        ..envelope
    })
}

fn parsed(credential: &str, signed_headers: &str) -> Option<Envelope> {
    let mut scope = credential.rsplitn(5, '/');
    let ends_well = scope.next() == Some("aws4_request");
    let (service, region, date) = (scope.next()?, scope.next()?, scope.next()?);
    let mut signed_headers: Vec<String> = signed_headers.split(';').map(str::to_owned).collect();
    signed_headers.sort_unstable();
    ends_well.then_some(Envelope {
        access_key_id: scope.next()?.to_owned(),
        date: date.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed_headers,
        token: None,
        presigned: false,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use axum::http::Request;

    use super::*;

    fn read_from(uri: &str, authorization: Option<&str>) -> Presented {
        let mut request = Request::builder().uri(uri).header(TOKEN, "tok");
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        read(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_signature_in_the_headers_is_taken_apart() {
        let value = "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/s3/aws4_request, \
                     SignedHeaders=x-amz-date;host, Signature=00";
        let envelope = read_from("/b/k", Some(value)).signed().unwrap();
        assert_eq!(envelope.access_key_id, "AK");
        assert_eq!(
            (envelope.region.as_str(), envelope.service.as_str()),
            ("eu-west-1", "s3")
        );
        assert_eq!(envelope.signed_headers, ["host", "x-amz-date"]);
        assert_eq!(
            (envelope.token.as_deref(), envelope.presigned),
            (Some("tok"), false)
        );
    }

    #[test]
    fn a_signature_in_the_query_is_taken_apart() {
        let uri = "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20260101%2Fauto%2Fs3%2Faws4_request\
                   &X-Amz-SignedHeaders=host&X-Amz-Signature=00";
        let envelope = read_from(uri, None).signed().unwrap();
        assert_eq!(
            (envelope.region.as_str(), envelope.presigned),
            ("auto", true)
        );
        assert_eq!(envelope.token, None);
    }

    #[test]
    fn other_ways_are_not_spoken_and_none_is_nothing() {
        for value in [
            "AWS AK:sig",
            "Bearer t",
            "AWS4-HMAC-SHA256 Credential=AK/aws4_request, SignedHeaders=host",
        ] {
            assert!(
                matches!(read_from("/b", Some(value)), Presented::Unsupported),
                "{value}"
            );
        }
        assert!(matches!(
            read_from("/b?Signature=x", None),
            Presented::Unsupported
        ));
        assert!(matches!(read_from("/b", None), Presented::Nothing));
    }
}
