//! What an audience template reads that will never be there, and what of Pebble it uses that Adobe does not support
//! (reference 8.4; CFG-10, 11, 14, 15, 19), at its place.

use serde_json::Value;

use crate::encode::audience::request::TOKENS;
use crate::encode::message::lint::{broken_rule, misplaced, undeclared};
use crate::encode::pebble::{self, Options, Template};
use crate::model::rule::Rule;
use crate::model::sdk::{AudienceTemplate, Origin};
use crate::model::source::suggestion::{closest, instead};
use crate::model::source::{Place, Problem};
use crate::model::submission::Destination;

/// What macros name.
const ROOTS: [&str; 7] = [
    "authData",
    "customerData",
    "destination",
    "oauth2ServiceAccessToken",
    "segment",
    "segmentEnrichmentAttributes",
    "validations",
];

/// What an audience has.
const SEGMENT: [&str; 5] = ["alias", "description", "id", "metadata", "name"];

/// What a destination has.
const DESTINATION: [&str; 5] = [
    "enrichmentAttributes",
    "id",
    "imsOrgId",
    "name",
    "sandboxName",
];

const HELP: &str = "nothing is judged of the audience API until it is corrected";

/// Every problem of the template of a destination, where it has one.
pub fn problems(destination: &Destination) -> Vec<Problem> {
    let Some(template) = &destination.audience_template else {
        return Vec::new();
    };
    let mut problems: Vec<Problem> = Vec::new();
    for (role, text, place) in texts(template) {
        let variables = match read(text) {
            Read::Names(names) => names,
            Read::Unclosed(start) => {
                problems.push(unclosed(&role, &start, place));
                continue;
            }
            Read::Refused(error) => {
                problems.push(uncompiled(&role, place, &error));
                continue;
            }
        };
        let found = undeclared(&role, &variables, place, destination).into_iter();
        let found = found.chain(misplaced(&role, &variables, place));
        let found = found.chain(
            variables
                .iter()
                .filter_map(|v| unknown(&role, v, place, template)),
        );
        problems.extend(found);
    }
    problems.extend(
        paths(template).filter_map(|(role, text, place)| match read(text) {
            Read::Unclosed(start) => Some(unclosed(&role, &start, place)),
            Read::Names(_) | Read::Refused(_) => None,
        }),
    );
    problems
}

/// What a text reads.
pub(super) enum Read {
    Names(Vec<String>),
    /// A macro begins so and does not end.
    Unclosed(String),
    Refused(Box<pebble::Error>),
}

/// Every text with its role and its place; one of a body has the place of the body.
pub(super) fn texts(template: &AudienceTemplate) -> Vec<(String, &str, &Place)> {
    let mut all = Vec::new();
    for event in &template.events {
        let kind = event.kind.key();
        all.push((
            format!("{kind}.url"),
            event.url.text.as_str(),
            &event.url.place,
        ));
        for (name, value) in &event.headers {
            all.push((
                format!("{kind}.headers.{name}"),
                value.text.as_str(),
                &value.place,
            ));
        }
        if let Some((body, place)) = &event.body {
            let role = format!("{kind}.requestBody");
            let within = strings(body).into_iter();
            all.extend(within.map(|text| (role.clone(), text, place)));
        }
    }
    all
}

/// Every path into an answer, likewise.
pub(super) fn paths(template: &AudienceTemplate) -> impl Iterator<Item = (String, &str, &Place)> {
    template.events.iter().flat_map(|event| {
        let fields = event
            .response_fields
            .iter()
            .map(|field| ("responseFields", field));
        let errors = event
            .error_fields
            .iter()
            .map(|field| ("responseErrorFields", field));
        fields.chain(errors).map(|(key, (name, written))| {
            let role = format!("{}.{key}.{name}", event.kind.key());
            (role, written.text.as_str(), &written.place)
        })
    })
}

