//! The audience metadata API: each fault of it fails exactly its row, no harmless difference fails anything, a record is
//! judged the same again, and what is cleared away changes no verdict.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests may panic and say why"
)]

use std::collections::BTreeSet;

use destspec::emulator::rest::{Fault, Variation};
use destspec::model::record::Run;
use destspec::suite::replay::replay;

use crate::faults::rows;
use crate::support::judged::{Wish, failed, findings, judged, perform, submitted, waiting, wished};

/// What is judged of the one reference destination with an audience template.
fn wish() -> Wish {
    let mut wish = Wish::default();
    wish.selection.destinations = vec![String::from("bearer-batch")];
    let all = (1..=17).map(|number| format!("META-{number:02}"));
    wish.selection.requirements = all.collect();
    wish
}

async fn with(fault: Option<Fault>, variation: Option<Variation>) -> Run {
    judged(
        fault.into_iter().collect(),
        variation.into_iter().collect(),
        wish(),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_an_audience_api_fails_exactly_what_its_row_names() {
    let (rows, mut wrong) = (rows(), Vec::new());
    let row = |fault: &Fault| rows.iter().find(|row| row.name == fault.name()).unwrap();
    for fault in Fault::ALL.iter().filter(|f| !row(f).is_of_files()) {
        let fails = row(fault).fails.iter();
        let fails = fails.filter(|id| id.starts_with("META-"));
        let fails: BTreeSet<String> = fails.cloned().collect();
        if fails.is_empty() {
            continue;
        }
        let run = with(Some(*fault), None).await;
        if failed(&run) != fails {
            wrong.push(format!("{fault}: {:?}\n{}", failed(&run), findings(&run)));
        }
    }
    // The runner silences the panic hook while it runs, so the message goes out before the panic.
    eprintln!("{}", wrong.join("\n"));
    assert!(
        wrong.is_empty(),
        "faults that fail other requirements than named"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_harmless_difference_fails_anything_of_an_audience_api() {
    let mut wrong = Vec::new();
    for variation in Variation::ALL {
        let run = with(None, Some(*variation)).await;
        if failed(&run) != BTreeSet::new() {
            wrong.push(format!("{variation}: {}", findings(&run)));
        }
    }
    eprintln!("{}", wrong.join("\n"));
    assert!(wrong.is_empty(), "harmless differences that fail something");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_has_audiences_below_a_dataflow_alone_is_told_of_the_dataflow_first() {
    let below = with(None, Some(Variation::AudiencesBelowDataflows)).await;
    assert_eq!(failed(&below), BTreeSet::new(), "{}", findings(&below));
    let own = |run: &Run| {
        let mut all = run.destinations.iter();
        all.find(|d| d.name == "bearer-batch").cloned().unwrap()
    };
    let asked: Vec<String> = own(&below).dataflow.iter().map(|e| e.asked()).collect();
    let paths = asked.iter().filter_map(|asked| asked.rsplit('/').next());
    assert_eq!(paths.collect::<Vec<_>>(), ["permissions", "dataflows"]);
    let swept = own(&below).swept_dataflow.unwrap();
    assert!(swept.deleted == 1 && swept.left == 0, "{swept:?}");
    let replayed = replay(&below).await.unwrap();
    assert!(replayed.holds(), "{:#?}", replayed.differences);
}

/// What is judged with the audience template where tokens end, after two seconds.
async fn where_tokens_end(faults: BTreeSet<Fault>) -> Run {
    let mut wish = Wish {
        token_life_seconds: Some(2),
        ..Wish::default()
    };
    wish.selection.destinations = vec![String::from("oauth2-batch")];
    wish.selection.requirements = vec![String::from("META-14")];
    let emulator = wished(faults, BTreeSet::new(), &wish).await;
    let (server, template) = (
        "server = \"oauth2-batch-server.json\"",
        "audience_template = \"bearer-batch-audience.json\"",
    );
    let edited = |path: &str, text: String| match path {
        "submission.toml" => waiting(&text, 2).replace(server, &format!("{server}\n{template}")),
        "bearer-batch-audience.json" => text.replace("/bearer-batch/", "/oauth2-batch/"),
        _ => text,
    };
    let authority = emulator.certificate_authority_pem();
    let submitted = submitted(&emulator.base_url(), authority, edited);
    perform(&submitted, wish).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_creates_no_audience() {
    let of = |run: &Run| {
        let mut all = run.scenarios.iter();
        let found = all.find(|s| s.id == "META-14/expired" && s.destination == "oauth2-batch");
        found.map(|s| s.outcome.word())
    };
    let good = where_tokens_end(BTreeSet::new()).await;
    assert_eq!(of(&good), Some("passed"), "{}", findings(&good));
    let late = where_tokens_end(BTreeSet::from([Fault::ExpiredTokenAccepted])).await;
    assert_eq!(of(&late), Some("failed"), "{}", findings(&late));
}

/// Ids and outcomes of what ran of the audience API.
fn outcomes(run: &Run) -> Vec<(&str, &str)> {
    let of_it = run.scenarios.iter().filter(|s| !s.exchanges.is_empty());
    of_it.map(|s| (s.id.as_str(), s.outcome.word())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audiences_of_a_run_are_cleared_away_and_bear_its_id() {
    let run = with(None, None).await;
    assert!(
        outcomes(&run)
            .iter()
            .all(|(_, outcome)| *outcome == "passed")
    );
    let swept = run
        .destinations
        .iter()
        .find_map(|d| d.swept_audiences)
        .unwrap();
    assert!(swept.deleted > 0 && swept.left == 0, "{swept:?}");
    let exchanges = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let created =
        exchanges.filter(|e| e.asked().starts_with("POST") && e.asked().ends_with("/audiences"));
    let bodies: Vec<&str> = created.filter_map(|e| e.request()?.body.text()).collect();
    let named = |body: &&str| body.contains(&run.id) || body.contains("\"name\":\"\"");
    assert!(!bodies.is_empty() && bodies.iter().all(named));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_cleared_away_changes_no_verdict() {
    let kept = with(Some(Fault::AudienceDeleteRefused), None).await;
    let swept = kept
        .destinations
        .iter()
        .find_map(|d| d.swept_audiences)
        .unwrap();
    assert!(swept.left > 0 && swept.deleted == 0, "{swept:?}");
    let of = |run: &Run, id: &str| {
        let all = outcomes(run).into_iter();
        all.filter(|(known, _)| *known == id)
            .map(|(_, outcome)| outcome == "passed")
            .collect::<Vec<_>>()
    };
    for id in ["META-01", "META-03", "META-10", "META-09"] {
        assert_eq!(of(&kept, id), [true], "{id}");
    }
}
