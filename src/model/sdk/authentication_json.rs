//! Reads `customerAuthenticationConfigurations` (reference 2).

use crate::model::sdk::Family;
use crate::model::sdk::authentication::{
    Authentication, AuthenticationKind, DataField, FieldSource, FileAuthentication, Grant, OAuth2,
};
use crate::model::sdk::authentication_odd as odd;
use crate::model::sdk::customer_data::FieldType;
use crate::model::sdk::keyed;
use crate::model::sdk::literal::{Literal, Marked, is_placeholder, is_template};
use crate::model::sdk::server_json::{template, url_based, wrong_url};
use crate::model::sdk::template::TemplateString;
use crate::model::sdk::token::{ResponseField, TokenRequest, Validation};
use crate::model::source::Severity;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::list;
use crate::model::source::tree::Value;

/// The name of a client's secret under `[destination.credentials]`, and in marks.
const CLIENT_SECRET: &str = "client_secret";
const SECRET_REMEDY: &str = "take it out and put `client_secret = { env = \"NAME\" }` under [destination.credentials] of the submission";
const KEY_REMEDY: &str = "Adobe has no type for the key of an API: `BEARER` sends one as `Authorization: Bearer …`; for another header make it a customer data field of format `password`, and read that in `httpTemplate.headers`";
const FIELD_REMEDY: &str = "take it out: whoever reads the file has it";

/// Keys of older editions, whose values only a customer knows.
const OF_CUSTOMERS: &[&str] = &["domain", "port", "s3AccessKey", "username"];

/// Those of them that are secrets.
const SECRETS_OF_CUSTOMERS: [&str; 3] = ["password", "s3SecretKey", "sshKey"];

/// Names of data fields that hold secrets, whatever their format.
const SECRET_FIELDS: [&str; 4] = ["accessToken", "clientSecret", "password", "refreshToken"];

#[derive(Clone, Copy)]
enum AuthType {
    Basic,
    Bearer,
    OAuth1,
    OAuth2,
    File(FileAuthentication),
}

/// Ways to log in to what takes messages.
const OF_MESSAGES: [(&str, AuthType); 3] = [
    ("BASIC", AuthType::Basic),
    ("BEARER", AuthType::Bearer),
    ("OAUTH2", AuthType::OAuth2),
];

/// Reads the entries of a destination of that family, where it is known.
pub(crate) fn read(cursor: &Cursor<'_>, family: Option<Family>) -> Vec<Authentication> {
    let entries = cursor.array().unwrap_or_default();
    let entries = entries.iter();
    entries.filter_map(|entry| one(entry, family)).collect()
}

/// The type of an entry. One of the other family is one, too; to somebody who wrote none it is not offered.
fn auth_type(cursor: &Cursor<'_>, family: Option<Family>) -> Option<AuthType> {
    let of_files = FileAuthentication::ALL.map(|(name, kind)| (name, AuthType::File(kind)));
    let offered = match family {
        Some(Family::Streaming) => OF_MESSAGES.to_vec(),
        Some(Family::File) => of_files.to_vec(),
        None => [&OF_MESSAGES[..], &of_files[..]].concat(),
    };
    let written = cursor.string()?;
    let known = OF_MESSAGES.iter().chain(&of_files);
    let mut known = known.chain(&[("OAUTH1", AuthType::OAuth1)]);
    if let Some((_, kind)) = known.find(|(name, _)| *name == written) {
        return Some(*kind);
    }
    if is_key(&written) && family != Some(Family::File) {
        let names: Vec<&str> = offered.iter().map(|(name, _)| *name).collect();
        cursor.error(
            format!("expected {}, received `{written}`", list(&names, "or")),
            KEY_REMEDY,
        );
        return None;
    }
    cursor.one_of(&offered)
}

/// Whether somebody means the key of an API, for which Adobe has no type.
fn is_key(written: &str) -> bool {
    let letters = written.chars().filter(char::is_ascii_alphabetic);
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    letters.contains("apikey") || letters == "key"
}

fn one(cursor: &Cursor<'_>, family: Option<Family>) -> Option<Authentication> {
    let fields = cursor.object()?;
    let kind = fields.need("authType");
    let auth_type = kind.and_then(|c| auth_type(&c, family))?;
    let kind = match auth_type {
        AuthType::Basic => AuthenticationKind::Basic,
        AuthType::Bearer => AuthenticationKind::Bearer,
        AuthType::OAuth1 => {
            cursor.warning(
                "`OAUTH1` is no authentication that the prerequisites list, and destspec cannot log in by it",
                "Adobe's API takes it, and no page says how it is used: use `OAUTH2`, `BASIC` or `BEARER`",
            );
            AuthenticationKind::OAuth1
        }
        AuthType::OAuth2 => AuthenticationKind::OAuth2(Box::new(oauth2(&fields)?)),
        AuthType::File(kind) => AuthenticationKind::File(kind),
    };
    fields.ignore(OF_CUSTOMERS);
    fields.ignore(&["options"]);
    for key in SECRETS_OF_CUSTOMERS {
        fields
            .get(key)
            .and_then(|c| Literal::read(&c, key, FIELD_REMEDY));
    }
    fields.finish();
    Some(Authentication {
        kind,
        place: cursor.place(),
    })
}

