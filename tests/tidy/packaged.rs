//! That whatever is compiled in is in the package.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{code, sources};

/// Files and folders that a source compiles in, from the top of the tree.
fn compiled_in(path: &Path, text: &str) -> Vec<String> {
    let code = code(text);
    let named = code.split("include_").skip(1).filter_map(|rest| {
        let (kind, rest) = rest.split_once("!(")?;
        let quoted = rest.trim_start().strip_prefix('"')?.split_once('"')?.0;
        match kind {
            "str" | "bytes" => Some(path.parent()?.join(quoted)),
            "dir" => Some(PathBuf::from(quoted.strip_prefix("$CARGO_MANIFEST_DIR/")?)),
            _ => None,
        }
    });
    let plain = |path: PathBuf| {
        let mut parts: Vec<String> = Vec::new();
        for part in path.iter().map(|part| part.to_string_lossy()) {
            match part.as_ref() {
                ".." => drop(parts.pop()),
                part => parts.push(part.to_owned()),
            }
        }
        parts.join("/")
    };
    named.map(plain).collect()
}

#[test]
fn what_is_compiled_in_is_packaged() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap_or_default();
    let list = manifest.split_once("\ninclude = [").map_or("", |(_, l)| l);
    let list = list.split(']').next().unwrap_or_default();
    let packaged: Vec<&str> = list
        .split('"')
        .skip(1)
        .step_by(2)
        .map(|entry| entry.trim_start_matches('/'))
        .collect();
    let mut found = 0;
    for (path, text) in sources("src") {
        for file in compiled_in(&path, &text) {
            let holds = |entry: &&str| file == *entry || file.starts_with(&format!("{entry}/"));
            assert!(
                packaged.iter().any(holds),
                "{}: `{file}` is not in `include` of Cargo.toml",
                path.display()
            );
            found += 1;
        }
    }
    assert!(found > 5, "{found} files are compiled in");
}
