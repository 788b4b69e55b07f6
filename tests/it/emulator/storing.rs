//! What is stored of what was sent, by the emulator's own word.

use serde_json::json;

use crate::emulator::client::{Lab, minimal, profile};

#[tokio::test]
async fn membership_follows_what_was_sent_last() {
    let lab = Lab::new(&[], &[]).await;
    for (changes, members, removed) in [
        (
            &[
                ("a1", "realized"),
                ("CustomerAudienceUpload/a2", "existing"),
            ][..],
            json!(["a2", "a1"]),
            json!([]),
        ),
        (&[("a1", "exited")], json!(["a2"]), json!(["a1"])),
        (
            &[("a1", "realized"), ("CustomerAudienceUpload/a2", "exited")],
            json!(["a1"]),
            json!(["a2"]),
        ),
    ] {
        let message = profile(&[("email", "a@example.com")], changes);
        for _ in 0..2 {
            assert_eq!(lab.deliver("bearer-single", &message).await.status, 200);
            let stored = lab.observe("bearer-single", "a@example.com").await.json();
            assert_eq!(
                (&stored["audiences"], &stored["removed"]),
                (&members, &removed)
            );
        }
    }
}

#[tokio::test]
async fn identities_are_stored_unchanged_and_found_by_any_of_them() {
    let lab = Lab::new(&[], &[]).await;
    let hash = "0".repeat(64);
    let identities = [
        ("email", "zoë+x@example.com"),
        ("email", "b@example.com"),
        ("email_sha256", hash.as_str()),
    ];
    assert_eq!(
        lab.deliver(
            "bearer-single",
            &profile(&identities, &[("a1", "realized")])
        )
        .await
        .status,
        200
    );
    let more = profile(
        &[("email", "b@example.com"), ("external_id", "7/7")],
        &[("a2", "realized")],
    );
    assert_eq!(lab.deliver("bearer-single", &more).await.status, 200);
    for encoded in [
        "zo%C3%AB%2Bx%40example.com",
        "b@example.com",
        "7%2F7",
        &hash,
    ] {
        let stored = lab.observe("bearer-single", encoded).await.json();
        assert_eq!(stored["audiences"], json!(["a1", "a2"]));
        assert_eq!(stored["identities"].as_array().unwrap().len(), 4);
    }
    assert_eq!(
        lab.observe("bearer-single", "c@example.com").await.status,
        404
    );
    assert_eq!(
        lab.observe("bearer-batch", "b@example.com").await.status,
        404
    );
}

#[tokio::test]
async fn attributes_are_stored_unchanged_and_undeclared_ones_are_not() {
    let lab = Lab::new(&[], &[]).await;
    let mut message = minimal("a@example.com");
    message["attributes"] = json!({"firstName": "\"\\\n&<>'\u{1F600}", "birthDate": null, "n": 3});
    assert_eq!(lab.deliver("bearer-single", &message).await.status, 200);
    let stored = lab.observe("bearer-single", "a@example.com").await.json();
    assert_eq!(stored["attributes"], message["attributes"]);
    message["audiences"]["add"] = json!([]);
    assert_eq!(lab.deliver("bearer-batch", &message).await.status, 200);
    let stored = lab.observe("bearer-batch", "a@example.com").await.json();
    assert_eq!(
        stored["attributes"],
        json!({"firstName": "\"\\\n&<>'\u{1F600}", "birthDate": null})
    );
    assert_eq!(lab.deliver("bearer-grouped", &message).await.status, 422);
}

#[tokio::test]
async fn a_batch_is_taken_up_to_its_limit() {
    let lab = Lab::new(&[], &[]).await;
    let batch = |count: usize| {
        let profiles: Vec<_> = (0..count)
            .map(|n| profile(&[("email", &format!("p{n}@example.com"))], &[]))
            .collect();
        json!({"profiles": profiles})
    };
    for (count, status) in [(0, 422), (1, 200), (9, 200), (10, 200), (11, 413)] {
        assert_eq!(
            lab.deliver("bearer-batch", &batch(count)).await.status,
            status,
            "{count}"
        );
    }
    assert_eq!(
        lab.deliver("bearer-grouped", &batch(1_000)).await.status,
        200
    );
    assert_eq!(
        lab.observe("bearer-grouped", "p999@example.com")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_unknown_audience_or_namespace_is_refused() {
    let lab = Lab::new(&[], &[]).await;
    assert_eq!(
        lab.deliver("bearer-batch", &minimal("a@example.com"))
            .await
            .status,
        422
    );
    let known = profile(
        &[("email", "a@example.com")],
        &[("22bb4caf-3a2d-4e48-8b66-1d8c7a2f3e02", "realized")],
    );
    assert_eq!(lab.deliver("bearer-batch", &known).await.status, 200);
    assert_eq!(
        lab.deliver("bearer-single", &profile(&[("fax", "1")], &[]))
            .await
            .status,
        422
    );
    let mixed = profile(&[("email", "a@example.com"), ("gaid", "g")], &[]);
    assert_eq!(lab.deliver("bearer-grouped", &mixed).await.status, 422);
}

#[tokio::test]
async fn an_observation_needs_the_credentials_of_a_delivery() {
    let lab = Lab::new(&[], &[]).await;
    let path = "/bearer-single/observe/profiles/a@example.com";
    assert_eq!(
        lab.send(reqwest::Method::GET, path, &[], "").await.status,
        401
    );
}
