//! Reads one `[[destination]]` of a submission.

use std::sync::Arc;
use std::time::Duration;

use crate::model::sdk::customer_data_json::{Filled, fill};
use crate::model::sdk::{
    AudienceTemplate, Configuration, Family, Grant, Role, Server, audience_json, destination_json,
    server_json,
};
use crate::model::source::Source;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;
use crate::model::source::tree::Value;
use crate::model::submission::read::Shelf;
use crate::model::submission::read_auth_data;
use crate::model::submission::read_observe::{observe, reach};
use crate::model::submission::rules;
use crate::model::submission::{
    Audience, AuthData, Credential, CredentialName, CredentialValue, Credentials, CustomerData,
    Destination, INSTANCE, Limits, SecretSource,
};

/// Reads a destination and the files it names.
pub(crate) fn read(cursor: &Cursor<'_>, shelf: &mut Shelf<'_>) -> Option<Destination> {
    let fields = cursor.object()?;
    let before = shelf.problems.len();
    let name = fields.need("name");
    let version = fields.need("version").and_then(|c| c.text());
    let (server, configuration) = both(&fields, shelf);
    let given = fields.get("customer_data");
    let filled = configuration
        .as_ref()
        .map_or_else(Filled::default, |configuration| {
            fill(
                &configuration.customer_data_fields,
                given.as_ref(),
                name.as_ref().unwrap_or(cursor),
                secret,
            )
        });
    let audience_template = fields
        .get("audience_template")
        .and_then(|c| audience_template(&c, shelf));
    let profiles = shelf.profiles(&fields);
    let ca = fields.get("ca_file").and_then(|c| certificates(&c, shelf));
    let (mut credentials, written) = credentials(&fields);
    let given = credentials
        .iter()
        .map(|(name, credential)| (Some(name), credential));
    let secret_fields = filled
        .secrets
        .iter()
        .map(|(_, credential)| (None, credential));
    let auth_data = auth_data(&fields, configuration.as_ref());
    let typed = auth_data.values.iter();
    let typed = typed.filter_map(|(_, datum)| Some((None, datum.source()?)));
    let login = login(name.as_ref().unwrap_or(cursor), configuration.as_ref());
    shelf.lacking(given.chain(secret_fields).chain(typed), login.as_deref());
    let reach = fields.get("location").and_then(|c| reach(&c));
    let observe = fields.get("observe").and_then(|c| observe(&c));
    let audiences = audiences(&fields, configuration.as_ref());
    let limits = fields.get("limits").and_then(|c| limits(&c));
    fields.finish();
    let place = name.as_ref().unwrap_or(cursor).place();
    if let Some(secret) = configuration
        .as_ref()
        .and_then(Configuration::client_secret)
    {
        let value = CredentialValue::Posted(secret.secret.clone());
        let place = secret.place.clone();
        credentials.or_insert(CredentialName::ClientSecret, Credential { value, place });
    }
    let mut destination = Destination {
        name: name.and_then(|c| slug(&c))?,
        version: version?,
        server: server?,
        configuration: configuration?,
        audience_template,
        customer_data: CustomerData::new(filled.values),
        customer_secrets: filled.secrets,
        auth_data,
        profiles,
        ca,
        credentials,
        reach: reach.unwrap_or_default(),
        observe: observe.unwrap_or_default(),
        audiences,
        limits: limits.unwrap_or_default(),
        problems: Vec::new(),
        instance: INSTANCE.to_owned(),
        place,
    };
    let problems = rules::problems(&destination, &written);
    shelf.problems.extend(problems);
    let own = shelf.problems.get(before..).unwrap_or_default().iter();
    destination.problems = own.filter(|p| p.rule.is_some()).cloned().collect();
    Some(destination)
}

fn auth_data(fields: &Fields<'_>, configuration: Option<&Configuration>) -> AuthData {
    let cursor = fields.get("auth_data");
    match (cursor, configuration) {
        (Some(cursor), Some(configuration)) => {
            read_auth_data::read(&cursor, configuration.oauth2())
        }
        // of a configuration that cannot be read nothing is known to be asked for
        (Some(_), None) | (None, _) => AuthData::default(),
    }
}

fn slug(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.text()?;
    let fits =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if text.len() > 64 || !text.chars().all(fits) {
        cursor.error(
            format!("`{text}` cannot be the name of a destination"),
            "use up to 64 lower-case letters, digits, `-`, `_` and `.`: files and scenarios are named by it",
        );
        return None;
    }
    Some(text)
}

/// What gets a refresh token, where that is the way to log in.
fn login(name: &Cursor<'_>, configuration: Option<&Configuration>) -> Option<String> {
    let grant = configuration?.oauth2()?.grant;
    let called = match &name.node.value {
        Value::String(text) => text.as_str(),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Date(_)
        | Value::Array(_)
        | Value::Object(_) => "DESTINATION",
    };
    let path = &name.place().source.path;
    (grant == Grant::AuthorizationCode).then(|| {
        format!("run `destspec login {called} {path}`: it logs in with a browser, and keeps the token there")
    })
}

