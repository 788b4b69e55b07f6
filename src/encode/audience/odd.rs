//! What of an audience template is odd: it is read and sent as it stands, and does not do what its author means (reference 8).
//! No page demands anything of it, so that these are warnings.

use crate::encode::audience::fill::OF_UPLOADS;
use crate::encode::audience::lint::{Read, paths, read, strings, texts};
use crate::encode::audience::odd_request;
use crate::encode::audience::request::failed_validations;
use crate::model::sdk::{AudienceTemplate, Event, EventKind, Family, FieldValidation};
use crate::model::source::{Place, Problem};
use crate::model::submission::Destination;

/// Every oddity of the template of a destination, where it has one.
pub fn oddities(destination: &Destination) -> Vec<Problem> {
    let Some(template) = &destination.audience_template else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (role, text, place) in texts(template) {
        found.extend(single_braces(&role, text, place));
    }
    for (role, text, place) in paths(template) {
        found.extend(no_path(&role, text, place));
    }
    for event in &template.events {
        found.extend(unnamed(event));
        found.extend(too_early(event));
        found.extend(empty(event));
        found.extend(odd_request::oddities(event));
    }
    found.extend(unheard(template, destination.server.family()));
    found.extend(unfit(template, destination));
    found
}

/// What a request reads, each with the place of its text.
fn reads(event: &Event) -> Vec<(String, &Place)> {
    let headers = event.headers.iter().map(|(_, written)| written);
    let written = headers.chain([&event.url]);
    let written = written.map(|written| (written.text.as_str(), &written.place));
    let body = event.body.iter();
    let body = body.flat_map(|(body, place)| strings(body).into_iter().map(move |t| (t, place)));
    let all = written.chain(body).map(|(text, place)| (read(text), place));
    all.flat_map(|(read, place)| match read {
        Read::Names(names) => names.into_iter().map(|name| (name, place)).collect(),
        Read::Unclosed(_) | Read::Refused(_) => Vec::new(),
    })
    .collect()
}

/// Whether a variable is one of these, or is in one.
fn is_of(variable: &str, roots: &[&str]) -> bool {
    roots.iter().any(|root| {
        let below = variable.strip_prefix(root);
        below.is_some_and(|below| below.is_empty() || below.starts_with(['.', '[']))
    })
}

/// A request that does not say which audience, or which destination, it is about.
fn unnamed(event: &Event) -> Option<Problem> {
    let (any, what, help): (&[&str], _, _) = match event.kind {
        EventKind::Create => (
            &["segment.name", "segment.id"],
            "names the audience nowhere",
            "send its name: `{{segment.name}}`",
        ),
        EventKind::Update => (
            &["segment.alias", "segment.id"],
            "does not say which audience is renamed",
            "name it by the id that `create` answered: `{{segment.alias}}`",
        ),
        EventKind::Delete => (
            &["segment.alias", "segment.id", "segment.name"],
            "does not say which audience is deleted",
            "name it by the id that `create` answered: `{{segment.alias}}`",
        ),
        EventKind::Notify => (
            &["segment.alias", "segment.id", "segment.name"],
            "does not say which audience was exported",
            "name it by the id that `create` answered: `{{segment.alias}}`",
        ),
        EventKind::CreateDestination
        | EventKind::UpdateDestination
        | EventKind::DeleteDestination => (
            &["destination", "customerData"],
            "does not say which destination it is about",
            "name it: `{{destination.id}}`",
        ),
        EventKind::Validate => return None,
    };
    let reads = reads(event);
    if !reads.iter().any(|(name, _)| is_of(name, any)) {
        return Some(said(event, what, help));
    }
    let names_it = |(name, _): &(String, _)| is_of(name, &["segment.name", "segment.description"]);
    let renames = event.kind != EventKind::Update || reads.iter().any(names_it);
    (!renames).then(|| {
        let what = "does not say what the audience is called now";
        said(event, what, "send its name: `{{segment.name}}`")
    })
}

fn said(event: &Event, what: &str, help: &str) -> Problem {
    let what = format!("`{}` of the audience template {what}", event.kind.key());
    event.place.warning(what, help)
}

/// What a request reads before it is there: there is no alias before the answer to `create`, and no audience at all where
/// the destination itself is spoken of.
fn too_early(event: &Event) -> Vec<Problem> {
    let (missing, why): (&[&str], _) = match event.kind {
        EventKind::Create => (
            &["segment.alias"],
            "an audience has no alias before `create` is answered",
        ),
        EventKind::Validate
        | EventKind::CreateDestination
        | EventKind::UpdateDestination
        | EventKind::DeleteDestination => (&["segment"], "the request is about no audience"),
        EventKind::Update | EventKind::Delete | EventKind::Notify => return Vec::new(),
    };
    let early = |(name, place): (String, &Place)| {
        is_of(&name, missing).then(|| sent_empty(event, &name, place, why))
    };
    reads(event).into_iter().filter_map(early).collect()
}

