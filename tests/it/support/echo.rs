//! A destination that repeats credentials: each answer holds one in the next of its forms, in another place each time.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::guises::{guises, json};

/// The server; it serves until the process ends.
pub struct Echo {
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    served: Arc<[AtomicUsize]>,
}

/// Path prefixes and the secret that is repeated below each.
pub type Secrets = &'static [(&'static str, &'static str)];

/// The token that is issued.
pub const ISSUED: &str = "Issued.Canary-5Hq8Lw2Zt6Xn9Bv4Mc7Rk3";

impl Echo {
    /// Starts it.
    pub fn start(secrets: Secrets) -> Echo {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served: Arc<[AtomicUsize]> = secrets.iter().map(|_| AtomicUsize::new(0)).collect();
        let counts = Arc::clone(&served);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counts = Arc::clone(&counts);
                std::thread::spawn(move || serve(stream, secrets, &counts));
            }
        });
        Echo { base, served }
    }

    /// How many answers repeated each secret.
    pub fn served(&self) -> Vec<usize> {
        let counts = self.served.iter();
        counts.map(|n| n.load(Ordering::SeqCst)).collect()
    }
}

fn serve(stream: TcpStream, secrets: Secrets, counts: &[AtomicUsize]) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
    let mut length = 0;
    loop {
        line.clear();
        if reader.read_line(&mut line).is_err() || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or(("", ""));
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    let Some(place) = secrets.iter().position(|(at, _)| path.starts_with(at)) else {
        return;
    };
    let turn = counts[place].fetch_add(1, Ordering::SeqCst);
    let answer = answer(&path, secrets[place].1, turn);
    let _ = reader.into_inner().write_all(&answer);
}

/// The answer whose turn it is; every form is in a body once in 33 turns.
fn answer(path: &str, secret: &str, turn: usize) -> Vec<u8> {
    let forms = guises(secret);
    let form = |shift: usize| forms[(turn + shift) % forms.len()].1.as_str();
    let in_header = |shift: usize| {
        let text: String = form(shift)
            .chars()
            .filter(|c| (' '..='~').contains(c))
            .collect();
        text
    };
    let text = format!("seen {} here", form(0));
    if path
        .split('?')
        .next()
        .is_some_and(|path| path.ends_with("/token"))
    {
        let body = format!(
            r#"{{"access_token":"{ISSUED}","token_type":"Bearer","expires_in":3600,"note":{}}}"#,
            json(&text)
        );
        return whole("200 OK", "application/json", "", &body);
    }
    let headers = format!(
        "X-Seen: {}\r\nSet-Cookie: seen={}; Path=/\r\nX-Ms-Request-Id: {}\r\n",
        in_header(7),
        in_header(14),
        in_header(3)
    );
    match turn % 5 {
        0 => whole("200 OK", "text/plain", &headers, &text),
        1 => chunked(&headers, &json(&text)),
        2 => whole(
            "401 Unauthorized",
            "text/html",
            &headers,
            &format!(
                "<Error><Code>{}</Code><Message>{text}</Message></Error>",
                form(28)
            ),
        ),
        3 => whole(
            "302 Found",
            "text/plain",
            &format!("Location: /elsewhere?seen={}\r\n", in_header(21)),
            &text,
        ),
        _ => whole(
            "400 Bad Request",
            "application/json",
            &headers,
            &format!(
                "{{\"errors\":[{0}],\"error\":{{\"code\":\"Denied\",\"message\":{0}}}}}",
                json(&text)
            ),
        ),
    }
}

fn whole(status: &str, kind: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// In two chunks, so that no chunk holds a whole secret.
fn chunked(headers: &str, body: &str) -> Vec<u8> {
    let (first, second) = body.as_bytes().split_at(body.len() / 2);
    let mut bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    for part in [first, second] {
        bytes.extend(format!("{:x}\r\n", part.len()).bytes());
        bytes.extend(part);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}
