//! Archives that were made to deceive or to harm whoever reads them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use destspec::publish::bundle::zip::{self, Entry, Method};
use destspec::review::check::Decision;
use destspec::review::container::{Container, ContainerFault, Limits};
use flate2::Crc;

use super::{LENIENT, failing, packed, reviewed, small};
#[cfg(target_os = "linux")]
use crate::support::program::{Ended, Folder};

/// An entry as it will be written, before and in the directory.
struct Written {
    name: &'static str,
    content: Vec<u8>,
    local: fn(&mut Vec<u8>),
    central: fn(&mut Vec<u8>),
}

fn plain(name: &'static str, content: &[u8]) -> Written {
    Written {
        name,
        content: content.to_vec(),
        local: |_| {},
        central: |_| {},
    }
}

/// An archive of stored entries, each header changed as it wants.
fn archive(entries: &[Written]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for written in entries {
        let mut crc = Crc::new();
        crc.update(&written.content);
        let size = u32::try_from(written.content.len()).unwrap();
        let entry = Entry {
            name: written.name.to_owned(),
            method: Method::Stored,
            crc: crc.sum(),
            packed: size,
            unpacked: size,
        };
        let at = u32::try_from(bytes.len()).unwrap();
        let (mut local, mut central) = (entry.local(), entry.central(at));
        (written.local)(&mut local);
        (written.central)(&mut central);
        bytes.extend(local);
        bytes.extend(&written.content);
        directory.extend(central);
    }
    let at = u32::try_from(bytes.len()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    bytes.extend(directory);
    bytes.extend(zip::end(entries.len(), size, at));
    bytes
}

fn fault(bytes: &[u8]) -> Option<ContainerFault> {
    let container = match Container::open(bytes, &Limits::MOST) {
        Ok(container) => container,
        Err(fault) => return Some(fault),
    };
    let names: Vec<String> = container.names().map(ToOwned::to_owned).collect();
    names.iter().find_map(|name| container.read(name).err())
}

#[test]
fn an_archive_of_plain_files_is_read_as_it_was_written() {
    let bytes = archive(&[plain("a/b", b"one"), plain("c", b"")]);
    assert_eq!(fault(&bytes), None);
    let files = BTreeMap::from([
        ("a".to_owned(), b"x".repeat(5000)),
        ("b".to_owned(), b"y".to_vec()),
    ]);
    let bytes = zip::write(&files).unwrap();
    let container = Container::open(&bytes, &Limits::MOST).unwrap();
    for (name, content) in &files {
        assert_eq!(container.read(name).as_ref(), Ok(content));
    }
}

#[test]
fn names_that_lead_astray_are_refused() {
    for name in [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "c:/x",
        "..\\x",
        "a\\b",
        "a/./b",
        "a//b",
        "a/",
        "R.json",
        ".hidden",
        "con",
        "aux.txt",
        "a.",
        "a\u{202e}b",
        "a\u{1b}[2j",
        "e\u{301}",
        "",
        "a\0b",
    ] {
        let found = fault(&archive(&[plain(name, b"x")])).unwrap();
        assert_eq!(found.check(), "A3", "{name:?}: {found}");
    }
    let twice = [plain("a", b"1"), plain("a", b"2")];
    let unsorted = [plain("b", b"1"), plain("a", b"2")];
    let folder = [plain("a", b"1"), plain("a/b", b"2")];
    for entries in [&twice, &unsorted, &folder] {
        assert_eq!(fault(&archive(entries)).unwrap().check(), "A3");
    }
}

#[test]
fn entries_that_are_no_plain_files_are_refused() {
    type Kind = (&'static str, fn(&mut Vec<u8>));
    let kinds: [Kind; 9] = [
        ("a symbolic link", |c| {
            c.splice(38..42, (0o120_777_u32 << 16).to_le_bytes());
        }),
        ("a folder", |c| {
            c.splice(38..42, (0o040_755_u32 << 16).to_le_bytes());
        }),
        ("an executable", |c| {
            c.splice(38..42, (0o100_755_u32 << 16).to_le_bytes());
        }),
        ("an encrypted file", |c| c[8] = 1),
        ("a data descriptor", |c| c[8] = 8),
        ("another compression", |c| c[10] = 12),
        ("an extra field", |c| c[30] = 4),
        ("a comment", |c| c[32] = 4),
        ("another date", |c| c[14] = 0x22),
    ];
    for (what, central) in kinds {
        let entry = Written {
            central,
            ..plain("a", b"x")
        };
        let found = fault(&archive(&[entry])).unwrap();
        assert_eq!(found.check(), "A2", "{what}: {found}");
    }
}

#[test]
fn a_header_that_differs_from_the_directory_is_refused() {
    let changes: [fn(&mut Vec<u8>); 5] = [
        |l| l[6] = 8,
        |l| l[8] = 8,
        |l| l[14] ^= 1,
        |l| l[22] ^= 1,
        |l| l[30] = b'b',
    ];
    for local in changes {
        let entry = Written {
            local,
            ..plain("a", b"x")
        };
        assert_eq!(fault(&archive(&[entry])).unwrap().check(), "A4");
    }
}

#[test]
fn bytes_that_no_entry_accounts_for_are_refused() {
    let good = archive(&[plain("a", b"x"), plain("b", b"y")]);
    let before = [b"MZ".as_slice(), &good].concat();
    let behind = [good.as_slice(), b"\n"].concat();
    let two = [good.as_slice(), &good].concat();
    let second_end = [good.as_slice(), &zip::end(0, 0, 0)].concat();
    for bytes in [before, behind, two, second_end, Vec::new(), b"PK".to_vec()] {
        let found = fault(&bytes).unwrap();
        assert!(["A2", "A5"].contains(&found.check()), "{found}");
    }
    let overlapping = {
        let mut second = plain("b", b"x");
        second.central = |c| {
            c.splice(42..46, 0_u32.to_le_bytes());
        };
        archive(&[plain("a", b"x"), second])
    };
    assert_eq!(fault(&overlapping).unwrap().check(), "A5");
    let gap = Written {
        local: |l| l.extend(b"gap"),
        ..plain("a", b"x")
    };
    assert_eq!(fault(&archive(&[gap])).unwrap().check(), "A5");
    for cut in 0..good.len() {
        assert!(fault(&good[..cut]).is_some(), "{cut} bytes");
    }
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let zeros = BTreeMap::from([("a".to_owned(), vec![0; 64 << 20])]);
    let found = fault(&zip::write(&zeros).unwrap()).unwrap();
    assert!(matches!(found, ContainerFault::Limit { .. }), "{found}");
    // announced as small, and large
    let mut bytes = zip::write(&BTreeMap::from([("a".to_owned(), vec![0; 1 << 20])])).unwrap();
    let announced = 100_u32.to_le_bytes();
    let directory = bytes.len() - 22 - 47;
    bytes.splice(22..26, announced);
    bytes.splice(directory + 24..directory + 28, announced);
    let found = fault(&bytes).unwrap();
    assert_eq!(found, ContainerFault::Content("a".to_owned()));
    let many: Vec<Written> = (0..20_001).map(|_| plain("a", b"")).collect();
    assert_eq!(fault(&archive(&many)).unwrap().check(), "A1");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_a_bundle_can_be_flipped() {
    let good = packed(small().await);
    let (mut at, began) = (0, Instant::now());
    // a step that shares no divisor with any length visits headers, contents and directory alike
    for round in 0..10_000_usize {
        if round > 400 && began.elapsed() > Duration::from_secs(20) {
            break;
        }
        at = (at + 7919 * 131) % good.len();
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (round % 8);
        let review = reviewed(&bytes, LENIENT).await;
        let refused = [Decision::Malformed, Decision::Forged, Decision::Refused];
        assert!(
            refused.contains(&review.decision),
            "byte {at}: {:?}",
            failing(&review)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_archive_at_all_is_malformed() {
    let large = vec![b'P'; 1 << 20];
    for bytes in [b"".as_slice(), b"{}", b"PK\x05\x06", &large] {
        let review = reviewed(bytes, LENIENT).await;
        assert_eq!(review.decision, Decision::Malformed);
        assert_eq!(review.decision.code(), 5);
    }
}

/// Archives of every kind of harm, each with a name.
#[cfg(target_os = "linux")]
fn harmful() -> Vec<(&'static str, Vec<u8>)> {
    let good = archive(&[plain("a", b"x"), plain("b", b"y")]);
    let central = |change: fn(&mut Vec<u8>)| {
        archive(&[Written {
            central: change,
            ..plain("a", b"x")
        }])
    };
    let local = |change: fn(&mut Vec<u8>)| {
        archive(&[Written {
            local: change,
            ..plain("a", b"x")
        }])
    };
    let zeros = BTreeMap::from([("a".to_owned(), vec![0; 200 << 20])]);
    let many: Vec<Written> = (0..60_000).map(|_| plain("a", b"")).collect();
    vec![
        ("a bomb", zip::write(&zeros).unwrap()),
        ("many files", archive(&many)),
        (
            "a name twice",
            archive(&[plain("a", b"1"), plain("a", b"2")]),
        ),
        ("a way out", archive(&[plain("../x", b"x")])),
        ("an absolute name", archive(&[plain("/etc/passwd", b"x")])),
        ("a drive", archive(&[plain("c:/x", b"x")])),
        ("a backslash", archive(&[plain("..\\x", b"x")])),
        ("a device", archive(&[plain("con", b"x")])),
        (
            "a file that is a folder",
            archive(&[plain("a", b"1"), plain("a/b", b"2")]),
        ),
        ("turned text", archive(&[plain("a\u{202e}b", b"x")])),
        ("an escape", archive(&[plain("a\u{1b}[2j", b"x")])),
        (
            "a link",
            central(|c| drop(c.splice(38..42, (0o120_777_u32 << 16).to_le_bytes()))),
        ),
        ("encryption", central(|c| c[8] = 1)),
        ("another compression", central(|c| c[10] = 12)),
        (
            "a large size",
            central(|c| drop(c.splice(24..28, u32::MAX.to_le_bytes()))),
        ),
        (
            "another offset",
            central(|c| drop(c.splice(42..46, u32::MAX.to_le_bytes()))),
        ),
        ("another local name", local(|l| l[30] = b'b')),
        ("bytes between", local(|l| l.extend(b"gap"))),
        ("bytes before", [b"MZ".as_slice(), &good].concat()),
        ("bytes behind", [good.as_slice(), b"x"].concat()),
        ("two archives", [good.as_slice(), &good].concat()),
        (
            "a second end",
            [good.as_slice(), &zip::end(0, 0, 0)].concat(),
        ),
        ("no end", good[..good.len() - 22].to_vec()),
        ("a directory that never ends", zip::end(65_535, u32::MAX, 0)),
        ("more than is taken", vec![b'P'; 257 << 20]),
    ]
}

#[cfg(target_os = "linux")]
#[test]
fn harm_is_refused_in_little_memory_and_nothing_is_written() {
    let folder = Folder::empty();
    for (what, bytes) in harmful() {
        folder.write("x.zip", &bytes);
        let before = folder.files().len();
        let limited = "ulimit -v 524288; exec \"$DESTSPEC\" verify x.zip";
        let began = Instant::now();
        let mut command = std::process::Command::new("sh");
        command.args(["-c", limited]).current_dir(folder.path(""));
        let output = command
            .env("DESTSPEC", env!("CARGO_BIN_EXE_destspec"))
            .output()
            .unwrap();
        let ended = Ended::from(output);
        assert_eq!(ended.code, 5, "{what}: {}{}", ended.stdout, ended.stderr);
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        assert_eq!(folder.files().len(), before, "{what}");
    }
}
