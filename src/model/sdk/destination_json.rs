//! Reads destination configurations (reference 4).

use std::sync::Arc;

use crate::model::rule::Rule;
use crate::model::sdk::Family;
use crate::model::sdk::aggregation_json;
use crate::model::sdk::authentication::Authentication;
use crate::model::sdk::authentication_json;
use crate::model::sdk::batch_json;
use crate::model::sdk::catalogue_json;
use crate::model::sdk::customer_data_json;
use crate::model::sdk::destination::{AuthenticationRule, Configuration, DATASETS, Delivery};
use crate::model::sdk::literal;
use crate::model::sdk::schema::{
    AttributeType, IdentityNamespace, ProfileField, RequiredMapping, SchemaConfig, SegmentMapping,
};
use crate::model::sdk::spelling;
use crate::model::source::fields::Fields;
use crate::model::source::reader::{Cursor, Reader};
use crate::model::source::{Problem, Severity, Source, json};

const HASH: &str = "sha256(lower($))";

/// Keys that decide nothing here.
const OF_NO_INTEREST: &[&str] = &[
    "description",
    "releaseNotes",
    "customerEncryptionConfigurations",
    "maxProfileAttributes",
    "maxIdentityAttributes",
    "destConfigId",
    "inputSchemaId",
];

/// Reads a destination configuration; problems beside one may still be errors. A secret that stands in it has that
/// severity; `family` is that of its server, where it is known: each needs other keys.
pub fn read(
    source: &Arc<Source>,
    literal_secrets: Severity,
    family: Option<Family>,
) -> (Option<Configuration>, Vec<Problem>) {
    let (node, problems) = json::parse(source);
    let Some(node) = node else {
        literal::hide_unread(source);
        return (None, problems);
    };
    let mut problems = spelling::judged(problems);
    let reader = Reader::new(source, spelling::strictness(literal_secrets));
    let configuration = read_root(&reader.root(&node), source, family);
    problems.extend(reader.finish());
    (configuration, problems)
}

fn read_root(
    root: &Cursor<'_>,
    source: &Arc<Source>,
    family: Option<Family>,
) -> Option<Configuration> {
    let fields = root.object()?;
    fields.ignore(spelling::SERVER_SIDE);
    fields.ignore(OF_NO_INTEREST);
    catalogue_json::read(&fields);
    let name = fields.need("name").and_then(|c| c.text());
    status(&fields);
    let data_fields = fields.get("customerDataFields");
    let delivery = fields.need("destinationDelivery");
    if let Some(empty) = delivery.as_ref().filter(|c| c.is_empty()) {
        empty.error(
            "expected where and by which login to deliver, received nothing",
            "write `[ { \"authenticationRule\": \"CUSTOMER_AUTHENTICATION\", \"destinationServerId\": \"…\" } ]`",
        );
    }
    let delivery = delivery.and_then(|c| c.array()).unwrap_or_default();
    let delivery = deliveries(&delivery, family);
    let files = family == Some(Family::File);
    let configuration = Configuration {
        source: Arc::clone(source),
        name: name.unwrap_or_default(),
        sources: sources(&fields),
        authentications: authentications(&fields, &delivery, family),
        customer_data_fields: data_fields.map_or_else(Vec::new, |c| customer_data_json::read(&c)),
        identity_namespaces: namespaces(&fields, family),
        schema: fields
            .get("schemaConfig")
            .and_then(|c| schema(&c))
            .unwrap_or_default(),
        segment_mapping: mapping(&fields),
        aggregation: fields
            .get("aggregation")
            .and_then(|c| aggregation_json::read(&c, files)),
        batch: fields.get("batchConfig").and_then(|c| batch_json::read(&c)),
        delivery,
    };
    lacking(&fields, family);
    backfill(&fields);
    fields.finish();
    Some(configuration)
}

