//! The service that gives temporary credentials to whoever may assume a role.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use s3s::route::S3Route;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use url::form_urlencoded;

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::s3::refusal::{error, escaped, xml};
use crate::emulator::storage::s3::server::Server;
use crate::emulator::storage::s3::session::Session;
use crate::emulator::storage::s3::setup::{Dialect, Role};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// In seconds, as are those beside it.
const LIFETIME: u64 = 3600;
const SHORTEST: u64 = 900;
const LONGEST: u64 = 43_200;

/// More than any question or answer.
const LENGTH: usize = 16_384;

/// The service.
pub(crate) struct Sts(pub(crate) Arc<Server>);

/// Whether a request is meant for it and not for a bucket.
pub(crate) fn is_question(method: &Method, uri: &Uri) -> bool {
    method == Method::POST && uri.path() == "/"
}

#[async_trait::async_trait]
impl S3Route for Sts {
    fn is_match(
        &self,
        method: &Method,
        uri: &Uri,
        _: &HeaderMap,
        _: &mut axum::http::Extensions,
    ) -> bool {
        self.0.rules.dialect == Dialect::Aws && is_question(method, uri)
    }

    async fn check_access(&self, request: &mut S3Request<s3s::Body>) -> S3Result<()> {
        match request.credentials {
            Some(_) => Ok(()),
            None => {
                let code = S3ErrorCode::Custom("MissingAuthenticationToken".into());
                Err(forbidden(
                    code,
                    "Request is missing Authentication Token".to_owned(),
                ))
            }
        }
    }

    async fn call(&self, mut request: S3Request<s3s::Body>) -> S3Result<S3Response<s3s::Body>> {
        let body = request.input.store_all_limited(LENGTH).await;
        let body = body.map_err(|_| invalid("the question cannot be read".to_owned()))?;
        let fields: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
        let owner = request
            .credentials
            .map(|found| found.access_key)
            .unwrap_or_default();
        let session = self.assumed(&owner, &fields)?;
        let name = fields.get("RoleSessionName").map(String::as_str);
        let text = document(&session, name.unwrap_or_default());
        let mut response = S3Response::new(s3s::Body::from(text));
        let kind = HeaderValue::from_static("text/xml");
        response
            .headers
            .insert(axum::http::header::CONTENT_TYPE, kind);
        Ok(response)
    }
}

impl Sts {
    fn assumed(&self, owner: &str, fields: &BTreeMap<String, String>) -> S3Result<Session> {
        let field = |name: &str| fields.get(name).map(String::as_str);
        if field("Action") != Some("AssumeRole") {
            let code = S3ErrorCode::Custom("InvalidAction".into());
            let mut unknown = S3Error::with_message(code, "Could not find such an operation");
            unknown.set_status_code(StatusCode::BAD_REQUEST);
            return Err(unknown);
        }
        let arn = field("RoleArn").ok_or_else(|| invalid("roleArn must not be null".to_owned()))?;
        let name = field("RoleSessionName").filter(|name| is_session_name(name));
        name.ok_or_else(|| {
            invalid("roleSessionName must have 2 to 64 of the signs allowed".to_owned())
        })?;
        let seconds = lifetime(field("DurationSeconds"))?;
        let role = self.0.key(owner).and_then(|key| key.role.as_ref());
        let role = role.filter(|role| role.arn == arn && self.trusts(role, field("ExternalId")));
        role.ok_or_else(|| unauthorized(owner, arn))?;
        let lifetime = Duration::from_secs(seconds);
        Ok(self.0.sessions.begin(owner, arn, lifetime))
    }

    fn trusts(&self, role: &Role, presented: Option<&str>) -> bool {
        let expected = role.external_id.as_deref();
        expected.is_none() || presented == expected || self.0.rules.has(Fault::ExternalIdIgnored)
    }
}

fn is_session_name(name: &str) -> bool {
    (2..=64).contains(&name.len())
        && name
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || "_+=,.@-".contains(sign))
}

fn lifetime(asked: Option<&str>) -> S3Result<u64> {
    let seconds = asked.map_or(Some(LIFETIME), |asked| asked.parse().ok());
    seconds
        .filter(|seconds| (SHORTEST..=LONGEST).contains(seconds))
        .ok_or_else(|| {
            invalid(format!(
                "durationSeconds must be from {SHORTEST} to {LONGEST}"
            ))
        })
}

fn invalid(message: String) -> S3Error {
    let mut invalid = S3Error::with_message(S3ErrorCode::Custom("ValidationError".into()), message);
    invalid.set_status_code(StatusCode::BAD_REQUEST);
    invalid
}

fn unauthorized(owner: &str, arn: &str) -> S3Error {
    forbidden(
        S3ErrorCode::AccessDenied,
        format!("User: {owner} is not authorized to perform: sts:AssumeRole on resource: {arn}"),
    )
}

fn forbidden(code: S3ErrorCode, message: String) -> S3Error {
    let mut forbidden = error(code, "");
    forbidden.set_message(message);
    forbidden.set_status_code(StatusCode::FORBIDDEN);
    forbidden
}

fn document(session: &Session, name: &str) -> String {
    let expires = jiff::Timestamp::try_from(session.expires)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default();
    let assumed = session.role.replacen(":iam:", ":sts:", 1);
    let assumed = assumed.replacen(":role/", ":assumed-role/", 1);
    let request = rand::random::<u128>();
    format!(
        "<AssumeRoleResponse xmlns=\"{NAMESPACE}\"><AssumeRoleResult>\
         <AssumedRoleUser><AssumedRoleId>AROA:{name}</AssumedRoleId><Arn>{}/{name}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{expires}</Expiration></Credentials>\
         </AssumeRoleResult><ResponseMetadata><RequestId>{request:032x}</RequestId></ResponseMetadata>\
         </AssumeRoleResponse>",
        escaped(&assumed),
        session.access_key_id,
        session.secret,
        session.token,
    )
}

