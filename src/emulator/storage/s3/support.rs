//! A server on loopback, and requests to it that a client nobody here wrote has signed. For tests only.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{
    AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential, Checksum, S3ConditionalPut,
};
use object_store::client::{HttpConnector as _, HttpRequest, HttpRequestBody, ReqwestConnector};
use object_store::{ClientOptions, RetryConfig};
use tokio::net::TcpListener;

use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::server::Server;
use crate::emulator::storage::s3::{Bucket, Dialect, Key, Permissions, Role, S3Setup, router};
use crate::emulator::storage::store::Store;

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/landing";
pub(crate) const EXTERNAL_ID: &str = "moonshine-4711";

/// A bucket `landing` with three keys: one may do everything, one may read, one may assume a role; and one that
/// nobody may use, `foreign`.
pub(crate) fn setup() -> S3Setup {
    let role = Role {
        arn: ROLE.to_owned(),
        external_id: Some(EXTERNAL_ID.to_owned()),
    };
    let reading = Permissions {
        put: false,
        delete: false,
        ..Permissions::ALL
    };
    let keys = vec![
        key("AKIAALL", Permissions::ALL, None),
        key("AKIAREADING", reading, None),
        key("AKIAROLE", Permissions::ALL, Some(role)),
    ];
    S3Setup {
        buckets: vec![bucket("landing", keys), bucket("foreign", Vec::new())],
        dialect: Dialect::Aws,
        region: Some(REGION.to_owned()),
        faults: [].into(),
        variations: [].into(),
    }
}

/// What the server makes of the first bucket, and its rules, for tests without a wire.
pub(crate) fn inside(setup: S3Setup) -> (Arc<Holding>, Arc<Rules>) {
    let name = setup.buckets.first().unwrap().name.clone();
    let server = Server::new(setup);
    (Arc::clone(server.bucket(&name).unwrap()), server.rules)
}

fn bucket(name: &str, keys: Vec<Key>) -> Bucket {
    Bucket {
        name: name.to_owned(),
        store: Arc::new(Store::new().unwrap()),
        prefix: None,
        keys,
    }
}

fn key(id: &str, permissions: Permissions, role: Option<Role>) -> Key {
    Key {
        access_key_id: id.to_owned(),
        secret_access_key: secret(id),
        permissions,
        role,
    }
}

fn secret(id: &str) -> String {
    format!("secret/of+{id}")
}

/// What a key signs with.
pub(crate) fn credential(id: &str) -> AwsCredential {
    AwsCredential {
        key_id: id.to_owned(),
        secret_key: secret(id),
        token: None,
    }
}

/// Serves until the runtime of the test ends.
pub(crate) async fn serve(setup: S3Setup) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router(setup)).await });
    format!("http://{address}")
}

/// A client of `landing` that may do everything.
pub(crate) fn client(url: &str, dialect: Dialect) -> AmazonS3 {
    drop(rustls::crypto::ring::default_provider().install_default());
    let credential = credential("AKIAALL");
    let builder = AmazonS3Builder::new()
        .with_endpoint(url)
        .with_allow_http(true)
        .with_bucket_name("landing")
        .with_access_key_id(credential.key_id)
        .with_secret_access_key(credential.secret_key)
        .with_retry(RetryConfig {
            max_retries: 0,
            retry_timeout: Duration::from_secs(1),
            ..RetryConfig::default()
        });
    let builder = match dialect {
        Dialect::Aws => builder
            .with_region(REGION)
            .with_checksum_algorithm(Checksum::SHA256),
        Dialect::Google => builder
            .with_region("auto")
            .with_conditional_put(S3ConditionalPut::Disabled)
            .with_config("disable_bulk_delete".parse().unwrap(), "true"),
    };
    builder.build().unwrap()
}

/// How a request is signed.
pub(crate) struct Signed {
    pub(crate) credential: AwsCredential,
    pub(crate) service: &'static str,
    pub(crate) region: &'static str,
}

impl Signed {
    pub(crate) fn by(id: &str) -> Self {
        Self {
            credential: credential(id),
            service: "s3",
            region: REGION,
        }
    }
}

/// A request without a signature.
pub(crate) fn request(method: &str, url: &str, body: &[u8]) -> HttpRequest {
    let body = HttpRequestBody::from(body.to_vec());
    axum::http::Request::builder()
        .method(method)
        .uri(url)
        .body(body)
        .unwrap()
}

/// Sends it, signed if so wished; returns the status, and the code or the text.
pub(crate) async fn sent(mut request: HttpRequest, signed: Option<&Signed>) -> (u16, String) {
    drop(rustls::crypto::ring::default_provider().install_default());
    if let Some(Signed {
        credential,
        service,
        region,
    }) = signed
    {
        let signer = AwsAuthorizer::new(credential, service, region);
        signer.try_authorize(&mut request, None).unwrap();
    }
    let options = ClientOptions::new().with_allow_http(true);
    let http = ReqwestConnector::default().connect(&options).unwrap();
    let response = http.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let text = response.into_body().bytes().await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let code = element(&text, "Code").map(str::to_owned);
    (status, code.unwrap_or(text))
}

/// What stands in an element of a document.
pub(crate) fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    after.split('<').next()
}
