//! The filter `numberformat`.

use crate::encode::pebble::decimal_format::{Amount, Format};
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::render::Render;
use crate::encode::pebble::value::Value;

/// Format a number by a pattern of `DecimalFormat`, or by the default of the locale.
pub(super) fn number_format(render: &Render<'_>, input: &Value, pattern: &Value) -> Outcome<Value> {
    let amount = match input {
        Value::Int(_) | Value::Long(_) => Amount::integer(i128::from(render.long(input))),
        Value::Big(value) => Amount::integer(i128::from(*value)),
        Value::Double(value) => Amount::Double(*value),
        Value::Lazy(value) => Amount::Double(f64::from(*value)),
        Value::Decimal(decimal) => Amount::decimal(&decimal.plain()),
        other => {
            return Err(Fail::runtime(format!(
                "`numberformat` takes a number, received {}",
                other.kind()
            )));
        }
    };
    let pattern = match pattern {
        Value::Null => "#,##0.###",
        Value::Str(pattern) => pattern,
        other => {
            return Err(Fail::runtime(format!(
                "the format of `numberformat` is a string, received {}",
                other.kind()
            )));
        }
    };
    render.spend(pattern.len())?;
    let format = Format::new(pattern).map_err(|reason| {
        Fail::runtime(format!("cannot format a number by `{pattern}`: {reason}"))
            .help("the format follows DecimalFormat of Java, such as #,##0.00")
    })?;
    let text = format
        .apply(&amount, &render.options.locale)
        .map_err(Fail::unsupported)?;
    render.text(text)
}
