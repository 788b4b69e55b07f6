//! Reads destination servers (reference 3).

use std::sync::Arc;

use crate::model::http_token::is_token;
use crate::model::rule::Rule;
use crate::model::sdk::keyed;
use crate::model::sdk::literal::{self, Literal};
use crate::model::sdk::server::{
    FileServer, HeaderTemplate, HttpTemplate, Method, Server, ServerKind, Storage, UrlBased,
};
use crate::model::sdk::spelling;
use crate::model::sdk::template::{Strategy, TemplateString};
use crate::model::sdk::token::ResponseField;
use crate::model::source::fields::Fields;
use crate::model::source::reader::{Cursor, Reader};
use crate::model::source::tree::Value;
use crate::model::source::{Problem, Severity, Source, json};

const HEADER_REMEDY: &str = "declare the authentication in `customerAuthenticationConfigurations` and drop the header, or make it a customer data field of format `password`";

/// `destinationServerType` with the key of its companion object.
const TYPES: [(&str, Kind); 7] = [
    ("URL_BASED", Kind::UrlBased),
    ("FILE_BASED_S3", Kind::S3),
    ("FILE_BASED_SFTP", Kind::Sftp),
    ("FILE_BASED_ADLS_GEN2", Kind::AdlsGen2),
    ("FILE_BASED_AZURE_BLOB", Kind::AzureBlob),
    ("FILE_BASED_DLZ", Kind::DataLandingZone),
    ("FILE_BASED_GOOGLE_CLOUD", Kind::GoogleCloud),
];

/// Keys of companion objects in older samples that decide nothing here.
const OF_NO_INTEREST: &[&str] = &[
    "filenameSuffix",
    "httpTemplate",
    "moveToWhenCompleted",
    "tmpFileRename",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    UrlBased,
    S3,
    Sftp,
    AdlsGen2,
    AzureBlob,
    DataLandingZone,
    GoogleCloud,
}

impl Kind {
    fn companion(self) -> &'static str {
        match self {
            Kind::UrlBased => "urlBasedDestination",
            Kind::S3 => "fileBasedS3Destination",
            Kind::Sftp => "fileBasedSFTPDestination",
            Kind::AdlsGen2 => "fileBasedAdlsGen2Destination",
            Kind::AzureBlob => "fileBasedAzureBlobDestination",
            Kind::DataLandingZone => "fileBasedDlzDestination",
            Kind::GoogleCloud => "fileBasedGoogleCloudStorageDestination",
        }
    }
}

/// Reads a destination server; problems beside a server may still be errors. A secret that stands in it has that
/// severity.
pub fn read(source: &Arc<Source>, literal_secrets: Severity) -> (Option<Server>, Vec<Problem>) {
    let (node, problems) = json::parse(source);
    let Some(node) = node else {
        literal::hide_unread(source);
        return (None, problems);
    };
    let mut problems = spelling::judged(problems);
    let reader = Reader::new(source, spelling::strictness(literal_secrets));
    let server = read_root(&reader.root(&node), source);
    problems.extend(reader.finish());
    (server, problems)
}

fn read_root(root: &Cursor<'_>, source: &Arc<Source>) -> Option<Server> {
    let fields = root.object()?;
    fields.ignore(spelling::SERVER_SIDE);
    fields.ignore(&["description"]);
    let name = fields.get("name").and_then(|c| c.string());
    let kind = fields
        .need("destinationServerType")
        .and_then(|c| c.one_of(&TYPES));
    let kind = match kind {
        Some(Kind::UrlBased) => {
            if let Some(options) = fields.get("fileConfigurations") {
                options.advice(
                    Rule::Spelling,
                    "is for servers that take files: here nobody reads it",
                    "take it out",
                );
            }
            let server = url_based(&fields).inspect(|server| delivers(&fields, server));
            server.map(|server| ServerKind::UrlBased(Box::new(server)))
        }
        Some(kind) => {
            fields.ignore(&["httpTemplate", "responseFields"]);
            file_based(&fields, kind).map(|server| ServerKind::File(Box::new(server)))
        }
        // without a type every other key would be reported as unknown
        None => return None,
    };
    foreign(&fields, fields.get("destinationServerType").as_ref());
    fields.finish();
    Some(Server {
        source: Arc::clone(source),
        name,
        kind: kind?,
    })
}

