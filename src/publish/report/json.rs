//! The record with the conclusions that follow from it, as JSON; and the way back.
//!
//! `format` versions the whole document and equals the record's own. Unknown fields are refused, other formats too, and so are
//! conclusions that the record does not bear out.

use serde::{Deserialize, Serialize};

use crate::model::conclusion::{
    Concluded, RunConclusion, conclude_destinations, conclude_partnership, conclude_run,
};
use crate::model::record::{FORMAT, Run, fault};
use crate::publish::report::{ReportError, text};

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: u32,
    conclusion: RunConclusion,
    partnership: Vec<Concluded>,
    conclusions: Vec<DestinationConclusions>,
    run: Run,
}

/// The prerequisites of one destination, concluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DestinationConclusions {
    destination: String,
    prerequisites: Vec<Concluded>,
}

/// What is looked at before anything else.
#[derive(Debug, Deserialize)]
struct Versioned {
    format: u32,
}

impl Document {
    fn of(run: Run) -> Self {
        Self {
            format: run.format,
            conclusion: conclude_run(&run),
            partnership: conclude_partnership(&run),
            conclusions: run
                .destinations
                .iter()
                .zip(conclude_destinations(&run))
                .map(|(d, prerequisites)| DestinationConclusions {
                    destination: d.name.clone(),
                    prerequisites,
                })
                .collect(),
            run,
        }
    }
}

/// Writes the document: two spaces of indent, a final line feed, every deceptive character as `\uXXXX`.
///
/// # Errors
/// When serde_json refuses the record.
pub fn render(run: &Run) -> Result<String, ReportError> {
    let plain = serde_json::to_string_pretty(&Document::of(run.clone()))?;
    Ok(text::json(&plain))
}

/// Reads the document back.
///
/// # Errors
/// When it is not JSON, of another format, has unknown fields, lacks or changes what was planned, or states other conclusions than follow from its record.
pub fn parse(json: &str) -> Result<Run, ReportError> {
    let versioned: Versioned = serde_json::from_str(json)?;
    if versioned.format != FORMAT {
        return Err(ReportError::Format {
            expected: FORMAT,
            received: versioned.format,
        });
    }
    let document: Document = serde_json::from_str(json)?;
    if document.run.format != FORMAT {
        return Err(ReportError::Format {
            expected: FORMAT,
            received: document.run.format,
        });
    }
    // before anything is concluded: what has too many of something is not folded
    if let Some(fault) = fault(&document.run) {
        return Err(ReportError::Record(fault));
    }
    if Document::of(document.run.clone()) != document {
        return Err(ReportError::Conclusions);
    }
    Ok(document.run)
}
