//! The HTTP exchanges of a scenario as HAR 1.2, so that a reviewer can open them in any viewer. Made from the record;
//! nothing here is evidence that the record does not hold.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::record::{Answer, Body, Exchange, HttpExchange, RequestRecord, Result, Scenario};
use crate::publish::report::text;

#[derive(Serialize)]
struct Har<'a> {
    log: Log<'a>,
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'static str,
    creator: Creator<'a>,
    comment: String,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Creator<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: String,
    time: u64,
    request: Request,
    response: Response,
    cache: Empty,
    timings: Timings,
    #[serde(rename = "_destspec")]
    own: Own,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Timings {
    send: u64,
    wait: u64,
    receive: u64,
}

/// Which exchange of the record it is.
#[derive(Serialize)]
struct Own {
    lane: u32,
    ordinal: u32,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

#[derive(Serialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    http_version: String,
    cookies: [Pair; 0],
    headers: Vec<Pair>,
    query_string: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData>,
    headers_size: i32,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status: u16,
    status_text: &'static str,
    http_version: String,
    cookies: [Pair; 0],
    headers: Vec<Pair>,
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: String,
    headers_size: i32,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: u64,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// What HAR says of a size that is not known.
const UNKNOWN: i32 = -1;

/// The HTTP exchanges of a scenario of a run of that version which began then; none where it made none.
///
/// # Errors
/// When serde_json refuses them.
pub fn render(
    scenario: &Scenario,
    started: Timestamp,
    version: &str,
) -> serde_json::Result<Option<String>> {
    let entries: Vec<Entry> = scenario
        .exchanges
        .iter()
        .filter_map(|exchange| entry(exchange, started))
        .collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let har = Har {
        log: Log {
            version: "1.2",
            creator: Creator {
                name: "destspec",
                version,
            },
            comment: format!("{} at {}", scenario.id, scenario.destination),
            entries,
        },
    };
    Ok(Some(text::json(&serde_json::to_string_pretty(&har)?)))
}

fn entry(exchange: &Exchange, started: Timestamp) -> Option<Entry> {
    let http = exchange.http()?;
    let at = started.saturating_add(Duration::from_millis(exchange.at_ms));
    let wait = exchange.duration_us / 1000;
    Some(Entry {
        started_date_time: format!("{:.3}", at.unwrap_or(started)),
        time: wait,
        request: request(http),
        response: response(http),
        cache: Empty {},
        timings: Timings {
            send: 0,
            wait,
            receive: 0,
        },
        own: Own {
            lane: exchange.lane,
            ordinal: exchange.ordinal,
            attempt: exchange.attempt,
            failure: exchange.failure().map(|failure| failure.text.clone()),
        },
    })
}

fn request(http: &HttpExchange) -> Request {
    let RequestRecord {
        method,
        url,
        headers,
        body,
    } = &http.request;
    let content = content(body, header(headers, "content-type"));
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        named(name, value)
    };
    Request {
        method: method.clone(),
        url: url.clone(),
        http_version: version(http),
        cookies: [],
        headers: pairs(headers),
        query_string: query
            .split('&')
            .filter(|p| !p.is_empty())
            .map(pair)
            .collect(),
        headers_size: UNKNOWN,
        body_size: i64::try_from(content.size).unwrap_or_else(|_| UNKNOWN.into()),
        post_data: (*body != Body::Empty).then(|| PostData {
            mime_type: content.mime_type,
            text: content.text.unwrap_or_default(),
            comment: content.comment,
        }),
    }
}

fn version(http: &HttpExchange) -> String {
    match &http.result {
        Result::Answer(answer) => answer.version.clone(),
        Result::Failure(_) => String::new(),
    }
}

fn response(http: &HttpExchange) -> Response {
    let none = Vec::new();
    let answer = match &http.result {
        Result::Answer(answer) => Some(answer),
        Result::Failure(_) => None,
    };
    let headers = answer.map_or(&none, |answer| &answer.headers);
    let location = answer.and_then(|answer| answer.header("location"));
    Response {
        status: answer.map_or(0, |answer| answer.status),
        status_text: "",
        http_version: version(http),
        cookies: [],
        headers: pairs(headers),
        content: content(body_of(answer), header(headers, "content-type")),
        redirect_url: location.unwrap_or_default().to_owned(),
        headers_size: UNKNOWN,
        body_size: UNKNOWN.into(),
    }
}

fn body_of(answer: Option<&Answer>) -> &Body {
    answer.map_or(&Body::Empty, |answer| &answer.body)
}

fn content(body: &Body, mime_type: &str) -> Content {
    let (size, text, encoding, comment) = match body {
        Body::Empty => (0, None, None, None),
        Body::Text(text) => (text.len() as u64, Some(text.clone()), None, None),
        Body::Base64(text) => (
            (text.len() / 4 * 3).saturating_sub(text.matches('=').count()) as u64,
            Some(text.clone()),
            Some("base64"),
            None,
        ),
        Body::Digest { bytes, sha256 } => {
            let comment = format!("not kept: SHA-256 {sha256}");
            (*bytes, None, None, Some(comment))
        }
        Body::Withheld(withheld) => {
            let comment = String::from("withheld: it may hold a secret");
            (withheld.bytes, None, None, Some(comment))
        }
    };
    Content {
        size,
        mime_type: mime_type.to_owned(),
        text,
        encoding,
        comment,
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let mut all = headers.iter();
    let found = all.find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value)
}

fn pairs(headers: &[(String, String)]) -> Vec<Pair> {
    headers.iter().map(|(n, v)| named(n, v)).collect()
}

fn named(name: &str, value: &str) -> Pair {
    Pair {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}
