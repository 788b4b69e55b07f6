//! What a destination accepts: identity namespaces, attributes, audience mapping (reference 4.5, 4.6, 4.9).

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
    /// `profileFields`, in order.
    pub profile_fields: Vec<ProfileField>,
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

/// One of `profileFields`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileField {
    /// `name`.
    pub name: String,
    /// `type`.
    pub kind: AttributeType,
}

/// How attributes reach a template (reference 4.5, 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeMode {
    /// No attributes can be mapped: `attributes` is absent.
    None,
    /// Freely named: `{ name: { "value": v } }`, `{ name: {} }` where missing.
    Freeform,
    /// These fields only: `{ name: v }`, the key absent where missing.
    Predefined(Vec<ProfileField>),
}

impl AttributeMode {
    /// Whether a template can get any.
    pub fn is_mapped(&self) -> bool {
        match self {
            AttributeMode::None => false,
            AttributeMode::Freeform => true,
            AttributeMode::Predefined(fields) => !fields.is_empty(),
        }
    }

    /// The type of an attribute; one of a free name is whatever customers map.
    pub fn kind(&self, name: &str) -> AttributeType {
        match self {
            AttributeMode::None | AttributeMode::Freeform => AttributeType::Text,
            AttributeMode::Predefined(fields) => {
                let found = fields.iter().find(|field| field.name == name);
                found.map_or(AttributeType::Text, |field| field.kind)
            }
        }
    }

    /// Whether one of them may be any text.
    pub fn has_text(&self) -> bool {
        match self {
            AttributeMode::None => false,
            AttributeMode::Freeform => true,
            AttributeMode::Predefined(fields) => {
                fields.iter().any(|field| field.kind == AttributeType::Text)
            }
        }
    }
}

/// `type` of a profile field. Adobe lists none: these are the scalar types of XDM, under each of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// `string`, another type, or none: what is known of it is its name.
    Text,
    /// `integer`, `int`, `short`, `byte`: at most 32 bits.
    Integer,
    /// `long`: 64 bits.
    Long,
    /// `number`, `double`, `float`.
    Number,
    /// `boolean`.
    Boolean,
    /// `date`.
    Date,
    /// `date-time`, `datetime`, `timestamp`.
    DateTime,
}

impl AttributeType {
    /// The type of that name, in capital letters or small ones.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "integer" | "int" | "short" | "byte" => Self::Integer,
            "long" => Self::Long,
            "number" | "double" | "float" => Self::Number,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "date-time" | "datetime" | "timestamp" => Self::DateTime,
            _ => Self::Text,
        }
    }
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
    /// The type of the profile field of that name.
    pub fn declared(&self, name: &str) -> AttributeType {
        self.attribute_mode().kind(name)
    }

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
