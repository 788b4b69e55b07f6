//! What a scenario has written to a location, tried at it and seen of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::encode::file::understood::Cell;
use crate::model::digest::Digest;
use crate::model::finding::Finding;
use crate::model::record::ExchangeRef;
use crate::suite::broken;
use crate::suite::export::{ExportPlan, Exported, File};
use crate::wire::{Content, Login};

/// What a scenario has done with files: references into its exchanges, never their copies.
#[derive(Clone, Default)]
pub struct Filing {
    /// What is exported next.
    pub plan: ExportPlan,
    /// What was exported, in order.
    pub exports: Vec<Arc<Exported>>,
    /// What was exported and is there no more: whether its rows go with it is the platform's choice.
    pub withdrawn: Vec<Arc<Exported>>,
    /// The look at the location.
    pub opened: Option<ExchangeRef>,
    /// Every write, renaming included, in order.
    pub writes: Vec<Write>,
    /// How many times files were written.
    pub times: usize,
    /// Every deletion: path and exchange.
    pub deletions: Vec<(String, ExchangeRef)>,
    /// What has to be there now, by path.
    pub expected: BTreeMap<String, Held>,
    /// What was seen after each change, in order.
    pub rounds: Vec<Round>,
    /// What others than Experience Platform have tried.
    pub tries: Vec<(Login, ExchangeRef)>,
    /// The last answer about each folder or file that the platform was asked about.
    pub answers: Vec<ExchangeRef>,
    /// The answer about each manifest that the platform was asked about.
    pub of_manifests: Vec<ExchangeRef>,
}

/// One write.
#[derive(Debug, Clone)]
pub struct Write {
    /// Where the file has to be.
    pub path: String,
    /// Its exchange.
    pub exchange: ExchangeRef,
    /// Which time of writing it belongs to, from 1.
    pub time: usize,
    /// Whether it is a manifest and no data.
    pub manifest: bool,
}

/// What a file has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Bytes.
    pub bytes: u64,
    /// Of its content.
    pub sha256: Digest,
}

impl Held {
    /// That of a content.
    pub fn of(content: &Content) -> Self {
        Self {
            bytes: content.bytes(),
            sha256: content.sha256(),
        }
    }
}

/// One look at the location.
#[derive(Debug, Clone)]
pub struct Round {
    /// The folder that was listed.
    pub folder: String,
    /// Its list.
    pub list: ExchangeRef,
    /// What was read, by path.
    pub reads: Vec<(String, ExchangeRef)>,
}

impl Filing {
    /// Notes a write of this time.
    pub fn wrote(&mut self, path: &str, exchange: ExchangeRef, manifest: bool) {
        self.writes.push(Write {
            path: path.to_owned(),
            exchange,
            time: self.times,
            manifest,
        });
    }

    /// The newest export.
    pub fn newest(&self) -> Option<&Arc<Exported>> {
        self.exports.last()
    }

    /// The newest export.
    ///
    /// # Errors
    /// When nothing was exported: destspec's fault.
    pub fn exported(&self) -> Result<&Arc<Exported>, Finding> {
        let newest = self.newest();
        newest.ok_or_else(|| broken::nothing_to_judge("export"))
    }

    /// The rows of other exports in the same folder, under other names: an answer about the folder holds them, too.
    pub fn others(&self, exported: &Exported) -> Vec<Vec<Cell>> {
        let all = self.exports.iter().chain(&self.withdrawn);
        let others = all.filter(|other| {
            let shares = |file: &File| exported.files.iter().any(|own| own.path == file.path);
            other.folder == exported.folder && !other.files.iter().any(shares)
        });
        others.flat_map(|other| other.rows.clone()).collect()
    }
}
