//! The type of an attribute's column, and an attribute's value as a value of that type.
//!
//! Undocumented, and decided here: files of one destination keep one schema. A column has the type that its attribute is
//! made up with, unless a given value does not fit it.

use jiff::Timestamp;
use jiff::civil::{self, Date};
use rand_chacha::ChaCha20Rng;
use serde_json::Value as Json;

use crate::encode::file::schema::{DataType, Value};
use crate::encode::message::synthetic;
use crate::model::profile::Profile;
use crate::model::sdk::AttributeType;

/// The type of the column of an attribute: the declared or made-up one where all given values fit it.
pub fn column_type(path: &str, declared: AttributeType, profiles: Option<&[Profile]>) -> DataType {
    let made = made_type(path, declared);
    let Some(profiles) = profiles else {
        return made;
    };
    match values(profiles, path).all(|value| fitting(value, &made).is_some()) {
        true => made,
        false => type_in(profiles, path),
    }
}

/// The value of that type that an attribute's value is; nothing where it is none.
pub fn fitting(value: &Json, data_type: &DataType) -> Option<Value> {
    match data_type {
        DataType::BigInt => value.as_i64().map(Value::BigInt),
        DataType::Boolean => value.as_bool().map(Value::Boolean),
        DataType::Date => days(value.as_str()?).map(Value::Date),
        DataType::Double => value.as_f64().map(Value::Double),
        DataType::Int => i32::try_from(value.as_i64()?).ok().map(Value::Int),
        DataType::String => value.as_str().map(|text| Value::String(text.to_owned())),
        DataType::Timestamp => {
            let at: Timestamp = value.as_str()?.parse().ok()?;
            Some(Value::Timestamp(at.as_microsecond()))
        }
        DataType::Array(..)
        | DataType::Binary
        | DataType::Decimal(..)
        | DataType::Float
        | DataType::Map(..)
        | DataType::SmallInt
        | DataType::Struct(_)
        | DataType::TimestampNtz
        | DataType::TinyInt => None,
    }
}

/// Days since 1970-01-01 of a date as ISO 8601 has it, and of nothing else.
fn days(text: &str) -> Option<i32> {
    let date: Date = text.parse().ok()?;
    let since = date.since(civil::date(1970, 1, 1)).ok()?;
    (date.to_string() == text).then(|| since.get_days())
}

/// A made-up value for a column of an attribute of that path.
pub fn made_value(rng: &mut ChaCha20Rng, path: &str, data_type: &DataType) -> Json {
    let own = synthetic::attribute(rng, path);
    if fitting(&own, data_type).is_some() {
        return own;
    }
    match data_type {
        DataType::Int if named_type(path) == DataType::Int => Json::from(1984),
        DataType::Int => synthetic::typed(rng, path, AttributeType::Integer),
        DataType::BigInt => synthetic::typed(rng, path, AttributeType::Long),
        DataType::Double => synthetic::typed(rng, path, AttributeType::Number),
        DataType::Boolean => synthetic::typed(rng, path, AttributeType::Boolean),
        DataType::Date => synthetic::typed(rng, path, AttributeType::Date),
        DataType::Timestamp => synthetic::typed(rng, path, AttributeType::DateTime),
        DataType::Array(..)
        | DataType::Binary
        | DataType::Decimal(..)
        | DataType::Float
        | DataType::Map(..)
        | DataType::SmallInt
        | DataType::String
        | DataType::Struct(_)
        | DataType::TimestampNtz
        | DataType::TinyInt => own,
    }
}

/// The type of a made-up attribute of that path. Of texts the name says more.
fn made_type(path: &str, declared: AttributeType) -> DataType {
    match declared {
        AttributeType::Text => named_type(path),
        AttributeType::Integer => DataType::Int,
        AttributeType::Long => DataType::BigInt,
        AttributeType::Number => DataType::Double,
        AttributeType::Boolean => DataType::Boolean,
        AttributeType::Date => DataType::Date,
        AttributeType::DateTime => DataType::Timestamp,
    }
}

