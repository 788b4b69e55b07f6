//! Stand-in for Amazon S3 with STS beside it, and for the S3-shaped interface of Google Cloud Storage with HMAC keys.
//!
//! s3s verifies signatures, takes requests apart and puts answers together; what they mean is here. Reading order:
//! `setup`, `server` (who may do what), `door` (what is looked at before the signature, with `dialect`), `access`, `operations` with `writing`;
//! then `holding` (a bucket), `receive`, `write`, `read`, `erase`, `listing`, `parts`
//! with `pending`; `sts` and `session`; and for the
//! faults and variations `naming`, `stamp`, `news`.

mod access;
mod dialect;
mod door;
mod drain;
mod envelope;
mod erase;
mod holding;
mod listing;
mod naming;
mod news;
mod note;
mod operations;
mod parts;
mod pending;
mod read;
mod receive;
mod refusal;
mod rules;
mod server;
mod session;
mod setup;
mod stamp;
mod sts;
#[cfg(test)]
mod support;
mod write;
mod writing;

use std::sync::Arc;

use axum::Router;
use s3s::service::S3ServiceBuilder;

pub use setup::{Bucket, Dialect, Key, Permissions, Role, S3Setup};

use access::Doorman;
use door::Door;
use operations::Operations;
use server::Server;
use sts::Sts;

/// The server, with buckets in the path; STS is at `POST /`.
pub fn router(setup: S3Setup) -> Router {
    let server = Arc::new(Server::new(setup));
    let mut builder = S3ServiceBuilder::new(Operations(Arc::clone(&server)));
    builder.set_auth(Doorman(Arc::clone(&server)));
    builder.set_access(Doorman(Arc::clone(&server)));
    builder.set_route(Sts(Arc::clone(&server)));
    let service = builder.build();
    Router::new()
        .fallback(door::answer)
        .with_state(Arc::new(Door { server, service }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::ops::Range;

    use futures::TryStreamExt as _;
    use object_store::path::Path;
    use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload, WriteMultipart};

    use super::support::{client, serve, setup};
    use super::*;
    use crate::emulator::storage::variation::Variation;

    const NAMES: [&str; 6] = [
        "a b.csv",
        "100%.csv",
        "a+b.csv",
        "é/ü.csv",
        "\u{1f600}.csv",
        "q'&<>.csv",
    ];

    async fn listed(client: &dyn ObjectStore, prefix: &str) -> Vec<String> {
        let found = client.list(Some(&Path::parse(prefix).unwrap()));
        let found: Vec<_> = found.try_collect().await.unwrap();
        found
            .into_iter()
            .map(|meta| meta.location.to_string())
            .collect()
    }

    async fn finds_what_it_wrote(client: &dyn ObjectStore) {
        for name in NAMES {
            let path = Path::parse(format!("in/{name}")).unwrap();
            client
                .put(&path, PutPayload::from(name.as_bytes().to_vec()))
                .await
                .unwrap();
            let found = client.get(&path).await.unwrap().bytes().await.unwrap();
            assert_eq!(found, name.as_bytes());
            let size = client.head(&path).await.unwrap().size;
            assert_eq!(usize::try_from(size).unwrap(), name.len());
            let range: Range<u64> = 1..3;
            assert_eq!(
                client.get_range(&path, range).await.unwrap(),
                &name.as_bytes()[1..3]
            );
        }
        let mut expected = NAMES.map(|name| format!("in/{name}"));
        expected.sort();
        assert_eq!(listed(client, "in").await, expected);
        let level = client
            .list_with_delimiter(Some(&Path::parse("in").unwrap()))
            .await
            .unwrap();
        assert_eq!(level.common_prefixes, [Path::parse("in/é").unwrap()]);
        assert_eq!(level.objects.len(), NAMES.len() - 1);
        for name in NAMES {
            client
                .delete(&Path::parse(format!("in/{name}")).unwrap())
                .await
                .unwrap();
        }
        assert_eq!(listed(client, "in").await, [""; 0]);
    }

    async fn finds_what_it_wrote_in_parts(client: &dyn ObjectStore) {
        let large = Path::parse("in/large").unwrap();
        let upload = client.put_multipart(&large).await.unwrap();
        let mut parts = WriteMultipart::new_with_chunk_size(upload, 5 << 20);
        let mut bytes = vec![b'a'; 5 << 20];
        bytes.push(b'b');
        parts.write(&bytes);
        parts.finish().await.unwrap();
        let found = client.get(&large).await.unwrap().bytes().await.unwrap();
        assert!(found == bytes);
    }

    #[tokio::test]
    async fn a_foreign_client_finds_what_it_wrote_in_both_dialects() {
        for dialect in [Dialect::Aws, Dialect::Google] {
            let url = serve(S3Setup { dialect, ..setup() }).await;
            let client = client(&url, dialect);
            finds_what_it_wrote(&client).await;
            finds_what_it_wrote_in_parts(&client).await;
        }
    }

    #[tokio::test]
    async fn a_foreign_client_does_not_mind_the_variations() {
        let variations = [
            Variation::Versioned,
            Variation::ObjectLock,
            Variation::EncryptedByDefault,
        ];
        for variation in variations {
            let url = serve(S3Setup {
                variations: [variation].into(),
                ..setup()
            })
            .await;
            finds_what_it_wrote(&client(&url, Dialect::Aws)).await;
        }
    }

    #[tokio::test]
    async fn a_bucket_is_the_store_it_was_given() {
        let setup = setup();
        let store = Arc::clone(&setup.buckets.first().unwrap().store);
        let client = client(&serve(setup).await, Dialect::Aws);
        client
            .put(&Path::from("theirs"), PutPayload::from_static(b"1"))
            .await
            .unwrap();
        assert_eq!(store.get("theirs").unwrap().read().unwrap(), b"1");
        let mut upload = store.begin().unwrap();
        upload.append(b"2").unwrap();
        store.commit("ours", upload).unwrap();
        let found = client
            .get(&Path::from("ours"))
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        assert_eq!(found, &b"2"[..]);
    }
}
