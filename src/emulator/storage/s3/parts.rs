//! Files that come in parts.

use std::fs::File;
use std::io;
use std::sync::Arc;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    Checksum, CompletedPart, ETag, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput,
    MultipartUpload, Part, Timestamp,
};
use s3s::{S3Error, S3Result};

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::pending::{Piece, no_such_upload};
use crate::emulator::storage::s3::read::signed;
use crate::emulator::storage::s3::receive::copy;
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::stamp::hex;
use crate::emulator::storage::s3::write::{Condition, Receipt, Written, store};
use crate::emulator::storage::store::Upload;

/// Puts the parts together and stores the file.
pub(crate) async fn complete(
    holding: &Arc<Holding>,
    rules: &Arc<Rules>,
    (id, key): (&str, String),
    named: &[CompletedPart],
    condition: Condition,
) -> S3Result<Receipt> {
    let mut pending = holding.uploads.take(id, &key, named)?;
    let mut pieces: Vec<Piece> = named
        .iter()
        .filter_map(|part| pending.parts.remove(&part.part_number?))
        .collect();
    let bytes = pieces.iter().map(|piece| piece.bytes).sum();
    let etag = format!("{}-{}", hex(&sum_of_sums(&pieces)), pieces.len());
    if rules.has(Fault::PartsDisordered) {
        pieces.reverse();
    }
    if rules.has(Fault::LargeCut) && pieces.len() > 1 {
        pieces.pop();
    }
    let joined = tokio::task::spawn_blocking(move || join(pieces)).await;
    let joined = joined.map_err(S3Error::internal_error)?;
    let Some(upload) = joined.map_err(S3Error::internal_error)? else {
        return Err(no_such_upload());
    };
    let written = Written {
        key,
        upload,
        bytes,
        etag,
        checksum: Checksum::default(),
        description: pending.description,
        condition,
    };
    store(holding, rules, written).await
}

fn sum_of_sums(pieces: &[Piece]) -> [u8; 16] {
    let mut sum = Md5::new();
    for piece in pieces {
        sum.update(&piece.md5);
    }
    sum.finalize()
}

/// The first part becomes the whole.
fn join(pieces: Vec<Piece>) -> io::Result<Option<Upload>> {
    let mut whole: Option<Upload> = None;
    for piece in pieces {
        match &mut whole {
            Some(whole) => copy(&mut File::open(piece.upload.path())?, whole)?,
            None => whole = Some(piece.upload),
        }
    }
    Ok(whole)
}

/// The parts of an upload so far.
pub(crate) fn list(holding: &Holding, input: ListPartsInput) -> S3Result<ListPartsOutput> {
    let after = input.part_number_marker.unwrap_or_default();
    let limit = input.max_parts.unwrap_or(1000).clamp(0, 1000);
    let mut parts = holding
        .uploads
        .with(&input.upload_id, &input.key, |pending| {
            let later = pending.parts.iter().filter(|(number, _)| **number > after);
            Ok(later
                .map(|(number, piece)| listed(*number, piece))
                .collect::<Vec<_>>())
        })?;
    let kept = usize::try_from(limit).unwrap_or_default();
    let truncated = parts.len() > kept;
    parts.truncate(kept);
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        is_truncated: Some(truncated),
        max_parts: Some(limit),
        part_number_marker: Some(after),
        next_part_number_marker: parts.last().and_then(|part| part.part_number),
        parts: Some(parts),
        ..ListPartsOutput::default()
    })
}

fn listed(number: i32, piece: &Piece) -> Part {
    Part {
        e_tag: Some(ETag::Strong(hex(&piece.md5))),
        last_modified: Some(Timestamp::from(piece.modified)),
        part_number: Some(number),
        size: Some(signed(piece.bytes)),
        ..Part::default()
    }
}

