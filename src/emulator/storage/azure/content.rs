//! The bytes of a file on their way to the disk: put together, and changed where a fault changes them.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Object, Store, Upload};

/// What a fault takes for large.
const LARGE: u64 = 4 * 1024 * 1024;

/// How much is in memory at once.
const STEP: usize = 256 * 1024;

/// A part of a file.
#[derive(Clone)]
pub(super) struct Slice {
    pub(super) object: Arc<Object>,
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

/// Refuses what a fault takes for too large.
pub(super) fn fits(bytes: u64, rules: &Rules) -> Result<(), Failure> {
    match bytes > LARGE && rules.has(Fault::LargeRefused) {
        true => Err(failure::TOO_LARGE),
        false => Ok(()),
    }
}

/// The parts of a file as they are put together.
pub(super) fn arranged<T>(mut parts: Vec<T>, rules: &Rules) -> Vec<T> {
    if parts.len() > 1 && rules.has(Fault::LargeCut) {
        parts.pop();
    }
    if rules.has(Fault::PartsDisordered) {
        parts.reverse();
    }
    parts
}

/// A new file of parts of others.
pub(super) fn assembled(store: &Store, slices: &[Slice]) -> io::Result<Upload> {
    let mut upload = store.begin()?;
    for slice in slices {
        let mut file = slice.object.open()?;
        file.seek(SeekFrom::Start(slice.offset))?;
        copied(&mut file.take(slice.bytes), |part| upload.append(part))?;
    }
    Ok(upload)
}

/// A file as it is stored; the first bytes were stored before.
pub(super) fn distorted(
    store: &Store,
    mut upload: Upload,
    kept: u64,
    rules: &Rules,
) -> io::Result<Upload> {
    if rules.has(Fault::LineEndsChanged) {
        upload = with_line_ends(store, &upload, kept)?;
    }
    let bytes = upload.bytes()?;
    if rules.has(Fault::WriteCut) && bytes > kept {
        upload.truncate(bytes - 1)?;
    }
    Ok(upload)
}

fn with_line_ends(store: &Store, upload: &Upload, kept: u64) -> io::Result<Upload> {
    let mut file = std::fs::File::open(upload.path())?;
    let mut changed = store.begin()?;
    copied(&mut (&mut file).take(kept), |part| changed.append(part))?;
    copied(&mut file, |part| {
        let ends = part.iter().filter(|byte| **byte == b'\n').count();
        let mut longer = Vec::with_capacity(part.len() + ends);
        for byte in part {
            if *byte == b'\n' {
                longer.push(b'\r');
            }
            longer.push(*byte);
        }
        changed.append(&longer)
    })?;
    Ok(changed)
}

/// A file together with what it replaces, where a fault does not let go of that.
pub(super) fn merged(
    store: &Store,
    mut upload: Upload,
    before: Option<&Object>,
    rules: &Rules,
) -> io::Result<Upload> {
    let Some(before) = before else {
        return Ok(upload);
    };
    if rules.has(Fault::OverwriteAppends) {
        let mut longer = store.begin()?;
        copied(&mut before.open()?, |part| longer.append(part))?;
        let mut file = std::fs::File::open(upload.path())?;
        copied(&mut file, |part| longer.append(part))?;
        return Ok(longer);
    }
    let bytes = upload.bytes()?;
    if rules.has(Fault::OverwriteKeepsTail) && before.bytes > bytes {
        let mut file = before.open()?;
        file.seek(SeekFrom::Start(bytes))?;
        copied(&mut file, |part| upload.append(part))?;
    }
    Ok(upload)
}

fn copied(
    source: &mut impl io::Read,
    mut sink: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; STEP];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(()),
            count => sink(&buffer[..count])?,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    use super::*;

    fn rules(fault: Fault) -> Rules {
        Rules::new(BTreeSet::from([fault]), BTreeSet::new())
    }

    fn stored(text: &str, kept: u64, fault: Fault) -> Vec<u8> {
        let store = Store::new().unwrap();
        let mut upload = store.begin().unwrap();
        upload.append(text.as_bytes()).unwrap();
        let upload = distorted(&store, upload, kept, &rules(fault)).unwrap();
        std::fs::read(upload.path()).unwrap()
    }

    #[test]
    fn what_was_stored_before_is_not_changed_again() {
        assert_eq!(stored("a\nb\n", 0, Fault::LineEndsChanged), b"a\r\nb\r\n");
        assert_eq!(stored("a\nb\n", 2, Fault::LineEndsChanged), b"a\nb\r\n");
        assert_eq!(stored("ab", 0, Fault::WriteCut), b"a");
        assert_eq!(stored("ab", 2, Fault::WriteCut), b"ab");
        assert_eq!(stored("ab\n", 0, Fault::WriteLost), b"ab\n");
    }

    #[test]
    fn only_files_of_several_parts_suffer_from_faults_of_parts() {
        assert_eq!(arranged(vec![1, 2, 3], &rules(Fault::LargeCut)), [1, 2]);
        assert_eq!(
            arranged(vec![1, 2, 3], &rules(Fault::PartsDisordered)),
            [3, 2, 1]
        );
        assert_eq!(arranged(vec![1], &rules(Fault::LargeCut)), [1]);
    }

    #[test]
    fn a_file_is_put_together_of_parts_of_others() {
        let store = Store::new().unwrap();
        let mut upload = store.begin().unwrap();
        upload.append(b"0123456789").unwrap();
        let object = store.commit("a", upload).unwrap();
        let slice = |offset, bytes| Slice {
            object: Arc::clone(&object),
            offset,
            bytes,
        };
        let upload = assembled(&store, &[slice(8, 2), slice(0, 3)]).unwrap();
        assert_eq!(std::fs::read(upload.path()).unwrap(), b"89012");
    }
}
