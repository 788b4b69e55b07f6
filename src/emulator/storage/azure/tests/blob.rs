//! The Blob dialect, as the crate `object_store` speaks it.

use futures::TryStreamExt as _;
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::path::Path;
use object_store::{
    ClientOptions, Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, RetryConfig,
    WriteMultipart,
};

use super::{KEY, Running, signed};
use crate::emulator::storage::{Fault, Store, Variation};

/// By what a client proves itself.
enum By<'a> {
    Key(&'a str),
    Sas(&'a str),
    Principal(&'a str),
    Nothing,
}

async fn running(faults: &[Fault], variations: &[Variation]) -> Running {
    super::running(faults, variations, false).await
}

fn client(running: &Running, by: By<'_>) -> MicrosoftAzure {
    // a provider that another test installed does as well
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let url = &running.url;
    let builder = MicrosoftAzureBuilder::new()
        .with_endpoint(format!("{url}/moonshine"))
        .with_account("moonshine")
        .with_container_name("landing")
        .with_client_options(ClientOptions::new().with_allow_http(true))
        .with_retry(RetryConfig {
            max_retries: 0,
            ..RetryConfig::default()
        });
    let builder = match by {
        By::Key(key) => builder.with_access_key(key),
        By::Sas(sas) => builder.with_config("azure_storage_sas_key".parse().unwrap(), sas),
        By::Principal(secret) => {
            let authority = "azure_storage_authority_host".parse().unwrap();
            builder
                .with_client_secret_authorization("app", secret, "tenant-1")
                .with_config(authority, url)
        }
        By::Nothing => builder.with_skip_signature(true),
    };
    builder.build().unwrap()
}

async fn names(client: &MicrosoftAzure, prefix: &str) -> Vec<String> {
    let prefix = Path::parse(prefix).unwrap();
    let all: Vec<_> = client.list(Some(&prefix)).try_collect().await.unwrap();
    all.into_iter()
        .map(|found| found.location.to_string())
        .collect()
}

async fn whole_life(client: &MicrosoftAzure, store: &Store) {
    let name = "in/é & <1>%+.csv";
    let path = Path::parse(name).unwrap();
    client.put(&path, "id\n1\n".into()).await.unwrap();
    assert_eq!(store.get(name).unwrap().read().unwrap(), b"id\n1\n");
    let exists = client
        .put_opts(&path, "2".into(), PutOptions::from(PutMode::Create))
        .await;
    assert!(matches!(exists, Err(Error::AlreadyExists { .. })));
    assert_eq!(client.get_range(&path, 3..4).await.unwrap(), "1");
    assert_eq!(client.head(&path).await.unwrap().size, 5);

    let large = Path::parse("in/deep/large.bin").unwrap();
    let upload = client.put_multipart(&large).await.unwrap();
    let mut writer = WriteMultipart::new_with_chunk_size(upload, 1024 * 1024);
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|place| (place % 251) as u8)
        .collect();
    writer.write(&bytes);
    assert!(store.get("in/deep/large.bin").is_none());
    writer.finish().await.unwrap();
    let found = client.get(&large).await.unwrap().bytes().await.unwrap();
    assert!(found == bytes);

    assert_eq!(names(client, "in").await, ["in/deep/large.bin", name]);
    let level = client
        .list_with_delimiter(Some(&Path::parse("in").unwrap()))
        .await
        .unwrap();
    assert_eq!((level.objects.len(), level.common_prefixes.len()), (1, 1));
    client.delete(&path).await.unwrap();
    client.delete(&large).await.unwrap();
    let gone = client.get(&path).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    assert!(store.list("").is_empty());
}

#[tokio::test]
async fn a_file_lives_with_a_key_a_signature_and_a_token_alike() {
    let running = running(&[], &[]).await;
    let sas = signed(&running.store, "rwdl", 1);
    for by in [By::Key(KEY), By::Sas(&sas), By::Principal("S3cret~value")] {
        whole_life(&client(&running, by), &running.store).await;
    }
}

#[tokio::test]
async fn wrong_credentials_open_nothing() {
    let running = running(&[], &[]).await;
    let expired = signed(&running.store, "rwdl", -1);
    let read_only = signed(&running.store, "rl", 1);
    let tampered = read_only.replace("sp=rl", "sp=rlw");
    for (by, status, code) in [
        (By::Key("YW5vdGhlciBrZXk="), "403", "AuthenticationFailed"),
        (By::Sas(&expired), "403", "AuthenticationFailed"),
        (By::Sas(&tampered), "403", "AuthenticationFailed"),
        (
            By::Sas(&read_only),
            "403",
            "AuthorizationPermissionMismatch",
        ),
        (By::Principal("s3cret~value"), "401", "invalid_client"),
        (By::Nothing, "401", "NoAuthenticationInformation"),
    ] {
        let path = Path::parse("in/a.csv").unwrap();
        let refusal = client(&running, by).put(&path, "1".into()).await;
        let text = chain(&refusal.unwrap_err());
        assert!(text.contains(status) && text.contains(code), "{text}");
    }
    assert!(running.store.list("").is_empty());
}

fn chain(error: &dyn std::error::Error) -> String {
    let rest = error.source().map(chain).unwrap_or_default();
    format!("{error}: {rest}")
}

#[tokio::test]
async fn a_fault_opens_to_the_near_miss_what_is_closed_otherwise() {
    for (fault, by) in [
        (Fault::AnySecretAccepted, By::Key("YW5vdGhlciBrZXk=")),
        (Fault::SecretCut, By::Key("c2VjcmV0")),
        (Fault::SecretCaseIgnored, By::Principal("s3cret~value")),
        (Fault::AnonymousWrite, By::Nothing),
    ] {
        let running = running(&[fault], &[]).await;
        let path = Path::parse("in/a.csv").unwrap();
        let client = client(&running, by);
        client.put(&path, "1".into()).await.unwrap();
        assert!(running.store.get("in/a.csv").is_some(), "{fault}");
    }
}

#[tokio::test]
async fn a_large_file_suffers_from_what_concerns_parts() {
    for (fault, expected) in [
        (None, Some(b"abc".as_slice())),
        (Some(Fault::LargeCut), Some(b"ab".as_slice())),
        (Some(Fault::PartsDisordered), Some(b"cba".as_slice())),
        (Some(Fault::WriteLost), None),
    ] {
        let running = running(fault.as_slice(), &[]).await;
        let client = client(&running, By::Key(KEY));
        let path = Path::parse("in/a").unwrap();
        let mut upload = client.put_multipart(&path).await.unwrap();
        for part in ["a", "b", "c"] {
            upload.put_part(part.into()).await.unwrap();
        }
        upload.complete().await.unwrap();
        let found = running.store.get("in/a");
        let found = found.map(|object| object.read().unwrap());
        assert_eq!(found.as_deref(), expected, "{fault:?}");
    }
}

#[tokio::test]
async fn a_container_that_is_missing_and_deletions_that_are_ignored_look_so() {
    let path = Path::parse("in/a").unwrap();
    let missing = running(&[Fault::ContainerMissing], &[]).await;
    let refusal = client(&missing, By::Key(KEY)).put(&path, "1".into()).await;
    assert!(chain(&refusal.unwrap_err()).contains("ContainerNotFound"));
    for (fault, refused) in [(Fault::DeleteRefused, true), (Fault::DeleteIgnored, false)] {
        let running = running(&[fault], &[]).await;
        let client = client(&running, By::Key(KEY));
        client.put(&path, "1".into()).await.unwrap();
        assert_eq!(client.delete(&path).await.is_err(), refused, "{fault}");
        assert_eq!(names(&client, "in").await, ["in/a"], "{fault}");
    }
}

#[tokio::test]
async fn a_harmless_difference_is_seen_where_it_says() {
    let path = Path::parse("in/a").unwrap();
    let put_only = running(&[], &[Variation::PutOnly]).await;
    let closed = client(&put_only, By::Key(KEY));
    closed.put(&path, "1".into()).await.unwrap();
    assert!(closed.get(&path).await.is_err() && closed.delete(&path).await.is_err());
    let late = running(&[], &[Variation::EventualList]).await;
    let late = client(&late, By::Key(KEY));
    late.put(&path, "1".into()).await.unwrap();
    assert!(names(&late, "in").await.is_empty());
    assert_eq!(names(&late, "in").await, ["in/a"]);
}
