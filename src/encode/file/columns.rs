//! The columns that a destination's export has: attributes, identities, required mappings (reference 4.5, 7.4).
//!
//! Undocumented, and decided here: they stand in this order. Where attributes are named by the customer the columns are
//! those of Adobe's sample file, or those that the given profiles have.

use crate::encode::file::attribute_type::column_type;
use crate::encode::file::mapping::{Mapping, Source};
use crate::encode::file::schema::DataType;
use crate::model::profile::Profile;
use crate::model::sdk::Configuration;
use crate::model::sdk::schema::AttributeMode;

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
            let declared = schema.declared(&name);
            let data_type = column_type(&name, declared, profiles);
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
                let declared = schema.declared(&required.destination);
                column_type(path, declared, profiles)
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
        (AttributeMode::Predefined(fields), _) => {
            fields.into_iter().map(|field| field.name).collect()
        }
        // without profiles nothing is named, and the columns stay
        (AttributeMode::Freeform, None | Some([])) => SAMPLE.map(str::to_owned).to_vec(),
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