/// Keys that a family needs.
fn lacking(fields: &Fields<'_>, family: Option<Family>) {
    match family {
        Some(Family::Streaming) if fields.get("aggregation").is_none() => fields.lacks(
            Severity::Warning,
            "aggregation",
            "no `aggregation`: one profile a message is assumed",
            "add `\"aggregation\": { \"aggregationType\": \"BEST_EFFORT\", \"bestEffortAggregation\": { \"maxUsersPerRequest\": 1 } }`",
        ),
        Some(Family::File) if fields.get("batchConfig").is_none() => fields.lacks(
            Severity::Error,
            "batchConfig",
            "missing `batchConfig`: a file-based destination needs it",
            "add `batchConfig` with `filenameConfig` and `allowedScheduleFrequency`",
        ),
        Some(Family::Streaming | Family::File) | None => {}
    }
}

/// The ways to log in; a streaming destination that asks its customers to has one.
fn authentications(
    fields: &Fields<'_>,
    delivery: &[Delivery],
    family: Option<Family>,
) -> Vec<Authentication> {
    let key = "customerAuthenticationConfigurations";
    let what = "missing `customerAuthenticationConfigurations`: `CUSTOMER_AUTHENTICATION` needs at least one";
    let help = "add `\"customerAuthenticationConfigurations\": [ { \"authType\": \"BEARER\" } ]`, or write the rule `NONE`";
    let asked = delivery
        .iter()
        .any(|d| d.rule == AuthenticationRule::Customer);
    let needed = asked && family == Some(Family::Streaming);
    let given = fields.get(key);
    match &given {
        None if needed => fields.lacks(Severity::Error, key, what, help),
        Some(given) if needed && given.is_empty() => given.error(what, help),
        Some(_) | None => {}
    }
    given.map_or_else(Vec::new, |c| authentication_json::read(&c, family))
}

fn status(fields: &Fields<'_>) {
    let all = [("TEST", ()), ("PUBLISHED", ()), ("DELETED", ())];
    fields.get("status").and_then(|c| c.one_of(&all));
}

