//! Splits a template into tokens by the rules of Pebble's lexer, whitespace control included.

use crate::encode::pebble::error::ErrorKind;
use crate::encode::pebble::fail::{Fail, Outcome, Span};
use crate::encode::pebble::java_text::{is_letter, is_letter_or_digit, is_whitespace};
use crate::encode::pebble::source::terminator;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    PrintStart,
    PrintEnd,
    ExecuteStart,
    ExecuteEnd,
    Name,
    Long,
    Number,
    String,
    InterpolationStart,
    InterpolationEnd,
    Operator,
    Punctuation,
    Eof,
}

/// A token: its text (unescaped for strings), and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub kind: Kind,
    pub text: String,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Data,
    Execute,
    Print,
    Comment,
    String,
    Interpolation,
}

/// Longest first, as Pebble tries them.
const OPERATORS: [&str; 21] = [
    "contains", "is not", "equals", "not", "and", "or", "is", "==", "!=", ">=", "<=", "..", ">",
    "<", "+", "-", "*", "/", "%", "|", "~",
];

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    line: u32,
    trimming: bool,
    tokens: Vec<Token>,
    states: Vec<State>,
    brackets: Vec<(&'static str, usize)>,
    trim_next: bool,
}

/// The tokens of `source`, ending with [`Kind::Eof`].
///
/// `trimming` swallows one line terminator after each closing delimiter.
pub(crate) fn tokens(source: &str, trimming: bool) -> Outcome<Vec<Token>> {
    let mut lexer = Lexer {
        source,
        at: 0,
        line: 1,
        trimming,
        tokens: Vec::new(),
        states: vec![State::Data],
        brackets: Vec::new(),
        trim_next: false,
    };
    while lexer.at < source.len() {
        match lexer.states.last().copied().unwrap_or(State::Data) {
            State::Data => lexer.data()?,
            State::Execute => lexer.between("%}", Kind::ExecuteEnd)?,
            State::Print => lexer.between("}}", Kind::PrintEnd)?,
            State::Comment => lexer.comment()?,
            State::String => lexer.string()?,
            State::Interpolation => lexer.interpolation()?,
        }
    }
    lexer.push(Kind::Eof, String::new(), lexer.at);
    if let Some((bracket, at)) = lexer.brackets.pop() {
        let mut fail = lexer.syntax(format!("`{bracket}` is never closed"));
        fail = fail.help(match bracket {
            "\"" | "#{" => "close the string with `\"`".to_owned(),
            _ => format!("add `{}` before the end of the tag", closing(bracket)),
        });
        fail.0.span = Some(Span {
            at: at as u32,
            line: lexer.line,
        });
        return Err(fail);
    }
    Ok(lexer.tokens)
}

