//! Renders messages: parsed templates, and the variables of each message.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::de::IgnoredAny;

use crate::encode::message::context::Surroundings;
use crate::encode::message::error::RenderError;
use crate::encode::message::group::{Batch, batches};
use crate::encode::message::timestamp::Shape;
use crate::encode::message::{Message, hash, lint, synthetic};
use crate::encode::pebble::{Context, Options, Template};
use crate::model::profile::{Profile, Status};
use crate::model::redact::without_user;
use crate::model::sdk::schema::AttributeMode;
use crate::model::sdk::server_json::has_user;
use crate::model::sdk::{Aggregation, IdentityNamespace, Method, Strategy, TemplateString};
use crate::model::source::{Place, Problem};
use crate::model::submission::{Audience, Destination};

const BODY: &str = "httpTemplate.requestBody";
/// With parts of a second, which not every shape has.
const PROBED: &str = "2026-01-15T10:30:00.123456Z";

/// The templates of a destination, parsed once.
#[derive(Debug, Clone)]
pub struct Renderer {
    method: Method,
    content_type: String,
    url: Part,
    query: Option<Part>,
    headers: Vec<(String, Part)>,
    body: Option<Part>,
    aggregation: Aggregation,
    namespaces: Vec<IdentityNamespace>,
    surroundings: Surroundings,
    mode: AttributeMode,
    /// The shape of timestamps, where the templates do not read every one.
    times: Option<Shape>,
    warnings: Vec<Problem>,
}

impl Renderer {
    /// Parses the templates of a streaming destination.
    ///
    /// # Errors
    /// When it takes files, or a template does not parse.
    pub fn new(destination: &Destination) -> Result<Self, RenderError> {
        Self::with(destination, &Options::adobe())
    }

    /// The same by other options: which of them Experience Platform has is not documented in full (reference 5.11).
    pub(crate) fn with(destination: &Destination, options: &Options) -> Result<Self, RenderError> {
        let server = destination
            .server
            .url_based()
            .ok_or_else(|| RenderError::Files {
                place: Place::new(&destination.server.source, 0..0),
            })?;
        let headers = server.http.headers.iter().map(|header| {
            let role = format!("httpTemplate.headers.{}", header.name);
            Ok((
                header.name.clone(),
                Part::new(&role, &header.sent(), options)?,
            ))
        });
        let part = |role: &str, template: &Option<TemplateString>| {
            let part = template.as_ref().map(|t| Part::new(role, t, options));
            part.transpose()
        };
        let mut renderer = Self {
            method: server.http.method,
            content_type: server.http.content_type.clone(),
            url: Part::new("urlBasedDestination.url", &server.sent_url(), options)?,
            query: part("httpTemplate.queryParameters", &server.sent_query())?,
            headers: headers.collect::<Result<_, RenderError>>()?,
            body: part(BODY, &server.http.request_body)?,
            aggregation: destination.aggregation(),
            namespaces: destination.configuration.identity_namespaces.clone(),
            surroundings: Surroundings::of(destination),
            mode: destination.configuration.schema.attribute_mode(),
            times: None,
            warnings: Vec::new(),
        };
        renderer.times = renderer.only_read(destination);
        let parts = [
            Some(&renderer.url),
            renderer.query.as_ref(),
            renderer.body.as_ref(),
        ];
        let parts = parts
            .into_iter()
            .flatten()
            .chain(renderer.headers.iter().map(|(_, p)| p));
        renderer.warnings = parts.flat_map(|part| part.lint(destination)).collect();
        Ok(renderer)
    }

    /// Replaces the body's template, to try one before it is put into the JSON file.
    ///
    /// # Errors
    /// When it does not parse.
    pub fn with_body(
        mut self,
        template: &TemplateString,
        destination: &Destination,
    ) -> Result<Self, RenderError> {
        self.body = Some(Part::new(BODY, template, &Options::adobe())?);
        self.times = None;
        self.times = self.only_read(destination);
        Ok(self)
    }

    /// The same of a destination that knows one more audience.
    #[must_use]
    pub fn knowing(&self, audience: &Audience) -> Self {
        let mut renderer = self.clone();
        renderer.surroundings.learn(audience);
        renderer
    }

