//! Listing the blobs of a container.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::storage::Variation;
use crate::emulator::storage::azure::auth::Need;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::headers;
use crate::emulator::storage::azure::room::{Entry, Room};
use crate::emulator::storage::azure::visit::Visit;
use crate::emulator::storage::azure::xml;

/// The longest page.
const PAGE: usize = 5000;

/// A line of a listing.
enum Line {
    Blob(Entry),
    Prefix,
}

/// A page of the listing that a request asks for.
pub(super) fn answer(visit: &Visit<'_>) -> Result<Response<Body>, Failure> {
    let room = visit.permitted(Need::List)?;
    let call = visit.call;
    let text = |name: &str| call.parameter(name).unwrap_or_default();
    let (prefix, delimiter, marker) = (text("prefix"), text("delimiter"), text("marker"));
    let limit = limit(call.number("maxresults")?)?;
    let from = from(marker)?;
    let entries = room.entries(prefix, marker.is_empty(), visit.rules());
    let mut lines = lines(entries, prefix, delimiter, room.hierarchical);
    lines.retain(|name, _| *name >= from);
    let next = lines.keys().nth(limit).cloned();
    let encrypted = visit.rules().varies(Variation::EncryptedByDefault);
    let mut blobs = String::new();
    for (name, line) in lines.into_iter().take(limit) {
        blobs.push_str(&written(&name, &line, room, encrypted));
    }
    let document = format!(
        "{}<EnumerationResults ServiceEndpoint=\"{}://{}/{}\" ContainerName=\"{}\">{}<Blobs>{blobs}</Blobs>{}</EnumerationResults>",
        xml::DECLARATION,
        if visit.server.https { "https" } else { "http" },
        xml::text(call.header("host")),
        xml::text(&visit.account.name),
        xml::text(&room.name),
        repeated(visit),
        match next {
            Some(next) => format!("<NextMarker>{}</NextMarker>", URL_SAFE_NO_PAD.encode(next)),
            None => "<NextMarker/>".to_owned(),
        },
    );
    Ok(headers::text("application/xml", document))
}

fn limit(asked: Option<u64>) -> Result<usize, Failure> {
    match asked {
        Some(0) => Err(failure::OUT_OF_RANGE),
        Some(asked) => Ok(usize::try_from(asked).unwrap_or(PAGE).min(PAGE)),
        None => Ok(PAGE),
    }
}

/// The name that a page begins with.
fn from(marker: &str) -> Result<String, Failure> {
    let bytes = URL_SAFE_NO_PAD
        .decode(marker)
        .map_err(|_| failure::BAD_PARAMETER)?;
    String::from_utf8(bytes).map_err(|_| failure::BAD_PARAMETER)
}

/// Names with a delimiter after the prefix are one line, up to that delimiter.
fn lines(
    entries: Vec<(String, Entry)>,
    prefix: &str,
    delimiter: &str,
    hierarchical: bool,
) -> BTreeMap<String, Line> {
    let mut lines = BTreeMap::new();
    for (name, entry) in entries {
        let is_folder = matches!(entry, Entry::Folder(_));
        let rest = &name[prefix.len()..];
        let end = (!delimiter.is_empty())
            .then(|| rest.find(delimiter))
            .flatten();
        match end {
            Some(end) => {
                let end = prefix.len() + end + delimiter.len();
                lines.insert(name[..end].to_owned(), Line::Prefix);
            }
            None if is_folder && delimiter == "/" && hierarchical => {
                lines.insert(format!("{name}/"), Line::Prefix);
            }
            None => {
                lines.insert(name, Line::Blob(entry));
            }
        }
    }
    lines
}

/// What a request asked for, as the answer repeats it.
fn repeated(visit: &Visit<'_>) -> String {
    let names = [
        ("prefix", "Prefix"),
        ("marker", "Marker"),
        ("maxresults", "MaxResults"),
        ("delimiter", "Delimiter"),
    ];
    let mut text = String::new();
    for (name, element) in names {
        if let Some(value) = visit.call.parameter(name) {
            let _ = write!(text, "<{element}>{}</{element}>", xml::text(value));
        }
    }
    text
}

fn written(name: &str, line: &Line, room: &Room, encrypted: bool) -> String {
    let name = xml::name(name);
    let Line::Blob(entry) = line else {
        return format!("<BlobPrefix>{name}</BlobPrefix>");
    };
    let mut own = String::new();
    let mut say = |element: &str, value: &str| {
        let _ = write!(own, "<{element}>{}</{element}>", xml::text(value));
    };
    let time = headers::date(entry.modified());
    say("Creation-Time", &time);
    say("Last-Modified", &time);
    say("Etag", entry.etag().trim_matches('"'));
    say("Content-Length", &entry.bytes().to_string());
    let mut metadata = "";
    match entry {
        Entry::File(object) => {
            let properties = room.properties(object);
            let header = |name: &str| properties.headers.get(name)?.to_str().ok();
            let kind = header("content-type").unwrap_or("application/octet-stream");
            say("Content-Type", kind);
            say("Content-MD5", header("content-md5").unwrap_or_default());
        }
        Entry::Folder(_) => {
            say("Content-Type", "application/octet-stream");
            metadata = "<Metadata><hdi_isfolder>true</hdi_isfolder></Metadata>";
        }
    }
    if room.hierarchical {
        let kind = ["file", "directory"][usize::from(!metadata.is_empty())];
        say("ResourceType", kind);
    }
    say("BlobType", "BlockBlob");
    say("LeaseStatus", "unlocked");
    say("LeaseState", "available");
    say("ServerEncrypted", &encrypted.to_string());
    format!("<Blob>{name}<Properties>{own}</Properties>{metadata}</Blob>")
}
