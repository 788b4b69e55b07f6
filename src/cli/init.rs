//! `destspec init`: a commented submission and minimal Destination SDK JSON to start from.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::cli::exit::Exit;
use crate::cli::{Failure, output, print};

static START: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/submissions/init");

/// Writes the files; overwrites none.
///
/// # Errors
/// When one of them exists, or cannot be written.
pub fn run(folder: &Path) -> Result<Exit, Failure> {
    let mut files = Vec::new();
    collect(&START, &mut files);
    files.sort_by_key(|(path, _)| path.to_path_buf());
    let taken = files
        .iter()
        .map(|(path, _)| folder.join(path))
        .find(|path| path.exists());
    if let Some(path) = taken {
        let help = Some(String::from(
            "name another folder: `destspec init FOLDER`; nothing was written",
        ));
        return Err(Failure::usage(format!("`{}` exists", path.display()), help));
    }
    for (path, text) in &files {
        output::write(&folder.join(path), text)?;
        print::result(&format!("wrote {}\n", folder.join(path).display()))?;
    }
    let submission = folder.join("submission.toml");
    print::message(&format!(
        "next: edit it, export the variables that it names, then `destspec run {}`",
        submission.display()
    ));
    Ok(Exit::Success)
}

fn collect(dir: &'static Dir<'_>, files: &mut Vec<(&'static Path, &'static str)>) {
    files.extend(
        dir.files()
            .filter_map(|f| Some((f.path(), f.contents_utf8()?))),
    );
    dir.dirs().for_each(|dir| collect(dir, files));
}
