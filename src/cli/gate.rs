//! Searches what is written for the secrets of a submission, in any encoding. What holds one is not written.

use crate::cli::Failure;
use crate::cli::exit::Exit;
use crate::cli::load::Loaded;
use crate::model::redact::Redactor;
use crate::model::submission::secret_parts;

/// Finds that are shown; the others are counted.
const SHOWN: usize = 10;

/// Knows the secrets of a submission.
pub fn knowing(loaded: &Loaded) -> Redactor {
    let redactor = Redactor::new(rand::random());
    let destinations = loaded.submission.destinations.iter();
    for literal in destinations.flat_map(|destination| destination.literals()) {
        literal
            .known()
            .iter()
            .for_each(|known| redactor.learn(known));
    }
    for fetched in loaded.fetched.values() {
        for (name, secret) in &fetched.secrets {
            let parts = secret_parts(name, secret);
            parts.iter().for_each(|part| redactor.learn(part));
        }
    }
    redactor
}

/// Where a file holds one of these secrets, in any encoding.
pub fn held(known: &Redactor, name: &str, bytes: &[u8]) -> Vec<String> {
    let (mut held, mut offset) = (Vec::new(), 0);
    for line in bytes.split(|b| *b == b'\n') {
        if let Some(mark) = known.bytes(line) {
            held.push(format!("{name} at byte {offset}: {mark}"));
        }
        offset += line.len() + 1;
    }
    held
}

/// Why nothing is written, where something was found.
pub fn closed(mut held: Vec<String>) -> Option<Failure> {
    if held.is_empty() {
        return None;
    }
    let more = held.len().saturating_sub(SHOWN);
    held.truncate(SHOWN);
    if more > 0 {
        held.push(format!("and {more} more"));
    }
    Some(Failure::Message {
        exit: Exit::Secret,
        text: format!("expected no secret, received\n  {}", held.join("\n  ")),
        help: Some(String::from(
            "revoke what leaked, remove it from where it stands, and run again",
        )),
    })
}
