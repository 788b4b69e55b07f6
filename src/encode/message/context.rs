//! The variables of a message template (reference 5.2).

use serde_json::{Map, Value, json};

use crate::encode::message::group::{Batch, Key};
use crate::encode::pebble::{self, Context};
use crate::model::profile::Status;
use crate::model::sdk::schema::AttributeMode;
use crate::model::submission::{Audience, Destination};

/// 2025-01-01 and 2025-01-02, Unix time in seconds; the unit is documented nowhere.
const CREATED: u64 = 1_735_689_600;
const UPDATED: u64 = 1_735_776_000;

/// What `destination` has.
pub(super) const DESTINATION: [&str; 6] = [
    "namespaceSegmentAliases",
    "namespaceSegmentNames",
    "namespaceSegmentTimestamps",
    "segmentAliases",
    "segmentNames",
    "segmentTimestamps",
];

/// What templates read besides `input`.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    customer_data: Value,
    audiences: Vec<Audience>,
    mode: AttributeMode,
    single: bool,
    instance: String,
}

impl Surroundings {
    pub(crate) fn of(destination: &Destination) -> Self {
        Self {
            customer_data: destination.customer_data.for_templates(),
            audiences: destination.audiences.clone(),
            mode: destination.configuration.schema.attribute_mode(),
            single: destination.aggregation().is_single(),
            instance: destination.instance.clone(),
        }
    }

    /// Takes in one more audience, or other names of one that is known.
    pub(crate) fn learn(&mut self, audience: &Audience) {
        let other = |a: &Audience| a.id != audience.id || a.namespace != audience.namespace;
        self.audiences.retain(other);
        self.audiences.insert(0, audience.clone());
    }

    /// The variables of one message.
    pub(crate) fn message(&self, batch: &Batch) -> Context {
        let mut context = self.bare();
        context.set("input", self.input(batch));
        context.set_json("destination", &self.destination(batch));
        context
    }

    /// The variables that hold for every message.
    pub(crate) fn bare(&self) -> Context {
        let mut context = Context::new();
        context.set_json("customerData", &self.customer_data);
        context
    }

    /// `input`; the profiles of a batch are taken up one after the other.
    fn input(&self, batch: &Batch) -> pebble::Value {
        let mut profiles = batch.profiles.iter().map(|p| p.to_json(&self.mode));
        let (name, value) = match (self.single, &*batch.profiles) {
            (true, [_]) => {
                let profile = profiles.next().unwrap_or_default();
                ("profile", pebble::Value::json_from(&profile))
            }
            (_, _) => ("profiles", pebble::Value::json_array(profiles)),
        };
        let key = batch.key.as_ref().map(|key| {
            let key = pebble::Value::json_from(&self.key(key));
            ("aggregationKey".to_owned(), key)
        });
        let members = [(name.to_owned(), value)].into_iter().chain(key);
        pebble::Value::json_object(members)
    }

    fn key(&self, key: &Key) -> Value {
        let mut json = Map::new();
        json.insert("destinationInstanceId".into(), self.instance.clone().into());
        if let Some((namespace, id)) = &key.segment {
            json.insert("segmentId".into(), id.clone().into());
            json.insert("segmentNamespace".into(), namespace.clone().into());
            json.insert(
                "segmentAlias".into(),
                self.audience(namespace, id).alias.into(),
            );
        }
        if let Some(status) = key.status {
            json.insert("segmentStatus".into(), Status::as_str(status).into());
        }
        if let Some(namespaces) = &key.namespaces {
            json.insert("identityNamespaces".into(), namespaces.clone().into());
        }
        json.into()
    }

    /// The audience of the submission, or one that is called by its id.
    fn audience(&self, namespace: &str, id: &str) -> Audience {
        let known = self
            .audiences
            .iter()
            .find(|a| a.namespace == namespace && a.id == id);
        known.cloned().unwrap_or_else(|| Audience {
            id: id.to_owned(),
            alias: id.to_owned(),
            name: id.to_owned(),
            namespace: namespace.to_owned(),
            synthetic: true,
        })
    }

    /// Names and aliases of the submission's audiences and of those that only the profiles name.
    fn destination(&self, batch: &Batch) -> Value {
        let mut names = Names::default();
        for audience in &self.audiences {
            names.add(audience);
        }
        for profile in &batch.profiles {
            for (namespace, id, _) in profile.memberships() {
                if !names.aliases.contains_key(id) {
                    names.add(&self.audience(namespace, id));
                }
            }
        }
        let within = names.by_namespace;
        let values = [
            within.aliases,
            within.names,
            within.timestamps,
            names.aliases,
            names.names,
            names.timestamps,
        ];
        let members = DESTINATION.into_iter().map(str::to_owned);
        Value::Object(members.zip(values.map(Value::Object)).collect())
    }
}

#[derive(Default)]
struct Names {
    aliases: Map<String, Value>,
    names: Map<String, Value>,
    timestamps: Map<String, Value>,
    by_namespace: ByNamespace,
}

#[derive(Default)]
struct ByNamespace {
    aliases: Map<String, Value>,
    names: Map<String, Value>,
    timestamps: Map<String, Value>,
}

impl Names {
    fn add(&mut self, audience: &Audience) {
        let times = json!({
            "createdAt": CREATED, "updatedAt": UPDATED,
            "mappingCreatedAt": CREATED, "mappingUpdatedAt": UPDATED,
        });
        let (id, name) = (&audience.id, &audience.name);
        let by_namespace = &mut self.by_namespace;
        for (all, within, key, value) in [
            (
                &mut self.aliases,
                &mut by_namespace.aliases,
                id,
                Value::from(audience.alias.clone()),
            ),
            (
                &mut self.names,
                &mut by_namespace.names,
                name,
                Value::from(name.clone()),
            ),
            (
                &mut self.timestamps,
                &mut by_namespace.timestamps,
                id,
                times,
            ),
        ] {
            all.insert(key.clone(), value.clone());
            let level = within
                .entry(audience.namespace.clone())
                .or_insert_with(|| json!({}));
            if let Some(level) = level.as_object_mut() {
                level.insert(key.clone(), value);
            }
        }
    }
}
