//! Header fields read as RFC 9110 says: several lines of one field are one list, elements are parsed and never searched for.

use crate::model::http_token::{is_sign, is_token};
use crate::model::record::Answer;

/// A directive of a list such as `Cache-Control`: a name in lower case, and what it is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Name.
    pub name: String,
    /// Value, out of its quotes.
    pub value: Option<String>,
}

/// A media type (RFC 9110 section 8.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype` in lower case.
    pub essence: String,
    /// Parameters.
    pub parameters: Vec<Directive>,
}

/// The lines of a field in the order received.
pub fn lines<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let of_name = |(n, _): &&(String, String)| n.eq_ignore_ascii_case(name);
    answer
        .headers
        .iter()
        .filter(of_name)
        .map(|(_, value)| value.as_str())
        .collect()
}

/// The elements of a list (RFC 9110 section 5.6.1) over all lines of its field (section 5.3); commas in quotes divide nothing.
pub fn list<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    lines(answer, name)
        .into_iter()
        .flat_map(|line| divided(line, ','))
        .collect()
}

/// The directives of a list, their names in lower case.
pub fn directives(answer: &Answer, name: &str) -> Vec<Directive> {
    list(answer, name)
        .into_iter()
        .map(Directive::read)
        .collect()
}

/// The media type that the answer names, where it names one.
pub fn media_type(answer: &Answer) -> Option<MediaType> {
    let line = lines(answer, "content-type").into_iter().next()?;
    let mut parts = divided(line, ';').into_iter();
    let essence = parts.next()?.to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/')?;
    (is_token(kind) && is_token(subtype)).then(|| MediaType {
        parameters: parts.map(Directive::read).collect(),
        essence: essence.clone(),
    })
}

impl Directive {
    fn read(element: &str) -> Self {
        let (name, value) = match element.split_once('=') {
            Some((name, value)) => (name, Some(unquoted(value.trim()))),
            None => (element, None),
        };
        Self {
            name: name.trim().to_ascii_lowercase(),
            value,
        }
    }
}

/// A challenge (RFC 9110 section 11.6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Scheme in lower case.
    pub scheme: String,
    /// Parameters; none where the scheme is followed by a text of its own.
    pub parameters: Vec<Directive>,
}

impl Challenge {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|p| p.name == name);
        found.and_then(|parameter| parameter.value.as_deref())
    }
}

/// The challenges of all lines: an element begins one where a scheme stands alone or before a blank, and is a parameter of
/// the one before it otherwise.
pub fn challenges(answer: &Answer) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    for element in list(answer, "www-authenticate") {
        let end = element.bytes().position(|byte| !is_sign(byte));
        let (scheme, rest) = element.split_at(end.unwrap_or(element.len()));
        let parameter = rest.trim_start();
        match found.last_mut() {
            Some(last) if parameter.starts_with('=') => {
                last.parameters.push(Directive::read(element));
            }
            Some(_) | None => found.push(Challenge {
                scheme: scheme.to_ascii_lowercase(),
                parameters: parameter
                    .contains('=')
                    .then(|| Directive::read(parameter))
                    .into_iter()
                    .collect(),
            }),
        }
    }
    found
}

impl MediaType {
    /// Whether it is JSON: `application/json`, or a subtype with the suffix `+json` (RFC 6839 section 3.1).
    pub fn is_json(&self) -> bool {
        matches!(self.essence.as_str(), "application/json" | "text/json")
            || self.essence.ends_with("+json")
    }
}

/// The parts of a text between separators outside of quotes, without blanks around; empty ones count for nothing.
pub fn divided(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(|c: char| {
        let ends = c == separator && !quoted;
        if quoted && !escaped && c == '\\' {
            escaped = true;
            return false;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = false;
        ends
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// The text of a quoted string (RFC 9110 section 5.6.4), or a token as it is.
pub fn unquoted(text: &str) -> String {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let Some(inner) = inner else {
        return text.to_owned();
    };
    let mut escaped = false;
    let kept = inner.chars().filter(|c| {
        escaped = !escaped && *c == '\\';
        !escaped
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Body;

    fn answer(headers: &[(&str, &str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Answer {
            status: 200,
            version: String::from("HTTP/1.1"),
            headers: headers.collect(),
            body: Body::Empty,
            coded: None,
        }
    }

    #[test]
    fn challenges_are_told_from_their_parameters() {
        let lines = [
            (
                "WWW-Authenticate",
                "Negotiate, Custom title=\"Basic realm=, or \\\"x\\\"\", bEARER Realm=\"a, b\", ERROR = invalid_token",
            ),
            ("www-authenticate", "Token dG9rZW42OA=="),
        ];
        let found = challenges(&answer(&lines));
        let schemes: Vec<&str> = found.iter().map(|c| c.scheme.as_str()).collect();
        assert_eq!(schemes, ["negotiate", "custom", "bearer", "token"]);
        assert_eq!(found[1].parameter("title"), Some("Basic realm=, or \"x\""));
        assert_eq!(found[2].parameter("realm"), Some("a, b"));
        assert_eq!(found[2].parameter("error"), Some("invalid_token"));
        assert_eq!(found[0].parameters, []);
    }

    #[test]
    fn lines_of_one_field_are_one_list() {
        let answer = answer(&[
            ("cache-control", "private"),
            ("date", "x"),
            ("Cache-Control", "No-Store, max-age=0"),
        ]);
        let names: Vec<String> = directives(&answer, "cache-control")
            .into_iter()
            .map(|d| d.name)
            .collect();
        assert_eq!(names, ["private", "no-store", "max-age"]);
    }

    #[test]
    fn quotes_keep_what_stands_in_them_together() {
        let answer = answer(&[("cache-control", r#"private="a, \"no-store\", b" , , ext=1"#)]);
        let directive = |name: &str, value: &str| Directive {
            name: name.to_owned(),
            value: Some(value.to_owned()),
        };
        let expected = vec![
            directive("private", r#"a, "no-store", b"#),
            directive("ext", "1"),
        ];
        assert_eq!(directives(&answer, "Cache-Control"), expected);
    }

    #[test]
    fn a_media_type_is_parsed() {
        let is_json = |value: &str| {
            media_type(&answer(&[("content-type", value)])).map(|media| media.is_json())
        };
        for json in [
            "application/json",
            "Application/JSON;charset=UTF-8",
            "application/problem+json ; a=\"b;c\"",
        ] {
            assert_eq!(is_json(json), Some(true), "{json}");
        }
        for other in [
            "text/json-ish",
            "application/jsonp",
            "text/html; x=application/json",
        ] {
            assert_eq!(is_json(other), Some(false), "{other}");
        }
        for none in ["json", "", "application/", "application/js on"] {
            assert_eq!(is_json(none), None, "{none}");
        }
    }
}
