//! Reads destination configurations (reference 4).

use std::sync::Arc;

use crate::model::sdk::aggregation_json;
use crate::model::sdk::authentication_json;
use crate::model::sdk::batch_json;
use crate::model::sdk::customer_data_json;
use crate::model::sdk::destination::{AuthenticationRule, Configuration, Delivery};
use crate::model::sdk::schema::{IdentityNamespace, RequiredMapping, SchemaConfig, SegmentMapping};
use crate::model::sdk::spelling;
use crate::model::source::reader::{Cursor, Fields, Reader};
use crate::model::source::{Problem, Severity, Source, json};

const HASH: &str = "sha256(lower($))";

/// Keys that decide nothing here.
const OF_NO_INTEREST: &[&str] = &[
    "description",
    "releaseNotes",
    "uiAttributes",
    "customerEncryptionConfigurations",
    "marketingActions",
    "duleLabels",
    "maxProfileAttributes",
    "maxIdentityAttributes",
    "destConfigId",
];

/// Reads a destination configuration; problems beside one may still be errors.
pub fn read(source: &Arc<Source>) -> (Option<Configuration>, Vec<Problem>) {
    let (node, mut problems) = json::parse(source);
    let Some(node) = node else {
        return (None, problems);
    };
    let reader = Reader::new(source, Severity::Warning, spelling::KEYS);
    let configuration = read_root(&reader.root(&node), source);
    problems.extend(reader.finish());
    (configuration, problems)
}

fn read_root(root: &Cursor<'_>, source: &Arc<Source>) -> Option<Configuration> {
    let fields = root.object()?;
    fields.ignore(spelling::SERVER_SIDE);
    fields.ignore(OF_NO_INTEREST);
    let name = fields.need("name").and_then(|c| c.text());
    status(&fields);
    let authentications = fields.get("customerAuthenticationConfigurations");
    let data_fields = fields.get("customerDataFields");
    let delivery = fields.need("destinationDelivery").and_then(|c| c.array());
    let configuration = Configuration {
        source: Arc::clone(source),
        name: name.unwrap_or_default(),
        sources: sources(&fields),
        authentications: authentications.map_or_else(Vec::new, |c| authentication_json::read(&c)),
        customer_data_fields: data_fields.map_or_else(Vec::new, |c| customer_data_json::read(&c)),
        identity_namespaces: fields
            .get("identityNamespaces")
            .map_or_else(Vec::new, |c| namespaces(&c)),
        schema: fields
            .get("schemaConfig")
            .and_then(|c| schema(&c))
            .unwrap_or_default(),
        segment_mapping: mapping(&fields),
        aggregation: fields
            .get("aggregation")
            .and_then(|c| aggregation_json::read(&c)),
        batch: fields.get("batchConfig").and_then(|c| batch_json::read(&c)),
        delivery: deliveries(delivery.unwrap_or_default().as_slice()),
    };
    backfill(&fields);
    fields.finish();
    Some(configuration)
}

fn status(fields: &Fields<'_>) {
    let all = [("TEST", ()), ("PUBLISHED", ()), ("DELETED", ())];
    fields.get("status").and_then(|c| c.one_of(&all));
}

fn sources(fields: &Fields<'_>) -> Vec<String> {
    let all = [
        ("ACCOUNTS", "ACCOUNTS"),
        ("UNIFIED_PROFILE_PROSPECTS", "UNIFIED_PROFILE_PROSPECTS"),
        ("DATASETS", "DATASETS"),
        ("UNIFIED_PROFILE", "UNIFIED_PROFILE"),
    ];
    let given = fields.get("sources").and_then(|c| c.array());
    let names = given.iter().flatten().filter_map(|c| c.one_of(&all));
    names.map(str::to_owned).collect()
}

/// Documented as always `true` (reference 4.1).
fn backfill(fields: &Fields<'_>) {
    if let Some(cursor) = fields.get("backfillHistoricalProfileData")
        && cursor.bool() == Some(false)
    {
        cursor.warning(
            "Adobe documents it as always `true`",
            "write `true` or leave it out",
        );
    }
}

fn flag(fields: &Fields<'_>, key: &'static str) -> bool {
    fields.get(key).and_then(|c| c.bool()).unwrap_or(false)
}

fn namespaces(cursor: &Cursor<'_>) -> Vec<IdentityNamespace> {
    let Some(fields) = cursor.object() else {
        return Vec::new();
    };
    let all = fields.each();
    all.iter()
        .filter_map(|(member, value)| namespace(&member.key, value))
        .collect()
}

fn namespace(name: &str, cursor: &Cursor<'_>) -> Option<IdentityNamespace> {
    let fields = cursor.object()?;
    let mut hashed = fields.get("transformation").is_some_and(|c| is_hash(&c));
    let mut global = Vec::new();
    if let Some(accepted) = fields
        .get("acceptedGlobalNamespaces")
        .and_then(|c| c.object())
    {
        for (member, value) in accepted.each() {
            global.push(member.key.clone());
            if let Some(one) = value.object() {
                hashed |= one
                    .get("requiredTransformation")
                    .is_some_and(|c| is_hash(&c));
                one.finish();
            }
        }
    }
    let namespace = IdentityNamespace {
        name: name.to_owned(),
        accepts_attributes: flag(&fields, "acceptsAttributes"),
        accepts_custom_namespaces: flag(&fields, "acceptsCustomNamespaces"),
        hashed,
        global_namespaces: global,
    };
    fields.ignore(&["isRequired", "allowedAttributesTransformation"]);
    fields.finish();
    Some(namespace)
}

