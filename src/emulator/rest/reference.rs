//! The reference destinations: what `fixtures/submissions/reference` describes, as set-ups of an emulator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::rest::setup::{Auth, DestinationSetup, Grant, TokenShape};

/// The audiences that the submission declares for some of its destinations.
const AUDIENCES: [&str; 3] = [
    "11aa3b9e-2f1c-4d37-9a55-0c7b6f1e2d01",
    "22bb4caf-3a2d-4e48-8b66-1d8c7a2f3e02",
    "33cc5db0-4b3e-4f59-9c77-2e9d8b304f03",
];

/// What the clients of the reference destinations log in with.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferenceCredentials {
    /// User name of `basic-single`.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Token of the `bearer-` destinations.
    pub token: String,
    /// Client identifier of the `oauth2-` destinations.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// What a customer of `oauth2-basic` types in besides.
    pub access_key: String,
    /// Refresh token of `oauth2-code`.
    pub refresh_token: String,
}

impl ReferenceCredentials {
    /// New ones from the random source of the system; the password has a colon and characters beyond ASCII.
    #[must_use]
    pub fn random() -> Self {
        let secret = || URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
        Self {
            username: "moonshine".to_owned(),
            password: format!("pä:{}", secret()),
            token: secret(),
            client_id: "moonshine-client".to_owned(),
            client_secret: secret(),
            access_key: secret(),
            refresh_token: secret(),
        }
    }
}

/// The reference destinations, in the order of the submission.
#[must_use]
pub fn reference(credentials: &ReferenceCredentials) -> Vec<DestinationSetup> {
    let basic = Auth::Basic {
        username: credentials.username.clone(),
        password: credentials.password.clone(),
    };
    let bearer = Auth::Bearer {
        token: credentials.token.clone(),
    };
    let hashing = owned(&["email", "email_sha256", "phone", "external_id"]);
    vec![
        DestinationSetup {
            audiences: owned(&AUDIENCES),
            namespaces: hashing.clone(),
            ..hashed("basic-single", basic)
        },
        DestinationSetup {
            accepts_attributes: true,
            namespaces: hashing,
            ..hashed("bearer-single", bearer.clone())
        },
        DestinationSetup {
            max_profiles: 10,
            accepts_attributes: true,
            attributes: owned(&["firstName", "lastName", "birthDate"]),
            audiences: owned(&AUDIENCES),
            audience_api: true,
            namespaces: owned(&["email", "phone", "gaid", "external_id"]),
            ..DestinationSetup::new("bearer-batch", bearer.clone())
        },
        DestinationSetup {
            max_profiles: 25,
            accepts_attributes: true,
            audience_api: true,
            namespaces: owned(&["email", "email_sha256", "external_id"]),
            ..hashed(
                "oauth2-batch",
                oauth2(credentials, false, Grant::ClientCredentials),
            )
        },
        DestinationSetup {
            namespaces: owned(&["email", "phone", "external_id"]),
            ..DestinationSetup::new(
                "oauth2-basic",
                of_account(
                    oauth2(credentials, true, Grant::ClientCredentials),
                    &credentials.access_key,
                ),
            )
        },
        person(
            "oauth2-password",
            oauth2(credentials, false, password(credentials)),
        ),
        person("oauth2-code", oauth2(credentials, true, code(credentials))),
        DestinationSetup {
            max_profiles: 1_000,
            namespaces: owned(&["email", "phone", "gaid", "idfa"]),
            identity_groups: vec![owned(&["email", "phone"]), owned(&["gaid", "idfa"])],
            ..DestinationSetup::new("bearer-grouped", bearer)
        },
    ]
}

/// One in whose name a person has logged in.
fn person(name: &str, auth: Auth) -> DestinationSetup {
    DestinationSetup {
        namespaces: owned(&["email", "phone", "external_id"]),
        ..DestinationSetup::new(name, auth)
    }
}

fn password(credentials: &ReferenceCredentials) -> Grant {
    Grant::Password {
        username: credentials.username.clone(),
        password: credentials.password.clone(),
    }
}

fn code(credentials: &ReferenceCredentials) -> Grant {
    Grant::AuthorizationCode {
        username: credentials.username.clone(),
        password: credentials.password.clone(),
        refresh_token: credentials.refresh_token.clone(),
    }
}

fn hashed(name: &str, auth: Auth) -> DestinationSetup {
    DestinationSetup {
        hashed_namespaces: owned(&["email_sha256"]),
        ..DestinationSetup::new(name, auth)
    }
}

fn oauth2(credentials: &ReferenceCredentials, use_basic_auth: bool, grant: Grant) -> Auth {
    Auth::OAuth2 {
        client_id: credentials.client_id.clone(),
        client_secret: credentials.client_secret.clone(),
        use_basic_auth,
        scopes: owned(&["audience.write"]),
        response: if use_basic_auth {
            TokenShape::Nested
        } else {
            TokenShape::Standard
        },
        typed: Vec::new(),
        grant,
    }
}

/// The same where a customer types in an account and its key, too.
fn of_account(mut auth: Auth, access_key: &str) -> Auth {
    let account = [("account", "4711"), ("accessKey", access_key)];
    if let Auth::OAuth2 { typed, .. } = &mut auth {
        let owned = account.map(|(name, value)| (name.to_owned(), value.to_owned()));
        typed.extend(owned);
    }
    auth
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use serde_json::Value;

    use super::*;

    fn fixture(name: &str) -> String {
        let path = format!(
            "{}/fixtures/submissions/reference/{name}",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn the_set_ups_are_what_the_submission_describes() {
        let submission: toml::Value = toml::from_str(&fixture("submission.toml")).unwrap();
        let described = submission["destination"].as_array().unwrap();
        let streaming = |one: &&toml::Value| one["customer_data"].get("endpoint").is_some();
        let described: Vec<_> = described.iter().take_while(streaming).collect();
        let setups = reference(&ReferenceCredentials::random());
        assert_eq!(described.len(), setups.len());
        for (described, setup) in described.into_iter().zip(setups) {
            assert_eq!(described["name"].as_str().unwrap(), setup.name);
            let ids: Vec<&str> = described
                .get("audience")
                .and_then(toml::Value::as_array)
                .map(|audiences| {
                    audiences
                        .iter()
                        .map(|audience| audience["id"].as_str().unwrap())
                        .collect()
                })
                .unwrap_or_default();
            assert_eq!(ids, setup.audiences);
            let document: Value =
                serde_json::from_str(&fixture(&format!("{}.json", setup.name))).unwrap();
            let namespaces: Vec<_> = document["identityNamespaces"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            assert_eq!(namespaces, setup.namespaces);
            let aggregation = &document["aggregation"];
            let limit = aggregation
                .pointer("/bestEffortAggregation/maxUsersPerRequest")
                .or_else(|| aggregation.pointer("/configurableAggregation/maxNumEventsInBatch"));
            assert_eq!(
                limit.and_then(Value::as_u64),
                u64::try_from(setup.max_profiles).ok()
            );
            assert_eq!(
                document["schemaConfig"]["profileRequired"],
                setup.accepts_attributes
            );
        }
    }
}
