//! Checks D to H: edition, completeness, the verdict judged again, freshness, target, hygiene.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::model::challenge::Challenge;
use crate::model::conclusion::RunConclusion;
use crate::model::digest::Digest;
use crate::model::record::{Operation, Run};
use crate::model::redact::detect::suspects;
use crate::publish::bundle::contents::{ContentsError, files};
use crate::publish::bundle::statement::{Claim, Statement};
use crate::publish::bundle::{CHALLENGE, Edition, RECORD, SUBMISSION, SUMS};
use crate::publish::report::{ReportError, json};
use crate::review::chain::Chain;
use crate::review::check::{Checks, Decision};
use crate::review::policy::Attestations;
use crate::review::{Review, Reviewer, hygiene, ledger};
use crate::suite::catalogue;
use crate::suite::replay::{Difference, Replayed, replay};

const FOLLOWS: &str = "every file follows from the record";
const POSTED: &str = "what was posted has its digest, where nothing of it is hidden";
const STATED: &str = "what is stated follows from the record";
const AGAIN: &str = "judged again: the same suite over what was recorded";

/// A fault, where something does not hold.
type Fault = Option<(Decision, String)>;

fn unless(holds: bool, decision: Decision, why: impl FnOnce() -> String) -> Fault {
    (!holds).then(|| (decision, why()))
}

