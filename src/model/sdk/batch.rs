//! Schedules and file names of file-based destinations (reference 4.8, 7.5).

/// `batchConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchConfig {
    /// `allowMandatoryFieldSelection`.
    pub mandatory_fields: bool,
    /// `allowDedupeKeyFieldSelection`.
    pub dedupe_keys: bool,
    /// `defaultExportMode`.
    pub default_mode: ExportMode,
    /// `allowedExportModes`.
    pub modes: Vec<ExportMode>,
    /// `allowedScheduleFrequency`.
    pub frequencies: Vec<Frequency>,
    /// `defaultFrequency`.
    pub default_frequency: Frequency,
    /// `defaultStartTime`, 24-hour, e.g. `00:00`.
    pub default_start_time: String,
    /// `filenameConfig`; Experience Platform's own names where nothing is configured.
    pub filename: Option<FilenameConfig>,
    /// `segmentGroupingEnabled`: one file per merge policy.
    pub segment_grouping: bool,
}

/// `filenameConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilenameConfig {
    /// `allowedFilenameAppendOptions`, e.g. `SEGMENT_ID`.
    pub allowed: Vec<String>,
    /// `defaultFilenameAppendOptions`.
    pub default_append: Vec<String>,
    /// `defaultFilename`, e.g. `%DESTINATION%_%SEGMENT_ID%`.
    pub default_name: String,
}

/// What an export holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportMode {
    /// `DAILY_FULL_EXPORT`.
    DailyFull,
    /// `FIRST_FULL_THEN_INCREMENTAL`.
    FirstFullThenIncremental,
}

/// How often files are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of reference 4.8")]
pub enum Frequency {
    Once,
    EveryHour,
    Every3Hours,
    Every6Hours,
    Every8Hours,
    Every12Hours,
    Daily,
    Weekly,
    Monthly,
}
