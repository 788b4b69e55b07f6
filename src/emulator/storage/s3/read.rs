//! Files as they are given back.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use futures::stream::try_unfold;
use s3s::dto::{
    Checksum, ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput,
    ServerSideEncryption, StreamingBlob, Timestamp,
};
use s3s::{S3Error, S3ErrorCode, S3Response, S3Result};

use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::note::Note;
use crate::emulator::storage::s3::refusal::{denied, error};
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::setup::{Dialect, Permissions};
use crate::emulator::storage::s3::write::{Condition, check};
use crate::emulator::storage::store::Object;
use crate::emulator::storage::variation::Variation;

const PIECE: usize = 64 * 1024;

/// The managed key that answers name where everything is encrypted.
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/8f2d6c1e-4b7a-4c0e-9d55-2a6b7c8d9e0f";

const GENERATION: HeaderName = HeaderName::from_static("x-goog-generation");

/// Answers with a file, or a range of it.
pub(crate) fn get(
    holding: &Holding,
    rules: &Rules,
    may: Permissions,
    input: GetObjectInput,
) -> S3Result<S3Response<GetObjectOutput>> {
    let object = found(holding, may, &input.key, input.version_id.as_deref())?;
    let condition = Condition {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
    };
    unchanged(&condition, holding, &object)?;
    let note = holding.note(&object);
    let range = input
        .range
        .map(|range| range.check(object.bytes))
        .transpose()?;
    let whole = range.is_none();
    let span = range.unwrap_or(0..object.bytes);
    let content_range = (!whole).then(|| {
        format!(
            "bytes {}-{}/{}",
            span.start,
            span.end.saturating_sub(1),
            object.bytes
        )
    });
    let sums = (whole && input.checksum_mode.is_some()).then(|| note.checksum.clone());
    let Checksum {
        checksum_crc32,
        checksum_crc32c,
        checksum_crc64nvme,
        checksum_sha1,
        checksum_sha256,
        ..
    } = sums.unwrap_or_default();
    let output = GetObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        body: Some(body(&object, &span).map_err(S3Error::internal_error)?),
        cache_control: note.description.cache_control.clone(),
        checksum_crc32,
        checksum_crc32c,
        checksum_crc64nvme,
        checksum_sha1,
        checksum_sha256,
        content_disposition: note.description.content_disposition.clone(),
        content_encoding: note.description.content_encoding.clone(),
        content_language: note.description.content_language.clone(),
        content_length: Some(signed(span.end.saturating_sub(span.start))),
        content_range,
        content_type: Some(kind(&note)),
        e_tag: Some(ETag::Strong(note.etag.clone())),
        last_modified: Some(Timestamp::from(object.modified)),
        metadata: note.description.metadata.clone(),
        server_side_encryption: encryption(rules),
        ssekms_key_id: key_id(rules),
        version_id: note.version.clone(),
        ..GetObjectOutput::default()
    };
    Ok(S3Response::with_headers(
        output,
        generation(rules, Some(object.number)),
    ))
}

/// Answers with all about a file but its bytes.
pub(crate) fn head(
    holding: &Holding,
    rules: &Rules,
    may: Permissions,
    input: HeadObjectInput,
) -> S3Result<S3Response<HeadObjectOutput>> {
    let object = found(holding, may, &input.key, input.version_id.as_deref())?;
    let condition = Condition {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
    };
    unchanged(&condition, holding, &object)?;
    let note = holding.note(&object);
    let output = HeadObjectOutput {
        accept_ranges: Some("bytes".to_owned()),
        cache_control: note.description.cache_control.clone(),
        content_disposition: note.description.content_disposition.clone(),
        content_encoding: note.description.content_encoding.clone(),
        content_language: note.description.content_language.clone(),
        content_length: Some(signed(object.bytes)),
        content_type: Some(kind(&note)),
        e_tag: Some(ETag::Strong(note.etag.clone())),
        last_modified: Some(Timestamp::from(object.modified)),
        metadata: note.description.metadata.clone(),
        server_side_encryption: encryption(rules),
        ssekms_key_id: key_id(rules),
        version_id: note.version.clone(),
        ..HeadObjectOutput::default()
    };
    Ok(S3Response::with_headers(
        output,
        generation(rules, Some(object.number)),
    ))
}

