//! Values of a destination configuration that decide nothing here and that Adobe enumerates: what the catalogue shows,
//! marketing actions and labels (reference 4.1, 4.3). One that no page lists is questionable, no more.

use crate::model::rule::Rule;
use crate::model::sdk::literal::is_placeholder;
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;
use crate::model::source::suggestion::instead;
use crate::model::source::tree::Value;

/// `uiAttributes.category`; the last is that of a sample of a guide.
const CATEGORIES: [&str; 27] = [
    "adobeSolutions",
    "advertising",
    "analytics",
    "cdp",
    "cloudStorage",
    "crm",
    "customerSuccess",
    "database",
    "dmp",
    "ecommerce",
    "email",
    "emailMarketing",
    "enrichment",
    "livechat",
    "marketingAutomation",
    "mobile",
    "payments",
    "personalization",
    "protocols",
    "social",
    "streaming",
    "subscriptions",
    "surveys",
    "tagManagers",
    "voc",
    "warehouses",
    "DLZ",
];

/// `uiAttributes.connectionType`, as the pages, their samples and the API spell it.
const CONNECTIONS: [&str; 9] = [
    "ADLS",
    "Azure Blob",
    "Azure Data Lake Storage",
    "Cloud Storage",
    "Cloud storage",
    "DLZ",
    "S3",
    "SFTP",
    "Server-to-server",
];

/// `uiAttributes.frequency`.
const FREQUENCIES: [&str; 2] = ["Batch", "Streaming"];

const MARKETING_ACTIONS: [&str; 9] = [
    "ANALYTICS",
    "COMBINE_WITH_PII",
    "CROSS_SITE_TARGETING",
    "DATA_SCIENCE",
    "EMAIL_TARGETING",
    "EXPORT_TO_THIRD_PARTY",
    "ONSITE_ADVERTISING",
    "ONSITE_PERSONALIZATION",
    "SINGLE_IDENTITY_PERSONALIZATION",
];

const LABELS: [&str; 14] = [
    "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "I1", "I2", "S1", "S2",
];

/// Says of each such value whether it is listed.
pub(crate) fn read(fields: &Fields<'_>) {
    if let Some(shown) = fields.get("uiAttributes").and_then(|c| c.object()) {
        for (key, names) in [
            ("category", &CATEGORIES[..]),
            ("connectionType", &CONNECTIONS),
            ("frequency", &FREQUENCIES),
        ] {
            shown.get(key).inspect(|cursor| listed(cursor, names));
        }
    }
    for (key, names) in [
        ("marketingActions", &MARKETING_ACTIONS[..]),
        ("duleLabels", &LABELS),
    ] {
        let given = fields.get(key).and_then(|c| c.array()).unwrap_or_default();
        given.iter().for_each(|cursor| listed(cursor, names));
    }
}

fn listed(cursor: &Cursor<'_>, names: &[&str]) {
    let Value::String(text) = &cursor.node.value else {
        return;
    };
    if !names.contains(&text.as_str()) && !is_placeholder(text) {
        cursor.advice(
            Rule::Spelling,
            format!("expected a value that Adobe's pages list, received `{text}`"),
            instead(text, names),
        );
    }
}
