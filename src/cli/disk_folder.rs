//! A folder on disk in which an export appears at once: files are hidden and temporary until all of them are whole.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::output;
use crate::encode::file::folder::Folder;

/// A folder on disk.
pub struct DiskFolder {
    path: PathBuf,
    closed: Vec<(PathBuf, NamedTempFile)>,
}

impl DiskFolder {
    /// The folder of that path; it is made when the first file is.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_path_buf(),
            closed: Vec::new(),
        }
    }
}

impl Folder for DiskFolder {
    type File = BufWriter<NamedTempFile<File>>;

    fn create(&mut self, name: &str) -> io::Result<Self::File> {
        let path = self.path.join(name);
        let folder = path.parent().unwrap_or(&self.path);
        std::fs::create_dir_all(folder)?;
        let file = tempfile::Builder::new()
            .prefix(".destspec-")
            .tempfile_in(folder)?;
        Ok(BufWriter::with_capacity(1 << 16, file))
    }

    fn close(&mut self, name: &str, file: Self::File) -> io::Result<()> {
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        output::readable(file.path())?;
        self.closed.push((self.path.join(name), file));
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        // a name that cannot be taken is found before any file is published
        let taken = self.closed.iter().find(|(path, _)| path.is_dir());
        if let Some((path, _)) = taken {
            let text = format!("`{}` is a folder", path.display());
            return Err(io::Error::new(io::ErrorKind::IsADirectory, text));
        }
        for (path, file) in self.closed.drain(..) {
            file.persist(path).map_err(|e| e.error)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::io::Write;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_file_has_its_name_only_after_the_commit() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = DiskFolder::new(place.path());
        let mut file = folder.create("a.csv").unwrap();
        file.write_all(b"x").unwrap();
        folder.close("a.csv", file).unwrap();
        assert!(!place.path().join("a.csv").exists());
        folder.commit().unwrap();
        assert_eq!(names(place.path()), ["a.csv"]);
        assert_eq!(std::fs::read(place.path().join("a.csv")).unwrap(), b"x");
    }

    #[test]
    fn a_folder_that_is_dropped_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let mut folder = DiskFolder::new(place.path());
        let file = folder.create("a.csv").unwrap();
        folder.close("a.csv", file).unwrap();
        let open = folder.create("b.csv").unwrap();
        drop((folder, open));
        assert!(names(place.path()).is_empty());
    }

    #[test]
    fn a_name_that_a_folder_has_publishes_none_of_the_files() {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("b.csv")).unwrap();
        let mut folder = DiskFolder::new(place.path());
        for name in ["a.csv", "b.csv"] {
            let file = folder.create(name).unwrap();
            folder.close(name, file).unwrap();
        }
        assert!(folder.commit().is_err());
        assert!(!place.path().join("a.csv").exists());
    }
}
