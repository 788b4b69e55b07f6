//! Moving files: many blocks are under way at once, so that distance costs little, and never more of them than fit in a
//! little memory.

use std::io;

use futures::stream::FuturesOrdered;
use futures::{FutureExt as _, StreamExt as _};
use russh_sftp::client::error::Error as ProtocolError;
use russh_sftp::protocol::{Data, FileAttributes, OpenFlags, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::error::{Operation, SftpError, failed};
use super::{Sftp, kept, limited};

/// The bytes of one write: with what goes around them they fit in one packet of SSH everywhere.
const WRITTEN: usize = 32_000;
/// The bytes of one read, as every server has to grant them.
const READ: u32 = 32_768;
/// How many blocks may be under way.
const UNDER_WAY: usize = 64;

impl Sftp {
    /// Writes a file, in place of what has its name; its size in bytes. Told of the bytes of every write that is answered.
    ///
    /// # Errors
    /// When the server refuses or says nothing in time, the reader fails, or it gives another size than expected.
    pub async fn put(
        &self,
        path: &str,
        mut reader: impl AsyncRead + Unpin,
        expected: Option<u64>,
        taken: impl Fn(usize),
    ) -> Result<u64, SftpError> {
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
        let open = self.raw.open(path, flags, FileAttributes::empty());
        let handle = self.ask(Operation::Put, path, open).await?;
        let handle = kept(Operation::Put, path, handle)?;
        let sent = self.send((path, &handle), &mut reader, taken).await;
        let closed = self
            .ask(Operation::Put, path, self.raw.close(&handle))
            .await;
        let sent = sent?;
        closed?;
        match expected {
            Some(expected) if expected != sent => Err(local(
                Operation::Put,
                path,
                &format!("expected {expected} bytes, received {sent}"),
            )),
            Some(_) | None => Ok(sent),
        }
    }

    async fn send(
        &self,
        (path, handle): (&str, &str),
        reader: &mut (impl AsyncRead + Unpin),
        taken: impl Fn(usize),
    ) -> Result<u64, SftpError> {
        let doing = Operation::Put;
        let answered = |(bytes, answer): (usize, Result<_, ProtocolError>)| match answer {
            Ok(_) => {
                taken(bytes);
                Ok(())
            }
            Err(error) => Err(failed(doing, path, error, &self.seen)),
        };
        let mut under_way = FuturesOrdered::new();
        let mut offset = 0;
        loop {
            let block = block(reader).await;
            let block = block.map_err(|error| local(doing, path, &error.to_string()))?;
            if block.is_empty() {
                break;
            }
            let bytes = block.len();
            let write = self.raw.write(handle, offset, block);
            under_way.push_back(write.map(move |answer| (bytes, answer)));
            offset += bytes as u64;
            // looking at the answers is what sends the block
            while let Some(Some(answer)) = under_way.next().now_or_never() {
                answered(answer)?;
            }
            if under_way.len() >= UNDER_WAY
                && let Some(answer) = limited(self.time_limit, doing, under_way.next()).await?
            {
                answered(answer)?;
            }
        }
        while let Some(answer) = limited(self.time_limit, doing, under_way.next()).await? {
            answered(answer)?;
        }
        Ok(offset)
    }

    /// Reads a file; its size in bytes.
    ///
    /// # Errors
    /// When the server refuses or says nothing in time, or the writer fails.
    pub async fn get(
        &self,
        path: &str,
        mut writer: impl AsyncWrite + Unpin,
    ) -> Result<u64, SftpError> {
        let doing = Operation::Get;
        let open = self
            .raw
            .open(path, OpenFlags::READ, FileAttributes::empty());
        let handle = kept(doing, path, self.ask(doing, path, open).await?)?;
        let received = self.receive(path, &handle, &mut writer).await;
        let closed = self.ask(doing, path, self.raw.close(&handle)).await;
        let received = received?;
        closed?;
        let flushed = writer.flush().await;
        flushed.map_err(|error| local(doing, path, &error.to_string()))?;
        Ok(received)
    }

    async fn receive(
        &self,
        path: &str,
        handle: &str,
        writer: &mut (impl AsyncWrite + Unpin),
    ) -> Result<u64, SftpError> {
        let doing = Operation::Get;
        let mut under_way = FuturesOrdered::new();
        let (mut received, mut asked) = (0_u64, 0_u64);
        // one block first: most files are small, and some servers give less than they are asked for
        let mut many = 1;
        loop {
            while under_way.len() < many {
                under_way.push_back(self.raw.read(handle, asked, READ));
                asked += u64::from(READ);
            }
            let Some(answer) = limited(self.time_limit, doing, under_way.next()).await? else {
                return Ok(received);
            };
            let Some(data) = self.data(path, answer)? else {
                return Ok(received);
            };
            let written = writer.write_all(&data).await;
            written.map_err(|error| local(doing, path, &error.to_string()))?;
            received += data.len() as u64;
            if data.len() < READ as usize {
                // what was asked beyond a short answer leaves a gap
                under_way = FuturesOrdered::new();
                asked = received;
            }
            many = (many * 2).min(UNDER_WAY);
        }
    }

    /// The bytes of an answer; none at the end of the file.
    fn data(
        &self,
        path: &str,
        answer: Result<Data, ProtocolError>,
    ) -> Result<Option<Vec<u8>>, SftpError> {
        match answer {
            Ok(data) => Ok(Some(data.data).filter(|data| !data.is_empty())),
            Err(ProtocolError::Status(status)) if status.status_code == StatusCode::Eof => Ok(None),
            Err(error) => Err(failed(Operation::Get, path, error, &self.seen)),
        }
    }
}

/// The next bytes: a whole block, unless it is the last.
async fn block(reader: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(WRITTEN);
    let mut part = reader.take(WRITTEN as u64);
    while block.len() < WRITTEN && part.read_buf(&mut block).await? > 0 {}
    Ok(block)
}

fn local(doing: Operation, path: &str, text: &str) -> SftpError {
    SftpError::Local {
        doing,
        path: path.to_owned(),
        text: text.to_owned(),
    }
}
