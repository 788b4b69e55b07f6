//! Messages of several different profiles: each ends as its own, unless a fault takes one for another.

use std::collections::BTreeMap;

use destspec::emulator::rest::Fault;
use serde_json::{Value, json};

use crate::emulator::client::{Lab, profile};

/// Audiences that `bearer-batch` knows.
const X: &str = "11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01";
const Y: &str = "22bb4caf-3a2d-4e48-8b66-1d8c7a2f3e02";

fn with(mut profile: Value, attributes: Value) -> Value {
    profile["attributes"] = attributes;
    profile
}

/// Ana enters X, Ben enters Y, nobody enters X, Cleo leaves X, and who has only a phone enters Y.
fn mixed() -> Vec<Value> {
    vec![
        with(
            profile(&[("email", "ana")], &[(X, "realized")]),
            json!({"firstName": "Ana"}),
        ),
        with(
            profile(&[("email", "ben")], &[(Y, "realized")]),
            json!({"firstName": "Ben", "lastName": "Bell"}),
        ),
        profile(&[], &[(X, "realized")]),
        profile(&[("email", "cleo")], &[(X, "exited")]),
        profile(&[("phone", "dan")], &[(Y, "realized")]),
    ]
}

async fn observed(lab: &Lab, profiles: &[Value]) -> BTreeMap<&'static str, String> {
    let message = json!({"profiles": profiles});
    assert_eq!(lab.deliver("bearer-batch", &message).await.status, 200);
    let mut observed = BTreeMap::new();
    for name in ["ana", "ben", "cleo", "dan"] {
        let answer = lab.observe("bearer-batch", name).await;
        observed.insert(name, answer.text);
    }
    observed
}

#[tokio::test]
async fn each_profile_of_a_mixed_message_ends_as_its_own_in_any_order() {
    let mut profiles = mixed();
    let first = observed(&Lab::new(&[], &[]).await, &profiles).await;
    let part = |name: &str, part: &str| {
        let document: Value = serde_json::from_str(&first[name]).unwrap();
        document[part].clone()
    };
    assert_eq!(part("ana", "audiences"), json!([X]));
    assert_eq!(part("ben", "audiences"), json!([Y]));
    assert_eq!(part("cleo", "removed"), json!([X]));
    assert_eq!(part("dan", "audiences"), json!([Y]));
    assert_eq!(part("ana", "attributes"), json!({"firstName": "Ana"}));
    for _ in 0..profiles.len() {
        profiles.rotate_left(1);
        let rotated = observed(&Lab::new(&[], &[]).await, &profiles).await;
        assert_eq!(rotated, first);
    }
}

#[tokio::test]
async fn a_fault_of_batches_changes_whom_it_says_and_nobody_else() {
    let honest = observed(&Lab::new(&[], &[]).await, &mixed()).await;
    for (fault, changed) in [
        (Fault::LastProfileDropped, vec!["dan"]),
        (Fault::LastProfileOnly, vec!["ana", "ben", "cleo"]),
        (Fault::FirstColumnsForAll, vec!["ben"]),
        (Fault::FirstStatusForAll, vec!["cleo"]),
        (Fault::FirstAudiencesForAll, vec!["ben", "cleo", "dan"]),
        (Fault::FirstNamespaceForAll, vec!["dan"]),
        (Fault::AudiencesAccumulate, vec!["ben", "cleo", "dan"]),
        (Fault::AttributesShifted, vec!["ana", "ben"]),
        (Fault::BatchExitsIgnored, vec!["cleo"]),
        (Fault::BatchExitsForAll, vec!["ana", "ben", "dan"]),
        (Fault::IdentitylessEndsBatch, vec!["cleo", "dan"]),
    ] {
        let faulty = observed(&Lab::faulty(fault).await, &mixed()).await;
        let differing: Vec<&str> = honest
            .iter()
            .filter(|(name, answer)| faulty[*name] != **answer)
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(differing, changed, "{fault}");
    }
}

#[tokio::test]
async fn exits_behind_the_second_are_lost_where_so_many_are_taken() {
    let lab = Lab::faulty(Fault::ThirdExitIgnored).await;
    let all =
        |status| ["ana", "ben", "cleo"].map(|name| profile(&[("email", name)], &[(X, status)]));
    observed(&lab, &all("realized")).await;
    let left = observed(&lab, &all("exited")).await;
    let audiences = |name: &str| {
        let document: Value = serde_json::from_str(&left[name]).unwrap();
        document["audiences"].clone()
    };
    assert_eq!([audiences("ana"), audiences("ben")], [json!([]), json!([])]);
    assert_eq!(audiences("cleo"), json!([X]));
}

#[tokio::test]
async fn an_identity_more_shifts_everybody_behind_it_where_identities_are_dealt_out() {
    let lab = Lab::faulty(Fault::IdentitiesZipped).await;
    let two = profile(&[("email", "ana"), ("email", "anna")], &[(X, "realized")]);
    let message = json!({"profiles": [two, profile(&[("email", "ben")], &[(Y, "realized")])]});
    assert_eq!(lab.deliver("bearer-batch", &message).await.status, 200);
    let anna = lab.observe("bearer-batch", "anna").await.json();
    assert_eq!(anna["audiences"], json!([Y]));
    assert_eq!(lab.observe("bearer-batch", "ben").await.status, 404);
}

#[tokio::test]
async fn a_small_limit_refuses_a_large_message_only() {
    let lab = Lab::faulty(Fault::LargeMessageRefused).await;
    let batch = |count: usize| {
        let profiles: Vec<_> = (0..count)
            .map(|n| profile(&[("email", &format!("{n}{}", "x".repeat(200)))], &[]))
            .collect();
        json!({"profiles": profiles})
    };
    for (count, status) in [(1, 200), (999, 413)] {
        let answer = lab.deliver("bearer-grouped", &batch(count)).await;
        assert_eq!(answer.status, status);
    }
}
