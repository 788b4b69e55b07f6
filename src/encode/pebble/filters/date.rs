//! The filter `date`.

use crate::encode::pebble::eval::Arguments;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::render::Render;
use crate::encode::pebble::simple_date::{Pattern, Zone};
use crate::encode::pebble::value::Value;

/// Format epoch milliseconds, or what `existingFormat` reads from the text of any value; the result is safe.
pub(super) fn date(render: &Render<'_>, input: &Value, args: &Arguments) -> Outcome<Value> {
    let text = |at: usize, name: &str| match args.get(at) {
        Value::Null => Ok(None),
        Value::Str(text) => Ok(Some(text)),
        other => Err(Fail::runtime(format!(
            "`{name}` of `date` is a string, received {}",
            other.kind()
        ))),
    };
    let format = text(0, "format")?;
    let existing = text(1, "existingFormat")?;
    let zone = text(2, "timeZone")?;
    let language = render.options.locale.language.as_str();
    let millis = match existing {
        Some(existing) => parsed(render, input, &existing)?,
        None => milliseconds(render, input)?,
    };
    let format = format.as_deref().unwrap_or("yyyy-MM-dd'T'HH:mm:ssZ");
    let zone = zone.map_or_else(Zone::utc, |id| Zone::named(&id));
    render.spend(format.len())?;
    let formatted =
        Pattern::new(format).and_then(|pattern| pattern.format(millis, &zone, language));
    let text = formatted.map_err(|reason| {
        Fail::runtime(format!("cannot format a date by `{format}`: {reason}"))
            .help("format follows SimpleDateFormat of Java, such as yyyy-MM-dd'T'HH:mm:ssX")
    })?;
    render.make(text.len())?;
    Ok(Value::Safe(text.into()))
}

/// Epoch milliseconds read from the text of a value: with an existing format a number is a text too.
fn parsed(render: &Render<'_>, input: &Value, existing: &str) -> Outcome<i64> {
    let text = match input {
        Value::Array(_) => return Err(neither(input)),
        input => render.java_string(input)?,
    };
    render.spend(existing.len() + text.len())?;
    let language = render.options.locale.language.as_str();
    let parsed = Pattern::new(existing).and_then(|pattern| pattern.parse(&text, language));
    parsed.map_err(|reason| {
        let fail = Fail::runtime(format!(
            "cannot read the date `{text}` by the format `{existing}`: {reason}"
        ));
        fail.help(match input.is_number() {
            true => "leave existingFormat out where the value is a number of milliseconds",
            false => {
                "existingFormat follows SimpleDateFormat of Java, such as yyyy-MM-dd'T'HH:mm:ssX"
            }
        })
    })
}

fn milliseconds(render: &Render<'_>, input: &Value) -> Outcome<i64> {
    match input {
        Value::Str(_) => Err(
            Fail::runtime("`date` needs existingFormat for a string").help(
                "write `date(existingFormat=\"yyyy-MM-dd'T'HH:mm:ssX\", format=\"yyyy-MM-dd\")`",
            ),
        ),
        number if number.is_number() => Ok(render.long(number)),
        other => Err(neither(other)),
    }
}

fn neither(input: &Value) -> Fail {
    Fail::runtime(format!(
        "`date` takes epoch milliseconds or a string, received {}",
        input.kind()
    ))
}
