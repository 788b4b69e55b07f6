//! Judges what became of all the files of a scenario: what was written, read, listed, deleted and tried at a location.

use crate::judge::{earlier, location};
use crate::model::digest::Digest;
use crate::model::finding::{Blame, Finding};
use crate::model::outcome::Strength;
use crate::model::record::{Entry, ExchangeRef, StorageExchange};

/// What files of somebody with wrong credentials are named with.
pub const INTRUDER: &str = "intruder-";

/// One operation, and the exchange that shows it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What shows it.
    pub exchange: ExchangeRef,
    /// What was done and what came of it.
    pub storage: &'a StorageExchange,
}

impl<'a> Seen<'a> {
    fn by<T>(
        self,
        judge: impl FnOnce(&'a StorageExchange) -> Result<T, Finding>,
    ) -> Result<T, Finding> {
        judge(self.storage).map_err(|finding| finding.shown_by(self.exchange))
    }
}

/// One write.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Whether it is of a manifest and no data.
    pub manifest: bool,
    /// Whether files were written once more after it.
    pub earlier: bool,
    /// Its operation.
    pub seen: Seen<'a>,
}

/// A file that has to be there.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Its path.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: u64,
    /// Of its content.
    pub sha256: Digest,
    /// The newest reading of it.
    pub read: Seen<'a>,
}

/// A file that was deleted.
#[derive(Debug, Clone, Copy)]
pub struct Deleted<'a> {
    /// Its path.
    pub path: &'a str,
    /// The deletion.
    pub done: Seen<'a>,
    /// The newest reading of it.
    pub read: Seen<'a>,
}

/// The newest list of a folder.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// The folder.
    pub folder: &'a str,
    /// Its list.
    pub seen: Seen<'a>,
}

/// The location was reached with the given credentials: it let itself be looked at, or `first` be written to; `ended` says
/// when the signature among them ended, if it did.
///
/// # Errors
/// As [`location::let_in`].
pub fn reached(
    opened: Seen<'_>,
    first: Option<Seen<'_>>,
    ended: Option<&str>,
) -> Result<Strength, Finding> {
    let forbidden = location::is_forbidden(&opened.storage.result) && first.is_some();
    // a folder comes with its first file
    let made = location::is_missing(&opened.storage.result)
        && first.is_some_and(|first| first.storage.wrote());
    if forbidden || made {
        return Ok(Strength::StatusOnly);
    }
    opened.by(|seen| location::let_in(seen, ended))?;
    Ok(Strength::Observed)
}

