//! Judges what a storage location did with the files of Experience Platform.

use crate::judge::connection::{encrypted, tls};
use crate::judge::refusing::{
    BUSY, ELSEWHERE, FORBIDDEN, KEPT_OUT, MISSING, REGION, STRANGER, is_of,
};
use crate::model::digest::Digest;
use crate::model::finding::Finding;
use crate::model::record::{
    Connection, Entry, Failure, FailureKind, StorageExchange, StorageResult,
};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// Nothing listens where the location is.
        surroundings(network) "location.refused" refused(failure) {
            expected: "a connection to the location",
            received: "{failure}",
            remedy: "correct host and port in the configuration or in [destination.location], and open the way to it",
        }
        /// The host name of the location does not resolve.
        surroundings(network) "location.name-unresolved" name_unresolved(failure) {
            expected: "a connection to the location",
            received: "{failure}",
            remedy: "correct the host of the location, or see the name server",
        }
        /// The location gave no answer within the time limit.
        surroundings(network) "location.timed-out" timed_out(failure) {
            expected: "an answer of the location",
            received: "{failure}",
            remedy: "open the way to the location, or raise `time_limit_seconds` in [destination.limits]",
        }
        /// The location's certificate or its TLS is not accepted.
        destination "location.tls-failed" tls_failed(failure) {
            expected: "TLS 1.2 or newer with a valid certificate",
            received: "{failure}",
            remedy: "use a certificate that is valid for the host name, or name a private authority with `ca_file`",
        }
        /// No client can be made with the credentials or the address that were given.
        surroundings(configuration) "location.unusable" unusable(failure) {
            expected: "credentials and an address that can be used",
            received: "{failure}",
            remedy: "correct [destination.credentials] and [destination.location]",
        }
        /// The location broke off.
        surroundings(network) "location.failed" failed(failure) {
            expected: "an answer of the location",
            received: "{failure}",
            remedy: "see the log of the location; one that is reached over HTTPS has an endpoint with `https://`",
        }
        /// The location is busy, or out of order.
        surroundings "location.busy" busy(code, text) {
            expected: "an answer of the location to what was asked",
            received: "{code}: {text}",
            remedy: "run it again when the location is less busy, or see its log",
        }
        /// What came of the location could not be judged.
        surroundings "location.unclear" unclear(failure) {
            expected: "an answer of the location that can be judged",
            received: "{failure}",
            remedy: "see what it says, and the log of the location",
        }
        /// The credentials are not those of the location.
        surroundings(configuration) "location.credentials-refused" credentials_refused(code, text) {
            expected: "a location that lets the given credentials in",
            received: "{code}: {text}",
            remedy: "give the credentials of the location in [destination.credentials]",
        }
        /// The shared access signature has ended.
        surroundings(configuration) "location.signature-ended" signature_ended(end) {
            expected: "a shared access signature that has not ended",
            received: "one that ended on {end}",
            remedy: "give a new `sas_url`: Experience Platform shows one whose signature lasts seven days",
        }
        /// The server shows another host key than the one that was announced.
        destination "location.host-key" host_key(text) {
            expected: "the announced host key",
            received: "{text}",
            remedy: "announce the key that the server has: what `ssh-keyscan` prints goes into `host_key`",
        }
        /// Requests are signed for another region than that of the bucket.
        surroundings(configuration) "location.wrong-region" wrong_region(code, text) {
            expected: "a bucket of the region that is signed for",
            received: "{code}: {text}",
            remedy: "give the region of the bucket as `region` in [destination.location]",
        }
        /// The location keeps this machine out, by the rules of its network, or the credentials.
        surroundings "location.kept-out" kept_out(code, text) {
            expected: "a location that lets the given credentials in from this network",
            received: "{code}: {text}",
            remedy: "let the address of this machine in by the network rules of the storage account and of the signature; where there are none, give the credentials of the location in [destination.credentials]",
        }
        /// The clock of this machine is not that of the location.
        surroundings "location.clock-skew" clock_skew(code, text) {
            expected: "a clock that agrees with that of the location",
            received: "{code}: {text}",
            remedy: "set the clock of this machine",
        }
        /// The location does not bear the sessions at once that exports need.
        destination "location.too-few-sessions" too_few_sessions(wanted, borne, said) {
            expected: "{wanted} sessions at once",
            received: "{borne}: {said}",
            remedy: "allow as many sessions as audiences are exported at once, at least 30 percent of them",
        }
        /// The bucket, container, file system or root folder is not there.
        destination "location.missing" missing(code, text) {
            expected: "the configured location",
            received: "{code}: {text}",
            remedy: "make it, or correct its name in `customer_data` or in the server's JSON",
        }
        /// The credentials do not allow what Experience Platform does.
        destination "location.not-permitted" not_permitted(verb, code, text) {
            expected: "leave to {verb}",
            received: "{code}: {text}",
            remedy: "give the account of Experience Platform the permissions that Adobe lists for this kind of location",
        }
        /// The location refused an operation for a reason of its own.
        destination "location.operation-refused" operation_refused(verb, path, code, text) {
            expected: "that `{path}` can be {verb}",
            received: "{code}: {text}",
            remedy: "see the log of the location",
        }
        /// A file that was written is not there.
        destination "location.file-missing" file_missing(path) {
            expected: "`{path}`, which was written",
            received: "no such file",
            remedy: "keep every file under the name under which it was written",
        }
        /// A file does not hold what was written.
        destination "location.content-differs" content_differs(path, wanted, received) {
            expected: "`{path}` with the {wanted} bytes that were written",
            received: "{received} bytes, and another content",
            remedy: "store files byte for byte: no conversion of line ends or characters, and nothing cut off",
        }
        /// A list names another size than was written.
        destination "location.size-differs" size_differs(path, wanted, received) {
            expected: "`{path}` with {wanted} bytes in the list",
            received: "{received} bytes",
            remedy: "store files whole, and list what is stored",
        }
        /// A list does not name a file that can be read.
        destination "location.not-listed" not_listed(path) {
            expected: "`{path}` in the list of its folder",
            received: "a list without it",
            remedy: "list files under the name under which they were written",
        }
        /// A file that was deleted is still there.
        destination "location.not-deleted" not_deleted(path) {
            expected: "`{path}` gone, for it was deleted",
            received: "a file",
            remedy: "delete what Experience Platform deletes",
        }
        /// There is a file that nobody has written.
        destination "location.unsent" unsent(path) {
            expected: "nothing but the files that were written",
            received: "`{path}`",
            remedy: "keep every file under the name under which it was written, once",
        }
        /// Somebody with wrong credentials was let in.
        destination "location.stranger-let-in" stranger_let_in(login, verb) {
            expected: "that the location refuses credentials that are wrong: {login}",
            received: "they can {verb}",
            remedy: "compare the whole secret, and close the location to the public",
        }
        /// A file that somebody with wrong credentials wrote is there.
        destination "location.stranger-stored" stranger_stored(path) {
            expected: "nothing of those whose credentials were refused",
            received: "`{path}`",
            remedy: "store nothing of a request that is refused",
        }
    }
}

