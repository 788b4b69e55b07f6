//! A server on this machine that answers with what it was asked, in guises in which destinations have been seen to leak:
//! what a canary is sent to.

use std::io::Write as _;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::model::record::canary::HEADER;

/// Bytes of a request that are read at most.
const MOST: usize = 16 << 10;
/// The path that is answered with what no replacement catches.
pub(crate) const HIDDEN: &str = "/hidden";

/// The server; dropped, it answers nobody.
pub(crate) struct Echo {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Echo {
    /// Begins to listen, where the machine lets it.
    pub(crate) async fn begin() -> Option<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.ok()?;
        let address = listener.local_addr().ok()?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Some(Self { address, task })
    }
}

/// A place on this machine where nobody listens.
pub(crate) async fn deserted() -> Option<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.ok()?;
    listener.local_addr().ok()
}

/// Answers one request and closes the connection.
async fn answer(mut stream: TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < MOST {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let target = head.split(' ').nth(1)?;
    let query = target.split_once('=')?.1;
    let header = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(HEADER).then(|| value.trim())
    })?;
    let guises = if target.starts_with(HIDDEN) {
        hidden
    } else {
        open
    };
    let body: Vec<String> = [query, header].into_iter().flat_map(guises).collect();
    let body = body.join("\n");
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nx-echo: {header}\r\nset-cookie: session={header}\r\n\
         location: http://127.0.0.1/?probe={query}\r\ncontent-type: text/plain\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

/// Forms that are replaced by a mark.
fn open(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    vec![
        text.to_owned(),
        format!("Authorization: Bearer {text}"),
        format!("{{\"error\":\"no such token: {text}\"}}"),
        STANDARD.encode(text),
        STANDARD.encode(format!("user:{text}")),
        hexadecimal(bytes, ""),
    ]
}

/// Forms that are found, and with them the whole text withheld.
fn hidden(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let joined = |form: &dyn Fn(&u8) -> String, between: &str| {
        bytes.iter().map(form).collect::<Vec<_>>().join(between)
    };
    vec![
        text.chars().rev().collect(),
        hexadecimal(bytes, ":"),
        joined(&|b| format!("\\u{b:04x}"), ""),
        joined(&|b| format!("&#{b};"), ""),
        format!("[{}]", joined(&u8::to_string, ", ")),
        STANDARD.encode(STANDARD.encode(text)),
        STANDARD.encode(compressed(bytes)),
    ]
}

fn hexadecimal(bytes: &[u8], between: &str) -> String {
    let digits = bytes.iter().map(|b| format!("{b:02x}"));
    digits.collect::<Vec<_>>().join(between)
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // writing to memory cannot fail
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
