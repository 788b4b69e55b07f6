//! Reads `batchConfig` (reference 4.8).

use crate::model::rule::Rule;
use crate::model::sdk::batch::{BatchConfig, ExportMode, FilenameConfig, Frequency};
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;

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
    let dataset = fields.get("datasetBatchConfig").is_some();
    let filename = fields.expected("filenameConfig");
    let filename = filename.and_then(|c| filename_config(&c, dataset));
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
        filename,
        segment_grouping: flag(&fields, "segmentGroupingEnabled"),
    };
    fields.ignore(&[
        "autoSelectJoinKeyOnPartnerSchemaSelection",
        "joinKeyTitle",
        "datasetBatchConfig",
    ]);
    fields.astray("backfillHistoricalProfileData");
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

/// File names; nothing where none is configured, as datasets have it, whose folders are named instead.
fn filename_config(cursor: &Cursor<'_>, dataset: bool) -> Option<FilenameConfig> {
    let fields = cursor.object()?;
    let allowed = fields.need("allowedFilenameAppendOptions");
    let append = fields.need("defaultFilenameAppendOptions");
    let name = fields.get("defaultFilename");
    let choices = allowed.as_ref().map(macros);
    let whole = |c: &Cursor<'_>| c.array().map(|all| all.len()) == choices.as_ref().map(Vec::len);
    if let (Some(append), Some(choices)) = (&append, &choices)
        && allowed.as_ref().is_some_and(whole)
    {
        among(append, choices);
    }
    let mut config = FilenameConfig {
        allowed: choices.unwrap_or_default(),
        default_append: append.as_ref().map(macros).unwrap_or_default(),
        default_name: name.as_ref().and_then(|c| c.string()).unwrap_or_default(),
    };
    fields.finish();
    let unnamed = name.as_ref().is_none_or(Cursor::is_empty);
    if unnamed && allowed.as_ref().is_some_and(Cursor::is_empty) {
        if !dataset {
            cursor.violation(
                Rule::FileNames,
                "no `defaultFilename` and nothing to append: a file would have no name",
                "give `defaultFilename`, or put a macro into `allowedFilenameAppendOptions`",
            );
        }
        return None;
    }
    in_name(&mut config, name.as_ref().unwrap_or(cursor));
    times(&config, append.as_ref().unwrap_or(cursor));
    Some(config)
}

/// Macros that cannot stand in the name, and those that stand in it and would be appended once more.
fn in_name(config: &mut FilenameConfig, place: &Cursor<'_>) {
    for (macro_name, allowed) in MACROS {
        let written = config.default_name.contains(&format!("%{macro_name}%"));
        if written && !allowed {
            place.violation(
                Rule::FileNames,
                format!("`{macro_name}` cannot stand in `defaultFilename`"),
                "put it into `allowedFilenameAppendOptions`",
            );
        } else if written && config.default_append.iter().any(|m| m == macro_name) {
            place.advice(
                Rule::FileNames,
                format!("`{macro_name}` stands in `defaultFilename` and is appended too"),
                "take it out of one of them: here it is not appended again",
            );
            config.default_append.retain(|m| m != macro_name);
        }
    }
}

/// `DATETIME` and `TIMESTAMP` exclude each other.
fn times(config: &FilenameConfig, place: &Cursor<'_>) {
    if is_used(config, "DATETIME") && is_used(config, "TIMESTAMP") {
        place.violation(
            Rule::FileNames,
            "`DATETIME` and `TIMESTAMP` exclude each other",
            "keep one of them",
        );
    }
}

/// Whether a macro is in the name or appended to it.
fn is_used(config: &FilenameConfig, name: &str) -> bool {
    config.default_append.iter().any(|m| m == name)
        || config.default_name.contains(&format!("%{name}%"))
}

/// What is appended where nobody chooses is one of what may be chosen.
fn among(append: &Cursor<'_>, allowed: &[String]) {
    let names = append.array().unwrap_or_default();
    for cursor in names {
        let Some(name) = cursor.one_of_any(&known()) else {
            continue;
        };
        if !allowed.iter().any(|one| one == name) {
            cursor.violation(
                Rule::FileNames,
                format!("`{name}` is not among `allowedFilenameAppendOptions`"),
                format!("add `{name}` there, or take it out here"),
            );
        }
    }
}

fn known() -> [(&'static str, &'static str); MACROS.len()] {
    MACROS.map(|(name, _)| (name, name))
}

fn macros(cursor: &Cursor<'_>) -> Vec<String> {
    let elements = cursor.array().unwrap_or_default();
    let names = elements.iter().filter_map(|c| c.one_of(&known()));
    names.map(str::to_owned).collect()
}
