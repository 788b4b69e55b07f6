//! Reads `customerDataFields`, and what a submission fills in for them (reference 4.2).

use fancy_regex::Regex;
use serde_json::{Map, Value as Json};

use crate::model::sdk::customer_data::{CustomerDataField, FieldType};
use crate::model::sdk::server_json::has_user;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::{closest, list};
use crate::model::source::tree::{Node, Value};
use crate::model::submission::Credential;

const TYPES: [(&str, FieldType); 4] = [
    ("string", FieldType::String),
    ("object", FieldType::Object),
    ("integer", FieldType::Integer),
    ("boolean", FieldType::Boolean),
];

/// Reads `customerDataFields`.
pub(crate) fn read(cursor: &Cursor<'_>) -> Vec<CustomerDataField> {
    let mut fields: Vec<CustomerDataField> = Vec::new();
    for element in cursor.array().unwrap_or_default() {
        let Some(field) = field(&element) else {
            continue;
        };
        if fields.iter().any(|known| known.name == field.name) {
            element.error(
                format!("the field `{}` is given twice", field.name),
                "give each field a name of its own",
            );
            continue;
        }
        fields.push(field);
    }
    fields
}

fn field(cursor: &Cursor<'_>) -> Option<CustomerDataField> {
    let fields = cursor.object()?;
    let flag = |key| fields.get(key).and_then(|c| c.bool()).unwrap_or(false);
    let name = fields.need("name").and_then(|c| c.text());
    let field_type = fields.need("type").and_then(|c| c.one_of(&TYPES));
    let format = fields.get("format").and_then(|c| c.string());
    let choices = choices(&fields);
    let field = CustomerDataField {
        required: flag("isRequired"),
        hidden: flag("hidden"),
        pattern: fields.get("pattern").and_then(|c| pattern(&c)),
        readable: field_type.is_some() && choices.is_ok(),
        choices: choices.unwrap_or_default(),
        default: fields.get("default").map(|c| c.node.to_json()),
        secret: format.as_deref() == Some("password"),
        properties: fields.get("properties").map_or_else(Vec::new, |c| read(&c)),
        name: name?,
        field_type: field_type.unwrap_or(FieldType::String),
    };
    fields.ignore(&[
        "title",
        "description",
        "readOnly",
        "unique",
        "dynamicEnum",
        "conditional",
    ]);
    fields.finish();
    Some(field)
}

/// A pattern of Java's dialect; one that cannot be read here may still be one.
fn pattern(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.string()?;
    if text.is_empty() {
        cursor.empty();
        return None;
    }
    if let Err(error) = Regex::new(&text) {
        cursor.warning(
            format!(
                "cannot read the regular expression, so that no value is held against it: {error}"
            ),
            "write a regular expression of Java; in JSON each `\\` is written `\\\\`",
        );
        return None;
    }
    Some(text)
}

/// The values to choose from, as text; an error where they cannot be read.
fn choices(fields: &Fields<'_>) -> Result<Option<Vec<String>>, Unread> {
    let text = |c: &Cursor<'_>| match &c.node.value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(c.node.to_json().to_string()),
        Value::Null | Value::Date(_) | Value::Array(_) | Value::Object(_) => {
            c.string().ok_or(Unread)
        }
    };
    if let Some(named) = fields.get("namedEnum") {
        let value = |c: &Cursor<'_>| {
            let value = c.object().and_then(|fields| fields.need("value"));
            text(&value.ok_or(Unread)?)
        };
        let all = named.array().ok_or(Unread)?;
        return all.iter().map(value).collect::<Result<_, _>>().map(Some);
    }
    let Some(plain) = fields.get("enum") else {
        return Ok(None);
    };
    let all = plain.array().ok_or(Unread)?;
    all.iter().map(text).collect::<Result<_, _>>().map(Some)
}

/// Something of a field cannot be read, which has been said.
#[derive(Debug, Clone, Copy)]
struct Unread;

/// What a submission fills in: values, and secrets that are still to be fetched.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// Values, defaults included.
    pub(crate) values: Map<String, Json>,
    /// Secret fields with where their values are.
    pub(crate) secrets: Vec<(String, Credential)>,
}

