//! The way in: what a service looks at before the signature, and where s3s would look elsewhere.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use s3s::service::S3Service;

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::s3::dialect::{amazons, googles, unsupported};
use crate::emulator::storage::s3::drain::Drained;
use crate::emulator::storage::s3::envelope::{self, Envelope, Presented};
use crate::emulator::storage::s3::refusal::Refusal;
use crate::emulator::storage::s3::server::Server;
use crate::emulator::storage::s3::setup::Dialect;
use crate::emulator::storage::s3::{stamp, sts};

/// More than any question to STS.
const QUESTION: usize = 8192;

/// What every request meets.
pub(crate) struct Door {
    pub(crate) server: Arc<Server>,
    pub(crate) service: S3Service,
}

/// Answers one request.
pub(crate) async fn answer(
    State(door): State<Arc<Door>>,
    request: Request<Body>,
) -> Response<Body> {
    let is_question = sts::is_question(request.method(), request.uri())
        && door.server.rules.dialect == Dialect::Aws;
    let mut response = match is_question {
        true => sts::retold(door.question(request).await).await,
        false => door.request(request).await,
    };
    let id = format!("{:016X}", rand::random::<u64>());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-amz-request-id", id);
    }
    response
}

impl Door {
    /// One for STS; its body is part of what is signed.
    async fn question(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        match to_bytes(body, QUESTION).await {
            Ok(body) => {
                let signed = !parts.headers.contains_key("x-amz-content-sha256");
                self.passed(parts, Body::from(body.clone()), signed.then_some(body))
                    .await
            }
            Err(_) => too_long().document(),
        }
    }

    async fn request(&self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        self.passed(parts, body, None).await
    }

    async fn passed(&self, mut parts: Parts, body: Body, signed: Option<Bytes>) -> Response<Body> {
        let body = Drained::new(body, &parts.headers);
        if let Err(refusal) = self.admitted(&mut parts, signed.as_deref()) {
            return refusal.document();
        }
        let request = Request::from_parts(parts, s3s::Body::http_body_unsync(body));
        match self.service.call(request).await {
            Ok(response) => explained(response.map(Body::new)).await,
            Err(_) => {
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "").document()
            }
        }
    }

    /// Looks at who sent it; where a fault lets it in, sees to it that s3s does.
    fn admitted(&self, parts: &mut Parts, signed: Option<&[u8]>) -> Result<(), Refusal> {
        let server = &self.server;
        match envelope::read(parts) {
            Presented::Unsupported => Err(unsupported()),
            Presented::Nothing => {
                if server.welcomes_anyone() {
                    stamp::anonymous(parts, &server.own_secret);
                }
                Ok(())
            }
            Presented::Signed(envelope) => {
                match server.rules.dialect {
                    Dialect::Aws => amazons(parts, &envelope, &server.rules)?,
                    Dialect::Google => googles(parts)?,
                }
                self.token(&envelope)?;
                let secret = server.secret(&envelope.access_key_id);
                let any = secret.filter(|_| server.rules.has(Fault::AnySecretAccepted));
                if let Some(secret) = any {
                    stamp::again(parts, &envelope, &secret, signed);
                }
                Ok(())
            }
        }
    }

    /// Temporary credentials are those of their token; lasting ones have none.
    fn token(&self, envelope: &Envelope) -> Result<(), Refusal> {
        let session = self.server.sessions.find(&envelope.access_key_id);
        match (session, &envelope.token) {
            (None, None) => Ok(()),
            (None, Some(_)) if self.server.key(&envelope.access_key_id).is_none() => Ok(()),
            (Some(_), None) => Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
            )
            .with("AWSAccessKeyId", &envelope.access_key_id)),
            (Some(session), Some(token)) if session.token == *token => {
                match session.expires > SystemTime::now() {
                    true => Ok(()),
                    false => Err(Refusal::new(
                        StatusCode::BAD_REQUEST,
                        "ExpiredToken",
                        "The provided token has expired.",
                    )),
                }
            }
            (None | Some(_), Some(_)) => Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.",
            )),
        }
    }
}

/// s3s gives no reason for the most frequent refusal.
async fn explained(response: Response<Body>) -> Response<Body> {
    if response.status() != StatusCode::FORBIDDEN {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, QUESTION).await.unwrap_or_default();
    match text.ends_with(b"<Code>SignatureDoesNotMatch</Code></Error>") {
        true => mismatch().document(),
        false => Response::from_parts(parts, Body::from(text)),
    }
}

fn mismatch() -> Refusal {
    let what = "The request signature we calculated does not match the signature you provided. \
                Check your key and signing method.";
    Refusal::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", what)
}