/// A macro that is not closed is sent, or looked for, as it stands.
fn unclosed(role: &str, start: &str, place: &Place) -> Problem {
    let shown: String = start.chars().take(40).collect();
    let close = if start.starts_with("{{{") {
        "}}}"
    } else {
        "}}"
    };
    let what = format!("`{role}` of the audience template: expected `{close}` after `{shown}`");
    let help = "close the macro: write `{{…}}`, or `{{{…}}}`";
    place.of(&shown).violation(Rule::Rendering, what, help)
}

pub(super) fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(members) => members.values().flat_map(strings).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Statements are Pebble; else only macros are read (reference 8.4.1).
pub(super) fn read(text: &str) -> Read {
    if text.contains("{%") {
        // as long as before, so that a column is where it was
        let text = text.replace("{{{", "{{ ").replace("}}}", " }}");
        return match Template::parse(&text, &Options::adobe()) {
            Ok(parsed) => Read::Names(parsed.variables()),
            Err(error) => Read::Refused(Box::new(error)),
        };
    }
    let (mut names, mut rest) = (Vec::new(), text);
    while let Some((_, inner)) = rest.split_once("{{") {
        let close = if inner.starts_with('{') { "}}}" } else { "}}" };
        let Some((name, after)) = inner.split_once(close) else {
            return Read::Unclosed(format!("{{{{{inner}"));
        };
        names.push(name.trim_matches(['{', '}', ' ']).to_owned());
        rest = after;
    }
    Read::Names(names)
}

fn uncompiled(role: &str, place: &Place, error: &pebble::Error) -> Problem {
    let origin = Origin {
        place: place.clone(),
        pointer: String::new(),
    };
    let what = format!("`{role}` of the audience template does not compile: {error}");
    let help = error.help.clone().unwrap_or_else(|| HELP.to_owned());
    // a body is JSON of several texts: the place within one of them is not known
    let place = match role.ends_with(".requestBody") {
        true => place.clone(),
        false => origin.locate(error.line, error.column),
    };
    place.violation(broken_rule(error), what, help)
}

/// A macro that names nothing.
fn unknown(
    role: &str,
    variable: &str,
    place: &Place,
    template: &AudienceTemplate,
) -> Option<Problem> {
    let mut steps = variable.split(['.', '[']);
    let (root, member) = (steps.next()?, steps.next());
    let fields: Vec<&str> = template
        .validations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    let known: &[&str] = match root {
        // said of messages, and of customer data, elsewhere
        "input" | "customerData" => return None,
        "segmentEnrichmentAttributes" => return None,
        _ if TOKENS.contains(&variable) => return None,
        "segment" => &SEGMENT,
        "destination" => &DESTINATION,
        "validations" => &fields,
        "authData" => &["accessToken", "token"],
        _ => {
            let what =
                format!("`{role}` of the audience template reads `{root}`, which names nothing");
            let near = instead(root, &ROOTS);
            return Some(place.of(root).violation(Rule::Rendering, what, near));
        }
    };
    let member = member.unwrap_or_default();
    if known.contains(&member) {
        return None;
    }
    let what = format!("`{role}` of the audience template reads `{variable}`, which names nothing");
    let help = closest(member, known).map(|near| format!("did you mean `{root}.{near}`?"));
    let help = help.unwrap_or_else(|| HELP.to_owned());
    Some(place.of(variable).violation(Rule::Rendering, what, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        match read(text) {
            Read::Names(names) => names,
            Read::Unclosed(_) | Read::Refused(_) => Vec::new(),
        }
    }

    #[test]
    fn macros_of_two_and_of_three_braces_and_statements_are_read() {
        assert_eq!(names("{{a.b}}/{{{ c }}}"), ["a.b", "c"]);
        assert_eq!(names("{% if a.b %}{{{c.d}}}{% endif %}"), ["a.b", "c.d"]);
        assert!(matches!(read("x/{{a"), Read::Unclosed(start) if start == "{{a"));
        assert!(matches!(read("{% include 'a' %}"), Read::Refused(_)));
    }
}
