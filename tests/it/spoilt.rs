//! A connection that is out of step: what was left unread of one request is taken for the next.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use destspec::model::record::Purpose;
use destspec::wire::{AuthSetup, Credential, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::wire::{live, post, sent};

/// Takes what it did not read of a message for the next request.
async fn out_of_step() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                let refused = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
                let good = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                for answer in [good.as_slice(), refused.as_slice()] {
                    let _ = stream.read(&mut buffer).await;
                    let _ = stream.write_all(answer).await;
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_question_that_a_kept_connection_misheard_is_asked_again_on_a_new_one() {
    let door = live(AuthSetup::None);
    let url = out_of_step().await;
    let question = || Request {
        purpose: Purpose::Observation,
        ..post(&url, Credential::None)
    };
    for expected in [false, true] {
        let exchange = sent(&door, question()).await;
        assert_eq!(exchange.answer().unwrap().status, 200);
        assert_eq!(exchange.left_spoilt_connection(), expected);
    }
}
