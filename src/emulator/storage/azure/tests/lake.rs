//! The Data Lake dialect, request by request, with a token from the stand-in's own endpoint.

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

use super::{Running, running};
use crate::emulator::storage::{Fault, Variation};

/// A client with a token.
struct Lake {
    server: Running,
    client: Client,
    token: String,
}

async fn lake(faults: &[Fault], variations: &[Variation]) -> Lake {
    // a provider that another test installed does as well
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let server = running(faults, variations, true).await;
    // without certificates a client is made at once
    let client = Client::builder().tls_certs_only([]).build().unwrap();
    let form = "grant_type=client_credentials&client_id=app&client_secret=S3cret~value\
        &scope=https%3A%2F%2Fstorage.azure.com%2F.default";
    let url = format!("{}/tenant-1/oauth2/v2.0/token", server.url);
    let answer = client.post(url).body(form).send().await.unwrap();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let token = body["access_token"].as_str().unwrap().to_owned();
    Lake {
        server,
        client,
        token,
    }
}

impl Lake {
    async fn send(&self, method: Method, target: &str, body: &str, source: &str) -> Response {
        let url = format!("{}/dfs/moonshine/landing{target}", self.server.url);
        let request = self
            .client
            .request(method, url)
            .bearer_auth(&self.token)
            .header("x-ms-version", "2021-06-08")
            .body(body.to_owned());
        let request = match source {
            "" => request,
            source => request.header("x-ms-rename-source", format!("/landing/{source}")),
        };
        request.send().await.unwrap()
    }

    async fn code(&self, method: Method, target: &str, body: &str) -> String {
        let answer = self.send(method, target, body, "").await;
        match answer.headers().get("x-ms-error-code") {
            Some(code) => code.to_str().unwrap().to_owned(),
            None => answer.status().as_str().to_owned(),
        }
    }

    async fn rename(&self, from: &str, to: &str) -> StatusCode {
        let answer = self.send(Method::PUT, &format!("/{to}"), "", from).await;
        answer.status()
    }

    /// Creates, appends in these pieces and flushes; the code of what fails first.
    async fn write(&self, name: &str, pieces: &[&str]) -> Result<(), String> {
        let done = |code: String| {
            if code.starts_with("20") {
                Ok(())
            } else {
                Err(code)
            }
        };
        done(
            self.code(Method::PUT, &format!("/{name}?resource=file"), "")
                .await,
        )?;
        let mut position = 0;
        for piece in pieces {
            let target = format!("/{name}?action=append&position={position}");
            done(self.code(Method::PATCH, &target, piece).await)?;
            position += piece.len();
        }
        let target = format!("/{name}?action=flush&position={position}");
        done(self.code(Method::PATCH, &target, "").await)
    }

    fn stored(&self, name: &str) -> Option<String> {
        let object = self.server.store.get(name)?;
        Some(String::from_utf8(object.read().unwrap()).unwrap())
    }

