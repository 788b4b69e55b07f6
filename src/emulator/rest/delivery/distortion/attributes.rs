//! Faults that store other attributes than were sent.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::timestamp::like;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::store::spelling::composed;

/// Changes the attributes of a profile.
pub(super) fn distort(attributes: &mut Map<String, Value>, rules: &Rules) {
    if rules.has(Fault::AttributesDropped) {
        attributes.clear();
    }
    if rules.has(Fault::ManyAttributesTruncated) {
        let kept = std::mem::take(attributes).into_iter().take(32);
        *attributes = kept.collect();
    }
    for value in attributes.values_mut() {
        if let Value::String(text) = value {
            *value = converted(edited(mangled(text, rules), rules), rules);
        }
    }
}

fn mangled(text: &str, rules: &Rules) -> String {
    let mut text = text.to_owned();
    if rules.has(Fault::NonBmpMangled) {
        text = text
            .chars()
            .map(|c| if c > '\u{FFFF}' { '?' } else { c })
            .collect();
    }
    if rules.has(Fault::HtmlEscaped) {
        text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;");
    }
    if rules.has(Fault::BackslashLost) {
        text = text.replace('\\', "");
    }
    if rules.has(Fault::NewlineLost) {
        text = text.replace('\n', " ");
    }
    text
}

fn edited(mut text: String, rules: &Rules) -> String {
    if rules.has(Fault::AttributeTrimmed) {
        text = text.trim().to_owned();
    }
    if rules.has(Fault::AttributeComposed) {
        text = composed(&text);
    }
    if rules.has(Fault::FormulaGuarded) && text.starts_with(['=', '+', '-', '@']) {
        text.insert(0, '\'');
    }
    if rules.has(Fault::AttributeCutAtSeparator) {
        let first = text.split([',', ';', '|']).next();
        text = first.unwrap_or_default().to_owned();
    }
    if rules.has(Fault::AttributeUrlDecoded) {
        text = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    if rules.has(Fault::QuotesMadePlain) {
        text = text
            .replace(['\u{201c}', '\u{201d}'], "\"")
            .replace(['\u{2018}', '\u{2019}'], "'")
            .replace('\u{2013}', "-");
    }
    for (fault, most) in [(Fault::AttributeCut, 255), (Fault::AttributeCutLate, 1024)] {
        if rules.has(fault) {
            text = text.chars().take(most).collect();
        }
    }
    text
}

/// Text that looks like something else becomes that.
fn converted(text: String, rules: &Rules) -> Value {
    if rules.has(Fault::JsonTextRead)
        && text.starts_with(['[', '{', '"'])
        && let Ok(read) = serde_json::from_str(&text)
    {
        return read;
    }
    if text.is_empty() && rules.has(Fault::EmptyTextNull) {
        return Value::Null;
    }
    if text == "0" && rules.has(Fault::ZeroTextNull) {
        return Value::Null;
    }
    if rules.has(Fault::NumberTextConverted)
        && let Some(number) = number(&text)
    {
        return number;
    }
    match text.to_lowercase().as_str() {
        "true" if rules.has(Fault::BooleanTextConverted) => Value::Bool(true),
        "false" if rules.has(Fault::BooleanTextConverted) => Value::Bool(false),
        "null" if rules.has(Fault::NullTextConverted) => Value::Null,
        date if rules.has(Fault::DateTextConverted) && like(date, "0000-00-00") => {
            Value::String(format!("{text}T00:00:00.000Z"))
        }
        _ => Value::String(text),
    }
}

/// As spreadsheets and loose languages have it: `007` is 7.
fn number(text: &str) -> Option<Value> {
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
    let whole = || text.parse::<i64>().ok().map(Value::from);
    let real = || serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number);
    begins.then(|| whole().or_else(real))?
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn text_that_looks_like_something_else_is_converted_by_its_fault_alone() {
        for (fault, sent, kept) in [
            (Fault::NumberTextConverted, "007", json!(7)),
            (Fault::NumberTextConverted, "1e3", json!(1000.0)),
            (Fault::NumberTextConverted, "-0.50", json!(-0.5)),
            (Fault::NumberTextConverted, "inf", json!("inf")),
            (Fault::NumberTextConverted, "7 seas", json!("7 seas")),
            (Fault::BooleanTextConverted, "True", json!(true)),
            (Fault::BooleanTextConverted, "false", json!(false)),
            (Fault::NullTextConverted, "NULL", json!(null)),
            (Fault::EmptyTextNull, "", json!(null)),
            (Fault::ZeroTextNull, "0", json!(null)),
            (Fault::ZeroTextNull, "00", json!("00")),
            (
                Fault::DateTextConverted,
                "1990-05-17",
                json!("1990-05-17T00:00:00.000Z"),
            ),
            (Fault::DateTextConverted, "17-05-1990", json!("17-05-1990")),
        ] {
            let rules = Rules::new(BTreeSet::from([fault]), BTreeSet::new());
            assert_eq!(converted(sent.to_owned(), &rules), kept, "{fault}: {sent}");
            assert_eq!(
                converted(sent.to_owned(), &Rules::default()),
                json!(sent),
                "{sent}"
            );
        }
    }
}
