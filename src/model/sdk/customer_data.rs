//! Customer data fields: what a customer types in when connecting (reference 4.2).

/// One of `customerDataFields`.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerDataField {
    /// Name, read as `customerData.<name>`.
    pub name: String,
    /// `type`.
    pub field_type: FieldType,
    /// `isRequired`.
    pub required: bool,
    /// `hidden`.
    pub hidden: bool,
    /// `pattern`: a regular expression (Java), compiled once to see that it is one.
    pub pattern: Option<String>,
    /// Values of `enum`, or the `value`s of `namedEnum`.
    pub choices: Option<Vec<String>>,
    /// `default`.
    pub default: Option<serde_json::Value>,
    /// `format` is `password`.
    pub secret: bool,
    /// Nested fields of an object.
    pub properties: Vec<CustomerDataField>,
    /// Whether all of it could be read; if not, no value is held against it.
    pub readable: bool,
}

/// `type` of a customer data field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// `string`.
    String,
    /// `object`.
    Object,
    /// `integer`.
    Integer,
    /// `boolean`: in no list of Adobe's, but in its samples.
    Boolean,
}