/// Companion objects of other types than the server's own.
fn foreign(fields: &Fields<'_>, own: Option<&Cursor<'_>>) {
    let own = own.and_then(|c| c.one_of_any(&TYPES));
    for (_, kind) in TYPES.iter().filter(|(_, kind)| Some(*kind) != own) {
        if let Some(companion) = fields.exactly(kind.companion()) {
            companion.violation(
                Rule::ServerType,
                "is the companion object of another `destinationServerType`",
                "keep the object of the type, and take this one out",
            );
        }
    }
}

/// `urlBasedDestination`, `httpTemplate` and `responseFields` of a server or of a token request.
pub(crate) fn url_based(fields: &Fields<'_>) -> Option<UrlBased> {
    let url = fields.need("urlBasedDestination").and_then(|companion| {
        let fields = companion.object()?;
        let url = template(&fields, "url");
        let credentials = url.map(|url| keyed::taken(fields.get("url"), url, false));
        fields.finish();
        credentials
    });
    let (url, url_credentials) = url.unzip();
    if let Some(url) = url.as_ref().filter(|url| url.is_fixed()) {
        let place = url.origin.place.clone();
        if let Some(problem) = wrong_url(&url.value) {
            fields.cursor.reader().report(place.error(
                format!("`urlBasedDestination.url`: {problem}"),
                "write an absolute URL such as `https://api.example.com/v1/users`",
            ));
        }
    }
    let http = fields.need("httpTemplate").and_then(|c| http_template(&c));
    let (http, query_credentials) = http.unzip();
    let response_fields = fields
        .get("responseFields")
        .and_then(|c| c.array())
        .unwrap_or_default();
    Some(UrlBased {
        url: url?,
        url_credentials: url_credentials.unwrap_or_default(),
        query_credentials: query_credentials.unwrap_or_default(),
        http: http?,
        response_fields: response_fields.iter().filter_map(response_field).collect(),
    })
}

/// Why a text is no URL that can be called, if it is none.
pub(crate) fn wrong_url(text: &str) -> Option<String> {
    match url::Url::parse(text) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => Some(format!(
            "expected an `https` URL, received the scheme `{}`",
            url.scheme()
        )),
        Ok(url) if url.host_str().is_none_or(str::is_empty) => {
            Some("the URL has no host".to_owned())
        }
        Ok(url) if has_user(&url) => Some("the URL holds a user name or password".to_owned()),
        Ok(_) => None,
        Err(error) => Some(format!("expected an absolute URL: {error}")),
    }
}