fn named_type(path: &str) -> DataType {
    let last = path.rsplit('.').next().unwrap_or(path);
    if last == "birthYear" {
        DataType::Int
    } else if last.ends_with("Date") || last == "date" {
        DataType::Date
    } else {
        DataType::String
    }
}

/// The type that holds every value of an attribute: text where they are of several kinds.
fn type_in(profiles: &[Profile], name: &str) -> DataType {
    let mut types = [DataType::BigInt, DataType::Double, DataType::Boolean].into_iter();
    let holds = |kind: &DataType| values(profiles, name).all(|v| fitting(v, kind).is_some());
    match values(profiles, name).next() {
        Some(_) => types.find(holds).unwrap_or(DataType::String),
        None => DataType::String,
    }
}

fn values<'a>(profiles: &'a [Profile], name: &'a str) -> impl Iterator<Item = &'a Json> {
    let values = profiles
        .iter()
        .filter_map(move |profile| profile.attribute_value(name));
    values.filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng as _;
    use serde_json::json;

    use super::*;

    fn of<const N: usize>(name: &str, values: [Json; N]) -> DataType {
        column_type(
            name,
            AttributeType::Text,
            Some(&values.map(|v| Profile::new().attribute(name, v))),
        )
    }

    #[test]
    fn a_column_has_the_type_that_holds_all_its_values() {
        assert_eq!(of("a", [json!(1), json!(2)]), DataType::BigInt);
        assert_eq!(of("a", [json!(1), json!(2.5)]), DataType::Double);
        assert_eq!(of("a", [json!(true), json!(null)]), DataType::Boolean);
        assert_eq!(of("a", [json!(1), json!("x")]), DataType::String);
        assert_eq!(of("a", []), DataType::String);
    }

    #[test]
    fn given_values_have_the_type_of_made_up_ones_where_they_fit() {
        for name in ["birthDate", "person.birthYear", "a"] {
            let made = column_type(name, AttributeType::Text, None);
            assert_eq!(of(name, []), made, "{name}");
            assert_eq!(of(name, [json!(null)]), made, "{name}");
        }
        assert_eq!(of("birthDate", [json!("1984-03-02")]), DataType::Date);
        assert_eq!(of("birthDate", [json!("03/02/1984")]), DataType::String);
        assert_eq!(of("birthYear", [json!(1984)]), DataType::Int);
        assert_eq!(
            of("birthYear", [json!(3_000_000_000_u32)]),
            DataType::BigInt
        );
        assert_eq!(of("birthYear", [json!("1984")]), DataType::String);
    }

    #[test]
    fn a_declared_type_is_that_of_the_column_and_of_its_values() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for (declared, value, expected) in [
            ("integer", json!(42), Value::Int(42)),
            ("long", json!(42), Value::BigInt(42)),
            ("Number", json!(2.5), Value::Double(2.5)),
            ("boolean", json!(true), Value::Boolean(true)),
            ("date", json!("1970-01-02"), Value::Date(1)),
            (
                "date-time",
                json!("1970-01-01T00:00:01Z"),
                Value::Timestamp(1_000_000),
            ),
            ("string", json!("x"), Value::String("x".to_owned())),
            ("", json!("x"), Value::String("x".to_owned())),
        ] {
            let kind = AttributeType::named(declared);
            let column = column_type("a", kind, None);
            assert_eq!(fitting(&value, &column), Some(expected), "{declared}");
            let made = made_value(&mut rng, "a", &column);
            for value in [value, made] {
                let given = [Profile::new().attribute("a", value)];
                assert_eq!(column_type("a", kind, Some(&given)), column, "{declared}");
            }
        }
    }

    #[test]
    fn a_date_is_the_days_since_1970() {
        let day = |text: &str| fitting(&json!(text), &DataType::Date);
        assert_eq!(day("1970-01-02"), Some(Value::Date(1)));
        assert_eq!(day("1969-12-31"), Some(Value::Date(-1)));
        assert_eq!(day("2000-02-29"), Some(Value::Date(11_016)));
        assert_eq!(day("2001-02-29"), None);
        assert_eq!(day("2001-02-28T10:30:00Z"), None);
    }
}