/// The file of a name. Whether there is none is told to those only who may list.
pub(crate) fn found(
    holding: &Holding,
    may: Permissions,
    key: &str,
    version: Option<&str>,
) -> S3Result<Arc<Object>> {
    let (found, marker) = match version {
        None => (holding.store.get(key), holding.last_version(key)),
        Some(id) => {
            let version = holding.version(key, id);
            (version.clone().and_then(|version| version.object), version)
        }
    };
    found.ok_or_else(|| match (may.list, marker) {
        (false, _) => denied(),
        (true, None) if version.is_some() => error(
            S3ErrorCode::NoSuchVersion,
            "The specified version does not exist.",
        ),
        (true, None) => error(S3ErrorCode::NoSuchKey, "The specified key does not exist."),
        (true, Some(marker)) => deleted(&marker.id, version.is_some()),
    })
}

fn deleted(marker: &str, is_named: bool) -> S3Error {
    let mut missing = match is_named {
        true => error(
            S3ErrorCode::MethodNotAllowed,
            "The specified method is not allowed against this resource.",
        ),
        false => error(S3ErrorCode::NoSuchKey, "The specified key does not exist."),
    };
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-delete-marker", HeaderValue::from_static("true"));
    headers.extend(
        HeaderValue::from_str(marker).map(|id| (HeaderName::from_static("x-amz-version-id"), id)),
    );
    missing.set_headers(headers);
    missing
}

/// A reader who has the file already is not sent it again.
fn unchanged(condition: &Condition, holding: &Holding, object: &Object) -> S3Result {
    check(condition, holding, Some(object)).map_err(|mut failed| {
        if condition.if_match.is_none() {
            failed.set_code(S3ErrorCode::NotModified);
            failed.set_status_code(StatusCode::NOT_MODIFIED);
        }
        failed
    })
}

fn kind(note: &Note) -> String {
    let known = note.description.content_type.clone();
    known.unwrap_or_else(|| "binary/octet-stream".to_owned())
}

/// What answers say about encryption.
pub(crate) fn encryption(rules: &Rules) -> Option<ServerSideEncryption> {
    let managed = || ServerSideEncryption::from_static(ServerSideEncryption::AWS_KMS);
    rules.varies(Variation::EncryptedByDefault).then(managed)
}

/// Which key they name.
pub(crate) fn key_id(rules: &Rules) -> Option<String> {
    rules
        .varies(Variation::EncryptedByDefault)
        .then(|| KEY.to_owned())
}

/// What Google adds.
pub(crate) fn generation(rules: &Rules, number: Option<u64>) -> HeaderMap {
    let number = number.filter(|_| rules.dialect == Dialect::Google);
    number
        .map(|number| (GENERATION, HeaderValue::from(number)))
        .into_iter()
        .collect()
}

/// A size as the protocol's types have it.
pub(crate) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn body(object: &Object, span: &Range<u64>) -> io::Result<StreamingBlob> {
    let mut file = object.open()?;
    file.seek(SeekFrom::Start(span.start))?;
    let left = span.end.saturating_sub(span.start);
    Ok(StreamingBlob::wrap(try_unfold(
        (file, left),
        |state| async move { piece(state) },
    )))
}

fn piece((mut file, left): (File, u64)) -> io::Result<Option<(Bytes, (File, u64))>> {
    if left == 0 {
        return Ok(None);
    }
    let length = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    let mut piece = vec![0; length];
    file.read_exact(&mut piece)?;
    let read = u64::try_from(length).unwrap_or(left);
    Ok(Some((
        Bytes::from(piece),
        (file, left.saturating_sub(read)),
    )))
}
