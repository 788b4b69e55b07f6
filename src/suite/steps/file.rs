//! Files: exports written to a location as Experience Platform writes them. What was written is looked at right afterwards.

use std::sync::Arc;

use futures::future::join_all;
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::encode::file::name::LONGEST_NAME;
use crate::encode::file::write::suffix;
use crate::judge::filed::INTRUDER;
use crate::model::record::{ExchangeRef, Operation, Purpose};
use crate::model::submission::Ingestion;
use crate::suite::aside::{MANY, aside};
use crate::suite::cells::Telling;
use crate::suite::export::{Exported, File, export};
use crate::suite::filing::Held;
use crate::suite::parameter::{Again, Cells, Export, Fate, Foldering, Naming, Stranger};
use crate::suite::steps::ingestion;
use crate::suite::stop::{Args, Stop};
use crate::suite::subject::sessions;
use crate::suite::world::World;
use crate::suite::writing::{ask, is_done, look, put, wait_a_second, write};
use crate::suite::{broken, cells, omission};
use crate::wire::{Content, Login};

/// Profiles of an export that is about something else.
const FEW: u64 = 12;

/// What is exported.
pub async fn of(world: &mut World, args: &Args) -> Result<(), Stop> {
    let export = args.get::<Export>(0)?;
    let plan = &mut world.scene()?.filing.plan;
    plan.rows = FEW;
    plan.audiences = Some(1);
    match export {
        Export::OneAudience => {}
        Export::EveryAudience => plan.audiences = None,
        Export::Nobody => plan.rows = 0,
        Export::ThreeFiles => plan.split = Some(FEW / 2 - 1),
        Export::Many => plan.rows = 1_200,
        Export::DayBefore => plan.day = -1,
        Export::Dated => plan.telling = Some(Telling::Dates),
        Export::Timed => plan.telling = Some(Telling::Times),
        Export::Numbered => plan.telling = Some(Telling::Numbers),
        Export::Manifest => plan.manifest = true,
    }
    Ok(())
}

/// Profiles whose attributes are of one class.
pub async fn of_profiles(world: &mut World, args: &Args) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let cells = args.get::<Cells>(0)?;
    let profiles = cells::profiles(&batch, cells, &mut session.rng("cells"));
    world.scene()?.filing.plan.profiles = Some(profiles);
    Ok(())
}

/// The files of another export.
pub async fn export_written(world: &mut World, args: &Args) -> Result<(), Stop> {
    of(world, args).await?;
    // beside the files that are there: none of them is replaced
    world.scene()?.filing.plan.beside = Some("second".to_owned());
    written(world, args).await
}

/// A file of so many mebibytes that nothing compresses.
pub async fn bulk_written(world: &mut World, args: &Args) -> Result<(), Stop> {
    let mebibytes = args.get::<u64>(0)?;
    world.scene()?.filing.plan.bulk = Some(mebibytes << 20);
    written(world, args).await
}

/// The files once more, under another name.
pub async fn written_under_name(world: &mut World, args: &Args) -> Result<(), Stop> {
    let suffix = suffix(world.batch()?.exporter.options());
    let name = match args.get::<Naming>(0)? {
        Naming::Blanks => "VIP subscriber  twice".to_owned(),
        Naming::Accents => "Zażółć gęślą jaźń 日本 😀".to_owned(),
        Naming::Escapes => "100%25 a+b & c=d#e".to_owned(),
        Naming::Cases => "Aa".to_owned(),
        Naming::OtherCases => "aA".to_owned(),
        Naming::Longest => "n".repeat(LONGEST_NAME - suffix.len()),
    };
    let plan = &mut world.scene()?.filing.plan;
    // of two files of one name each would be taken for the other
    plan.seed += 1;
    plan.stem = Some(name);
    plan.beside = Some("named".to_owned());
    written(world, args).await
}

/// The files once more, in another folder.
pub async fn written_in_folder(world: &mut World, args: &Args) -> Result<(), Stop> {
    let folder = match args.get::<Foldering>(0)? {
        Foldering::Nested => "a/b/c",
        Foldering::Blanks => "VIP subscriber",
        Foldering::Accents => "Größe é",
    };
    world.scene()?.filing.plan.folder = Some(folder.to_owned());
    written(world, args).await
}

/// The location is looked at.
pub async fn opened(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let location = batch.place();
    let seen = ask(&session, Operation::Connect { location }, Login::Valid).await?;
    world.scene()?.filing.opened = Some(seen);
    Ok(())
}

/// Every file, one after another.
pub async fn written(world: &mut World, _: &Args) -> Result<(), Stop> {
    let exported = make(world).await?;
    write(world, &exported.files).await?;
    world.scene()?.filing.exports.push(exported);
    look(world).await
}

