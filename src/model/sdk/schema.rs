//! What a destination accepts: identity namespaces, attributes, audience mapping (reference 4.5, 4.6, 4.9).

use crate::model::profile::AttributeMode;

/// One entry of `identityNamespaces`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityNamespace {
    /// Its key: the target namespace.
    pub name: String,
    /// `acceptsAttributes`.
    pub accepts_attributes: bool,
    /// `acceptsCustomNamespaces`.
    pub accepts_custom_namespaces: bool,
    /// `transformation` is `sha256(lower($))`, here or required of an accepted global namespace.
    pub hashed: bool,
    /// Keys of `acceptedGlobalNamespaces`.
    pub global_namespaces: Vec<String>,
}

/// `schemaConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaConfig {
    /// Names of `profileFields`.
    pub profile_fields: Vec<String>,
    /// `useCustomerSchemaForAttributeMapping`.
    pub use_customer_schema: bool,
    /// `profileRequired`.
    pub profile_required: bool,
    /// `segmentRequired`.
    pub segment_required: bool,
    /// `identityRequired`.
    pub identity_required: bool,
    /// Whether `dynamicSchemaConfig` is present.
    pub dynamic: bool,
    /// `segmentNamespaceAllowList`.
    pub allowed_audience_namespaces: Option<Vec<String>>,
    /// `segmentNamespaceDenyList`.
    pub denied_audience_namespaces: Option<Vec<String>>,
    /// `requiredMappings`, in order.
    pub required_mappings: Vec<RequiredMapping>,
    /// `requiredMappingsOnly`: the customer cannot add other mappings.
    pub required_mappings_only: bool,
}

/// One of `requiredMappings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredMapping {
    /// `source`: XDM path, expression or macro; the customer's choice where not given.
    pub source: Option<String>,
    /// `destination`: the target field.
    pub destination: String,
    /// `mandatoryRequired`: profiles without it are left out.
    pub mandatory: bool,
    /// `primaryKeyRequired`: it is a deduplication key.
    pub primary_key: bool,
}

/// `segmentMappingConfig` or `audienceMetadataConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentMapping {
    /// `mapExperiencePlatformSegmentName`: the alias is the audience's name.
    pub by_name: bool,
    /// `mapExperiencePlatformSegmentId`: the alias is the audience's id.
    pub by_id: bool,
    /// `mapUserInput`: the user types the alias.
    pub by_user: bool,
    /// `audienceTemplateId`.
    pub audience_template: Option<String>,
}

impl SchemaConfig {
    /// How attributes reach a template.
    pub fn attribute_mode(&self) -> AttributeMode {
        if !self.profile_fields.is_empty() {
            AttributeMode::Predefined(self.profile_fields.clone())
        } else if self.use_customer_schema || self.profile_required {
            AttributeMode::Freeform
        } else {
            AttributeMode::None
        }
    }
}
