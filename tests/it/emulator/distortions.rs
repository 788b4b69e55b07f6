//! Faults that store something else than was sent, compared with an emulator without faults.

use destspec::emulator::rest::Fault;
use serde_json::{Value, json};

use crate::emulator::client::{Lab, profile};

const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Fault, messages, and the part of the observation that differs from the honest one.
fn distortions() -> Vec<(Fault, Vec<Value>, &'static str)> {
    let of = |changes: &[(&str, &str)]| profile(&[("email", "a+b@example.com")], changes);
    let by = |identities: &[(&str, &str)]| profile(identities, &[("a1", "realized")]);
    let text = |value: &str| {
        let mut message = of(&[]);
        message["attributes"] = json!({"name": value});
        message
    };
    let mut many = of(&[]);
    many["attributes"] = (0..33).map(|n| (format!("f{n}"), json!("v"))).collect();
    let crowd: Vec<String> = (0..101).map(|n| format!("a{n}")).collect();
    let crowd: Vec<(&str, &str)> = crowd.iter().map(|id| (id.as_str(), "realized")).collect();
    let (add, exit) = (of(&[("a1", "realized")]), of(&[("a1", "exited")]));
    let mixed = of(&[("a1", "realized"), ("a2", "exited")]);
    let hashed = by(&[("email", "a+b@example.com"), ("email_sha256", HASH)]);
    let long = "x".repeat(65);
    vec![
        (Fault::RealizedIgnored, vec![add.clone()], "audiences"),
        (
            Fault::ExitedOnlyIgnored,
            vec![add.clone(), exit.clone()],
            "audiences",
        ),
        (
            Fault::ExitedDropped,
            vec![add.clone(), exit.clone()],
            "audiences",
        ),
        (
            Fault::ExitedStoredAsRealized,
            vec![exit.clone()],
            "audiences",
        ),
        (Fault::MixedTakenForRealized, vec![mixed], "audiences"),
        (Fault::ManyAudiencesTruncated, vec![of(&crowd)], "audiences"),
        (
            Fault::OtherNamespaceIgnored,
            vec![of(&[("Other/a1", "realized")])],
            "audiences",
        ),
        (
            Fault::RemovalNotApplied,
            vec![add.clone(), exit.clone()],
            "audiences",
        ),
        (
            Fault::ReaddNotApplied,
            vec![add.clone(), exit, add.clone()],
            "audiences",
        ),
        (
            Fault::RepeatedMessageUndone,
            vec![add.clone(), add],
            "audiences",
        ),
        (
            Fault::NamespaceDropped,
            vec![by(&[("email", "a+b@example.com"), ("external_id", "1")])],
            "identities",
        ),
        (
            Fault::SecondIdentityDropped,
            vec![by(&[("email", "a+b@example.com"), ("email", "1")])],
            "identities",
        ),
        (
            Fault::SecondNamespaceDropped,
            vec![by(&[("email", "a+b@example.com"), ("phone", "1")])],
            "identities",
        ),
        (Fault::HashUpperCase, vec![hashed], "identities"),
        (
            Fault::PlusDecoded,
            vec![by(&[("email", "a+b@example.com")])],
            "identities",
        ),
        (
            Fault::IdentityTruncated,
            vec![by(&[("email", "a+b@example.com"), ("phone", &long)])],
            "identities",
        ),
        (Fault::AttributesDropped, vec![text("x")], "attributes"),
        (Fault::NonBmpMangled, vec![text("\u{1F600}")], "attributes"),
        (Fault::HtmlEscaped, vec![text("a & b")], "attributes"),
        (Fault::BackslashLost, vec![text("a\\b")], "attributes"),
        (Fault::NewlineLost, vec![text("a\nb")], "attributes"),
        (Fault::ManyAttributesTruncated, vec![many], "attributes"),
    ]
}

async fn stored(lab: &Lab, messages: &[Value]) -> Value {
    for message in messages {
        assert_eq!(lab.deliver("bearer-single", message).await.status, 200);
    }
    lab.observe("bearer-single", "a%2Bb%40example.com")
        .await
        .json()
}

#[tokio::test]
async fn a_distortion_changes_the_part_it_says_and_no_other() {
    for (fault, messages, part) in distortions() {
        let honest = stored(&Lab::new(&[], &[]).await, &messages).await;
        let faulty = stored(&Lab::faulty(fault).await, &messages).await;
        assert_ne!(
            honest[part],
            faulty.get(part).cloned().unwrap_or_default(),
            "{fault}"
        );
        let others = ["identities", "attributes", "audiences"]
            .into_iter()
            .filter(|other| *other != part);
        if fault != Fault::PlusDecoded {
            others.for_each(|other| assert_eq!(honest[other], faulty[other], "{fault} {other}"));
        }
    }
}
