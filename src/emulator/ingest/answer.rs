//! The form of an answer: lines of JSON while files are read, or a document that says why there are none.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{Response, StatusCode};
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::spawn_blocking;

use crate::emulator::ingest::lines::Lines;
use crate::emulator::ingest::platform::{Note, Piece, Source};
use crate::emulator::ingest::rules::Rules;
use crate::emulator::ingest::variation::Variation;

/// Pieces of an answer that are ready before they are asked for.
const AHEAD: usize = 4;
/// The largest answer that is put together before it is sent.
const LARGEST: usize = 1 << 20;

/// The rows of files.
pub(crate) async fn rows(source: Arc<Source>, pieces: Vec<Piece>, count: u64) -> Response<Body> {
    let rules = source.rules.clone();
    if count == 0 && rules.varies(Variation::NothingIs204) {
        let mut nothing = Response::new(Body::empty());
        *nothing.status_mut() = StatusCode::NO_CONTENT;
        return nothing;
    }
    let body = body(&rules, move |lines| {
        for piece in &pieces {
            for row in source.rows(piece) {
                lines.row(row.map_err(io::Error::other)?)?;
            }
        }
        Ok(())
    });
    lines(&rules, count, body.await)
}

/// The keys of members.
pub(crate) async fn members(rules: &Rules, members: BTreeSet<String>) -> Response<Body> {
    let count = u64::try_from(members.len()).unwrap_or(u64::MAX);
    let body = body(rules, move |lines| {
        let mut keys = members.into_iter();
        keys.try_for_each(|key| lines.line(Value::from(key).to_string()))
    });
    lines(rules, count, body.await)
}

/// Why there are no rows.
pub(crate) fn notes(status: StatusCode, list: &str, notes: &[Note]) -> Response<Body> {
    let entry = |note: &Note| json!({"file": note.file, "reason": note.reason});
    let entries: Vec<Value> = notes.iter().map(entry).collect();
    document(status, &json!({ list: entries }))
}

/// An answer without rows or files.
pub(crate) fn failure(status: StatusCode, reason: &str) -> Response<Body> {
    document(status, &json!({ "error": reason }))
}

/// The answer to whoever has no token.
pub(crate) fn unauthorized() -> Response<Body> {
    let mut answer = failure(
        StatusCode::UNAUTHORIZED,
        "expected the token of the platform",
    );
    let challenge = HeaderValue::from_static("Bearer");
    answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    answer
}

fn document(status: StatusCode, document: &Value) -> Response<Body> {
    let mut answer = Response::new(Body::from(document.to_string()));
    *answer.status_mut() = status;
    typed(&mut answer, "application/json");
    answer
}

fn lines(rules: &Rules, count: u64, body: Body) -> Response<Body> {
    let mut answer = Response::new(body);
    match rules.varies(Variation::JsonArray) {
        true => typed(&mut answer, "application/json"),
        false => typed(&mut answer, "application/x-ndjson"),
    }
    if rules.varies(Variation::RowsCounted) {
        answer.headers_mut().insert("x-rows", count.into());
    }
    answer
}

fn typed(answer: &mut Response<Body>, kind: &'static str) {
    let kind = HeaderValue::from_static(kind);
    answer.headers_mut().insert(CONTENT_TYPE, kind);
}

/// A body that is written in a thread of its own, no faster than it is read.
async fn body(
    rules: &Rules,
    write: impl FnOnce(&mut Lines) -> io::Result<()> + Send + 'static,
) -> Body {
    let (sender, receiver) = channel(AHEAD);
    let mut lines = Lines::new(sender.clone(), rules);
    spawn_blocking(move || {
        let written = write(&mut lines).and_then(|()| lines.finish());
        if let Err(error) = written {
            // nobody may be there to hear of it
            let _heard = sender.blocking_send(Err(error));
        }
    });
    match rules.varies(Variation::LengthAnnounced) {
        true => collected(receiver).await,
        false => Body::from_stream(pieces(receiver)),
    }
}

/// Small answers at once, so that their length is known; larger ones as they come.
async fn collected(mut receiver: Receiver<io::Result<Bytes>>) -> Body {
    let mut begin = Vec::new();
    while begin.len() <= LARGEST {
        match receiver.recv().await {
            None => return Body::from(begin),
            Some(Ok(piece)) => begin.extend_from_slice(&piece),
            Some(Err(error)) => {
                return Body::from_stream(stream::iter([Err::<Bytes, _>(error)]));
            }
        }
    }
    let begin = stream::iter([Ok(Bytes::from(begin))]);
    Body::from_stream(begin.chain(pieces(receiver)))
}

fn pieces(receiver: Receiver<io::Result<Bytes>>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use axum::body::HttpBody as _;

    use super::*;
    use crate::emulator::ingest::probe::Probe;
    use crate::emulator::ingest::setup::Reading;

    const ROWS: &str = "{\"id\":\"1\"}\n{\"id\":\"2\"}\n";

    #[tokio::test]
    async fn variations_change_the_form_and_not_what_is_said() {
        for (variation, expected) in [
            (Variation::JsonArray, "[{\"id\":\"1\"},\n{\"id\":\"2\"}]\n"),
            (Variation::RowsReordered, "{\"id\":\"2\"}\n{\"id\":\"1\"}\n"),
            (Variation::NumbersAsNumbers, "{\"id\":1}\n{\"id\":2}\n"),
            (Variation::LengthAnnounced, ROWS),
            (Variation::RowsCounted, ROWS),
            (Variation::ColumnsReversed, ROWS),
            (Variation::PartsReversed, ROWS),
        ] {
            let probe = Probe::new(Reading::default(), &[], &[variation]);
            probe
                .put("in/a.csv", "id\n1\n2\n")
                .put("in/none/b.csv", "id\n");
            assert_eq!(
                probe.folder().await,
                (200, expected.to_owned()),
                "{variation}"
            );
            let answer = probe.ask("ingested?folder=in").await;
            let header = |name: &str| Some(answer.headers().get(name)?.to_str().unwrap());
            let (counted, kind) = (header("x-rows"), header(CONTENT_TYPE.as_str()));
            assert_eq!(counted.is_some(), variation == Variation::RowsCounted);
            let is_array = variation == Variation::JsonArray;
            assert_eq!(kind == Some("application/json"), is_array);
            let has_length = answer.body().size_hint().exact().is_some();
            assert_eq!(has_length, variation == Variation::LengthAnnounced);
        }
        let probe = Probe::new(Reading::default(), &[], &[Variation::PendingTwice]);
        probe.put("in/a.csv", "id\n1\n2\n");
        for status in [202, 202, 200, 200] {
            assert_eq!(probe.folder().await.0, status);
        }
    }
}
