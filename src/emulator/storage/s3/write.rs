//! How what was received is stored: whole and as it came, unless a fault has it otherwise.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use s3s::dto::{Checksum, ETagCondition};
use s3s::{S3Error, S3ErrorCode, S3Result};

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::naming;
use crate::emulator::storage::s3::note::{Description, Note, version_id};
use crate::emulator::storage::s3::receive::copy;
use crate::emulator::storage::s3::refusal::{denied, error};
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::setup::Dialect;
use crate::emulator::storage::s3::stamp::hex;
use crate::emulator::storage::store::{Object, Upload};
use crate::emulator::storage::variation::Variation;

/// More than this is large.
const LARGE: u64 = 4 * 1024 * 1024;

/// A file that has all its bytes.
pub(crate) struct Written {
    pub(crate) key: String,
    pub(crate) upload: Upload,
    pub(crate) bytes: u64,
    /// As it is told, if it is told openly.
    pub(crate) etag: String,
    pub(crate) checksum: Checksum,
    pub(crate) description: Description,
    pub(crate) condition: Condition,
}

/// When a file may be written.
#[derive(Default)]
pub(crate) struct Condition {
    pub(crate) if_match: Option<ETagCondition>,
    pub(crate) if_none_match: Option<ETagCondition>,
}

/// What the writer is told.
pub(crate) struct Receipt {
    pub(crate) etag: String,
    pub(crate) version: Option<String>,
    pub(crate) generation: Option<u64>,
}

/// Stores a file.
///
/// # Errors
/// When it is refused, or the disk fails.
pub(crate) async fn store(
    holding: &Arc<Holding>,
    rules: &Arc<Rules>,
    written: Written,
) -> S3Result<Receipt> {
    let (holding, rules) = (Arc::clone(holding), Arc::clone(rules));
    let stored = tokio::task::spawn_blocking(move || store_at_once(&holding, &rules, written));
    stored.await.map_err(S3Error::internal_error)?
}

fn store_at_once(holding: &Holding, rules: &Rules, written: Written) -> S3Result<Receipt> {
    if rules.has(Fault::LargeRefused) && written.bytes > LARGE {
        return Err(error(
            S3ErrorCode::EntityTooLarge,
            "Your proposed upload exceeds the maximum allowed object size.",
        ));
    }
    let _turn = holding.turn();
    let name = naming::stored(&written.key, holding, rules);
    let existing = holding.store.get(&name);
    if rules.dialect == Dialect::Aws {
        check(&written.condition, holding, existing.as_deref())?;
    }
    if rules.has(Fault::OverwriteRefused) && existing.is_some() {
        return Err(denied());
    }
    let mut note = Note {
        etag: etag(&written, rules),
        version: rules.keeps_versions().then(version_id),
        description: written.description,
        checksum: written.checksum,
    };
    let mut receipt = Receipt {
        etag: note.etag.clone(),
        version: note.version.clone(),
        generation: None,
    };
    let ignored = rules.has(Fault::OverwriteIgnored) && existing.is_some();
    if rules.has(Fault::WriteLost) || ignored {
        return Ok(receipt);
    }
    let upload = distorted(written.upload, existing.as_deref(), holding, rules);
    let upload = upload.map_err(S3Error::internal_error)?;
    if upload.bytes().map_err(S3Error::internal_error)? != written.bytes {
        note.checksum = Checksum::default();
    }
    let object = holding
        .store
        .commit(&name, upload)
        .map_err(S3Error::internal_error)?;
    receipt.generation = Some(object.number);
    holding.keep(
        &name,
        &object,
        note,
        existing.as_ref().map(|object| object.number),
    );
    if rules.varies(Variation::EventualList) && existing.is_none() {
        holding.news.add(&name);
    }
    Ok(receipt)
}

/// With a managed key it says nothing about the content.
fn etag(written: &Written, rules: &Rules) -> String {
    match rules.varies(Variation::EncryptedByDefault) {
        true => hex(&rand::random::<[u8; 16]>()),
        false => written.etag.clone(),
    }
}

/// Whether a condition holds.
pub(crate) fn check(
    condition: &Condition,
    holding: &Holding,
    existing: Option<&Object>,
) -> S3Result {
    let etag = existing.map(|object| holding.note(object).etag);
    if let (Some(_), None) = (&condition.if_match, &etag) {
        return Err(error(
            S3ErrorCode::NoSuchKey,
            "The specified key does not exist.",
        ));
    }
    let is = |condition: &ETagCondition| match (condition.as_etag(), &etag) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(expected), Some(found)) => expected.value() == found,
    };
    let holds = condition.if_match.as_ref().is_none_or(is)
        && !condition.if_none_match.as_ref().is_some_and(is);
    match holds {
        true => Ok(()),
        false => Err(error(
            S3ErrorCode::PreconditionFailed,
            "At least one of the pre-conditions you specified did not hold",
        )),
    }
}

