//! The bytes of a file, decompressed while they are read. What a format is made of is none of its business.

use std::io::{self, BufRead as _, BufReader, Read};

use bzip2::bufread::{BzDecoder, MultiBzDecoder};
use flate2::bufread::{GzDecoder, MultiGzDecoder};

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::hadoop::{Codec, HadoopReader};
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::setup::Compression;
use crate::emulator::ingest::zlib::ZlibReader;

/// A file after decompression.
pub(crate) fn decompressed(
    file: impl Read + 'static,
    compression: Compression,
    rules: &Rules,
) -> Result<Box<dyn Read>, Unreadable> {
    let Some(unread) = unread(compression) else {
        return Ok(Box::new(file));
    };
    if rules.has(unread) {
        return Err(Unreadable::Refused(
            "the platform does not know this compression",
        ));
    }
    let mut file = BufReader::with_capacity(1 << 16, file);
    if file.fill_buf()?.is_empty() {
        // no compressor writes nothing at all
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    let one_member = rules.has(Fault::CompressedMembersIgnored);
    let one_block = rules.has(Fault::CompressedBlocksIgnored);
    Ok(match compression {
        Compression::None => Box::new(file),
        Compression::Gzip if one_member => Box::new(GzDecoder::new(file)),
        Compression::Gzip => Box::new(MultiGzDecoder::new(file)),
        Compression::Bzip2 if one_member => Box::new(BzDecoder::new(file)),
        Compression::Bzip2 => Box::new(MultiBzDecoder::new(file)),
        Compression::Deflate => Box::new(ZlibReader::new(file)),
        Compression::Lz4 => Box::new(HadoopReader::new(file, Codec::Lz4, one_block)),
        Compression::Snappy => Box::new(HadoopReader::new(file, Codec::Snappy, one_block)),
    })
}

/// The fault of not knowing a compression.
fn unread(compression: Compression) -> Option<Fault> {
    match compression {
        Compression::None => None,
        Compression::Gzip => Some(Fault::GzipUnread),
        Compression::Bzip2 => Some(Fault::Bzip2Unread),
        Compression::Lz4 => Some(Fault::Lz4Unread),
        Compression::Snappy => Some(Fault::SnappyUnread),
        Compression::Deflate => Some(Fault::DeflateUnread),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::io::Write as _;

    use super::*;

    fn read(bytes: &[u8], compression: Compression, rules: &Rules) -> Result<Vec<u8>, Unreadable> {
        let mut plain = Vec::new();
        let file = io::Cursor::new(bytes.to_vec());
        decompressed(file, compression, rules)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(plain: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn lz4(plain: &[u8]) -> Vec<u8> {
        framed(plain, &lz4_flex::block::compress(plain))
    }

    fn snappy(plain: &[u8]) -> Vec<u8> {
        framed(
            plain,
            &snap::raw::Encoder::new().compress_vec(plain).unwrap(),
        )
    }

    fn framed(plain: &[u8], chunk: &[u8]) -> Vec<u8> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length(plain)[..], &length(chunk)[..], chunk].concat()
    }

    type Compressor = fn(&[u8]) -> Vec<u8>;

    const ALL: [(Compression, Compressor, Fault); 5] = [
        (Compression::Gzip, gzip, Fault::GzipUnread),
        (Compression::Bzip2, bzip2, Fault::Bzip2Unread),
        (Compression::Deflate, zlib, Fault::DeflateUnread),
        (Compression::Lz4, lz4, Fault::Lz4Unread),
        (Compression::Snappy, snappy, Fault::SnappyUnread),
    ];

    #[test]
    fn what_was_compressed_is_read_and_each_has_its_fault() {
        let plain = b"id,name\n1,Zo\xc3\xab\n".repeat(500);
        for (compression, compress, fault) in ALL {
            let bytes = compress(&plain);
            let all = read(&bytes, compression, &Rules::default());
            assert_eq!(all.unwrap(), plain, "{compression:?}");
            assert!(read(&bytes, compression, &Rules::with(fault)).is_err());
        }
    }

    #[test]
    fn what_is_cut_anywhere_cannot_be_read() {
        let plain = b"id,name\n1,Zo\xc3\xab\n".repeat(20);
        for (compression, compress, _) in ALL {
            let bytes = compress(&plain);
            for end in 0..bytes.len() {
                let cut = read(&bytes[..end], compression, &Rules::default());
                assert!(cut.is_err(), "{compression:?} cut at {end}");
            }
        }
    }

    #[test]
    fn all_members_streams_and_blocks_are_read_unless_the_fault_is_set() {
        for (compression, compress, _) in ALL {
            let bytes = [compress(b"one"), compress(b"two")].concat();
            let fault = match compression {
                Compression::Lz4 | Compression::Snappy => Fault::CompressedBlocksIgnored,
                Compression::Gzip | Compression::Bzip2 => Fault::CompressedMembersIgnored,
                Compression::None | Compression::Deflate => continue,
            };
            let all = read(&bytes, compression, &Rules::default());
            assert_eq!(all.unwrap(), b"onetwo", "{compression:?}");
            let first = read(&bytes, compression, &Rules::with(fault));
            assert_eq!(first.unwrap(), b"one", "{compression:?}");
        }
    }
}
