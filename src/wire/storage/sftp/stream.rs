//! The two ends of a transfer: content to be read piece by piece, and a digest of what is received.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::model::digest::{Digest, Digesting};
use crate::wire::storage::Content;

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

/// What keeps nothing of what is written to it but its digest.
#[derive(Default)]
pub(super) struct Digested {
    bytes: u64,
    digest: Digesting,
}

impl Digested {
    /// Length in bytes and digest.
    pub(super) fn finish(self) -> (u64, Digest) {
        (self.bytes, self.digest.finish())
    }
}

impl AsyncWrite for Digested {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.bytes += bytes.len() as u64;
        self.digest.update(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
