//! Reads audience metadata templates (reference 8.2).

use std::sync::Arc;

use fancy_regex::Regex;

use crate::model::sdk::audience::{AudienceTemplate, Event, EventKind, FieldValidation, Written};
use crate::model::sdk::keyed;
use crate::model::sdk::literal::{self, Literal, is_template};
use crate::model::sdk::server::Method;
use crate::model::sdk::server_json::{header_name, wrong_url};
use crate::model::sdk::spelling;
use crate::model::source::reader::{Cursor, Reader};
use crate::model::source::{Place, Problem, Severity, Source, json};

const HEADER_REMEDY: &str =
    "write a macro such as `Bearer {{oauth2ServiceAccessToken}}` or `Bearer {{authData.token}}`";

const URL_REMEDY: &str = "write a macro such as `{{oauth2ServiceAccessToken}}` or `{{authData.token}}` in place of its value";

/// Reads a template; problems beside one may still be errors. A secret that stands in it has that severity.
pub fn read(
    source: &Arc<Source>,
    literal_secrets: Severity,
) -> (Option<AudienceTemplate>, Vec<Problem>) {
    let (node, mut problems) = json::parse(source);
    let Some(node) = node else {
        literal::hide_unread(source);
        return (None, problems);
    };
    let reader = Reader::new(source, spelling::strictness(literal_secrets));
    let template = root(&reader.root(&node), source);
    problems.extend(reader.finish());
    (template, problems)
}

fn root(root: &Cursor<'_>, source: &Arc<Source>) -> Option<AudienceTemplate> {
    let fields = root.object()?;
    fields.ignore(spelling::SERVER_SIDE);
    let metadata = fields.need("metadataTemplate").and_then(|c| c.object());
    let validations = fields.get("validations");
    let validations = validations.and_then(|c| c.array()).unwrap_or_default();
    fields.finish();
    let metadata = metadata?;
    let name = metadata.expected("name").and_then(|c| c.string());
    let event = |(key, kind)| event(&metadata.get(key)?, kind);
    let events: Vec<Event> = EventKind::ALL.into_iter().filter_map(event).collect();
    metadata.need("create");
    metadata.finish();
    Some(AudienceTemplate {
        source: Arc::clone(source),
        name: name.unwrap_or_default(),
        events,
        validations: validations.iter().filter_map(validation).collect(),
    })
}

fn event(cursor: &Cursor<'_>, kind: EventKind) -> Option<Event> {
    if cursor.is_empty() {
        return None;
    }
    let methods = [
        ("GET", Method::Get),
        ("PUT", Method::Put),
        ("POST", Method::Post),
        ("DELETE", Method::Delete),
        ("PATCH", Method::Patch),
    ];
    let fields = cursor.object()?;
    let url = fields.need("url").and_then(|c| url(&c));
    let method = fields.need("httpMethod").and_then(|c| c.one_of(&methods));
    let headers = fields.elements("headers", header);
    let body = fields.get("requestBody").and_then(|c| body(&c));
    let response_fields = fields.elements("responseFields", extract);
    let error_fields = fields.elements("responseErrorFields", extract);
    let id = response_fields
        .iter()
        .any(|(name, _)| name == "externalAudienceId");
    if kind == EventKind::Create && !id {
        cursor.error(
            "no `externalAudienceId` among `responseFields`",
            "say where the answer holds the audience's id: `{ \"name\": \"externalAudienceId\", \"value\": \"{{response.id}}\" }`",
        );
    }
    fields.finish();
    Some(Event {
        kind,
        url: url?,
        method: method?,
        headers,
        body,
        response_fields,
        error_fields,
        place: cursor.place(),
    })
}

/// An absolute URL, or a text that becomes one.
fn url(cursor: &Cursor<'_>) -> Option<Written> {
    let text = cursor.text()?;
    let problem = (!is_template(&text)).then(|| wrong_url(&text)).flatten();
    if let Some(problem) = problem {
        let help = "write an absolute URL such as `https://api.example.com/audiences`";
        cursor.error(problem, help);
        return None;
    }
    // who sends a secret that stands in the file would have it recorded
    if keyed::in_url(&text) && cursor.literal_secret("url", URL_REMEDY).is_some() {
        cursor.error("a credential stands in the file", URL_REMEDY);
        return None;
    }
    Some(written(cursor, text))
}

fn written(cursor: &Cursor<'_>, text: String) -> Written {
    Written {
        text,
        place: cursor.place(),
    }
}

fn header(cursor: &Cursor<'_>) -> Option<(String, Written)> {
    let fields = cursor.object()?;
    let name = fields.need("header");
    let value = fields.need("value");
    fields.finish();
    let (name, value) = (header_name(&name?), value?);
    let name = name?;
    let text = value.string()?;
    if !text.contains("{%") && text.chars().any(|c| c.is_control() && c != '\t') {
        value.error(
            format!("the value of the header `{name}` has a line break or control character"),
            "write it in one line (RFC 9110 section 5.5)",
        );
        return None;
    }
    let fixed = !is_template(&text) && keyed::is_credential(&name, &text);
    // who sends a secret that stands in the file would have it recorded
    if fixed && Literal::read(&value, &name.to_ascii_lowercase(), HEADER_REMEDY).is_some() {
        value.error("a credential stands in the file", HEADER_REMEDY);
        return None;
    }
    Some((name, written(&value, text)))
}