/// Fills customer data fields from `customer_data`; `place` is where the table belongs when there is none.
pub(crate) fn fill(
    fields: &[CustomerDataField],
    given: Option<&Cursor<'_>>,
    place: &Cursor<'_>,
    secret: impl Fn(&Cursor<'_>) -> Option<Credential>,
) -> Filled {
    let mut filled = Filled::default();
    let table = given.and_then(Cursor::object);
    let members = table.as_ref().map(Fields::each).unwrap_or_default();
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    if given.is_some() && table.is_none() {
        return filled;
    }
    let mut meant: Vec<&str> = Vec::new();
    for (member, cursor) in &members {
        let Some(field) = fields.iter().find(|f| f.name == member.key) else {
            meant.extend(unknown(cursor, &member.key, &names));
            continue;
        };
        if !field.readable {
            continue;
        }
        if field.secret {
            filled
                .secrets
                .extend(secret(cursor).map(|s| (field.name.clone(), s)));
        } else if let Some(value) = value(field, cursor) {
            filled.values.insert(field.name.clone(), value);
        }
    }
    for field in fields {
        let written = members.iter().any(|(member, _)| member.key == field.name);
        // what is misspelt is not missing, too
        if written || meant.contains(&field.name.as_str()) {
            continue;
        }
        match default_of(field) {
            Some(value) => {
                filled.values.insert(field.name.clone(), value);
            }
            None if field.required => missing(field, given.unwrap_or(place)),
            None => {}
        }
    }
    filled
}

/// The default of a field; of an object, those of its fields.
fn default_of(field: &CustomerDataField) -> Option<Json> {
    if field.default.is_some() {
        return field.default.clone();
    }
    let nested: Map<String, Json> = field
        .properties
        .iter()
        .filter_map(|f| Some((f.name.clone(), default_of(f)?)))
        .collect();
    (!nested.is_empty()).then(|| nested.into())
}

fn missing(field: &CustomerDataField, place: &Cursor<'_>) {
    let example = match field.field_type {
        FieldType::String => "\"…\"",
        FieldType::Object => "{ … }",
        FieldType::Integer => "1",
        FieldType::Boolean => "true",
    };
    place.error(
        format!("missing the customer data field `{}`", field.name),
        format!(
            "the configuration requires it: add `customer_data.{} = {example}`",
            field.name
        ),
    );
}

/// Reports what no field is called; the field that was meant, if that can be told.
fn unknown<'n>(cursor: &Cursor<'_>, key: &str, names: &[&'n str]) -> Option<&'n str> {
    let fields = if names.is_empty() {
        "`customerDataFields` declares none".to_owned()
    } else {
        format!("`customerDataFields` declares {}", list(names, "and"))
    };
    let near = closest(key, names);
    let help = match near {
        Some(near) => format!("did you mean `{near}`? {fields}"),
        None => fields,
    };
    cursor.error(
        "the configuration declares no such customer data field",
        help,
    );
    near
}

fn value(field: &CustomerDataField, cursor: &Cursor<'_>) -> Option<Json> {
    match field.field_type {
        FieldType::String => string(field, cursor).map(Json::from),
        FieldType::Integer => integer(cursor.node).or_else(|| {
            cursor.integer(0..=u64::MAX);
            None
        }),
        FieldType::Boolean => cursor.bool().map(Json::from),
        FieldType::Object => {
            let nested = fill(&field.properties, Some(cursor), cursor, |c| {
                c.error(
                    "a nested field cannot hold a secret",
                    "make it a field of its own in `customerDataFields`",
                );
                None
            });
            Some(nested.values.into())
        }
    }
}

fn integer(node: &Node) -> Option<Json> {
    match &node.value {
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.clone().into()),
        Value::Number(_)
        | Value::Null
        | Value::Bool(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Array(_)
        | Value::Object(_) => None,
    }
}

/// Whether a URL holds a password, or a user name where that is no part of the address: `abfs://` has the file system
/// there.
fn logs_in(url: &url::Url) -> bool {
    url.password().is_some() || (matches!(url.scheme(), "http" | "https") && has_user(url))
}

fn string(field: &CustomerDataField, cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.string()?;
    if url::Url::parse(&text).is_ok_and(|url| logs_in(&url)) {
        cursor.error(
            "the URL holds a user name or password",
            "leave it out: what logs in belongs under [destination.credentials]",
        );
        return None;
    }
    if let Some(choices) = &field.choices
        && !choices.contains(&text)
    {
        let names: Vec<&str> = choices.iter().map(String::as_str).collect();
        let help = match closest(&text, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {}", list(&names, "or")),
        };
        cursor.error(
            format!("expected {}, received `{text}`", list(&names, "or")),
            help,
        );
        return None;
    }
    if let Some(pattern) = &field.pattern
        && let Ok(regex) = Regex::new(pattern)
        && !regex.is_match(&text).unwrap_or(false)
    {
        cursor.error(
            format!("`{text}` does not match the pattern of the customer data field"),
            format!("the configuration asks for `{pattern}`"),
        );
        return None;
    }
    Some(text)
}
