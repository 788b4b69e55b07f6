//! The operations that write files.

use std::time::SystemTime;

use s3s::dto::{
    Checksum, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CopyObjectInput,
    CopyObjectOutput, CopyObjectResult, CopySource, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, ETag, PutObjectInput, PutObjectOutput, Timestamp, UploadPartInput,
    UploadPartOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Response};

use crate::emulator::storage::s3::access::{granted, holding};
use crate::emulator::storage::s3::note::Description;
use crate::emulator::storage::s3::operations::{Answered, Asked, Operations};
use crate::emulator::storage::s3::read::{encryption, found, generation, key_id};
use crate::emulator::storage::s3::receive::{Announced, copy, receive};
use crate::emulator::storage::s3::refusal::{denied, error};
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::setup::Dialect;
use crate::emulator::storage::s3::stamp::hex;
use crate::emulator::storage::s3::write::{Condition, Written, store};
use crate::emulator::storage::s3::{naming, parts};
use crate::emulator::storage::variation::Variation;

/// A bucket that locks its files takes none whose content it cannot check.
fn summed<T>(request: &Asked<T>, rules: &Rules) -> Result<(), S3Error> {
    let mut names = request.headers.keys().map(|name| name.as_str());
    let is_sum = |name: &str| {
        matches!(name, "content-md5" | "x-amz-trailer") || name.starts_with("x-amz-checksum-")
    };
    let locks = rules.varies(Variation::ObjectLock) && rules.dialect == Dialect::Aws;
    match locks && !names.any(is_sum) {
        true => Err(error(
            S3ErrorCode::InvalidRequest,
            "Content-MD5 OR x-amz-checksum- HTTP header is required for requests with Object Lock parameters",
        )),
        false => Ok(()),
    }
}

/// The sums that the headers of an input announce.
macro_rules! sums {
    ($input:expr) => {
        Checksum {
            checksum_crc32: $input.checksum_crc32.clone(),
            checksum_crc32c: $input.checksum_crc32c.clone(),
            checksum_crc64nvme: $input.checksum_crc64nvme.clone(),
            checksum_sha1: $input.checksum_sha1.clone(),
            checksum_sha256: $input.checksum_sha256.clone(),
            checksum_type: None,
        }
    };
}

/// What an input says about the file.
macro_rules! described {
    ($input:ident) => {
        Description {
            content_type: $input.content_type,
            content_encoding: kept_encoding($input.content_encoding),
            content_disposition: $input.content_disposition,
            content_language: $input.content_language,
            cache_control: $input.cache_control,
            metadata: $input.metadata,
        }
    };
}

/// When an input wants the file to be written.
macro_rules! condition {
    ($input:ident) => {
        Condition {
            if_match: $input.if_match,
            if_none_match: $input.if_none_match,
        }
    };
}

impl Operations {
    pub(crate) async fn put(&self, request: Asked<PutObjectInput>) -> Answered<PutObjectOutput> {
        let rules = &self.0.rules;
        summed(&request, rules)?;
        let sums = sums!(request.input);
        let announced = Announced::new(&request, request.input.content_md5.clone(), sums);
        let input = request.input;
        let bucket = holding(&self.0, &input.bucket)?;
        let received = receive(&bucket.store, input.body, announced).await?;
        if let Some(refusal) = naming::refusal(&input.key, bucket, rules) {
            return Err(refusal);
        }
        let written = Written {
            key: input.key,
            upload: received.upload,
            bytes: received.bytes,
            etag: hex(&received.md5),
            checksum: received.checksum.clone(),
            description: described!(input),
            condition: condition!(input),
        };
        let receipt = store(bucket, rules, written).await?;
        let output = PutObjectOutput {
            checksum_crc32: received.checksum.checksum_crc32,
            checksum_crc32c: received.checksum.checksum_crc32c,
            checksum_crc64nvme: received.checksum.checksum_crc64nvme,
            checksum_sha1: received.checksum.checksum_sha1,
            checksum_sha256: received.checksum.checksum_sha256,
            e_tag: Some(ETag::Strong(receipt.etag)),
            server_side_encryption: encryption(rules),
            ssekms_key_id: key_id(rules),
            version_id: receipt.version,
            ..PutObjectOutput::default()
        };
        Ok(S3Response::with_headers(
            output,
            generation(rules, receipt.generation),
        ))
    }

