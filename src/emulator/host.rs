//! Serves a router on a port of this machine, encrypted or not.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// A running server; it stops when dropped.
pub struct Host {
    base_url: String,
    server: JoinHandle<()>,
}

impl Host {
    /// Listens on a port of 127.0.0.1, 0 for a free one; encrypted where there is a certificate. What is served may depend
    /// on the address.
    ///
    /// # Errors
    /// When nothing can be listened on.
    pub async fn start(
        tls: Option<Arc<ServerConfig>>,
        port: u16,
        router: impl FnOnce(&str) -> Router,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let base_url = format!("{scheme}://localhost:{}", listener.local_addr()?.port());
        let router = router(&base_url);
        let server = tokio::spawn(serve(listener, tls.map(TlsAcceptor::from), router));
        Ok(Self { base_url, server })
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // an unknown option of a socket changes nothing but its pace
        let _delayed = stream.set_nodelay(true);
        let (acceptor, router) = (acceptor.clone(), router.clone());
        connections.spawn(async move {
            match acceptor {
                None => speak(stream, router).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        speak(stream, router).await;
                    }
                }
            }
        });
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, router: Router) {
    let service = TowerToHyperService::new(router);
    // a client that goes away is no concern of the server
    let _ended = Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
