//! The questions that can be asked, over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::get;
use percent_encoding::percent_decode_str;
use tokio::task::spawn_blocking;

use crate::emulator::ingest::answer;
use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::members::{Columns, members};
use crate::emulator::ingest::platform::{Note, Outcome, Platform, Question, Source};
use crate::emulator::ingest::receipt;
use crate::emulator::ingest::setup::PlatformSetup;

/// The HTTP interface of a platform.
///
/// `GET /{feed}/ingested?file=PATH` answers the rows of a file and its split parts, `?folder=PATH` those of all files
/// in a folder; `GET /{feed}/members?column=KEY&status=COLUMN&folder=PATH` who is a member after them. Values of the
/// query are percent-decoded once, a plus sign is a plus sign. 200 comes with lines of JSON, 202 says what is not
/// complete yet, 404 that nothing is there, 422 what cannot be read and why, 401 that the token is missing or wrong.
pub fn router(setup: PlatformSetup) -> Router {
    let platform = Arc::new(Platform::new(setup));
    receipt::leave(&platform);
    Router::new()
        .route("/{feed}/ingested", get(ingested))
        .route("/{feed}/members", get(listed))
        .with_state(platform)
}

pub(crate) async fn ingested(
    State(platform): State<Arc<Platform>>,
    Path(feed): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let source = match admitted(&platform, &feed, &headers) {
        Ok(source) => source,
        Err(refusal) => return refusal,
    };
    let question = match (value(&query, "file"), value(&query, "folder")) {
        (Some(file), None) => Question::File(file),
        (None, Some(folder)) => Question::Folder(folder),
        (Some(_), Some(_)) | (None, None) => {
            return answer::failure(StatusCode::BAD_REQUEST, "expected `file` or `folder`");
        }
    };
    let asked = Arc::clone(&source);
    match spawn_blocking(move || asked.ingest(&question)).await {
        Ok(Outcome::Ingested(pieces, count)) => answer::rows(source, pieces, count).await,
        Ok(outcome) => without_rows(&outcome),
        Err(_) => broken(),
    }
}