fn too_long() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestEntityTooLarge",
        "the question is too long",
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use crate::emulator::storage::fault::Fault;
    use crate::emulator::storage::s3::support::{Signed, credential, request, sent, serve, setup};
    use crate::emulator::storage::s3::{Dialect, S3Setup};

    fn told(status: u16, code: &str) -> (u16, String) {
        (status, code.to_owned())
    }

    #[tokio::test]
    async fn who_is_not_let_in_is_told_why() {
        let url = serve(setup()).await;
        let all = || Signed::by("AKIAALL");
        let mut forged = all();
        forged.credential.secret_key.push('x');
        let mut tokened = all();
        tokened.credential.token = Some("of nobody".to_owned());
        for (path, signed, status, code) in [
            ("landing/a", Some(forged), 403, "SignatureDoesNotMatch"),
            (
                "landing/a",
                Some(Signed::by("AKIANOBODY")),
                403,
                "InvalidAccessKeyId",
            ),
            (
                "landing/a",
                Some(Signed {
                    region: "us-east-1",
                    ..all()
                }),
                400,
                "AuthorizationHeaderMalformed",
            ),
            (
                "landing/a",
                Some(Signed {
                    service: "sts",
                    ..all()
                }),
                400,
                "AuthorizationHeaderMalformed",
            ),
            ("landing/a", Some(tokened), 400, "InvalidToken"),
            ("landing/a", None, 403, "AccessDenied"),
            ("nowhere/a", Some(all()), 404, "NoSuchBucket"),
            ("foreign/a", Some(all()), 403, "AccessDenied"),
            (
                "landing/a",
                Some(Signed::by("AKIAROLE")),
                403,
                "AccessDenied",
            ),
            ("landing/a", Some(all()), 404, "NoSuchKey"),
            ("", Some(all()), 403, "AccessDenied"),
        ] {
            let request = request("GET", &format!("{url}/{path}"), b"");
            assert_eq!(
                sent(request, signed.as_ref()).await,
                told(status, code),
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn other_signatures_and_unsigned_headers_are_refused() {
        let url = serve(setup()).await;
        let mut old = request("GET", &format!("{url}/landing/a"), b"");
        old.headers_mut()
            .insert("authorization", "AWS AKIAALL:abc".parse().unwrap());
        assert_eq!(sent(old, None).await, told(400, "InvalidRequest"));
        let mut added = request("GET", &format!("{url}/landing/a"), b"");
        let credential = credential("AKIAALL");
        object_store::aws::AwsAuthorizer::new(&credential, "s3", "eu-west-1")
            .try_authorize(&mut added, None)
            .unwrap();
        added
            .headers_mut()
            .insert("x-amz-meta-late", "1".parse().unwrap());
        assert_eq!(sent(added, None).await, told(403, "AccessDenied"));
    }

    #[tokio::test]
    async fn google_takes_any_region_and_neither_checksums_nor_deletes_of_several() {
        let url = serve(S3Setup {
            dialect: Dialect::Google,
            ..setup()
        })
        .await;
        let signed = Signed {
            region: "auto",
            ..Signed::by("AKIAALL")
        };
        let plain = request("PUT", &format!("{url}/landing/a"), b"1");
        assert_eq!(sent(plain, Some(&signed)).await.0, 200);
        let mut summed = request("PUT", &format!("{url}/landing/a"), b"1");
        summed
            .headers_mut()
            .insert("x-amz-checksum-crc32", "g9zvtw==".parse().unwrap());
        assert_eq!(
            sent(summed, Some(&signed)).await,
            told(400, "ExcessHeaderValues")
        );
        let several = request("POST", &format!("{url}/landing?delete"), b"<Delete/>");
        assert_eq!(
            sent(several, Some(&signed)).await,
            told(501, "NotImplemented")
        );
    }

    #[tokio::test]
    async fn faults_let_in_whom_they_name_and_nobody_else() {
        let mut forged = Signed::by("AKIAREADING");
        forged.credential.secret_key = "x".to_owned();
        for (fault, put, get, list, any) in [
            (Fault::AnonymousRead, 403, 200, 403, 403),
            (Fault::AnonymousWrite, 200, 403, 403, 403),
            (Fault::AnonymousList, 403, 403, 200, 403),
            (Fault::AnySecretAccepted, 403, 403, 403, 200),
        ] {
            let url = serve(S3Setup {
                faults: [fault].into(),
                ..setup()
            })
            .await;
            let file = format!("{url}/landing/a%20b");
            let listing = format!("{url}/landing?list-type=2&prefix=%C3%A9");
            assert_eq!(
                sent(request("PUT", &file, b"1"), None).await.0,
                put,
                "{fault}"
            );
            let all = Signed::by("AKIAALL");
            assert_eq!(
                sent(request("PUT", &file, b"1"), Some(&all)).await.0,
                200,
                "{fault}"
            );
            assert_eq!(
                sent(request("GET", &file, b""), None).await.0,
                get,
                "{fault}"
            );
            assert_eq!(
                sent(request("GET", &listing, b""), None).await.0,
                list,
                "{fault}"
            );
            assert_eq!(
                sent(request("GET", &listing, b""), Some(&forged)).await.0,
                any,
                "{fault}"
            );
            assert_eq!(
                sent(request("PUT", &file, b"1"), Some(&forged)).await.0,
                403,
                "{fault}"
            );
        }
    }
}
