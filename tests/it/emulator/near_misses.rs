//! Credentials that are almost right: refused, unless a fault is content with less.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use destspec::emulator::rest::{Fault, Variation};
use reqwest::Method;

use crate::emulator::client::{Lab, minimal};
use crate::emulator::tokens::access_token;

/// The near misses of a secret, and the fault that is content with each.
fn near(secret: &str) -> Vec<(Fault, String)> {
    let (head, last) = secret.split_at(secret.len() - 1);
    let other = if last == "x" { "y" } else { "x" };
    let swapped = |c: char| match c.is_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    let like = "*".repeat(secret.chars().count());
    vec![
        (
            Fault::SecretCaseIgnored,
            secret.chars().map(swapped).collect(),
        ),
        (Fault::SecretPrefixAccepted, head.to_owned()),
        (Fault::SecretExtensionAccepted, format!("{secret}0")),
        (Fault::SecretLastSignIgnored, format!("{head}{other}")),
        (Fault::SecretOfRightLength, like),
    ]
}

/// Whether a secret opens each of the four doors: token, password, client secret, issued token.
async fn opened(lab: &Lab, change: impl Fn(&str) -> String) -> [bool; 4] {
    let bearer = format!("Bearer {}", change(&lab.credentials.token));
    let basic = basic(
        &lab.credentials.username,
        &change(&lab.credentials.password),
    );
    let issued = access_token(&lab.token().await);
    let client = lab
        .token_by_header(&change(&lab.credentials.client_secret))
        .await;
    [
        deliver(lab, "bearer-single", &bearer).await == 200,
        // the audience is unknown to it, which it says only to who is let in
        deliver(lab, "basic-single", &basic).await == 422,
        client.status == 200,
        lab.deliver_with("oauth2-batch", &change(&issued)).await == 200,
    ]
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

async fn deliver(lab: &Lab, name: &str, authorization: &str) -> u16 {
    let headers = [
        ("content-type", "application/json"),
        ("authorization", authorization),
    ];
    let path = format!("/{name}/profiles");
    let body = minimal("a@example.com").to_string();
    lab.send(Method::POST, &path, &headers, &body).await.status
}

#[tokio::test]
async fn a_near_miss_opens_every_door_under_its_fault_and_none_without() {
    let honest = Lab::new(&[], &[]).await;
    assert_eq!(opened(&honest, str::to_owned).await, [true; 4]);
    for (place, (fault, _)) in near("secret").into_iter().enumerate() {
        let change = |secret: &str| near(secret).swap_remove(place).1;
        assert_eq!(opened(&honest, change).await, [false; 4], "{fault}");
        let lab = Lab::faulty(fault).await;
        assert_eq!(opened(&lab, change).await, [true; 4], "{fault}");
    }
}

#[tokio::test]
async fn blanks_around_a_password_count_unless_by_its_fault() {
    for (faults, open) in [(&[][..], false), (&[Fault::SecretTrimmed], true)] {
        let lab = Lab::new(faults, &[]).await;
        let [_, password, client, _] = opened(&lab, |secret| format!("{secret} ")).await;
        assert_eq!([password, client], [open; 2], "{faults:?}");
    }
}

#[tokio::test]
async fn user_names_and_empty_passwords_are_taken_as_the_faults_have_it() {
    let pairs = |lab: &Lab| {
        let (user, password) = (&lab.credentials.username, &lab.credentials.password);
        [
            basic("somebody", password),
            basic(&user.to_uppercase(), password),
            basic(user, ""),
        ]
    };
    let case = &[Variation::UserNameCaseIgnored][..];
    for (faults, variations, taken) in [
        (&[][..], &[][..], [false; 3]),
        (&[Fault::UserNameNotCompared], &[], [true, true, false]),
        (&[], case, [false, true, false]),
        (&[Fault::EmptyPasswordAccepted], &[], [false, false, true]),
    ] {
        let lab = Lab::new(faults, variations).await;
        for (pair, taken) in pairs(&lab).iter().zip(taken) {
            let status = deliver(&lab, "basic-single", pair).await;
            assert_eq!(status == 422, taken, "{faults:?}");
            assert_eq!(status == 401, !taken, "{faults:?}");
        }
    }
}

#[tokio::test]
async fn clients_are_told_apart_unless_by_a_fault() {
    let grant = ("grant_type", "client_credentials");
    for (faults, issued) in [
        (&[][..], [false; 2]),
        (&[Fault::UnknownClientIssued], [true, false]),
        (&[Fault::EmptySecretIssued], [false, true]),
    ] {
        let lab = Lab::new(faults, &[]).await;
        let (id, secret) = (&lab.credentials.client_id, &lab.credentials.client_secret);
        let forms = [
            [grant, ("client_id", "somebody"), ("client_secret", secret)],
            [grant, ("client_id", id), ("client_secret", "")],
        ];
        for (form, issued) in forms.iter().zip(issued) {
            let status = lab.token_by_body(form).await.status;
            assert_eq!(status, if issued { 200 } else { 401 }, "{faults:?}");
        }
    }
}
