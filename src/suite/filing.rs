//! What a scenario has written to a location, tried at it and seen of it; and how it looks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::digest::Digest;
use crate::model::record::{ExchangeRef, Operation, Purpose, StorageResult};
use crate::suite::export::{ExportPlan, Exported, File};
use crate::suite::stop::Stop;
use crate::suite::world::World;
use crate::wire::{Content, Login, Session};

/// What a scenario has done with files: references into its exchanges, never their copies.
#[derive(Clone, Default)]
pub struct Filing {
    /// What is exported next.
    pub plan: ExportPlan,
    /// What was exported, in order.
    pub exports: Vec<Arc<Exported>>,
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
}

/// Writes files one after another.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn write(world: &mut World, files: &[File]) -> Result<(), Stop> {
    let session = world.session()?;
    world.scene()?.filing.times += 1;
    for file in files {
        let held = Held::of(&file.content);
        let operation = put(&file.path, held);
        let content = Some(&file.content);
        let sent = session.store(Purpose::Delivery, (operation, content), Login::Valid);
        let sent = sent.await?;
        let done = is_done(&session, sent);
        let filing = &mut world.scene()?.filing;
        filing.wrote(&file.path, sent, file.manifest);
        if done {
            filing.expected.insert(file.path.clone(), held);
        }
    }
    Ok(())
}

/// The operation that writes what a file has to hold.
pub fn put(path: &str, held: Held) -> Operation {
    Operation::Put {
        path: path.to_owned(),
        bytes: held.bytes,
        sha256: held.sha256,
    }
}

/// Looks: lists the scenario's folder, and reads every file that has to be there or was there.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn look(world: &mut World) -> Result<(), Stop> {
    let session = world.session()?;
    let own = world.batch()?.folder_of(session.scenario());
    let newest = world.scene()?.filing.newest();
    let folder = newest.map_or(own, |newest| newest.folder.clone());
    let list = Operation::List {
        path: folder.clone(),
    };
    let list = ask(&session, list, Login::Valid).await?;
    let filing = &world.scene()?.filing;
    let mut paths: Vec<String> = filing.writes.iter().map(|w| w.path.clone()).collect();
    paths.sort();
    paths.dedup();
    let mut reads = Vec::new();
    for path in paths {
        let read = ask(
            &session,
            Operation::Get { path: path.clone() },
            Login::Valid,
        )
        .await?;
        reads.push((path, read));
    }
    world.scene()?.filing.rounds.push(Round {
        folder,
        list,
        reads,
    });
    Ok(())
}

/// One question to the location.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn ask(
    session: &Session,
    operation: Operation,
    login: Login,
) -> Result<ExchangeRef, Stop> {
    Ok(session
        .store(Purpose::Observation, (operation, None), login)
        .await?)
}

/// Whether an operation was carried out.
pub fn is_done(session: &Session, which: ExchangeRef) -> bool {
    let exchange = session.exchange(which);
    let storage = exchange.as_ref().and_then(|exchange| exchange.storage());
    storage.is_some_and(|storage| match storage.result {
        StorageResult::Done | StorageResult::Content { .. } | StorageResult::Entries { .. } => true,
        StorageResult::Refused { .. } | StorageResult::Failure { .. } => false,
    })
}
