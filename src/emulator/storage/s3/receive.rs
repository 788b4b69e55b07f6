//! Bodies: from the wire to the disk, with their sums, in little memory.

use std::io::{self, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1, Sha256};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result, StdError, TrailingHeaders};

use crate::emulator::storage::s3::refusal::error;
use crate::emulator::storage::store::{Store, Upload};

/// How much is read from the disk at once.
const PIECE: usize = 64 * 1024;

/// A body on disk, and its sums.
pub(crate) struct Received {
    pub(crate) upload: Upload,
    pub(crate) bytes: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) checksum: Checksum,
}

/// The sums that a sender announced.
pub(crate) struct Announced {
    pub(crate) md5: Option<String>,
    pub(crate) checksum: Checksum,
    /// The names of those that follow the body.
    trailer: String,
    trailers: Option<TrailingHeaders>,
}

impl Announced {
    pub(crate) fn new<T>(request: &S3Request<T>, md5: Option<String>, checksum: Checksum) -> Self {
        let trailer = request.headers.get("x-amz-trailer");
        let trailer = trailer.and_then(|names| names.to_str().ok());
        Self {
            md5,
            checksum,
            trailer: trailer.unwrap_or_default().to_ascii_lowercase(),
            trailers: request.trailing_headers.clone(),
        }
    }

    fn hasher(&self) -> ChecksumHasher {
        let is_wanted = |sum: &Option<String>, name: &str| {
            sum.is_some() || self.trailer.split(',').any(|found| found.trim() == name)
        };
        let sums = &self.checksum;
        ChecksumHasher {
            crc32: is_wanted(&sums.checksum_crc32, "x-amz-checksum-crc32").then(Crc32::new),
            crc32c: is_wanted(&sums.checksum_crc32c, "x-amz-checksum-crc32c").then(Crc32c::new),
            sha1: is_wanted(&sums.checksum_sha1, "x-amz-checksum-sha1").then(Sha1::new),
            sha256: is_wanted(&sums.checksum_sha256, "x-amz-checksum-sha256").then(Sha256::new),
            crc64nvme: is_wanted(&sums.checksum_crc64nvme, "x-amz-checksum-crc64nvme")
                .then(Crc64Nvme::new),
        }
    }

    /// With those that followed the body.
    fn complete(self) -> Checksum {
        let mut sums = self.checksum;
        let trailers = self.trailers.and_then(|trailers| trailers.take());
        let found = |name: &str| {
            let value = trailers.as_ref()?.get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        for (sum, name) in [
            (&mut sums.checksum_crc32, "x-amz-checksum-crc32"),
            (&mut sums.checksum_crc32c, "x-amz-checksum-crc32c"),
            (&mut sums.checksum_sha1, "x-amz-checksum-sha1"),
            (&mut sums.checksum_sha256, "x-amz-checksum-sha256"),
            (&mut sums.checksum_crc64nvme, "x-amz-checksum-crc64nvme"),
        ] {
            *sum = sum.take().or_else(|| found(name));
        }
        sums
    }
}

/// Writes a body to the disk and compares its sums with those announced.
pub(crate) async fn receive(
    store: &Store,
    body: Option<StreamingBlob>,
    announced: Announced,
) -> S3Result<Received> {
    let mut upload = store.begin().map_err(S3Error::internal_error)?;
    let expected = announced.md5.as_deref().map(md5_of).transpose()?;
    let (mut hasher, mut md5) = (announced.hasher(), Md5::new());
    let mut bytes: u64 = 0;
    if let Some(mut body) = body {
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| broken(&error))?;
            upload.append(&piece).map_err(S3Error::internal_error)?;
            hasher.update(&piece);
            md5.update(&piece);
            bytes = bytes.saturating_add(piece.len().try_into().unwrap_or(u64::MAX));
        }
    }
    let (md5, checksum) = (md5.finalize(), hasher.finalize());
    if expected.is_some_and(|expected| expected != md5) {
        return Err(error(
            S3ErrorCode::BadDigest,
            "The Content-MD5 you specified did not match what we received.",
        ));
    }
    compare(&announced.complete(), &checksum)?;
    Ok(Received {
        upload,
        bytes,
        md5,
        checksum,
    })
}

fn md5_of(text: &str) -> S3Result<[u8; 16]> {
    let bytes = STANDARD.decode(text).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            error(
                S3ErrorCode::InvalidDigest,
                "The Content-MD5 you specified was invalid.",
            )
        })
}

fn compare(announced: &Checksum, found: &Checksum) -> S3Result {
    let differs = |announced: &Option<String>, found: &Option<String>| {
        announced.is_some() && announced != found
    };
    let any = differs(&announced.checksum_crc32, &found.checksum_crc32)
        || differs(&announced.checksum_crc32c, &found.checksum_crc32c)
        || differs(&announced.checksum_sha1, &found.checksum_sha1)
        || differs(&announced.checksum_sha256, &found.checksum_sha256)
        || differs(&announced.checksum_crc64nvme, &found.checksum_crc64nvme);
    match any {
        true => Err(error(
            S3ErrorCode::BadDigest,
            "The checksum you specified did not match the calculated checksum.",
        )),
        false => Ok(()),
    }
}

/// s3s tells what is wrong with a body by the text of errors whose types nobody else can name.
fn broken(found: &StdError) -> S3Error {
    let text = found.to_string();
    if text.contains("Sha256Mismatch") {
        let code = S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into());
        let mut mismatch = error(
            code,
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
        mismatch.set_status_code(axum::http::StatusCode::BAD_REQUEST);
        return mismatch;
    }
    if text.contains("SignatureMismatch") {
        return error(
            S3ErrorCode::SignatureDoesNotMatch,
            "The signature of a chunk does not match.",
        );
    }
    error(
        S3ErrorCode::IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    )
}

/// Appends all that can be read.
///
/// # Errors
/// When the disk fails.
pub(crate) fn copy(from: &mut impl Read, to: &mut Upload) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            length => to.append(piece.get(..length).unwrap_or_default())?,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use s3s::Body;

    use super::*;

    async fn code(md5: Option<&str>, sha256: Option<&str>) -> Option<String> {
        let store = Store::new().unwrap();
        let announced = Announced {
            md5: md5.map(str::to_owned),
            checksum: Checksum {
                checksum_sha256: sha256.map(str::to_owned),
                ..Checksum::default()
            },
            trailer: String::new(),
            trailers: None,
        };
        let body = StreamingBlob::from(Body::from("hello".to_owned()));
        match receive(&store, Some(body), announced).await {
            Ok(received) => {
                assert_eq!((received.bytes, received.upload.bytes().unwrap()), (5, 5));
                None
            }
            Err(refused) => Some(refused.code().as_str().to_owned()),
        }
    }

    #[tokio::test]
    async fn a_body_is_compared_with_what_was_announced() {
        let md5 = STANDARD.encode(Md5::checksum(b"hello"));
        let sha256 = STANDARD.encode(Sha256::checksum(b"hello"));
        let other = STANDARD.encode(Md5::checksum(b"hellO"));
        assert_eq!(code(Some(&md5), Some(&sha256)).await, None);
        assert_eq!(code(Some(&other), None).await.as_deref(), Some("BadDigest"));
        assert_eq!(
            code(Some("no sum"), None).await.as_deref(),
            Some("InvalidDigest")
        );
        assert_eq!(code(None, Some(&other)).await.as_deref(), Some("BadDigest"));
    }
}
