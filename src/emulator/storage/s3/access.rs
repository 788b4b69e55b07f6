//! What s3s asks before it lets a request through: the secret of a key, and whether its owner may do that.

use std::sync::Arc;

use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::path::S3Path;
use s3s::{S3Error, S3ErrorCode, S3Result};

use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::refusal::{denied, error};
use crate::emulator::storage::s3::server::Server;
use crate::emulator::storage::s3::setup::Permissions;

/// Knows the keys and what they may do.
pub(crate) struct Doorman(pub(crate) Arc<Server>);

#[async_trait::async_trait]
impl S3Auth for Doorman {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let secret = self.0.secret(access_key);
        secret.map(SecretKey::from).ok_or_else(|| {
            error(
                S3ErrorCode::InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records.",
            )
        })
    }
}

#[async_trait::async_trait]
impl S3Access for Doorman {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let (bucket, key) = match context.s3_path() {
            S3Path::Root => return Err(denied()),
            S3Path::Bucket { bucket } => (bucket, None),
            S3Path::Object { bucket, key } => (bucket, Some(key)),
        };
        let holding = self.0.bucket(bucket).ok_or_else(no_such_bucket)?;
        let owner = context.credentials().map(|found| found.access_key.as_str());
        let permissions = self.0.permissions(holding, owner);
        let allowed = is_allowed(context.s3_op().name(), permissions)
            && key.is_none_or(|key| key.starts_with(&holding.prefix));
        context.extensions_mut().insert(permissions);
        allowed.then_some(()).ok_or_else(denied)
    }
}

/// What was found out about the sender when the request was let in.
pub(crate) fn granted<T>(request: &s3s::S3Request<T>) -> Permissions {
    let found = request.extensions.get::<Permissions>();
    found.copied().unwrap_or(Permissions::NONE)
}

/// The bucket of a request that was let in.
pub(crate) fn holding<'a>(server: &'a Server, bucket: &str) -> S3Result<&'a Arc<Holding>> {
    server.bucket(bucket).ok_or_else(no_such_bucket)
}

fn no_such_bucket() -> S3Error {
    error(
        S3ErrorCode::NoSuchBucket,
        "The specified bucket does not exist",
    )
}

/// By the name of the operation, as s3s has it. Who may not delete is told so file by file where there are several.
fn is_allowed(operation: &str, may: Permissions) -> bool {
    match operation {
        "PutObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "CompleteMultipartUpload"
        | "AbortMultipartUpload"
        | "ListParts" => may.put,
        "CopyObject" => may.put && may.get,
        "GetObject" | "HeadObject" => may.get,
        "ListObjects" | "ListObjectsV2" | "HeadBucket" | "ListMultipartUploads" => may.list,
        "DeleteObject" => may.delete,
        "DeleteObjects" => may != Permissions::NONE,
        "GetBucketLocation" => may.location,
        _ => false,
    }
}
