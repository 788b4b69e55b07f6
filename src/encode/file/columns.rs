//! The columns that a destination's export has: attributes, identities, required mappings (reference 4.5, 7.4).
//!
//! Undocumented, and decided here: they stand in this order. Where attributes are named by the customer the columns are
//! those of Adobe's sample file, or those that the given profiles have.

use crate::encode::file::mapping::{Mapping, Source};
use crate::encode::file::schema::DataType;
use crate::model::profile::{AttributeMode, Profile};
use crate::model::sdk::Configuration;
use serde_json::Value as Json;

/// The columns of Adobe's sample file.
const SAMPLE: [&str; 5] = [
    "person.name.firstName",
    "person.name.lastName",
    "person.gender",
    "person.birthYear",
    "personalEmail.address",
];

/// The macro of a required mapping that is the audience's alias.
pub const ALIAS: &str = "metadata.segment.alias";

/// The columns of an export; of profiles where they are given.
pub fn columns(configuration: &Configuration, profiles: Option<&[Profile]>) -> Vec<Mapping> {
    let schema = &configuration.schema;
    let mut columns = Vec::new();
    if !schema.required_mappings_only {
        for name in attributes(configuration, profiles) {
            let data_type = profiles.map_or_else(|| made_type(&name), |all| type_in(all, &name));
            columns.push(Mapping::new(Source::Attribute(name), data_type));
        }
        for namespace in &configuration.identity_namespaces {
            let source = Source::Identity(namespace.name.clone());
            columns.push(Mapping::new(source, DataType::String));
        }
    }
    for required in &schema.required_mappings {
        let source = required.source.as_ref().unwrap_or(&required.destination);
        let source = Source::parse(source);
        let mut target = Mapping::new(Source::parse(&required.destination), DataType::String);
        target.target = Some(target.header());
        target.data_type = match &source {
            Source::Attribute(path) => {
                profiles.map_or_else(|| made_type(path), |all| type_in(all, path))
            }
            Source::Exited { .. } | Source::Identity(_) | Source::MembershipStatus => {
                DataType::String
            }
        };
        target.source = source;
        target.mandatory = required.mandatory;
        target.deduplicates = required.primary_key;
        let header = target.header();
        columns.retain(|column| !column.header().eq_ignore_ascii_case(&header));
        columns.push(target);
    }
    columns
}

fn attributes(configuration: &Configuration, profiles: Option<&[Profile]>) -> Vec<String> {
    match (configuration.schema.attribute_mode(), profiles) {
        (AttributeMode::None, _) => Vec::new(),
        (AttributeMode::Predefined(names), _) => names,
        (AttributeMode::Freeform, None) => SAMPLE.map(str::to_owned).to_vec(),
        (AttributeMode::Freeform, Some(profiles)) => {
            let mut names: Vec<String> = Vec::new();
            for (name, _) in profiles.iter().flat_map(|profile| &profile.attributes) {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            names
        }
    }
}

/// The type of a made-up attribute of that path.
fn made_type(path: &str) -> DataType {
    let last = path.rsplit('.').next().unwrap_or(path);
    if last == "birthYear" {
        DataType::Int
    } else if last.ends_with("Date") || last == "date" {
        DataType::Date
    } else {
        DataType::String
    }
}

/// The type that holds every value of an attribute: text where they are of several kinds.
fn type_in(profiles: &[Profile], name: &str) -> DataType {
    let mut values = profiles
        .iter()
        .filter_map(|profile| profile.attribute_value(name))
        .filter(|value| !value.is_null())
        .peekable();
    if values.peek().is_none() {
        return DataType::String;
    }
    let values: Vec<&Json> = values.collect();
    if values.iter().all(|value| value.is_i64()) {
        DataType::BigInt
    } else if values.iter().all(|value| value.is_number()) {
        DataType::Double
    } else if values.iter().all(|value| value.is_boolean()) {
        DataType::Boolean
    } else {
        DataType::String
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_column_has_the_type_that_holds_all_its_values() {
        let with = |value: Json| Profile::new().attribute("a", value);
        let of = |values: [Json; 2]| type_in(&values.map(with), "a");
        assert_eq!(of([json!(1), json!(2)]), DataType::BigInt);
        assert_eq!(of([json!(1), json!(2.5)]), DataType::Double);
        assert_eq!(of([json!(true), json!(null)]), DataType::Boolean);
        assert_eq!(of([json!(1), json!("x")]), DataType::String);
        assert_eq!(type_in(&[], "a"), DataType::String);
    }
}
