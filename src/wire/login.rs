//! A person's login: the page of this machine to which a browser comes back with a code (RFC 8252 section 7.3), and the
//! code in what was pasted instead. No scenario has part in it.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Html;
use axum::routing::get;
use axum::{Router, serve};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{Sender, channel};
use url::form_urlencoded;

use crate::model::secret::Secret;

/// How long the browser may take to read the last page.
const LAST_PAGE: Duration = Duration::from_secs(1);

/// Why a login gave no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// It belongs to no request of ours (RFC 6749 section 10.12).
    #[error("expected the `state` that the authorization URL was opened with, received another")]
    OtherState,
    /// The authorization endpoint said why.
    #[error("expected a code, received `error`: `{0}`")]
    Refused(String),
    /// Nothing that could be a code.
    #[error("expected a code or the address that the browser ended at, received neither")]
    NoCode,
    /// Nobody listens any more.
    #[error("the browser did not come back")]
    Ended,
}

/// What a browser comes back to.
pub struct Callback {
    listener: TcpListener,
    port: u16,
}

impl Callback {
    /// Listens on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn bind(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The redirect URI that leads here.
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// Waits for the browser to come back with that state; whatever else comes is turned away.
    ///
    /// # Errors
    /// When it brings no code.
    pub async fn code(self, state: &str) -> Result<Secret, LoginError> {
        let (said, mut heard) = channel(1);
        let shared = Arc::new((state.to_owned(), said));
        let router = Router::new()
            .route("/callback", get(came_back))
            .with_state(shared);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = serve(self.listener, router).with_graceful_shutdown(async {
            let _dropped = stopped.await;
        });
        let mut server = tokio::spawn(async move { server.await });
        let code = heard.recv().await.unwrap_or(Err(LoginError::Ended));
        drop(stop);
        let _late = tokio::time::timeout(LAST_PAGE, &mut server).await;
        server.abort();
        code
    }
}

type Heard = Result<Secret, LoginError>;

async fn came_back(
    State(shared): State<Arc<(String, Sender<Heard>)>>,
    uri: Uri,
) -> (StatusCode, Html<&'static str>) {
    let (state, said) = &*shared;
    let heard = code_of(uri.query().unwrap_or_default(), state);
    let page = match &heard {
        Err(LoginError::OtherState | LoginError::NoCode) => {
            return (
                StatusCode::BAD_REQUEST,
                Html("<!doctype html><p>Nobody is waited for here."),
            );
        }
        Err(LoginError::Refused(_) | LoginError::Ended) => {
            "<!doctype html><p>Access was not given. The terminal says why."
        }
        Ok(_) => "<!doctype html><p>Access was given. This page may be closed.",
    };
    // the first answer counts
    let _second = said.try_send(heard);
    (StatusCode::OK, Html(page))
}

/// The code in what was pasted: the address that the browser ended at, or the code alone.
///
/// # Errors
/// When there is none, or the address belongs to another request.
pub fn pasted(text: &str, state: &str) -> Result<Secret, LoginError> {
    let text = text.trim();
    match text.split_once('?') {
        Some((_, query)) => code_of(query.split('#').next().unwrap_or_default(), state),
        None if text.is_empty() || text.contains([' ', '/']) => Err(LoginError::NoCode),
        None => Ok(Secret::new(text)),
    }
}

fn code_of(query: &str, state: &str) -> Result<Secret, LoginError> {
    let of = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    };
    match (of("code"), of("error")) {
        (None, None) => Err(LoginError::NoCode),
        _ if of("state").as_deref() != Some(state) => Err(LoginError::OtherState),
        (_, Some(error)) => Err(LoginError::Refused(error)),
        (Some(code), None) => Ok(Secret::new(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_from_an_address_of_the_same_state_or_as_it_is() {
        let code = |text: &str| pasted(text, "s-1");
        let page = "https://platform.adobe.io/callback";
        assert_eq!(code(" c-1\n"), Ok(Secret::new("c-1")));
        assert_eq!(
            code(&format!("{page}?code=c%2F1&state=s-1#")),
            Ok(Secret::new("c/1"))
        );
        assert_eq!(
            code(&format!("{page}?code=c-1&state=s-2")),
            Err(LoginError::OtherState)
        );
        assert_eq!(
            code(&format!("{page}?code=c-1")),
            Err(LoginError::OtherState)
        );
        let refused = code(&format!("{page}?error=access_denied&state=s-1"));
        assert_eq!(
            refused,
            Err(LoginError::Refused(String::from("access_denied")))
        );
        for nothing in ["", page, &format!("{page}?state=s-1")] {
            assert_eq!(code(nothing), Err(LoginError::NoCode), "{nothing}");
        }
    }
}
