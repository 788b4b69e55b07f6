//! Every fault of the reference destination fails exactly the requirements that `fixtures/faults.toml` names, and every
//! MUST that is tested has a fault that fails it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests may panic and say why"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

use destspec::emulator::rest::{Fault, reference};
use destspec::model::requirement::{Level, Verification};
use destspec::suite::catalogue::Catalogue;
use serde::Deserialize;

use crate::support::judged::{
    BUSY, Wish, all_at_once, alone, credentials, emulator, failed, findings, judged, perform,
    submitted,
};

#[derive(Deserialize)]
struct Table {
    fault: Vec<Row>,
}

#[derive(Deserialize)]
pub struct Row {
    /// Of the fault.
    pub name: String,
    /// Requirements that it fails.
    pub fails: BTreeSet<String>,
    /// Destinations on which it is shown; all where none is named.
    #[serde(default)]
    pub on: Vec<String>,
    #[serde(default)]
    in_order: bool,
    in_flight: Option<usize>,
    #[serde(default)]
    only_these: bool,
    unseen: Option<String>,
    token_life_seconds: Option<u64>,
}

impl Row {
    /// Whether it is shown on a destination that takes files, which the program starts.
    pub fn is_of_files(&self) -> bool {
        let messages = reference(&credentials());
        let mut on = self.on.iter();
        on.any(|name| messages.iter().all(|known| known.name != *name))
    }
}

/// The rows of `fixtures/faults.toml`.
pub fn rows() -> Vec<Row> {
    let table: Table = toml::from_str(include_str!("../../fixtures/faults.toml")).unwrap();
    table.fault
}

/// What `fixtures/faults.toml` says of each fault.
pub fn table() -> BTreeMap<String, BTreeSet<String>> {
    rows()
        .into_iter()
        .map(|row| (row.name, row.fails))
        .collect()
}

/// Why a fault fails nothing, of each that does not.
pub fn unseen() -> BTreeMap<String, String> {
    let rows = rows().into_iter();
    rows.filter_map(|row| Some((row.name, row.unseen?)))
        .collect()
}

/// What is wrong with one fault, if anything.
fn disagreement(fault: Fault, row: &Row) -> Option<String> {
    let expected = &row.fails;
    let mut wish = Wish {
        concurrency: row.in_order.then_some(1),
        in_flight: row.in_flight,
        ..Wish::default()
    };
    wish.selection.destinations.clone_from(&row.on);
    wish.token_life_seconds = row.token_life_seconds;
    if row.token_life_seconds.is_some() || row.only_these {
        wish.selection.requirements = row.fails.iter().cloned().collect();
    }
    let run = alone(judged(BTreeSet::from([fault]), BTreeSet::new(), wish));
    let found = failed(&run);
    let stray: Vec<_> = found.difference(expected).collect();
    let missed: Vec<_> = expected.difference(&found).collect();
    let text = || {
        format!(
            "{fault}: stray {stray:?}, missed {missed:?}\n{}",
            findings(&run)
        )
    };
    (found != *expected).then(text)
}

#[test]
fn every_fault_fails_exactly_what_it_must() {
    let _busy = BUSY.lock().unwrap_or_else(PoisonError::into_inner);
    let rows = rows();
    let row = |fault: Fault| rows.iter().find(|row| row.name == fault.name()).unwrap();
    let all = Fault::ALL.iter().copied();
    let mut faults: Vec<Fault> = all.filter(|fault| !row(*fault).is_of_files()).collect();
    // What is shown on few destinations is so because it takes long: it begins first.
    faults.sort_by_key(|fault| row(*fault).on.is_empty());
    let disagreements = all_at_once(&faults, |fault| disagreement(*fault, row(*fault)));
    // The runner silences the panic hook while it runs, so the message goes out before the panic.
    eprintln!("{}", disagreements.join("\n\n"));
    assert!(
        disagreements.is_empty(),
        "faults that fail other requirements than named"
    );
}

/// MUST requirements that judge the configuration itself: tests here fail the first two, `cli::batch` the others; those of
/// the prerequisite `CFG` have their broken twins in `configuration`.
const OF_THE_CONFIGURATION: &[&str] = &[
    "STR-2.01",
    "META-15",
    "BAT-1.S3.01",
    "BAT-1.GCS.01",
    "BAT-1.SFTP.01",
];

