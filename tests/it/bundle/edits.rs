//! Edits of records and of archives, as the rules of a review name them.
#![expect(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests may panic, and JSON has kinds enough"
)]

use destspec::model::digest::Digest;
use destspec::model::record::Run;
use destspec::review::container::{Container, Limits};
use serde_json::{Value, json};

use super::forged::edited;

/// An archive that is not as it was packed.
pub fn spoilt(good: &[u8], how: &str) -> Vec<u8> {
    match how {
        "cut short" => good[..good.len() - 1].to_vec(),
        "followed by a byte" => [good, b"\n"].concat(),
        "preceded by a byte" => [b"\n", good].concat(),
        "joined to another" => [good, good].concat(),
        "empty" => Vec::new(),
        "changed in a header" => {
            let mut bytes = good.to_vec();
            bytes[14] ^= 1;
            bytes
        }
        "deflated otherwise" => deflated_otherwise(good),
        other => panic!("unknown change: {other}"),
    }
}

/// The run of a submission whose statements end on that day.
pub fn stated_until(run: &Run, day: &str) -> Run {
    edited(run, |run| {
        let text = run["sources"][0]["text"].as_str().unwrap();
        let on = "\non = 2026-11-02";
        let text = text.replace(on, &format!("{on}\nvalid_until = {day}"));
        run["sources"][0]["sha256"] = json!(Digest::hash(&text));
        run["sources"][0]["text"] = json!(text);
        for attestation in run["attestations"].as_array_mut().unwrap() {
            attestation["valid_until"] = json!(day);
        }
    })
}

/// Puts a loop that writes nothing before each body of a message, and sums up what is posted again.
pub fn looping(run: &mut Value, times: usize) {
    let list = vec!["x"; times].join(",");
    let open = format!("{{% for i in '{list}' | split(',') %}}");
    let work = format!("{open}{open}{{% endfor %}}{{% endfor %}}");
    let mut found = false;
    for source in run["sources"].as_array_mut().unwrap() {
        let text = source["text"].as_str().unwrap();
        let Ok(mut server) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        let Some(body) = server.pointer_mut("/httpTemplate/requestBody/value") else {
            continue;
        };
        *body = json!(format!("{work}{}", body.as_str().unwrap()));
        let text = server.to_string();
        source["sha256"] = json!(Digest::hash(&text));
        source["text"] = json!(text);
        found = true;
    }
    assert!(found, "no server of messages");
}

/// The last bit of a deflated file that no reader misses.
fn deflated_otherwise(good: &[u8]) -> Vec<u8> {
    let container = Container::open(good, &Limits::MOST).unwrap();
    let lasts = container.names().map(|name| {
        let (_, kept) = container.kept(name).unwrap();
        (
            name,
            kept.as_ptr_range().end.addr() - good.as_ptr().addr() - 1,
        )
    });
    let mut bytes = lasts.map(|(name, at)| {
        let mut bytes = good.to_vec();
        bytes[at] ^= 0x80;
        (name, bytes)
    });
    let unseen = bytes.find(|(name, bytes)| {
        let other = Container::open(bytes, &Limits::MOST).unwrap();
        other.read(name) == container.read(name)
    });
    unseen.unwrap().1
}

/// A part of a document: keys, places in lists, or the `id`, `name` or `requirement` of what is in a list.
fn part<'a>(value: &'a mut Value, token: &str) -> Option<&'a mut Value> {
    match value {
        Value::Array(all) => {
            let at = place(all, token)?;
            all.get_mut(at)
        }
        Value::Object(all) => all.get_mut(token),
        _ => None,
    }
}

fn place(all: &[Value], token: &str) -> Option<usize> {
    let named = |one: &Value| {
        ["id", "name", "requirement"]
            .iter()
            .any(|key| one[key] == token)
    };
    let by_name = all.iter().position(named);
    by_name.or_else(|| token.parse().ok().filter(|at| *at < all.len()))
}

fn split(path: &str) -> (Vec<&str>, &str) {
    let mut tokens: Vec<&str> = path.split(" > ").collect();
    let last = tokens.pop().unwrap();
    (tokens, last)
}

fn above<'a>(value: &'a mut Value, tokens: &[&str], path: &str) -> &'a mut Value {
    tokens.iter().fold(value, |value, token| {
        part(value, token).unwrap_or_else(|| panic!("{token} of {path} does not exist"))
    })
}

/// Puts a value in place of what is there.
pub fn set(value: &mut Value, path: &str, new: Value) {
    let (tokens, last) = split(path);
    let parent = above(value, &tokens, path);
    if let Some(old) = part(parent, last) {
        assert_ne!(*old, new, "{path} is so already");
        *old = new;
        return;
    }
    parent.as_object_mut().unwrap().insert(last.to_owned(), new);
}

/// Takes away what is there.
pub fn remove(value: &mut Value, path: &str) {
    let (tokens, last) = split(path);
    match above(value, &tokens, path) {
        Value::Array(all) => {
            let at = place(all, last).unwrap();
            all.remove(at);
        }
        parent => assert!(
            parent.as_object_mut().unwrap().remove(last).is_some(),
            "{path}"
        ),
    }
}
