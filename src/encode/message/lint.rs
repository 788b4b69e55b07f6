//! What a template reads that will never be there (reference 11.1: CFG-14, 15, 19).

use crate::encode::message::context::DESTINATION;
use crate::encode::pebble;
use crate::model::rule::Rule;
use crate::model::sdk::{Aggregation, AggregationKey, CustomerDataField};
use crate::model::source::suggestion::{closest, instead};
use crate::model::source::{Place, Problem};
use crate::model::submission::Destination;

/// What messages are rendered from.
const ROOTS: [&str; 3] = ["customerData", "destination", "input"];
const INPUT: [&str; 3] = ["aggregationKey", "profile", "profiles"];
const PROFILE: [&str; 3] = ["attributes", "identityMap", "segmentMembership"];

/// What is wrong with the variables that a template reads, as dotted paths.
pub(crate) fn problems(
    role: &str,
    variables: &[String],
    place: &Place,
    destination: &Destination,
) -> Vec<Problem> {
    let reads = |name: &str| {
        variables.iter().any(|v| {
            v.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let aggregation = destination.aggregation();
    let mut problems = Vec::new();
    let absent = match aggregation.is_single() {
        true => "profiles",
        false => "profile",
    };
    if reads(&format!("input.{absent}")) {
        let place = place.of(&format!("input.{absent}"));
        problems.push(place.violation(
            Rule::Profiles,
            format!("`{role}` reads `input.{absent}`, which this aggregation does not give"),
            instead_of(&aggregation),
        ));
    }
    let key = aggregation.key().cloned().unwrap_or_default();
    for (name, flag, given) in key_variables(&key) {
        if !given && reads(&format!("input.aggregationKey.{name}")) {
            let place = place.of(&format!("input.aggregationKey.{name}"));
            problems.push(place.violation(
                Rule::AggregationKeys,
                format!("`{role}` reads `input.aggregationKey.{name}`, which is not in the key"),
                format!("set `{flag}` to `true` in `aggregationKey`"),
            ));
        }
    }
    problems.extend(undeclared(role, variables, place, destination));
    problems.extend(
        variables
            .iter()
            .filter_map(|v| absent_always(role, v, place)),
    );
    problems
}

/// What a template reads by an aggregation.
fn instead_of(aggregation: &Aggregation) -> &'static str {
    match aggregation {
        Aggregation::BestEffort(_) if aggregation.is_single() => {
            "read `input.profile`: with `maxUsersPerRequest` 1 there is one"
        }
        Aggregation::BestEffort(_) => {
            "loop over `input.profiles`: with `maxUsersPerRequest` above 1 there are several"
        }
        Aggregation::Configurable(_) => {
            "loop over `input.profiles`: configurable aggregation sends several"
        }
    }
}

/// What no message has, whatever the aggregation (reference 5.1, 5.2): it renders to nothing for everybody.
fn absent_always(role: &str, variable: &str, place: &Place) -> Option<Problem> {
    let steps: Vec<&str> = variable.split('.').collect();
    let missing = |rule: Rule, name: &str, names: &[&str]| {
        let read = steps[..steps.iter().position(|step| *step == name)? + 1].join(".");
        Some(place.of(&read).violation(
            rule,
            format!("`{role}` reads `{read}`, which no message has"),
            instead(name, names),
        ))
    };
    let of_keys = key_variables(&AggregationKey::default()).map(|(name, ..)| name);
    let of_keys = [&["destinationInstanceId"], of_keys.as_slice()].concat();
    // what is like none of the names may be a method of Java
    let misspelt =
        |name: &str, names: &[&str]| !names.contains(&name) && closest(name, names).is_some();
    match steps.as_slice() {
        ["input", name, ..] if !INPUT.contains(name) => missing(Rule::Profiles, name, &INPUT),
        ["input", "profile", name, ..] if misspelt(name, &PROFILE) => {
            missing(Rule::Profiles, name, &PROFILE)
        }
        ["input", "aggregationKey", name, ..] if misspelt(name, &of_keys) => {
            missing(Rule::AggregationKeys, name, &of_keys)
        }
        ["destination", name, ..] if misspelt(name, &DESTINATION) => {
            missing(Rule::Rendering, name, &DESTINATION)
        }
        [root @ ("profile" | "profiles"), ..] => {
            missing(Rule::Profiles, root, &["input.profile", "input.profiles"])
        }
        [root, ..] if misspelt(root, &ROOTS) => missing(Rule::Rendering, root, &ROOTS),
        _ => None,
    }
}

/// The rule that a template breaks which fails like that.
pub(crate) fn broken_rule(error: &pebble::Error) -> Rule {
    match error.kind {
        pebble::ErrorKind::Unsupported => Rule::Templating,
        pebble::ErrorKind::Syntax | pebble::ErrorKind::Runtime | pebble::ErrorKind::Limit => {
            Rule::Rendering
        }
    }
}

/// What only messages have, read by a template of something else: of profiles, and of the key by which they are grouped.
pub(crate) fn misplaced(role: &str, variables: &[String], place: &Place) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for variable in variables {
        let mut steps = variable.split('.');
        let (Some("input"), member) = (steps.next(), steps.next()) else {
            continue;
        };
        let rule = match member {
            Some("aggregationKey") => Rule::AggregationKeys,
            Some(_) | None => Rule::Profiles,
        };
        let name = member.map_or_else(|| String::from("input"), |member| format!("input.{member}"));
        let what = format!("`{role}` reads `{name}`, which only messages have");
        let help = "read `customerData` or what the request is about: no profile is there";
        let problem = place.of(&name).violation(rule, what, help);
        if !found.contains(&problem) {
            found.push(problem);
        }
    }
    found
}

/// Customer data that a template reads and nobody declares, nested fields included.
pub(crate) fn undeclared(
    role: &str,
    variables: &[String],
    place: &Place,
    destination: &Destination,
) -> Vec<Problem> {
    let fields = &destination.configuration.customer_data_fields;
    let paths = customer_paths(variables).into_iter();
    let unknown = paths.filter(|path| !declares(fields, path));
    let problem = |path: &str| {
        let place = place.of(&format!("customerData.{path}"));
        place.violation(
            Rule::CustomerData,
            format!("`{role}` reads `customerData.{path}`, which nobody declares"),
            format!("add the field `{path}` to `customerDataFields`"),
        )
    };
    unknown.map(problem).collect()
}

/// Whether a path leads to a field; what lies below one that has no fields of its own belongs to its value.
fn declares(fields: &[CustomerDataField], path: &str) -> bool {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let mut fields = fields.iter();
    fields.find(|f| f.name == name).is_some_and(|field| {
        rest.is_empty() || field.properties.is_empty() || declares(&field.properties, rest)
    })
}

fn key_variables(key: &AggregationKey) -> [(&'static str, &'static str, bool); 5] {
    [
        ("segmentId", "includeSegmentId", key.segment_id),
        ("segmentNamespace", "includeSegmentId", key.segment_id),
        ("segmentAlias", "includeSegmentId", key.segment_id),
        ("segmentStatus", "includeSegmentStatus", key.segment_status),
        ("identityNamespaces", "includeIdentity", key.identity),
    ]
}

/// Paths below `customerData`, each once.
fn customer_paths(variables: &[String]) -> Vec<&str> {
    let below = variables
        .iter()
        .filter_map(|v| v.strip_prefix("customerData."));
    let mut paths: Vec<&str> = below.collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sdk::{BestEffort, Configurable};

    #[test]
    fn what_a_template_reads_is_told_in_the_words_of_its_aggregation() {
        assert!(instead_of(&Aggregation::single()).starts_with("read `input.profile`"));
        let several = Aggregation::BestEffort(BestEffort {
            max_users_per_request: 2,
            split_user_by_id: false,
            key: None,
        });
        assert!(instead_of(&several).contains("`maxUsersPerRequest` above 1"));
        let configurable = instead_of(&Aggregation::Configurable(Configurable {
            max_batch_age_seconds: 1800,
            max_events_in_batch: 1000,
            split_user_by_id: false,
            key: AggregationKey::default(),
        }));
        assert!(configurable.starts_with("loop over `input.profiles`"));
        assert!(!configurable.contains("maxUsersPerRequest"));
    }
}