fn is_hash(cursor: &Cursor<'_>) -> bool {
    let Some(text) = cursor.string() else {
        return false;
    };
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.is_empty() {
        return false;
    }
    if !plain.eq_ignore_ascii_case(HASH) {
        cursor.error(
            format!("expected the transformation `{HASH}`, received `{text}`"),
            format!("`{HASH}` is the only transformation that Adobe documents"),
        );
        return false;
    }
    true
}

fn schema(cursor: &Cursor<'_>) -> Option<SchemaConfig> {
    let fields = cursor.object()?;
    let profile_fields = fields.get("profileFields").and_then(|c| c.array());
    let lists = (
        fields.get("segmentNamespaceAllowList"),
        fields.get("segmentNamespaceDenyList"),
    );
    if let (Some(_), Some(deny)) = &lists {
        deny.error(
            "`segmentNamespaceAllowList` and `segmentNamespaceDenyList` exclude each other",
            "keep one of them; Adobe recommends `\"segmentNamespaceDenyList\": []`",
        );
    }
    let required = fields.get("requiredMappings").and_then(|c| c.array());
    let segment_required = fields.get("segmentRequired").and_then(|c| c.bool());
    let schema = SchemaConfig {
        profile_fields: profile_fields
            .iter()
            .flatten()
            .filter_map(profile_field)
            .collect(),
        use_customer_schema: flag(&fields, "useCustomerSchemaForAttributeMapping"),
        profile_required: flag(&fields, "profileRequired"),
        segment_required: segment_required.unwrap_or(true),
        identity_required: flag(&fields, "identityRequired"),
        dynamic: fields.get("dynamicSchemaConfig").is_some(),
        allowed_audience_namespaces: lists.0.and_then(|c| c.strings()),
        denied_audience_namespaces: lists.1.and_then(|c| c.strings()),
        required_mappings: required
            .iter()
            .flatten()
            .filter_map(required_mapping)
            .collect(),
        required_mappings_only: flag(&fields, "requiredMappingsOnly"),
    };
    fields.finish();
    Some(schema)
}

fn required_mapping(cursor: &Cursor<'_>) -> Option<RequiredMapping> {
    let fields = cursor.object()?;
    let kinds = ["text/x.schema-path", "text/x.aep-xl", "text/plain"];
    fields
        .get("sourceType")
        .and_then(|c| c.one_of(&kinds.map(|kind| (kind, ()))));
    let mapping = RequiredMapping {
        source: fields.get("source").and_then(|c| c.text()),
        destination: fields
            .need("destination")
            .and_then(|c| c.text())
            .unwrap_or_default(),
        mandatory: flag(&fields, "mandatoryRequired"),
        primary_key: flag(&fields, "primaryKeyRequired"),
    };
    fields.finish();
    (!mapping.destination.is_empty()).then_some(mapping)
}

fn profile_field(cursor: &Cursor<'_>) -> Option<String> {
    cursor.object()?.need("name").and_then(|c| c.text())
}

fn mapping(fields: &Fields<'_>) -> SegmentMapping {
    let both = [
        fields.get("segmentMappingConfig"),
        fields.get("audienceMetadataConfig"),
    ];
    let mut mapping = SegmentMapping::default();
    for cursor in both.iter().flatten() {
        let Some(fields) = cursor.object() else {
            continue;
        };
        mapping.by_name |= flag(&fields, "mapExperiencePlatformSegmentName");
        mapping.by_id |= flag(&fields, "mapExperiencePlatformSegmentId");
        let by_user = fields.get("mapUserInput");
        mapping.by_user |= by_user.as_ref().and_then(|c| c.bool()).unwrap_or(false);
        let template = fields.get("audienceTemplateId").and_then(|c| c.string());
        mapping.audience_template = template.or(mapping.audience_template);
        if mapping.by_user && mapping.audience_template.is_some() {
            by_user.as_ref().unwrap_or(cursor).error(
                "`mapUserInput` and `audienceTemplateId` exclude each other",
                "set `mapUserInput` to `false`, or take `audienceTemplateId` out",
            );
        }
        fields.finish();
    }
    mapping
}

fn deliveries(elements: &[Cursor<'_>]) -> Vec<Delivery> {
    elements.iter().filter_map(delivery).collect()
}

fn delivery(cursor: &Cursor<'_>) -> Option<Delivery> {
    let rules = [
        ("CUSTOMER_AUTHENTICATION", AuthenticationRule::Customer),
        ("PLATFORM_AUTHENTICATION", AuthenticationRule::Platform),
        ("NONE", AuthenticationRule::None),
    ];
    let fields = cursor.object()?;
    let rule = fields
        .need("authenticationRule")
        .and_then(|c| c.one_of(&rules));
    let id = fields.get("authenticationId");
    if rule == Some(AuthenticationRule::Platform) && id.is_none() {
        fields.missing("authenticationId");
    }
    let matchers = fields.get("deliveryMatchers").and_then(|c| c.array());
    let server_id = fields.get("destinationServerId").and_then(|c| c.string());
    fields.finish();
    Some(Delivery {
        server_id,
        batch: matchers.iter().flatten().any(is_batch),
        rule: rule?,
    })
}

fn is_batch(cursor: &Cursor<'_>) -> bool {
    let Some(fields) = cursor.object() else {
        return false;
    };
    let kind = fields.need("type").and_then(|c| c.string());
    let values = fields.need("value").and_then(|c| c.strings());
    fields.finish();
    kind.as_deref() == Some("SOURCE") && values.is_some_and(|v| v.iter().any(|v| v == "batch"))
}
