//! What of one request of an audience template is odd by the rules of HTTP, and what of its answer no user is shown
//! (reference 8.2, 8.6).

use crate::model::sdk::{Event, EventKind, Method, Written};
use crate::model::source::{Place, Problem};

/// Every such oddity.
pub(super) fn oddities(event: &Event) -> Vec<Problem> {
    let one = [
        fragment(event),
        unencrypted(event),
        read_only(event),
        other_type(event),
        unexplained(event),
    ];
    let fields = twice(event, "responseFields", &event.response_fields, false);
    let errors = twice(event, "responseErrorFields", &event.error_fields, false);
    let headers = twice(event, "headers", &event.headers, true);
    let twice = fields.into_iter().chain(errors).chain(headers);
    one.into_iter().flatten().chain(twice).collect()
}

fn odd(event: &Event, place: &Place, what: &str, help: &str) -> Problem {
    let what = format!("`{}` of the audience template {what}", event.kind.key());
    place.warning(what, help)
}

/// A fragment is never sent (RFC 9110 section 7.1).
fn fragment(event: &Event) -> Option<Problem> {
    let (_, fragment) = event.url.text.split_once('#')?;
    let fragment = format!("#{fragment}");
    let what = format!("has `{fragment}` in its URL, which is never sent");
    let place = event.url.place.of(&fragment);
    Some(odd(
        event,
        &place,
        &what,
        "write it in the path or in the query",
    ))
}

/// Data in transit goes over TLS (reference 6.6).
fn unencrypted(event: &Event) -> Option<Problem> {
    let rest = event.url.text.strip_prefix("http://")?;
    let is_here = ["localhost", "127.", "[::1]"]
        .iter()
        .any(|host| rest.starts_with(host));
    (!is_here).then(|| {
        let what = "goes over plain HTTP, and its token with it";
        odd(event, &event.url.place, what, "write `https://`")
    })
}

/// Whether a request changes what a destination has.
fn changes(kind: EventKind) -> bool {
    match kind {
        EventKind::Create
        | EventKind::Update
        | EventKind::Delete
        | EventKind::CreateDestination
        | EventKind::UpdateDestination
        | EventKind::DeleteDestination => true,
        EventKind::Validate | EventKind::Notify => false,
    }
}

/// What is safe by its method changes nothing (RFC 9110 section 9.2.1), and the body of it has no meaning (section 9.3.1).
fn read_only(event: &Event) -> Option<Problem> {
    if event.method != Method::Get {
        return None;
    }
    if changes(event.kind) {
        let what = "is a `GET`, which may come from a cache and has to change nothing";
        let help = "use `POST`, `PUT`, `PATCH` or `DELETE`";
        return Some(odd(event, &event.place.of("\"GET\""), what, help));
    }
    let (_, place) = event.body.as_ref()?;
    let what = "is a `GET` with a body, which servers leave unread or refuse";
    let help = "write it in the query, or use `POST`";
    Some(odd(event, place, what, help))
}

/// A body that is JSON, as every body of an audience template is, and is declared as something else.
fn other_type(event: &Event) -> Option<Problem> {
    let (name, value) = event
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
    let text = value.text.to_ascii_lowercase();
    let is_other = !text.contains("json") && !text.contains('{');
    (is_other && event.body.is_some()).then(|| {
        let what = format!("declares `{name}: {}` for a body that is JSON", value.text);
        odd(event, &value.place, &what, "declare `application/json`")
    })
}

/// A refusal of which users are told nothing (reference 8.6).
fn unexplained(event: &Event) -> Option<Problem> {
    let is_shown = matches!(event.kind, EventKind::Create | EventKind::Update);
    let help = "add one named `message`: `{ \"name\": \"message\", \"value\": \"{{message}}\" }`";
    match event.error_fields.as_slice() {
        [] if is_shown => {
            let what = "has no `responseErrorFields`: users are told nothing of why it was refused";
            Some(odd(event, &event.place, what, help))
        }
        [] => None,
        all if all.iter().any(|(name, _)| name == "message") => None,
        [(name, written), ..] => {
            let what = format!(
                "has `{name}` and no `message` among its `responseErrorFields`: no page shows another name"
            );
            Some(odd(event, &written.place, &what, help))
        }
    }
}

/// A name that is given twice, where only one can count.
fn twice(
    event: &Event,
    key: &str,
    all: &[(String, Written)],
    of_any_case: bool,
) -> Option<Problem> {
    let same = |a: &str, b: &str| match of_any_case {
        true => a.eq_ignore_ascii_case(b),
        false => a == b,
    };
    let (_, (name, written)) = all.iter().enumerate().find(|(place, (name, _))| {
        let before = all.iter().take(*place);
        before.into_iter().any(|(known, _)| same(known, name))
    })?;
    let what = format!("has `{name}` twice among its `{key}`");
    Some(odd(event, &written.place, &what, "leave one"))
}
