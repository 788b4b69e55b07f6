//! What is known of a file besides its bytes.

use s3s::dto::{Checksum, Metadata};

/// What was said about a file when it was written.
#[derive(Clone, Default)]
pub(crate) struct Description {
    pub(crate) content_type: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

/// What a file is besides its bytes.
#[derive(Clone, Default)]
pub(crate) struct Note {
    pub(crate) etag: String,
    pub(crate) version: Option<String>,
    pub(crate) description: Description,
    pub(crate) checksum: Checksum,
}

/// A new one.
pub(crate) fn version_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}
