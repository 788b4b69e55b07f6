//! Faults that refuse what has to be taken: each refuses what it says and not its good neighbour.

use destspec::emulator::rest::Fault;
use serde_json::{Value, json};

use crate::emulator::client::{Lab, minimal, profile};

const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const ONE: &str = "bearer-single";
const BATCH: &str = "bearer-batch";

/// Fault, destination, what it spoils, the status of that, and the good neighbour.
type Row = (Fault, &'static str, Value, u16, Value);

fn good() -> Value {
    minimal("a@example.com")
}

fn of(changes: &[(&str, &str)]) -> Value {
    profile(&[("email", "a@example.com")], changes)
}

fn by(identities: &[(&str, &str)]) -> Value {
    profile(identities, &[("a1", "realized")])
}

fn with(attributes: Value) -> Value {
    let mut message = of(&[]);
    message["attributes"] = attributes;
    message
}

fn batch(count: usize) -> Value {
    let profiles: Vec<_> = (0..count)
        .map(|n| profile(&[("email", &format!("p{n}@example.com"))], &[]))
        .collect();
    json!({"profiles": profiles})
}

fn batches() -> Vec<Row> {
    vec![
        (
            Fault::MinimalMessageRefused,
            ONE,
            good(),
            400,
            of(&[("a1", "realized"), ("a2", "realized")]),
        ),
        (Fault::BatchLimitOffByOne, BATCH, batch(10), 413, batch(9)),
        (Fault::SingleProfileRefused, BATCH, batch(1), 400, batch(2)),
        (Fault::FixedBatchSize, BATCH, batch(5), 400, batch(10)),
        (Fault::UnknownAudienceFails, BATCH, good(), 500, batch(1)),
    ]
}

fn audiences() -> Vec<Row> {
    let crowd: Vec<String> = (0..101).map(|n| format!("a{n}")).collect();
    let crowd: Vec<(&str, &str)> = crowd.iter().map(|id| (id.as_str(), "realized")).collect();
    let exit = of(&[("a1", "exited")]);
    let mixed = of(&[("a1", "exited"), ("a2", "realized")]);
    vec![
        (Fault::RealizedRefused, ONE, good(), 400, exit.clone()),
        (
            Fault::ExitedOnlyRefused,
            ONE,
            exit.clone(),
            400,
            mixed.clone(),
        ),
        (Fault::MixedRefused, ONE, mixed, 400, exit.clone()),
        (
            Fault::ExistingRefused,
            ONE,
            of(&[("a1", "existing")]),
            400,
            good(),
        ),
        (
            Fault::ManyAudiencesRefused,
            ONE,
            of(&crowd),
            400,
            of(&crowd[1..]),
        ),
        (
            Fault::OtherNamespaceRefused,
            ONE,
            of(&[("Other/a1", "realized")]),
            400,
            good(),
        ),
        (Fault::ExitOfUnknownRefused, ONE, exit, 404, good()),
    ]
}

fn timestamps() -> Vec<Row> {
    let at = |time: &str| {
        let mut message = good();
        message["audiences"]["add"][0]["time"] = json!(time);
        message
    };
    let (zulu, numeric) = ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000+0000");
    vec![
        (Fault::NumericZoneRefused, ONE, at(numeric), 400, at(zulu)),
        (Fault::FractionRefused, ONE, at(zulu), 400, good()),
    ]
}

fn identities() -> Vec<Row> {
    let (twice, both) = (
        by(&[("email", "1"), ("email", "2")]),
        by(&[("email", "1"), ("phone", "2")]),
    );
    let of_length = |length: usize| by(&[("email", &"x".repeat(length))]);
    vec![
        (
            Fault::NamespaceRefused,
            ONE,
            by(&[("external_id", "1")]),
            400,
            by(&[("phone", "1")]),
        ),
        (
            Fault::SecondIdentityRefused,
            ONE,
            twice.clone(),
            400,
            both.clone(),
        ),
        (Fault::SecondNamespaceRefused, ONE, both.clone(), 400, twice),
        (Fault::LackingNamespaceRefused, ONE, both, 400, good()),
        (
            Fault::HashRefused,
            ONE,
            by(&[("email_sha256", HASH)]),
            400,
            good(),
        ),
        (
            Fault::SecondGroupRefused,
            "bearer-grouped",
            by(&[("idfa", "1")]),
            400,
            good(),
        ),
        (
            Fault::LongIdentityRefused,
            ONE,
            of_length(129),
            400,
            of_length(128),
        ),
        (
            Fault::UnicodeIdentityRefused,
            ONE,
            by(&[("email", "ö")]),
            400,
            good(),
        ),
        (Fault::EmptyIdentitiesFails, ONE, by(&[]), 500, good()),
    ]
}

fn attributes() -> Vec<Row> {
    let full = json!({"firstName": "A", "lastName": "B", "birthDate": "C"});
    let numbered = |count: usize| {
        (0..count)
            .map(|n| (format!("f{n}"), json!("v")))
            .collect::<Value>()
    };
    vec![
        (
            Fault::AttributesRefused,
            ONE,
            with(json!({"a": "b"})),
            400,
            good(),
        ),
        (
            Fault::NullAttributeRefused,
            ONE,
            with(json!({"a": null})),
            400,
            with(json!({"a": "b"})),
        ),
        (
            Fault::MissingAttributeRefused,
            BATCH,
            of(&[]),
            400,
            with(full),
        ),
        (
            Fault::ManyAttributesRefused,
            ONE,
            with(numbered(33)),
            400,
            with(numbered(32)),
        ),
    ]
}

#[tokio::test]
async fn a_refusal_refuses_what_it_says_and_not_its_neighbour() {
    let honest = Lab::new(&[], &[]).await;
    let rows = [
        batches(),
        audiences(),
        timestamps(),
        identities(),
        attributes(),
    ]
    .concat();
    for (fault, name, spoiled, status, neighbour) in rows {
        let lab = Lab::faulty(fault).await;
        assert_ne!(
            honest.deliver(name, &spoiled).await.status,
            status,
            "{fault}: the same without it"
        );
        assert_eq!(lab.deliver(name, &spoiled).await.status, status, "{fault}");
        let answer = lab.deliver(name, &neighbour).await;
        assert_eq!(answer.status, 200, "{fault}: {}", answer.text);
    }
}
