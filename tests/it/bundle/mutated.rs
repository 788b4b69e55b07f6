//! Whatever bytes are given to what reads them: no panic, and nothing that was changed is taken. Short by default;
//! `DESTSPEC_FUZZ_SECONDS=600` gives each reader ten minutes.

use std::time::{Duration, Instant};

use destspec::model::challenge::Challenge;
use destspec::publish::bundle::signature::sign;
use destspec::publish::bundle::statement::Statement;
use destspec::publish::bundle::{NAMESPACE, PARTNER, RECORD, STATEMENT, SUMS, sums, zip};
use destspec::publish::report::json;
use destspec::review::check::Decision;
use destspec::review::container::{Container, Limits};
use destspec::review::ledger;
use destspec::review::policy::Policy;
use destspec::review::signature::{signed_by, signers};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::forged::summed_again;
use super::signed::{challenge, private, public};
use super::{LENIENT, files, packed, reviewed, small};

/// How long each reader is tried: of the default, that many milliseconds.
fn budget(milliseconds: u64) -> Duration {
    let seconds = std::env::var("DESTSPEC_FUZZ_SECONDS").ok();
    let seconds = seconds.and_then(|s| s.parse().ok());
    seconds.map_or_else(|| Duration::from_millis(milliseconds), Duration::from_secs)
}

/// Texts that mean something to one of the readers.
const WORDS: [&str; 14] = [
    "PK\x01\x02",
    "PK\x05\x06",
    "\0",
    "\u{feff}",
    "\"",
    "{}",
    "null",
    "1e999",
    "..",
    "/",
    "\n",
    "⟦secret:",
    "ssh-ed25519 ",
    "=",
];

fn mutated(good: &[u8], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        let end = (at + rng.random_range(0..64)).min(bytes.len());
        match rng.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = rng.next_u32().to_le_bytes()[0],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => {
                let word = WORDS[rng.random_range(0..WORDS.len())].bytes();
                bytes.splice(at..at, word);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Tries a reader until its time is over; at least a hundred times.
fn tried(good: &[u8], mut read: impl FnMut(&[u8])) {
    let mut rng = ChaCha20Rng::seed_from_u64(4711);
    let (began, budget) = (Instant::now(), budget(300));
    let mut count = 0;
    while count < 100 || began.elapsed() < budget {
        let bytes = mutated(good, &mut rng);
        if bytes != good {
            read(&bytes);
        }
        count += 1;
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What an archive holds, where all of it can be read.
fn contents(container: &Container<'_>) -> Option<Vec<(String, Vec<u8>)>> {
    let read = |name: &str| Some((name.to_owned(), container.read(name).ok()?));
    container.names().map(read).collect()
}

/// Many streams inflate to one content: such a one is read, and left to a check that packs it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_read_as_it_was_packed_or_refused() {
    let good = packed(small().await);
    let first = Container::open(&good, &Limits::MOST).unwrap();
    let packed = contents(&first).unwrap();
    tried(&good, |bytes| {
        let Ok(container) = Container::open(bytes, &Limits::MOST) else {
            return;
        };
        if let Some(read) = contents(&container) {
            assert!(read == packed, "a changed archive was read as another");
            let mut names = first.names();
            assert!(names.any(|name| container.kept(name) != first.kept(name)));
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_and_statements_are_read_in_one_way_or_refused() {
    let good = files(small().await);
    tried(&good[SUMS], |bytes| {
        if let Ok(read) = sums::parse(bytes) {
            assert_eq!(sums::render(&read).as_bytes(), bytes);
        }
    });
    tried(&good[STATEMENT], |bytes| {
        if let Ok(read) = serde_json::from_slice::<Statement>(bytes) {
            assert_eq!(
                serde_json::from_str::<Statement>(&read.render().unwrap()).unwrap(),
                read
            );
        }
    });
}

#[test]
fn a_changed_signature_signs_nothing_or_the_same_bytes_by_the_same_key() {
    let good = sign(&private(1), NAMESPACE, b"statement").unwrap();
    let key = signed_by(good.as_bytes(), (NAMESPACE, b"statement")).unwrap();
    tried(good.as_bytes(), |bytes| {
        if let Ok(by) = signed_by(bytes, (NAMESPACE, b"statement")) {
            assert_eq!(by.key_data(), key.key_data());
        }
    });
    let allowed = format!(
        "a@b.example namespaces=\"x\",valid-before=\"20270101\" {}",
        public(1)
    );
    tried(allowed.as_bytes(), |bytes| drop(signers(&text(bytes))));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_policies_challenges_and_ledgers_are_read_or_refused() {
    tried(&files(small().await)[RECORD], |bytes| {
        drop(json::parse(&text(bytes)))
    });
    tried(LENIENT.as_bytes(), |bytes| {
        drop(Policy::parse(&text(bytes)))
    });
    tried(challenge("0a").as_bytes(), |bytes| {
        drop(Challenge::parse(&text(bytes)))
    });
    tried(b"{\"challenge_sha256\":\"\"}\n", |bytes| {
        drop(ledger::parse(&text(bytes)))
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_turns_a_refusal_into_acceptance() {
    let run = small().await;
    let good = files(run);
    let mut rng = ChaCha20Rng::seed_from_u64(42);
    let (began, budget) = (Instant::now(), budget(3000));
    let names: Vec<&String> = good
        .keys()
        .filter(|n| ![SUMS, STATEMENT, PARTNER].contains(&n.as_str()))
        .collect();
    let mut count = 0;
    while count < 10 || began.elapsed() < budget {
        let name = if rng.random_bool(0.5) {
            RECORD
        } else {
            names[rng.random_range(0..names.len())]
        };
        let mut changed = good.clone();
        let bytes = mutated(&good[name], &mut rng);
        if bytes == good[name] {
            continue;
        }
        changed.insert(name.to_owned(), bytes);
        let whole = zip::write(&changed).unwrap();
        for archive in [whole, summed_again(changed, run)] {
            let decision = reviewed(&archive, LENIENT).await.decision;
            assert!(
                ![
                    Decision::Accepted,
                    Decision::Person,
                    Decision::NotConformant
                ]
                .contains(&decision),
                "{name}: {decision:?}"
            );
        }
        count += 1;
    }
}
