//! A client of the emulator, and messages to send.

use std::io::Read as _;
use std::sync::Once;

use destspec::emulator::rest::{
    Emulator, Fault, ReferenceCredentials, Setup, Variation, reference,
};
use flate2::read::{GzDecoder, ZlibDecoder};
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, Method};
use serde_json::{Value, json};

/// A running emulator of the reference destinations and a client that trusts it.
pub struct Lab {
    pub emulator: Emulator,
    pub credentials: ReferenceCredentials,
    pub client: Client,
}

/// An answer read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub version: reqwest::Version,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// All lines of a header.
    pub fn lines(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.get_all(name).iter();
        lines.map(|value| value.to_str().unwrap()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Another test of the same binary may have installed one before, which is as good.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

impl Lab {
    pub async fn new(faults: &[Fault], variations: &[Variation]) -> Self {
        install_provider();
        let credentials = ReferenceCredentials::random();
        let setup = Setup {
            destinations: reference(&credentials),
            faults: faults.iter().copied().collect(),
            variations: variations.iter().copied().collect(),
            plain_http: false,
        };
        let emulator = Emulator::start(setup).await.unwrap();
        let client = trusting(emulator.certificate_authority_pem());
        Self {
            emulator,
            credentials,
            client,
        }
    }

    pub async fn faulty(fault: Fault) -> Self {
        Self::new(&[fault], &[]).await
    }

    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.credentials.token)
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let url = format!("{}{path}", self.emulator.base_url());
        let request = self.client.request(method, url).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let response = request.send().await.unwrap();
        let (status, version) = (response.status().as_u16(), response.version());
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        Answer {
            status,
            text: decoded(&headers, &bytes),
            headers,
            version,
        }
    }

    /// Delivers to a destination with a bearer token.
    pub async fn deliver(&self, name: &str, body: &Value) -> Answer {
        let headers = [
            ("authorization", self.bearer()),
            ("content-type", "application/json".to_owned()),
        ];
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.send(
            Method::POST,
            &format!("/{name}/profiles"),
            &headers,
            &body.to_string(),
        )
        .await
    }

    /// What a destination with a bearer token stored under an identity.
    pub async fn observe(&self, name: &str, identity: &str) -> Answer {
        let path = format!("/{name}/observe/profiles/{identity}");
        self.send(Method::GET, &path, &[("authorization", &self.bearer())], "")
            .await
    }
}

fn decoded(headers: &HeaderMap, bytes: &[u8]) -> String {
    let coding = headers.get("content-encoding");
    let mut text = String::new();
    match coding.map(|coding| coding.to_str().unwrap()) {
        None => return String::from_utf8(bytes.to_vec()).unwrap(),
        Some("gzip") => GzDecoder::new(bytes).read_to_string(&mut text),
        Some("deflate") => ZlibDecoder::new(bytes).read_to_string(&mut text),
        Some(other) => panic!("an unknown content coding: {other}"),
    }
    .unwrap();
    text
}

pub fn trusting(authority_pem: &str) -> Client {
    let authority = Certificate::from_pem(authority_pem.as_bytes()).unwrap();
    let redirects = reqwest::redirect::Policy::none();
    Client::builder()
        .tls_certs_only([authority])
        .redirect(redirects)
        .build()
        .unwrap()
}

/// Audiences by id and status; an id may be written `namespace/id`.
pub fn audiences(changes: &[(&str, &str)]) -> Value {
    let list = |exits: bool| -> Vec<Value> {
        changes
            .iter()
            .filter(|(_, status)| (*status == "exited") == exits)
            .map(|(id, status)| {
                let (namespace, id) = id.split_once('/').unwrap_or(("ups", id));
                json!({"namespace": namespace, "id": id, "status": status, "time": "2026-01-01T00:00:00Z"})
            })
            .collect()
    };
    json!({"add": list(false), "remove": list(true)})
}

/// A profile of identities `(namespace, value)`.
pub fn profile(identities: &[(&str, &str)], changes: &[(&str, &str)]) -> Value {
    let identities: Vec<_> = identities
        .iter()
        .map(|(namespace, id)| json!({"type": namespace, "id": id}))
        .collect();
    json!({"identities": identities, "audiences": audiences(changes)})
}

/// The smallest message: one e-mail address in one audience.
pub fn minimal(email: &str) -> Value {
    profile(&[("email", email)], &[("a1", "realized")])
}
