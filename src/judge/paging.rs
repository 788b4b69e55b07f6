//! Answers that come in pages: where the next page is, and whether one is left.

use url::Url;

use crate::judge::header::lines;
use crate::model::record::Answer;
use crate::model::submission::Observation;

/// Members that name the next page in APIs that are widely used.
const NAMES: [&str; 11] = [
    "/next",
    "/nextPage",
    "/next_page",
    "/nextLink",
    "/@odata.nextLink",
    "/nextCursor",
    "/next_cursor",
    "/nextPageToken",
    "/next_page_token",
    "/links/next",
    "/paging/next",
];

/// The URL of the page behind one that was asked for at `url`: what the configured pointer leads to, a link or a cursor,
/// or else the link of the header (RFC 8288). Credentials go along, so that it never leads to another origin.
pub fn next(answer: &Answer, observation: &Observation, url: &str) -> Option<String> {
    let here = Url::parse(url).ok()?;
    let there = match &observation.next {
        Some(pointer) => {
            let body = answer.body.json()?;
            let value = word(body.pointer(pointer)?)?;
            match &observation.cursor {
                Some(parameter) => with_parameter(&here, parameter, &value),
                None => here.join(&value).ok()?,
            }
        }
        None => here.join(&linked(answer)?).ok()?,
    };
    (there.origin() == here.origin() && there != here).then(|| there.into())
}

/// Where a page says that another follows.
pub fn more(answer: &Answer) -> Option<String> {
    if let Some(link) = linked(answer) {
        return Some(format!("Link: <{link}>; rel=\"next\""));
    }
    let body = answer.body.json()?;
    let found = NAMES
        .iter()
        .find(|name| body.pointer(name).and_then(word).is_some());
    found.map(|name| (*name).to_owned())
}

fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let kept = url.query_pairs().filter(|(key, _)| key != name);
    let kept: Vec<(String, String)> = kept.map(|(k, v)| (k.into(), v.into())).collect();
    let mut url = url.clone();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair(name, value);
    url
}

/// A text that is not empty, or a number.
fn word(value: &serde_json::Value) -> Option<String> {
    let text = value.as_str().map(ToOwned::to_owned);
    let text = text.or_else(|| value.as_u64().map(|number| number.to_string()));
    text.filter(|text| !text.is_empty())
}

/// The target of the link with the relation `next`.
fn linked(answer: &Answer) -> Option<String> {
    let links = lines(answer, "link").join(", ");
    let mut rest = links.as_str();
    while let Some((_, from)) = rest.split_once('<') {
        let (target, after) = from.split_once('>')?;
        let (parameters, others) = after
            .split_once('<')
            .map_or((after, ""), |(parameters, _)| {
                (parameters, &after[parameters.len()..])
            });
        if parameters.split([';', ',']).any(is_next) {
            return Some(target.to_owned());
        }
        rest = others;
    }
    None
}

fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    let mut relations = value.trim().trim_matches('"').split_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && relations.any(|r| r.eq_ignore_ascii_case("next"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::model::source::{Place, Source};

    const HERE: &str = "https://api.example.com/people/zoe?fields=all";

    fn answer(link: &str, body: &str) -> Answer {
        let answer = serde_json::json!({
            "status": 200, "version": "HTTP/1.1", "headers": [["link", link]], "body": {"text": body},
        });
        serde_json::from_value(answer).unwrap()
    }

    fn asked(next: Option<&str>, cursor: Option<&str>) -> Observation {
        Observation {
            url: String::from(HERE),
            pointer: String::from("/audiences"),
            removed: None,
            element: None,
            next: next.map(ToOwned::to_owned),
            cursor: cursor.map(ToOwned::to_owned),
            over: None,
            not_found_is_nobody: true,
            place: Place::new(&Source::new("a", ""), 0..0),
        }
    }

    #[test]
    fn the_next_page_is_where_pointer_cursor_or_header_lead() {
        let by_pointer =
            |body: &str, cursor| next(&answer("", body), &asked(Some("/more"), cursor), HERE);
        for (body, cursor, page) in [
            (
                r#"{"more": "/people/zoe?page=2"}"#,
                None,
                "/people/zoe?page=2",
            ),
            (r#"{"more": "?page=2"}"#, None, "/people/zoe?page=2"),
            (r#"{"more": "https://api.example.com/p2"}"#, None, "/p2"),
            (
                r#"{"more": "a b&c"}"#,
                Some("after"),
                "/people/zoe?fields=all&after=a+b%26c",
            ),
            (r#"{"more": 7}"#, Some("fields"), "/people/zoe?fields=7"),
        ] {
            let expected = format!("https://api.example.com{page}");
            assert_eq!(by_pointer(body, cursor), Some(expected), "{body}");
        }
        let link = "<https://api.example.com/first,1>; rel=first, </p2>; title=\"a\"; rel=\"prefetch Next\"";
        let by_header = next(&answer(link, "{}"), &asked(None, None), HERE);
        assert_eq!(by_header.as_deref(), Some("https://api.example.com/p2"));
    }

    #[test]
    fn no_page_follows_the_last_one_or_leads_elsewhere() {
        for body in [
            "{}",
            r#"{"more": null}"#,
            r#"{"more": ""}"#,
            r#"{"more": "https://elsewhere.example.com/p2"}"#,
            r#"{"more": "http://api.example.com/p2"}"#,
            r#"{"more": "?fields=all"}"#,
            "no JSON",
        ] {
            assert_eq!(
                next(&answer("", body), &asked(Some("/more"), None), HERE),
                None,
                "{body}"
            );
        }
        let link = "</p0>; rel=prev";
        assert_eq!(next(&answer(link, "{}"), &asked(None, None), HERE), None);
    }

    #[test]
    fn a_page_that_says_that_another_follows_is_known() {
        for (link, body, told) in [
            ("</p2>; rel=next", "{}", Some("Link: </p2>; rel=\"next\"")),
            ("", r#"{"next_cursor": "x"}"#, Some("/next_cursor")),
            ("", r#"{"paging": {"next": "x"}}"#, Some("/paging/next")),
            ("", r#"{"next": null, "nextPage": ""}"#, None),
        ] {
            assert_eq!(more(&answer(link, body)).as_deref(), told);
        }
    }
}
