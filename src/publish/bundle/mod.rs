//! A run packed for a reviewer: which files, in which bytes. Every file but the statement and the signatures is a
//! function of the record and of the suite, so that whoever has both makes the same bundle again.
//!
//! The chain is: signature, `statement.json`, `SHA256SUMS`, files. Stock tools follow it.

pub mod contents;
pub mod har;
pub mod name;
pub mod signature;
pub mod statement;
pub mod sums;
pub mod zip;

/// The signed document.
pub const STATEMENT: &str = "statement.json";
/// Digests of every file below.
pub const SUMS: &str = "SHA256SUMS";
/// The record, as `destspec run` writes it.
pub const RECORD: &str = "run/record.json";
/// Where the files of the submission are listed.
pub const SUBMISSION: &str = "submission/index.json";
/// What the reviewer issued before the run.
pub const CHALLENGE: &str = "challenge/challenge.json";
/// The folder of signatures, which no sum covers.
pub const SIGNATURES: &str = "signatures/";
/// The partner's own signature: SSHSIG over the bytes of the statement.
pub const PARTNER: &str = "signatures/partner.sshsig";
/// The namespace that a partner signs in, so that no other signature of its key passes for one of a bundle.
pub const NAMESPACE: &str = "conformance@destspec.dev";
/// The version of this layout.
pub const FORMAT: u32 = 1;
/// The end of a bundle's name.
pub const EXTENSION: &str = "destspec.zip";

/// The files of the suite that a run was judged by.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    /// Path below `edition/` and text, the requirements among them.
    pub files: &'a [(String, &'a str)],
}
