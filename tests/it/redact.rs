//! Every form of a secret that certification knows is absent from what is recorded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::model::redact::{Redactor, untagged, without_user};
use destspec::model::secret::{NamedSecret, Secret};
use proptest::prelude::*;

use crate::support::guises::{each, guises, gzip, json, percent};

const SECRET: &str = r#"dS"'<&%k \é/Zq9-Lm+2Wx~R7tVb4Nc"#;

fn redactor(secret: &str) -> Redactor {
    let redactor = Redactor::new([7; 32]);
    redactor.learn(&NamedSecret::new("canary", Secret::new(secret)));
    redactor
}

#[test]
fn every_form_of_a_secret_is_absent_from_what_is_recorded() {
    for secret in [
        SECRET,
        "0123456789abcdefghijABCDEFGHIJ-_",
        "correct horse battery staple/9",
    ] {
        let redactor = redactor(secret);
        for (form, text) in guises(secret) {
            let around = format!("before {text} after");
            let shown = redactor.text(&around);
            assert!(!shown.contains(&text), "{form} of {secret}: {shown}");
            assert!(shown.contains("⟦"), "{form} of {secret}: {shown}");
        }
    }
}

#[test]
fn packed_and_wide_bodies_are_withheld() {
    let redactor = redactor(SECRET);
    let wide: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [gzip(SECRET.as_bytes()), wide] {
        assert!(
            redactor
                .bytes(&bytes)
                .is_some_and(|held| held.starts_with("⟦withheld:canary#"))
        );
    }
    assert_eq!(redactor.bytes(&gzip(b"nothing to hide in this body")), None);
}

#[test]
fn ordinary_text_stays_as_it_is() {
    let redactor = redactor(SECRET);
    let text =
        r#"{"users":[{"segmentMembership":"a%20b","id":"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"}]}"#;
    assert_eq!(redactor.text(text), text);
}

#[test]
fn a_short_secret_is_replaced_only_where_it_stands_alone() {
    let redactor = redactor("abc");
    assert_eq!(
        untagged(&redactor.text("pw=abc&x=abcd")),
        "pw=⟦secret:canary⟧&x=abcd"
    );
    assert_eq!(redactor.weak(), ["canary"]);
}

#[test]
fn a_mark_redacts_to_itself_in_a_replay() {
    let redactor = Redactor::replaying();
    redactor.learn(&NamedSecret::new("canary", Secret::replayed("canary")));
    let body = format!("client_secret={}", percent("⟦secret:canary⟧"));
    assert_eq!(redactor.text(&body), "client_secret=⟦secret:canary⟧");
}

#[test]
fn an_answer_without_secrets_is_searched_quickly() {
    let redactor = redactor(SECRET);
    let body = r#"{"id":"4711","status":"ok","message":"profile stored"},"#.repeat(19);
    let start = std::time::Instant::now();
    for _ in 0..100 {
        assert_eq!(redactor.text(&body).len(), body.len());
    }
    assert!(
        start.elapsed().as_millis() < 2_000,
        "{:?} for 100",
        start.elapsed()
    );
}

#[test]
fn a_url_without_its_user_leads_where_it_led() {
    for (url, kept) in [
        (
            "https://user:password@api.example.com/a@b",
            "https://⟦withheld:user⟧@api.example.com/a@b",
        ),
        (
            "https://evil.example\\@api.example.com/v1",
            "https://evil.example\\@api.example.com/v1",
        ),
        (
            "https://api.example.com?to=a@b",
            "https://api.example.com?to=a@b",
        ),
    ] {
        assert_eq!(without_user(url), kept);
        let host = |url: &str| Some(url::Url::parse(url).ok()?.host_str()?.to_owned());
        assert!(host(url).is_some() && host(&without_user(url)) == host(url));
    }
}

fn nested(layers: &[u8], text: &str) -> String {
    layers
        .iter()
        .fold(text.to_owned(), |text, layer| match layer % 6 {
            0 => STANDARD.encode(text),
            1 => percent(&text),
            2 => json(&text),
            3 => each(&text, |b| format!("{b:02x}"), ""),
            4 => STANDARD.encode(gzip(text.as_bytes())),
            _ => text.chars().map(|c| format!("&#{};", c as u32)).collect(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_secret_is_found_under_three_layers(
        secret in "[A-Za-z0-9!-/]{20,40}",
        layers in prop::collection::vec(0_u8..6, 0..=3),
    ) {
        let text = nested(&layers, &secret);
        let shown = redactor(&secret).text(&text);
        prop_assert!(shown.contains('⟦'), "{layers:?}: {shown}");
        prop_assert!(!shown.contains(&text));
    }
}