/// What was done, as it stands behind "leave to".
pub fn verb(exchange: &StorageExchange) -> &'static str {
    use crate::model::record::Operation;
    match exchange.operation {
        Operation::Connect { .. } | Operation::List { .. } => "list files",
        Operation::Put { .. } => "write files",
        Operation::Get { .. } | Operation::Receipt { .. } | Operation::Rejection { .. } => {
            "read files"
        }
        Operation::Delete { .. } => "delete files",
        Operation::Rename { .. } => "rename files",
    }
}

/// Whether somebody was told that something is not allowed, where the credentials themselves were accepted.
pub fn is_forbidden(result: &StorageResult) -> bool {
    is_of(result, &FORBIDDEN)
}

/// Whether what is configured is said not to be there.
pub fn is_missing(result: &StorageResult) -> bool {
    is_of(result, &MISSING)
}

/// The operation was carried out.
///
/// # Errors
/// Against whoever must act: the surroundings for address and credentials, the destination for the rest.
pub fn carried_out(exchange: &StorageExchange) -> Result<(), Finding> {
    let (code, text) = match &exchange.result {
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. } => {
            return Ok(());
        }
        StorageResult::Failure { failure } => return Err(unreached(failure)),
        StorageResult::Refused { code, text } => (code.as_str(), text.as_str()),
    };
    Err(if STRANGER.contains(&code) {
        codes::credentials_refused(code, text)
    } else if REGION.contains(&code) {
        codes::wrong_region(code, text)
    } else if KEPT_OUT.contains(&code) {
        codes::kept_out(code, text)
    } else if BUSY.contains(&code) {
        codes::busy(code, text)
    } else if code == "RequestTimeTooSkewed" {
        codes::clock_skew(code, text)
    } else if code == "SSH_HOST_KEY" {
        codes::host_key(text)
    } else if MISSING.contains(&code) {
        codes::missing(code, text)
    } else if FORBIDDEN.contains(&code) {
        codes::not_permitted(verb(exchange), code, text)
    } else {
        let path = match exchange.operation.path() {
            "" => "the location",
            path => path,
        };
        codes::operation_refused(exchange.operation.participle(), path, code, text)
    })
}

