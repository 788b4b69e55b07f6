//! The filter `date`.

use crate::encode::pebble::eval::Arguments;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::render::Render;
use crate::encode::pebble::simple_date::{Pattern, Zone};
use crate::encode::pebble::value::Value;

/// Format epoch milliseconds, or a string that `existingFormat` parses; the result is safe.
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
    let millis = match (&input, existing) {
        (Value::Str(date), Some(existing)) => {
            render.spend(existing.len() + date.len())?;
            let parsed = Pattern::new(&existing).and_then(|pattern| pattern.parse(date, language));
            parsed.map_err(|reason| {
                Fail::runtime(format!("cannot read the date `{date}` by the format `{existing}`: {reason}"))
                    .help("existingFormat follows SimpleDateFormat of Java, such as yyyy-MM-dd'T'HH:mm:ssX")
            })?
        }
        (Value::Str(_), None) => {
            return Err(Fail::runtime("`date` needs existingFormat for a string")
                .help("write `date(existingFormat=\"yyyy-MM-dd'T'HH:mm:ssX\", format=\"yyyy-MM-dd\")`"));
        }
        (number, _) if number.is_number() => render.long(number),
        (other, _) => {
            return Err(Fail::runtime(format!(
                "`date` takes epoch milliseconds or a string, received {}",
                other.kind()
            )));
        }
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
