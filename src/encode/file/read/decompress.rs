//! Compressed files back to plain bytes, Hadoop's framing of LZ4 and Snappy included.

use std::io::Read;

use crate::encode::file::options::Compression;
use crate::encode::file::read::ReadError;

/// The largest chunk that Hadoop's decompressors take, in plain bytes.
const LARGEST_CHUNK: usize = 256 << 10;

/// The plain bytes of a file.
///
/// # Errors
/// Bytes that the codec did not write, or chunks that Hadoop could not read.
pub fn decompress(bytes: &[u8], compression: Compression) -> Result<Vec<u8>, ReadError> {
    match compression {
        Compression::None => Ok(bytes.to_vec()),
        Compression::Gzip => all("gzip", flate2::read::MultiGzDecoder::new(bytes)),
        Compression::Deflate => all("deflate", flate2::read::ZlibDecoder::new(bytes)),
        Compression::Bzip2 => all("bzip2", bzip2::read::MultiBzDecoder::new(bytes)),
        Compression::Lz4 => blocks("lz4", bytes, |chunk, left| {
            lz4_flex::block::decompress(chunk, left.min(LARGEST_CHUNK))
                .map_err(|error| ReadError::format("lz4", error))
        }),
        Compression::Snappy => blocks("snappy", bytes, |chunk, _| {
            snap::raw::Decoder::new()
                .decompress_vec(chunk)
                .map_err(|error| ReadError::format("snappy", error))
        }),
    }
}

fn all(format: &'static str, mut reader: impl Read) -> Result<Vec<u8>, ReadError> {
    let mut plain = Vec::new();
    reader
        .read_to_end(&mut plain)
        .map_err(|error| ReadError::format(format, error))?;
    Ok(plain)
}

/// Blocks of a plain length and then as many chunks as it takes, each behind its compressed length.
fn blocks(
    format: &'static str,
    mut bytes: &[u8],
    decode: impl Fn(&[u8], usize) -> Result<Vec<u8>, ReadError>,
) -> Result<Vec<u8>, ReadError> {
    let cut = || ReadError::format(format, "the file ends inside of a block");
    let mut plain = Vec::new();
    while !bytes.is_empty() {
        let mut left = length(&mut bytes).ok_or_else(cut)?;
        while left > 0 {
            let size = length(&mut bytes).ok_or_else(cut)?;
            let (chunk, rest) = bytes.split_at_checked(size).ok_or_else(cut)?;
            let decoded = decode(chunk, left)?;
            if decoded.is_empty() || decoded.len() > left.min(LARGEST_CHUNK) {
                return Err(ReadError::format(
                    format,
                    "a chunk is longer than Hadoop reads",
                ));
            }
            left -= decoded.len();
            plain.extend_from_slice(&decoded);
            bytes = rest;
        }
    }
    Ok(plain)
}

fn length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}
