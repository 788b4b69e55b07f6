//! Sessions of SFTP that a server ends while nobody uses them, and logins that it refuses.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use destspec::model::near_miss::NearMiss;
use destspec::model::record::{Operation, Purpose, StorageResult};
use destspec::wire::{Content, Login, Session};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::support::locations::{door, start};

/// What lies between a client and a server: it counts connections, and ends them.
#[derive(Clone, Default)]
struct Between {
    begun: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    end: Arc<Notify>,
}

impl Between {
    /// Its port.
    async fn start(&self, server: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let own = self.clone();
        tokio::spawn(async move {
            loop {
                let (mut here, _) = listener.accept().await.unwrap();
                let to = ("127.0.0.1", server.parse().unwrap());
                let mut there = TcpStream::connect(to).await.unwrap();
                own.begun.fetch_add(1, Ordering::SeqCst);
                own.open.fetch_add(1, Ordering::SeqCst);
                let own = own.clone();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = copy_bidirectional(&mut here, &mut there) => {}
                        () = own.end.notified() => {}
                    }
                    drop((here, there));
                    own.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        port.to_string()
    }

    async fn end_all(&self) {
        self.end.notify_waiters();
        while self.open.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

async fn result(session: &Session, operation: Operation, login: Login) -> StorageResult {
    let content = Content::from(b"a,b\n1,2\n".as_slice());
    let content = matches!(operation, Operation::Put { .. }).then_some(&content);
    let stored = session.store(Purpose::Delivery, (operation, content), login);
    let exchange = session.exchange(stored.await.unwrap()).unwrap();
    exchange.storage().unwrap().result.clone()
}

fn put(path: &str) -> Operation {
    let content = Content::from(b"a,b\n1,2\n".as_slice());
    Operation::Put {
        path: path.to_owned(),
        bytes: content.bytes(),
        sha256: content.sha256(),
    }
}

fn get(path: &str) -> Operation {
    Operation::Get {
        path: path.to_owned(),
    }
}

#[tokio::test]
async fn a_session_that_the_server_ended_meanwhile_is_replaced() {
    let server = start("SFTP", Vec::new()).await;
    let between = Between::default();
    let door = door("SFTP", &between.start(server.at()).await);
    let session = door.session("ended");
    let path = || String::from("run/a.csv");
    let list = || Operation::List {
        path: "run".to_owned(),
    };
    assert_eq!(
        result(&session, put(&path()), Login::Valid).await,
        StorageResult::Done
    );
    let operations = [
        put(&path()),
        list(),
        get(&path()),
        Operation::Rename {
            from: path(),
            to: "run/b.csv".to_owned(),
        },
        Operation::Delete {
            path: "run/b.csv".to_owned(),
        },
    ];
    for operation in operations {
        let said = operation.summary();
        between.end_all().await;
        let result = result(&session, operation, Login::Valid).await;
        let failed = matches!(
            result,
            StorageResult::Refused { .. } | StorageResult::Failure { .. }
        );
        assert!(!failed, "{said}: {result:?}");
    }
    let entries = Vec::new();
    let left = result(&session, list(), Login::Valid).await;
    assert_eq!(left, StorageResult::Entries { entries });
    assert_eq!(between.begun(), 6);
}

#[tokio::test]
async fn a_wrong_login_is_tried_once_whatever_is_asked_with_it() {
    let server = start("SFTP", Vec::new()).await;
    let between = Between::default();
    let door = door("SFTP", &between.start(server.at()).await);
    let session = door.session("refused");
    let login = Login::Near(NearMiss::LastSign);
    let first = result(&session, get("run/a.csv"), login).await;
    let is_refusal = |result: &StorageResult| matches!(result, StorageResult::Refused { code, .. } if code == "SSH_AUTH_FAILED");
    assert!(is_refusal(&first), "{first:?}");
    let tried = between.begun();
    for operation in [get("run/a.csv"), put("run/intruder.csv")] {
        assert_eq!(result(&session, operation, login).await, first);
    }
    assert_eq!(between.begun(), tried);
    let valid = result(&session, put("run/a.csv"), Login::Valid).await;
    assert_eq!(valid, StorageResult::Done);
}