/// The server and the configuration; neither where they are swapped.
fn both(fields: &Fields<'_>, shelf: &mut Shelf<'_>) -> (Option<Server>, Option<Configuration>) {
    let (server_at, configuration_at) = match (fields.need("server"), fields.need("configuration"))
    {
        (Some(server), Some(configuration)) if swapped(&server, &configuration, shelf) => {
            (None, None)
        }
        named => named,
    };
    let server = server_at.and_then(|c| server(&c, shelf));
    let family = server.as_ref().map(Server::family);
    let configuration = configuration_at.and_then(|c| configuration(&c, shelf, family));
    (server, configuration)
}

/// Whether each of the two is the other, which is one mistake.
fn swapped(server: &Cursor<'_>, configuration: &Cursor<'_>, shelf: &Shelf<'_>) -> bool {
    let is = |cursor: &Cursor<'_>, role| shelf.role(cursor) == Some(role);
    let both = is(server, Role::Configuration) && is(configuration, Role::Server);
    if both {
        server.error(
            format!(
                "expected {}, received {}: `server` and `configuration` are swapped",
                Role::Server,
                Role::Configuration
            ),
            "exchange the two paths",
        );
    }
    both
}

/// The file that a key names, where it is no other than that.
fn posted(cursor: &Cursor<'_>, shelf: &mut Shelf<'_>, role: Role) -> Option<Arc<Source>> {
    let source = shelf.open(cursor)?;
    if let Some(other) = Role::of(&source).filter(|other| *other != role) {
        cursor.error(
            format!("expected {role}, received {other}"),
            format!("name the file of {role}, as it is posted to Adobe's authoring API"),
        );
        return None;
    }
    Some(source)
}

fn server(cursor: &Cursor<'_>, shelf: &mut Shelf<'_>) -> Option<Server> {
    let source = posted(cursor, shelf, Role::Server)?;
    let (server, problems) = server_json::read(&source, shelf.literal_secrets());
    shelf.problems.extend(problems);
    server
}

fn configuration(
    cursor: &Cursor<'_>,
    shelf: &mut Shelf<'_>,
    family: Option<Family>,
) -> Option<Configuration> {
    let source = posted(cursor, shelf, Role::Configuration)?;
    let (configuration, problems) =
        destination_json::read(&source, shelf.literal_secrets(), family);
    shelf.problems.extend(problems);
    configuration
}

fn audience_template(cursor: &Cursor<'_>, shelf: &mut Shelf<'_>) -> Option<AudienceTemplate> {
    let source = posted(cursor, shelf, Role::Template)?;
    let (template, problems) = audience_json::read(&source, shelf.literal_secrets());
    shelf.problems.extend(problems);
    template
}

fn certificates(cursor: &Cursor<'_>, shelf: &mut Shelf<'_>) -> Option<Arc<Source>> {
    let source = shelf.open(cursor)?;
    if !source.text.contains("-----BEGIN CERTIFICATE-----") {
        cursor.error(
            format!("`{}` holds no certificate", source.name),
            "give a PEM file with `-----BEGIN CERTIFICATE-----`",
        );
        return None;
    }
    Some(source)
}

/// The credentials, and the names under which something is written, readable or not: what cannot be read is not missing,
/// too.
fn credentials(fields: &Fields<'_>) -> (Credentials, Vec<CredentialName>) {
    let table = fields.get("credentials");
    let misspelt = table.is_none() && fields.misspells("credentials");
    let Some(fields) = table.as_ref().and_then(Cursor::object) else {
        let written = if table.is_some() || misspelt {
            CredentialName::ALL.to_vec()
        } else {
            Vec::new()
        };
        return (Credentials::default(), written);
    };
    let read = |name: CredentialName| {
        let cursor = fields.get(name.key())?;
        let credential = if name.is_secret() {
            secret(&cursor)
        } else {
            name_or_secret(&cursor)
        };
        Some((name, credential?))
    };
    let credentials = CredentialName::ALL.into_iter().filter_map(read).collect();
    let written =
        |name: &CredentialName| fields.get(name.key()).is_some() || fields.misspells(name.key());
    let written = CredentialName::ALL.into_iter().filter(written).collect();
    fields.finish();
    (credentials, written)
}

fn name_or_secret(cursor: &Cursor<'_>) -> Option<Credential> {
    if let Value::String(_) = cursor.node.value {
        return Some(Credential {
            value: CredentialValue::Literal(cursor.text()?),
            place: cursor.place(),
        });
    }
    secret(cursor)
}

