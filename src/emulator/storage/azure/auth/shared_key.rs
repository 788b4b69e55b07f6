//! Shared Key: what is signed of a request, and whether it was.

use crate::emulator::storage::azure::auth::secret::same_signature;
use crate::emulator::storage::azure::call::Call;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::state::AccountState;
use crate::emulator::storage::rules::Rules;

/// The headers that are signed by place, in this order.
const PLACED: [&str; 11] = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/// Whether `account:signature` is right for the request.
pub(super) fn verified(
    credentials: &str,
    call: &Call,
    account: &AccountState,
    rules: &Rules,
) -> Result<(), Failure> {
    const OTHER_ACCOUNT: &str = "The Authorization header names another account.";
    const OTHER_KEY: &str = "The signature is not that of the request with the account's key.";
    let (name, presented) = credentials
        .trim()
        .split_once(':')
        .ok_or(failure::MALFORMED_AUTHORIZATION)?;
    if name != account.name {
        return Err(failure::AUTHENTICATION_FAILED.because(OTHER_ACCOUNT));
    }
    let right = call.paths.iter().any(|path| {
        let text = string_to_sign(call, path, name);
        same_signature(presented, &account.key, &text, rules)
    });
    match right {
        true => Ok(()),
        false => Err(failure::AUTHENTICATION_FAILED.because(OTHER_KEY)),
    }
}

fn string_to_sign(call: &Call, path: &str, account: &str) -> String {
    let mut lines = vec![call.method.as_str().to_owned()];
    lines.extend(PLACED.iter().map(|name| placed(call, name)));
    lines.extend(own_headers(call));
    lines.push(format!("/{account}{path}"));
    lines.extend(parameters(call));
    lines.join("\n")
}

/// A length of nothing is signed as absent, and so is the date where `x-ms-date` takes its place.
fn placed(call: &Call, name: &str) -> String {
    let value = call.header(name);
    let absent = name == "content-length" && value == "0"
        || name == "date" && !call.header("x-ms-date").is_empty();
    match absent {
        true => String::new(),
        false => value.to_owned(),
    }
}

fn own_headers(call: &Call) -> Vec<String> {
    let names = call.headers.keys().map(|name| name.as_str());
    let mut names: Vec<&str> = names.filter(|name| name.starts_with("x-ms-")).collect();
    names.sort_unstable();
    let line = |name: &str| {
        let values = call.headers.get_all(name).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        format!("{name}:{}", values.join(",").trim())
    };
    names.into_iter().map(line).collect()
}

fn parameters(call: &Call) -> Vec<String> {
    let mut pairs: Vec<(String, &str)> = call
        .query
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.as_str()))
        .collect();
    pairs.sort_unstable();
    let mut lines: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        match lines.last_mut().filter(|(last, _)| *last == name) {
            Some((_, line)) => {
                line.push(',');
                line.push_str(value);
            }
            None => lines.push((name.clone(), format!("{name}:{value}"))),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use axum::http::{HeaderMap, HeaderName, Method};
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn headers_are_signed_by_place_then_by_name_and_parameters_in_order() {
        let headers = [
            ("x-ms-version", "2023-11-03"),
            ("x-ms-date", "today"),
            ("date", "never"),
            ("content-length", "0"),
            ("content-type", "text/csv"),
            ("x-ms-blob-type", "BlockBlob"),
        ];
        let headers: HeaderMap = headers
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .into_iter()
            .collect();
        let query = "restype=container&Comp=list&include=b&include=a";
        let call = Call::new(
            Method::PUT,
            "/acct/c/a%20b",
            query,
            headers,
            Timestamp::now(),
        );
        let expected = "PUT\n\n\n\n\ntext/csv\n\n\n\n\n\n\n\
            x-ms-blob-type:BlockBlob\nx-ms-date:today\nx-ms-version:2023-11-03\n\
            /acct/acct/c/a%20b\ncomp:list\ninclude:a,b\nrestype:container";
        assert_eq!(string_to_sign(&call, &call.paths[0], "acct"), expected);
    }
}