/// Errors of a storage, as this service tells them.
pub(crate) async fn retold(response: Response<Body>) -> Response<Body> {
    if response.status().is_success() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, LENGTH).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let (code, status) = match element(&text, "Code") {
        "InvalidAccessKeyId" | "InvalidToken" => ("InvalidClientTokenId", StatusCode::FORBIDDEN),
        "AuthorizationHeaderMalformed" => ("SignatureDoesNotMatch", StatusCode::FORBIDDEN),
        "RequestTimeTooSkewed" => ("SignatureDoesNotMatch", StatusCode::FORBIDDEN),
        code => (code, parts.status),
    };
    let message = match code {
        "InvalidClientTokenId" => "The security token included in the request is invalid.",
        _ => element(&text, "Message"),
    };
    let request = rand::random::<u128>();
    let text = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>{request:032x}</RequestId></ErrorResponse>"
    );
    xml(status, text)
}

fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let begin = format!("<{name}>");
    let after = text
        .split_once(begin.as_str())
        .map_or("", |(_, after)| after);
    after.split('<').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use object_store::aws::AwsCredential;

    use super::*;
    use crate::emulator::storage::s3::S3Setup;
    use crate::emulator::storage::s3::support::{
        EXTERNAL_ID, ROLE, Signed, element, request, sent, serve, setup,
    };

    async fn asked(url: &str, signed: &Signed, role: &str, external_id: &str) -> (u16, String) {
        let mut question = form_urlencoded::Serializer::new(String::new());
        question
            .append_pair("Action", "AssumeRole")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", role)
            .append_pair("RoleSessionName", "moonshine");
        if !external_id.is_empty() {
            question.append_pair("ExternalId", external_id);
        }
        let mut request = request("POST", &format!("{url}/"), question.finish().as_bytes());
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert("content-type", form);
        sent(request, Some(signed)).await
    }

    fn by_role() -> Signed {
        Signed {
            service: "sts",
            ..Signed::by("AKIAROLE")
        }
    }

    #[tokio::test]
    async fn a_role_is_assumed_by_its_key_with_its_external_id_only() {
        let url = serve(setup()).await;
        let assumed = asked(&url, &by_role(), ROLE, EXTERNAL_ID).await;
        assert_eq!(assumed.0, 200);
        let upper = EXTERNAL_ID.to_uppercase();
        let longer = format!("{EXTERNAL_ID}1");
        let blank = format!(" {EXTERNAL_ID}");
        for near in [
            "",
            "x",
            upper.as_str(),
            longer.as_str(),
            blank.as_str(),
            &EXTERNAL_ID[1..],
        ] {
            let refused = asked(&url, &by_role(), ROLE, near).await;
            assert_eq!(refused, (403, "AccessDenied".to_owned()), "{near}");
        }
        let other = format!("{ROLE}s");
        assert_eq!(asked(&url, &by_role(), &other, EXTERNAL_ID).await.0, 403);
        let another = Signed {
            service: "sts",
            ..Signed::by("AKIAALL")
        };
        assert_eq!(asked(&url, &another, ROLE, EXTERNAL_ID).await.0, 403);
        let unknown = Signed {
            service: "sts",
            ..Signed::by("AKIANOBODY")
        };
        let refused = asked(&url, &unknown, ROLE, EXTERNAL_ID).await;
        assert_eq!(refused, (403, "InvalidClientTokenId".to_owned()));
    }

    #[tokio::test]
    async fn a_fault_ignores_the_external_id_and_not_the_role() {
        let faults = [Fault::ExternalIdIgnored].into();
        let url = serve(S3Setup { faults, ..setup() }).await;
        assert_eq!(asked(&url, &by_role(), ROLE, "").await.0, 200);
        assert_eq!(
            asked(&url, &by_role(), "arn:other", EXTERNAL_ID).await.0,
            403
        );
    }

    #[tokio::test]
    async fn temporary_credentials_work_with_their_token_only() {
        let url = serve(setup()).await;
        let (_, text) = asked(&url, &by_role(), ROLE, EXTERNAL_ID).await;
        let of = |name: &str| element(&text, name).unwrap().to_owned();
        let with = |token: Option<String>| Signed {
            credential: AwsCredential {
                key_id: of("AccessKeyId"),
                secret_key: of("SecretAccessKey"),
                token,
            },
            ..Signed::by("")
        };
        for (token, status, code) in [
            (Some(of("SessionToken")), 200, ""),
            (Some("another".to_owned()), 400, "InvalidToken"),
            (None, 403, "InvalidAccessKeyId"),
        ] {
            let request = request("PUT", &format!("{url}/landing/a"), b"1");
            let found = sent(request, Some(&with(token))).await;
            assert_eq!(found, (status, code.to_owned()));
        }
    }

    #[test]
    fn a_session_lasts_from_a_quarter_of_an_hour_to_half_a_day() {
        for (asked, seconds) in [(None, 3600), (Some("900"), 900), (Some("43200"), 43_200)] {
            assert_eq!(lifetime(asked).unwrap(), seconds);
        }
        for wrong in ["899", "43201", "-1", "x", ""] {
            assert!(lifetime(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
