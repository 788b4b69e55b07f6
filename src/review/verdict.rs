//! Checks D to F and H: edition, completeness, the verdict judged again, hygiene.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

use crate::model::conclusion::RunConclusion;
use crate::model::digest::Digest;
use crate::model::record::{Run, SourceFile};
use crate::model::redact::detect::{Effort, suspects};
use crate::publish::bundle::contents::{ContentsError, files};
use crate::publish::bundle::statement::{Claim, Statement};
use crate::publish::bundle::zip::{self, Method};
use crate::publish::bundle::{Edition, RECORD, SUMS};
use crate::publish::report::{ReportError, json};
use crate::review::chain::Chain;
use crate::review::check::{Checks, Decision, unless};
use crate::review::container::{Container, Limits};
use crate::review::{Review, Reviewer, control, freshness, hygiene, omitted, person, times};
use crate::suite::catalogue;
use crate::suite::replay::{Difference, ReplayError, Replayed, replay_within};

/// Judges what the chain vouches for.
pub async fn judge(
    chain: &Chain<'_>,
    reviewer: &Reviewer,
    checks: &mut Checks,
    review: &mut Review,
) {
    // what nobody vouches for who may is not interpreted
    let unsigned = reviewer.policy.signature.required && chain.signer.is_none();
    let Some(run) = (!unsigned).then(|| record(chain, checks)).flatten() else {
        checks.skip_rest();
        return;
    };
    let run = Arc::new(run);
    // beside the replay
    let looked = looking(&run, chain);
    let replayed = match edition(&run, chain, reviewer, checks) {
        true => Some(replay_within(&run, reviewer.policy.steps()).await),
        false => None,
    };
    let Looked { made, found } = finished(looked).await;
    if let Some(replayed) = replayed {
        derived(&run, chain, made, checks);
        again(&run, replayed, reviewer, checks);
    } else {
        for id in ["B5", "B6", "B7", "F2", "F3", "F7", "H3"] {
            checks.skip(id);
        }
    }
    complete(&run, reviewer, checks);
    times::agree(&run, checks);
    times::told(&run, reviewer, checks);
    let challenged = freshness::fresh((&run, chain), reviewer, checks);
    freshness::target(&run, reviewer, checks);
    control::controlled((&run, chain), reviewer, checks);
    clean(&run, found, reviewer, checks);
    person::left(&run, reviewer, checks, review);
    review.level = match (&chain.signer, challenged) {
        (None, _) => 0,
        (Some(_), false) => 1,
        (Some(_), true) => 2,
    };
    review.claim = Some(Claim::of(&run));
    review.run = Some(Arc::unwrap_or_clone(run));
}

/// What comes of work on another thread; its panic is ours.
async fn finished<T>(work: JoinHandle<T>) -> T {
    match work.await {
        Ok(done) => done,
        Err(lost) => std::panic::resume_unwind(lost.into_panic()),
    }
}

/// A file that follows from the record.
struct Follows {
    content: Digest,
    kept: Option<Kept>,
}

/// How a file is kept, and the digest of those bytes.
type Kept = (Method, Digest);

/// Every file that follows from the record.
type Made = Result<BTreeMap<String, Follows>, ContentsError>;

/// As destspec keeps that content.
fn packed(content: &[u8]) -> Option<Kept> {
    let (method, bytes) = zip::packed(content).ok()?;
    Some((method, Digest::hash(bytes)))
}

/// What is made again from the record, and what looks like a secret.
struct Looked {
    made: Made,
    found: Vec<String>,
}

fn looking(run: &Arc<Run>, chain: &Chain<'_>) -> JoinHandle<Looked> {
    let (run, archive) = (Arc::clone(run), chain.container.archive().to_vec());
    let sums = chain.sums.clone();
    spawn_blocking(move || {
        let made = making(&run);
        // what follows from the record holds nothing that the record does not
        let follows = |name: &str| {
            let made = made.as_ref().ok().and_then(|made| made.get(name));
            name != RECORD && made.is_some_and(|made| sums.get(name) == Some(&made.content))
        };
        let found = searching(&run, &archive, follows);
        Looked { made, found }
    })
}

fn making(run: &Run) -> Made {
    let suite = catalogue::files();
    let mut made = BTreeMap::new();
    files(run, Edition { files: &suite }, &mut |name, bytes| {
        let kept = packed(&bytes);
        let content = Digest::hash(bytes);
        made.insert(name, Follows { content, kept });
    })?;
    Ok(made)
}

