//! What differs between two recordings of one scenario, exchange by exchange: what was asked, and what came. Only what a
//! destination means is compared; times, ids of requests and names of servers are not in the list of headers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::record::{
    Act, Answer, Body, CommandResult, Exchange, ExchangeRef, HttpExchange, Result, Scenario,
    StorageResult,
};
use crate::model::redact::{marks, untagged};
use crate::publish::report::text;

/// Headers of an answer that say what it means (RFC 9110; of `Cache-Control` RFC 6749 section 5.1).
pub const COMPARED: [&str; 7] = [
    "allow",
    "cache-control",
    "content-encoding",
    "content-type",
    "location",
    "retry-after",
    "www-authenticate",
];

/// Characters of a value that are shown.
const SHOWN: usize = 120;

const NONE: &str = "none";

/// One exchange of a scenario, as it was and as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which.
    pub place: ExchangeRef,
    /// What was asked, in one line.
    pub asked: String,
    /// Where the two differ, in the order in which an exchange is read.
    pub differences: Vec<Difference>,
    /// What a record does not hold, so that nothing is known of it.
    pub unknown: Vec<String>,
}

/// One place where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `status`, `header content-type`, `body /members/0/id`.
    pub part: String,
    /// As it was.
    pub recorded: String,
    /// As it is.
    pub live: String,
}

/// Every exchange that either has, by lane and ordinal.
pub fn compare(recorded: &Scenario, live: &Scenario) -> Vec<Compared> {
    let by_place = |scenario: &Scenario| -> BTreeMap<ExchangeRef, _> {
        let all = scenario.exchanges.iter();
        all.map(|one| (one.reference(), one.clone())).collect()
    };
    let (then, now) = (by_place(recorded), by_place(live));
    let places: BTreeSet<&ExchangeRef> = then.keys().chain(now.keys()).collect();
    let compared = places.into_iter().filter_map(|place| {
        let (was, is) = (then.get(place), now.get(place));
        let mut found = Found::default();
        match (was, is) {
            (Some(was), Some(is)) => found.exchange(was, is),
            (was, is) => {
                let asked = |one: Option<&std::sync::Arc<Exchange>>| {
                    one.map_or_else(|| NONE.to_owned(), |one| one.asked())
                };
                found.texts("exchange", &asked(was), &asked(is));
            }
        }
        Some(Compared {
            place: *place,
            asked: was.or(is)?.asked(),
            differences: found.differences,
            unknown: found.unknown,
        })
    });
    compared.collect()
}

#[derive(Default)]
struct Found {
    differences: Vec<Difference>,
    unknown: Vec<String>,
}

impl Found {
    fn exchange(&mut self, was: &Exchange, is: &Exchange) {
        match (&was.act, &is.act) {
            (Act::Http(then), Act::Http(now)) => self.http(then, now),
            (Act::Storage(then), Act::Storage(now)) => {
                self.texts("asked", &was.asked(), &is.asked());
                self.stored(&then.result, &now.result);
            }
            (Act::Command(then), Act::Command(now)) => {
                self.texts("asked", &was.asked(), &is.asked());
                self.said(&then.result, &now.result);
            }
            (Act::Http(_) | Act::Storage(_) | Act::Command(_), _) => {
                self.texts("asked", &was.asked(), &is.asked());
            }
        }
    }

    fn http(&mut self, then: &HttpExchange, now: &HttpExchange) {
        let [was, is] =
            [then, now].map(|http| format!("{} {}", http.request.method, http.request.url));
        self.texts("asked", &was, &is);
        // the answer to another question says nothing
        if !self.differences.is_empty() {
            return;
        }
        self.body("request body", &then.request.body, &now.request.body);
        match (&then.result, &now.result) {
            (Result::Answer(then), Result::Answer(now)) => self.answer(then, now),
            (Result::Failure(then), Result::Failure(now)) => {
                self.texts("failure", &then.text, &now.text);
            }
            (Result::Answer(_), Result::Failure(_)) | (Result::Failure(_), Result::Answer(_)) => {
                self.texts("answer", &came(&then.result), &came(&now.result));
            }
        }
    }

