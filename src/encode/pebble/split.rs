//! `String.split`, `matches` and `replaceAll`: what Java does with the matches of a regular expression.

use std::collections::HashMap;
use std::sync::Arc;

use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::java_regex::{Matcher, Pattern, Refusal, TooLong};
use crate::encode::pebble::java_text;
use crate::encode::pebble::render::Render;

/// Steps that one call may take.
const STEPS: usize = 10_000_000;

/// Steps of matching that count as one step of the rendering.
const STEPS_AS_ONE: usize = 16;

/// Compiled expressions of one rendering.
#[derive(Debug, Default)]
pub(crate) struct Splitters {
    compiled: HashMap<Box<str>, Arc<Pattern>>,
}

/// Compiled expressions that are kept.
const KEPT: usize = 64;

impl Splitters {
    fn get(&mut self, pattern: &str) -> Outcome<Arc<Pattern>> {
        if let Some(compiled) = self.compiled.get(pattern) {
            return Ok(Arc::clone(compiled));
        }
        let compiled = Pattern::new(pattern).map_err(|refusal| match refusal {
            Refusal::Syntax(reason) => {
                Fail::runtime(format!("`{pattern}` is no regular expression of Java: {reason}"))
                    .help("the delimiter of `split` is a regular expression: write a backslash before . | ( ) [ { * + ? ^ $")
            }
            Refusal::Unsupported(construct) => Fail::unsupported(format!(
                "{construct} in a regular expression is not supported here"
            )),
        })?;
        let compiled = Arc::new(compiled);
        if self.compiled.len() == KEPT {
            self.compiled.clear();
        }
        self.compiled.insert(pattern.into(), Arc::clone(&compiled));
        Ok(compiled)
    }
}

/// Compile `pattern` and use it on `text`; the steps are those of the rendering.
fn using<T>(
    render: &mut Render<'_>,
    text: &[u16],
    pattern: &str,
    work: impl FnOnce(&Pattern, &mut Matcher<'_>) -> Result<Outcome<T>, TooLong>,
) -> Outcome<T> {
    render.spend(1 + text.len() / 16 + pattern.len())?;
    let compiled = render.splitters.get(pattern)?;
    let mut matcher = compiled.matcher(text, STEPS);
    let done = work(&compiled, &mut matcher);
    render.spend(matcher.steps() / STEPS_AS_ONE)?;
    done.map_err(|TooLong| {
        Fail::limit(format!("the regular expression `{pattern}` takes too long"))
    })?
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// `text.split(pattern, limit)`.
pub(crate) fn split(
    render: &mut Render<'_>,
    text: &str,
    pattern: &str,
    limit: i32,
) -> Outcome<Vec<String>> {
    let units = units(text);
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let (mut parts, from) = using(render, &units, pattern, |_, matcher| {
        let mut parts: Vec<String> = Vec::new();
        let mut from = 0;
        while most.is_none_or(|most| parts.len() + 1 < most)
            && let Some((start, end)) = matcher.next()?
        {
            // an empty match at the start makes no empty part
            if end > 0 {
                parts.push(java_text::from_units(&units[from..start]));
                from = end;
            }
        }
        Ok(Ok((parts, from)))
    })?;
    parts.push(java_text::from_units(&units[from..]));
    // a text that is not split is its only part, empty or not
    if limit == 0 && from > 0 {
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
    }
    Ok(parts)
}

/// `text.matches(pattern)`.
pub(crate) fn matches(render: &mut Render<'_>, text: &str, pattern: &str) -> Outcome<bool> {
    using(render, &units(text), pattern, |_, matcher| {
        matcher.matches().map(Ok)
    })
}

/// `text.replaceAll(pattern, to)` or `replaceFirst`; `$1` and `\\` in `to` are Java's.
pub(crate) fn replace(
    render: &mut Render<'_>,
    text: &str,
    pattern: &str,
    to: &str,
    all: bool,
) -> Outcome<String> {
    let units = units(text);
    let bound = render.options.limits.output;
    let mut made = 0;
    let replaced = using(render, &units, pattern, |compiled, matcher| {
        let mut out: Vec<u16> = Vec::new();
        let mut from = 0;
        while let Some((start, end)) = matcher.next()? {
            out.extend(&units[from..start]);
            if let Err(fail) = expand(to, compiled, matcher, &mut out) {
                return Ok(Err(fail));
            }
            made = out.len();
            if made > bound {
                return Ok(Err(Fail::limit(format!(
                    "a text is longer than {bound} bytes"
                ))));
            }
            from = end;
            if !all {
                break;
            }
        }
        out.extend(&units[from..]);
        Ok(Ok(out))
    });
    render.spend(made / 64)?;
    Ok(java_text::from_units(&replaced?))
}

/// A replacement with the groups of the match it names.
fn expand(to: &str, compiled: &Pattern, matcher: &Matcher<'_>, out: &mut Vec<u16>) -> Outcome<()> {
    let mut chars = to.chars().peekable();
    let mut buffer = [0; 2];
    while let Some(c) = chars.next() {
        let literal = match c {
            '\\' => chars
                .next()
                .ok_or_else(|| Fail::runtime("a replacement ends in a backslash"))?,
            '$' => {
                let number = reference(&mut chars, compiled)?;
                out.extend(matcher.group(number).unwrap_or_default());
                continue;
            }
            c => c,
        };
        out.extend(literal.encode_utf16(&mut buffer).iter());
    }
    Ok(())
}

/// The group after a `$`: a name in braces, or a number with as many digits as there are groups.
fn reference(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    compiled: &Pattern,
) -> Outcome<usize> {
    let wrong = || Fail::runtime("`$` in a replacement is followed by a number or by `{name}`");
    if chars.next_if_eq(&'{').is_some() {
        let name: String =
            std::iter::from_fn(|| chars.next_if(char::is_ascii_alphanumeric)).collect();
        let known = compiled.group_named(&name);
        return chars.next_if_eq(&'}').and(known).ok_or_else(wrong);
    }
    let first = chars
        .next()
        .and_then(|c| c.to_digit(10))
        .ok_or_else(wrong)?;
    let mut number = first as usize;
    if number > compiled.groups() {
        return Err(Fail::runtime(format!(
            "the replacement names the group {number}, which is not there"
        )));
    }
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        let longer = number * 10 + digit as usize;
        if longer > compiled.groups() {
            break;
        }
        number = longer;
        chars.next();
    }
    Ok(number)
}