    /// What is questionable about the templates, e.g. customer data that nobody declares.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// What the template of the body reads, as dotted paths; its text, and where that is.
    pub(crate) fn body(&self) -> Option<(Vec<String>, &TemplateString)> {
        let body = self.body.as_ref()?;
        let variables = body.parsed.as_ref().map(Template::variables);
        Some((variables.unwrap_or_default(), &body.template))
    }

    /// The messages that deliver these profiles, in order.
    ///
    /// # Errors
    /// When a template fails, or what comes out cannot be sent.
    pub fn messages(&self, profiles: &[Profile]) -> Result<Vec<Message>, RenderError> {
        let profiles = profiles.iter().map(|p| self.as_stored(p)).collect();
        let names: Vec<String> = self.namespaces.iter().map(|n| n.name.clone()).collect();
        let batches = batches(profiles, &self.aggregation, &names);
        batches
            .into_iter()
            .map(|batch| self.message(batch))
            .collect()
    }

    /// The first shape of timestamps that the templates read, where they do not read every one: a filter `date` reads
    /// what its `existingFormat` says, and no pattern says all of them.
    fn only_read(&self, destination: &Destination) -> Option<Shape> {
        let claims = destination.claims();
        let in_and_out = synthetic::Shape {
            memberships: vec![(0, Status::Realized), (1, Status::Exited)],
            ..synthetic::Shape::default()
        };
        let reads = |shape: &Shape| {
            let rng = &mut ChaCha20Rng::seed_from_u64(1);
            let mut profile = synthetic::profile(rng, &claims, &in_and_out);
            profile.qualify_at(&shape.written(PROBED));
            !matches!(self.messages(&[profile]), Err(RenderError::Template { .. }))
        };
        let read: Vec<Shape> = Shape::ALL.into_iter().filter(reads).collect();
        (read.len() < Shape::ALL.len())
            .then(|| read.first().copied())
            .flatten()
    }

    /// The same with timestamps of every shape as they stand, where it does not read every one.
    pub(crate) fn unadapted(&self) -> Option<Self> {
        self.times.map(|_| Self {
            times: None,
            ..self.clone()
        })
    }

    /// Whether the templates are given a timestamp as it stands.
    pub fn keeps(&self, timestamp: &str) -> bool {
        self.times
            .is_none_or(|shape| shape.written(timestamp) == timestamp)
    }

    /// A profile as the destination gets to know it: identities hashed where it asks for that, attributes it maps, times in
    /// a shape that it reads.
    #[must_use]
    pub fn as_stored(&self, profile: &Profile) -> Profile {
        let mut profile = profile.clone();
        hash::identities(&mut profile, &self.namespaces);
        if let Some(shape) = self.times {
            for membership in profile.memberships_mut() {
                let time = &mut membership.last_qualification_time;
                *time = shape.written(time);
            }
        }
        match &self.mode {
            AttributeMode::None => profile.attributes.clear(),
            AttributeMode::Freeform => {}
            AttributeMode::Predefined(fields) => {
                let is_mapped = |name: &str| fields.iter().any(|field| field.name == name);
                profile.attributes.retain(|(name, _)| is_mapped(name));
            }
        }
        profile
    }

