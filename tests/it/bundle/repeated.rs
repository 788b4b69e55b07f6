//! Runs that a challenge asks for more than once.

use std::collections::BTreeSet;

use destspec::model::challenge::Challenge;
use destspec::model::record::Run;
use tokio::sync::OnceCell;

use super::files;
use super::signed::issued;
use super::way::{POLICY, furnish, issue, pack, run as run_certified, verify};
use crate::support::judged::{Wish, about, perform, wished};
use crate::support::program::Folder;
use crate::support::served::served_as;

/// A conformant run of one destination, twice, as its challenge asks.
pub async fn run() -> &'static Run {
    static RUN: OnceCell<Run> = OnceCell::const_new();
    RUN.get_or_init(judged).await
}

async fn judged() -> Run {
    let challenge = Challenge {
        repetitions: 2,
        ..issued("0a")
    };
    let first = Wish {
        challenge: Some(serde_json::to_string(&challenge).unwrap()),
        ..Wish::of("bearer-single")
    };
    let second = Wish {
        repetition: 2,
        ..first.clone()
    };
    let emulator = wished(BTreeSet::new(), BTreeSet::new(), &first).await;
    let submitted = about(&emulator, &first, false);
    let mut run = perform(&submitted, first).await;
    run.repetitions.push(perform(&submitted, second).await);
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_of_each_repetition_is_in_folders_of_its_own() {
    let run = run().await;
    let names: Vec<String> = files(run).into_keys().collect();
    let of = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    assert!(of("evidence/http/0001-") > 0);
    assert_eq!(of("evidence/http/0001-"), of("evidence/http/r2-0001-"));
    assert_ne!(run.seed, run.repetitions[0].seed);
}

#[test]
fn a_partner_runs_as_often_as_the_challenge_asks() {
    let folder = Folder::empty();
    let _served = served_as(&folder, "acme", &[]);
    furnish(&folder, POLICY);
    issue(&folder, 0, &["--repetitions", "2"]);
    let said = run_certified(&folder, 0, "out");
    assert!(said.contains("repetition 2\n"), "{said}");
    pack(&folder, 0, ("out", "a.zip", "ssh:key"));
    let said = verify(&folder, 0, "a.zip");
    assert!(
        said.contains("E2  passed") && said.contains("level L2"),
        "{said}"
    );
}