/// A file for each session that the server has to bear, all at once, each in a lane of its own.
pub async fn written_at_once(world: &mut World, _: &Args) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let folder = batch.folder_of(session.scenario());
    let files: Vec<(String, Content)> = (1..=sessions(&batch.destination))
        .map(|number| {
            let content = Content::from(format!("a,b\n{number},2\n").as_bytes());
            (format!("{folder}/{number}.csv"), content)
        })
        .collect();
    let writes = (1..).zip(&files).map(|(lane, (path, content))| {
        let lane = session.lane(lane);
        async move {
            let operation = put(path, Held::of(content));
            lane.store(Purpose::Delivery, (operation, Some(content)), Login::Valid)
                .await
        }
    });
    world.scene()?.filing.times += 1;
    let written: Result<Vec<ExchangeRef>, _> = join_all(writes).await.into_iter().collect();
    for ((path, content), which) in files.iter().zip(written?) {
        let done = is_done(&session, which);
        let filing = &mut world.scene()?.filing;
        filing.wrote(path, which, false);
        if done {
            filing.expected.insert(path.clone(), Held::of(content));
        }
    }
    look(world).await
}

/// The same names once more.
pub async fn written_again(world: &mut World, args: &Args) -> Result<(), Stop> {
    let again = args.get::<Again>(0)?;
    let plan = &mut world.scene()?.filing.plan;
    match again {
        Again::Broken => return broken_off(world).await,
        Again::Unchanged => {}
        Again::Emptied => (plan.rows, plan.profiles) = (0, None),
        Again::Altered => return altered(world).await,
        Again::Restored => (plan.rows, plan.seed, plan.profiles) = (FEW, 0, None),
        Again::NextDay => (plan.day, plan.seed) = (plan.day + 1, plan.seed + 1),
        Again::Longer => (plan.rows, plan.seed) = (plan.rows * 3, plan.seed + 1),
        Again::Shorter => (plan.rows, plan.seed) = (plan.rows / 4, plan.seed + 1),
    }
    written(world, args).await
}

/// The same files with other texts of the same length.
async fn altered(world: &mut World) -> Result<(), Stop> {
    let batch = world.batch()?;
    let seed = seed(world)?;
    let rows = world.scene()?.filing.plan.rows;
    let plain = cells::plain(&batch, rows, &mut ChaCha20Rng::seed_from_u64(seed));
    let before = world.scene()?.filing.newest().cloned().unwrap_or_default();
    // what is compressed has the same length with some other signs only
    let shifts = (1..cells::LETTERS).chain([1]);
    for shift in shifts {
        world.scene()?.filing.plan.profiles = Some(cells::altered(&batch, &plain, shift));
        if lengths(&make(world).await?.files) == lengths(&before.files) {
            break;
        }
    }
    let names: Vec<&str> = before.files.iter().map(|f| f.path.as_str()).collect();
    wait_a_second(world, &names).await?;
    written(world, &Args::default()).await
}

/// The lengths of data files.
fn lengths(files: &[File]) -> Vec<u64> {
    let data = files.iter().filter(|file| !file.manifest);
    data.map(|file| file.content.bytes()).collect()
}

/// The same files, of which the second half is missing.
async fn broken_off(world: &mut World) -> Result<(), Stop> {
    let mut broken = broken(world).await?;
    broken.rows.clear();
    write(world, &broken.files).await?;
    world.scene()?.filing.exports.push(Arc::new(broken));
    look(world).await
}

async fn broken(world: &mut World) -> Result<Exported, Stop> {
    let mut broken = make(world).await?.as_ref().clone();
    for file in broken.files.iter_mut().filter(|file| !file.manifest) {
        file.content = file.content.half().await.map_err(broken::not_exported)?;
    }
    Ok(broken)
}

/// Beside the files another, whole at first, then without its second half: the platform is asked about it each time, and
/// it is deleted.
pub async fn broken_beside(world: &mut World, args: &Args) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let plan = &mut world.scene()?.filing.plan;
    let before = plan.clone();
    plan.stem = Some("broken".to_owned());
    plan.seed += 1;
    let mut whole = make(world).await?.as_ref().clone();
    let mut broken = broken(world).await?;
    world.scene()?.filing.plan = before;
    for export in [&mut whole, &mut broken] {
        // the manifest is that of the other files
        export.files.retain(|file| !file.manifest);
        write(world, &export.files).await?;
        let export = Arc::new(export.clone());
        world.scene()?.filing.exports.push(export);
        ingestion::asked(world, args).await?;
    }
    let filing = &mut world.scene()?.filing;
    let broken = filing.exports.pop().into_iter();
    let whole = filing.exports.pop();
    filing.withdrawn.extend(whole);
    let paths = broken;
    let paths: Vec<String> = paths
        .flat_map(|export| export.files.clone())
        .map(|file| file.path)
        .collect();
    let by_folder = batch.ingestion().is_some_and(Ingestion::is_by_folder);
    let mut stays = false;
    for path in &paths {
        let delete = Operation::Delete { path: path.clone() };
        let done = session.store(Purpose::Delivery, (delete, None), Login::Valid);
        match is_done(&session, done.await?) {
            true => drop(world.scene()?.filing.expected.remove(path)),
            false => stays = true,
        }
    }
    look(world).await?;
    let round = world.scene()?.filing.rounds.last();
    let mut reads = round.map_or(&[][..], |round| &round.reads).iter();
    stays |= reads.any(|(path, read)| paths.contains(path) && is_done(&session, *read));
    match stays && by_folder {
        true => Err(Stop::Omit(omission::broken_stays())),
        false => Ok(()),
    }
}

