//! `destspec init --from`: a submission about JSON that is posted already. The JSON stays where it is; of a destination
//! server alone a minimal destination is made that asks for what the server's templates read.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use regex::Regex;
use serde_json::{Value, json};

use crate::cli::args::StorageKind;
use crate::cli::init::draft::{Draft, quoted};
use crate::cli::init::{SUBMISSION, Texts, credentials, of_reference, start};
use crate::cli::{Failure, load, print};
use crate::model::sdk::{
    AuthenticationRule, Configuration, CustomerDataField, DataField, Family, FieldType, OAuth2,
    Role, Server, ServerKind, Storage, destination_json, server_json,
};
use crate::model::source::{Problem, Severity, Source};
use crate::model::submission::init::FILES;
use crate::model::submission::{AuthenticationClaim, CredentialName};

/// Signs of a destination's name at most.
const LONGEST_NAME: usize = 64;

/// What a file of posted JSON is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Posted(Role),
    /// Secrets: they are named in a submission, never copied.
    Credentials,
    Other,
}

/// What is there, by its path.
#[derive(Default)]
struct Posted {
    servers: Vec<(PathBuf, String)>,
    destinations: Vec<(PathBuf, String)>,
    templates: Vec<(PathBuf, String)>,
}

/// The files of a submission in a folder, about what is posted.
///
/// # Errors
/// When it is not one destination, or no server can be read.
pub fn begun(from: &Path, folder: &Path, draft: Draft) -> Result<Texts, Failure> {
    let posted = gathered(from)?;
    let (path, text) = only("destination server", from, posted.servers)?.ok_or_else(|| {
        lacking(
            from,
            "a destination server, which has `destinationServerType`",
        )
    })?;
    let source = Source::new(path.display().to_string(), text);
    let server = read(server_json::read(&source, Severity::Warning))?;
    let template = only("audience template", from, posted.templates)?;
    let destination = only("destination", from, posted.destinations)?;
    let mut texts = Texts::new();
    let (configuration, written) = match destination {
        Some((path, text)) => (Source::new(path.display().to_string(), text), Some(path)),
        None => {
            let made = made(&server);
            texts.push((PathBuf::from("sdk/destination.json"), made.clone()));
            (Source::new("sdk/destination.json", made), None)
        }
    };
    let family = Some(server.family());
    let read_one = destination_json::read(&configuration, Severity::Warning, family);
    let configuration = read(read_one)?;
    let name = written.as_ref().and_then(|_| slug(&configuration.name));
    let draft = Draft {
        server: seen_from(folder, &path),
        configuration: written.map_or_else(
            || String::from("sdk/destination.json"),
            |path| seen_from(folder, &path),
        ),
        audience_template: template.map(|(path, _)| seen_from(folder, &path)),
        ..filled(named(draft, name), &server, &configuration)
    };
    texts.push((PathBuf::from(SUBMISSION), draft.text()));
    Ok(texts)
}

/// The name that was posted, where a person said no other.
fn named(draft: Draft, posted: Option<String>) -> Draft {
    match posted.filter(|_| draft.name == Draft::default().name) {
        Some(name) => Draft { name, ..draft },
        None => draft,
    }
}

/// A title as the name of a destination: `Moonshine (EU)` is `moonshine-eu`.
fn slug(title: &str) -> Option<String> {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut name = words.join("-");
    name.truncate(LONGEST_NAME);
    let name = name.trim_end_matches('-').to_owned();
    (!name.is_empty()).then_some(name)
}

/// Reads what is named: a file, or every JSON file of a folder.
fn gathered(from: &Path) -> Result<Posted, Failure> {
    let mut posted = Posted::default();
    for path in paths(from)? {
        let text = load::text(&path, "name a file, or a folder with posted JSON")?;
        let shown = path.display().to_string();
        let value: Value = serde_json::from_str(&text).map_err(|error| {
            let source = Source::new(&shown, text.as_str());
            let (_, problems) = server_json::read(&source, Severity::Warning);
            if problems.iter().any(Problem::is_error) {
                return Failure::Input(problems);
            }
            Failure::usage(
                format!("expected JSON in `{shown}`: {error}"),
                Some(String::from("correct it, or keep it elsewhere")),
            )
        })?;
        match kind(&value) {
            Kind::Posted(Role::Server) => posted.servers.push((path, text)),
            Kind::Posted(Role::Configuration) => posted.destinations.push((path, text)),
            Kind::Posted(Role::Template) => posted.templates.push((path, text)),
            Kind::Credentials => print::message(&format!(
                "note: `{shown}` holds credentials: it is not named; the submission says where each secret is"
            )),
            Kind::Other => print::message(&format!(
                "note: `{shown}` is none of server, destination and audience template: it is left out"
            )),
        }
    }
    Ok(posted)
}

