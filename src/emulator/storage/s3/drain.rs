//! Bodies of requests that were answered before they were read. Who sends to the end before it listens would else lose
//! the connection, and with it the answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Error;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use futures::StreamExt as _;
use hyper::body::{Frame, SizeHint};

/// A body whose rest is read when nobody wants it any more.
pub(crate) struct Drained {
    inner: Body,
    /// Not where the sender waits to be asked for it.
    is_coming: bool,
}

impl Drained {
    pub(crate) fn new(inner: Body, headers: &HeaderMap) -> Self {
        Self {
            inner,
            is_coming: !headers.contains_key(EXPECT),
        }
    }
}

impl HttpBody for Drained {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let inner = std::mem::take(&mut self.inner);
        let runtime = tokio::runtime::Handle::try_current();
        if let (Ok(runtime), true, false) = (runtime, self.is_coming, inner.is_end_stream()) {
            runtime.spawn(async move {
                let mut rest = inner.into_data_stream();
                while let Some(Ok(_)) = rest.next().await {}
            });
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use crate::emulator::storage::s3::support::{serve, setup};

    #[tokio::test]
    async fn who_sends_all_before_it_listens_still_hears_the_refusal() {
        let url = serve(setup()).await;
        let address = url.trim_start_matches("http://");
        let length = 8 << 20;
        let head = format!(
            "PUT /landing/a HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; length]).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 403");
    }
}
