//! Attributes that `profileFields` declares to be numbers or booleans are sent as such, whatever a scenario makes of texts.

use std::collections::BTreeSet;

use destspec::model::record::Run;
use serde_json::Value;

use crate::support::judged::{Wish, emulator, failed, findings, perform, submitted};

/// The run of bearer-batch where fields are of other types: name of the field in words, and its type.
async fn run(types: &[(&str, &str)]) -> Run {
    let emulator = emulator(BTreeSet::new(), BTreeSet::new()).await;
    let typed = |path: &str, mut text: String| {
        for (field, kind) in types {
            let declared =
                |kind| format!("\"description\": \"{field}\",\n        \"type\": \"{kind}\"");
            text = match path {
                "bearer-batch.json" => text.replace(&declared("string"), &declared(kind)),
                _ => text,
            };
        }
        text
    };
    let authority = emulator.certificate_authority_pem();
    let submitted = submitted(&emulator.base_url(), authority, typed);
    let mut wish = Wish::default();
    wish.selection.destinations = vec!["bearer-batch".to_owned()];
    perform(&submitted, wish).await
}

/// What any message gives an attribute of that name.
fn sent(run: &Run, name: &str) -> Vec<Value> {
    let exchanges = run.scenarios.iter().flat_map(|s| &s.exchanges);
    let bodies = exchanges.filter_map(|e| e.request()?.body.json());
    let profiles = bodies.filter_map(|body| body.get("profiles")?.as_array().cloned());
    let values = profiles.flatten().map(|p| p["attributes"][name].clone());
    values.filter(|value| !value.is_null()).collect()
}

fn outcomes<'a>(run: &'a Run, requirement: &str) -> BTreeSet<&'a str> {
    let of_it = run
        .scenarios
        .iter()
        .filter(|s| s.requirement == requirement);
    of_it.map(|s| s.outcome.word()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_number_or_boolean_is_never_sent_as_text() {
    let run = run(&[("Last name", "boolean"), ("Date of birth", "integer")]).await;
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    for requirement in ["STR-1c.01", "STR-1c.02", "STR-1c.03"] {
        assert!(outcomes(&run, requirement).contains("passed"));
    }
    let (texts, booleans, numbers) = (
        sent(&run, "firstName"),
        sent(&run, "lastName"),
        sent(&run, "birthDate"),
    );
    assert!(texts.len() > 20 && texts.iter().all(Value::is_string));
    assert!(booleans.len() > 20 && booleans.iter().all(Value::is_boolean));
    assert!(numbers.len() > 20 && numbers.iter().all(Value::is_u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_may_be_any_text_no_text_is_tried() {
    let run = run(&[
        ("First name", "number"),
        ("Last name", "boolean"),
        ("Date of birth", "long"),
    ])
    .await;
    assert_eq!(failed(&run), BTreeSet::new(), "{}", findings(&run));
    assert!(outcomes(&run, "STR-1c.01").contains("passed"));
    assert_eq!(outcomes(&run, "STR-1c.03"), BTreeSet::from(["omitted"]));
}
