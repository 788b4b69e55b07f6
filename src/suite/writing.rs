//! Writes files to a location and looks at what became of them, as long as the submission gives it time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::location::Location;
use crate::model::record::{Entry, ExchangeRef, Operation, Purpose, StorageResult};
use crate::suite::export::File;
use crate::suite::filing::{Held, Round};
use crate::suite::stop::Stop;
use crate::suite::waits::Waits;
use crate::suite::world::World;
use crate::wire::{Login, Session};

/// Writes files one after another.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn write(world: &mut World, files: &[File]) -> Result<(), Stop> {
    let session = world.session()?;
    world.scene()?.filing.times += 1;
    let slow = matches!(world.batch()?.location(), Location::GoogleCloud { .. });
    for file in files {
        if slow {
            wait_a_second(world, &[&file.path]).await?;
        }
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

/// A second, and two ticks of a clock by which file systems date.
const SECOND_MS: u64 = 1_020;

/// Waits until a second has gone since the last write of any of these names: Experience Platform never writes one twice in a second.
/// Google Cloud refuses it, and platforms that go by clocks of whole seconds do not see it.
///
/// # Errors
/// Only where no scenario is under way.
pub async fn wait_a_second(world: &mut World, paths: &[&str]) -> Result<(), Stop> {
    let mut longest = Duration::ZERO;
    for path in paths {
        longest = longest.max(left_since(world, path)?);
    }
    world.session()?.pause(longest).await;
    Ok(())
}

fn left_since(world: &mut World, path: &str) -> Result<Duration, Stop> {
    let session = world.session()?;
    let writes = world.scene()?.filing.writes.iter();
    let of_name = writes.filter(|write| write.path == path && is_done(&session, write.exchange));
    let last = of_name
        .filter_map(|write| session.exchange(write.exchange))
        .map(|exchange| exchange.at_ms.saturating_add(exchange.duration_us / 1_000))
        .max();
    Ok(last.map_or(Duration::ZERO, |last| {
        left_of_second(last, session.now_ms())
    }))
}

fn left_of_second(written_ms: u64, now_ms: u64) -> Duration {
    let since = now_ms.saturating_sub(written_ms);
    Duration::from_millis(SECOND_MS.saturating_sub(since))
}

/// The operation that writes what a file has to hold.
pub fn put(path: &str, held: Held) -> Operation {
    Operation::Put {
        path: path.to_owned(),
        bytes: held.bytes,
        sha256: held.sha256,
    }
}

/// Looks until what was done shows, or its time is over.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn look(world: &mut World) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let within = match batch.destination.reach.collected {
        // whether it is gone or not there yet cannot be told apart
        true => Duration::ZERO,
        false => batch.destination.observe.within,
    };
    let mut waits = Waits::new(within, Duration::MAX);
    loop {
        let round = glance(world).await?;
        let shows = shows(&session, &round, &world.scene()?.filing.expected);
        if shows || !waits.again(&session).await {
            world.scene()?.filing.rounds.push(round);
            return Ok(());
        }
    }
}

/// Whether another look could show nothing new: what has to be there is, whole and listed, and nothing else that was.
fn shows(session: &Session, round: &Round, expected: &BTreeMap<String, Held>) -> bool {
    let result = |which: ExchangeRef| {
        let exchange = session.exchange(which)?;
        Some(exchange.storage()?.result.clone())
    };
    let read = |(path, which): &(String, ExchangeRef)| match (result(*which), expected.get(path)) {
        (Some(StorageResult::Content { sha256, .. }), held) => {
            held.is_some_and(|held| held.sha256 == sha256)
        }
        (Some(other), held) => held.is_none() || !other.is_absent(),
        (None, _) => true,
    };
    let listed = |entries: &[Entry]| {
        let own = format!("{}/", round.folder);
        let wanted = expected.iter().filter(|(path, _)| path.starts_with(&own));
        wanted.into_iter().all(|(path, held)| {
            let mut same = entries.iter().filter(|entry| entry.path == *path);
            same.any(|entry| entry.bytes == held.bytes)
        }) && round.reads.iter().all(|(path, _)| {
            expected.contains_key(path) || entries.iter().all(|entry| entry.path != *path)
        })
    };
    let list = match result(round.list) {
        Some(StorageResult::Entries { entries }) => listed(&entries),
        Some(other) => !other.is_absent() || expected.is_empty(),
        None => true,
    };
    list && round.reads.iter().all(read)
}

/// Lists the scenario's folder, and reads every file that has to be there or was there.
async fn glance(world: &mut World) -> Result<Round, Stop> {
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
    Ok(Round {
        folder,
        list,
        reads,
    })
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
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. } => true,
        StorageResult::Refused { .. } | StorageResult::Failure { .. } => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_second_is_waited_for() {
        let left = |written, now| left_of_second(written, now).as_millis();
        assert_eq!([left(500, 500), left(500, 1_500)], [1_020, 20]);
        assert_eq!([left(500, 1_520), left(500, 9_000)], [0, 0]);
    }
}
