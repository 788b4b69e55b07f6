//! The operations that s3s takes requests apart for.

use std::sync::Arc;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, BucketLocationConstraint,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, GetBucketLocationInput, GetBucketLocationOutput,
    GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput,
    HeadObjectOutput, ListMultipartUploadsInput, ListMultipartUploadsOutput, ListObjectsInput,
    ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, ListPartsInput, ListPartsOutput,
    PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result};

use crate::emulator::storage::s3::access::{granted, holding};
use crate::emulator::storage::s3::server::Server;
use crate::emulator::storage::s3::setup::Dialect;
use crate::emulator::storage::s3::{erase, listing, parts, read};

/// Answers for all buckets of a server.
pub(crate) struct Operations(pub(crate) Arc<Server>);

/// A request that was let in.
pub(crate) type Asked<T> = S3Request<T>;

/// Its answer.
pub(crate) type Answered<T> = S3Result<S3Response<T>>;

#[async_trait::async_trait]
impl S3 for Operations {
    async fn put_object(&self, request: Asked<PutObjectInput>) -> Answered<PutObjectOutput> {
        self.put(request).await
    }

    async fn get_object(&self, request: Asked<GetObjectInput>) -> Answered<GetObjectOutput> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        let may = granted(&request);
        read::get(bucket, &self.0.rules, may, request.input)
    }

    async fn head_object(&self, request: Asked<HeadObjectInput>) -> Answered<HeadObjectOutput> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        let may = granted(&request);
        read::head(bucket, &self.0.rules, may, request.input)
    }

    async fn copy_object(&self, request: Asked<CopyObjectInput>) -> Answered<CopyObjectOutput> {
        self.copy(request).await
    }

    async fn delete_object(
        &self,
        request: Asked<DeleteObjectInput>,
    ) -> Answered<DeleteObjectOutput> {
        let input = request.input;
        let bucket = holding(&self.0, &input.bucket)?;
        let done = erase::one(
            bucket,
            &self.0.rules,
            &input.key,
            input.version_id.as_deref(),
        );
        done.map(S3Response::new)
    }

    async fn delete_objects(
        &self,
        request: Asked<DeleteObjectsInput>,
    ) -> Answered<DeleteObjectsOutput> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        let may = granted(&request);
        let done = erase::several(bucket, &self.0.rules, may, request.input);
        Ok(S3Response::new(done))
    }

    async fn list_objects(&self, request: Asked<ListObjectsInput>) -> Answered<ListObjectsOutput> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        listing::first(bucket, &self.0.rules, request.input).map(S3Response::new)
    }

    async fn list_objects_v2(
        &self,
        request: Asked<ListObjectsV2Input>,
    ) -> Answered<ListObjectsV2Output> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        listing::second(bucket, &self.0.rules, request.input).map(S3Response::new)
    }

    async fn head_bucket(&self, request: Asked<HeadBucketInput>) -> Answered<HeadBucketOutput> {
        holding(&self.0, &request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput {
            bucket_region: self.0.rules.region.clone(),
            ..HeadBucketOutput::default()
        }))
    }

    async fn get_bucket_location(
        &self,
        request: Asked<GetBucketLocationInput>,
    ) -> Answered<GetBucketLocationOutput> {
        holding(&self.0, &request.input.bucket)?;
        let region = match self.0.rules.dialect {
            // the oldest region has no name here
            Dialect::Aws => self
                .0
                .rules
                .region
                .clone()
                .filter(|region| region != "us-east-1"),
            Dialect::Google => Some("US".to_owned()),
        };
        Ok(S3Response::new(GetBucketLocationOutput {
            location_constraint: region.map(BucketLocationConstraint::from),
        }))
    }

    async fn create_multipart_upload(
        &self,
        request: Asked<CreateMultipartUploadInput>,
    ) -> Answered<CreateMultipartUploadOutput> {
        self.begin(request.input)
    }

    async fn upload_part(&self, request: Asked<UploadPartInput>) -> Answered<UploadPartOutput> {
        self.part(request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: Asked<CompleteMultipartUploadInput>,
    ) -> Answered<CompleteMultipartUploadOutput> {
        self.complete(request.input).await
    }

    async fn abort_multipart_upload(
        &self,
        request: Asked<AbortMultipartUploadInput>,
    ) -> Answered<AbortMultipartUploadOutput> {
        let input = request.input;
        let bucket = holding(&self.0, &input.bucket)?;
        bucket.uploads.abort(&input.upload_id, &input.key)?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    async fn list_parts(&self, request: Asked<ListPartsInput>) -> Answered<ListPartsOutput> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        parts::list(bucket, request.input).map(S3Response::new)
    }

    async fn list_multipart_uploads(
        &self,
        request: Asked<ListMultipartUploadsInput>,
    ) -> Answered<ListMultipartUploadsOutput> {
        let bucket = holding(&self.0, &request.input.bucket)?;
        Ok(S3Response::new(parts::uploads(
            bucket,
            request.input.prefix,
        )))
    }
}