/// Whatever looks like a secret in any other file, signatures included; one at a time is unpacked.
fn searching(run: &Run, archive: &[u8], follows: impl Fn(&str) -> bool) -> Vec<String> {
    let Ok(container) = Container::open(archive, &Limits::MOST) else {
        return vec![String::from("the archive was not searched")];
    };
    let mut effort = Effort::default();
    let decoys = hygiene::decoys(run, &mut effort);
    let mut found = Vec::new();
    for name in container.names().filter(|name| !follows(name)) {
        let bytes = container.read(name).unwrap_or_default();
        let suspects = suspects(&bytes, &decoys, &mut effort).into_iter();
        found.extend(suspects.map(|s| format!("`{name}` at byte {}: {}", s.offset, s.rule)));
        // what is left is not searched, which is found already
        if effort.is_spent() {
            break;
        }
    }
    found
}

fn record(chain: &Chain<'_>, checks: &mut Checks) -> Option<Run> {
    let text = chain.container.read(RECORD).ok();
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(text) = text else {
        let why = "expected a text, received none".to_owned();
        checks.judge("F1", Some((Decision::Malformed, why)));
        return None;
    };
    let fault = match json::parse(&text) {
        Ok(run) => {
            checks.judge("F1", None);
            return Some(run);
        }
        Err(fault @ (ReportError::Record(_) | ReportError::Conclusions)) => {
            (Decision::Forged, fault.to_string())
        }
        Err(fault @ ReportError::Format { .. }) => (Decision::Malformed, fault.to_string()),
        Err(fault @ (ReportError::Json(_) | ReportError::Html(_) | ReportError::Junit(_))) => {
            (Decision::Malformed, fault.to_string())
        }
    };
    checks.judge("F1", Some(fault));
    None
}

/// Whether it was judged by the suite that the reviewer has.
fn edition(run: &Run, chain: &Chain<'_>, reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let same = checks.judge(
        "D1",
        unless(run.suite == catalogue::digest(), Decision::Refused, || {
            format!(
                "expected that of destspec {}, {}, received that of destspec {}, {}",
                env!("CARGO_PKG_VERSION"),
                catalogue::digest(),
                run.destspec,
                run.suite
            )
        }),
    );
    let editions = reviewer.policy.editions();
    let other = run.all().find(|run| !editions.contains(&run.edition));
    checks.judge(
        "D2",
        other.map(|run| {
            let taken: Vec<_> = editions.iter().map(ToString::to_string).collect();
            let why = format!("expected {}, received {}", taken.join(", "), run.edition);
            (Decision::Refused, why)
        }),
    );
    let suite = catalogue::files();
    let own = suite.iter().all(|(path, text)| {
        chain.sums.get(&format!("edition/{path}")) == Some(&Digest::hash(text))
    });
    let count = chain.sums.keys().filter(|n| n.starts_with("edition/"));
    let own = own && count.count() == suite.len();
    let same_files = checks.judge(
        "D3",
        unless(own, Decision::Refused, || String::from("one differs")),
    );
    let versions = reviewer.policy.versions();
    let known = versions.contains(&run.destspec.as_str());
    checks.judge(
        "D4",
        unless(known, Decision::Refused, || {
            format!(
                "expected {}, received `{}`",
                versions.join(", "),
                run.destspec
            )
        }),
    );
    same && same_files
}

/// Every file but the statement is made again from the record, and so is the statement.
fn derived(run: &Run, chain: &Chain<'_>, made: Made, checks: &mut Checks) {
    let made = match made {
        Ok(made) => made,
        Err(fault) => {
            checks.judge("B5", Some((Decision::Forged, fault.to_string())));
            return;
        }
    };
    let differs = made
        .iter()
        .find(|(name, follows)| chain.sums.get(*name) != Some(&follows.content));
    let stray = chain.sums.keys().find(|name| !made.contains_key(*name));
    let fault = differs.map(|(name, _)| name).or(stray);
    checks.judge(
        "B5",
        fault.map(|name| (Decision::Forged, format!("`{name}` does not"))),
    );
    let other = repacked(chain, &made);
    checks.judge(
        "B7",
        other.map(|name| {
            let why = format!("`{name}` is not: pack the run with `destspec bundle pack`");
            (Decision::Refused, why)
        }),
    );
    let posted = run.all().find_map(misposted);
    checks.judge(
        "B6",
        posted.map(|source| (Decision::Forged, format!("`{}` has another", source.name))),
    );
    let sums = chain.container.read(SUMS).map(Digest::hash);
    let stated = sums
        .ok()
        .and_then(|sums| Statement::of(run, sums).render().ok())
        .is_some_and(|text| Digest::hash(text) == chain.statement_sha256);
    checks.judge(
        "F2",
        unless(stated, Decision::Forged, || String::from("it does not")),
    );
}