fn body(cursor: &Cursor<'_>) -> Option<(serde_json::Value, Place)> {
    let fields = cursor.object()?;
    let json = fields.need("json");
    fields.finish();
    let json = json?;
    Some((json.node.to_json(), json.place()))
}

fn extract(cursor: &Cursor<'_>) -> Option<(String, Written)> {
    let fields = cursor.object()?;
    let name = fields.need("name").and_then(|c| c.text());
    let value = fields.need("value");
    fields.finish();
    let value = value?;
    let text = value.text()?;
    Some((name?, written(&value, text)))
}

fn validation(cursor: &Cursor<'_>) -> Option<FieldValidation> {
    let fields = cursor.object()?;
    let field = fields.need("field").and_then(|c| c.text());
    let regex = fields.need("regex");
    let expression = regex.as_ref().and_then(Cursor::text);
    if let (Some(cursor), Some(text)) = (&regex, &expression)
        && let Err(error) = Regex::new(text)
    {
        cursor.warning(
            format!(
                "cannot read the regular expression, so that no customer data fits it: {error}"
            ),
            "write a regular expression of Java; in JSON each `\\` is written `\\\\`",
        );
    }
    fields.finish();
    Some(FieldValidation {
        field: field?,
        regex: expression?,
        place: cursor.place(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Option<AudienceTemplate>, Vec<String>) {
        let (template, problems) = read(&Source::new("t.json", text), Severity::Warning);
        (template, problems.into_iter().map(|p| p.message).collect())
    }

    #[test]
    fn a_template_is_read_with_its_requests_in_the_order_of_their_kinds() {
        let (template, problems) = read_text(
            r#"{"metadataTemplate": {"name": "n",
                "delete": {"url": "https://api.example.com/{{segment.alias}}", "httpMethod": "DELETE"},
                "create": {"url": "https://api.example.com/", "httpMethod": "POST",
                  "headers": [{"header": "Authorization", "value": "Bearer {{authData.token}}"}],
                  "requestBody": {"json": {"name": "{{segment.name}}"}},
                  "responseFields": [{"name": "externalAudienceId", "value": "{{headers.x-id}}"}],
                  "responseErrorFields": [{"name": "message", "value": "{{message}}"}]},
                "update": {}},
              "validations": [{"field": "accountId", "regex": "^[0-9]+$"}]}"#,
        );
        let template = template.unwrap();
        let kinds: Vec<EventKind> = template.events.iter().map(|e| e.kind).collect();
        assert_eq!(kinds, [EventKind::Create, EventKind::Delete]);
        let create = template.event(EventKind::Create).unwrap();
        assert_eq!(
            create.response_field("externalAudienceId"),
            Some("{{headers.x-id}}")
        );
        assert_eq!(create.error_message(), Some("{{message}}"));
        assert_eq!(template.validations.len(), 1);
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn a_create_without_the_id_of_the_audience_is_an_error() {
        let (_, problems) = read_text(
            r#"{"metadataTemplate": {"name": "n", "create": {"url": "https://api.example.com/", "httpMethod": "POST"}}}"#,
        );
        assert!(problems[0].contains("externalAudienceId"), "{problems:?}");
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_said_where_it_stands() {
        let text = r#"{"metadataTemplate": {"name": "n",
              "create": {"url": "https://api.example.com/", "httpMethod": "POST",
                "responseFields": [{"name": "externalAudienceId", "value": "{{id}}"}]}},
              "validations": [{"field": "accountId", "regex": "^[0-9+$"}]}"#;
        let (_, problems) = read(&Source::new("t.json", text), Severity::Warning);
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(
            shown[0].starts_with(
                "t.json:4:63: `validations[0].regex`: cannot read the regular expression"
            ),
            "{shown:?}"
        );
        let (_, problems) = read_text(&text.replace("[0-9+$", "[0-9]+$"));
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn a_credential_in_the_file_is_refused() {
        let (_, problems) = read_text(
            r#"{"metadataTemplate": {"name": "n", "create": {"url": "https://api.example.com/", "httpMethod": "POST",
                "headers": [{"header": "Authorization", "value": "Bearer abc"}],
                "responseFields": [{"name": "externalAudienceId", "value": "{{id}}"}]}}}"#,
        );
        assert!(
            problems.iter().any(|p| p.contains("credential")),
            "{problems:?}"
        );
    }

    #[test]
    fn a_credential_in_a_url_is_refused_and_what_is_filled_in_is_none() {
        let of = |url: &str| {
            let text = r#"{"metadataTemplate": {"name": "n", "create": {"url": "URL", "httpMethod": "POST",
                "responseFields": [{"name": "externalAudienceId", "value": "{{id}}"}]}}}"#;
            let source = Source::new("t.json", text.replace("URL", url));
            let (_, problems) = read(&source, Severity::Warning);
            (problems.iter().any(Problem::is_error), source.shown())
        };
        let (is_refused, shown) = of("https://h.example/a?v=1&api_key=hunter2");
        assert!(is_refused && !shown.contains("hunter2"), "{shown}");
        for url in [
            "?access_token={{authData.token}}",
            "?api-version=2&key=name",
        ] {
            assert!(!of(&format!("https://h.example/a{url}")).0, "{url}");
        }
    }
}
