//! The requests of an audience template for one audience.

use serde_json::{Value, json};

use crate::encode::audience::Named;
use crate::encode::audience::fill::{self, Within};
use crate::model::sdk::server_json::has_user;
use crate::model::sdk::{AudienceTemplate, Event, EventKind, FieldValidation, Method, Written};
use crate::model::secret::TOKEN_HERE;
use crate::model::source::{Place, Problem};
use crate::model::submission::{Destination, INSTANCE};

/// Macros that stand for the token of the destination's authentication.
pub(super) const TOKENS: [&str; 3] = [
    "oauth2ServiceAccessToken",
    "authData.accessToken",
    "authData.token",
];

/// The audience metadata API of a destination, as its template describes it. It holds customer data in the clear.
#[derive(Clone)]
pub struct Api {
    template: AudienceTemplate,
    customer_data: Value,
    destination: String,
    /// Id of the destination in Experience Platform.
    instance: String,
}

/// One request, with [`TOKEN_HERE`] wherever the template has the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Rendered URL.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Rendered body; empty where there is none.
    pub body: String,
    /// Whether it carries the token of the destination's authentication.
    pub authorized: bool,
}

/// Why a request cannot be made.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{event}` of the audience template: {reason}")]
pub struct Unusable {
    event: &'static str,
    reason: String,
    place: Place,
}

impl Unusable {
    /// The same at its place in the partner's file: the rest of the destination can be judged without it.
    pub fn problem(&self) -> Problem {
        let help = "use the macros of Adobe's audience metadata page; nothing is judged of the audience API until then";
        self.place.warning(self.to_string(), help)
    }
}

impl Api {
    /// The API that a destination's template describes, where it has one.
    ///
    /// # Errors
    /// When one of its requests cannot be made.
    pub fn of(destination: &Destination) -> Result<Option<Self>, Unusable> {
        let Some(template) = destination.audience_template.clone() else {
            return Ok(None);
        };
        let api = Self {
            template,
            customer_data: destination.customer_data.for_templates(),
            destination: destination.name.clone(),
            instance: destination.instance.clone(),
        };
        for event in &api.template.events {
            api.request(event, &probe())?;
        }
        Ok(Some(api))
    }

    /// The same as another destination of the customer's uses it.
    #[must_use]
    pub fn of_instance(&self, id: String) -> Self {
        Self {
            instance: id,
            ..self.clone()
        }
    }

    /// A URL with customer data filled in; as it is where that cannot be done.
    pub fn text(&self, text: &str) -> String {
        let filled = fill::text(text, &self.variables(&Named::default()), Within::Url);
        filled.unwrap_or_else(|_| text.to_owned())
    }

    /// Where audiences are created.
    pub fn address(&self) -> String {
        let create = self.create();
        create.map_or_else(String::new, |event| self.text(&event.url.text))
    }

    /// Whether every request goes over TLS.
    pub fn is_encrypted(&self) -> bool {
        let mut all = self.template.events.iter();
        all.all(|event| self.text(&event.url.text).starts_with("https://"))
    }

    /// The request of a kind, where the template has one.
    pub fn event(&self, kind: EventKind) -> Option<&Event> {
        self.template.event(kind)
    }

    /// The request that creates an audience.
    pub fn create(&self) -> Option<&Event> {
        self.event(EventKind::Create)
    }

    /// Where each of its requests goes; what stands for an audience in it is made up.
    pub fn urls(&self) -> Vec<String> {
        let requests = self.template.events.iter();
        let requests = requests.filter_map(|event| self.request(event, &probe()).ok());
        requests.map(|request| request.url).collect()
    }

    /// Its template.
    pub fn template(&self) -> &AudienceTemplate {
        &self.template
    }

    /// The fields of customer data that do not look as the template's validations want them, each with the expression.
    pub fn failed_validations(&self) -> Vec<(&str, &str)> {
        failed_validations(&self.template.validations, &self.customer_data)
    }

    /// The request of an event for an audience.
    ///
    /// # Errors
    /// When a macro names nothing, or what comes out cannot be sent.
    pub fn request(&self, event: &Event, audience: &Named) -> Result<Request, Unusable> {
        let variables = self.variables(audience);
        let failed = |place: &Place, reason: String| Unusable {
            event: event.kind.key(),
            reason,
            place: place.clone(),
        };
        let filled = |written: &Written, within: Within| {
            fill::text(&written.text, &variables, within)
                .map_err(|reason| failed(&written.place, reason))
        };
        let url = filled(&event.url, Within::Url)?;
        let parsed = url::Url::parse(&url).ok();
        let parsed = parsed.filter(|u| matches!(u.scheme(), "http" | "https"));
        let unsendable = match &parsed {
            None => Some("expected a text that becomes an absolute URL"),
            Some(url) if has_user(url) => Some("the URL holds a user name or password"),
            Some(_) => None,
        };
        if let Some(why) = unsendable {
            return Err(failed(&event.url.place, why.to_owned()));
        }
        let mut headers = Vec::new();
        for (name, value) in &event.headers {
            headers.push((name.clone(), filled(value, Within::Text)?));
        }
        let body = event.body.as_ref().map(|(body, place)| {
            let filled = fill::json(body, &variables).map_err(|reason| failed(place, reason));
            filled.map(|body| body.to_string())
        });
        Ok(Request {
            method: event.method,
            url,
            headers,
            body: body.transpose()?.unwrap_or_default(),
            authorized: is_authorized(event),
        })
    }

    fn variables(&self, audience: &Named) -> Value {
        json!({
            "segment": {
                "id": audience.id,
                "alias": audience.alias,
                "name": audience.name,
                "description": audience.description,
            },
            "segmentEnrichmentAttributes": [],
            "customerData": self.customer_data,
            "validations": self.customer_data,
            "oauth2ServiceAccessToken": TOKEN_HERE,
            "authData": { "accessToken": TOKEN_HERE, "token": TOKEN_HERE },
            "destination": {
                "name": self.destination,
                "id": self.instance,
                "sandboxName": "prod",
                "imsOrgId": "destspec@example",
                "enrichmentAttributes": {},
            },
        })
    }
}

/// An audience that nobody has.
fn probe() -> Named {
    Named {
        id: String::from(INSTANCE),
        alias: String::from("alias"),
        name: String::from("name"),
        description: String::from("description"),
    }
}

/// The fields of customer data that do not look as validations want them, each with the expression.
pub(super) fn failed_validations<'a>(
    validations: &'a [FieldValidation],
    customer_data: &Value,
) -> Vec<(&'a str, &'a str)> {
    let fails = |field: &str, expression: &str| {
        let value = customer_data.get(field);
        let text = value.and_then(Value::as_str).map(str::to_owned);
        let text = text.or_else(|| value.map(Value::to_string));
        let pattern = fancy_regex::Regex::new(expression);
        let matches = |text: String| pattern.is_ok_and(|r| r.is_match(&text).unwrap_or(false));
        !text.is_some_and(matches)
    };
    let all = validations.iter();
    all.map(|v| (v.field.as_str(), v.regex.as_str()))
        .filter(|(field, expression)| fails(field, expression))
        .collect()
}

/// Whether a request carries the token.
pub fn is_authorized(event: &Event) -> bool {
    let body = event.body.iter().map(|(body, _)| body.to_string());
    let headers = event.headers.iter().map(|(_, value)| value.text.clone());
    let mut texts = headers.chain(body).chain([event.url.text.clone()]);
    texts.any(|text| TOKENS.iter().any(|token| text.contains(token)))
}