/// All uploads that were begun under a prefix; never more than a page.
pub(crate) fn uploads(holding: &Holding, prefix: Option<String>) -> ListMultipartUploadsOutput {
    let open = holding.uploads.open();
    let begun = prefix.as_deref().unwrap_or_default();
    let found = open
        .iter()
        .filter(|(_, pending)| pending.key.starts_with(begun));
    let uploads = found.map(|(id, pending)| MultipartUpload {
        initiated: Some(Timestamp::from(pending.begun)),
        key: Some(pending.key.clone()),
        upload_id: Some(id.clone()),
        ..MultipartUpload::default()
    });
    ListMultipartUploadsOutput {
        bucket: Some(holding.name.clone()),
        is_truncated: Some(false),
        uploads: Some(uploads.collect()),
        prefix,
        ..ListMultipartUploadsOutput::default()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::emulator::storage::s3::S3Setup;
    use crate::emulator::storage::s3::note::Description;
    use crate::emulator::storage::s3::pending::SMALLEST;
    use crate::emulator::storage::s3::receive::Received;
    use crate::emulator::storage::s3::support::{inside, setup};

    /// A part of so many bytes; all that is said of it but its last byte is true.
    fn send(holding: &Holding, id: &str, number: i32, bytes: u64) -> CompletedPart {
        let mut upload = holding.store.begin().unwrap();
        upload.append(&[u8::try_from(number).unwrap()]).unwrap();
        let received = Received {
            upload,
            bytes,
            md5: [u8::try_from(number).unwrap(); 16],
            checksum: Checksum::default(),
        };
        let etag = holding.uploads.add(id, "a", number, received).unwrap();
        CompletedPart {
            e_tag: Some(ETag::Strong(etag)),
            part_number: Some(number),
            ..CompletedPart::default()
        }
    }

    async fn completed(
        holding: &Arc<Holding>,
        rules: &Arc<Rules>,
        id: &str,
        named: &[CompletedPart],
    ) -> S3Result<Vec<u8>> {
        complete(
            holding,
            rules,
            (id, "a".to_owned()),
            named,
            Condition::default(),
        )
        .await?;
        Ok(holding.store.get("a").unwrap().read().unwrap())
    }

    #[tokio::test]
    async fn parts_are_put_together_in_order_unless_a_fault_has_it_otherwise() {
        for (faults, expected) in [
            ([].into(), vec![1, 2, 7]),
            ([Fault::LargeCut].into(), vec![1, 2]),
            ([Fault::PartsDisordered].into(), vec![7, 2, 1]),
        ] {
            let (holding, rules) = inside(S3Setup { faults, ..setup() });
            let id = holding.uploads.begin("a", Description::default());
            let mut named: Vec<_> = [7, 1, 2]
                .map(|number| send(&holding, &id, number, SMALLEST))
                .into();
            named.sort_by_key(|part| part.part_number);
            assert_eq!(
                completed(&holding, &rules, &id, &named).await.unwrap(),
                expected
            );
        }
    }

    #[tokio::test]
    async fn an_upload_is_not_completed_with_wrong_parts() {
        let (holding, rules) = inside(setup());
        let id = holding.uploads.begin("a", Description::default());
        let [small, large, last] = [(1, SMALLEST - 1), (2, SMALLEST), (3, 1)]
            .map(|(number, bytes)| send(&holding, &id, number, bytes));
        let other = CompletedPart {
            e_tag: small.e_tag.clone(),
            ..large.clone()
        };
        for (named, code) in [
            (vec![], "MalformedXML"),
            (vec![small.clone(), large.clone()], "EntityTooSmall"),
            (vec![last.clone(), large.clone()], "InvalidPartOrder"),
            (vec![other], "InvalidPart"),
        ] {
            let refused = completed(&holding, &rules, &id, &named).await.unwrap_err();
            assert_eq!(refused.code().as_str(), code);
        }
        assert_eq!(
            completed(&holding, &rules, &id, &[large, last])
                .await
                .unwrap(),
            [2, 3]
        );
        let again = completed(&holding, &rules, &id, &[small])
            .await
            .unwrap_err();
        assert_eq!(again.code().as_str(), "NoSuchUpload");
    }

    #[test]
    fn an_upload_belongs_to_its_name_and_ends_once() {
        let (holding, _) = inside(setup());
        let id = holding.uploads.begin("a", Description::default());
        assert!(holding.uploads.abort(&id, "b").is_err());
        assert!(holding.uploads.abort(&id, "a").is_ok());
        assert!(holding.uploads.abort(&id, "a").is_err());
    }
}