/// A file of another audience beside them.
pub async fn another_written(world: &mut World, args: &Args) -> Result<(), Stop> {
    let plan = &mut world.scene()?.filing.plan;
    plan.stem = Some("another".to_owned());
    plan.seed += 1;
    written(world, args).await
}

/// Every file that was written, one after another.
pub async fn ended(world: &mut World, args: &Args) -> Result<(), Stop> {
    match args.get::<Fate>(0)? {
        Fate::Deleted => deleted(world).await,
        Fate::Renamed => renamed(world).await,
    }
}

async fn deleted(world: &mut World) -> Result<(), Stop> {
    let session = world.session()?;
    let paths: Vec<String> = world.scene()?.filing.expected.keys().cloned().collect();
    for path in paths {
        let delete = Operation::Delete { path: path.clone() };
        let done = session.store(Purpose::Delivery, (delete, None), Login::Valid);
        let done = done.await?;
        let is_done = is_done(&session, done);
        let filing = &mut world.scene()?.filing;
        filing.deletions.push((path.clone(), done));
        if is_done {
            filing.expected.remove(&path);
        }
    }
    look(world).await
}

async fn renamed(world: &mut World) -> Result<(), Stop> {
    let session = world.session()?;
    world.scene()?.filing.times += 1;
    for (path, held) in world.scene()?.filing.expected.clone() {
        let to = format!("{path}.done");
        let rename = Operation::Rename {
            from: path.clone(),
            to: to.clone(),
        };
        let done = session.store(Purpose::Delivery, (rename, None), Login::Valid);
        let done = done.await?;
        let is_done = is_done(&session, done);
        let filing = &mut world.scene()?.filing;
        filing.wrote(&to, done, false);
        if is_done {
            filing.expected.remove(&path);
            filing.expected.insert(to, held);
        }
    }
    look(world).await
}

/// Somebody without the right credentials lists, reads what was written and writes beside it.
pub async fn tried(world: &mut World, args: &Args) -> Result<(), Stop> {
    let (batch, session) = (world.batch()?, world.session()?);
    let logins = match args.get::<Stranger>(0)? {
        Stranger::Nobody => vec![Login::Anonymous],
        Stranger::NearlyRight => {
            let misses = batch.near_misses().map_err(Stop::Omit)?;
            misses.into_iter().map(Login::Near).collect()
        }
    };
    let known = world.scene()?.filing.expected.keys().next().cloned();
    let known = known.ok_or_else(|| Stop::Omit(omission::nothing_written()))?;
    let folder = batch.folder_of(session.scenario());
    let content = Content::from(b"a,b\n1,2\n".as_slice());
    let held = Held::of(&content);
    for (number, login) in (1..).zip(logins) {
        let path = format!("{folder}/{INTRUDER}{number}.csv");
        let list = Operation::List {
            path: folder.clone(),
        };
        let read = Operation::Get {
            path: known.clone(),
        };
        let write = put(&path, held);
        let delete = Operation::Delete {
            path: known.clone(),
        };
        let mut tries = vec![(list, None), (read, None), (write, Some(&content))];
        // the others might be let in for once, and every try counts against an account
        if login == Login::Anonymous {
            tries.push((delete, None));
        }
        for (operation, content) in tries {
            let tried = session.store(Purpose::Delivery, (operation, content), login);
            let tried = tried.await?;
            world.scene()?.filing.tries.push((login, tried));
        }
    }
    look(world).await
}

async fn make(world: &mut World) -> Result<Arc<Exported>, Stop> {
    world.may_deliver()?;
    let (batch, session) = (world.batch()?, world.session()?);
    let mut plan = world.scene()?.filing.plan.clone();
    plan.seed = seed(world)?;
    let long = session.is_live() && (plan.rows >= MANY as u64 || plan.bulk.is_some());
    let made = aside(long, move || match plan.bulk {
        Some(bytes) => Ok(bulk(&session, batch.folder_of(session.scenario()), bytes)),
        None => export(&batch, session.scenario(), &plan),
    });
    Ok(Arc::new(made.await?))
}

/// What the profiles of the next export are made of.
fn seed(world: &mut World) -> Result<u64, Stop> {
    let session = world.session()?;
    let own = u64::from(session.rng("export").next_u32());
    Ok(world.scene()?.filing.plan.seed + own)
}

fn bulk(session: &crate::wire::Session, folder: String, bytes: u64) -> Exported {
    let file = File {
        path: format!("{folder}/large.csv"),
        content: Content::drawn(session.rng("bulk"), bytes),
        manifest: false,
    };
    Exported {
        base: folder.clone(),
        folder,
        files: vec![file],
        ..Exported::default()
    }
}
