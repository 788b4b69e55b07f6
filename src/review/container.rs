//! Reads a bundle's container as something hostile: every byte outside the file contents must be the one that
//! [`crate::publish::bundle::zip`] writes, limits hold before and while something is unpacked, and nothing is written.

use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::publish::bundle::name::is_allowed;
use crate::publish::bundle::zip::{CENTRAL, END, Entry, Method, end};

/// What a bundle may have at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the archive.
    pub packed: u64,
    /// Bytes of all files.
    pub unpacked: u64,
    /// Bytes of one file.
    pub file: u64,
    /// Files.
    pub files: usize,
    /// How many times larger a file may be than what is kept of it.
    pub ratio: u64,
}

impl Limits {
    /// What no policy raises.
    pub const MOST: Limits = Limits {
        packed: 256 << 20,
        unpacked: 1 << 30,
        file: 128 << 20,
        files: 20_000,
        ratio: 200,
    };
}

/// Files too small for their ratio to mean anything.
const SMALL: u64 = 64 << 10;

/// Why an archive is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContainerFault {
    /// A limit is exceeded.
    #[error("expected at most {most} {what}, received {received}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: u64,
        /// How much there is.
        received: u64,
    },
    /// It does not end with an end record and nothing behind it.
    #[error("expected an archive that ends with its end record, received other bytes at its end")]
    End,
    /// The directory is not where and as large as the end record says, or holds something else.
    #[error("expected {0} in the directory, received something else")]
    Directory(&'static str),
    /// An entry is of a kind that no bundle has.
    #[error("entry {index}: expected {expected}, received something else")]
    Entry {
        /// Which, from 1.
        index: usize,
        /// What it should be.
        expected: &'static str,
    },
    /// A name is not allowed.
    #[error("entry {0}: expected a plain lower-case name, received another")]
    Name(usize),
    /// Names repeat, are not in order, or one is a folder of another.
    #[error("entry {0}: expected names in order, each once and none a folder of another")]
    Order(usize),
    /// The header before the bytes does not say what the directory says.
    #[error("`{0}`: expected the header that the directory describes, received another")]
    Header(String),
    /// Bytes stand between entries, before the first or behind the last, or entries overlap.
    #[error("expected the entries one behind the other from the first byte on, received a gap")]
    Gap,
    /// What was unpacked is not what was announced.
    #[error("`{0}`: expected the bytes that its header announces, received others")]
    Content(String),
}

impl ContainerFault {
    /// The check of the review that fails.
    pub fn check(&self) -> &'static str {
        match self {
            ContainerFault::Limit { .. } => "A1",
            ContainerFault::Directory(_) | ContainerFault::Entry { .. } => "A2",
            ContainerFault::Name(_) | ContainerFault::Order(_) => "A3",
            ContainerFault::Header(_) | ContainerFault::Content(_) => "A4",
            ContainerFault::End | ContainerFault::Gap => "A5",
        }
    }
}

/// An archive of which every header was checked.
#[derive(Debug)]
pub struct Container<'a> {
    bytes: &'a [u8],
    entries: Vec<(Entry, usize)>,
}

impl<'a> Container<'a> {
    /// Looks at every header; unpacks nothing.
    ///
    /// # Errors
    /// When a byte is not as destspec would have written it, or a limit is exceeded.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ContainerFault> {
        within("bytes of archive", limits.packed, bytes.len() as u64)?;
        let (at, count) = directory(bytes, limits)?;
        let mut reader = Directory {
            bytes,
            next: at,
            first: 0,
        };
        let mut entries: Vec<(Entry, usize)> = Vec::new();
        let mut unpacked = 0;
        for index in 1..=count {
            let (entry, start) = reader.entry(index)?;
            unpacked += u64::from(entry.unpacked);
            fits(&entry, limits)?;
            within("bytes of files", limits.unpacked, unpacked)?;
            if let Some((last, _)) = entries.last() {
                follows(&last.name, &entry.name, index)?;
            }
            entries.push((entry, start));
        }
        if reader.first != at {
            return Err(ContainerFault::Gap);
        }
        if reader.next != bytes.len() - END {
            return Err(ContainerFault::Directory("nothing but entries"));
        }
        Ok(Self { bytes, entries })
    }

    /// The archive itself.
    pub fn archive(&self) -> &'a [u8] {
        self.bytes
    }

    /// The name of every file, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(entry, _)| entry.name.as_str())
    }

    /// The content of a file.
    ///
    /// # Errors
    /// When there is none of that name, or it is not what its header announces.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, ContainerFault> {
        let wrong = || ContainerFault::Content(name.to_owned());
        let (entry, kept) = self.find(name).ok_or_else(wrong)?;
        let content = match entry.method {
            Method::Stored => kept.to_vec(),
            Method::Deflated => inflated(kept, entry.unpacked).ok_or_else(wrong)?,
        };
        let mut crc = Crc::new();
        crc.update(&content);
        if content.len() != entry.unpacked as usize || crc.sum() != entry.crc {
            return Err(wrong());
        }
        Ok(content)
    }

    /// How the content of a file is kept, and the bytes. Many streams inflate to one content.
    pub fn kept(&self, name: &str) -> Option<(Method, &'a [u8])> {
        self.find(name).map(|(entry, kept)| (entry.method, kept))
    }

    fn find(&self, name: &str) -> Option<(&Entry, &'a [u8])> {
        let mut entries = self.entries.iter();
        let (entry, start) = entries.find(|(entry, _)| entry.name == name)?;
        Some((entry, slice(self.bytes, *start, entry.packed as usize)?))
    }
}

