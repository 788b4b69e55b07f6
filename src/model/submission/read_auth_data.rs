//! Reads `[destination.auth_data]`.

use serde_json::Value as Json;

use crate::model::sdk::{DataField, FieldType, OAuth2};
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::{closest, list};
use crate::model::source::tree::Value;
use crate::model::submission::auth_data::{AuthData, AuthDatum, credential};
use crate::model::submission::read_destination::secret;

/// Reads the table against the fields that the configuration declares.
pub(crate) fn read(cursor: &Cursor<'_>, oauth2: Option<&OAuth2>) -> AuthData {
    let mut data = AuthData {
        place: Some(cursor.place()),
        ..AuthData::default()
    };
    let Some(fields) = cursor.object() else {
        let all = oauth2.into_iter().flat_map(OAuth2::typed_fields);
        data.written = all.map(|field| field.name.clone()).collect();
        return data;
    };
    for (member, cursor) in fields.each() {
        let mut typed = oauth2.into_iter().flat_map(OAuth2::typed_fields);
        let Some(field) = typed.find(|field| field.name == member.key) else {
            let meant = unknown(&cursor, &member.key, oauth2);
            data.written.extend(meant.map(ToOwned::to_owned));
            continue;
        };
        data.written.push(field.name.clone());
        let datum = datum(field, &cursor);
        data.values
            .extend(datum.map(|datum| (field.name.clone(), datum)));
    }
    fields.finish();
    data
}

fn datum(field: &DataField, cursor: &Cursor<'_>) -> Option<AuthDatum> {
    if field.secret {
        return secret(cursor).map(AuthDatum::Secret);
    }
    if let Value::Object(_) = cursor.node.value {
        return secret(cursor).map(AuthDatum::Open);
    }
    let value = match field.field_type {
        FieldType::String | FieldType::Object => cursor.text().map(Json::from),
        FieldType::Integer => cursor.integer(0..=u64::MAX).map(Json::from),
        FieldType::Boolean => cursor.bool().map(Json::from),
    };
    value.map(AuthDatum::Literal)
}

/// Reports what nobody asks for; the field that was meant, if that can be told.
fn unknown<'o>(cursor: &Cursor<'_>, key: &str, oauth2: Option<&'o OAuth2>) -> Option<&'o str> {
    let typed = oauth2.into_iter().flat_map(OAuth2::typed_fields);
    let names: Vec<&str> = typed.map(|field| field.name.as_str()).collect();
    let mut declared = oauth2.into_iter().flat_map(|oauth2| &oauth2.data_fields);
    if let Some(name) = oauth2.and_then(|oauth2| credential(key, oauth2.grant)) {
        let help = format!(
            "write it as `{}` under [destination.credentials]",
            name.key()
        );
        cursor.error("what the grant takes is a credential", help);
        return None;
    }
    if declared.any(|field| field.name == key) {
        cursor.error(
            "the configuration has its value, or takes it from the answer",
            "leave it out here, or take it out of `authenticationDataFields`",
        );
        return None;
    }
    let asked = match names.is_empty() {
        true => String::from("`authenticationDataFields` asks for nothing"),
        false => format!(
            "`authenticationDataFields` asks for {}",
            list(&names, "and")
        ),
    };
    let near = closest(key, &names);
    let help = near.map_or_else(
        || asked.clone(),
        |near| format!("did you mean `{near}`? {asked}"),
    );
    cursor.error(
        "the configuration declares no such authentication field",
        help,
    );
    near
}