fn distorted(
    upload: Upload,
    existing: Option<&Object>,
    holding: &Holding,
    rules: &Rules,
) -> io::Result<Upload> {
    let mut upload = upload;
    if rules.has(Fault::LineEndsChanged) {
        upload = with_changed_ends(&upload, holding)?;
    }
    if rules.has(Fault::WriteCut) {
        upload.truncate(upload.bytes()?.saturating_sub(1))?;
    }
    let Some(existing) = existing else {
        return Ok(upload);
    };
    if rules.has(Fault::OverwriteAppends) {
        let mut whole = holding.store.begin()?;
        copy(&mut existing.open()?, &mut whole)?;
        copy(&mut File::open(upload.path())?, &mut whole)?;
        return Ok(whole);
    }
    if rules.has(Fault::OverwriteKeepsTail) {
        let mut tail = existing.open()?;
        tail.seek(SeekFrom::Start(upload.bytes()?))?;
        copy(&mut tail, &mut upload)?;
    }
    Ok(upload)
}

fn with_changed_ends(upload: &Upload, holding: &Holding) -> io::Result<Upload> {
    let mut changed = holding.store.begin()?;
    let mut from = File::open(upload.path())?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut piece)?;
        if length == 0 {
            return Ok(changed);
        }
        let mut ends = Vec::with_capacity(length);
        for byte in piece.iter().take(length) {
            if *byte == b'\n' {
                ends.push(b'\r');
            }
            ends.push(*byte);
        }
        changed.append(&ends)?;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::storage::s3::S3Setup;
    use crate::emulator::storage::s3::support::{inside, setup};

    fn written(holding: &Holding, text: &str) -> Written {
        let mut upload = holding.store.begin().unwrap();
        upload.append(text.as_bytes()).unwrap();
        Written {
            key: "a".to_owned(),
            upload,
            bytes: text.len().try_into().unwrap(),
            etag: text.len().to_string(),
            checksum: Checksum::default(),
            description: Description::default(),
            condition: Condition::default(),
        }
    }

    /// What is read after each of three writes; nothing where there is nothing, a question mark after a refusal.
    async fn history(setup: S3Setup) -> [String; 3] {
        let (holding, rules) = inside(setup);
        let mut found = [const { String::new() }; 3];
        for (text, found) in ["1\n2", "3", "45678"].into_iter().zip(&mut found) {
            let stored = store(&holding, &rules, written(&holding, text)).await;
            let object = holding.store.get("a");
            let read = object.map(|object| String::from_utf8(object.read().unwrap()).unwrap());
            *found = stored.map_or_else(|_| "?".to_owned(), |_| read.unwrap_or_default());
        }
        found
    }

    #[tokio::test]
    async fn each_fault_stores_in_its_own_wrong_way() {
        for (faults, expected) in [
            (None, ["1\n2", "3", "45678"]),
            (Some(Fault::WriteLost), ["", "", ""]),
            (Some(Fault::WriteCut), ["1\n", "", "4567"]),
            (Some(Fault::LineEndsChanged), ["1\r\n2", "3", "45678"]),
            (Some(Fault::OverwriteRefused), ["1\n2", "?", "?"]),
            (Some(Fault::OverwriteIgnored), ["1\n2", "1\n2", "1\n2"]),
            (
                Some(Fault::OverwriteAppends),
                ["1\n2", "1\n23", "1\n2345678"],
            ),
            (Some(Fault::OverwriteKeepsTail), ["1\n2", "3\n2", "45678"]),
        ] {
            let faults = faults.into_iter().collect();
            assert_eq!(history(S3Setup { faults, ..setup() }).await, expected);
        }
    }

    #[tokio::test]
    async fn what_is_large_is_refused_by_its_fault_only() {
        for (faults, ok) in [([].into(), true), ([Fault::LargeRefused].into(), false)] {
            let (holding, rules) = inside(S3Setup { faults, ..setup() });
            for (bytes, taken) in [(LARGE, true), (LARGE + 1, ok)] {
                let written = Written {
                    bytes,
                    ..written(&holding, "")
                };
                assert_eq!(store(&holding, &rules, written).await.is_ok(), taken);
            }
        }
    }

    #[tokio::test]
    async fn a_condition_is_kept_by_amazon_and_ignored_by_google() {
        for (dialect, code) in [
            (Dialect::Aws, Some("PreconditionFailed")),
            (Dialect::Google, None),
        ] {
            let (holding, rules) = inside(S3Setup { dialect, ..setup() });
            let only_new = || Condition {
                if_none_match: Some(ETagCondition::Any),
                ..Condition::default()
            };
            let first = Written {
                condition: only_new(),
                ..written(&holding, "1")
            };
            assert!(store(&holding, &rules, first).await.is_ok());
            let second = Written {
                condition: only_new(),
                ..written(&holding, "2")
            };
            let refused = store(&holding, &rules, second).await.err();
            let refused = refused.map(|refused| refused.code().as_str().to_owned());
            assert_eq!(refused.as_deref(), code);
        }
    }
}