fn oauth2(fields: &Fields<'_>) -> Option<OAuth2> {
    let grant = fields.need("grant").and_then(|c| c.one_of(&Grant::ALL));
    let request = fields.get("accessTokenRequest");
    // an empty object stands where none is used (reference 2.5)
    let request = request.filter(|c| !c.is_empty_object());
    let access_token_url = address(fields, "accessTokenUrl");
    if access_token_url.is_none() && request.is_none() && fields.get("accessTokenUrl").is_none() {
        fields.missing("accessTokenUrl");
    }
    let authorization_url = address(fields, "authorizationUrl");
    if grant == Some(Grant::AuthorizationCode) && fields.get("authorizationUrl").is_none() {
        fields.missing("authorizationUrl");
    }
    let refreshed = fields.get("refreshTokenUrl");
    if grant == Some(Grant::AuthorizationCode) && request.is_none() && refreshed.is_none() {
        fields.lacks(
            Severity::Warning,
            "refreshTokenUrl",
            "no `refreshTokenUrl`: Experience Platform does not refresh tokens that end",
            "add `refreshTokenUrl`, or let a customer's login last as long as the connection",
        );
    }
    let secret = fields.get("clientSecret");
    let secret = secret.and_then(|c| Literal::read(&c, CLIENT_SECRET, SECRET_REMEDY));
    let data_fields = fields.elements("authenticationDataFields", |c| {
        Some((c.clone(), data_field(c)?))
    });
    odd::data_fields(&data_fields);
    let data_fields: Vec<DataField> = data_fields.into_iter().map(|(_, field)| field).collect();
    let path = |key, default: &str| {
        let given = fields.get(key).and_then(|c| {
            let text = c.text()?;
            odd::path(&c, &text);
            Some(text)
        });
        given.unwrap_or_else(|| default.to_owned())
    };
    Some(OAuth2 {
        access_token_url,
        authorization_url,
        refresh_token_url: address(fields, "refreshTokenUrl"),
        client_id: client_id(fields, &data_fields),
        client_secret: secret.or_else(|| field_secret(&data_fields)),
        scope: fields.get("scope").map(|c| scope(&c)).unwrap_or_default(),
        use_basic_auth: fields.get("options").is_some_and(|c| use_basic_auth(&c)),
        access_token_path: path("accessTokenResponsePath", "access_token"),
        refresh_token_path: path("refreshTokenResponsePath", "refresh_token"),
        expires_in_path: path("expiresInResponsePath", "expires_in"),
        data_fields,
        access_token_request: request.and_then(|c| token_request(&c)),
        validations: fields.elements("validations", validation),
        grant: grant?,
    })
}

/// An absolute URL, or a template that becomes one, with a mark for each credential that stands in its query.
fn address(fields: &Fields<'_>, key: &'static str) -> Option<Marked> {
    let cursor = fields.get(key)?;
    let text = cursor.text()?;
    if !is_template(&text)
        && let Some(problem) = wrong_url(&text)
    {
        cursor.error(
            problem,
            "write an absolute URL such as `https://auth.example.com/token`",
        );
        return None;
    }
    odd::address(&cursor, key, &text);
    Some(keyed::marked(&cursor, &text, false))
}

/// A literal client id; a placeholder stands for the one under `[destination.credentials]`.
fn client_id(fields: &Fields<'_>, data_fields: &[DataField]) -> Option<String> {
    let given = fields.get("clientId").and_then(|c| c.string());
    let field = data_fields.iter().find(|field| field.name == "clientId");
    let field = field.and_then(|field| field.value.as_ref()?.as_str());
    given
        .filter(|text| !is_placeholder(text))
        .or_else(|| field.map(str::to_owned))
}

/// The client secret among the data fields.
fn field_secret(data_fields: &[DataField]) -> Option<Literal> {
    let field = data_fields
        .iter()
        .find(|field| field.name == "clientSecret")?;
    let literal = field.literal.clone()?;
    Some(Literal {
        name: CLIENT_SECRET.to_owned(),
        ..literal
    })
}

fn scope(cursor: &Cursor<'_>) -> Vec<String> {
    if let Value::String(text) = &cursor.node.value {
        return text.split_whitespace().map(str::to_owned).collect();
    }
    odd::scope(cursor);
    cursor.strings().unwrap_or_default()
}

fn use_basic_auth(cursor: &Cursor<'_>) -> bool {
    let Some(fields) = cursor.object() else {
        return false;
    };
    let used = fields.get("useBasicAuth").and_then(|c| c.bool());
    fields.finish();
    used.unwrap_or(false)
}

