//! How Hadoop frames LZ4 and Snappy: blocks of a plain length, each of chunks of a compressed length. It is neither
//! the frame format of LZ4 nor that of Snappy, and common readers know it not.

use std::io::{self, Read};

/// The largest plain block that is believed: Hadoop's buffers are far smaller.
const LARGEST: usize = 64 * 1024 * 1024;

/// What the chunks are compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Lz4,
    Snappy,
}

/// Reads Hadoop's blocks.
pub(crate) struct HadoopReader<R> {
    file: R,
    codec: Codec,
    first_block_only: bool,
    blocks: u64,
    /// Plain bytes of the open block that are still to come.
    due: usize,
    chunk: Vec<u8>,
    plain: Vec<u8>,
    given: usize,
}

impl<R: Read> HadoopReader<R> {
    pub(crate) fn new(file: R, codec: Codec, first_block_only: bool) -> Self {
        Self {
            file,
            codec,
            first_block_only,
            blocks: 0,
            due: 0,
            chunk: Vec::new(),
            plain: Vec::new(),
            given: 0,
        }
    }

    /// Opens the next block; whether there is one.
    fn next_block(&mut self) -> io::Result<bool> {
        if self.first_block_only && self.blocks > 0 {
            return Ok(false);
        }
        let mut first = [0];
        if self.file.read(&mut first)? == 0 {
            return Ok(false);
        }
        let mut rest = [0; 3];
        self.file.read_exact(&mut rest)?;
        self.due = length([first[0], rest[0], rest[1], rest[2]])?;
        self.blocks = self.blocks.saturating_add(1);
        Ok(true)
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let mut head = [0; 4];
        self.file.read_exact(&mut head)?;
        self.chunk.resize(length(head)?, 0);
        self.file.read_exact(&mut self.chunk)?;
        self.plain.resize(self.due, 0);
        let written = match self.codec {
            Codec::Lz4 => lz4_flex::block::decompress_into(&self.chunk, &mut self.plain)
                .map_err(|error| broken(&error.to_string()))?,
            Codec::Snappy => snap::raw::Decoder::new()
                .decompress(&self.chunk, &mut self.plain)
                .map_err(|error| broken(&error.to_string()))?,
        };
        if written == 0 {
            return Err(broken("a chunk of nothing"));
        }
        self.plain.truncate(written);
        self.given = 0;
        self.due = self.due.saturating_sub(written);
        Ok(())
    }
}

impl<R: Read> Read for HadoopReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.plain.len() {
            if self.due > 0 {
                self.next_chunk()?;
            } else if !self.next_block()? {
                return Ok(0);
            }
        }
        let rest = self.plain.get(self.given..).unwrap_or_default();
        let count = rest.len().min(into.len());
        for (to, from) in into.iter_mut().zip(rest) {
            *to = *from;
        }
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

fn length(bytes: [u8; 4]) -> io::Result<usize> {
    usize::try_from(u32::from_be_bytes(bytes))
        .ok()
        .filter(|length| *length <= LARGEST)
        .ok_or_else(|| broken("a length that no block has"))
}

fn broken(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_block_may_have_several_chunks_and_an_empty_file_is_a_block_of_nothing() {
        let chunk = |plain: &[u8]| {
            let packed = lz4_flex::block::compress(plain);
            let length = u32::try_from(packed.len()).unwrap().to_be_bytes();
            [&length[..], &packed].concat()
        };
        let bytes = [&[0, 0, 0, 6][..], &chunk(b"abcd"), &chunk(b"ef")].concat();
        let mut text = String::new();
        let mut reader = HadoopReader::new(&bytes[..], Codec::Lz4, false);
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdef");
        let mut empty = HadoopReader::new(&[0_u8; 4][..], Codec::Snappy, false);
        assert_eq!(empty.read_to_string(&mut text).unwrap(), 0);
    }

    #[test]
    fn a_frame_of_lz4_is_no_block_of_hadoop() {
        let frame = [0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0, 0, 0, 0];
        let mut reader = HadoopReader::new(&frame[..], Codec::Lz4, false);
        assert!(reader.read_to_end(&mut Vec::new()).is_err());
    }
}
