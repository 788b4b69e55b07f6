//! Writes files to a location and looks at what became of them.

use crate::model::record::{ExchangeRef, Operation, Purpose, StorageResult};
use crate::suite::export::File;
use crate::suite::filing::{Held, Round};
use crate::suite::stop::Stop;
use crate::suite::world::World;
use crate::wire::{Login, Session};

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
    let folder = newest.map_or(own, |newest| newest.base.clone());
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
