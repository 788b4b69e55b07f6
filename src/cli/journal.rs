//! The journal of a run on disk: every exchange as it comes, so that a killed run keeps what it saw.

use std::fs::File;
use std::io::{LineWriter, Write as _};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::UnboundedReceiver;

use crate::cli::Failure;
use crate::cli::load::plain;
use crate::cli::places::free;
use crate::wire::JournalEntry;

/// Its name beside the record.
const NAME: &str = "journal.ndjson";

/// How one begins.
const OWN: &str = "{\"destination\":";

/// A journal that is being written, one line of JSON for each exchange.
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// Begins a journal in a folder, in place of one that a killed run left.
    ///
    /// # Errors
    /// When it cannot be written there; better known before the run than after it.
    pub fn begin(folder: &Path, entries: UnboundedReceiver<JournalEntry>) -> Result<Self, Failure> {
        let path = folder.join(NAME);
        free(&path, |head| head.starts_with(OWN))?;
        let file = std::fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let file = file.map_err(|error| {
            let help = "name a folder that exists and can be written to";
            Failure::usage(
                format!("cannot write `{}`: {}", path.display(), plain(&error)),
                Some(help.to_owned()),
            )
        })?;
        std::thread::spawn(move || keep(LineWriter::new(file), entries));
        Ok(Self { path })
    }

    /// Removes it, once the record that holds the same is written.
    pub fn remove(self) {
        // A journal that stays is only in the way.
        let _gone = std::fs::remove_file(self.path);
    }
}

/// Ends with the run, or when the disk takes no more: the record is still made.
fn keep(mut file: LineWriter<File>, mut entries: UnboundedReceiver<JournalEntry>) {
    while let Some(entry) = entries.blocking_recv() {
        if writeln!(file, "{}", entry.line()).is_err() {
            return;
        }
    }
}
