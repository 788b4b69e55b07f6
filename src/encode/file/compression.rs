//! Compression of CSV and JSON files: the codecs' own streams, and Hadoop's block framing for LZ4 and Snappy.

use std::io::{self, Write};

use bzip2::write::BzEncoder;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::encode::file::options::Compression;

/// The most bytes that Spark puts in one LZ4 block: Hadoop's 256 KiB buffer less the codec's overhead.
pub const LZ4_BLOCK: usize = 253_952;
/// The most bytes that Spark puts in one Snappy block.
pub const SNAPPY_BLOCK: usize = 212_992;

/// Compresses what is written to it (writer rules, section 5). Call [`Encoder::finish`], or the end of the file is lost.
pub struct Encoder<W: Write> {
    stream: Stream<W>,
}

enum Stream<W: Write> {
    Bzip2(BzEncoder<W>),
    Deflate(ZlibEncoder<W>),
    Gzip(GzEncoder<W>),
    Hadoop(Blocks<W>),
    None(W),
}

impl<W: Write> Encoder<W> {
    /// Starts a file of the given compression on `out`.
    pub fn new(out: W, compression: Compression) -> Self {
        let stream = match compression {
            Compression::None => Stream::None(out),
            Compression::Bzip2 => Stream::Bzip2(BzEncoder::new(out, bzip2::Compression::best())),
            Compression::Deflate => {
                Stream::Deflate(ZlibEncoder::new(out, flate2::Compression::default()))
            }
            Compression::Gzip => Stream::Gzip(GzEncoder::new(out, flate2::Compression::default())),
            Compression::Lz4 => Stream::Hadoop(Blocks::new(out, LZ4_BLOCK, Codec::Lz4)),
            Compression::Snappy => Stream::Hadoop(Blocks::new(
                out,
                SNAPPY_BLOCK,
                Codec::Snappy(Box::new(snap::raw::Encoder::new())),
            )),
        };
        Self { stream }
    }

    /// Writes the end of the file and gives the writer back.
    ///
    /// # Errors
    ///
    /// What the writer beneath reports.
    pub fn finish(self) -> io::Result<W> {
        match self.stream {
            Stream::None(mut out) => out.flush().map(|()| out),
            Stream::Bzip2(encoder) => encoder.finish(),
            Stream::Deflate(encoder) => encoder.finish(),
            Stream::Gzip(encoder) => encoder.finish(),
            Stream::Hadoop(blocks) => blocks.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::None(out) => out.write(bytes),
            Stream::Bzip2(encoder) => encoder.write(bytes),
            Stream::Deflate(encoder) => encoder.write(bytes),
            Stream::Gzip(encoder) => encoder.write(bytes),
            Stream::Hadoop(blocks) => blocks.write(bytes),
        }
    }

    /// Flushes the writer beneath where that does not change the stream; blocks are as long as they can be.
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::None(out) => out.flush(),
            Stream::Bzip2(encoder) => encoder.get_mut().flush(),
            Stream::Deflate(encoder) => encoder.get_mut().flush(),
            Stream::Gzip(encoder) => encoder.get_mut().flush(),
            Stream::Hadoop(blocks) => blocks.out.flush(),
        }
    }
}

enum Codec {
    Lz4,
    Snappy(Box<snap::raw::Encoder>),
}

/// Hadoop's framing: the block's length, then one chunk with its own length, both 32 bits with the high byte first.
struct Blocks<W: Write> {
    out: W,
    block: Vec<u8>,
    limit: usize,
    codec: Codec,
    compressed: Vec<u8>,
    any: bool,
}

impl<W: Write> Blocks<W> {
    fn new(out: W, limit: usize, codec: Codec) -> Self {
        Self {
            out,
            block: Vec::with_capacity(limit),
            limit,
            codec,
            compressed: Vec::new(),
            any: false,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() == self.limit {
            self.write_block()?;
        }
        let taken = bytes.len().min(self.limit - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn write_block(&mut self) -> io::Result<()> {
        let length = match &mut self.codec {
            Codec::Lz4 => {
                self.compressed.resize(
                    lz4_flex::block::get_maximum_output_size(self.block.len()),
                    0,
                );
                lz4_flex::block::compress_into(&self.block, &mut self.compressed)
                    .map_err(io::Error::other)?
            }
            Codec::Snappy(encoder) => {
                self.compressed
                    .resize(snap::raw::max_compress_len(self.block.len()), 0);
                encoder
                    .compress(&self.block, &mut self.compressed)
                    .map_err(io::Error::other)?
            }
        };
        self.out.write_all(&big_endian(self.block.len())?)?;
        self.out.write_all(&big_endian(length)?)?;
        self.out.write_all(&self.compressed[..length])?;
        self.block.clear();
        self.any = true;
        Ok(())
    }

    /// An empty file is one block of no bytes, and no chunk.
    fn finish(mut self) -> io::Result<W> {
        if !self.block.is_empty() {
            self.write_block()?;
        } else if !self.any {
            self.out.write_all(&[0; 4])?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

fn big_endian(length: usize) -> io::Result<[u8; 4]> {
    u32::try_from(length)
        .map(u32::to_be_bytes)
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn compressed(bytes: &[u8], compression: Compression) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new(), compression);
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn an_empty_hadoop_file_is_four_zero_bytes() {
        assert_eq!(compressed(b"", Compression::Lz4), [0; 4]);
        assert_eq!(compressed(b"", Compression::Snappy), [0; 4]);
    }

    #[test]
    fn a_block_holds_at_most_what_hadoop_s_buffer_takes() {
        let bytes = vec![b'x'; LZ4_BLOCK + 1];
        let file = compressed(&bytes, Compression::Lz4);
        assert_eq!(file[..4], u32::try_from(LZ4_BLOCK).unwrap().to_be_bytes());
        let chunk = usize::try_from(u32::from_be_bytes(file[4..8].try_into().unwrap())).unwrap();
        assert_eq!(file[8 + chunk..12 + chunk], [0, 0, 0, 1]);
    }

    #[test]
    fn deflate_is_a_zlib_stream() {
        assert_eq!(compressed(b"a", Compression::Deflate)[..2], [0x78, 0x9C]);
    }

    #[test]
    fn gzip_names_no_file_and_no_time() {
        assert_eq!(
            compressed(b"a", Compression::Gzip)[..8],
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]
        );
    }
}
