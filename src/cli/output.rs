//! Files that the program writes: whole or not at all.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

use crate::cli::Failure;
use crate::cli::load::plain;
use crate::cli::print;

/// Bytes of a file by which it is known.
const HEAD: u64 = 16 * 1024;

/// Writes a file under its final name only when it is whole; `-` is standard output.
///
/// # Errors
/// When it cannot be written; nothing is left under the name then.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return print::result(text);
    }
    let written = match is_device(path) {
        true => std::fs::write(path, text),
        false => place(path, text.as_bytes()).and_then(|()| readable(path)),
    };
    written.map_err(|error| unwritten(path, &error))
}

/// Writes a file of bytes under its final name only when it is whole.
///
/// # Errors
/// As [`write`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = place(path, bytes).and_then(|()| readable(path));
    written.map_err(|error| unwritten(path, &error))
}

/// Writes a file that only its owner may read, where files have a mode.
///
/// # Errors
/// As [`write`].
pub fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    place(path, text.as_bytes()).map_err(|error| unwritten(path, &error))
}

/// How a file begins; none where there is no file, or something else.
pub fn head(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).ok()?;
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A device or a pipe is written to, not put away for a file.
fn is_device(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
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

fn place(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
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
