//! The container: a zip archive of which every byte outside the file contents is fixed by the names and contents. The
//! same files give the same archive; whoever reads it can make each header again and compare.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// How the bytes of an entry are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// RFC 1951.
    Deflated,
}

/// What the headers of an entry say, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name.
    pub name: String,
    /// How its bytes are kept.
    pub method: Method,
    /// CRC-32 of the content.
    pub crc: u32,
    /// Bytes kept.
    pub packed: u32,
    /// Bytes of the content.
    pub unpacked: u32,
}

/// Bytes of a local header before the name.
pub const LOCAL: usize = 30;
/// Bytes of a central header before the name.
pub const CENTRAL: usize = 46;
/// Bytes of the end record.
pub const END: usize = 22;
/// A regular file of Unix that all may read and its owner write.
const REGULAR: u32 = 0o100_644 << 16;
/// 1 January 1980, the first day that a zip archive knows.
const DATE: u16 = 0x21;
/// Made on Unix, by version 2.0 of the format.
const MADE_BY: u16 = 3 << 8 | 20;

impl Method {
    /// Its number in the format.
    pub fn number(self) -> u16 {
        match self {
            Method::Stored => 0,
            Method::Deflated => 8,
        }
    }

    /// The one of that number.
    pub fn of(number: u16) -> Option<Self> {
        let all = [Method::Stored, Method::Deflated];
        all.into_iter().find(|method| method.number() == number)
    }

    fn needs(self) -> u16 {
        match self {
            Method::Stored => 10,
            Method::Deflated => 20,
        }
    }
}

impl Entry {
    /// The header before its bytes.
    pub fn local(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LOCAL + self.name.len());
        bytes.extend(b"PK\x03\x04");
        self.shared(&mut bytes);
        bytes.extend(0_u16.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes
    }

    /// The header in the directory, of an entry that begins at that byte.
    pub fn central(&self, at: u32) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(CENTRAL + self.name.len());
        bytes.extend(b"PK\x01\x02");
        bytes.extend(MADE_BY.to_le_bytes());
        self.shared(&mut bytes);
        // no extra field, no comment, first disk, no internal attributes
        bytes.extend([0; 8]);
        bytes.extend(REGULAR.to_le_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes
    }

    fn shared(&self, bytes: &mut Vec<u8>) {
        for word in [self.method.needs(), 0, self.method.number(), 0, DATE] {
            bytes.extend(word.to_le_bytes());
        }
        for number in [self.crc, self.packed, self.unpacked] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(length(self.name.len()).to_le_bytes());
    }
}

/// The end record of so many entries, of which the directory has so many bytes from that one on.
pub fn end(entries: usize, bytes: u32, at: u32) -> Vec<u8> {
    let mut record = Vec::with_capacity(END);
    record.extend(b"PK\x05\x06\0\0\0\0");
    record.extend(length(entries).to_le_bytes());
    record.extend(length(entries).to_le_bytes());
    record.extend(bytes.to_le_bytes());
    record.extend(at.to_le_bytes());
    record.extend([0; 2]);
    record
}

fn length(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// Packs files, in order of name.
///
/// # Errors
/// When there is more than a zip archive without its 64-bit extension can hold.
pub fn write(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let (method, kept) = packed(content)?;
        let entry = entry(name, content, (method, kept.len()))?;
        let at = fitting(archive.len())?;
        archive.extend(entry.local());
        archive.extend(kept);
        directory.extend(entry.central(at));
    }
    let (at, bytes) = (fitting(archive.len())?, fitting(directory.len())?);
    u16::try_from(files.len()).map_err(|_| too_large())?;
    archive.extend(directory);
    archive.extend(end(files.len(), bytes, at));
    Ok(archive)
}

/// How a content is kept, and the bytes: whatever is shorter. The same content gives the same bytes on every machine.
///
/// # Errors
/// When the encoder refuses them.
pub fn packed(content: &[u8]) -> io::Result<(Method, Vec<u8>)> {
    let mut deflating = DeflateEncoder::new(Vec::new(), Compression::default());
    deflating.write_all(content)?;
    let deflated = deflating.finish()?;
    Ok(if deflated.len() < content.len() {
        (Method::Deflated, deflated)
    } else {
        (Method::Stored, content.to_vec())
    })
}

fn entry(name: &str, content: &[u8], (method, kept): (Method, usize)) -> io::Result<Entry> {
    let mut crc = Crc::new();
    crc.update(content);
    Ok(Entry {
        name: name.to_owned(),
        method,
        crc: crc.sum(),
        packed: fitting(kept)?,
        unpacked: fitting(content.len())?,
    })
}

fn fitting(number: usize) -> io::Result<u32> {
    u32::try_from(number).map_err(|_| too_large())
}

fn too_large() -> io::Error {
    io::Error::other("more than a zip archive can hold")
}