fn data_field(cursor: &Cursor<'_>) -> Option<DataField> {
    let fields = cursor.object()?;
    let name = fields.need("name").and_then(|c| c.text());
    let sources = [
        ("CUSTOMER", FieldSource::Customer),
        ("PARTNER", FieldSource::Partner),
    ];
    let source = fields.get("source").and_then(|c| c.one_of(&sources));
    let types = [
        ("string", FieldType::String),
        ("boolean", FieldType::Boolean),
        ("integer", FieldType::Integer),
    ];
    let field_type = fields.get("type").and_then(|c| c.one_of(&types));
    let format = fields.get("format").and_then(|c| c.string());
    let named = |name: &String| SECRET_FIELDS.contains(&name.as_str());
    let secret = format.as_deref() == Some("password") || name.as_ref().is_some_and(named);
    let value = fields.get("value");
    let literal = value.as_ref().filter(|_| secret).and_then(|value| {
        let name = format!("auth_data.{}", name.as_deref().unwrap_or_default());
        Literal::read(value, &name, FIELD_REMEDY)
    });
    let field = DataField {
        field_type: field_type.unwrap_or(FieldType::String),
        required: fields
            .get("isRequired")
            .and_then(|c| c.bool())
            .unwrap_or(false),
        secret,
        source: source.unwrap_or(FieldSource::Partner),
        value: value
            .filter(|value| !secret || is_to_come(value))
            .map(|value| value.node.to_json()),
        literal,
        response_path: fields
            .get("authenticationResponsePath")
            .and_then(|c| c.text()),
        name: name?,
    };
    fields.ignore(&["title", "description"]);
    fields.finish();
    Some(field)
}

/// Whether a secret's value is a template, or still to come.
fn is_to_come(value: &Cursor<'_>) -> bool {
    matches!(&value.node.value, Value::String(text) if is_placeholder(text))
}

fn token_request(cursor: &Cursor<'_>) -> Option<TokenRequest> {
    let fields = cursor.object()?;
    fields
        .need("destinationServerType")
        .and_then(|c| c.one_of(&[("URL_BASED", ())]));
    let request = url_based(&fields);
    let validations = fields.elements("validations", validation);
    fields.ignore(&["name"]);
    if let Some(request) = &request {
        odd::token_request(&fields, request.http.method);
    }
    fields.finish();
    let request = request?;
    let is_token = |field: &ResponseField| field.name == "accessToken";
    if request.response_fields.is_empty() {
        cursor.warning(
            "no `responseFields`",
            "name `accessToken` with `{{ response.body.access_token }}`; the default paths are used",
        );
    } else if !request.response_fields.iter().any(is_token) {
        let names = request.response_fields.iter().map(|field| &field.name);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        cursor.warning(
            format!("none of the `responseFields` is named `accessToken`: {}", names.join(", ")),
            "name the one with the token `accessToken`; whether Experience Platform takes another name is not documented, and the default path is used here",
        );
    }
    Some(TokenRequest {
        request,
        validations,
    })
}

fn validation(cursor: &Cursor<'_>) -> Option<Validation> {
    let fields = cursor.object()?;
    let name = fields.get("name").and_then(|c| c.string());
    let actual: Option<TemplateString> = template(&fields, "actualValue");
    let expected = template(&fields, "expectedValue");
    fields.ignore(&["description"]);
    fields.finish();
    let validation = Validation {
        name: name.unwrap_or_default(),
        actual: actual?,
        expected: expected?,
    };
    odd::validation(cursor, &validation);
    Some(validation)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::model::sdk::spelling::strictness;
    use crate::model::source::reader::Reader;
    use crate::model::source::{Severity, Source, json};

    #[test]
    fn credentials_in_the_query_of_every_address_of_a_login_are_kept_apart() {
        let address = |sign: &str| {
            format!(
                "https://h.example/x?code={}",
                "Zf1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT".replace('a', sign)
            )
        };
        let [token, login, refresh] = ["1", "2", "3"].map(address);
        let text = format!(
            r#"[{{"authType": "OAUTH2", "grant": "OAUTH2_AUTHORIZATION_CODE", "accessTokenUrl": "{token}",
                "authorizationUrl": "{login}", "refreshTokenUrl": "{refresh}"}}]"#
        );
        let source = Source::new("d.json", text);
        let (node, _) = json::parse(&source);
        let node = node.unwrap();
        let reader = Reader::new(&source, strictness(Severity::Warning));
        let read = read(&reader.root(&node), None);
        let AuthenticationKind::OAuth2(oauth2) = &read[0].kind else {
            panic!("{read:?}");
        };
        let kept = oauth2.literals().map(|literal| literal.secret.expose());
        let kept: Vec<String> = kept
            .map(|code| format!("https://h.example/x?code={code}"))
            .collect();
        assert_eq!(kept, [token, login, refresh]);
        assert!(!source.shown().contains("Zf1"));
    }
}
