//! A server that takes every connection and says nothing.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Its address, and what ends it.
pub async fn silent() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    (address, server)
}
