//! The two ends of a transfer: content to be read piece by piece, and what is seen of what is received.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::wire::storage::Content;
use crate::wire::storage::seen::Seen;

/// Bytes that are fetched at once.
const PIECE: usize = 1024 * 1024;

/// A content as a stream of bytes.
pub(super) fn reader(content: &Content) -> Reader {
    Reader {
        content: content.clone(),
        offset: 0,
        piece: Bytes::new(),
        fetching: None,
    }
}

pub(super) struct Reader {
    content: Content,
    offset: u64,
    piece: Bytes,
    fetching: Option<BoxFuture<'static, io::Result<Bytes>>>,
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.piece.is_empty() && self.offset < self.content.bytes() {
            let (content, offset) = (self.content.clone(), self.offset);
            let fetching = self
                .fetching
                .get_or_insert_with(|| Box::pin(async move { content.part(offset, PIECE).await }));
            let piece = ready!(fetching.as_mut().poll(context))?;
            self.fetching = None;
            self.offset += piece.len() as u64;
            self.piece = piece;
        }
        let most = self.piece.len().min(buffer.remaining());
        buffer.put_slice(&self.piece[..most]);
        self.piece.advance(most);
        Poll::Ready(Ok(()))
    }
}

/// The other end: what is seen of a file.
pub(super) struct Sink(pub(super) Seen);

impl AsyncWrite for Sink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
