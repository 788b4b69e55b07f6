//! JSON to a tree with places: RFC 8259 and nothing more, duplicate keys reported, a byte order mark tolerated.

use std::sync::Arc;

use jsonc_parser::ast::Value as Ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::model::source::tree::{Member, Node, Value};
use crate::model::source::{Place, Problem, Source};

const BOM: &str = "\u{feff}";

/// What posts JSON in Adobe's pages.
const COMMAND: &str = "curl";

/// Parses a JSON text.
///
/// # Errors
/// `None` for the node when the text is not JSON; the problems say why. Problems beside a node are warnings or
/// duplicate keys.
pub fn parse(source: &Arc<Source>) -> (Option<Node>, Vec<Problem>) {
    let mut problems = Vec::new();
    let (text, offset) = match source.text.strip_prefix(BOM) {
        Some(text) => {
            problems.push(Place::new(source, 0..BOM.len()).warning(
                "the file begins with a byte order mark",
                "save it as UTF-8 without one: RFC 8259 section 8.1 forbids it",
            ));
            (text, BOM.len())
        }
        None => (source.text.as_str(), 0),
    };
    let mut builder = Builder {
        source,
        offset,
        problems,
    };
    let node = match parse_to_ast(text, &CollectOptions::default(), &strict()) {
        Ok(result) => result.value.map(|value| builder.node(&value)),
        Err(_) if is_command(text) => {
            let start = text.len() - text.trim_start().len();
            let end = start + COMMAND.len();
            // its headers log in to Adobe's API
            source.hide(end + offset..source.text.len(), "command");
            builder.place(start..end, |place| {
                place.error(
                    "expected JSON (RFC 8259), received a command that posts it",
                    "keep what it posts alone: what stands between the quotes after `-d` or `--data`",
                )
            });
            return (None, builder.problems);
        }
        Err(error) => {
            let range = error.range();
            builder.error(range.start..range.end, &lower(&error.kind().to_string()));
            return (None, builder.problems);
        }
    };
    if node.is_none() {
        builder.error(0..text.len(), "the file is empty");
    }
    if let Some((at, sign)) = forbidden(text) {
        builder.place(at..at + sign.len_utf8(), |place| {
            place.error(
                format!(
                    "expected JSON (RFC 8259), received the character U+{:04X} as it is",
                    u32::from(sign)
                ),
                match sign.is_control() {
                    true => "write it as an escape in the string: a line break is `\\n`, a tab `\\t`",
                    false => "put a blank in its place: only blanks, tabs and line ends stand between values",
                },
            )
        });
    }
    (node, builder.problems)
}

/// Whether a text is what Adobe's pages have to copy into a terminal.
fn is_command(text: &str) -> bool {
    let rest = text.trim_start().strip_prefix(COMMAND);
    rest.is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// The first character that stands where RFC 8259 forbids it: a control character in a string (section 7), or other white
/// space than its four between values (section 2). The parser lets both pass.
fn forbidden(text: &str) -> Option<(usize, char)> {
    let (mut within, mut escaped) = (false, false);
    text.char_indices().find(|(_, sign)| {
        let is_forbidden = match within {
            true => *sign < ' ',
            false => sign.is_whitespace() && !matches!(sign, ' ' | '\t' | '\n' | '\r'),
        };
        within ^= *sign == '"' && !escaped;
        escaped = within && *sign == '\\' && !escaped;
        is_forbidden
    })
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    offset: usize,
    problems: Vec<Problem>,
}

impl Builder<'_> {
    fn node(&mut self, ast: &Ast<'_>) -> Node {
        let range = ast.range();
        let value = match ast {
            Ast::StringLit(text) => Value::String(text.value.to_string()),
            Ast::NumberLit(number) => self.number(number.value, range.start..range.end),
            Ast::BooleanLit(value) => Value::Bool(value.value),
            Ast::NullKeyword(_) => Value::Null,
            Ast::Array(array) => {
                Value::Array(array.elements.iter().map(|e| self.node(e)).collect())
            }
            Ast::Object(object) => Value::Object(self.members(object)),
        };
        Node {
            span: range.start + self.offset..range.end + self.offset,
            value,
        }
    }

    fn members(&mut self, object: &jsonc_parser::ast::Object<'_>) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        for property in &object.properties {
            let range = property.name.range();
            let key = property.name.as_str().to_owned();
            if members.iter().any(|m| m.key == key) {
                self.place(range.start..range.end, |place| {
                    place.error(
                        format!("`{key}` is given twice"),
                        "keep one of them: which one counts differs from reader to reader",
                    )
                });
                continue;
            }
            let value = self.node(&property.value);
            members.push(Member {
                key,
                key_span: range.start + self.offset..range.end + self.offset,
                value,
            });
        }
        members
    }

    fn number(&mut self, text: &str, span: std::ops::Range<usize>) -> Value {
        match serde_json::from_str(text) {
            Ok(number) => Value::Number(number),
            Err(_) => {
                self.error(span, &format!("cannot read the number `{text}`"));
                Value::Null
            }
        }
    }

    fn error(&mut self, span: std::ops::Range<usize>, what: &str) {
        self.place(span, |place| {
            place.error(
                format!("expected JSON (RFC 8259): {what}"),
                "JSON has double-quoted keys and strings, no comments and no trailing commas",
            )
        });
    }

    fn place(&mut self, span: std::ops::Range<usize>, problem: impl FnOnce(Place) -> Problem) {
        let span = span.start + self.offset..span.end + self.offset;
        self.problems.push(problem(Place::new(self.source, span)));
    }
}

fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// With a small first letter, as our messages begin.
fn lower(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_posts_json_is_told_from_json_that_is_wrong() {
        let token = Source::new("s.json", "curl -H 'Bearer t-4711'");
        let _ = parse(&token);
        assert!(!token.shown().contains("4711"), "{}", token.shown());
        let said = |text: &str| {
            let (node, problems) = parse(&Source::new("s.json", text));
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            (node.is_none(), all.join("\n"))
        };
        let (refused, command) = said("\ncurl -X POST x -d '{\"a\": 1}'");
        assert!(refused && command.starts_with("s.json:2:1: "), "{command}");
        assert!(
            command.contains("received a command that posts it"),
            "{command}"
        );
        let (refused, quote) = said("{\"a\": 1}'");
        assert!(refused && quote.starts_with("s.json:1:"), "{quote}");
        assert!(!quote.contains("command"), "{quote}");
    }

    #[test]
    fn what_the_rfc_forbids_within_and_between_values_is_found() {
        assert_eq!(forbidden("{\"a\": \"one\ntwo\"}"), Some((10, '\n')));
        assert_eq!(forbidden("{\"a\": \"one\\\" \ttwo\"}"), Some((13, '\t')));
        assert_eq!(forbidden("{\u{a0}\"a\": 1}"), Some((1, '\u{a0}')));
        let fine = "{\r\n\t\"a\": \"one\\ntwo\u{a0}\\\\\",\n\"b\": 1}";
        assert_eq!(forbidden(fine), None);
    }
}