/// The location was reached and let the given credentials in; `ended` says when the signature among them ended, if it did.
///
/// # Errors
/// As [`carried_out`].
pub fn let_in(exchange: &StorageExchange, ended: Option<&str>) -> Result<(), Finding> {
    match ended {
        Some(end) if is_of(&exchange.result, &STRANGER) || is_of(&exchange.result, &KEPT_OUT) => {
            Err(codes::signature_ended(end))
        }
        Some(_) | None => carried_out(exchange),
    }
}

/// Its host can be talked to: name, connection, and TLS 1.2 or newer where it is encrypted.
///
/// # Errors
/// As [`carried_out`].
pub fn reached(connection: &Connection) -> Result<(), Finding> {
    match (&connection.failure, &connection.tls) {
        (Some(failure), _) => Err(unreached(failure)),
        (None, Some(_)) => encrypted(connection),
        (None, None) => Ok(()),
    }
}

fn unreached(failure: &Failure) -> Finding {
    let text = &failure.text;
    match failure.kind {
        FailureKind::Refused => codes::refused(text),
        FailureKind::Resolve => codes::name_unresolved(text),
        FailureKind::TimedOut | FailureKind::Silent => codes::timed_out(text),
        FailureKind::Tls => tls(text).unwrap_or_else(|| codes::tls_failed(text)),
        FailureKind::Unusable => codes::unusable(text),
        FailureKind::Broken | FailureKind::Reset | FailureKind::NoToken => codes::failed(text),
        FailureKind::Other => codes::unclear(text),
    }
}

/// Whether a server showed another host key than the announced one.
pub fn is_of_host_key(finding: &Finding) -> bool {
    finding.reason.code == codes::host_key("").reason.code
}

/// Whether a server was talked to, and refused the credentials or has not what is configured.
pub fn is_of_login(finding: &Finding) -> bool {
    let refused = codes::credentials_refused("", "").reason.code;
    finding.reason.code == refused || is_of_missing(finding)
}

/// Whether the configured location is said not to be there.
pub fn is_of_missing(finding: &Finding) -> bool {
    finding.reason.code == codes::missing("", "").reason.code
}

/// What is configured is there.
///
/// # Errors
/// Against the destination.
pub fn is_there(exchange: &StorageExchange) -> Result<(), Finding> {
    match is_missing(&exchange.result) {
        true => carried_out(exchange),
        false => Ok(()),
    }
}

/// What was read is what was written; whether it could be read at all.
///
/// # Errors
/// Against the destination.
pub fn holds(
    path: &str,
    (bytes, sha256): (u64, Digest),
    read: &StorageExchange,
) -> Result<bool, Finding> {
    match &read.result {
        StorageResult::Content {
            bytes: received,
            sha256: seen,
        } => match *seen == sha256 {
            true => Ok(true),
            false => Err(codes::content_differs(path, bytes, received)),
        },
        result if result.is_absent() => Err(codes::file_missing(path)),
        result if is_forbidden(result) => Ok(false),
        StorageResult::Done
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. }
        | StorageResult::Refused { .. }
        | StorageResult::Failure { .. } => carried_out(read).map(|()| false),
    }
}

