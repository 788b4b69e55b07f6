//! `customer_data`: what a customer would type in. A field of format `password` stays a secret here; only templates see
//! its value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::secret::Secret;
use crate::model::submission::SecretName;

/// The customer data of a destination, with defaults filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerData {
    open: Map<String, Value>,
    secrets: BTreeMap<String, Secret>,
}

impl CustomerData {
    /// Without secrets.
    pub fn new(open: Map<String, Value>) -> Self {
        Self {
            open,
            secrets: BTreeMap::new(),
        }
    }

    /// The same with values for secret fields, by field.
    #[must_use]
    pub fn with_secrets(&self, secrets: BTreeMap<String, Secret>) -> Self {
        Self {
            open: self.open.clone(),
            secrets,
        }
    }

    /// The value of a field that is no secret.
    pub fn open(&self, field: &str) -> Option<&Value> {
        self.open.get(field)
    }

    /// The secret fields, each with the name that a record shows in its place.
    pub fn secrets(&self) -> impl Iterator<Item = (SecretName, &Secret)> {
        let name = |field: &String| SecretName::CustomerData(field.clone());
        self.secrets
            .iter()
            .map(move |(field, secret)| (name(field), secret))
    }

    /// What templates read as `customerData`. It holds secrets in the clear: hand it to a template and to nothing else.
    pub fn for_templates(&self) -> Value {
        let secret = |(field, secret): (&String, &Secret)| (field.clone(), secret.expose().into());
        let open = self.open.clone().into_iter();
        open.chain(self.secrets.iter().map(secret))
            .collect::<Map<_, _>>()
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_field_is_seen_by_templates_and_in_no_print() {
        let open = Map::from_iter([("region".to_owned(), "eu".into())]);
        let secrets = BTreeMap::from([("api_key".to_owned(), Secret::new("canary-4711"))]);
        let data = CustomerData::new(open).with_secrets(secrets);
        assert_eq!(data.for_templates()["api_key"], "canary-4711");
        assert_eq!(data.for_templates()["region"], "eu");
        assert!(!format!("{data:?}").contains("4711"));
        let names: Vec<String> = data.secrets().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["customer_data.api_key"]);
    }
}
