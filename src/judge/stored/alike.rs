//! Whether values are stored as they were sent, whatever their types make of them.

use serde_json::{Map, Number, Value};

use crate::judge::spelling::EXACT;
use crate::model::finding::{Difference, Finding};

/// Whether a value is stored as it was sent: what a message spells as text may be stored as text, and a number by its
/// value. A text is what its signs are.
fn is_kept(sent: &Value, stored: &Value) -> bool {
    match (sent, stored) {
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => {
            let spelt = sent.to_string();
            spelt == *text
        }
        (Value::Number(one), Value::Number(other)) => {
            let float = |n: &Number| n.as_f64().filter(|n| n.abs() < EXACT);
            one == other || float(one).is_some_and(|n| float(other) == Some(n))
        }
        _ => sent == stored,
    }
}

/// Two objects with the same keys have the same values; the finding is made of the first that differs.
pub(super) fn alike(
    found: &Map<String, Value>,
    sent: &Map<String, Value>,
    pointer: &str,
    differs: fn(&str, &Value, &Value) -> Finding,
) -> Result<(), Finding> {
    let differing = || {
        sent.iter()
            .map(|(key, value)| (key, value, found.get(key).unwrap_or(&Value::Null)))
            .filter(|(_, sent, stored)| !is_kept(sent, stored))
    };
    let at = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    let Some((key, sent, stored)) = differing().next() else {
        return Ok(());
    };
    let differences = differing().map(|(key, sent, stored)| Difference {
        pointer: at(key),
        expected: sent.to_string(),
        received: stored.to_string(),
    });
    Err(differs(key, sent, stored)
        .at(at(key))
        .differing(differences.collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_is_kept_by_its_value_or_as_it_was_spelt_and_a_text_by_its_signs() {
        for (sent, kept, other) in [
            (json!(42), json!("42"), json!("42.0")),
            (json!(42), json!(42.0), json!(43)),
            (json!(true), json!("true"), json!(1)),
            (json!("42"), json!("42"), json!(42)),
            (
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992.0),
            ),
        ] {
            assert!(is_kept(&sent, &kept), "{sent} {kept}");
            assert!(!is_kept(&sent, &other), "{sent} {other}");
        }
    }
}
