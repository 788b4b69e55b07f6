//! The stand-in on the wire. What no client here could judge is judged by one that nobody here wrote.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod blob;
mod lake;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::emulator::storage::azure::{
    Account, AzureSetup, Container, SasTerms, Tenant, router, sas,
};
use crate::emulator::storage::{Fault, Store, Variation};

const KEY: &str = "c2VjcmV0IGtleSBvZiB0aGUgbW9vbnNoaW5lIGFjY291bnQ=";

/// A server that stops when it is dropped.
struct Running {
    url: String,
    store: Arc<Store>,
    server: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn account(store: &Arc<Store>, hierarchical: bool) -> Account {
    Account {
        name: "moonshine".to_owned(),
        key: KEY.to_owned(),
        containers: vec![Container {
            name: "landing".to_owned(),
            store: Arc::clone(store),
            folder: "in".to_owned(),
            policies: Vec::new(),
        }],
        hierarchical,
        principals: vec!["app".to_owned()],
    }
}

async fn running(faults: &[Fault], variations: &[Variation], hierarchical: bool) -> Running {
    let store = Arc::new(Store::new().unwrap());
    let setup = AzureSetup {
        accounts: vec![account(&store, hierarchical)],
        tenants: vec![Tenant {
            id: "tenant-1".to_owned(),
            client_id: "app".to_owned(),
            client_secret: "S3cret~value".to_owned(),
        }],
        faults: BTreeSet::from_iter(faults.iter().copied()),
        variations: BTreeSet::from_iter(variations.iter().copied()),
        https: false,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        axum::serve(listener, router(setup)).await.unwrap();
    });
    Running { url, store, server }
}

fn signed(store: &Arc<Store>, permissions: &str, hours: i64) -> String {
    let terms = SasTerms {
        container: "landing".to_owned(),
        permissions: permissions.to_owned(),
        expiry: Timestamp::now().checked_add(hours.hours()).ok(),
        ..SasTerms::default()
    };
    sas(&account(store, false), &terms)
}
