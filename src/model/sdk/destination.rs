//! The destination configuration (reference 4).

use std::sync::Arc;

use crate::model::sdk::aggregation::Aggregation;
use crate::model::sdk::authentication::{Authentication, AuthenticationKind, OAuth2};
use crate::model::sdk::batch::BatchConfig;
use crate::model::sdk::customer_data::CustomerDataField;
use crate::model::sdk::literal::Literal;
use crate::model::sdk::schema::{IdentityNamespace, SchemaConfig, SegmentMapping};
use crate::model::source::Source;

/// The one of `sources` that is no people.
pub const DATASETS: &str = "DATASETS";

/// A destination configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// The file.
    pub source: Arc<Source>,
    /// `name`: the catalogue title.
    pub name: String,
    /// `sources`, e.g. `ACCOUNTS`; empty means people.
    pub sources: Vec<String>,
    /// `customerAuthenticationConfigurations`.
    pub authentications: Vec<Authentication>,
    /// `customerDataFields`.
    pub customer_data_fields: Vec<CustomerDataField>,
    /// `identityNamespaces`, in order.
    pub identity_namespaces: Vec<IdentityNamespace>,
    /// `schemaConfig`.
    pub schema: SchemaConfig,
    /// `segmentMappingConfig`.
    pub segment_mapping: SegmentMapping,
    /// `aggregation`; best effort with one profile where a streaming destination gives none.
    pub aggregation: Option<Aggregation>,
    /// `batchConfig`.
    pub batch: Option<BatchConfig>,
    /// `destinationDelivery`.
    pub delivery: Vec<Delivery>,
}

impl Configuration {
    /// Whether it exports datasets, and no profiles.
    pub fn exports_datasets_only(&self) -> bool {
        !self.sources.is_empty() && self.sources.iter().all(|source| source == DATASETS)
    }

    /// The client secret that stands in its first `OAUTH2` entry.
    pub fn client_secret(&self) -> Option<&Literal> {
        self.oauth2()?.client_secret.as_ref()
    }

    /// Its first `OAUTH2` entry.
    pub fn oauth2(&self) -> Option<&OAuth2> {
        let kinds = self.authentications.iter().map(|a| &a.kind);
        kinds.into_iter().find_map(|kind| match kind {
            AuthenticationKind::OAuth2(oauth2) => Some(&**oauth2),
            AuthenticationKind::Basic
            | AuthenticationKind::Bearer
            | AuthenticationKind::OAuth1
            | AuthenticationKind::File(_) => None,
        })
    }
}

/// One of `destinationDelivery`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `authenticationRule`.
    pub rule: AuthenticationRule,
    /// `destinationServerId`.
    pub server_id: Option<String>,
}

/// `authenticationRule` (reference 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationRule {
    /// `CUSTOMER_AUTHENTICATION`.
    Customer,
    /// `PLATFORM_AUTHENTICATION`.
    Platform,
    /// `NONE`.
    None,
}
