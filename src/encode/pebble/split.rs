//! `String.split` and the regular expressions of Java that it takes.

use std::collections::HashMap;
use std::sync::Arc;

use fancy_regex::{Regex, RegexBuilder};

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::render::Render;

/// How far a match may backtrack.
const BACKTRACKS: usize = 100_000;

/// Compiled expressions of one rendering.
#[derive(Debug, Default)]
pub(crate) struct Splitters {
    compiled: HashMap<Box<str>, Arc<Regex>>,
}

/// Compiled expressions that are kept.
const KEPT: usize = 64;

impl Splitters {
    fn get(&mut self, pattern: &str) -> Outcome<Arc<Regex>> {
        if let Some(regex) = self.compiled.get(pattern) {
            return Ok(Arc::clone(regex));
        }
        let regex = RegexBuilder::new(&translated(pattern))
            .backtrack_limit(BACKTRACKS)
            .delegate_size_limit(1 << 20)
            .build()
            .map_err(|_| {
                Fail::runtime(format!("`{pattern}` is no regular expression"))
                    .help("the delimiter of `split` is a regular expression: write a backslash before . | ( ) [ { * + ? ^ $")
            })?;
        let regex = Arc::new(regex);
        if self.compiled.len() == KEPT {
            self.compiled.clear();
        }
        self.compiled.insert(pattern.into(), Arc::clone(&regex));
        Ok(regex)
    }
}

/// What Java reads otherwise: its classes are ASCII, and `.` stops at more line terminators.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class = 0_u32;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('Q') => quoted(&mut chars, &mut out),
                Some(escape) => out.push_str(&escaped(escape, class > 0)),
                None => out.push('\\'),
            },
            '[' => {
                class += 1;
                out.push('[');
            }
            ']' => {
                class = class.saturating_sub(1);
                out.push(']');
            }
            '.' if class == 0 => out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            c => out.push(c),
        }
    }
    out
}

fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) {
    let mut literal = String::new();
    for c in chars.by_ref() {
        literal.push(c);
        if literal.ends_with("\\E") {
            literal.truncate(literal.len() - 2);
            break;
        }
    }
    out.push_str(&fancy_regex::escape(&literal));
}

fn escaped(escape: char, in_class: bool) -> String {
    let wrap = |inner: &str| {
        if in_class {
            inner.to_owned()
        } else {
            format!("[{inner}]")
        }
    };
    match escape {
        'd' => wrap("0-9"),
        'w' => wrap("a-zA-Z_0-9"),
        's' => wrap(r"\t\n\x0B\f\r "),
        'D' => "[^0-9]".to_owned(),
        'W' => "[^a-zA-Z_0-9]".to_owned(),
        'S' => r"[^\t\n\x0B\f\r ]".to_owned(),
        'R' => r"(?:\r\n|[\n\x0B\f\r\x{85}\x{2028}\x{2029}])".to_owned(),
        'h' => wrap(r" \t\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}"),
        'Z' => r"(?=\n?\z)".to_owned(),
        c => format!("\\{c}"),
    }
}

/// `text.split(pattern, limit)`.
pub(crate) fn split(
    render: &mut Render<'_>,
    text: &str,
    pattern: &str,
    limit: i32,
) -> Outcome<Vec<String>> {
    render.spend(1 + text.len() / 16 + pattern.len())?;
    let regex = render.splitters.get(pattern)?;
    let mut parts: Vec<&str> = Vec::new();
    let mut from = 0;
    for found in regex.find_iter(text) {
        render.spend(1)?;
        let found = found.map_err(|_| too_long(pattern))?;
        if limit > 0 && parts.len() + 1 == limit as usize {
            break;
        }
        // an empty match at the start makes no empty part
        if found.end() == 0 {
            continue;
        }
        // nor does one at the very end
        if found.start() == text.len() && found.start() == found.end() {
            continue;
        }
        parts.push(&text[from..found.start()]);
        from = found.end();
    }
    if from == 0 && parts.is_empty() {
        return Ok(vec![text.to_owned()]);
    }
    parts.push(&text[from..]);
    if limit == 0 {
        while parts.last().is_some_and(|part| part.is_empty()) {
            parts.pop();
        }
    }
    Ok(parts.into_iter().map(str::to_owned).collect())
}

/// `text.matches(pattern)`.
pub(crate) fn matches(render: &mut Render<'_>, text: &str, pattern: &str) -> Outcome<bool> {
    render.spend(1 + text.len() / 16 + pattern.len())?;
    let regex = render.splitters.get(&format!("^(?:{pattern})\\z"))?;
    regex.is_match(text).map_err(|_| too_long(pattern))
}

/// `text.replaceAll(pattern, to)` or `replaceFirst`; `$1` and `\\` in `to` are Java's.
pub(crate) fn replace(
    render: &mut Render<'_>,
    text: &str,
    pattern: &str,
    to: &str,
    all: bool,
) -> Outcome<String> {
    render.spend(1 + text.len() / 16 + pattern.len())?;
    let regex = render.splitters.get(pattern)?;
    let mut out = String::new();
    let mut from = 0;
    for found in regex.captures_iter(text) {
        render.spend(1 + to.len() / 16)?;
        let found = found.map_err(|_| too_long(pattern))?;
        let Some(whole) = found.get(0) else { break };
        out.push_str(&text[from..whole.start()]);
        expand(
            to,
            |group| found.get(group).map(|part| part.as_str()),
            &mut out,
        )?;
        render.bounded(&out)?;
        from = whole.end();
        if !all {
            break;
        }
    }
    out.push_str(&text[from..]);
    Ok(out)
}

fn expand<'t>(to: &str, group: impl Fn(usize) -> Option<&'t str>, out: &mut String) -> Outcome<()> {
    let mut chars = to.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' => match chars.next().and_then(|digit| digit.to_digit(10)) {
                Some(number) => out.push_str(group(number as usize).unwrap_or("")),
                None => {
                    return Err(Fail::runtime(
                        "`$` in a replacement needs the number of a group",
                    ));
                }
            },
            c => out.push(c),
        }
    }
    Ok(())
}

fn too_long(pattern: &str) -> Fail {
    Fail::limit(format!("the regular expression `{pattern}` takes too long"))
}
