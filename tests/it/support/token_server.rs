//! A token endpoint that answers each request with bytes of the test's own making, and a delivery endpoint that takes all.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// An answer below `/token/NAME`.
pub struct Given {
    /// Its name.
    pub name: &'static str,
    /// Status line without version.
    pub status: &'static str,
    /// Header lines, each with its end.
    pub headers: String,
    /// Body.
    pub body: Vec<u8>,
}

/// Starts it; gives `http://127.0.0.1:PORT`. It serves until the process ends.
pub fn start(answers: Vec<Given>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let answers = Arc::new(answers);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            std::thread::spawn(move || serve(stream, &answers));
        }
    });
    base
}

fn serve(stream: TcpStream, answers: &[Given]) {
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
    let given = answers
        .iter()
        .find(|given| path == format!("/token/{}", given.name));
    let (status, headers, body) = match given {
        Some(given) => (given.status, given.headers.as_str(), &*given.body),
        None => ("200 OK", "", &b""[..]),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = reader
        .into_inner()
        .write_all(&[head.as_bytes(), body].concat());
}
