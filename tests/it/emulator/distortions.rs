//! Faults that store something else than was sent, compared with an emulator without faults.

use destspec::emulator::rest::Fault;
use serde_json::{Value, json};

use crate::emulator::client::{Lab, audiences, profile};

const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Fault, messages, and the part of the observation that differs from the honest one.
type Row = (Fault, Vec<Value>, &'static str);

/// Faults that any message shows.
fn distortions() -> Vec<Row> {
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

/// As [`distortions`], of what a profile does to what is known of it.
fn histories() -> Vec<Row> {
    let of = |changes: &[(&str, &str)]| profile(&[("email", "a+b@example.com")], changes);
    let with = |value: Value| {
        let mut message = of(&[("a1", "realized")]);
        message["attributes"] = json!({"name": value});
        message
    };
    let both = of(&[("a1", "realized"), ("a2", "realized")]);
    let (add, exit) = (of(&[("a1", "realized")]), of(&[("a1", "exited")]));
    let mut leaving = with(json!("x"));
    leaving["audiences"] = audiences(&[("a1", "exited")]);
    vec![
        (
            Fault::LeavingOneLeavesAll,
            vec![both.clone(), exit.clone()],
            "audiences",
        ),
        (
            Fault::EnteringDropsOthers,
            vec![add.clone(), of(&[("a2", "realized")])],
            "audiences",
        ),
        (
            Fault::KnownProfileIgnored,
            vec![add.clone(), exit.clone()],
            "audiences",
        ),
        (
            Fault::RepeatedMessageIgnored,
            vec![add.clone(), exit.clone(), add.clone()],
            "audiences",
        ),
        (
            Fault::MembershipsDuplicated,
            vec![add.clone(), add.clone()],
            "audiences",
        ),
        (
            Fault::IdentitiesDuplicated,
            vec![add.clone(), add.clone()],
            "identities",
        ),
        (Fault::ExitOfUnknownEnters, vec![exit], "audiences"),
        (
            Fault::ChangedAttributeIgnored,
            vec![with(json!("x")), with(json!("y"))],
            "attributes",
        ),
        (
            Fault::NullAttributeIgnored,
            vec![with(json!("x")), with(json!(null))],
            "attributes",
        ),
        (
            Fault::ReturningAttributeIgnored,
            vec![with(json!(null)), with(json!("x"))],
            "attributes",
        ),
        (
            Fault::ExitErasesAttributes,
            vec![with(json!("x")), leaving],
            "attributes",
        ),
    ]
}

/// As [`distortions`], of values that look harmless.
fn values() -> Vec<Row> {
    let of = |changes: &[(&str, &str)]| profile(&[("email", "a+b@example.com")], changes);
    let by = |id: &str| {
        let identities = [("email", "a+b@example.com"), ("external_id", id)];
        profile(&identities, &[("a1", "realized")])
    };
    let text = |value: &str| {
        let mut message = of(&[]);
        message["attributes"] = json!({"name": value});
        message
    };
    let entry = |field: &str, value: &str| {
        let mut message = of(&[("a1", "realized")]);
        message["audiences"]["add"][0][field] = json!(value);
        message
    };
    let time = |value: &str| vec![entry("time", value)];
    let alias = || vec![entry("id", "Sport/Männer 20+ %41")];
    let long = "x".repeat(256);
    let sources = of(&[("a1", "realized"), ("Other/a2", "realized")]);
    vec![
        (
            Fault::NumericZoneNotStored,
            time("2026-01-01T00:00:00+0000"),
            "audiences",
        ),
        (
            Fault::FractionNotStored,
            time("2026-01-01T00:00:00.5Z"),
            "audiences",
        ),
        (Fault::AliasCutAtSlash, alias(), "audiences"),
        (Fault::AliasUrlDecoded, alias(), "audiences"),
        (Fault::AliasBlankReplaced, alias(), "audiences"),
        (Fault::AliasAsciiOnly, alias(), "audiences"),
        (Fault::AliasLowerCased, alias(), "audiences"),
        (Fault::SecondSourceDropped, vec![sources], "audiences"),
        (
            Fault::UnsentAudienceAdded,
            vec![of(&[("a1", "realized")])],
            "audiences",
        ),
        (Fault::UnsentIdentityAdded, vec![by("1")], "identities"),
        (Fault::IdentityLowerCased, vec![by("AbC")], "identities"),
        (Fault::LeadingZerosLost, vec![by("007")], "identities"),
        (Fault::IdentityTrimmed, vec![by(" 7 ")], "identities"),
        (Fault::IdentityComposed, vec![by("e\u{301}")], "identities"),
        (Fault::AttributeTrimmed, vec![text(" x ")], "attributes"),
        (
            Fault::AttributeComposed,
            vec![text("e\u{301}")],
            "attributes",
        ),
        (Fault::AttributeCut, vec![text(&long)], "attributes"),
        (Fault::EmptyTextNull, vec![text("")], "attributes"),
        (Fault::NumberTextConverted, vec![text("007")], "attributes"),
        (
            Fault::BooleanTextConverted,
            vec![text("true")],
            "attributes",
        ),
        (Fault::NullTextConverted, vec![text("null")], "attributes"),
        (
            Fault::DateTextConverted,
            vec![text("1990-05-17")],
            "attributes",
        ),
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
    for (fault, messages, part) in [distortions(), histories(), values()].concat() {
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

#[tokio::test]
async fn a_spelling_that_is_stored_is_found_by_what_was_sent() {
    let lab = Lab::faulty(Fault::IdentityLowerCased).await;
    let message = profile(&[("external_id", "AbC")], &[("a1", "realized")]);
    assert_eq!(lab.deliver("bearer-single", &message).await.status, 200);
    let found = lab.observe("bearer-single", "AbC").await.json();
    assert_eq!(
        found["identities"],
        json!([{"type": "external_id", "id": "abc"}])
    );
}
