//! Large files: how much of one is in memory, and what is told of it on its way.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::Write as _;
use std::pin::pin;

use destspec::model::record::{Operation, Purpose, StorageResult};
use destspec::wire::{Content, Login, Spool};

use crate::support::locations::{KINDS, door, start};

const MEBIBYTE: u64 = 1024 * 1024;

/// More than may be held.
const LARGE: u64 = 40 * MEBIBYTE + 1;

/// Four parts of eight mebibytes.
const MOST: u64 = 32 * MEBIBYTE;

fn large() -> Content {
    let mut spool = Spool::new();
    let piece = vec![b'a'; usize::try_from(MEBIBYTE).unwrap()];
    for _ in 0..LARGE / MEBIBYTE {
        spool.write_all(&piece).unwrap();
    }
    spool.write_all(b"\n").unwrap();
    spool.finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_in_memory_by_a_few_parts_and_its_way_is_told() {
    let content = large();
    for kind in KINDS {
        let stand = start(kind, Vec::new()).await;
        let door = door(kind, &stand.at());
        let uploads = door.uploads();
        let session = door.session("large");
        let put = Operation::Put {
            path: "in/large.csv".to_owned(),
            bytes: content.bytes(),
            sha256: content.sha256(),
        };
        let put = (put, Some(&content));
        let mut storing = pin!(session.store(Purpose::Delivery, put, Login::Valid));
        let mut told = None;
        let stored = loop {
            tokio::select! {
                biased;
                stored = &mut storing => break stored.unwrap(),
                () = tokio::task::yield_now() => told = told.or_else(|| uploads.under_way().pop()),
            }
        };
        let exchange = session.exchange(stored).unwrap();
        let result = &exchange.storage().unwrap().result;
        assert_eq!(*result, StorageResult::Done, "{kind}");
        let told = told.unwrap();
        assert_eq!(told.path, "in/large.csv", "{kind}");
        assert_eq!((told.bytes, told.taken()), (LARGE, LARGE), "{kind}");
        assert!(uploads.under_way().is_empty(), "{kind}");
        let held = uploads.most_held();
        assert!(held > 0 && held <= MOST, "{kind}: {held} bytes");
    }
}

#[tokio::test]
async fn half_of_a_large_file_is_its_first_half() {
    let half = large().half().await.unwrap();
    let mut spool = Spool::new();
    spool
        .write_all(&vec![b'a'; usize::try_from(LARGE / 2).unwrap()])
        .unwrap();
    let expected = spool.finish();
    assert_eq!(
        (half.bytes(), half.sha256()),
        (expected.bytes(), expected.sha256())
    );
}