fn sources(fields: &Fields<'_>) -> Vec<String> {
    let all = [
        ("ACCOUNTS", "ACCOUNTS"),
        ("UNIFIED_PROFILE_PROSPECTS", "UNIFIED_PROFILE_PROSPECTS"),
        (DATASETS, DATASETS),
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

/// The identity namespaces; a streaming destination has one.
fn namespaces(fields: &Fields<'_>, family: Option<Family>) -> Vec<IdentityNamespace> {
    let what = "missing `identityNamespaces`: a streaming destination needs at least one";
    let help = "add `\"identityNamespaces\": { \"Email\": { \"acceptsAttributes\": true, \"acceptedGlobalNamespaces\": { \"Email\": {} } } }`";
    let needed = family == Some(Family::Streaming);
    let Some(cursor) = fields.get("identityNamespaces") else {
        if needed {
            fields.lacks_of(Rule::IdentityNamespaces, "identityNamespaces", what, help);
        }
        return Vec::new();
    };
    if needed && cursor.is_empty() {
        cursor.violation(Rule::IdentityNamespaces, what, help);
    }
    let all = cursor.object().map(|fields| fields.each());
    let all = all.unwrap_or_default();
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
    fields.ignore(&["isRequired"]);
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
    if let (Some(allow), Some(deny)) = &lists {
        both_lists(allow, deny);
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

/// An empty list beside the other is in a sample of Adobe's: it is no more than questionable.
fn both_lists(allow: &Cursor<'_>, deny: &Cursor<'_>) {
    let rule = Rule::AudienceNamespaces;
    let what = "`segmentNamespaceAllowList` and `segmentNamespaceDenyList` exclude each other";
    let help = "keep one of them; Adobe recommends `\"segmentNamespaceDenyList\": []`";
    if allow.is_empty() || deny.is_empty() {
        deny.advice(rule, what, help);
    } else {
        deny.violation(rule, what, help);
    }
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

fn profile_field(cursor: &Cursor<'_>) -> Option<ProfileField> {
    let fields = cursor.object()?;
    let kind = fields.get("type").and_then(|c| c.string());
    Some(ProfileField {
        name: fields.need("name").and_then(|c| c.text())?,
        kind: AttributeType::named(kind.as_deref().unwrap_or_default()),
    })
}

fn mapping(fields: &Fields<'_>) -> SegmentMapping {
    let first = fields.get("segmentMappingConfig");
    let mut both = vec![fields.get("audienceMetadataConfig")];
    // where only the other is given, it is the first under another name
    both.retain(|other| other.as_ref().map(|c| &c.pointer) != first.as_ref().map(|c| &c.pointer));
    both.insert(0, first);
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
        let template = template.filter(|id| !id.is_empty());
        mapping.audience_template = template.or(mapping.audience_template);
        if mapping.by_user && mapping.audience_template.is_some() {
            by_user.as_ref().unwrap_or(cursor).violation(
                Rule::AudienceMapping,
                "`mapUserInput` and `audienceTemplateId` exclude each other",
                "set `mapUserInput` to `false`, or take `audienceTemplateId` out",
            );
        }
        fields.ignore(&["authenticationId"]);
        fields.finish();
    }
    mapping
}

fn deliveries(elements: &[Cursor<'_>], family: Option<Family>) -> Vec<Delivery> {
    let read = |c: &Cursor<'_>| delivery(c, family);
    elements.iter().filter_map(read).collect()
}

fn delivery(cursor: &Cursor<'_>, family: Option<Family>) -> Option<Delivery> {
    let rules = [
        ("CUSTOMER_AUTHENTICATION", AuthenticationRule::Customer),
        ("PLATFORM_AUTHENTICATION", AuthenticationRule::Platform),
        ("NONE", AuthenticationRule::None),
    ];
    let fields = cursor.object()?;
    let rule = fields
        .need("authenticationRule")
        .and_then(|c| c.one_of(&rules));
    let id = fields.get("authenticationId").and_then(|c| c.string());
    if rule == Some(AuthenticationRule::Platform) && id.is_none_or(|id| id.is_empty()) {
        let what = "missing `authenticationId`: `PLATFORM_AUTHENTICATION` needs it";
        let help = "add the `instanceId` of the credentials object as `authenticationId`";
        fields.lacks_of(Rule::PlatformAuthentication, "authenticationId", what, help);
    }
    fields.ignore(&["authenticationId"]);
    matchers(&fields, family);
    let server_id = fields.get("destinationServerId").and_then(|c| c.string());
    fields.finish();
    Some(Delivery {
        server_id,
        rule: rule?,
    })
}

/// `deliveryMatchers` is for files, and for files it is always the same.
fn matchers(fields: &Fields<'_>, family: Option<Family>) {
    let given = match family {
        Some(Family::File) => fields.expected("deliveryMatchers"),
        Some(Family::Streaming) | None => fields.get("deliveryMatchers"),
    };
    let Some(given) = given else {
        return;
    };
    let batch = is_batch(&given);
    match family {
        Some(Family::Streaming) => given.violation(
            Rule::DeliveryMatchers,
            "`deliveryMatchers` belongs to file-based destinations, the server is `URL_BASED`",
            "take `deliveryMatchers` out of `destinationDelivery`",
        ),
        Some(Family::File) if !batch => given.violation(
            Rule::DeliveryMatchers,
            "no entry of `deliveryMatchers` is that of files",
            "write `[ { \"type\": \"SOURCE\", \"value\": [ \"batch\" ] } ]`",
        ),
        Some(Family::File) | None => {}
    }
}

/// Whether a matcher is that of batches; of matchers that cannot be read it is assumed.
fn is_batch(cursor: &Cursor<'_>) -> bool {
    let Some(matchers) = cursor.array() else {
        return true;
    };
    matchers.iter().any(|matcher| {
        let read = matcher.object().and_then(|fields| {
            let kind = fields.need("type").and_then(|c| c.string());
            let values = fields.need("value").and_then(|c| c.strings());
            fields.finish();
            kind.zip(values)
        });
        read.is_none_or(|(kind, values)| kind == "SOURCE" && values.iter().any(|v| v == "batch"))
    })
}
