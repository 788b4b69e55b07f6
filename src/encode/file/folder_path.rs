//! Folder paths with the audience in them (reference 7.6): `%SEGMENT_NAME%` and `%SEGMENT_ID%`, at the end of the path.

use thiserror::Error;

use crate::encode::file::name::sanitised;

const NAME: &str = "%SEGMENT_NAME%";
const ID: &str = "%SEGMENT_ID%";

/// Why a folder path is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FolderPathError {
    /// Text behind a macro: Adobe documents macros at the end of the path only.
    #[error("expected the audience's macros at the end of the path, received {0}")]
    NotAtEnd(String),
    /// A step out of the folder.
    #[error("expected a folder without the step `..`, received `{0}`")]
    Outward(String),
    /// A step without a name, or one that is the folder itself.
    #[error("expected a folder whose steps have names, received `{0}`")]
    Nameless(String),
    /// A control character.
    #[error("expected a folder without control characters, received `{}`", .0.escape_default())]
    Control(String),
}

/// The folder of an audience's files. An audience's name is one step of the path: its `/`, `\` and control characters
/// become `_`, which Adobe does not document.
///
/// # Errors
/// Macros elsewhere than at the end, a step `..`.
pub fn folder_path(path: &str, name: &str, id: &str) -> Result<String, FolderPathError> {
    let start = path
        .find(NAME)
        .into_iter()
        .chain(path.find(ID))
        .min()
        .unwrap_or(path.len());
    let behind = path[start..].replace(NAME, "").replace(ID, "");
    if !behind.chars().all(|c| c == '/') {
        return Err(FolderPathError::NotAtEnd(path.to_owned()));
    }
    // one pass, so that a name that looks like a macro stays a name
    let mut rendered = String::new();
    let mut rest = path;
    while let Some(at) = rest.find(NAME).into_iter().chain(rest.find(ID)).min() {
        rendered.push_str(&rest[..at]);
        let (value, length) = if rest[at..].starts_with(NAME) {
            (name, NAME.len())
        } else {
            (id, ID.len())
        };
        rendered.push_str(&sanitised(value));
        rest = &rest[at + length..];
    }
    rendered.push_str(rest);
    if rendered.split('/').any(|step| step == "..") {
        return Err(FolderPathError::Outward(rendered));
    }
    Ok(rendered)
}

/// A rendered folder that files can be written to; slashes around it mean nothing. A strict storage takes no step without
/// a name.
///
/// # Errors
/// A step without a name, a control character.
pub fn writable(folder: &str, is_strict: bool) -> Result<(), FolderPathError> {
    let inner = folder.trim_matches('/');
    let nameless = |step: &str| matches!(step, "" | ".");
    if is_strict && !inner.is_empty() && inner.split('/').any(nameless) {
        return Err(FolderPathError::Nameless(folder.to_owned()));
    }
    match folder.contains(char::is_control) {
        true => Err(FolderPathError::Control(folder.to_owned())),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn both_macros_may_end_a_path() {
        let path = folder_path("in/%SEGMENT_NAME%/%SEGMENT_ID%", "VIP a/b", "id-1").unwrap();
        assert_eq!(path, "in/VIP a_b/id-1");
        assert_eq!(
            folder_path("in/%SEGMENT_ID%%SEGMENT_NAME%/", "n", "i").unwrap(),
            "in/in/"
        );
        assert_eq!(folder_path("plain/50%", "n", "i").unwrap(), "plain/50%");
    }

    #[test]
    fn a_name_that_looks_like_a_macro_stays_a_name() {
        assert_eq!(
            folder_path("%SEGMENT_NAME%", "%SEGMENT_ID%", "i").unwrap(),
            "%SEGMENT_ID%"
        );
    }

    #[test]
    fn text_behind_a_macro_and_steps_outward_are_refused() {
        assert!(folder_path("%SEGMENT_ID%/in", "n", "i").is_err());
        assert!(folder_path("in/%SEGMENT_NAME%", "..", "i").is_err());
        assert!(folder_path("../in", "n", "i").is_err());
    }

    #[test]
    fn a_step_without_a_name_is_refused_where_the_storage_is_strict() {
        for folder in ["", "/", "a", "/a/b/", "//a/"] {
            assert_eq!(writable(folder, true), Ok(()), "{folder}");
        }
        for folder in ["a//b", "a/./b", "./a"] {
            assert!(writable(folder, true).is_err(), "{folder}");
            assert_eq!(writable(folder, false), Ok(()), "{folder}");
        }
        assert!(writable("a\nb", false).is_err());
    }
}
