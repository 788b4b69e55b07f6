//! TOML to a tree with places.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::source::tree::{Member, Node, Value};
use crate::model::source::{Place, Problem, Source};

/// Parses a TOML text; on failure the problems say why, several at once.
pub fn parse(source: &Arc<Source>) -> (Option<Node>, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut problems: Vec<Problem> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            Place::new(source, span).error(
                format!("expected TOML: {}", error.message().trim().replace('\n', ", ")),
                "see https://toml.io/en/v1.0.0; strings are quoted, tables are `[name]` or `[[name]]`",
            )
        })
        .collect();
    if !problems.is_empty() {
        return (None, problems);
    }
    let members = members(source, table.get_ref(), &mut problems);
    let node = Node {
        span: table.span(),
        value: Value::Object(members),
    };
    (Some(node), problems)
}

fn members(source: &Arc<Source>, table: &DeTable<'_>, problems: &mut Vec<Problem>) -> Vec<Member> {
    let mut members: Vec<Member> = table
        .iter()
        .map(|(key, value)| Member {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            value: node(source, value, problems),
        })
        .collect();
    members.sort_by_key(|member| member.key_span.start);
    members
}

fn node(source: &Arc<Source>, value: &Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Node {
    let span = value.span();
    let value = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
            .map_or_else(
                |_| unreadable(source, &span, problems),
                |number| Value::Number(number.into()),
            ),
        DeValue::Float(float) => float
            .as_str()
            .parse::<f64>()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map_or_else(|| unreadable(source, &span, problems), Value::Number),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(elements) => {
            Value::Array(elements.iter().map(|e| node(source, e, problems)).collect())
        }
        DeValue::Table(table) => Value::Object(members(source, table, problems)),
    };
    Node { span, value }
}

fn unreadable(
    source: &Arc<Source>,
    span: &std::ops::Range<usize>,
    problems: &mut Vec<Problem>,
) -> Value {
    problems.push(Place::new(source, span.clone()).error(
        "cannot read the number",
        "write a finite number that fits in 64 bits",
    ));
    Value::Null
}