fn sent_empty(event: &Event, name: &str, place: &Place, why: &str) -> Problem {
    let kind = event.kind.key();
    let what = format!("`{kind}` of the audience template sends `{name}` empty: {why}");
    let help = "take it out, or see that the endpoint takes it empty";
    place.of(name).warning(what, help)
}

/// What only audiences have that customers upload, and none of destspec's does.
fn empty(event: &Event) -> Vec<Problem> {
    let uploaded = |(name, place): (String, &Place)| {
        is_of(&name, &OF_UPLOADS).then(|| {
            let why = "only audiences that customers upload have it";
            let kind = event.kind.key();
            let what = format!("`{kind}` of the audience template sends `{name}` empty: {why}");
            let help =
                "nothing is wrong with that; see that the endpoint takes an audience without it";
            place.of(&name).warning(what, help)
        })
    };
    reads(event).into_iter().filter_map(uploaded).collect()
}

/// One pair of braces around what a macro reads.
fn single_braces(role: &str, text: &str, place: &Place) -> Option<Problem> {
    let mut at = text.match_indices('{').filter(|(at, _)| {
        let (before, after) = (text.get(..*at), text.get(at + 1..));
        !before.is_some_and(|before| before.ends_with('{'))
            && !after.is_some_and(|after| after.starts_with(['{', '%', '#']))
    });
    let (_, inner) = at.find_map(|(at, _)| {
        let (inner, _) = text.get(at + 1..)?.split_once('}')?;
        let roots = [
            "authData",
            "customerData",
            "destination",
            "segment",
            "validations",
        ];
        let name = inner.trim();
        (name.contains('.') && is_of(name, &roots)).then_some((at, inner))
    })?;
    let written = format!("{{{inner}}}");
    let what = format!("`{written}` in `{role}` of the audience template is sent as it stands");
    let help = format!("a macro has two braces: `{{{{{}}}}}`", inner.trim());
    Some(place.of(&written).warning(what, help))
}

/// A path into an answer that no page shows, and that leads nowhere by the ones that they show (reference 8.4).
fn no_path(role: &str, text: &str, place: &Place) -> Option<Problem> {
    let help = "write a path as in `{{response.data[0].id}}`, `{{headers.x-id}}`, `{{message}}` or `{{root}}`";
    let odd = |what: &str| {
        let what = format!("`{text}` in `{role}` of the audience template {what}");
        Some(place.warning(what, help))
    };
    if !text.contains("{{") {
        return odd("is no macro; it is read as one here");
    }
    let names = match read(text) {
        Read::Names(names) if !text.contains("{%") => names,
        Read::Names(_) | Read::Unclosed(_) | Read::Refused(_) => return None,
    };
    match names.as_slice() {
        [one] if is_path(one) => None,
        [_] => odd("is no path into an answer"),
        _ => odd("holds more than one path, of which Experience Platform may take none"),
    }
}

fn is_path(path: &str) -> bool {
    if matches!(path, "headers" | "body" | "response") {
        return false;
    }
    let is_name = |name: &str| {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '@' | '$' | ':');
        !name.is_empty() && name.chars().all(plain)
    };
    path.split('.').all(|step| {
        let (name, indexes) = step.split_at(step.find('[').unwrap_or(step.len()));
        let mut rest = indexes;
        while let Some((index, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            if index.is_empty() || !index.bytes().all(|b| b.is_ascii_digit()) {
                return false;
            }
            rest = after;
        }
        rest.is_empty() && is_name(name)
    })
}

/// Requests that are never made of that family (reference 8.2).
fn unheard(template: &AudienceTemplate, family: Family) -> Option<Problem> {
    let notify = template.event(EventKind::Notify)?;
    (family == Family::Streaming).then(|| {
        let what = "is made of files alone, and this destination takes messages";
        said(notify, what, "take it out")
    })
}

/// Customer data that the template's own validations refuse: nothing is created with it.
fn unfit(template: &AudienceTemplate, destination: &Destination) -> Vec<Problem> {
    let data = destination.customer_data.for_templates();
    let declared = &destination.configuration.customer_data_fields;
    let odd = |validation: &FieldValidation| {
        let FieldValidation {
            field,
            regex,
            place,
        } = validation;
        if !declared.iter().any(|known| known.name == *field) {
            let what = format!(
                "`validations` of the audience template is of `{field}`, which nobody declares"
            );
            let help = format!("declare `{field}` among the `customerDataFields`, or take it out");
            return Some(place.warning(what, help));
        }
        let secret = destination
            .customer_secrets
            .iter()
            .any(|(name, _)| name == field);
        let fails =
            !secret && !failed_validations(std::slice::from_ref(validation), &data).is_empty();
        fails.then(|| {
            let what = format!("`{regex}` does not match the customer data `{field}`: no audience is created with it");
            place.warning(what, "correct `validations`, or `customer_data` of the submission")
        })
    };
    template.validations.iter().filter_map(odd).collect()
}
