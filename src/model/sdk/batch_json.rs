//! Reads `batchConfig` (reference 4.8).

use crate::model::sdk::batch::{BatchConfig, ExportMode, FilenameConfig, Frequency};
use crate::model::source::reader::{Cursor, Fields};

const MODES: [(&str, ExportMode); 2] = [
    ("DAILY_FULL_EXPORT", ExportMode::DailyFull),
    (
        "FIRST_FULL_THEN_INCREMENTAL",
        ExportMode::FirstFullThenIncremental,
    ),
];

const FREQUENCIES: [(&str, Frequency); 9] = [
    ("ONCE", Frequency::Once),
    ("EVERY_HOUR", Frequency::EveryHour),
    ("EVERY_3_HOURS", Frequency::Every3Hours),
    ("EVERY_6_HOURS", Frequency::Every6Hours),
    ("EVERY_8_HOURS", Frequency::Every8Hours),
    ("EVERY_12_HOURS", Frequency::Every12Hours),
    ("DAILY", Frequency::Daily),
    ("WEEKLY", Frequency::Weekly),
    ("MONTHLY", Frequency::Monthly),
];

/// Macros of a file name (reference 7.5); `true` where they may stand in `defaultFilename`.
const MACROS: [(&str, bool); 12] = [
    ("SEGMENT_ID", true),
    ("SEGMENT_NAME", true),
    ("DESTINATION", true),
    ("DESTINATION_INSTANCE_ID", true),
    ("DESTINATION_INSTANCE_NAME", true),
    ("DATETIME", true),
    ("TIMESTAMP", true),
    ("ORGANIZATION_NAME", true),
    ("SANDBOX_NAME", true),
    ("CUSTOM_TEXT", false),
    ("MERGE_POLICY_ID", true),
    ("MERGE_POLICY_NAME", true),
];

/// Reads `batchConfig`.
pub(crate) fn read(cursor: &Cursor<'_>) -> Option<BatchConfig> {
    let fields = cursor.object()?;
    let list = |key| fields.get(key).and_then(|c| c.array()).unwrap_or_default();
    let default_mode = fields
        .get("defaultExportMode")
        .and_then(|c| c.one_of(&MODES));
    let frequency = fields
        .get("defaultFrequency")
        .and_then(|c| c.one_of(&FREQUENCIES));
    let filename = fields.need("filenameConfig").and_then(|c| filename(&c));
    let config = BatchConfig {
        mandatory_fields: flag(&fields, "allowMandatoryFieldSelection"),
        dedupe_keys: flag(&fields, "allowDedupeKeyFieldSelection"),
        default_mode: default_mode.unwrap_or(ExportMode::DailyFull),
        modes: list("allowedExportModes")
            .iter()
            .filter_map(|c| c.one_of(&MODES))
            .collect(),
        frequencies: list("allowedScheduleFrequency")
            .iter()
            .filter_map(|c| c.one_of(&FREQUENCIES))
            .collect(),
        default_frequency: frequency.unwrap_or(Frequency::Daily),
        default_start_time: start_time(&fields),
        filename: filename.unwrap_or_default(),
        segment_grouping: flag(&fields, "segmentGroupingEnabled"),
    };
    fields.ignore(&[
        "autoSelectJoinKeyOnPartnerSchemaSelection",
        "joinKeyTitle",
        "datasetBatchConfig",
        "backfillHistoricalProfileData",
    ]);
    fields.finish();
    Some(config)
}

fn flag(fields: &Fields<'_>, key: &'static str) -> bool {
    fields.get(key).and_then(|c| c.bool()).unwrap_or(false)
}

fn start_time(fields: &Fields<'_>) -> String {
    let Some(cursor) = fields.get("defaultStartTime") else {
        return "00:00".to_owned();
    };
    let text = cursor.string().unwrap_or_default();
    let valid = text.split_once(':').is_some_and(|(hours, minutes)| {
        let below =
            |part: &str, end: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|n| n < end);
        below(hours, 24) && below(minutes, 60)
    });
    if !valid && !text.is_empty() {
        cursor.error(
            format!("expected a time such as `00:00`, received `{text}`"),
            "write hours and minutes of a 24-hour clock, two digits each",
        );
    }
    text
}

fn filename(cursor: &Cursor<'_>) -> Option<FilenameConfig> {
    let fields = cursor.object()?;
    let allowed = fields.need("allowedFilenameAppendOptions");
    let append = fields.need("defaultFilenameAppendOptions");
    let name = fields.get("defaultFilename");
    let config = FilenameConfig {
        allowed: allowed.as_ref().map(macros).unwrap_or_default(),
        default_append: append.as_ref().map(macros).unwrap_or_default(),
        default_name: name.as_ref().and_then(|c| c.string()).unwrap_or_default(),
    };
    fields.finish();
    if config.default_name.is_empty() && config.allowed.is_empty() {
        cursor.error(
            "no `defaultFilename` and nothing to append: a file would have no name",
            "give `defaultFilename`, or put a macro into `allowedFilenameAppendOptions`",
        );
    }
    let place = name.as_ref().unwrap_or(cursor);
    for (macro_name, in_name) in MACROS {
        let written = config.default_name.contains(&format!("%{macro_name}%"));
        if written && !in_name {
            place.error(
                format!("`{macro_name}` cannot stand in `defaultFilename`"),
                "put it into `allowedFilenameAppendOptions`",
            );
        } else if written && config.default_append.iter().any(|m| m == macro_name) {
            place.error(
                format!("`{macro_name}` stands in `defaultFilename` and is appended too"),
                "take it out of one of them",
            );
        }
    }
    times(&config, append.as_ref().unwrap_or(cursor));
    Some(config)
}

/// `DATETIME` and `TIMESTAMP` exclude each other.
fn times(config: &FilenameConfig, place: &Cursor<'_>) {
    let used = |name: &str| {
        config.default_append.iter().any(|m| m == name)
            || config.default_name.contains(&format!("%{name}%"))
    };
    if used("DATETIME") && used("TIMESTAMP") {
        place.error(
            "`DATETIME` and `TIMESTAMP` exclude each other",
            "keep one of them",
        );
    }
}

fn macros(cursor: &Cursor<'_>) -> Vec<String> {
    let known: Vec<(&'static str, &'static str)> = MACROS.iter().map(|(n, _)| (*n, *n)).collect();
    let elements = cursor.array().unwrap_or_default();
    let names = elements.iter().filter_map(|c| c.one_of(&known));
    names.map(str::to_owned).collect()
}