/// Every file of the last time was taken. Where one of an earlier time was not, what became of this one shows nothing.
///
/// # Errors
/// Against whoever must act; against the surroundings where an earlier write failed.
pub fn written(writes: &[Written<'_>]) -> Result<(), Finding> {
    let mut data = writes.iter().filter(|write| !write.manifest);
    data.try_for_each(|write| {
        let done = write.seen.by(location::carried_out);
        match write.earlier {
            true => done.map_err(earlier::unwritten),
            false => done,
        }
    })
}

/// Every manifest was taken.
///
/// # Errors
/// Against whoever must act.
pub fn manifests_written(writes: &[Written<'_>]) -> Result<(), Finding> {
    let mut manifests = writes.iter().filter(|write| write.manifest);
    manifests.try_for_each(|write| write.seen.by(location::carried_out))
}

/// Whether it is for the destination that a file was not taken, which is another requirement than that it is kept.
pub fn is_not_taken(finding: &Finding) -> bool {
    finding.blame == Blame::Destination
}

/// Every session that was opened at once could write, where one alone could.
///
/// # Errors
/// Against the destination where it refused or ended one; else against whoever must act.
pub fn sessions_borne(writes: &[Written<'_>], wanted: usize) -> Result<Strength, Finding> {
    let (mut borne, mut said, mut unclear) = (0, None, None);
    for write in writes.iter().filter(|write| !write.manifest) {
        let result = &write.seen.storage.result;
        match (write.earlier, write.seen.by(location::carried_out)) {
            (true, done) => done.map_err(earlier::unwritten)?,
            (false, Ok(())) => borne += 1,
            (false, Err(finding)) => match location::is_of_sessions(result) {
                true => said = Some((result.summary(), write.seen.exchange)),
                false => unclear = Some(finding),
            },
        }
    }
    let too_few = |(text, which)| {
        let finding = location::codes::too_few_sessions(wanted, borne, text);
        finding.shown_by(which)
    };
    match said.map(too_few).or(unclear) {
        Some(finding) => Err(finding),
        None => Ok(Strength::Differential),
    }
}

/// These files are there, byte for byte, and listed. What may not be read or listed shows nothing, and a file that is
/// gone is no loss where files are `collected`.
///
/// # Errors
/// Against the destination; against whoever must act where nothing can be seen.
pub fn held(files: &[File<'_>], list: Listed<'_>, collected: bool) -> Result<Strength, Finding> {
    let mut strength = Strength::StatusOnly;
    for file in files {
        if collected && file.read.storage.result.is_absent() {
            continue;
        }
        let content = (file.bytes, file.sha256);
        if file
            .read
            .by(|read| location::holds(file.path, content, read))?
        {
            strength = Strength::Observed;
        }
        let within = file.path.strip_prefix(list.folder);
        if within.is_some_and(|rest| rest.starts_with('/'))
            && list
                .seen
                .by(|list| location::listed(file.path, file.bytes, list))?
        {
            strength = strength.max(Strength::Differential);
        }
    }
    Ok(strength)
}

/// The bucket, container, file system or folder is there, whatever else is refused.
///
/// # Errors
/// As [`location::is_there`].
pub fn there<'a>(mut all: impl Iterator<Item = Seen<'a>>) -> Result<Strength, Finding> {
    all.try_for_each(|seen| seen.by(location::is_there))?;
    Ok(Strength::Differential)
}

/// Nothing that was asked for was forbidden.
///
/// # Errors
/// Against the destination.
pub fn permitted<'a>(all: impl Iterator<Item = Seen<'a>>) -> Result<Strength, Finding> {
    let mut forbidden = all.filter(|seen| location::is_forbidden(&seen.storage.result));
    forbidden.try_for_each(|seen| seen.by(location::carried_out))?;
    Ok(Strength::Observed)
}

/// Each of these was carried out.
///
/// # Errors
/// As [`location::carried_out`].
pub fn readable<'a>(mut looks: impl Iterator<Item = Seen<'a>>) -> Result<Strength, Finding> {
    looks.try_for_each(|seen| seen.by(location::carried_out))?;
    Ok(Strength::Observed)
}

/// Nothing else is in the folder than what was written to `paths`, is a receipt, or may be a platform's, where one
/// `ingests`; nothing is known where it may not be listed.
///
/// # Errors
/// Against the destination.
pub fn nothing_else(
    list: Listed<'_>,
    paths: &[&str],
    is_receipt: impl Fn(&str) -> bool,
    ingests: bool,
) -> Result<Option<Strength>, Finding> {
    let Some(entries) = list.seen.by(location::entries)? else {
        return Ok(None);
    };
    let is_known = |entry: &Entry| {
        let path = entry.path.trim_end_matches('/');
        // a folder of its own may be an entry of no bytes
        let folder = entry.bytes == 0 && paths.iter().any(|file| file.starts_with(path));
        folder
            || paths.contains(&entry.path.as_str())
            || is_receipt(&entry.path)
            || location::may_be_of_platform(path, paths.iter().copied(), ingests)
    };
    match entries.iter().find(|entry| !is_known(entry)) {
        Some(entry) => Err(location::codes::unsent(&entry.path).shown_by(list.seen.exchange)),
        None => Ok(Some(Strength::Observed)),
    }
}

/// Every file that was deleted is gone.
///
/// # Errors
/// As [`location::gone`], and where a deletion was not carried out.
pub fn gone(deleted: &[Deleted<'_>], list: Listed<'_>) -> Result<Strength, Finding> {
    let mut strength = Strength::StatusOnly;
    for file in deleted {
        file.done.by(location::carried_out)?;
        let list = list.seen.storage;
        if file.read.by(|read| location::gone(file.path, read, list))? {
            strength = Strength::Observed;
        }
    }
    Ok(strength)
}

/// Whoever came without the right credentials was refused, and left nothing beside what was written to `paths`; nothing
/// is known where nothing could be sent with such credentials.
///
/// # Errors
/// Against the destination; against the surroundings where nothing was answered.
pub fn strangers_refused(
    tries: &[Seen<'_>],
    list: Listed<'_>,
    paths: &[&str],
) -> Result<Option<Strength>, Finding> {
    for tried in tries {
        tried.by(location::turned_away)?;
    }
    let mut all = tries.iter();
    if all.all(|tried| location::is_unsendable(tried.storage)) {
        return Ok(None);
    }
    let entries = location::entries(list.seen.storage).ok().flatten();
    let named = |entry: &&Entry| entry.path.contains(&format!("/{INTRUDER}"));
    let left = entries.unwrap_or_default().iter().find(named);
    match left.filter(|entry| !paths.contains(&entry.path.as_str())) {
        Some(entry) => {
            let finding = location::codes::stranger_stored(&entry.path);
            Err(finding.shown_by(list.seen.exchange))
        }
        None => Ok(Some(Strength::Differential)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::model::record::{Operation, StorageResult};

    const HERE: ExchangeRef = ExchangeRef {
        lane: 0,
        ordinal: 7,
    };

    fn refused(code: &str) -> StorageExchange {
        came(StorageResult::Refused {
            code: code.to_owned(),
            text: String::from("why"),
        })
    }

    fn listing(paths: &[&str]) -> StorageExchange {
        let entry = |path: &&str| Entry {
            path: (*path).to_owned(),
            bytes: 1,
        };
        came(StorageResult::Entries {
            entries: paths.iter().map(entry).collect(),
        })
    }

    fn came(result: StorageResult) -> StorageExchange {
        StorageExchange {
            operation: Operation::Get {
                path: String::from("in/a.csv"),
            },
            login: None,
            result,
            unsent: false,
        }
    }

    fn seen(storage: &StorageExchange) -> Seen<'_> {
        Seen {
            exchange: HERE,
            storage,
        }
    }

    fn listed(storage: &StorageExchange) -> Listed<'_> {
        Listed {
            folder: "in",
            seen: seen(storage),
        }
    }

    fn write(storage: &StorageExchange, earlier: bool) -> Written<'_> {
        Written {
            manifest: false,
            earlier,
            seen: seen(storage),
        }
    }

    fn code<T: std::fmt::Debug>(judged: Result<T, Finding>) -> String {
        let finding = judged.unwrap_err();
        assert_eq!(finding.exchange, Some(HERE));
        finding.reason.code.to_string()
    }

    #[test]
    fn a_write_that_failed_is_blamed_by_whether_another_came_after_it() {
        let (done, full) = (came(StorageResult::Done), refused("QuotaExceeded"));
        assert_eq!(written(&[write(&done, true), write(&done, false)]), Ok(()));
        let last = written(&[write(&done, true), write(&full, false)]);
        assert_eq!(code(last), "location.operation-refused");
        let first = written(&[write(&full, true), write(&done, false)]).unwrap_err();
        assert_eq!(first.reason.code, "earlier.file-not-written");
        assert_eq!(first.blame, Blame::Surroundings);
        let manifest = Written {
            manifest: true,
            ..write(&full, false)
        };
        assert_eq!(written(&[manifest]), Ok(()));
        assert_eq!(
            code(manifests_written(&[manifest])),
            "location.operation-refused"
        );
    }

    #[test]
    fn a_location_that_may_not_be_listed_is_reached_by_a_write() {
        let (denied, missing) = (refused("AccessDenied"), refused("NoSuchKey"));
        let (done, busy) = (came(StorageResult::Done), refused("SlowDown"));
        let judged =
            |opened, first: Option<&StorageExchange>| reached(seen(opened), first.map(seen), None);
        assert_eq!(judged(&done, None), Ok(Strength::Observed));
        assert_eq!(judged(&denied, Some(&busy)), Ok(Strength::StatusOnly));
        assert_eq!(code(judged(&denied, None)), "location.not-permitted");
        assert!(judged(&missing, Some(&busy)).is_err());
    }

    #[test]
    fn too_few_sessions_are_told_before_what_is_unclear() {
        let (done, many) = (came(StorageResult::Done), refused("SSH_TOO_MANY_SESSIONS"));
        let busy = refused("SlowDown");
        let judged = |all: &[&StorageExchange]| {
            let writes: Vec<_> = all.iter().map(|one| write(one, false)).collect();
            sessions_borne(&writes, 3)
        };
        assert_eq!(judged(&[&done, &done]), Ok(Strength::Differential));
        assert_eq!(
            code(judged(&[&many, &done, &busy])),
            "location.too-few-sessions"
        );
        assert_eq!(code(judged(&[&done, &busy])), "location.busy");
    }

    #[test]
    fn a_file_is_held_where_it_is_read_and_listed_where_its_folder_is() {
        let sha256 = Digest::hash("a");
        let read = came(StorageResult::Content { bytes: 1, sha256 });
        let judged = |read, list, collected| {
            let file = File {
                path: "in/a.csv",
                bytes: 1,
                sha256,
                read: seen(read),
            };
            held(&[file], listed(list), collected)
        };
        let (whole, empty) = (listing(&["in/a.csv"]), listing(&[]));
        let (denied, missing) = (refused("AccessDenied"), refused("NoSuchKey"));
        assert_eq!(judged(&read, &whole, false), Ok(Strength::Observed));
        assert_eq!(judged(&denied, &whole, false), Ok(Strength::Differential));
        assert_eq!(judged(&denied, &denied, false), Ok(Strength::StatusOnly));
        assert_eq!(code(judged(&read, &empty, false)), "location.not-listed");
        assert_eq!(
            code(judged(&missing, &whole, false)),
            "location.file-missing"
        );
        assert_eq!(judged(&missing, &whole, true), Ok(Strength::StatusOnly));
    }

    #[test]
    fn what_nobody_wrote_is_found_in_a_list() {
        let judged = |path, ingests| {
            let list = listing(&["in/a.csv", path]);
            let is_receipt = |path: &str| path == "in/receipt";
            nothing_else(listed(&list), &["in/a.csv"], is_receipt, ingests)
        };
        for known in ["in/receipt", "in/_SUCCESS"] {
            assert_eq!(
                judged(known, false),
                Ok(Some(Strength::Observed)),
                "{known}"
            );
        }
        assert_eq!(code(judged("in/b.csv", true)), "location.unsent");
        assert_eq!(code(judged("in/a.csv.done", false)), "location.unsent");
        assert!(judged("in/a.csv.done", true).is_ok());
        let denied = refused("AccessDenied");
        assert_eq!(
            nothing_else(listed(&denied), &[], |_| false, false),
            Ok(None)
        );
    }

    #[test]
    fn whoever_is_refused_leaves_nothing() {
        let (denied, done) = (refused("403"), came(StorageResult::Done));
        let judged = |tried, list| strangers_refused(&[seen(tried)], listed(list), &["in/a.csv"]);
        let (clean, left) = (listing(&["in/a.csv"]), listing(&["in/intruder-1.csv"]));
        assert_eq!(judged(&denied, &clean), Ok(Some(Strength::Differential)));
        assert_eq!(code(judged(&denied, &left)), "location.stranger-stored");
        assert_eq!(code(judged(&done, &clean)), "location.stranger-let-in");
        assert_eq!(strangers_refused(&[], listed(&clean), &[]), Ok(None));
    }
}
