//! Uploads in parts that go on.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use s3s::dto::{CompletedPart, ETag};
use s3s::{S3Error, S3ErrorCode, S3Result};

use crate::emulator::storage::s3::note::{Description, version_id};
use crate::emulator::storage::s3::receive::Received;
use crate::emulator::storage::s3::refusal::error;
use crate::emulator::storage::s3::stamp::hex;
use crate::emulator::storage::store::Upload;

/// No part but the last may be smaller.
pub(crate) const SMALLEST: u64 = 5 * 1024 * 1024;

/// The last number that a part may have.
const LAST: i32 = 10_000;

/// Uploads that were begun, and neither completed nor aborted.
#[derive(Default)]
pub(crate) struct Uploads {
    open: Mutex<BTreeMap<String, Pending>>,
}

/// One of them.
pub(crate) struct Pending {
    pub(crate) key: String,
    pub(crate) begun: SystemTime,
    pub(crate) description: Description,
    pub(crate) parts: BTreeMap<i32, Piece>,
}

/// A part.
pub(crate) struct Piece {
    pub(crate) upload: Upload,
    pub(crate) bytes: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) modified: SystemTime,
}

impl Uploads {
    /// Begins one.
    pub(crate) fn begin(&self, key: &str, description: Description) -> String {
        let id = version_id();
        let pending = Pending {
            key: key.to_owned(),
            begun: SystemTime::now(),
            description,
            parts: BTreeMap::new(),
        };
        self.open().insert(id.clone(), pending);
        id
    }

    /// Whether there is one.
    pub(crate) fn expect(&self, id: &str, key: &str) -> S3Result {
        self.with(id, key, |_| Ok(()))
    }

    /// Adds a part, or replaces it; returns its entity tag.
    pub(crate) fn add(
        &self,
        id: &str,
        key: &str,
        number: i32,
        received: Received,
    ) -> S3Result<String> {
        if !(1..=LAST).contains(&number) {
            return Err(error(
                S3ErrorCode::InvalidArgument,
                "Part number must be an integer between 1 and 10000, inclusive",
            ));
        }
        self.with(id, key, |pending| {
            let piece = Piece {
                upload: received.upload,
                bytes: received.bytes,
                md5: received.md5,
                modified: SystemTime::now(),
            };
            pending.parts.insert(number, piece);
            Ok(hex(&received.md5))
        })
    }

    /// Ends one without a file.
    pub(crate) fn abort(&self, id: &str, key: &str) -> S3Result {
        self.expect(id, key)?;
        self.open().remove(id);
        Ok(())
    }

    /// Works on one, if it is of that name.
    pub(crate) fn with<T>(
        &self,
        id: &str,
        key: &str,
        work: impl FnOnce(&mut Pending) -> S3Result<T>,
    ) -> S3Result<T> {
        let mut open = self.open();
        let pending = open.get_mut(id).filter(|pending| pending.key == key);
        work(pending.ok_or_else(no_such_upload)?)
    }

    /// Takes one out whose named parts are as they were sent.
    pub(crate) fn take(&self, id: &str, key: &str, named: &[CompletedPart]) -> S3Result<Pending> {
        self.with(id, key, |pending| verify(pending, named))?;
        self.open().remove(id).ok_or_else(no_such_upload)
    }

    /// All of them.
    pub(crate) fn open(&self) -> MutexGuard<'_, BTreeMap<String, Pending>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn no_such_upload() -> S3Error {
    error(
        S3ErrorCode::NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    )
}

fn verify(pending: &Pending, named: &[CompletedPart]) -> S3Result {
    if named.is_empty() {
        return Err(error(
            S3ErrorCode::MalformedXML,
            "You must specify at least one part",
        ));
    }
    let numbers: Vec<i32> = named
        .iter()
        .map(|part| part.part_number.unwrap_or_default())
        .collect();
    if !numbers.is_sorted_by(|one, next| one < next) {
        return Err(error(
            S3ErrorCode::InvalidPartOrder,
            "The list of parts was not in ascending order.",
        ));
    }
    for (index, part) in named.iter().enumerate() {
        let piece = pending.parts.get(&part.part_number.unwrap_or_default());
        let etag = part.e_tag.as_ref().map(ETag::value);
        let Some(piece) = piece.filter(|piece| etag == Some(hex(&piece.md5).as_str())) else {
            return Err(error(
                S3ErrorCode::InvalidPart,
                "One or more of the specified parts could not be found, or the specified entity tag did not match.",
            ));
        };
        if piece.bytes < SMALLEST && index + 1 < named.len() {
            return Err(error(
                S3ErrorCode::EntityTooSmall,
                "Your proposed upload is smaller than the minimum allowed size",
            ));
        }
    }
    Ok(())
}