/// A file of the submission that is not what was posted. Where a secret hides a part of it nobody can tell.
fn misposted(run: &Run) -> Option<&SourceFile> {
    let hidden = hygiene::hidden(run);
    run.sources.iter().find(|source| {
        !hidden.contains(&*source.name) && Digest::hash(&source.text) != source.sha256
    })
}

/// A file with the right content in other bytes than destspec keeps it in.
fn repacked<'a>(chain: &'a Chain<'_>, made: &BTreeMap<String, Follows>) -> Option<&'a str> {
    chain.container.names().find(|name| {
        let follows = made.get(*name);
        let follows = follows.filter(|made| chain.sums.get(*name) == Some(&made.content));
        let expected = match follows {
            Some(follows) => follows.kept,
            None => chain.container.read(name).ok().and_then(|c| packed(&c)),
        };
        let kept = chain.container.kept(name);
        expected.is_none() || expected != kept.map(|(method, bytes)| (method, Digest::hash(bytes)))
    })
}

fn again(
    run: &Run,
    replayed: Result<Replayed, ReplayError>,
    reviewer: &Reviewer,
    checks: &mut Checks,
) {
    let replayed = match replayed {
        Ok(replayed) => replayed,
        Err(fault @ ReplayError::Work(_)) => {
            checks.judge("F7", Some((Decision::Malformed, fault.to_string())));
            checks.skip("F3");
            checks.skip("H3");
            return;
        }
        Err(fault) => {
            checks.judge("F3", Some((Decision::Forged, fault.to_string())));
            checks.skip("F7");
            checks.skip("H3");
            return;
        }
    };
    checks.judge("F7", None);
    checks.judge(
        "F3",
        replayed.differences.first().map(|difference| {
            let Difference {
                part,
                recorded,
                replayed,
            } = difference;
            let why = format!("{part}: recorded {recorded}, replayed {replayed}");
            (Decision::Forged, why)
        }),
    );
    withheld((run, &replayed), reviewer, checks);
}

fn withheld((run, replayed): (&Run, &Replayed), reviewer: &Reviewer, checks: &mut Checks) {
    let hidden: BTreeSet<&str> = run.all().flat_map(hygiene::hidden).collect();
    let fields: usize = replayed.unverifiable.iter().map(|(_, _, n)| n).sum();
    let count = fields + hidden.len();
    let most = reviewer.policy.evidence.max_unverifiable;
    checks.judge(
        "H3",
        unless(count <= most, Decision::Person, || {
            let files: Vec<&str> = hidden.into_iter().collect();
            let files = match files.as_slice() {
                [] => String::new(),
                files => format!(", the digest of {} among them", files.join(", ")),
            };
            format!("expected at most {most} fields, received {count}{files}")
        }),
    );
}

fn complete(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    let claim = Claim::of(run);
    let is_filtered = |run: &Run| !run.selection.is_whole() || Claim::of(run).filtered > 0;
    let filtered = run.all().any(is_filtered);
    checks.judge(
        "D6",
        unless(!filtered, Decision::NotConformant, || {
            format!(
                "{} scenarios left out {}",
                claim.filtered,
                run.selection.shown()
            )
        }),
    );
    checks.judge(
        "E1",
        unless(
            !run.all().any(|run| run.interrupted),
            Decision::NotConformant,
            || String::from("it was interrupted"),
        ),
    );
    freshness::repeated(run, reviewer, checks);
    omitted::chosen(run, &reviewer.policy, checks);
    let (passed, failed, unjudged) = (claim.passed, claim.failed, claim.unjudged);
    let verdict = claim.verdict;
    checks.add(
        "E3",
        &format!(
            "{} scenarios: {passed} passed, {failed} failed, {unjudged} not judged, {} do not apply",
            claim.planned, claim.not_applicable
        ),
        None,
    );
    checks.add(
        "F4",
        &format!("the run is {verdict}"),
        unless(
            verdict == RunConclusion::Conformant,
            Decision::NotConformant,
            || String::from("every mandatory prerequisite must be met"),
        ),
    );
}

fn clean(run: &Run, found: Vec<String>, reviewer: &Reviewer, checks: &mut Checks) {
    checks.judge(
        "H1",
        found.into_iter().next().map(|why| (Decision::Secret, why)),
    );
    checks.judge("H2", hygiene::canary(run, reviewer.policy.run.certified));
    let deceptive = hygiene::deceptive(run);
    checks.judge(
        "H4",
        unless(deceptive.is_empty(), Decision::Person, || {
            deceptive.join(", ")
        }),
    );
}