    /// A text with customer data filled in; as it is where it is no template.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let template = Template::parse(text, &Options::adobe());
        let rendered = template.and_then(|template| template.render(&self.surroundings.bare()));
        rendered.unwrap_or_else(|_| text.to_owned())
    }

    fn message(&self, batch: Batch) -> Result<Message, RenderError> {
        let context = self.surroundings.message(&batch);
        let url = self.rendered_url(&context)?;
        let mut headers = vec![("Content-Type".to_owned(), self.content_type.clone())];
        for (name, part) in &self.headers {
            let value = part.render(&context)?;
            if value.chars().any(|c| c.is_control() && c != '\t') {
                let (name, place) = (name.clone(), part.place());
                return Err(RenderError::Header { name, place });
            }
            headers.push((name.clone(), value));
        }
        let body = match &self.body {
            Some(part) => self.rendered_body(part, &context, &batch)?,
            None => String::new(),
        };
        Ok(Message {
            method: self.method,
            url,
            headers,
            body,
            aggregation_key: batch.key,
            profiles: batch.profiles,
        })
    }

    fn rendered_url(&self, context: &Context) -> Result<String, RenderError> {
        let mut url = self.url.render(context)?;
        if let Some(query) = &self.query {
            let query = query.render(context)?;
            let query = query.trim_start_matches(['?', '&']);
            if !query.is_empty() {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str(query);
            }
        }
        let reason = match url::Url::parse(&url) {
            Ok(parsed) if has_user(&parsed) => "it holds a user name or password".to_owned(),
            Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => return Ok(url),
            Ok(parsed) => format!(
                "expected `https`, received the scheme `{}`",
                parsed.scheme()
            ),
            Err(error) => error.to_string(),
        };
        let place = self.url.place();
        let url = without_user(&url).into_owned();
        Err(RenderError::Url { url, reason, place })
    }

    fn rendered_body(
        &self,
        part: &Part,
        context: &Context,
        batch: &Batch,
    ) -> Result<String, RenderError> {
        let body = part.render(context)?;
        if !self.is_json() {
            return Ok(body);
        }
        match serde_json::from_str::<IgnoredAny>(&body) {
            Ok(_) => Ok(body),
            Err(error) => Err(RenderError::NotJson {
                line: error.line(),
                column: in_characters(&body, &error),
                reason: without_place(&error),
                culprit: self.culprit(part, batch),
                place: part.place(),
                body,
            }),
        }
    }

    fn is_json(&self) -> bool {
        let essence = self.content_type.split(';').next().unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        essence == "application/json" || essence.ends_with("+json")
    }

    /// The first profile that breaks the body on its own.
    fn culprit(&self, part: &Part, batch: &Batch) -> String {
        let breaks = |profile: &Profile| {
            let alone = Batch {
                key: batch.key.clone(),
                profiles: vec![profile.clone()],
            };
            let rendered = part.render(&self.surroundings.message(&alone));
            rendered.is_ok_and(|body| serde_json::from_str::<IgnoredAny>(&body).is_err())
        };
        match batch.profiles.iter().position(breaks) {
            Some(at) => {
                let identity = batch.profiles[at].identities().next();
                let identity = identity.map_or_else(
                    || "without identity".to_owned(),
                    |(ns, id)| format!("{ns} `{id}`"),
                );
                format!("profile {} of {}, {identity}", at + 1, batch.profiles.len())
            }
            None => format!(
                "each of its {} profiles alone gives JSON",
                batch.profiles.len()
            ),
        }
    }
}

/// The column in characters: serde_json counts bytes.
fn in_characters(body: &str, error: &serde_json::Error) -> usize {
    let line = body
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let before = line
        .as_bytes()
        .get(..error.column().saturating_sub(1))
        .unwrap_or_default();
    String::from_utf8_lossy(before).chars().count() + 1
}

/// The reason alone: line and column are said elsewhere.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// One template string, parsed.
#[derive(Debug, Clone)]
struct Part {
    role: String,
    template: TemplateString,
    parsed: Option<Template>,
}

impl Part {
    fn new(role: &str, template: &TemplateString, options: &Options) -> Result<Self, RenderError> {
        let parsed = match template.strategy {
            Strategy::None => None,
            Strategy::PebbleV1 => Some(
                Template::parse(&template.value, options)
                    .map_err(|error| RenderError::template(role, template, error))?,
            ),
        };
        Ok(Self {
            role: role.to_owned(),
            template: template.clone(),
            parsed,
        })
    }

    fn render(&self, context: &Context) -> Result<String, RenderError> {
        match &self.parsed {
            None => Ok(self.template.value.clone()),
            Some(parsed) => parsed
                .render(context)
                .map_err(|error| RenderError::template(&self.role, &self.template, error)),
        }
    }

    fn place(&self) -> Place {
        self.template.origin.place.clone()
    }

    fn lint(&self, destination: &Destination) -> Vec<Problem> {
        let variables = self
            .parsed
            .as_ref()
            .map(Template::variables)
            .unwrap_or_default();
        lint::problems(&self.role, &variables, &self.place(), destination)
    }
}
