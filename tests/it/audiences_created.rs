//! A destination that knows no audience but those that it gave their ids itself: messages and files name what its audience
//! template created before the scenarios.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;

use destspec::emulator::rest::Fault;
use destspec::model::record::{Destination, Run, Scenario};
use destspec::publish::report::json;
use destspec::suite::replay::replay;
use serde_json::Value;

use crate::support::judged::{Wish, emulator, failed, findings, perform, submitted};
use crate::support::program::Folder;
use crate::support::served::served_of;

/// The run of bearer-batch, whose configuration gives audiences no ids, and whose submission names none.
async fn run(faults: BTreeSet<Fault>) -> Run {
    let emulator = emulator(faults, BTreeSet::new()).await;
    let edited = |path: &str, text: String| match path {
        "submission.toml" => without_audiences(&text),
        "bearer-batch.json" => {
            let by_id = "\"mapExperiencePlatformSegmentId\": true";
            text.replace(by_id, &by_id.replace("true", "false"))
        }
        _ => text,
    };
    let authority = emulator.certificate_authority_pem();
    let submitted = submitted(&emulator.base_url(), authority, edited);
    let mut wish = Wish::default();
    wish.selection.destinations = vec![String::from("bearer-batch")];
    perform(&submitted, wish).await
}

/// A submission without its audiences.
fn without_audiences(text: &str) -> String {
    let tables = text.split("\n[");
    let kept: Vec<&str> = tables
        .filter(|table| !table.starts_with("[destination.audience]]"))
        .collect();
    kept.join("\n[")
}

fn of<'a>(run: &'a Run, id: &str) -> &'a Scenario {
    let mut all = run.scenarios.iter();
    let of_it = ["bearer-batch", "s3-csv"];
    all.find(|s| s.id == id && of_it.contains(&s.destination.as_str()))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_name_the_audiences_that_the_destination_created() {
    let run = run(BTreeSet::new()).await;
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    let destination = run.destinations.iter().find(|d| d.name == "bearer-batch");
    let destination = destination.unwrap();
    assert_eq!(destination.audiences.len(), 3);
    let swept = destination.swept_audiences.unwrap();
    assert!(swept.deleted >= 3 && swept.left == 0, "{swept:?}");
    assert_eq!(of(&run, "STR-1a.01").outcome.word(), "passed");
    let replayed = replay(&run).await.unwrap();
    assert!(replayed.holds(), "{:#?}", replayed.differences);
    let forge: [fn(&mut Destination); 2] = [
        |destination| drop(destination.audiences.pop()),
        |destination| {
            destination
                .audiences
                .extend(destination.audiences.first().cloned())
        },
    ];
    for forge in forge {
        let mut forged = run.clone();
        let own = forged
            .destinations
            .iter_mut()
            .filter(|d| d.name == "bearer-batch");
        own.for_each(forge);
        assert!(!replay(&forged).await.unwrap().holds());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_where_the_template_has_it_and_is_recorded_nowhere() {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let edited = |path: &str, text: String| match path {
        "bearer-batch-audience.json" => token_in_query(&text),
        "submission.toml" => text.replace(
            "audiences/{alias}",
            "audiences/{alias}?access_token={token}",
        ),
        _ => text,
    };
    let authority = emulator.certificate_authority_pem();
    let submitted = submitted(&emulator.base_url(), authority, edited);
    let mut wish = Wish::default();
    wish.selection.destinations = vec![String::from("bearer-batch")];
    wish.selection.requirements = (1..=17).map(|n| format!("META-{n:02}")).collect();
    let token = wish.credentials.token.clone();
    let run = perform(&submitted, wish).await;
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    for id in [
        "META-01",
        "META-04",
        "META-14/create",
        "META-14/nearly-create",
    ] {
        assert_eq!(
            of(&run, id).outcome.word(),
            "passed",
            "{id}: {}",
            findings(&run)
        );
    }
    let created = &of(&run, "META-01").exchanges[0];
    let url = &created.request().unwrap().url;
    assert!(url.contains("?access_token=⟦secret:token"), "{url}");
    let recorded = serde_json::to_string(&run).unwrap();
    assert!(!recorded.contains(&token));
    let replayed = replay(&run).await.unwrap();
    assert!(replayed.holds(), "{:#?}", replayed.differences);
}

/// An audience template with its token in the query of every URL and no `Authorization`.
fn token_in_query(template: &str) -> String {
    let mut template: Value = serde_json::from_str(template).unwrap();
    let events = template["metadataTemplate"].as_object_mut().unwrap();
    for event in events.values_mut().filter(|event| event.is_object()) {
        let url = format!(
            "{}?access_token={{{{authData.accessToken}}}}",
            event["url"].as_str().unwrap()
        );
        event["url"] = url.into();
        let headers = event["headers"].as_array_mut().unwrap();
        headers.retain(|header| header["header"] != "Authorization");
    }
    template.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_audience_is_created_nothing_is_delivered() {
    let run = run(BTreeSet::from([Fault::AudienceIdMissing])).await;
    assert!(failed(&run).contains("META-01"), "{}", findings(&run));
    for id in ["STR-1a.01", "STR-1.02", "STR-2.02"] {
        let scenario = of(&run, id);
        assert_eq!(scenario.outcome.word(), "blocked", "{id}");
        let code = &scenario.outcome.finding().unwrap().reason.code;
        assert_eq!(code, "earlier.audience-not-created", "{id}");
        assert!(scenario.exchanges.is_empty(), "{id}");
    }
    assert!(replay(&run).await.unwrap().holds());
}

/// The run of s3-csv, whose configuration gives audiences no ids, and whose submission names none.
fn run_of_files(arguments: &[&str]) -> Run {
    let folder = Folder::empty();
    let (_served, _) = served_of(&folder, ("acme", "s3-csv"), arguments);
    folder.write(
        "acme/submission.toml",
        without_audiences(&folder.read("acme/submission.toml")),
    );
    let by_id = "\"mapExperiencePlatformSegmentId\": true";
    folder.edit(
        "acme/s3-csv-aliased.json",
        by_id,
        &by_id.replace("true", "false"),
    );
    folder.run(&["run", "acme/submission.toml", "--quiet", "--out", "out"]);
    json::parse(&folder.read("out/record.json")).unwrap()
}

#[test]
fn files_name_the_audiences_that_the_destination_created() {
    let run = run_of_files(&[]);
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    let destination = &run.destinations[0];
    assert_eq!(destination.audiences.len(), 3);
    let swept = destination.swept_audiences.unwrap();
    assert!(swept.deleted >= 3 && swept.left == 0, "{swept:?}");
    let mut asked = of(&run, "BAT-2.10/plain").exchanges.iter();
    let (of_run, _) = run.id.split_at(12);
    let name = format!("/destspec {of_run} ");
    assert!(asked.any(|exchange| exchange.asked().contains(&name)));
}

#[test]
fn where_no_audience_is_created_no_export_is_written_and_the_location_is_judged() {
    let run = run_of_files(&["--fault", "audience-id-missing"]);
    assert!(failed(&run).contains("META-01"), "{}", findings(&run));
    let ingested = of(&run, "BAT-2.10/plain");
    assert_eq!(ingested.outcome.word(), "blocked");
    assert!(ingested.exchanges.is_empty());
    for id in ["BAT-1.01", "BAT-1.03/unchanged"] {
        let why = findings(&run);
        assert_eq!(of(&run, id).outcome.word(), "passed", "{id}: {why}");
    }
}
