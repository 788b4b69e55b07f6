//! How many rows a file holds, and the names of the files of one export (reference 7.1 and 7.7).

use std::num::NonZeroU64;

use crate::encode::file::name::{NameError, bounded};

/// The most rows that `maxFileRowCount` may ask for.
pub const MOST_ROWS: u64 = 10_000_000;

/// The files that one export is split into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The name without extension and number.
    pub stem: String,
    /// The extension, dot included.
    pub extension: String,
    /// The most rows of a file.
    pub rows: NonZeroU64,
}

impl Split {
    /// The name of the file with this number, counted from 1: `f.csv`, `f_2.csv`, `f_3.csv`.
    ///
    /// # Errors
    /// A name of more than 255 characters.
    pub fn name(&self, number: u64) -> Result<String, NameError> {
        let Self {
            stem, extension, ..
        } = self;
        bounded(if number <= 1 {
            format!("{stem}{extension}")
        } else {
            format!("{stem}_{number}{extension}")
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn the_number_stands_before_the_whole_extension_and_starts_at_two() {
        let split = Split {
            stem: "f".to_owned(),
            extension: ".csv.gz".to_owned(),
            rows: NonZeroU64::MIN,
        };
        let names: Vec<_> = (1..=3).map(|number| split.name(number).unwrap()).collect();
        assert_eq!(names, ["f.csv.gz", "f_2.csv.gz", "f_3.csv.gz"]);
    }
}