/// Whether a URL holds a user name or a password.
pub fn has_user(url: &url::Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// A template of that key, which must be there.
pub(crate) fn template(fields: &Fields<'_>, key: &'static str) -> Option<TemplateString> {
    fields.need(key).and_then(|c| TemplateString::read(&c))
}

fn delivers(fields: &Fields<'_>, server: &UrlBased) {
    let dynamic = !server.response_fields.is_empty();
    if server.http.request_body.is_none()
        && !dynamic
        && let Some(http) = fields.get("httpTemplate").and_then(|c| c.object())
    {
        http.missing("requestBody");
    }
}

/// The template of a request, and the credentials that stand in its query.
fn http_template(cursor: &Cursor<'_>) -> Option<(HttpTemplate, Vec<Literal>)> {
    let fields = cursor.object()?;
    let method = fields
        .need("httpMethod")
        .and_then(|c| c.one_of(&Method::ALL));
    // what has no body, e.g. a request for a schema, has no type
    let has_body = fields.get("requestBody").is_some();
    let content_type = if has_body {
        fields.need("contentType")
    } else {
        fields.get("contentType")
    };
    let content_type_place = content_type.as_ref().map(Cursor::place);
    let content_type = content_type.and_then(|c| {
        let text = c.text()?;
        if !text.to_ascii_lowercase().starts_with("application/") {
            c.warning(
                format!("expected a type `application/…`, received `{text}`"),
                "Adobe documents `application/*` types only, mostly `application/json`",
            );
        }
        Some(text)
    });
    let headers = fields.get("headers").and_then(|c| c.array());
    let headers = headers.unwrap_or_default();
    let query = fields.get("queryParameters").and_then(|c| {
        let query = query(&c)?;
        Some(keyed::taken(Some(c), query, true))
    });
    let (query_parameters, credentials) = query.unzip();
    let http = HttpTemplate {
        method: method.unwrap_or(Method::Post),
        content_type: content_type.clone().unwrap_or_default(),
        content_type_place: content_type_place.unwrap_or_else(|| cursor.place()),
        headers: headers.iter().filter_map(header).collect(),
        query_parameters,
        request_body: fields.get("requestBody").and_then(|c| body(&c)),
    };
    fields.ignore(&["template", "outputType"]);
    fields.finish();
    let typed = content_type.is_some() || !has_body;
    (method.is_some() && typed).then(|| (http, credentials.unwrap_or_default()))
}

/// `requestBody`: always a template (reference 3.2).
fn body(cursor: &Cursor<'_>) -> Option<TemplateString> {
    let body = TemplateString::of_any_strategy(cursor)?;
    if body.strategy == Strategy::None {
        cursor.violation(
            Rule::TemplateStrings,
            "expected `templatingStrategy` `PEBBLE_V1`, received `NONE`",
            "a message body is always a template: write `PEBBLE_V1`",
        );
    }
    Some(body)
}

/// One template string, or an empty array as in Adobe's token requests.
fn query(cursor: &Cursor<'_>) -> Option<TemplateString> {
    match &cursor.node.value {
        Value::Array(elements) if elements.is_empty() => None,
        Value::Array(_) => {
            cursor.error(
                "expected one template string, received an array",
                "write the whole query as one template, e.g. `v=2&region={{customerData.region}}`",
            );
            None
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Date(_)
        | Value::Object(_) => TemplateString::read(cursor),
    }
}

fn header(cursor: &Cursor<'_>) -> Option<HeaderTemplate> {
    let fields = cursor.object()?;
    let name = fields.need("header");
    let value = template(&fields, "value");
    let inner = fields.get("value");
    fields.finish();
    let (name, mut value) = (header_name(&name?), value?);
    let name = name?;
    let mut credential = None;
    if value.is_fixed() && keyed::is_credential(&name, &value.value) {
        let inner = inner.and_then(|c| c.object()?.get("value"))?;
        credential = Literal::read(&inner, &name.to_ascii_lowercase(), HEADER_REMEDY)
            .inspect(|credential| value.value = credential.mark());
    }
    Some(HeaderTemplate {
        name,
        value,
        credential,
    })
}

/// The name of a header (RFC 9110 section 5.1).
pub(crate) fn header_name(cursor: &Cursor<'_>) -> Option<String> {
    let name = cursor.text()?;
    if !is_token(&name) {
        cursor.error(
            format!("expected the name of a header, received `{name}`"),
            "a header name has letters, digits and `-` (RFC 9110 section 5.1)",
        );
        return None;
    }
    Some(name)
}

/// `responseFields[]`: a template string with a name.
pub(crate) fn response_field(cursor: &Cursor<'_>) -> Option<ResponseField> {
    let name = cursor.object()?.need("name").and_then(|c| c.text());
    let value = TemplateString::read(cursor)?;
    Some(ResponseField { name: name?, value })
}

fn file_based(fields: &Fields<'_>, kind: Kind) -> Option<FileServer> {
    let companion = fields.need(kind.companion());
    let companion = companion.and_then(|c| c.object());
    let storage = companion.as_ref().and_then(|c| storage(c, kind));
    // one page has it there, for one type of server
    let nested = companion
        .as_ref()
        .filter(|_| kind == Kind::DataLandingZone)
        .and_then(|c| c.astray("fileConfigurations"));
    if let Some(companion) = companion {
        companion.ignore(OF_NO_INTEREST);
        companion.finish();
    }
    let (mut options, mut rows) = (Vec::new(), None);
    if let Some(configurations) = fields.get("fileConfigurations").or(nested) {
        file_options(&configurations, "", &mut options, &mut rows);
    }
    Some(FileServer {
        storage: storage?,
        options,
        max_file_row_count: rows,
    })
}

fn storage(fields: &Fields<'_>, kind: Kind) -> Option<Storage> {
    match kind {
        Kind::UrlBased => None,
        Kind::S3 => {
            let (bucket, path) = (template(fields, "bucket"), template(fields, "path"));
            Some(Storage::S3 {
                bucket: bucket?,
                path: path?,
            })
        }
        Kind::Sftp => sftp(fields),
        Kind::AdlsGen2 => Some(Storage::AdlsGen2 {
            path: template(fields, "path")?,
        }),
        Kind::AzureBlob => {
            let (path, container) = (template(fields, "path"), template(fields, "container"));
            Some(Storage::AzureBlob {
                path: path?,
                container: container?,
            })
        }
        Kind::DataLandingZone => {
            let path = template(fields, "path");
            let case = fields.expected("useCase");
            case.inspect(|c| use_case(c));
            Some(Storage::DataLandingZone { path: path? })
        }
        Kind::GoogleCloud => {
            let (bucket, path) = (template(fields, "bucket"), template(fields, "path"));
            Some(Storage::GoogleCloud {
                bucket: bucket?,
                path: path?,
            })
        }
    }
}

fn use_case(cursor: &Cursor<'_>) {
    const CASE: &str = "dlz_destination";
    let Some(text) = cursor.string() else {
        return;
    };
    if text != CASE && cursor.legal(&text) != Some(CASE) {
        cursor.violation(
            Rule::LandingZones,
            format!("expected `{CASE}`, received `{text}`"),
            format!("write `{CASE}`"),
        );
    }
}

fn sftp(fields: &Fields<'_>) -> Option<Storage> {
    let root_directory = template(fields, "rootDirectory");
    let host_name = fields.expected("hostName");
    let host_name = host_name.and_then(|c| TemplateString::read(&c));
    let port = fields.get("port").and_then(|c| c.integer(1..=65_535));
    let encryption = fields.get("encryptionMode");
    let encryption = encryption.and_then(|c| c.one_of(&[("PGP", "PGP"), ("None", "None")]));
    Some(Storage::Sftp {
        root_directory: root_directory?,
        host_name,
        port: port.and_then(|p| u16::try_from(p).ok()).unwrap_or(22),
        encryption_mode: encryption.map(str::to_owned),
    })
}

/// The options that a partner can mean (reference 7.1, 7.2); whatever else Spark knows is taken as it is.
fn known_options(prefix: &str) -> &'static [&'static str] {
    match prefix {
        "" => &[
            "compression",
            "csvOptions",
            "fileType",
            "includeFileManifest",
            "maxFileRowCount",
        ],
        _ => &[
            "charToEscapeQuoteEscaping",
            "dateFormat",
            "delimiter",
            "emptyValue",
            "encoding",
            "escape",
            "escapeQuotes",
            "header",
            "ignoreLeadingWhiteSpace",
            "ignoreTrailingWhiteSpace",
            "lineSep",
            "nullValue",
            "quote",
            "quoteAll",
            "sep",
            "timestampFormat",
        ],
    }
}

/// Every option by its path; which of them mean something is the business of whoever writes files.
fn file_options(
    cursor: &Cursor<'_>,
    prefix: &str,
    options: &mut Vec<(String, TemplateString)>,
    rows: &mut Option<u64>,
) {
    let Some(fields) = cursor.object() else {
        return;
    };
    for (member, value) in fields.each() {
        match member.key.as_str() {
            "maxFileRowCount" => {
                *rows = value.limited(Rule::Limits, 1_000_000..=10_000_000);
            }
            "csvOptions" => file_options(&value, "csvOptions.", options, rows),
            _ => {
                let key = fields.legal_key(member);
                fields.misspelt((member, key), known_options(prefix));
                let path = format!("{prefix}{key}");
                options.extend(TemplateString::read(&value).map(|t| (path, t)));
            }
        }
    }
}