fn paths(from: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !from.is_dir() {
        return Ok(vec![from.to_path_buf()]);
    }
    let unread = |error: std::io::Error| {
        let text = format!("cannot read `{}`: {}", from.display(), load::plain(&error));
        Failure::usage(text, Some(String::from("name a folder that can be read")))
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(from).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.is_file()
            && path
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("json"))
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// By the keys that only one of them has (reference 2.12).
fn kind(value: &Value) -> Kind {
    let has = |key: &str| value.get(key).is_some();
    let mut keys = value.as_object().into_iter().flat_map(|all| all.keys());
    let secret = |key: &String| key.ends_with("Authentication") || key.starts_with("oauth2");
    match Role::by(has) {
        Some(role) => Kind::Posted(role),
        None if keys.any(secret) => Kind::Credentials,
        None => Kind::Other,
    }
}

/// The one of its kind, if there is any.
fn only(
    what: &str,
    from: &Path,
    mut all: Vec<(PathBuf, String)>,
) -> Result<Option<(PathBuf, String)>, Failure> {
    if all.len() > 1 {
        let paths = all.iter().map(|(path, _)| format!("`{}`", path.display()));
        let paths: Vec<String> = paths.collect();
        return Err(Failure::usage(
            format!(
                "expected one {what} in `{}`, received {}",
                from.display(),
                paths.join(", ")
            ),
            Some(String::from("name a folder that holds one destination")),
        ));
    }
    Ok(all.pop())
}

fn lacking(from: &Path, what: &str) -> Failure {
    Failure::usage(
        format!("expected {what}, in `{}`, received none", from.display()),
        Some(String::from(
            "name the JSON of the destination server, or a folder that holds it",
        )),
    )
}

fn read<T>((read, problems): (Option<T>, Vec<Problem>)) -> Result<T, Failure> {
    read.ok_or(Failure::Input(problems))
}

/// A minimal destination for a server: what its templates read of customer data is asked for, and profiles are gathered
/// as they read them.
fn made(server: &Server) -> String {
    let example = match &server.kind {
        ServerKind::UrlBased(_) => FILES[2].1.to_owned(),
        ServerKind::File(file) => of_reference(storage(&file.storage), "sdk/destination.json"),
    };
    let mut value: Value = serde_json::from_str(&example).unwrap_or_default();
    let fields = customer_data_read(&server.source);
    value["customerDataFields"] = fields
        .iter()
        .map(|name| json!({ "name": name, "title": name, "description": name, "type": type_of(name), "isRequired": true }))
        .collect();
    if server.family() == Family::Streaming {
        value["aggregation"] = aggregation(&server.source.text);
    }
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    format!("{text}\n")
}

/// The names that templates read of customer data, in order, each once.
fn customer_data_read(source: &Arc<Source>) -> Vec<String> {
    let Ok(read) = Regex::new(r"customerData\.([A-Za-z_][A-Za-z0-9_]*)") else {
        return Vec::new();
    };
    let mut names: Vec<String> = Vec::new();
    for found in read.captures_iter(&source.text) {
        let name = found.get(1).map_or("", |name| name.as_str());
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What a field of that name takes: `includeFileManifest` is yes or no.
fn type_of(name: &str) -> &'static str {
    let is_question = ["enable", "has", "include", "is", "use"]
        .iter()
        .any(|word| {
            let rest = name.strip_prefix(word).and_then(|rest| rest.chars().next());
            rest.is_some_and(char::is_uppercase)
        });
    if is_question { "boolean" } else { "string" }
}

/// One profile a message, many, or many by a key: as templates read them (reference 5.2).
fn aggregation(text: &str) -> Value {
    if text.contains("input.aggregationKey") {
        let reads = |part: &str| text.contains(&format!("aggregationKey.{part}"));
        return json!({
            "aggregationType": "CONFIGURABLE_AGGREGATION",
            "configurableAggregation": {
                "splitUserById": false,
                "maxBatchAgeInSecs": 3600,
                "maxNumEventsInBatch": 1000,
                "aggregationKey": {
                    "includeSegmentId": reads("segmentId"),
                    "includeSegmentStatus": reads("segmentStatus"),
                    "includeIdentity": reads("identityNamespaces"),
                    "oneIdentityPerGroup": false
                }
            }
        });
    }
    let most = if text.contains("input.profiles") {
        10
    } else {
        1
    };
    json!({
        "aggregationType": "BEST_EFFORT",
        "bestEffortAggregation": { "maxUsersPerRequest": most, "splitUserById": false }
    })
}

fn storage(storage: &Storage) -> StorageKind {
    match storage {
        Storage::S3 { .. } => StorageKind::S3,
        Storage::Sftp { .. } => StorageKind::Sftp,
        Storage::AdlsGen2 { .. } => StorageKind::Adls,
        Storage::AzureBlob { .. } => StorageKind::AzureBlob,
        Storage::DataLandingZone { .. } => StorageKind::Dlz,
        Storage::GoogleCloud { .. } => StorageKind::GoogleCloud,
    }
}

/// What follows from the JSON: customer data, location and credentials.
fn filled(mut draft: Draft, server: &Server, configuration: &Configuration) -> Draft {
    let kind = server.file().map(|file| storage(&file.storage));
    if draft.name == Draft::default().name && kind.is_some() {
        draft.name = String::from("example-batch");
    }
    draft.location = kind.map(|kind| start(kind).location);
    draft.customer_data = customer_data(&draft, &configuration.customer_data_fields);
    let rule = configuration.delivery.first().map(|delivery| delivery.rule);
    let first = configuration.authentications.first();
    let claim = match rule {
        Some(AuthenticationRule::None) => AuthenticationClaim::None,
        Some(AuthenticationRule::Platform) => AuthenticationClaim::Platform,
        Some(AuthenticationRule::Customer) | None => first.map_or(AuthenticationClaim::None, |a| {
            AuthenticationClaim::from(&a.kind)
        }),
    };
    let oauth2 = configuration.oauth2();
    if let (AuthenticationClaim::OAuth2(_), Some(oauth2)) = (claim, oauth2) {
        draft.auth_data = auth_data(&draft, oauth2);
    }
    let client_id = oauth2.is_some_and(|oauth2| oauth2.client_id.is_some());
    let secret = configuration.client_secret().is_some();
    let posted = [
        (client_id, CredentialName::ClientId),
        (secret, CredentialName::ClientSecret),
    ];
    let posted = posted.iter().filter(|(is, _)| *is).map(|(_, name)| *name);
    let posted: Vec<CredentialName> = posted.collect();
    draft.credentials = match kind {
        Some(kind) => credentials(&draft, kind, claim, &posted),
        None => draft.credentials(&claim, &posted),
    };
    draft
}

/// The line of the customer data: a value that fits for each field, to be replaced by that of a test account.
fn customer_data(draft: &Draft, fields: &[CustomerDataField]) -> String {
    match table(draft, fields).as_str() {
        "{ }" => String::from("# customer_data = {}                  # no field is asked for"),
        table => format!("customer_data = {table}"),
    }
}

fn table(draft: &Draft, fields: &[CustomerDataField]) -> String {
    let asked = fields
        .iter()
        .filter(|field| !field.hidden || field.required);
    let pairs = asked.map(|field| format!("{} = {}", key(&field.name), value(draft, field)));
    let pairs: Vec<String> = pairs.collect();
    match pairs.is_empty() {
        true => String::from("{ }"),
        false => format!("{{ {} }}", pairs.join(", ")),
    }
}

/// The line of what a customer types in at the login: a place for each field.
fn auth_data(draft: &Draft, oauth2: &OAuth2) -> Option<String> {
    let pair = |field: &DataField| {
        let value = match (field.secret, field.field_type) {
            (true, _) => format!("{{ env = {} }}", quoted(&draft.own_variable(&field.name))),
            (false, FieldType::Integer) => String::from("1"),
            (false, FieldType::Boolean) => String::from("true"),
            (false, FieldType::String | FieldType::Object) => quoted(&sample(&field.name, None)),
        };
        format!("{} = {value}", key(&field.name))
    };
    let pairs: Vec<String> = oauth2.typed_fields().map(pair).collect();
    (!pairs.is_empty()).then(|| {
        format!(
            "auth_data = {{ {} }}   # what a customer would type in at the login; names of `authenticationDataFields`",
            pairs.join(", ")
        )
    })
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match name.chars().all(bare) {
        true => name.to_owned(),
        false => quoted(name),
    }
}

fn value(draft: &Draft, field: &CustomerDataField) -> String {
    if field.secret {
        return format!("{{ env = {} }}", quoted(&draft.own_variable(&field.name)));
    }
    let chosen = field.choices.as_deref().and_then(<[String]>::first);
    match (field.field_type, &field.default, chosen) {
        (FieldType::Object, _, _) => table(draft, &field.properties),
        (FieldType::String, Some(Value::String(text)), _) => quoted(text),
        (FieldType::Integer, Some(Value::Number(number)), _) => number.to_string(),
        (FieldType::Boolean, Some(Value::Bool(is)), _) => is.to_string(),
        (_, _, Some(text)) => quoted(text),
        (FieldType::Integer, _, None) => String::from("1"),
        (FieldType::Boolean, _, None) => String::from("true"),
        (FieldType::String, _, None) => quoted(&sample(&field.name, field.pattern.as_deref())),
    }
}

/// A text that the pattern of a field lets pass, if one of a few does; by its name otherwise.
fn sample(name: &str, pattern: Option<&str>) -> String {
    const TRIED: [&str; 8] = [
        "example",
        "1",
        "123456",
        "example1",
        "https://api.example.com",
        "api.example.com",
        "someone@example.com",
        "12345678-1234-4234-8234-123456789012",
    ];
    let lower = name.to_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let own = if about(&["url", "endpoint"]) {
        "https://api.example.com"
    } else if about(&["host", "domain"]) {
        "api.example.com"
    } else if about(&["path", "folder", "prefix"]) {
        "exports"
    } else {
        "example"
    };
    let pattern = pattern.and_then(|pattern| Regex::new(pattern).ok());
    let fits = |text: &&str| {
        pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(text))
    };
    let mut all = std::iter::once(own).chain(TRIED);
    all.find(fits).unwrap_or(own).to_owned()
}

/// The path of a file as a submission in a folder names it.
fn seen_from(folder: &Path, file: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (folder, file) = (whole(folder), whole(file));
    let parts = |path: &Path| -> Vec<String> {
        let parts = path.components().filter(|part| *part != Component::CurDir);
        parts
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (from, to) = (parts(&folder), parts(&file));
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    // on another drive there is no way from here
    if same == 0 {
        return file.display().to_string();
    }
    let up = std::iter::repeat_n("..", from.len() - same);
    let down = to.iter().skip(same).map(String::as_str);
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_that_a_submission_takes() {
        let names = ["Moonshine (EU) – Ads 2.0", "日本", "--A_b--"].map(slug);
        let expected = [Some("moonshine-eu-ads-2-0"), None, Some("a_b")];
        assert_eq!(names.each_ref().map(Option::as_deref), expected);
        assert_eq!(slug(&"a ".repeat(60)).map(|name| name.len()), Some(63));
    }

    #[test]
    fn a_file_is_named_by_the_way_from_the_folder() {
        let named = |folder: &str, file: &str| seen_from(Path::new(folder), Path::new(file));
        assert_eq!(named("acme", "posted/server.json"), "../posted/server.json");
        assert_eq!(named(".", "server.json"), "server.json");
        assert_eq!(named("a/b", "a/s.json"), "../s.json");
        assert_eq!(named("a", "./a/sdk/s.json"), "sdk/s.json");
    }

    #[test]
    fn profiles_are_gathered_as_templates_read_them() {
        let most =
            |text: &str| aggregation(text)["bestEffortAggregation"]["maxUsersPerRequest"].clone();
        assert_eq!(most("{{ input.profile.x }}"), 1);
        assert_eq!(most("{% for p in input.profiles %}"), 10);
        let by_key = aggregation("input.aggregationKey.segmentId");
        let key = &by_key["configurableAggregation"]["aggregationKey"];
        assert_eq!(key["includeSegmentId"], true);
        assert_eq!(key["includeIdentity"], false);
    }

    #[test]
    fn a_value_is_the_default_where_there_is_one_and_else_the_first_to_choose() {
        let configuration = serde_json::json!({
            "name": "d", "destinationDelivery": [], "customerDataFields": [
                { "name": "kind", "type": "string", "enum": ["json", "parquet"], "default": "parquet" },
                { "name": "packing", "type": "string", "enum": ["GZIP", "NONE"] },
                { "name": "options", "type": "object", "properties": [
                    { "name": "nullValue", "type": "string", "enum": ["", "null"], "default": "null" },
                    { "name": "rows", "type": "integer" }
                ] }
            ]
        });
        let source = Source::new("d.json", configuration.to_string());
        let (read, _) = destination_json::read(&source, Severity::Warning, None);
        let fields = read.map(|read| read.customer_data_fields);
        assert_eq!(
            table(&Draft::default(), &fields.unwrap_or_default()),
            r#"{ kind = "parquet", packing = "GZIP", options = { nullValue = "null", rows = 1 } }"#
        );
    }

    #[test]
    fn a_sample_fits_its_pattern() {
        assert_eq!(sample("region", None), "example");
        assert_eq!(sample("account", Some("^[0-9]{6}$")), "123456");
        assert_eq!(sample("host", Some("^[a-z.]+$")), "api.example.com");
    }
}