    async fn listed(&self) -> Vec<String> {
        let answer = self
            .send(Method::GET, "?resource=filesystem&recursive=true", "", "")
            .await;
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let paths = body["paths"].as_array().unwrap().iter();
        paths
            .map(|path| path["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[tokio::test]
async fn what_is_appended_is_seen_once_it_is_flushed_without_gaps() {
    let lake = lake(&[], &[]).await;
    let of = |method, target: &'static str, body| lake.code(method, target, body);
    assert_eq!(
        of(Method::PATCH, "/in/a?action=append&position=0", "x").await,
        "PathNotFound"
    );
    assert_eq!(of(Method::PUT, "/in/a?resource=file", "").await, "201");
    assert_eq!(
        of(Method::PATCH, "/in/a?action=append&position=2", "cd").await,
        "202"
    );
    assert_eq!(
        of(Method::PATCH, "/in/a?action=flush&position=4", "").await,
        "InvalidFlushPosition"
    );
    assert_eq!(
        of(Method::PATCH, "/in/a?action=append&position=0", "ab").await,
        "202"
    );
    assert_eq!(lake.stored("in/a").as_deref(), Some(""));
    assert_eq!(
        of(Method::PATCH, "/in/a?action=flush&position=3", "").await,
        "InvalidFlushPosition"
    );
    assert_eq!(
        of(Method::PATCH, "/in/a?action=flush&position=4", "").await,
        "200"
    );
    assert_eq!(lake.stored("in/a").as_deref(), Some("abcd"));
    assert_eq!(
        of(Method::PATCH, "/in/a?action=append&position=4", "e").await,
        "202"
    );
    assert_eq!(
        of(Method::PATCH, "/in/a?action=flush&position=5", "").await,
        "200"
    );
    assert_eq!(lake.stored("in/a").as_deref(), Some("abcde"));
}

#[tokio::test]
async fn a_fault_changes_what_is_written_in_pieces() {
    for (fault, expected) in [
        (Fault::LargeCut, Some("a\nb")),
        (Fault::PartsDisordered, Some("cba\n")),
        (Fault::WriteCut, Some("a\nb")),
        (Fault::LineEndsChanged, Some("a\r\nbc")),
        (Fault::WriteLost, None),
        (Fault::OverwriteIgnored, Some("a\nbc")),
    ] {
        let lake = lake(&[fault], &[]).await;
        assert_eq!(
            lake.write("in/a", &["a\n", "b", "c"]).await,
            Ok(()),
            "{fault}"
        );
        assert_eq!(lake.stored("in/a").as_deref(), expected, "{fault}");
    }
}

#[tokio::test]
async fn a_fault_about_overwriting_shows_in_writing_and_in_renaming() {
    for (fault, expected) in [
        (None, "new"),
        (Some(Fault::OverwriteIgnored), "older"),
        (Some(Fault::OverwriteAppends), "oldernew"),
        (Some(Fault::OverwriteKeepsTail), "newer"),
    ] {
        let lake = lake(fault.as_slice(), &[]).await;
        for name in ["in/a", "in/b"] {
            lake.write(name, &["older"]).await.unwrap();
        }
        lake.write("in/a", &["new"]).await.unwrap();
        assert_eq!(lake.stored("in/a").as_deref(), Some(expected), "{fault:?}");
        lake.write("in/temporary", &["new"]).await.unwrap();
        assert_eq!(
            lake.rename("in/temporary", "in/b").await,
            StatusCode::CREATED
        );
        assert_eq!(lake.stored("in/b").as_deref(), Some(expected), "{fault:?}");
        assert_eq!(lake.stored("in/temporary"), None);
    }
    let lake = lake(&[Fault::OverwriteRefused], &[]).await;
    lake.write("in/a", &["1"]).await.unwrap();
    lake.write("in/b", &["2"]).await.unwrap();
    let refused = lake.write("in/a", &["3"]).await;
    assert_eq!(refused, Err("PathImmutableDueToPolicy".to_owned()));
    assert_eq!(lake.rename("in/b", "in/a").await, StatusCode::CONFLICT);
    assert_eq!(lake.stored("in/a").as_deref(), Some("1"));
}

#[tokio::test]
async fn a_file_that_is_written_under_another_name_and_renamed_shows_only_its_fault() {
    for (fault, expected) in [
        (Fault::SpacesMangled, Some("in/a+b")),
        (Fault::CaseFolded, Some("in/a b")),
        (Fault::WriteLost, None),
    ] {
        let lake = lake(&[fault], &[]).await;
        lake.write("in/A%20b.PART", &["1"]).await.unwrap();
        let name = if fault == Fault::CaseFolded {
            "in/A%20b"
        } else {
            "in/a%20b"
        };
        assert_eq!(
            lake.rename("in/A%20b.PART", name).await,
            StatusCode::CREATED
        );
        let stored = lake.server.store.list("");
        let stored = stored.first().map(|(name, _)| name.as_str());
        assert_eq!(stored, expected, "{fault}");
    }
}

#[tokio::test]
async fn a_directory_stays_without_files_only_where_it_is_real() {
    for (variations, left) in [
        (&[] as &[Variation], vec!["in", "in/new"]),
        (&[Variation::FlatNamespace], vec![]),
    ] {
        let lake = lake(&[], variations).await;
        lake.write("in/new/a", &["1"]).await.unwrap();
        assert_eq!(lake.listed().await, ["in", "in/new", "in/new/a"]);
        assert_eq!(lake.code(Method::DELETE, "/in/new/a", "").await, "200");
        assert_eq!(lake.listed().await, left);
    }
}

#[tokio::test]
async fn a_fault_about_folders_concerns_those_below_the_configured_one() {
    let refusing = lake(&[Fault::FoldersRefused], &[]).await;
    assert_eq!(
        refusing
            .code(Method::PUT, "/in?resource=directory", "")
            .await,
        "201"
    );
    assert_eq!(refusing.write("in/a", &["1"]).await, Ok(()));
    for target in ["/in/new?resource=directory", "/in/new/a?resource=file"] {
        let code = refusing.code(Method::PUT, target, "").await;
        assert_eq!(code, "AuthorizationPermissionMismatch");
    }
    let flattening = lake(&[Fault::FoldersFlattened], &[]).await;
    assert_eq!(
        flattening
            .code(Method::PUT, "/in/new?resource=directory", "")
            .await,
        "201"
    );
    assert_eq!(flattening.write("in/new/a.part", &["1"]).await, Ok(()));
    assert_eq!(
        flattening.rename("in/new/a.part", "in/new/a").await,
        StatusCode::CREATED
    );
    assert_eq!(flattening.listed().await, ["in", "in/a"]);
}

#[tokio::test]
async fn nothing_is_written_without_a_token_or_with_another() {
    let mut lake = lake(&[], &[]).await;
    lake.token.push('x');
    let refused = lake.write("in/a", &["1"]).await;
    assert_eq!(refused, Err("InvalidAuthenticationInfo".to_owned()));
    assert!(lake.server.store.list("").is_empty());
}

#[tokio::test]
async fn answers_say_that_files_are_encrypted_where_they_are() {
    for (variations, expected) in [
        (&[] as &[_], false),
        (&[Variation::EncryptedByDefault], true),
    ] {
        let lake = lake(&[], variations).await;
        let target = "/in/a?resource=file";
        let answer = lake.send(Method::PUT, target, "", "").await;
        let said = answer
            .headers()
            .contains_key("x-ms-request-server-encrypted");
        let answer = lake.send(Method::HEAD, "/in/a", "", "").await;
        let repeated = answer.headers().contains_key("x-ms-server-encrypted");
        assert_eq!((said, repeated), (expected, expected));
    }
}
