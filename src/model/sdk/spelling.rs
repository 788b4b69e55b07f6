//! Where Adobe's own pages, API and samples deviate from each other (reference, appendix B): each other spelling with the
//! page that has it, and how posted JSON is therefore read. Keys that mean nothing here are known, too.

use crate::model::rule::Rule;
use crate::model::source::reader::Strictness;
use crate::model::source::variant::{Variant, Written};
use crate::model::source::{Problem, Severity};

/// Every deviation that is read with a warning. Pages are paths below `destination-sdk/` of Adobe's documentation, the
/// newest that has it; those without a folder are of older editions.
pub const VARIANTS: &[Variant] = &[
    // the destination server
    key(
        "bucket",
        "bucketName",
        "functionality/destination-configuration/customer-data-fields",
    ),
    key(
        "delimiter",
        "sep",
        "functionality/destination-server/file-formatting",
    ),
    key(
        "fileBasedSFTPDestination",
        "fileBasedSftpDestination",
        "authoring-api/destination-server/create-destination-server",
    ),
    Variant {
        key: "fileConfigurations",
        written: Written::Within {
            object: "fileBasedDlzDestination",
            legal: "beside the companion object, to the top level",
        },
        page: "guides/batch/configure-dlz-destination-with-custom-file-formatting",
    },
    key(
        "hostName",
        "hostname",
        "guides/batch/configure-sftp-destination-with-predefined-file-formatting",
    ),
    left_out(
        "hostName",
        "the host that the customer types in when logging in",
        "authoring-api/destination-server/create-destination-server",
    ),
    key(
        "queryParameters",
        "queryParams",
        "functionality/destination-configuration/customer-data-fields",
    ),
    left_out(
        "useCase",
        "`\"dlz_destination\"`",
        "guides/batch/configure-dlz-destination-with-custom-file-formatting",
    ),
    value(
        "useCase",
        "Your use case",
        "dlz_destination",
        "authoring-api/destination-server/create-destination-server",
    ),
    // authentication
    value(
        "authType",
        "Bearer",
        "BEARER",
        "functionality/destination-configuration/customer-authentication",
    ),
    key("expiresInResponsePath", "expiresInPath", API),
    key("scope", "scopes", API),
    key(
        "source",
        "fieldType",
        "functionality/destination-configuration/oauth2-authorization",
    ),
    // the destination configuration
    key(
        "segmentMappingConfig",
        "audienceMetadataConfig",
        "functionality/destination-configuration/audience-metadata-configuration",
    ),
    Variant {
        key: "pattern",
        written: Written::Empty {
            legal: "^[A-Za-z]+$",
        },
        page: "guides/configure-destination-instructions",
    },
    value(
        "status",
        "",
        "TEST",
        "configure-file-based-gam360-instructions",
    ),
    value(
        "status",
        "Test",
        "TEST",
        "guides/configure-file-based-destination-instructions",
    ),
    key(
        "transformation",
        "allowedAttributesTransformation",
        "destination-configuration-api",
    ),
    // aggregation
    value(
        "maxBatchAgeInSecs",
        "0",
        "1800",
        "destination-configuration",
    ),
    value(
        "maxNumEventsInBatch",
        "0",
        "1000",
        "destination-configuration",
    ),
    // batches
    key(
        "allowDedupeKeyFieldSelection",
        "allowDedupKeyFieldSelection",
        "guides/batch/configure-dataset-export-destination",
    ),
    key(
        "allowDedupeKeyFieldSelection",
        "allowJoinKeyFieldSelection",
        "destination-configuration-api",
    ),
    key(
        "allowedExportModes",
        "allowedExportMode",
        "functionality/destination-configuration/batch-configuration",
    ),
    value(
        "allowedFilenameAppendOptions",
        "DESTINATION_NAME",
        "DESTINATION",
        "configure-file-based-gam360-instructions",
    ),
    Variant {
        key: "backfillHistoricalProfileData",
        written: Written::Within {
            object: "batchConfig",
            legal: "to the top level of the configuration",
        },
        page: "guides/batch/configure-sftp-destination-with-predefined-file-formatting",
    },
    key("batchConfig", "batchConfiguration", API),
    value(
        "defaultFilenameAppendOptions",
        "DESTINATION_NAME",
        "DESTINATION",
        "configure-file-based-gam360-instructions",
    ),
    left_out(
        "deliveryMatchers",
        "`[ { \"type\": \"SOURCE\", \"value\": [ \"batch\" ] } ]`",
        "configure-file-based-gam360-instructions",
    ),
    left_out(
        "filenameConfig",
        "Experience Platform's own file name",
        "guides/configure-file-based-destination-instructions",
    ),
];

/// The description of the authoring API, which is a page of its own.
const API: &str = "destination-authoring.yaml (OpenAPI)";

/// Keys that the authoring API adds to what it answers; ignored.
pub const SERVER_SIDE: &[&str] = &[
    "createdDate",
    "imsOrg",
    "instanceId",
    "lastModifiedDate",
    "sandboxId",
    "sandboxName",
];

/// How posted JSON is read: as Adobe's API takes it, with a warning for all that its pages do not have.
pub fn strictness(literal_secrets: Severity) -> Strictness {
    Strictness {
        unknown: Severity::Warning,
        literal_secrets,
        quoted: Severity::Warning,
        case: Severity::Violation,
        variants: VARIANTS,
    }
}

/// Of what is wrong with a file that is JSON: keys that are given twice, of which the first is read, break a rule.
pub fn judged(problems: Vec<Problem>) -> Vec<Problem> {
    let judge = |problem: Problem| match problem.severity {
        Severity::Error => problem.judged(Rule::ServerType),
        Severity::Violation | Severity::Warning => problem.of(Rule::ServerType),
    };
    problems.into_iter().map(judge).collect()
}

const fn key(key: &'static str, other: &'static str, page: &'static str) -> Variant {
    Variant {
        key,
        written: Written::Key(other),
        page,
    }
}

const fn value(
    key: &'static str,
    written: &'static str,
    legal: &'static str,
    page: &'static str,
) -> Variant {
    Variant {
        key,
        written: Written::Value { written, legal },
        page,
    }
}

const fn left_out(key: &'static str, legal: &'static str, page: &'static str) -> Variant {
    Variant {
        key,
        written: Written::LeftOut { legal },
        page,
    }
}