/// A file that was deleted is not there; whether that could be seen at all.
///
/// # Errors
/// Against the destination where it is read, against whoever must act where nothing shows it.
pub fn gone(path: &str, read: &StorageExchange, list: &StorageExchange) -> Result<bool, Finding> {
    let is_listed = |entries: &[Entry]| entries.iter().any(|entry| entry.path == path);
    match &read.result {
        StorageResult::Content { .. } | StorageResult::Text { .. } => Err(codes::not_deleted(path)),
        result if result.is_absent() => Ok(true),
        result if is_forbidden(result) => Ok(false),
        // some servers have no other word for what is not there
        result if is_of(result, &["SSH_FX_FAILURE"]) => match entries(list) {
            Ok(Some(all)) if !is_listed(all) => Ok(true),
            Ok(_) | Err(_) => carried_out(read).map(|()| false),
        },
        StorageResult::Done
        | StorageResult::Entries { .. }
        | StorageResult::Refused { .. }
        | StorageResult::Failure { .. } => carried_out(read).map(|()| false),
    }
}

/// Whether one of many sessions came to nothing for there were so many, where one alone could do the same: it was refused,
/// or ended. One that was waited for in vain shows nothing.
pub fn is_of_sessions(result: &StorageResult) -> bool {
    match result {
        StorageResult::Refused { .. } => !is_of(result, &BUSY),
        StorageResult::Failure { failure } => match failure.kind {
            FailureKind::Refused
            | FailureKind::Reset
            | FailureKind::Broken
            | FailureKind::Other => true,
            FailureKind::Resolve
            | FailureKind::TimedOut
            | FailureKind::Silent
            | FailureKind::Tls
            | FailureKind::NoToken
            | FailureKind::Unusable => false,
        },
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. } => false,
    }
}

/// A list names a file with its size; nothing where it may not be listed.
///
/// # Errors
/// Against the destination.
pub fn listed(path: &str, bytes: u64, list: &StorageExchange) -> Result<bool, Finding> {
    let Some(entries) = entries(list)? else {
        return Ok(false);
    };
    match entries.iter().find(|entry| entry.path == path) {
        Some(entry) if entry.bytes == bytes => Ok(true),
        Some(entry) => Err(codes::size_differs(path, bytes, entry.bytes)),
        None => Err(codes::not_listed(path)),
    }
}

/// The files of a list; nothing where it may not be listed, none where there is no such folder.
///
/// # Errors
/// Against whoever must act.
pub fn entries(list: &StorageExchange) -> Result<Option<&[Entry]>, Finding> {
    match &list.result {
        StorageResult::Entries { entries } => Ok(Some(entries)),
        result if is_forbidden(result) => Ok(None),
        result if result.is_absent() => Ok(Some(&[])),
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Refused { .. }
        | StorageResult::Failure { .. } => carried_out(list).map(|()| None),
    }
}

/// Whether a file may be what a platform leaves that takes files in: a mark with a name of its own sort, such as
/// `_SUCCESS`; and, where one `ingests`, whatever has the whole name of a file in its own, such as `NAME.done` or
/// `processed/NAME`.
pub fn may_be_of_platform<'a>(
    path: &str,
    mut written: impl Iterator<Item = &'a str>,
    ingests: bool,
) -> bool {
    let is_mark = last_segment(path).starts_with(['_', '.']);
    is_mark || ingests && written.any(|file| path.contains(last_segment(file)))
}

fn last_segment(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether nothing could be sent with such credentials, for no client can be made of them.
pub fn is_unsendable(tried: &StorageExchange) -> bool {
    match &tried.result {
        StorageResult::Failure { failure } => failure.kind == FailureKind::Unusable,
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. }
        | StorageResult::Refused { .. } => false,
    }
}