fn closing(bracket: &str) -> &'static str {
    match bracket {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn syntax(&self, message: impl Into<String>) -> Fail {
        Fail::new(ErrorKind::Syntax, message).at(Span {
            at: self.at as u32,
            line: self.line,
        })
    }

    fn push(&mut self, kind: Kind, text: String, at: usize) {
        self.tokens.push(Token {
            kind,
            text,
            span: Span {
                at: at as u32,
                line: self.line,
            },
        });
    }

    /// Move on by `amount` bytes, counting lines.
    fn advance(&mut self, amount: usize) {
        let end = self.at + amount;
        while self.at < end {
            let ends = terminator(&self.source[self.at..]);
            if ends > 0 {
                self.line += 1;
                self.at += ends;
            } else {
                self.at += self.source[self.at..]
                    .chars()
                    .next()
                    .map_or(1, char::len_utf8);
            }
        }
    }

    /// Text up to the next opening delimiter, and that delimiter.
    fn data(&mut self) -> Outcome<()> {
        let rest = self.rest();
        let found = open_delimiter(rest);
        let start = self.at;
        let mut text = rest[..found.unwrap_or(rest.len())].to_owned();
        let delimiter = found.map(|at| rest.as_bytes()[at + 1]);
        self.advance(text.len() + if found.is_some() { 2 } else { 0 });
        if self.trim_next {
            self.trim_next = false;
            text = text.trim_start_matches(is_whitespace).to_owned();
        }
        let Some(delimiter) = delimiter else {
            if !text.is_empty() {
                self.push(Kind::Text, text, start);
            }
            return Ok(());
        };
        let opening = self.at - 2;
        let line = self.line;
        if let Some(trimmed) = leading_trim(self.rest()) {
            text.truncate(text.trim_end_matches(is_whitespace).len());
            if !text.is_empty() {
                self.push(Kind::Text, text, start);
            }
            self.advance(trimmed);
        } else if !text.is_empty() {
            self.push(Kind::Text, text, start);
        }
        match delimiter {
            b'#' => self.states.push(State::Comment),
            b'{' => {
                self.push(Kind::PrintStart, String::new(), opening);
                self.states.push(State::Print);
            }
            _ => self.tag(opening, line)?,
        }
        Ok(())
    }

    fn tag(&mut self, opening: usize, line: u32) -> Outcome<()> {
        let after = self.rest().trim_start_matches(is_regex_space);
        if let Some(tail) = after.strip_prefix("verbatim") {
            let tail = tail.trim_start_matches(is_regex_space);
            if tail.strip_prefix('-').unwrap_or(tail).starts_with("%}") {
                let span = Span {
                    at: opening as u32,
                    line,
                };
                return Err(crate::encode::pebble::subset::tag("verbatim").at(span));
            }
        }
        self.push(Kind::ExecuteStart, String::new(), opening);
        self.states.push(State::Execute);
        Ok(())
    }

    /// One token inside `{{ }}` or `{% %}`, or the closing delimiter.
    fn between(&mut self, delimiter: &str, kind: Kind) -> Outcome<()> {
        let inner = self.rest().trim_start_matches(is_regex_space);
        if let Some(tail) = inner.strip_prefix('-')
            && ["}}", "%}", "#}"]
                .iter()
                .any(|close| tail.starts_with(close))
        {
            self.trim_next = true;
        }
        if self.brackets.is_empty() {
            let inner = self.rest().trim_start_matches(is_regex_space);
            let close = inner.strip_prefix('-').unwrap_or(inner);
            if let Some(tail) = close.strip_prefix(delimiter) {
                let length = self.rest().len() - tail.len() + self.newline(tail);
                let at = self.at;
                self.push(kind, delimiter.to_owned(), at);
                self.advance(length);
                self.states.pop();
                return Ok(());
            }
        }
        self.expression()
    }

    /// Length of the terminator that newline trimming swallows at the start of `tail`.
    fn newline(&self, tail: &str) -> usize {
        match self.trimming {
            true if tail.starts_with("\n\r") => 2,
            true => terminator(tail),
            false => 0,
        }
    }

    fn comment(&mut self) -> Outcome<()> {
        let rest = self.rest();
        let Some(end) = rest.find("#}") else {
            return Err(self
                .syntax("a comment is never closed")
                .help("end the comment with `#}`"));
        };
        let comment = &rest[..end];
        let trims = comment
            .strip_suffix('-')
            .is_some_and(|c| c.ends_with(is_regex_space));
        let length = end + 2 + self.newline(&rest[end + 2..]);
        self.trim_next |= trims;
        self.advance(length);
        self.states.pop();
        Ok(())
    }

    fn interpolation(&mut self) -> Outcome<()> {
        let inner = self.rest().trim_start_matches(is_regex_space);
        let length = self.rest().len() - inner.len() + 1;
        if self.brackets.last().is_some_and(|(b, _)| *b == "#{") && inner.starts_with('}') {
            self.brackets.pop();
            let at = self.at + length - 1;
            self.push(Kind::InterpolationEnd, "}".to_owned(), at);
            self.advance(length);
            self.states.pop();
            return Ok(());
        }
        self.expression()
    }

    /// Part of a double-quoted string that holds `#`.
    fn string(&mut self) -> Outcome<()> {
        let at = self.at;
        if self.rest().starts_with("#{") {
            self.brackets.push(("#{", at));
            self.push(Kind::InterpolationStart, "#{".to_owned(), at);
            self.advance(2);
            self.states.push(State::Interpolation);
            return Ok(());
        }
        let length = uninterpolated(self.rest());
        if length > 0 {
            let text = self.rest()[..length].to_owned();
            self.advance(length);
            self.push(Kind::String, text, at);
        } else if self.rest().starts_with('"') {
            self.brackets.pop();
            self.states.pop();
            self.advance(1);
        } else {
            return Err(self.syntax("a backslash ends the template inside a string"));
        }
        Ok(())
    }

    fn expression(&mut self) -> Outcome<()> {
        let skip = self.rest().len() - self.rest().trim_start_matches(is_whitespace).len();
        self.advance(skip);
        let at = self.at;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Err(self.unclosed());
        };
        if let Some(operator) = operator(rest) {
            self.push(Kind::Operator, operator.to_owned(), at);
            self.advance(operator.len());
            return Ok(());
        }
        if is_letter(first) || first == '_' {
            let end = rest
                .find(|c| !is_letter_or_digit(c) && c != '_')
                .unwrap_or(rest.len());
            let name = rest[..end].to_owned();
            self.push(Kind::Name, name, at);
            self.advance(end);
            return Ok(());
        }
        if first.is_ascii_digit() {
            let (kind, text, length) = number(rest);
            let text = text.to_owned();
            self.push(kind, text, at);
            self.advance(length);
            return Ok(());
        }
        if "()[]{}?:.,|=".contains(first) {
            self.bracket(first)?;
            self.push(Kind::Punctuation, first.to_string(), at);
            self.advance(1);
            return Ok(());
        }
        self.quoted(first)
    }

    fn quoted(&mut self, first: char) -> Outcome<()> {
        let at = self.at;
        if let Some((text, length)) = plain_string(self.rest()) {
            self.advance(length);
            self.push(Kind::String, text, at);
            return Ok(());
        }
        if first == '"' {
            self.brackets.push(("\"", at));
            self.states.push(State::String);
            self.advance(1);
            return Ok(());
        }
        if first == '\'' {
            return Err(self
                .syntax("a string that starts with ' is never closed")
                .help("close it with ', and write \\' for a quote inside it"));
        }
        Err(self
            .syntax(format!("unexpected character `{first}` in an expression"))
            .help(character_help(first)))
    }

    fn bracket(&mut self, character: char) -> Outcome<()> {
        let opened = match character {
            '(' => Some("("),
            '[' => Some("["),
            '{' => Some("{"),
            _ => None,
        };
        if let Some(bracket) = opened {
            self.brackets.push((bracket, self.at));
        } else if matches!(character, ')' | ']' | '}') {
            let Some((last, _)) = self.brackets.pop() else {
                return Err(self
                    .syntax(format!("unexpected `{character}`: no bracket is open"))
                    .help("remove it, or close the tag with `}}` or `%}`"));
            };
            if last == "\"" || last == "#{" || !closing(last).starts_with(character) {
                let expected = closing(last);
                return Err(self.syntax(format!(
                    "expected `{expected}` to close `{last}`, received `{character}`"
                )));
            }
        }
        Ok(())
    }

    fn unclosed(&self) -> Fail {
        let (opened, close) = match self.states.last() {
            Some(State::Print) => ("{{", "}}"),
            _ => ("{%", "%}"),
        };
        self.syntax(format!("the template ends inside `{opened}`"))
            .help(format!("close it with `{close}`"))
    }
}

