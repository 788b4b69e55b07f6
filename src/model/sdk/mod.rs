//! Destination SDK JSON as a partner posts it to Adobe's authoring API (reference 2–4).

pub mod aggregation;
mod aggregation_json;
pub mod audience;
pub mod audience_json;
pub mod authentication;
mod authentication_json;
mod authentication_odd;
pub mod batch;
mod batch_json;
mod catalogue_json;
pub mod customer_data;
pub(crate) mod customer_data_json;
pub mod destination;
pub mod destination_json;
pub(crate) mod keyed;
pub mod literal;
pub mod role;
pub mod schema;
pub mod server;
pub mod server_json;
pub mod spelling;
pub mod template;
pub mod token;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::model::sdk::aggregation::{
    Aggregation, AggregationKey, BestEffort, Configurable, RetryClass,
};
pub use crate::model::sdk::audience::{
    AudienceTemplate, Event, EventKind, FieldValidation, Written,
};
pub use crate::model::sdk::authentication::{
    Authentication, AuthenticationKind, DataField, FieldSource, FileAuthentication, Grant, OAuth2,
    REDIRECT_URIS,
};
pub use crate::model::sdk::batch::{BatchConfig, ExportMode, FilenameConfig, Frequency};
pub use crate::model::sdk::customer_data::{CustomerDataField, FieldType};
pub use crate::model::sdk::destination::{AuthenticationRule, Configuration, Delivery};
pub use crate::model::sdk::literal::Literal;
pub use crate::model::sdk::role::Role;
pub use crate::model::sdk::schema::{
    AttributeType, IdentityNamespace, ProfileField, RequiredMapping, SchemaConfig, SegmentMapping,
};
pub use crate::model::sdk::server::{
    FileServer, HeaderTemplate, HttpTemplate, Method, Server, ServerKind, Storage, UrlBased,
};
pub use crate::model::sdk::template::{Origin, Strategy, TemplateString};
pub use crate::model::sdk::token::{ResponseField, TokenRequest, Validation};

/// Whether a destination takes messages or files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Messages over HTTP.
    Streaming,
    /// Files put in a storage location.
    File,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Streaming => "streaming",
            Family::File => "file",
        })
    }
}