pub(crate) async fn listed(
    State(platform): State<Arc<Platform>>,
    Path(feed): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response<Body> {
    let query = query.unwrap_or_default();
    let source = match admitted(&platform, &feed, &headers) {
        Ok(source) => source,
        Err(refusal) => return refusal,
    };
    let Some(key) = value(&query, "column") else {
        return answer::failure(StatusCode::BAD_REQUEST, "expected `column`");
    };
    let status = value(&query, "status");
    let folder = value(&query, "folder").unwrap_or_default();
    let columns = Columns { key, status };
    let counted = spawn_blocking(move || {
        let outcome = source.ingest(&Question::Folder(folder));
        let Outcome::Ingested(pieces, _) = outcome else {
            return Err(outcome);
        };
        members(&source, pieces, &columns).map_err(|(file, reason)| {
            let reason = reason.to_string();
            Outcome::Unreadable(vec![Note { file, reason }])
        })
    });
    match counted.await {
        Ok(Ok(members)) => answer::members(&platform.rules, members).await,
        Ok(Err(outcome)) => without_rows(&outcome),
        Err(_) => broken(),
    }
}

/// Whoever has the token may ask about a feed that is known.
fn admitted(
    platform: &Platform,
    feed: &str,
    headers: &HeaderMap,
) -> Result<Arc<Source>, Response<Body>> {
    let sent = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let sent = sent.and_then(|value| value.split_once(' '));
    let token = sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.map(|(_, token)| token.trim());
    if platform.token.is_some() && token != platform.token.as_deref() {
        return Err(answer::unauthorized());
    }
    if platform.rules.has(Fault::IngestionFails) {
        return Err(broken());
    }
    let unknown = || answer::failure(StatusCode::NOT_FOUND, "no feed has this name");
    platform.sources.get(feed).cloned().ok_or_else(unknown)
}

fn without_rows(outcome: &Outcome) -> Response<Body> {
    match outcome {
        Outcome::Nothing | Outcome::Ingested(..) => {
            answer::failure(StatusCode::NOT_FOUND, "nothing is there")
        }
        Outcome::Pending(notes) => answer::notes(StatusCode::ACCEPTED, "pending", notes),
        Outcome::Unreadable(notes) => {
            answer::notes(StatusCode::UNPROCESSABLE_ENTITY, "errors", notes)
        }
    }
}

fn broken() -> Response<Body> {
    answer::failure(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong")
}

/// The value of a name in a query, percent-decoded once.
fn value(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(own, _)| *own == name)?;
    let decoded = percent_decode_str(value).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use serde_json::Value;

    use super::*;
    use crate::emulator::ingest::probe::{NOTHING, PENDING, Probe, UNREADABLE, ids};
    use crate::emulator::ingest::setup::{FileType, Reading};
    use crate::emulator::ingest::variation::Variation;

    #[tokio::test]
    async fn rows_are_answered_for_a_file_and_for_a_folder_once_they_are_there() {
        let probe = Probe::csv(&[]);
        assert_eq!(probe.folder().await.0, NOTHING);
        probe
            .put("in/a b+c.csv", "id\n1\n2\n")
            .put("out/x.csv", "id\n3\n");
        assert_eq!(probe.folder().await, ids(&["1", "2"]));
        let file = probe.answer("ingested?file=in%2Fa%20b+c.csv").await;
        assert_eq!(file, ids(&["1", "2"]));
        assert_eq!(probe.answer("ingested?file=in/a.csv").await.0, NOTHING);
        assert_eq!(
            probe.answer("ingested?folder=").await,
            ids(&["1", "2", "3"])
        );
        assert_eq!(probe.answer("ingested?x=").await.0, 400);
    }

    #[tokio::test]
    async fn nobody_is_answered_without_the_token() {
        let probe = Probe::csv(&[]);
        for sent in [None, Some("Bearer s"), Some("Basic s3"), Some("s3")] {
            let header = sent.map(|sent| (AUTHORIZATION, sent.parse().unwrap()));
            let answer = probe.sent("ingested?folder=in", header.into_iter().collect());
            assert_eq!(answer.await.status(), StatusCode::UNAUTHORIZED, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn split_parts_are_joined_unless_a_fault_forgets_some() {
        for (fault, expected) in [
            (None, ids(&["1", "2", "3"])),
            (Some(Fault::SecondPartIgnored), ids(&["1"])),
            (Some(Fault::LastPartReplaces), ids(&["3"])),
            (
                Some(Fault::SecondHeaderTakenAsRow),
                ids(&["1", "id", "2", "id", "3"]),
            ),
            (Some(Fault::HeaderTakenAsRow), ids(&["id", "1", "2", "3"])),
        ] {
            let probe = Probe::csv(&fault.into_iter().collect::<Vec<_>>());
            probe
                .put("in/a_3.csv", "id\n3\n")
                .put("in/a_2.csv", "id\n2\n");
            probe.put("in/a.csv", "id\n1\n");
            assert_eq!(probe.folder().await, expected, "{fault:?}");
            let file = probe.answer("ingested?file=in/a.csv").await;
            assert_eq!(file, expected, "{fault:?}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_named_and_what_was_there_before_stays() {
        let good = "ingested?file=in/a.csv";
        for (fault, before, after) in [
            (None, 200, UNREADABLE),
            (Some(Fault::CorruptEndsAll), NOTHING, UNREADABLE),
            (Some(Fault::CorruptAccepted), 200, 200),
            (Some(Fault::CorruptUnreported), 200, NOTHING),
        ] {
            let probe = Probe::csv(&fault.into_iter().collect::<Vec<_>>());
            probe
                .put("in/a.csv", "id,n\n1,2\n")
                .put("in/b.csv", "id,n\n3,4\n5\n");
            let bad = probe.answer("ingested?file=in/b.csv").await;
            assert_eq!(bad.0, after, "{fault:?}");
            assert_eq!(probe.answer(good).await.0, before, "{fault:?}");
            if fault.is_none() {
                let said: Value = serde_json::from_str(&bad.1).unwrap();
                assert_eq!(said["errors"][0]["file"], "in/b.csv");
            }
        }
    }

    #[tokio::test]
    async fn some_faults_answer_everything_wrongly() {
        for (fault, content, status) in [
            (Fault::EverythingPending, "id\n1\n", PENDING),
            (Fault::IngestionFails, "id\n1\n", 500),
            (Fault::EmptyFileFails, "id\n", UNREADABLE),
            (Fault::CellsTrimmed, "id\n", 200),
        ] {
            let probe = Probe::csv(&[fault]);
            assert_eq!(
                probe.put("in/a.csv", content).folder().await.0,
                status,
                "{fault}"
            );
        }
    }

    #[tokio::test]
    async fn json_is_read_as_its_columns_say() {
        let reading = Reading {
            file_type: FileType::Json,
            columns: vec!["id".to_owned(), "n".to_owned()],
            ..Reading::default()
        };
        let probe = Probe::new(reading, &[], &[Variation::JsonArray]);
        probe.put("in/a.json", "{\"id\":\"1\"}\n{\"n\":2.50}\n");
        let expected = "[{\"id\":\"1\",\"n\":null},\n{\"n\":2.50,\"id\":null}]\n";
        assert_eq!(probe.folder().await, (200, expected.to_owned()));
        assert_eq!(
            probe.put("in/a.json", "").folder().await,
            (200, "[]\n".to_owned())
        );
    }
}
