//! What a template reads that will never be there (reference 11.1: CFG-14, 15, 19).

use crate::model::sdk::AggregationKey;
use crate::model::source::{Place, Problem};
use crate::model::submission::Destination;

/// Warnings about the variables that a template reads, as dotted paths.
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
    let (there, absent) = if aggregation.is_single() {
        ("profile", "profiles")
    } else {
        ("profiles", "profile")
    };
    if reads(&format!("input.{absent}")) {
        let place = place.of(&format!("input.{absent}"));
        problems.push(place.warning(
            format!("`{role}` reads `input.{absent}`, which this aggregation does not give"),
            format!(
                "read `input.{there}`: with `maxUsersPerRequest` 1 it is one profile, else a list"
            ),
        ));
    }
    let key = aggregation.key().cloned().unwrap_or_default();
    for (name, flag, given) in key_variables(&key) {
        if !given && reads(&format!("input.aggregationKey.{name}")) {
            let place = place.of(&format!("input.aggregationKey.{name}"));
            problems.push(place.warning(
                format!("`{role}` reads `input.aggregationKey.{name}`, which is not in the key"),
                format!("set `{flag}` to `true` in `aggregationKey`"),
            ));
        }
    }
    let declared: Vec<&str> = destination
        .configuration
        .customer_data_fields
        .iter()
        .map(|f| f.name.as_str())
        .collect();
    for name in customer_fields(variables) {
        if !declared.contains(&name) {
            let place = place.of(&format!("customerData.{name}"));
            problems.push(place.warning(
                format!("`{role}` reads `customerData.{name}`, which nobody declares"),
                format!("add the field `{name}` to `customerDataFields`"),
            ));
        }
    }
    problems
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

/// First names below `customerData`, each once.
fn customer_fields(variables: &[String]) -> Vec<&str> {
    let below = variables
        .iter()
        .filter_map(|v| v.strip_prefix("customerData."));
    let mut names: Vec<&str> = below.filter_map(|path| path.split('.').next()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