/// Somebody with wrong credentials was refused.
///
/// # Errors
/// Against the destination; against the surroundings where nothing was answered.
pub fn turned_away(tried: &StorageExchange) -> Result<(), Finding> {
    match &tried.result {
        // whoever is sent elsewhere, or away for now, was not looked at
        result if is_of(result, &ELSEWHERE) || is_of(result, &BUSY) => carried_out(tried),
        StorageResult::Refused { .. } => Ok(()),
        StorageResult::Failure { failure } => match failure.kind {
            // a client that cannot be made with such credentials sends nothing
            FailureKind::Unusable => Ok(()),
            FailureKind::Other
            | FailureKind::Broken
            | FailureKind::Refused
            | FailureKind::Reset
            | FailureKind::Resolve
            | FailureKind::NoToken
            | FailureKind::TimedOut
            | FailureKind::Silent
            | FailureKind::Tls => Err(unreached(failure)),
        },
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. } => {
            let login = tried.login.as_deref().unwrap_or_default();
            Err(codes::stranger_let_in(login, verb(tried)))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;
    use crate::model::finding::Blame;
    use crate::model::record::Operation;

    #[test]
    fn what_a_platform_leaves_is_told_from_a_file_under_a_mangled_name() {
        let written = ["run/Big Spenders_1.csv"];
        let may_be = |path: &str, ingests| may_be_of_platform(path, written.into_iter(), ingests);
        for left in [
            "run/_SUCCESS",
            "run/Big Spenders_1.csv.done",
            "run/processed/Big Spenders_1.csv",
        ] {
            assert!(may_be(left, true), "{left}");
        }
        assert!(!may_be("run/Big Spenders_1.csv.done", false));
        for mangled in ["run/big spenders_1.csv", "run/Big+Spenders_1.csv", "run/x"] {
            assert!(!may_be(mangled, true), "{mangled}");
        }
    }

    fn refused(code: &str) -> StorageResult {
        StorageResult::Refused {
            code: code.to_owned(),
            text: "why".to_owned(),
        }
    }

    fn failed(kind: FailureKind) -> StorageResult {
        let text = "why".to_owned();
        StorageResult::Failure {
            failure: Failure { kind, text },
        }
    }

    fn read(result: StorageResult) -> StorageExchange {
        StorageExchange {
            operation: Operation::Get {
                path: "in/a.csv".to_owned(),
            },
            login: None,
            result,
            unsent: false,
        }
    }

    #[test]
    fn a_location_that_is_busy_has_neither_failed_nor_refused_anybody() {
        for code in ["503", "SlowDown", "ServerBusy"] {
            let busy = read(refused(code));
            for judged in [carried_out(&busy), turned_away(&busy)] {
                let finding = judged.unwrap_err();
                assert_eq!(finding.reason.code, "location.busy", "{code}");
                assert_eq!(finding.blame, Blame::Surroundings, "{code}");
            }
        }
        assert_eq!(turned_away(&read(refused("403"))), Ok(()));
    }

    #[test]
    fn only_what_can_be_read_was_not_deleted() {
        let list = |paths: &[&str]| {
            let entry = |path: &&str| Entry {
                path: (*path).to_owned(),
                bytes: 1,
            };
            let entries = paths.iter().map(entry).collect();
            read(StorageResult::Entries { entries })
        };
        let judged = |result, list| gone("in/a.csv", &read(result), &list);
        let code = |result, list| judged(result, list).unwrap_err().reason.code;
        let text = StorageResult::Text {
            text: String::new(),
        };
        assert_eq!(code(text, list(&[])), "location.not-deleted");
        assert_eq!(judged(refused("NoSuchKey"), list(&[])), Ok(true));
        assert_eq!(judged(refused("AccessDenied"), list(&[])), Ok(false));
        let (unlisted, listed) = (list(&["in/b.csv"]), list(&["in/a.csv"]));
        assert_eq!(judged(refused("SSH_FX_FAILURE"), unlisted), Ok(true));
        let unclear = code(refused("SSH_FX_FAILURE"), listed);
        assert_eq!(unclear, "location.operation-refused");
        let late = code(failed(FailureKind::TimedOut), list(&[]));
        assert_eq!(late, "location.timed-out");
    }

    #[test]
    fn sessions_are_too_many_where_they_are_refused_or_ended_and_not_where_nothing_is_heard() {
        for too_many in [
            refused("SSH_TOO_MANY_SESSIONS"),
            failed(FailureKind::Other),
            failed(FailureKind::Reset),
        ] {
            assert!(is_of_sessions(&too_many), "{too_many:?}");
        }
        for other in [
            StorageResult::Done,
            failed(FailureKind::TimedOut),
            failed(FailureKind::Resolve),
        ] {
            assert!(!is_of_sessions(&other), "{other:?}");
        }
    }
}
