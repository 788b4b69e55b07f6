//! Reads how a storage is reached and how a destination is asked what it stored.

use std::time::Duration;

use crate::model::sdk::keyed;
use crate::model::sdk::server_json::wrong_url;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::list;
use crate::model::submission::read_ingestion::ingestion;
use crate::model::submission::{Observation, Observe, Over, Reach, Retrieval};

/// `[destination.observe]`.
pub(crate) fn observe(cursor: &Cursor<'_>) -> Option<Observe> {
    let fields = cursor.object()?;
    let one = |key, pointer| {
        fields
            .get(key)
            .and_then(|c: Cursor<'_>| observation(&c, pointer))
    };
    let within = fields
        .get("within_seconds")
        .and_then(|c| c.number(0.0..=600.0));
    let observe = Observe {
        within: within.map_or_else(|| Observe::default().within, Duration::from_secs_f64),
        membership: one("membership", "audiences"),
        identities: one("identities", "identities"),
        attributes: one("attributes", "attributes"),
        ingestion: fields.get("ingestion").and_then(|c| ingestion(&c)),
        audience: fields.get("audience").and_then(|c| retrieval(&c)),
    };
    fields.finish();
    Some(observe)
}

/// `[destination.location]`.
pub(crate) fn reach(cursor: &Cursor<'_>) -> Option<Reach> {
    let fields = cursor.object()?;
    let url = |key| fields.get(key).and_then(|c| absolute_url(&c));
    let reach = Reach {
        endpoint: url("endpoint"),
        authority: url("authority"),
        region: fields.get("region").and_then(|c| c.text()),
        collected: fields
            .get("collected")
            .and_then(|c| c.bool())
            .unwrap_or(false),
    };
    fields.finish();
    Some(reach)
}

fn absolute_url(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.text()?;
    if let Some(problem) = wrong_url(&text) {
        cursor.error(
            problem,
            "write an absolute URL such as `https://storage.example.com`",
        );
        return None;
    }
    Some(text.trim_end_matches('/').to_owned())
}

fn retrieval(cursor: &Cursor<'_>) -> Option<Retrieval> {
    let fields = cursor.object()?;
    let url = fields.need("url").and_then(|c| {
        url_with(
            &c,
            &["{alias}", "{token}"],
            "https://api.example.com/audiences/{alias}",
        )
    });
    let name = fields.need("name").and_then(|c| json_pointer(&c));
    let id = fields.get("id").and_then(|c| json_pointer(&c));
    let over = over(&fields, "deleted");
    fields.finish();
    Some(Retrieval {
        url: url?,
        name: name?,
        id,
        over,
        place: cursor.place(),
    })
}

fn observation(cursor: &Cursor<'_>, key: &'static str) -> Option<Observation> {
    let fields = cursor.object()?;
    let url = fields.need("url").and_then(|c| observation_url(&c));
    let found = fields.need(key).and_then(|c| json_pointer(&c));
    let removed = (key == "audiences")
        .then(|| fields.get("removed"))
        .flatten();
    let element = (key != "attributes")
        .then(|| fields.get("element"))
        .flatten();
    let over = (key == "audiences").then(|| over(&fields, "left"));
    let next = (key != "attributes").then(|| fields.get("next")).flatten();
    let parameter = next.as_ref().and_then(|_| fields.get("cursor"));
    let nobody = fields.get("not_found_is_nobody").and_then(|c| c.bool());
    let observation = Observation {
        not_found_is_nobody: nobody.unwrap_or(true),
        over: over.flatten(),
        next: next.and_then(|c| json_pointer(&c)),
        cursor: parameter.and_then(|c| c.text()),
        removed: removed.and_then(|c| json_pointer(&c)),
        element: element.and_then(|c| json_pointer(&c)),
        place: cursor.place(),
        url: url?,
        pointer: found?,
    };
    fields.finish();
    Some(observation)
}

/// `status`, and beside it the words of what is over.
fn over(fields: &Fields<'_>, words: &'static str) -> Option<Over> {
    let status = fields.get("status")?;
    let status = json_pointer(&status);
    let words = fields.need(words).and_then(|c| c.strings());
    Some(Over {
        status: status?,
        words: words?,
    })
}

fn observation_url(cursor: &Cursor<'_>) -> Option<String> {
    let names = ["{identity}", "{namespace}", "{audience}"];
    url_with(cursor, &names, "https://api.example.com/users/{identity}")
}

/// A URL with the first of these placeholders, and with no others than these.
fn url_with(cursor: &Cursor<'_>, names: &[&str], sample: &str) -> Option<String> {
    let text = cursor.text()?;
    let needed = names.first().copied().unwrap_or_default();
    if !text.contains(needed) {
        cursor.error(
            format!("expected a URL with `{needed}`"),
            format!("write a URL such as `{sample}`"),
        );
        return None;
    }
    if keyed::in_url(&text) {
        cursor.literal_secret("url", keyed::QUERY_REMEDY);
        return None;
    }
    let filled = names
        .iter()
        .fold(text.clone(), |url, name| url.replace(name, "x"));
    // a URL with customer data is known only when rendered
    let problem = if filled.contains("{{") {
        None
    } else if filled.contains(['{', '}']) {
        let known = list(names, "or");
        Some(format!("expected {known}, received another placeholder"))
    } else {
        wrong_url(&filled)
    };
    if let Some(problem) = problem {
        let help = format!("write an absolute URL such as `{sample}`");
        cursor.error(problem, help);
        return None;
    }
    Some(text)
}

fn json_pointer(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.string()?;
    if !text.is_empty() && !text.starts_with('/') {
        cursor.error(
            format!("expected a JSON Pointer, received `{text}`"),
            format!(
                "write `/{}`; the empty string is the whole answer (RFC 6901)",
                text.replace('.', "/")
            ),
        );
        return None;
    }
    Some(text)
}
