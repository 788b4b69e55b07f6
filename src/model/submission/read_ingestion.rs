//! Reads how a platform is asked what it understood of the files: over HTTP, by a receipt in the location, or by a command.

use std::time::Duration;

use crate::model::sdk::keyed;
use crate::model::sdk::server_json::wrong_url;
use crate::model::source::reader::Cursor;
use crate::model::submission::{Ingestion, IngestionWay};

/// What stands for a path.
const PLACEHOLDERS: [&str; 2] = ["{folder}", "{file}"];

/// `[destination.observe.ingestion]`.
pub(crate) fn ingestion(cursor: &Cursor<'_>) -> Option<Ingestion> {
    let fields = cursor.object()?;
    let keys = ["url", "receipt", "command"];
    let given = keys.map(|key| fields.get(key));
    let within = fields
        .get("within_seconds")
        .and_then(|c| c.number(0.0..=3600.0));
    let way = match &given {
        [Some(url), None, None] => ingestion_url(url).map(IngestionWay::Url),
        [None, Some(receipt), None] => {
            let rejection = fields.get("rejection");
            let named = |c: &Cursor<'_>| file_name(c);
            Some(IngestionWay::Receipt {
                receipt: named(receipt)?,
                rejection: rejection.as_ref().and_then(named),
            })
        }
        [None, None, Some(command)] => arguments(command).map(IngestionWay::Command),
        several => {
            let named = keys
                .iter()
                .zip(several)
                .filter(|(_, given)| given.is_some());
            let named: Vec<String> = named.map(|(key, _)| format!("`{key}`")).collect();
            let received = match named.is_empty() {
                true => String::from("none"),
                false => named.join(" and "),
            };
            cursor.error(
                format!("expected one of `url`, `receipt` and `command`, received {received}"),
                "name one: the URL that answers the rows, the file in the location that holds them, or the program that \
                 writes them",
            );
            None
        }
    };
    fields.finish();
    Some(Ingestion {
        way: way?,
        within: Duration::from_secs_f64(within.unwrap_or(60.0)),
        place: cursor.place(),
    })
}

fn ingestion_url(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.text()?;
    let has_password = url::Url::parse(&text).is_ok_and(|url| url.password().is_some());
    if has_password || keyed::in_url(&text) {
        let help = "give a bearer token as `ingestion_token` in [destination.credentials], or ask by a `command`";
        cursor.literal_secret("url", help);
        return None;
    }
    if let Some(problem) = misplaced(&text, "a URL").or_else(|| wrong_url(&filled(&text))) {
        cursor.error(
            problem,
            "write an absolute URL such as `https://api.example.com/ingested?folder={folder}`",
        );
        return None;
    }
    Some(text)
}

/// The name of a file that the platform writes, which is none that destspec writes.
fn file_name(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.text()?;
    let problem = misplaced(&text, "a name").or_else(|| {
        let own = text.trim_matches('/') == "{file}" || text.ends_with('/') || text == "{folder}";
        let outside = text.starts_with('/') || text.split('/').any(|step| step == "..");
        if own {
            Some(format!(
                "expected another name than that of what was written, received `{text}`"
            ))
        } else {
            outside
                .then(|| format!("expected a name below the configured folder, received `{text}`"))
        }
    });
    if let Some(problem) = problem {
        cursor.error(problem, "write a name such as `{file}.ingested.jsonl`");
        return None;
    }
    Some(text)
}

fn arguments(cursor: &Cursor<'_>) -> Option<Vec<String>> {
    let all: Vec<String> = cursor.array()?.iter().filter_map(Cursor::text).collect();
    let given = all.iter().skip(1).any(|text| filled(text) != *text);
    let unknown = all.iter().find_map(|text| strange(text));
    let problem = match (all.is_empty(), given) {
        (true, _) => Some("expected a program and its arguments".to_owned()),
        (false, false) => Some("expected an argument with `{folder}` or `{file}`".to_owned()),
        (false, true) => unknown,
    };
    if let Some(problem) = problem {
        cursor.error(
            problem,
            "write a list such as `[\"python3\", \"observe.py\", \"{file}\"]`; no shell reads it",
        );
        return None;
    }
    Some(all)
}

/// What is wrong with the placeholders of a text that needs one.
fn misplaced(text: &str, what: &str) -> Option<String> {
    match filled(text) == text {
        true => Some(format!("expected {what} with `{{folder}}` or `{{file}}`")),
        false => strange(text),
    }
}

fn strange(text: &str) -> Option<String> {
    let problem = "expected `{folder}` or `{file}`, received another placeholder";
    filled(text)
        .contains(['{', '}'])
        .then(|| problem.to_owned())
}

fn filled(text: &str) -> String {
    let fill = |text: String, name: &&str| text.replace(*name, "x");
    PLACEHOLDERS.iter().fold(text.to_owned(), fill)
}