/// Where the directory begins and how many entries it has.
fn directory(bytes: &[u8], limits: &Limits) -> Result<(usize, usize), ContainerFault> {
    let start = bytes.len().checked_sub(END).ok_or(ContainerFault::End)?;
    let record = slice(bytes, start, END).ok_or(ContainerFault::End)?;
    let word = |at| short(record, at).ok_or(ContainerFault::End);
    let number = |at| long(record, at).ok_or(ContainerFault::End);
    let (count, size, at) = (usize::from(word(10)?), number(12)?, number(16)?);
    if record != end(count, size, at) {
        return Err(ContainerFault::End);
    }
    within("files", limits.files as u64, count as u64)?;
    if u64::from(at) + u64::from(size) != start as u64 {
        return Err(ContainerFault::Directory(
            "its own bytes right before the end",
        ));
    }
    Ok((at as usize, count))
}

/// The directory as it is read, and where the next entry must begin.
struct Directory<'a> {
    bytes: &'a [u8],
    next: usize,
    first: usize,
}

impl Directory<'_> {
    /// The next entry, and where its content begins.
    fn entry(&mut self, index: usize) -> Result<(Entry, usize), ContainerFault> {
        let wrong = |expected| ContainerFault::Entry { index, expected };
        let fixed = slice(self.bytes, self.next, CENTRAL);
        let fixed = fixed.ok_or(ContainerFault::Directory("as many entries as announced"))?;
        let word = |at| short(fixed, at).unwrap_or(u16::MAX);
        let number = |at| long(fixed, at).unwrap_or(u32::MAX);
        if word(8) != 0 {
            return Err(wrong("no flag: no encryption, no data descriptor"));
        }
        let method = Method::of(word(10)).ok_or_else(|| wrong("a stored or deflated file"))?;
        if word(30) != 0 || word(32) != 0 {
            return Err(wrong("no extra field and no comment"));
        }
        if number(38) >> 16 != 0o100_644 {
            return Err(wrong("a regular file of mode 0644"));
        }
        let length = usize::from(word(28));
        let name = slice(self.bytes, self.next + CENTRAL, length);
        let name = name.and_then(|name| std::str::from_utf8(name).ok());
        let name = name.filter(|name| is_allowed(name));
        let entry = Entry {
            name: name.ok_or(ContainerFault::Name(index))?.to_owned(),
            method,
            crc: number(16),
            packed: number(20),
            unpacked: number(24),
        };
        let at = number(42);
        let central = entry.central(at);
        if slice(self.bytes, self.next, central.len()) != Some(&central) {
            return Err(wrong("what destspec writes in a directory"));
        }
        self.next += central.len();
        if at as usize != self.first {
            return Err(ContainerFault::Gap);
        }
        let local = entry.local();
        if slice(self.bytes, self.first, local.len()) != Some(&local) {
            return Err(ContainerFault::Header(entry.name));
        }
        let start = self.first + local.len();
        self.first = start + entry.packed as usize;
        Ok((entry, start))
    }
}

fn within(what: &'static str, most: u64, received: u64) -> Result<(), ContainerFault> {
    if received <= most {
        return Ok(());
    }
    Err(ContainerFault::Limit {
        what,
        most,
        received,
    })
}

fn fits(entry: &Entry, limits: &Limits) -> Result<(), ContainerFault> {
    let (packed, unpacked) = (u64::from(entry.packed), u64::from(entry.unpacked));
    within("bytes of one file", limits.file, unpacked)?;
    if unpacked <= SMALL {
        return Ok(());
    }
    within("times what is kept", limits.ratio, unpacked / packed.max(1))
}

fn follows(last: &str, name: &str, index: usize) -> Result<(), ContainerFault> {
    let folder = name
        .strip_prefix(last)
        .is_some_and(|rest| rest.starts_with('/'));
    if last < name && !folder {
        return Ok(());
    }
    Err(ContainerFault::Order(index))
}

/// All of a deflated content, if it has that length and nothing stands behind it.
fn inflated(kept: &[u8], length: u32) -> Option<Vec<u8>> {
    let mut decoder = DeflateDecoder::new(kept);
    let mut content = Vec::new();
    let most = u64::from(length) + 1;
    decoder.by_ref().take(most).read_to_end(&mut content).ok()?;
    (content.len() == length as usize && decoder.total_in() == kept.len() as u64).then_some(content)
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*slice(bytes, at, 2)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*slice(bytes, at, 4)?.first_chunk()?))
}