/// Of the outcomes of one requirement at a destination, when the reference submission is changed like that, each.
async fn outcomes(
    (destination, requirement): (&str, &str),
    edit: impl Fn(&str, String) -> String,
) -> Vec<&'static str> {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let authority = emulator.certificate_authority_pem();
    let submitted = submitted(&emulator.base_url(), authority, edit);
    let mut wish = Wish::default();
    wish.selection.destinations = vec![destination.to_owned()];
    wish.selection.requirements = vec![requirement.to_owned()];
    let run = perform(&submitted, wish).await;
    let of_it = run
        .scenarios
        .iter()
        .filter(|s| s.destination == destination);
    let of_it = of_it.filter(|s| s.requirement == requirement);
    of_it.map(|s| s.outcome.word()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn customer_data_that_the_audience_template_does_not_expect_fails_its_requirement() {
    let other = |path: &str, text: String| match path {
        "bearer-batch-audience.json" => text.replace("^https?://[^/]+$", "^[0-9]+$"),
        _ => text,
    };
    assert_eq!(
        outcomes(("bearer-batch", "META-15"), other).await,
        ["failed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_template_that_cannot_be_used_leaves_its_requirements_out() {
    let other = |path: &str, text: String| match path {
        "bearer-batch-audience.json" => text.replace("{{segment.name}}", "{{segment.nmae}}"),
        _ => text,
    };
    assert_eq!(
        outcomes(("bearer-batch", "META-01"), other).await,
        ["omitted", "omitted", "omitted"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_request_that_has_no_place_for_a_secret_is_not_tried_with_a_wrong_one() {
    let fixed = r#""contentType": "application/x-www-form-urlencoded", "headers": [ { "header": "Authorization",
        "value": { "templatingStrategy": "NONE", "value": "Basic Y2xpZW50LTE6c2VjcmV0LTc3YWEzMGU5" } } ],"#;
    let own = |path: &str, text: String| match path {
        "oauth2-basic.json" => text.replace(
            r#""contentType": "application/x-www-form-urlencoded","#,
            fixed,
        ),
        _ => text,
    };
    let found = outcomes(("oauth2-basic", "STR-2.OAUTH2.07"), own).await;
    let of = |word: &str| found.iter().filter(|found| **found == word).count();
    assert_eq!(
        (of("passed"), of("omitted")),
        (1, found.len() - 1),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_an_audience_may_come_in_a_header_of_any_letter_case() {
    let header = |path: &str, text: String| match path {
        "bearer-batch-audience.json" => {
            text.replace("{{response.audience.id}}", "{{headers.X-Audience-Id}}")
        }
        _ => text,
    };
    for requirement in ["META-16", "META-02", "META-09"] {
        let found = outcomes(("bearer-batch", requirement), header).await;
        let judged: Vec<_> = found.iter().filter(|word| **word != "omitted").collect();
        assert!(
            judged.iter().all(|word| **word == "passed"),
            "{requirement}"
        );
        assert!(!judged.is_empty(), "{requirement}");
    }
    let body = |_: &str, text: String| text;
    assert_eq!(
        outcomes(("bearer-batch", "META-16"), body).await,
        ["omitted"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_way_to_ask_an_audience_is_judged_by_its_answers_alone() {
    let without = |path: &str, text: String| match (
        path,
        text.split_once("[destination.observe.audience]"),
    ) {
        ("submission.toml", Some((before, after))) => {
            let after = after
                .split_once("[[destination")
                .map_or("", |(_, rest)| rest);
            format!("{before}[[destination{after}")
        }
        _ => text,
    };
    assert_eq!(
        outcomes(("bearer-batch", "META-10"), without).await,
        ["omitted"]
    );
    assert_eq!(
        outcomes(("bearer-batch", "META-04"), without).await,
        [
            "omitted", "omitted", "omitted", "passed", "passed", "passed", "passed"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_without_authentication_fails_the_protocol_requirement() {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let submitted = submitted(
        &emulator.base_url(),
        emulator.certificate_authority_pem(),
        |path, text| {
            let without = text.replace("\"CUSTOMER_AUTHENTICATION\"", "\"NONE\"");
            if path == "bearer-single.json" {
                without
            } else {
                text
            }
        },
    );
    let run = perform(&submitted, Wish::default()).await;
    let of_it = run
        .scenarios
        .iter()
        .filter(|s| s.destination == "bearer-single");
    let found = of_it
        .filter(|s| s.requirement == "STR-2.01")
        .all(|s| s.outcome.word() == "failed");
    assert!(found, "{}", findings(&run));
}

#[test]
fn a_fault_that_nothing_fails_has_a_reason() {
    for row in rows() {
        assert_eq!(row.fails.is_empty(), row.unseen.is_some(), "{}", row.name);
    }
}

#[test]
fn every_must_that_is_tested_has_a_fault() {
    let named: BTreeSet<String> = table().into_values().flatten().collect();
    let catalogue = Catalogue::embedded().unwrap();
    let lacking: Vec<&str> = catalogue
        .requirements
        .iter()
        .filter(|r| r.level == Level::Must && r.verification == Verification::Tested)
        .map(|r| r.id.as_str())
        .filter(|id| !id.starts_with("CFG-"))
        .filter(|id| !named.contains(*id) && !OF_THE_CONFIGURATION.contains(id))
        .collect();
    assert!(lacking.is_empty(), "no fault fails {lacking:?}");
}

#[test]
fn the_table_names_every_fault_and_only_requirements_that_exist() {
    let catalogue = Catalogue::embedded().unwrap();
    let names: BTreeSet<String> = destspec::emulator::Fault::all()
        .map(|f| f.name().to_owned())
        .collect();
    assert_eq!(table().into_keys().collect::<BTreeSet<_>>(), names);
    let unknown: Vec<String> = table()
        .into_values()
        .flatten()
        .filter(|id| catalogue.requirement(id).is_none())
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_ties_the_identities_of_somebody_together_where_profiles_are_split() {
    let split = |path: &str, text: String| match path {
        "bearer-batch.json" => text.replace("\"splitUserById\": false", "\"splitUserById\": true"),
        _ => text,
    };
    for requirement in ["STR-1b.02", "STR-1b.03"] {
        let found = outcomes(("bearer-batch", requirement), split).await;
        assert!(
            found.contains(&"passed") && !found.contains(&"failed"),
            "{requirement}: {found:?}"
        );
    }
}