    fn answer(&mut self, then: &Answer, now: &Answer) {
        let status = |answer: &Answer| answer.status.to_string();
        self.texts("status", &status(then), &status(now));
        for name in COMPARED {
            let [was, is] = [then, now].map(|answer| values(answer, name));
            self.texts(&format!("header {name}"), &was, &is);
        }
        self.body("body", &then.body, &now.body);
    }

    fn body(&mut self, part: &str, then: &Body, now: &Body) {
        if then == now {
            return;
        }
        if let (Some(was), Some(is)) = (then.json(), now.json()) {
            return self.json(part, "", (&was, &is));
        }
        match (then, now) {
            (Body::Withheld(_), Body::Withheld(_)) => self.unknown.push(part.to_owned()),
            (Body::Text(was), Body::Text(is)) => self.lines(part, was, is),
            _ => self.texts(part, &shown(then), &shown(now)),
        }
    }

    /// Objects by the names of both, in order; arrays by place.
    fn json(&mut self, part: &str, pointer: &str, (was, is): (&Value, &Value)) {
        match (was, is) {
            (Value::Object(then), Value::Object(now)) => {
                let names: BTreeSet<&String> = then.keys().chain(now.keys()).collect();
                for name in names {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    let both = (then.get(name), now.get(name));
                    self.member(part, &format!("{pointer}/{step}"), both);
                }
            }
            (Value::Array(then), Value::Array(now)) => {
                for place in 0..then.len().max(now.len()) {
                    let both = (then.get(place), now.get(place));
                    self.member(part, &format!("{pointer}/{place}"), both);
                }
            }
            (was, is) => {
                let part = format!("{part} {pointer}");
                self.texts(part.trim_end(), &was.to_string(), &is.to_string());
            }
        }
    }

    fn member(&mut self, part: &str, pointer: &str, both: (Option<&Value>, Option<&Value>)) {
        if let (Some(was), Some(is)) = both {
            return self.json(part, pointer, (was, is));
        }
        let value = |value: Option<&Value>| value.map_or_else(|| NONE.to_owned(), Value::to_string);
        let part = format!("{part} {pointer}");
        self.texts(&part, &value(both.0), &value(both.1));
    }

    /// Texts that are no JSON: the first line that differs.
    fn lines(&mut self, part: &str, was: &str, is: &str) {
        let (mut then, mut now) = (was.lines(), is.lines());
        for number in 1.. {
            let (was, is) = match (then.next(), now.next()) {
                (None, None) => return,
                (was, is) => (was.unwrap_or(NONE), is.unwrap_or(NONE)),
            };
            let before = self.differences.len();
            self.texts(&format!("{part} line {number}"), was, is);
            if self.differences.len() > before {
                return;
            }
        }
    }

    fn stored(&mut self, then: &StorageResult, now: &StorageResult) {
        match (then, now) {
            (StorageResult::Text { text: was }, StorageResult::Text { text: is }) => {
                self.lines("text", was, is);
            }
            (StorageResult::Entries { entries: was }, StorageResult::Entries { entries: is }) => {
                let size = |all: &[crate::model::record::Entry]| -> BTreeMap<String, String> {
                    let all = all.iter();
                    all.map(|e| (e.path.clone(), format!("{} bytes", e.bytes)))
                        .collect()
                };
                let (was, is) = (size(was), size(is));
                let paths: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
                for path in paths {
                    let of = |all: &BTreeMap<String, String>| {
                        all.get(path).cloned().unwrap_or_else(|| NONE.to_owned())
                    };
                    self.texts(&format!("file {path}"), &of(&was), &of(&is));
                }
            }
            // what a location says beside its code names the request
            (StorageResult::Refused { code: was, .. }, StorageResult::Refused { code: is, .. }) => {
                self.texts("refused", was, is);
            }
            (
                StorageResult::Content { sha256: was, .. },
                StorageResult::Content { sha256: is, .. },
            ) => self.texts("content SHA-256", &was.to_string(), &is.to_string()),
            (was, is) => self.texts("result", &was.summary(), &is.summary()),
        }
    }

