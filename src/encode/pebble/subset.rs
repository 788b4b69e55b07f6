//! What of Pebble Adobe supports, and what to say about the rest.

use crate::encode::pebble::error::ErrorKind;
use crate::encode::pebble::fail::Fail;

/// Tags that Pebble knows and Adobe does not support.
const OTHER_TAGS: [&str; 12] = [
    "autoescape",
    "block",
    "cache",
    "embed",
    "extends",
    "flush",
    "from",
    "import",
    "include",
    "macro",
    "parallel",
    "verbatim",
];

/// Functions that Pebble knows and Adobe does not support.
const OTHER_FUNCTIONS: [&str; 4] = ["block", "i18n", "parent", "range"];

/// The refusal of a tag that is none of `filter`, `for`, `if`, `set`.
pub(crate) fn tag(name: &str) -> Fail {
    let supported = "Adobe supports the tags filter, for, if and set";
    if OTHER_TAGS.contains(&name)
        || OTHER_TAGS
            .iter()
            .any(|tag| name.strip_prefix("end") == Some(tag))
    {
        return Fail::unsupported(format!(
            "the tag `{name}` of Pebble is not supported by Adobe"
        ))
        .help(supported);
    }
    let help = match name {
        "elif" | "elsif" => "write `elseif`".to_owned(),
        "else" | "elseif" | "endif" => "it belongs to an `if` that is not open here".to_owned(),
        "endfor" => "it closes a `for` that is not open here".to_owned(),
        "endfilter" => "it closes a `filter` that is not open here".to_owned(),
        "endset" => "`set` has no block form: write `{% set name = value %}`".to_owned(),
        "unless" => "write `{% if not ... %}`".to_owned(),
        "assign" | "let" | "var" => "write `{% set name = value %}`".to_owned(),
        "break" | "continue" => {
            "a `for` cannot be left early: put an `if` around its body".to_owned()
        }
        _ => supported.to_owned(),
    };
    Fail::new(ErrorKind::Syntax, format!("unknown tag `{name}`")).help(help)
}

/// The refusal of a function outside the subset, or `None` for any other name.
pub(crate) fn function(name: &str) -> Option<Fail> {
    OTHER_FUNCTIONS.contains(&name).then(|| {
        let help = match name {
            "range" => "iterate over a list, such as `{% for n in [1, 2, 3] %}`",
            _ => "Adobe supports min, max, addedSegments, removedSegments, hasSegments and formUrlEncode",
        };
        Fail::unsupported(format!("the function `{name}` of Pebble is not supported by Adobe")).help(help)
    })
}

/// The refusal of the operator `..`, which is the function `range`.
pub(crate) fn range_operator() -> Fail {
    Fail::unsupported(
        "the operator `..` is the function `range` of Pebble, which Adobe does not support",
    )
    .help("iterate over a list, such as `{% for n in [1, 2, 3] %}`")
}
