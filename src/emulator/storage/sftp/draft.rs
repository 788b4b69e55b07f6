//! A file that is being written, from its opening until it is closed, and how faults spoil it then.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use russh_sftp::protocol::StatusCode;
use russh_sftp::server::StatusReply;

use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Store, Upload};

/// The protocol knows no parts: under the faults about large files these are runs of so many bytes.
const PART: u64 = 4 * 1024 * 1024;
const BLOCK: usize = 64 * 1024;

/// The bytes, as long as nobody closed the file.
pub(super) type Bytes = Arc<Mutex<Option<Upload>>>;

/// A file opened for writing.
pub(super) struct Draft {
    bytes: Bytes,
    /// Whether every write goes to the end.
    append: bool,
    /// How far every write is moved towards the end.
    shift: u64,
    refuses_large: bool,
    refused: AtomicBool,
}

impl Draft {
    pub(super) fn new(upload: Upload, append: bool, shift: u64, rules: &Rules) -> Self {
        Self {
            bytes: Arc::new(Mutex::new(Some(upload))),
            append,
            shift,
            refuses_large: rules.has(Fault::LargeRefused),
            refused: AtomicBool::new(false),
        }
    }

    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(super) fn write(&self, offset: u64, data: &[u8]) -> Result<(), StatusReply> {
        let mut bytes = locked(&self.bytes);
        let upload = bytes.as_mut().ok_or(StatusCode::Failure)?;
        let end = upload.bytes().map_err(failure)?;
        let from = if self.append {
            end
        } else {
            offset.saturating_add(self.shift)
        };
        if self.refuses_large && from.saturating_add(data.len() as u64) > PART {
            self.refused.store(true, Ordering::Relaxed);
            return Err(StatusCode::Failure.with_message("the file is too large"));
        }
        upload.write_at(from, data).map_err(failure)
    }

    pub(super) fn truncate(&self, to: u64) -> Result<(), StatusReply> {
        let mut bytes = locked(&self.bytes);
        let upload = bytes.as_mut().ok_or(StatusCode::Failure)?;
        let to = to.saturating_add(self.shift);
        upload.truncate(to).map_err(failure)
    }

    /// Ends the writing; nothing when the file was refused on the way.
    pub(super) fn close(&self, store: &Store, rules: &Rules) -> io::Result<Option<Upload>> {
        let upload = locked(&self.bytes).take();
        match upload {
            Some(upload) if !self.refused.load(Ordering::Relaxed) => {
                closed(store, rules, upload).map(Some)
            }
            Some(_) | None => Ok(None),
        }
    }
}

/// The bytes, for a moment.
pub(super) fn locked(bytes: &Bytes) -> MutexGuard<'_, Option<Upload>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What went wrong on this machine, as an answer.
pub(super) fn failure(error: io::Error) -> StatusReply {
    StatusCode::Failure.with_message(error.to_string())
}

/// A new file that begins with what another holds.
pub(super) fn copied(store: &Store, mut from: File) -> io::Result<Upload> {
    let mut upload = store.begin()?;
    copy(&mut from, 0, u64::MAX, &mut upload)?;
    Ok(upload)
}

fn copy(from: &mut File, start: u64, bytes: u64, to: &mut Upload) -> io::Result<()> {
    from.seek(SeekFrom::Start(start))?;
    let mut part = from.take(bytes);
    let mut block = vec![0; BLOCK];
    loop {
        let read = part.read(&mut block)?;
        match block.get(..read) {
            Some(read) if !read.is_empty() => to.append(read)?,
            Some(_) | None => return Ok(()),
        }
    }
}

fn closed(store: &Store, rules: &Rules, mut upload: Upload) -> io::Result<Upload> {
    if rules.has(Fault::LineEndsChanged) {
        upload = with_carriage_returns(store, &upload)?;
    }
    if rules.has(Fault::PartsDisordered) {
        upload = disordered(store, upload)?;
    }
    let bytes = upload.bytes()?;
    if rules.has(Fault::LargeCut) && bytes > PART {
        upload.truncate((bytes - 1) / PART * PART)?;
    }
    if rules.has(Fault::WriteCut) {
        upload.truncate(bytes.saturating_sub(1))?;
    }
    Ok(upload)
}

