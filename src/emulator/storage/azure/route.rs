//! From a path to who answers.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HeaderName, HeaderValue};
use axum::http::{Method, Response};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::emulator::storage::azure::auth::authenticate;
use crate::emulator::storage::azure::call::{Call, Feed};
use crate::emulator::storage::azure::failure::{self, Dialect, Failure};
use crate::emulator::storage::azure::setup::AzureSetup;
use crate::emulator::storage::azure::state::Server;
use crate::emulator::storage::azure::visit::Visit;
use crate::emulator::storage::azure::{blob, dfs, entra};
use crate::emulator::storage::{Fault, Variation};

/// The first segment of paths that speak the Data Lake dialect.
const DFS: &str = "dfs";

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    dialect: Dialect,
    account: String,
    container: String,
    file: Option<String>,
}

/// The stand-in, to be served at the root of a server on the loopback address.
pub fn router(setup: AzureSetup) -> Router {
    let server = Arc::new(Server::new(setup));
    Router::new().fallback(answer).with_state(server)
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default();
    let path = head.uri.path();
    let call = Call::new(head.method, path, query, head.headers, Timestamp::now());
    let mut feed = Feed::new(body);
    if server.is_busy(&call) {
        feed.drain().await;
        let dialect = place(path).map_or(Dialect::Blob, |place| place.dialect);
        return failure::SERVER_BUSY.answer(dialect, &call.method);
    }
    if let Some(answer) = entra::answer(&call, &mut feed, &server).await {
        return answer;
    }
    let place = place(path);
    let dialect = place.as_ref().map_or(Dialect::Blob, |place| place.dialect);
    let answer = match place {
        Some(place) => visited(&place, &call, &mut feed, &server).await,
        None => Err(failure::RESOURCE_NOT_FOUND),
    };
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(refusal) => {
            feed.drain().await;
            refusal.answer(dialect, &call.method)
        }
    };
    sign_off(&mut answer, &call, &server);
    answer
}

async fn visited(
    place: &Place,
    call: &Call,
    feed: &mut Feed,
    server: &Server,
) -> Result<Response<Body>, Failure> {
    let account = server
        .account(&place.account)
        .ok_or(failure::RESOURCE_NOT_FOUND)?;
    let file = place.file.as_deref();
    let access = authenticate(call, account, (&place.container, file), server)?;
    let room = account.container(&place.container);
    let visit = Visit {
        dialect: place.dialect,
        server,
        account,
        room: room.filter(|_| !server.rules.has(Fault::ContainerMissing)),
        container: &place.container,
        file,
        access,
        call,
    };
    match place.dialect {
        Dialect::Blob => blob::answer(&visit, feed).await,
        Dialect::Dfs => dfs::answer(&visit, feed).await,
    }
}

fn place(path: &str) -> Option<Place> {
    let path = path.strip_prefix('/')?;
    let (dialect, path) = match path.split_once('/') {
        Some((DFS, rest)) => (Dialect::Dfs, rest),
        Some(_) | None => (Dialect::Blob, path),
    };
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(|text| text.into_owned()).ok()
    };
    let mut parts = path.splitn(3, '/');
    let account = decoded(parts.next()?)?;
    let container = decoded(parts.next().unwrap_or_default())?;
    let file = parts.next().filter(|file| !file.is_empty());
    Some(Place {
        dialect,
        account,
        container,
        file: file
            .map(decoded)
            .map_or(Some(None), |file| file.map(Some))?,
    })
}

/// What every answer says.
fn sign_off(answer: &mut Response<Body>, call: &Call, server: &Server) {
    const DEFAULT_VERSION: &str = "2023-11-03";
    let headers = answer.headers_mut();
    let mut say = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    say("server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0");
    let number = rand::random::<u128>();
    say("x-ms-request-id", &format!("{number:032x}"));
    let version = call.header("x-ms-version");
    let version = if version.is_empty() {
        DEFAULT_VERSION
    } else {
        version
    };
    say("x-ms-version", version);
    let client = call.header("x-ms-client-request-id");
    if !client.is_empty() {
        say("x-ms-client-request-id", client);
    }
    if server.rules.varies(Variation::EncryptedByDefault) {
        let reading = [Method::GET, Method::HEAD].contains(&call.method);
        let name = match reading {
            true => "x-ms-server-encrypted",
            false => "x-ms-request-server-encrypted",
        };
        say(name, "true");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_dialect_an_account_a_container_and_a_file() {
        let of = |path: &str| {
            let place = place(path)?;
            Some((place.dialect, place.account, place.container, place.file))
        };
        let text = str::to_owned;
        for (path, dialect, container, file) in [
            ("/acct/c/in/a%20b", Dialect::Blob, "c", Some("in/a b")),
            ("/acct/c/", Dialect::Blob, "c", None),
            ("/acct", Dialect::Blob, "", None),
            ("/dfs/acct/c/in/%C3%A9", Dialect::Dfs, "c", Some("in/é")),
        ] {
            let expected = (dialect, text("acct"), text(container), file.map(text));
            assert_eq!(of(path), Some(expected), "{path}");
        }
        assert_eq!(of("/acct/c/%FF"), None);
    }
}
