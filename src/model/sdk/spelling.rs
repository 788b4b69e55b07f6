//! Spelling variants of keys that Adobe itself uses (reference, appendix B), and keys that mean nothing here.

use crate::model::source::reader::Spelling;

/// Keys with the other spellings that are read with a warning.
pub const KEYS: &[Spelling] = &[
    spelling("scope", &["scopes"]),
    spelling("source", &["fieldType"]),
    spelling("queryParameters", &["queryParams"]),
    spelling("batchConfig", &["batchConfiguration"]),
    spelling("allowedExportModes", &["allowedExportMode"]),
    spelling(
        "allowDedupeKeyFieldSelection",
        &["allowDedupKeyFieldSelection"],
    ),
    spelling("delimiter", &["sep"]),
    spelling("bucket", &["bucketName"]),
    spelling("hostName", &["hostname"]),
];

/// Keys that the authoring API adds to what it answers; ignored.
pub const SERVER_SIDE: &[&str] = &["instanceId", "createdDate", "lastModifiedDate"];

const fn spelling(canonical: &'static str, variants: &'static [&'static str]) -> Spelling {
    Spelling {
        canonical,
        variants,
    }
}