    pub(crate) async fn copy(&self, request: Asked<CopyObjectInput>) -> Answered<CopyObjectOutput> {
        let rules = &self.0.rules;
        let may = granted(&request);
        let input = request.input;
        let bucket = holding(&self.0, &input.bucket)?;
        let CopySource::Bucket {
            bucket: from,
            key,
            version_id,
        } = &input.copy_source
        else {
            return Err(error(
                S3ErrorCode::NotImplemented,
                "there are no access points here",
            ));
        };
        if **from != *bucket.name || !key.starts_with(&bucket.prefix) {
            return Err(denied());
        }
        let object = found(bucket, may, key, version_id.as_deref())?;
        if let Some(refusal) = naming::refusal(&input.key, bucket, rules) {
            return Err(refusal);
        }
        let note = bucket.note(&object);
        let mut upload = bucket.store.begin().map_err(S3Error::internal_error)?;
        let mut file = object.open().map_err(S3Error::internal_error)?;
        copy(&mut file, &mut upload).map_err(S3Error::internal_error)?;
        let written = Written {
            key: input.key,
            upload,
            bytes: object.bytes,
            etag: note.etag,
            checksum: note.checksum,
            description: note.description,
            condition: Condition::default(),
        };
        let receipt = store(bucket, rules, written).await?;
        let result = CopyObjectResult {
            e_tag: Some(ETag::Strong(receipt.etag)),
            last_modified: Some(Timestamp::from(SystemTime::now())),
            ..CopyObjectResult::default()
        };
        Ok(S3Response::new(CopyObjectOutput {
            copy_object_result: Some(result),
            server_side_encryption: encryption(rules),
            ssekms_key_id: key_id(rules),
            version_id: receipt.version,
            ..CopyObjectOutput::default()
        }))
    }

    pub(crate) fn begin(
        &self,
        input: CreateMultipartUploadInput,
    ) -> Answered<CreateMultipartUploadOutput> {
        let rules = &self.0.rules;
        let bucket = holding(&self.0, &input.bucket)?;
        if let Some(refusal) = naming::refusal(&input.key, bucket, rules) {
            return Err(refusal);
        }
        let description = described!(input);
        let id = bucket.uploads.begin(&input.key, description);
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            checksum_algorithm: input.checksum_algorithm,
            server_side_encryption: encryption(rules),
            ssekms_key_id: key_id(rules),
            upload_id: Some(id),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    pub(crate) async fn part(&self, request: Asked<UploadPartInput>) -> Answered<UploadPartOutput> {
        let rules = &self.0.rules;
        summed(&request, rules)?;
        let sums = sums!(request.input);
        let announced = Announced::new(&request, request.input.content_md5.clone(), sums);
        let input = request.input;
        let bucket = holding(&self.0, &input.bucket)?;
        bucket.uploads.expect(&input.upload_id, &input.key)?;
        let received = receive(&bucket.store, input.body, announced).await?;
        let found = received.checksum.clone();
        let etag = bucket
            .uploads
            .add(&input.upload_id, &input.key, input.part_number, received)?;
        Ok(S3Response::new(UploadPartOutput {
            checksum_crc32: found.checksum_crc32,
            checksum_crc32c: found.checksum_crc32c,
            checksum_crc64nvme: found.checksum_crc64nvme,
            checksum_sha1: found.checksum_sha1,
            checksum_sha256: found.checksum_sha256,
            e_tag: Some(ETag::Strong(etag)),
            server_side_encryption: encryption(rules),
            ssekms_key_id: key_id(rules),
            ..UploadPartOutput::default()
        }))
    }

    pub(crate) async fn complete(
        &self,
        input: CompleteMultipartUploadInput,
    ) -> Answered<CompleteMultipartUploadOutput> {
        let rules = &self.0.rules;
        let bucket = holding(&self.0, &input.bucket)?;
        let named = input.multipart_upload.and_then(|upload| upload.parts);
        let condition = condition!(input);
        let upload = (input.upload_id.as_str(), input.key.clone());
        let receipt =
            parts::complete(bucket, rules, upload, &named.unwrap_or_default(), condition).await?;
        let output = CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(receipt.etag)),
            server_side_encryption: encryption(rules),
            ssekms_key_id: key_id(rules),
            version_id: receipt.version,
            ..CompleteMultipartUploadOutput::default()
        };
        Ok(S3Response::with_headers(
            output,
            generation(rules, receipt.generation),
        ))
    }
}

/// Without the framing of the request, which says nothing about the file.
fn kept_encoding(sent: Option<String>) -> Option<String> {
    let sent = sent?;
    let names = sent.split(',').map(str::trim);
    let kept: Vec<&str> = names.filter(|name| *name != "aws-chunked").collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_framing_of_a_request_is_no_encoding_of_the_file() {
        for (sent, kept) in [
            ("aws-chunked", None),
            ("gzip, aws-chunked", Some("gzip")),
            ("gzip", Some("gzip")),
        ] {
            assert_eq!(kept_encoding(Some(sent.to_owned())).as_deref(), kept);
        }
    }
}
