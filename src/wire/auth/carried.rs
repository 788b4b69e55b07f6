//! A token that stands elsewhere in a request than in `Authorization`: in its URL, in another header, in its body. What is
//! recorded shows a mark in its place, as in `Authorization`.

use bytes::Bytes;

use crate::model::percent::encoded;
use crate::model::record::Purpose;
use crate::model::redact::Redactor;
use crate::model::secret::{Secret, TOKEN_HERE};
use crate::wire::auth::Authorization;
use crate::wire::request::Request;

/// What is sent of such a request.
pub(crate) struct Carried {
    url: Secret,
    headers: Vec<(String, Secret)>,
    body: Secret,
}

impl Carried {
    /// The URL that is sent.
    pub(crate) fn url(&self) -> &str {
        self.url.expose()
    }

    /// The value of a header that is sent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(own, _)| own == name)?;
        Some(value.expose())
    }

    /// The body that is sent.
    pub(crate) fn body(&self) -> Bytes {
        Bytes::from(self.body.expose().to_owned())
    }
}

/// Puts the token where it belongs: what is to be recorded into the request, what is sent into the rest. Nothing where the
/// request has no such place.
pub(crate) fn carry(request: &mut Request, token: Option<&Authorization>) -> Option<Carried> {
    // what a destination says of its audiences stands in messages, too, and opens nothing there
    if !matches!(request.purpose, Purpose::Audience | Purpose::Observation) {
        return None;
    }
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let in_header = |(_, value): &(String, String)| value.contains(TOKEN_HERE);
    if !request.url.contains(TOKEN_HERE)
        && !body.contains(TOKEN_HERE)
        && !request.headers.iter().any(in_header)
    {
        return None;
    }
    let Some(token) = token else {
        request.url = without(&request.url);
        request.headers.retain(|header| !in_header(header));
        request.body = Bytes::from(body.replace(TOKEN_HERE, ""));
        return None;
    };
    let (sent, shown) = (bare(token.value()), bare(&token.shown));
    let headers = request.headers.iter();
    let carried = Carried {
        url: Secret::new(request.url.replace(TOKEN_HERE, &encoded(sent))),
        headers: headers
            .map(|(name, value)| (name.clone(), Secret::new(value.replace(TOKEN_HERE, sent))))
            .collect(),
        body: Secret::new(body.replace(TOKEN_HERE, &within_json(sent))),
    };
    request.url = request.url.replace(TOKEN_HERE, shown);
    for (_, value) in &mut request.headers {
        *value = value.replace(TOKEN_HERE, shown);
    }
    request.body = Bytes::from(body.replace(TOKEN_HERE, shown));
    Some(carried)
}

/// The same with its signatures in a URL that an answer gave, where the answer was recorded without them.
pub(crate) fn resigned(
    request: &Request,
    carried: Option<Carried>,
    redactor: &Redactor,
) -> Option<Carried> {
    if request.purpose != Purpose::Observation {
        return carried;
    }
    let url = carried.as_ref().map_or(request.url.as_str(), Carried::url);
    let Some(url) = redactor.resigned(url) else {
        return carried;
    };
    let (headers, body) = match carried {
        Some(carried) => (carried.headers, carried.body),
        None => {
            let body = String::from_utf8_lossy(&request.body);
            (Vec::new(), Secret::new(body))
        }
    };
    Some(Carried { url, headers, body })
}

/// A credential without its scheme.
fn bare(credential: &str) -> &str {
    credential
        .split_once(' ')
        .map_or(credential, |(_, bare)| bare)
}

/// A URL without the parameters that hold the token.
fn without(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else {
        return url.replace(TOKEN_HERE, "");
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.contains(TOKEN_HERE))
        .collect();
    match kept.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", kept.join("&")),
    }
}

/// A text as it stands between the quotes of JSON.
fn within_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.trim_matches('"').to_owned()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn asked() -> Request {
        let mut request = Request::question(
            &format!("https://api.example.com/a?name=x&access_token={TOKEN_HERE}&&b=1"),
            "application/json",
        );
        let key = format!("key {TOKEN_HERE}");
        request.headers.push((String::from("X-Key"), key));
        request.body = Bytes::from(format!("{{\"token\":\"{TOKEN_HERE}\"}}"));
        request
    }

    #[test]
    fn a_token_is_sent_where_it_stands_and_recorded_as_its_mark() {
        let (mut request, redactor) = (asked(), Redactor::new([7; 32]));
        let token = Secret::new("s3cr&t\"token");
        let token = Authorization::masked(&redactor, "Bearer", "token", &token);
        let carried = carry(&mut request, Some(&token)).unwrap();
        let url = "https://api.example.com/a?name=x&access_token=s3cr%26t%22token&&b=1";
        assert_eq!(carried.url.expose(), url);
        let sent = carried.headers.last().unwrap();
        assert_eq!(sent.1.expose(), "key s3cr&t\"token");
        assert_eq!(carried.body.expose(), r#"{"token":"s3cr&t\"token"}"#);
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("s3cr") && !shown.contains(TOKEN_HERE),
            "{shown}"
        );
        assert!(
            request.url.contains("access_token=⟦secret:token"),
            "{shown}"
        );
    }

    #[test]
    fn without_a_token_nothing_stands_in_its_place() {
        let mut request = asked();
        assert!(carry(&mut request, None).is_none());
        assert_eq!(request.url, "https://api.example.com/a?name=x&&b=1");
        assert!(request.headers.iter().all(|(name, _)| name != "X-Key"));
        assert_eq!(request.body, r#"{"token":""}"#);
    }

    #[test]
    fn a_message_that_looks_like_it_carries_nothing() {
        let mut message = asked();
        message.purpose = Purpose::Delivery;
        let before = format!("{message:?}");
        assert!(carry(&mut message, None).is_none());
        assert_eq!(format!("{message:?}"), before);
    }

    #[test]
    fn a_request_without_such_a_place_stays_as_it_is() {
        let mut request = Request::question("https://api.example.com/a", "application/json");
        let before = format!("{request:?}");
        assert!(carry(&mut request, None).is_none());
        assert_eq!(format!("{request:?}"), before);
    }
}