fn character_help(first: char) -> &'static str {
    match first {
        '&' => "write `and` for a logical and",
        '!' => "write `not` for a negation",
        ';' => "one tag holds one expression; remove the semicolon",
        '\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}' => "use straight quotes, \" or '",
        _ => "put text in quotes, or move it outside the tag",
    }
}

/// What `\s` matches in a Java regular expression.
fn is_regex_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{B}' | '\u{C}' | '\r')
}

fn open_delimiter(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = text[from..].find('{') {
        let at = from + found;
        if matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#')) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Length of `-` and the whitespace that must follow it for a leading trim.
fn leading_trim(text: &str) -> Option<usize> {
    let tail = text.strip_prefix('-')?;
    let spaces = tail.len() - tail.trim_start_matches(is_regex_space).len();
    (spaces > 0).then_some(1 + spaces)
}

fn operator(text: &str) -> Option<&'static str> {
    OPERATORS.iter().copied().find(|operator| {
        text.strip_prefix(operator).is_some_and(|tail| {
            let word = operator.ends_with(|c: char| c.is_ascii_alphabetic());
            !(word && tail.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
        })
    })
}

/// Kind, text and length of the number at the start of `text`.
fn number(text: &str) -> (Kind, &str, usize) {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(0);
    if text[whole..].starts_with('L') {
        return (Kind::Long, &text[..whole], whole + 1);
    }
    if text[whole..].starts_with('.') {
        let fraction = digits(whole + 1);
        if fraction > 0 {
            let length = whole + 1 + fraction;
            return (Kind::Number, &text[..length], length);
        }
    }
    (Kind::Number, &text[..whole], whole)
}

/// A string without interpolation at the start of `text`: its value, and its length with quotes.
fn plain_string(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            let escape = if quote == '"' { "\\\"" } else { "\\'" };
            let value = text[1..at].replace(escape, &quote.to_string());
            return Some((value, at + 1));
        } else if quote == '"' && c == '#' {
            return None;
        }
    }
    None
}

/// Length of the text before the next `#{`, `"` or lone backslash.
fn uninterpolated(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return at,
            '\\' if chars.next().is_none() => return at,
            '#' if chars.peek().is_some_and(|(_, next)| *next == '{') => return at,
            _ => {}
        }
    }
    text.len()
}