fn with_carriage_returns(store: &Store, upload: &Upload) -> io::Result<Upload> {
    let mut changed = store.begin()?;
    let mut reader = BufReader::with_capacity(BLOCK, File::open(upload.path())?);
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        let read = reader.fill_buf()?;
        if read.is_empty() {
            return Ok(changed);
        }
        block.clear();
        for &byte in read {
            if byte == b'\n' {
                block.push(b'\r');
            }
            block.push(byte);
        }
        let consumed = read.len();
        reader.consume(consumed);
        changed.append(&block)?;
    }
}

/// The second part first, then the first, then the rest.
fn disordered(store: &Store, upload: Upload) -> io::Result<Upload> {
    if upload.bytes()? <= PART {
        return Ok(upload);
    }
    let mut from = File::open(upload.path())?;
    let mut changed = store.begin()?;
    copy(&mut from, PART, PART, &mut changed)?;
    copy(&mut from, 0, PART, &mut changed)?;
    copy(&mut from, 2 * PART, u64::MAX, &mut changed)?;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    use super::*;

    fn written(fault: Option<Fault>, data: &[u8]) -> Option<Vec<u8>> {
        let store = Store::new().unwrap();
        let rules = Rules::new(fault.into_iter().collect(), BTreeSet::new());
        let draft = Draft::new(store.begin().unwrap(), false, 0, &rules);
        let mut offset = 0;
        for block in data.chunks(32_768) {
            // a refused write is seen in what is stored
            let _answer = draft.write(offset, block);
            offset += block.len() as u64;
        }
        let upload = draft.close(&store, &rules).unwrap()?;
        Some(store.commit("a", upload).unwrap().read().unwrap())
    }

    #[test]
    fn what_is_written_is_stored_and_faults_spoil_it() {
        let text = b"a\nb\r\n".to_vec();
        assert_eq!(written(None, &text), Some(text.clone()));
        let cut = written(Some(Fault::WriteCut), &text);
        assert_eq!(cut, Some(b"a\nb\r".to_vec()));
        let changed = written(Some(Fault::LineEndsChanged), &text);
        assert_eq!(changed, Some(b"a\r\nb\r\r\n".to_vec()));
        assert_eq!(written(Some(Fault::WriteCut), b""), Some(vec![]));
    }

    #[test]
    fn only_large_files_suffer_from_the_faults_of_large_ones() {
        let part = usize::try_from(PART).unwrap();
        let small = vec![1; part];
        let large = [vec![1; part], vec![2; part], vec![3; 5]].concat();
        for fault in [Fault::LargeRefused, Fault::LargeCut, Fault::PartsDisordered] {
            assert_eq!(written(Some(fault), &small).unwrap(), small, "{fault}");
        }
        assert_eq!(written(Some(Fault::LargeRefused), &large), None);
        assert_eq!(
            written(Some(Fault::LargeCut), &large).unwrap(),
            large[..2 * part]
        );
        let swapped = [vec![2; part], vec![1; part], vec![3; 5]].concat();
        assert!(written(Some(Fault::PartsDisordered), &large).unwrap() == swapped);
    }

    #[test]
    fn nothing_is_written_after_closing() {
        let store = Store::new().unwrap();
        let rules = Rules::new(BTreeSet::new(), BTreeSet::new());
        let draft = Draft::new(store.begin().unwrap(), true, 0, &rules);
        draft.write(99, b"a").unwrap();
        draft.write(0, b"b").unwrap();
        let upload = draft.close(&store, &rules).unwrap().unwrap();
        assert_eq!(upload.bytes().unwrap(), 2);
        assert!(draft.write(0, b"c").is_err());
    }
}
