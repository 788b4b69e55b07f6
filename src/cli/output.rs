//! Files that the program writes: whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::cli::Failure;
use crate::cli::load::plain;
use crate::cli::print;

/// Writes a file under its final name only when it is whole; `-` is standard output.
///
/// # Errors
/// When it cannot be written; nothing is left under the name then.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        print::result(text);
        return Ok(());
    }
    place(path, text)
        .and_then(|()| readable(path))
        .map_err(|error| unwritten(path, &error))
}

/// Writes a file that only its owner may read, where files have a mode.
///
/// # Errors
/// As [`write`].
pub fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    place(path, text).map_err(|error| unwritten(path, &error))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    let help = Some(String::from(
        "name a folder that exists and can be written to",
    ));
    Failure::usage(
        format!("cannot write `{}`: {}", path.display(), plain(error)),
        help,
    )
}

fn place(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// A temporary file is private; what is written is for others to read.
///
/// # Errors
/// When its mode cannot be changed.
#[cfg(unix)]
pub fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

/// Nothing to do where files have no mode.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