/// `{ env = … }` or `{ file = … }`; a literal is refused.
pub(crate) fn secret(cursor: &Cursor<'_>) -> Option<Credential> {
    if let Value::String(_) = cursor.node.value {
        let name = cursor.pointer.rsplit('/').next().unwrap_or_default();
        let help = "write `{ env = \"NAME\" }` or `{ file = \"path\" }`, and change the secret if others saw it";
        cursor.literal_secret(name, help);
        return None;
    }
    let fields = cursor.object()?;
    let env = fields.get("env").and_then(|c| c.text());
    let file = fields.get("file").and_then(|c| c.text());
    let misspelt = fields.misspells("env") || fields.misspells("file");
    fields.finish();
    let source = match (env, file) {
        (Some(name), None) => SecretSource::Env(name),
        (None, Some(path)) => SecretSource::File(path),
        (None, None) if misspelt => return None,
        (Some(_), Some(_)) | (None, None) => {
            cursor.error(
                "expected either `env` or `file`",
                "write `{ env = \"NAME\" }` or `{ file = \"path\" }`",
            );
            return None;
        }
    };
    Some(Credential {
        value: CredentialValue::Secret(source),
        place: cursor.place(),
    })
}

fn audiences(fields: &Fields<'_>, configuration: Option<&Configuration>) -> Vec<Audience> {
    let Some(given) = fields
        .get("audience")
        .and_then(|c| c.array())
        .filter(|a| !a.is_empty())
    else {
        return made_up(configuration);
    };
    let mut audiences: Vec<Audience> = Vec::new();
    for cursor in &given {
        let Some(audience) = audience(cursor) else {
            continue;
        };
        if audiences
            .iter()
            .any(|a| a.id == audience.id && a.namespace == audience.namespace)
        {
            cursor.error(
                format!("the audience `{}` is given twice", audience.id),
                "give each audience an id of its own",
            );
        }
        audiences.push(audience);
    }
    audiences
}

fn audience(cursor: &Cursor<'_>) -> Option<Audience> {
    let fields = cursor.object()?;
    let id = fields.need("id").and_then(|c| c.text());
    let alias = fields.get("alias").and_then(|c| c.text());
    let name = fields.get("name").and_then(|c| c.text());
    let namespace = fields.get("namespace").and_then(|c| c.text());
    fields.finish();
    let id = id?;
    Some(Audience {
        alias: alias.unwrap_or_else(|| id.clone()),
        name: name.unwrap_or_else(|| id.clone()),
        namespace: namespace.unwrap_or_else(|| "ups".to_owned()),
        id,
        synthetic: false,
    })
}

/// Ids as Experience Platform gives them, the same in every run so that a partner can clear them away.
fn made_up(configuration: Option<&Configuration>) -> Vec<Audience> {
    let by_name = configuration.is_some_and(|c| c.segment_mapping.by_name);
    (1..=3)
        .map(|number| {
            let id = format!("de575bec-0000-4000-8000-00000000000{number}");
            let name = format!("destspec audience {number}");
            Audience {
                alias: if by_name { name.clone() } else { id.clone() },
                id,
                name,
                namespace: "ups".to_owned(),
                synthetic: true,
            }
        })
        .collect()
}

fn limits(cursor: &Cursor<'_>) -> Option<Limits> {
    let fields = cursor.object()?;
    let mut limits = Limits::default();
    if let Some(number) = fields.get("concurrency").and_then(|c| c.integer(1..=256)) {
        limits.concurrency = usize::try_from(number).unwrap_or(limits.concurrency);
    }
    let pace = fields.get("requests_per_second");
    limits.requests_per_second = pace.and_then(|c| c.number(0.01..=100_000.0));
    if let Some(seconds) = fields
        .get("time_limit_seconds")
        .and_then(|c| c.number(0.01..=600.0))
    {
        limits.time_limit = Duration::from_secs_f64(seconds);
    }
    if let Some(waits) = fields.get("retry_waits_seconds").and_then(|c| c.array()) {
        if let Some(third) = waits.get(limits.retry_waits.len()) {
            third.error(
                "expected two waits at most: Experience Platform tries a delivery three times",
                "write the wait before the second and that before the third try, in seconds",
            );
        }
        for (wait, given) in limits.retry_waits.iter_mut().zip(&waits) {
            *wait = given
                .number(0.0..=3600.0)
                .map_or(*wait, Duration::from_secs_f64);
        }
    }
    let wait = fields.get("wait_for_expiry_seconds");
    if let Some(seconds) = wait.and_then(|c| c.number(0.0..=86_400.0)) {
        limits.wait_for_expiry = Duration::from_secs_f64(seconds);
    }
    let leeway = fields.get("clock_leeway_seconds");
    if let Some(seconds) = leeway.and_then(|c| c.number(0.0..=300.0)) {
        limits.clock_leeway = Duration::from_secs_f64(seconds);
    }
    let wrong = fields.get("wrong_credentials");
    if let Some(number) = wrong.and_then(|c| c.integer(0..=100)) {
        limits.wrong_credentials = usize::try_from(number).unwrap_or(limits.wrong_credentials);
    }
    let load = fields.get("allow_load").and_then(|c| c.bool());
    limits.allow_load = load.unwrap_or(false);
    fields.finish();
    Some(limits)
}