    fn said(&mut self, then: &CommandResult, now: &CommandResult) {
        match (then, now) {
            (
                CommandResult::Ended {
                    code: was,
                    output: wrote,
                    ..
                },
                CommandResult::Ended {
                    code: is,
                    output: writes,
                    ..
                },
            ) => {
                self.texts("exit code", &was.to_string(), &is.to_string());
                let [then, now] = [wrote, writes].map(|text| Body::Text(text.clone()));
                self.body("output", &then, &now);
            }
            (was, is) => self.texts("result", &ended(was), &ended(is)),
        }
    }

    /// Notes two texts that differ, tags of marks aside; what a mark withholds is not known to differ.
    fn texts(&mut self, part: &str, was: &str, is: &str) {
        if untagged(was) == untagged(is) {
            return;
        }
        if [was, is].iter().any(|text| withholds(text)) {
            self.unknown.push(part.to_owned());
            return;
        }
        let short = |text: &str| text::shorten(&untagged(text), SHOWN);
        self.differences.push(Difference {
            part: part.to_owned(),
            recorded: short(was),
            live: short(is),
        });
    }
}

fn withholds(text: &str) -> bool {
    text.contains("⟦withheld:") && !marks(text).1.is_empty()
}

/// All values of a header of an answer.
fn values(answer: &Answer, name: &str) -> String {
    let all = answer.headers.iter();
    let all = all.filter(|(one, _)| one.eq_ignore_ascii_case(name));
    let all: Vec<&str> = all.map(|(_, value)| value.as_str()).collect();
    match all.is_empty() {
        true => NONE.to_owned(),
        false => all.join(", "),
    }
}

fn came(result: &Result) -> String {
    match result {
        Result::Answer(answer) => answer.status.to_string(),
        Result::Failure(failure) => failure.text.clone(),
    }
}

fn ended(result: &CommandResult) -> String {
    match result {
        CommandResult::Ended { code, .. } => format!("exit code {code}"),
        CommandResult::Failure { failure } => failure.text.clone(),
    }
}

fn shown(body: &Body) -> String {
    match body {
        Body::Empty => NONE.to_owned(),
        Body::Text(text) => text.clone(),
        Body::Base64(base64) => format!("base64 {base64}"),
        Body::Digest { bytes, sha256 } => format!("{bytes} bytes, SHA-256 {sha256}"),
        Body::Withheld(withheld) => {
            format!("{} bytes, SHA-256 {}", withheld.bytes, withheld.sha256)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(was: &str, is: &str) -> Found {
        let mut found = Found::default();
        let [was, is] = [was, is].map(|text| Body::Text(text.to_owned()));
        found.body("body", &was, &is);
        found
    }

    fn parts(was: &str, is: &str) -> Vec<String> {
        let all = found(was, is).differences.into_iter();
        all.map(|d| format!("{}: {} → {}", d.part, d.recorded, d.live))
            .collect()
    }

    #[test]
    fn json_is_compared_by_pointer_in_the_order_of_names_whatever_the_order_in_the_text() {
        assert!(parts(r#"{"a":1,"b":[1,2]}"#, r#"{"b":[1,2],"a":1}"#).is_empty());
        assert_eq!(
            parts(
                r#"{"b":[1,{"x/y":2}],"a~":1}"#,
                r#"{"c":3,"b":[1,{"x/y":3},4]}"#
            ),
            [
                "body /a~0: 1 → none",
                "body /b/1/x~1y: 2 → 3",
                "body /b/2: none → 4",
                "body /c: none → 3"
            ]
        );
        assert_eq!(parts("1", "2"), ["body: 1 → 2"]);
    }

    #[test]
    fn a_text_is_compared_to_the_first_line_that_differs() {
        assert_eq!(parts("a\nb\nc", "a\nx\ny"), ["body line 2: b → x"]);
        assert_eq!(parts("a", "a\nb"), ["body line 2: none → b"]);
    }

    #[test]
    fn tags_of_marks_do_not_count_and_what_is_withheld_is_not_known() {
        assert!(parts(r#"{"t":"⟦secret:t#1a⟧"}"#, r#"{"t":"⟦secret:t#2b⟧"}"#).is_empty());
        let withheld = found(r#"{"t":"⟦withheld:t#1a⟧"}"#, r#"{"t":"⟦withheld:t#2b⟧"}"#);
        assert!(withheld.differences.is_empty());
        assert_eq!(withheld.unknown, ["body /t"]);
    }
}
