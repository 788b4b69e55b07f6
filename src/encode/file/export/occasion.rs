//! What an export depends on besides the configuration: values that stand for Platform's clock, schedule and profile store.

use jiff::Timestamp;

use crate::encode::file::export::error::ExportError;
use crate::model::profile::Profile;
use crate::model::sdk::ExportMode;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// One export: when, of whom.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The time of the export, microseconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The time of the export before; none where this is the first.
    pub last: Option<i64>,
    /// What made-up profiles and the ids of flow runs are drawn from.
    pub seed: u64,
    /// The audience to export, by its id; all of them where there is none.
    pub audience: Option<&'a str>,
    /// Whose rows.
    pub profiles: Profiles<'a>,
}

/// Whose rows an export holds.
#[derive(Debug, Clone, Copy)]
pub enum Profiles<'a> {
    /// These profiles, as far as they are or were in the audience.
    Given(&'a [Profile]),
    /// So many made-up ones in each audience, of which memory holds one at a time.
    Synthetic(u64),
}

impl<'a> Profiles<'a> {
    /// The given profiles, where there are some.
    pub(crate) fn given(self) -> Option<&'a [Profile]> {
        match self {
            Self::Given(profiles) => Some(profiles),
            Self::Synthetic(_) => None,
        }
    }
}

impl Occasion<'_> {
    /// Holds the times against each other and against the mode.
    ///
    /// # Errors
    /// An increment where only full exports are made, times in the wrong order, a time of no calendar.
    pub(crate) fn hold(&self, mode: ExportMode) -> Result<(), ExportError> {
        if self.last.is_some() && mode == ExportMode::DailyFull {
            return Err(ExportError::Incremental);
        }
        if self.last.is_some_and(|last| last >= self.now) {
            return Err(ExportError::Previous);
        }
        self.time().map(drop)
    }

    /// The time of the export.
    ///
    /// # Errors
    /// It is out of the calendar.
    pub(crate) fn time(&self) -> Result<Timestamp, ExportError> {
        Timestamp::from_microsecond(self.now).map_err(|_| ExportError::Time(self.now))
    }

    /// The time of the export in seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        self.now / SECOND
    }
}