/// Judges what the chain vouches for.
pub async fn judge(
    chain: &Chain<'_>,
    reviewer: &Reviewer,
    checks: &mut Checks,
    review: &mut Review,
) {
    let Some(run) = record(chain, checks) else {
        return;
    };
    let run = Arc::new(run);
    // beside the replay, which keeps one thread busy
    let (made, found) = (making(&run), searching(&run, chain));
    if edition(&run, chain, reviewer, checks) {
        derived(&run, chain, finished(made).await, checks);
        again(&run, reviewer, checks).await;
    } else {
        for (id, what) in [
            ("B5", FOLLOWS),
            ("B6", POSTED),
            ("F2", STATED),
            ("F3", AGAIN),
        ] {
            checks.skip(id, what);
        }
    }
    complete(&run, checks);
    let challenged = fresh((&run, chain), reviewer, checks);
    target(&run, reviewer, checks);
    clean(&run, finished(found).await, reviewer, checks);
    attested(&run, reviewer, checks, review);
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

/// The digest of every file that follows from the record.
type Made = Result<BTreeMap<String, Digest>, ContentsError>;

fn making(run: &Arc<Run>) -> JoinHandle<Made> {
    let run = Arc::clone(run);
    spawn_blocking(move || {
        let suite = catalogue::files();
        let made = files(&run, Edition { files: &suite })?;
        let digests = made
            .into_iter()
            .map(|(name, bytes)| (name, Digest::hash(bytes)));
        Ok(digests.collect())
    })
}

/// Whatever looks like a secret in what all other files follow from.
fn searching(run: &Arc<Run>, chain: &Chain<'_>) -> JoinHandle<Vec<String>> {
    let own = |name: &str| {
        name == RECORD || name == CHALLENGE || name.starts_with("submission/") || name == SUBMISSION
    };
    let names = chain.sums.keys().filter(|name| own(name));
    let files = names.map(|name| (name.clone(), chain.container.read(name).unwrap_or_default()));
    let (run, files) = (Arc::clone(run), files.collect::<Vec<_>>());
    spawn_blocking(move || {
        let decoys = hygiene::decoys(&run);
        let found = files.iter().flat_map(|(name, bytes)| {
            let suspects = suspects(bytes, &decoys).into_iter();
            suspects.map(move |s| format!("`{name}` at byte {}: {}", s.offset, s.rule))
        });
        found.collect()
    })
}

fn record(chain: &Chain<'_>, checks: &mut Checks) -> Option<Run> {
    let what = "the record is whole, and its conclusions follow from it";
    let text = chain.container.read(RECORD).ok();
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(text) = text else {
        let why = "expected a text, received none".to_owned();
        checks.add("F1", what, Some((Decision::Malformed, why)));
        return None;
    };
    let fault = match json::parse(&text) {
        Ok(run) => {
            checks.add("F1", what, None);
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
    checks.add("F1", what, Some(fault));
    None
}

/// Whether it was judged by the suite that the reviewer has.
fn edition(run: &Run, chain: &Chain<'_>, reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let same = checks.add(
        "D1",
        "the suite is the reviewer's own",
        unless(run.suite == catalogue::digest(), Decision::Refused, || {
            String::from("it is another: review with the destspec that ran it")
        }),
    );
    let suite = catalogue::files();
    let own = suite.iter().all(|(path, text)| {
        chain.sums.get(&format!("edition/{path}")) == Some(&Digest::hash(text))
    });
    let count = chain.sums.keys().filter(|n| n.starts_with("edition/"));
    let own = own && count.count() == suite.len();
    let same_files = checks.add(
        "D3",
        "every feature byte by byte, none more or less",
        unless(own, Decision::Refused, || String::from("one differs")),
    );
    let versions = reviewer.policy.versions();
    let known = versions.contains(&run.destspec.as_str());
    checks.add(
        "D4",
        "a version of destspec that the policy takes",
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
            checks.add("B5", FOLLOWS, Some((Decision::Forged, fault.to_string())));
            return;
        }
    };
    let differs = made
        .iter()
        .find(|(name, digest)| chain.sums.get(*name) != Some(*digest));
    let stray = chain.sums.keys().find(|name| !made.contains_key(*name));
    let fault = differs.map(|(name, _)| name).or(stray);
    checks.add(
        "B5",
        FOLLOWS,
        fault.map(|name| (Decision::Forged, format!("`{name}` does not"))),
    );
    let posted = run.sources.iter().find(|source| {
        let withheld = source.text.contains("⟦secret:") || source.text.contains("⟦withheld:");
        !withheld && Digest::hash(&source.text) != source.sha256
    });
    checks.add(
        "B6",
        POSTED,
        posted.map(|source| (Decision::Forged, format!("`{}` has another", source.name))),
    );
    let sums = chain.container.read(SUMS).map(Digest::hash);
    let stated = sums
        .ok()
        .and_then(|sums| Statement::of(run, sums).render().ok())
        .is_some_and(|text| Digest::hash(text) == chain.statement_sha256);
    checks.add(
        "F2",
        STATED,
        unless(stated, Decision::Forged, || String::from("it does not")),
    );
}

async fn again(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    let replayed = match replay(run).await {
        Ok(replayed) => replayed,
        Err(fault) => {
            checks.add("F3", AGAIN, Some((Decision::Forged, fault.to_string())));
            return;
        }
    };
    checks.add(
        "F3",
        AGAIN,
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
    withheld(&replayed, reviewer, checks);
}

fn withheld(replayed: &Replayed, reviewer: &Reviewer, checks: &mut Checks) {
    let count: usize = replayed.unverifiable.iter().map(|(_, _, n)| n).sum();
    let most = reviewer.policy.evidence.max_unverifiable;
    checks.add(
        "H3",
        "nothing that is compared was withheld",
        unless(count <= most, Decision::Person, || {
            format!("expected at most {most} fields, received {count}")
        }),
    );
}

fn complete(run: &Run, checks: &mut Checks) {
    let claim = Claim::of(run);
    let filtered = !run.selection.is_whole() || claim.filtered > 0;
    checks.add(
        "D6",
        "nothing was filtered",
        unless(!filtered, Decision::NotConformant, || {
            format!(
                "{} scenarios left out {}",
                claim.filtered,
                run.selection.shown()
            )
        }),
    );
    checks.add(
        "E1",
        "the run came to its end",
        unless(!run.interrupted, Decision::NotConformant, || {
            String::from("it was interrupted")
        }),
    );
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

/// Whether the run is known to have been made after the reviewer's challenge was issued.
fn fresh((run, chain): (&Run, &Chain<'_>), reviewer: &Reviewer, checks: &mut Checks) -> bool {
    let started = run.started.parse::<Timestamp>().ok();
    let challenged = challenge((run, chain), reviewer, started, checks);
    let days = i64::from(reviewer.policy.run.max_age_days);
    let oldest = SignedDuration::from_hours(24 * days);
    let took = SignedDuration::from_millis(i64::try_from(run.duration_ms).unwrap_or(i64::MAX));
    let fault = match started {
        None => Some(format!("`{}` is no time", run.started)),
        Some(start) if reviewer.at.duration_since(start) > oldest => Some(format!(
            "it began on {}, more than {days} days ago",
            run.started
        )),
        Some(start) if reviewer.at.duration_since(start) < took => Some(format!(
            "it ends after the review, which is at {}",
            reviewer.at
        )),
        Some(_) => None,
    };
    checks.add(
        "G3",
        "made lately",
        fault.map(|why| (Decision::Refused, why)),
    );
    challenged
}

fn challenge(
    (run, chain): (&Run, &Chain<'_>),
    reviewer: &Reviewer,
    started: Option<Timestamp>,
    checks: &mut Checks,
) -> bool {
    let what = "made from the reviewer's challenge";
    let Some(text) = &run.challenge else {
        let required = reviewer.policy.challenge.required;
        let what = if required {
            what
        } else {
            "no challenge, and none asked for"
        };
        checks.add(
            "G1",
            what,
            unless(!required, Decision::Refused, || {
                String::from("the policy asks for a challenge, and it was made without")
            }),
        );
        return false;
    };
    let fault = match Challenge::parse(text) {
        Err(fault) => Some((Decision::Malformed, fault.to_string())),
        Ok(_) if reviewer.challenge.is_none() => {
            let required = reviewer.policy.challenge.required;
            unless(!required, Decision::Refused, || {
                String::from("the reviewer names none: --challenge FILE")
            })
        }
        Ok(_) if reviewer.challenge.as_ref() != Some(text) => Some((
            Decision::Refused,
            String::from("it was made from another one"),
        )),
        Ok(challenge) => answered(&challenge, text, run, started).or_else(|| {
            let other = ledger::other(&reviewer.ledger, text, chain.statement_sha256)?;
            let why = format!("it was spent on the bundle whose statement is {other}");
            Some((Decision::Refused, why))
        }),
    };
    let holds = checks.add("G1", what, fault);
    holds && reviewer.challenge.is_some()
}

fn answered(challenge: &Challenge, text: &str, run: &Run, started: Option<Timestamp>) -> Fault {
    if challenge.seed(text) != run.seed {
        let why = "the seed of its data does not follow from it";
        return Some((Decision::Forged, why.to_owned()));
    }
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let (from, to) = (time(&challenge.issued_at), time(&challenge.expires_at));
    if from.is_none() || started < from || started > to {
        let why = "it began before the challenge was issued, or after it expired";
        return Some((Decision::Refused, why.to_owned()));
    }
    unless(
        challenge.partner == run.partner.name,
        Decision::Refused,
        || format!("it was issued to `{}`", challenge.partner),
    )
}

/// Where the run went.
fn target(run: &Run, reviewer: &Reviewer, checks: &mut Checks) {
    let allowed = &reviewer.policy.target;
    let own = run.destinations.iter().flat_map(|d| &d.exchanges);
    let all = run.scenarios.iter().flat_map(|s| &s.exchanges).chain(own);
    let (mut strange, mut open) = (None, None);
    for exchange in all {
        let url = exchange.request().map(|r| url::Url::parse(&r.url));
        let place = match (url, exchange.storage().map(|s| &s.operation)) {
            (Some(Ok(url)), _) => {
                if url.scheme() != "https" {
                    open = open.or_else(|| Some(url.scheme().to_owned()));
                }
                let host = url.host_str().unwrap_or_default().to_owned();
                (!allowed.hosts.contains(&host)).then_some(host)
            }
            (Some(Err(_)), _) => Some(String::from("no URL")),
            (None, Some(Operation::Connect { location })) => {
                (!allowed.locations.contains(location)).then(|| location.clone())
            }
            (None, _) => None,
        };
        strange = strange.or(place);
    }
    checks.add(
        "G4",
        "only hosts and locations that the policy takes",
        strange.map(|place| (Decision::Refused, format!("`{place}` is none"))),
    );
    let open = open.filter(|_| allowed.tls);
    checks.add(
        "G5",
        "every request over TLS",
        open.map(|scheme| (Decision::Refused, format!("one went over `{scheme}`"))),
    );
}

fn clean(run: &Run, found: Vec<String>, reviewer: &Reviewer, checks: &mut Checks) {
    checks.add(
        "H1",
        "nothing that looks like a secret",
        found.into_iter().next().map(|why| (Decision::Secret, why)),
    );
    checks.add(
        "H2",
        "made-up secrets were planted, seen and recorded nowhere",
        hygiene::canary(run, reviewer.policy.run.certified),
    );
    let deceptive = hygiene::deceptive(run);
    checks.add(
        "H4",
        "no invisible or turned text in names",
        unless(deceptive.is_empty(), Decision::Person, || {
            deceptive.join(", ")
        }),
    );
}

/// What persons stated, and what else no program can judge.
fn attested(run: &Run, reviewer: &Reviewer, checks: &mut Checks, review: &mut Review) {
    for a in &run.attestations {
        review.person.push(format!(
            "{}: \"{}\", stated by {} on {}",
            a.requirement, a.statement, a.by, a.on
        ));
    }
    review.person.push(format!(
        "that `{}` is who it says, and {} what it submits",
        run.partner.name,
        run.destinations
            .iter()
            .map(|d| format!("`{} {}`", d.name, d.version))
            .collect::<Vec<_>>()
            .join(", ")
    ));
    let accept = match reviewer.policy.evidence.attestations {
        Attestations::Accept => true,
        Attestations::Person => run.attestations.is_empty(),
    };
    checks.add(
        "P1",
        "no statement of a person that the policy does not take",
        unless(accept, Decision::Person, || {
            let ids: Vec<&str> = run
                .attestations
                .iter()
                .map(|a| a.requirement.as_str())
                .collect();
            ids.join(", ")
        }),
    );
}
