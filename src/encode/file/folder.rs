//! Where files go, as the writers see it: a folder in which files are made, and published all at once or not at all.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// A folder that files are written to. What is created stays hidden until [`Folder::commit`]; a folder that is dropped
/// without it leaves nothing under a final name.
pub trait Folder {
    /// A file that is being written.
    type File: Write + Send;

    /// Opens a file that will have this name; steps of a path in it are folders.
    ///
    /// # Errors
    /// The folder cannot be written, or the name cannot be used.
    fn create(&mut self, name: &str) -> io::Result<Self::File>;

    /// Takes a file back that is written in full.
    ///
    /// # Errors
    /// Its last bytes cannot be stored.
    fn close(&mut self, name: &str, file: Self::File) -> io::Result<()>;

    /// Publishes every closed file under its name, replacing files that have it.
    ///
    /// # Errors
    /// A file cannot be published.
    fn commit(&mut self) -> io::Result<()>;
}

/// A folder in a folder: its files are published with those of the outer one, by whoever commits that.
pub struct Subfolder<'a, F> {
    outer: &'a mut F,
    path: String,
}

impl<'a, F: Folder> Subfolder<'a, F> {
    /// The folder at this path; the outer folder itself where that is empty.
    pub fn new(outer: &'a mut F, path: String) -> Self {
        Self { outer, path }
    }

    fn within(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.path)
        }
    }
}

impl<F: Folder> Folder for Subfolder<'_, F> {
    type File = F::File;

    fn create(&mut self, name: &str) -> io::Result<Self::File> {
        self.outer.create(&self.within(name))
    }

    fn close(&mut self, name: &str, file: Self::File) -> io::Result<()> {
        self.outer.close(&self.within(name), file)
    }

    fn commit(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A folder in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryFolder {
    closed: Vec<(String, Vec<u8>)>,
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFolder {
    /// The published files by name.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }
}

impl Folder for MemoryFolder {
    type File = Vec<u8>;

    fn create(&mut self, _: &str) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn close(&mut self, name: &str, file: Vec<u8>) -> io::Result<()> {
        self.closed.push((name.to_owned(), file));
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        self.files.extend(self.closed.drain(..));
        Ok(())
    }
}
