//! For tests: a platform that is asked without a socket.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Response};

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::platform::Platform;
use crate::emulator::ingest::routes;
use crate::emulator::ingest::setup::{Feed, PlatformSetup, Reading};
use crate::emulator::ingest::variation::Variation;
use crate::emulator::storage::Store;

/// Not complete yet.
pub(crate) const PENDING: u16 = 202;
/// Nothing is there.
pub(crate) const NOTHING: u16 = 404;
/// It cannot be read.
pub(crate) const UNREADABLE: u16 = 422;

/// A platform with one feed, and its storage.
pub(crate) struct Probe {
    pub(crate) store: Arc<Store>,
    pub(crate) platform: Arc<Platform>,
}

impl Probe {
    pub(crate) fn new(reading: Reading, faults: &[Fault], variations: &[Variation]) -> Self {
        let store = Arc::new(Store::new().unwrap());
        let feed = Feed {
            name: "f".to_owned(),
            store: Arc::clone(&store),
            reading,
            receipts: false,
        };
        let platform = Platform::new(PlatformSetup {
            feeds: vec![feed],
            token: Some("s3".to_owned()),
            faults: faults.iter().copied().collect::<BTreeSet<_>>(),
            variations: variations.iter().copied().collect::<BTreeSet<_>>(),
        });
        let platform = Arc::new(platform);
        Self { store, platform }
    }

    pub(crate) fn csv(faults: &[Fault]) -> Self {
        Self::new(Reading::default(), faults, &[])
    }

    pub(crate) fn put(&self, name: &str, content: &str) -> &Self {
        let mut upload = self.store.begin().unwrap();
        upload.append(content.as_bytes()).unwrap();
        self.store.commit(name, upload).unwrap();
        self
    }

    pub(crate) async fn ask(&self, query: &str) -> Response<Body> {
        let headers = [(AUTHORIZATION, "Bearer s3".parse().unwrap())];
        self.sent(query, headers.into_iter().collect()).await
    }

    pub(crate) async fn sent(&self, query: &str, headers: HeaderMap) -> Response<Body> {
        let (path, query) = query.split_once('?').unwrap();
        let state = State(Arc::clone(&self.platform));
        let (feed, query) = (Path("f".to_owned()), RawQuery(Some(query.to_owned())));
        match path {
            "members" => routes::listed(state, feed, query, headers).await,
            _ => routes::ingested(state, feed, query, headers).await,
        }
    }

    /// The status and the text of an answer about a folder.
    pub(crate) async fn folder(&self) -> (u16, String) {
        self.answer("ingested?folder=in").await
    }

    pub(crate) async fn answer(&self, query: &str) -> (u16, String) {
        let answer = self.ask(query).await;
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// The answer that lists these ids.
pub(crate) fn ids(ids: &[&str]) -> (u16, String) {
    let lines = ids.iter().map(|id| format!("{{\"id\":\"{id}\"}}\n"));
    (200, lines.collect())
}
