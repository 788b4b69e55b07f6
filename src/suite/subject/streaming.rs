//! A destination that takes messages, as a judge may see it: its claims, its renderer, its facts, and what follows from
//! them.

use serde_json::Value;

use crate::encode::audience::Api;
use crate::encode::message::{Message, RenderError, Renderer, split, synthetic};
use crate::encode::oauth2::TokenClient;
use crate::model::finding::Finding;
use crate::model::namespace::Kind;
use crate::model::near_miss::NearMiss;
use crate::model::percent::encoded;
use crate::model::profile::{Profile, Status};
use crate::model::reason::Reason;
use crate::model::record::{Fact, Given, TokenGrant};
use crate::model::requirement::Edition;
use crate::model::sdk::schema::{AttributeMode, AttributeType};
use crate::model::sdk::{Aggregation, Grant};
use crate::model::source::Problem;
use crate::model::submission::{
    Audience, AuthenticationClaim, Claims, CredentialName, Destination, Observation,
};
use crate::suite::parameter::Part;
use crate::suite::subject::audiences::offered;
use crate::suite::subject::near_misses::tried;
use crate::suite::{broken, omission};

/// One streaming destination under judgement.
#[derive(Clone)]
pub struct Streaming {
    /// As submitted.
    pub destination: Destination,
    /// What it claims.
    pub claims: Claims,
    /// Renders its messages.
    pub renderer: Renderer,
    /// The edition of the prerequisites page.
    pub edition: Edition,
    /// The authentication that is used.
    pub authentication: AuthenticationClaim,
    /// The delivery URL as rendered for one profile.
    pub endpoint: String,
    /// The same without secrets.
    pub endpoint_shown: String,
    /// Whether attributes of a profile show in its message.
    pub sends_attributes: bool,
    /// Whether timestamps of memberships show in a message.
    pub sends_timestamps: bool,
    /// Whether aliases of audiences show in a message.
    pub sends_aliases: bool,
    /// Whether a message names attributes that have no value.
    pub sends_nulls: bool,
    /// What it was given to log in with, as far as it is no secret.
    pub given: Given,
    /// How its token endpoint is asked and read, where OAuth 2.0 is used.
    pub token: Option<TokenClient>,
    /// Its audience metadata API, where it has a template that can be used.
    pub audience_api: Option<Api>,
    /// Whether it knows audiences by the ids alone that it gave them when Experience Platform created them (reference 8.1).
    pub creates_audiences: bool,
    /// What is questionable about its templates.
    pub warnings: Vec<Problem>,
}

/// What rendering alone shows of a destination.
pub struct Shown {
    /// The delivery URL.
    pub endpoint: String,
    /// Whether attributes show in a message.
    pub sends_attributes: bool,
    /// Whether timestamps show in a message.
    pub sends_timestamps: bool,
    /// Whether aliases of audiences show in a message.
    pub sends_aliases: bool,
    /// Whether a message names attributes that have no value.
    pub sends_nulls: bool,
}

impl Shown {
    /// Renders probes that differ in one thing and compares.
    ///
    /// # Errors
    /// When a template does not render.
    pub fn by_rendering(
        destination: &Destination,
        renderer: &Renderer,
    ) -> Result<Shown, RenderError> {
        let claims = destination.claims();
        let render = |profile: &Profile| renderer.messages(std::slice::from_ref(profile));
        let base = probe(&claims, "2026-01-15T10:30:00Z", false);
        let messages = render(&base)?;
        let other_time = render(&probe(&claims, "2025-02-03T04:05:06Z", false))?;
        let other_value = render(&probe(&claims, "2026-01-15T10:30:00Z", true))?;
        let renamed = claims.audiences.first().cloned().map(|audience| Audience {
            alias: format!("{}-other", audience.alias),
            ..audience
        });
        let other_alias = match &renamed {
            Some(audience) => renderer
                .knowing(audience)
                .messages(std::slice::from_ref(&base))?,
            None => render(&base)?,
        };
        let bodies = |all: &[Message]| all.iter().map(|m| m.body.clone()).collect::<Vec<_>>();
        let sends_nulls = names_what_is_lost(base, |profile| Some(bodies(&render(profile).ok()?)));
        Ok(Shown {
            endpoint: messages.first().map(|m| m.url.clone()).unwrap_or_default(),
            sends_attributes: bodies(&messages) != bodies(&other_value),
            sends_timestamps: bodies(&messages) != bodies(&other_time),
            sends_aliases: bodies(&messages) != bodies(&other_alias),
            sends_nulls,
        })
    }
}

/// Whether a message names an attribute without a value: by its name, or by what differs from one that has no such
/// attribute. A template that makes no message of it does not.
fn names_what_is_lost(profile: Profile, bodies: impl Fn(&Profile) -> Option<Vec<String>>) -> bool {
    let (mut lost, mut unnamed) = (profile.clone(), profile);
    unnamed.attributes.pop();
    let Some((name, value)) = lost.attributes.last_mut() else {
        return false;
    };
    *value = None;
    let name = name.clone();
    bodies(&lost).is_some_and(|lost| {
        let is_named = lost.iter().any(|body| body.contains(&name));
        is_named || bodies(&unnamed).is_some_and(|unnamed| unnamed != lost)
    })
}

fn probe(claims: &Claims, time: &str, is_other: bool) -> Profile {
    let mut profile = Profile::new();
    for namespace in &claims.namespaces {
        profile = profile.identity(&namespace.name, "probe@example.com");
    }
    if let Some(audience) = claims.audiences.first() {
        profile = profile.member(&audience.namespace, &audience.id, Status::Realized, time);
    }
    let fields = synthetic::fields(&claims.attributes);
    fields.iter().fold(profile, |profile, field| {
        let [one, other] = pair(field.kind);
        profile.attribute(&field.name, if is_other { other } else { one })
    })
}

/// Two values of that type.
fn pair(kind: AttributeType) -> [Value; 2] {
    match kind {
        AttributeType::Text => ["Ada", "Grace"].map(Value::from),
        AttributeType::Integer | AttributeType::Long => [41, 42].map(Value::from),
        AttributeType::Number => [41.5, 42.5].map(Value::from),
        AttributeType::Boolean => [true, false].map(Value::from),
        AttributeType::Date => ["1980-07-15", "1990-07-15"].map(Value::from),
        AttributeType::DateTime => {
            ["1980-07-15T10:30:00Z", "1990-07-15T10:30:00Z"].map(Value::from)
        }
    }
}

/// The namespace of audiences that customers upload.
const UPLOADED: &str = "CustomerAudienceUpload";

impl Streaming {
    /// The partner's own test profiles; empty where synthetic ones are used.
    pub fn own_profiles(&self) -> &[Profile] {
        self.destination
            .profiles
            .as_ref()
            .map_or(&[], |own| own.profiles.as_slice())
    }

    /// Whether any id of an audience is known to the destination: the submission names none, and none are created.
    pub fn audiences_are_made_up(&self) -> bool {
        self.claims
            .audiences
            .iter()
            .all(|audience| audience.synthetic)
            && !self.creates_audiences
    }

    /// A namespace of audiences besides `ups` that the configuration lets be mapped (reference 4.5).
    pub fn other_audience_namespace(&self) -> Option<&str> {
        let schema = &self.destination.configuration.schema;
        let denied = schema.denied_audience_namespaces.as_deref().unwrap_or(&[]);
        let allowed = schema.allowed_audience_namespaces.as_deref();
        let mut choices = allowed
            .map_or_else(
                || vec![UPLOADED],
                |all| all.iter().map(String::as_str).collect(),
            )
            .into_iter();
        choices.find(|name| *name != "ups" && !denied.iter().any(|other| other == name))
    }

    /// An identity namespace that takes free text: neither hashed nor of mail addresses, phones or devices, whose letters
    /// and signs may rightly be normalised.
    pub fn free_namespace(&self) -> Option<&str> {
        let mut all = self.claims.namespaces.iter();
        let found = all.find(|n| !n.hashed && Kind::of(&n.name) == Kind::Free)?;
        Some(&found.name)
    }

    /// A namespace besides the free one that could hold the same value, where the destination is asked by namespace.
    pub fn second_plain_namespace(&self) -> Option<&str> {
        let mut asked = Part::ALL.into_iter().filter_map(|p| self.observation(p));
        if !asked.all(|observation| observation.url.contains("{namespace}")) {
            return None;
        }
        let free = self.free_namespace();
        let mut all = self.claims.namespaces.iter();
        let found = all.find(|n| !n.hashed && Some(n.name.as_str()) != free)?;
        Some(&found.name)
    }

    /// At most so many profiles fit in a message.
    pub fn profiles_per_message(&self) -> usize {
        self.claims
            .aggregation
            .as_ref()
            .map_or(1, Aggregation::limit)
    }

    /// Whether messages are grouped by identity namespaces.
    pub fn is_grouped_by_identity(&self) -> bool {
        self.claims
            .aggregation
            .as_ref()
            .and_then(Aggregation::key)
            .is_some_and(|key| key.identity)
    }

    /// Whether a message holds one audience only.
    pub fn is_grouped_by_audience(&self) -> bool {
        self.claims
            .aggregation
            .as_ref()
            .and_then(Aggregation::key)
            .is_some_and(|key| key.segment_id)
    }

    /// The groups of identity namespaces; one group of all where nothing groups them.
    pub fn identity_groups(&self) -> Vec<Vec<String>> {
        let all: Vec<String> = self
            .claims
            .namespaces
            .iter()
            .map(|n| n.name.clone())
            .collect();
        match self.claims.aggregation.as_ref().and_then(Aggregation::key) {
            Some(key) if key.identity && (key.one_identity_per_group || key.groups.is_empty()) => {
                all.into_iter().map(|name| vec![name]).collect()
            }
            Some(key) if key.identity => {
                let rest = all
                    .into_iter()
                    .filter(|name| !key.groups.iter().flatten().any(|g| g == name));
                key.groups
                    .iter()
                    .cloned()
                    .chain(rest.map(|name| vec![name]))
                    .collect()
            }
            Some(_) | None => vec![all],
        }
    }

    /// A profile as it has to be stored: once for each group of identities, since no message holds two groups; where
    /// profiles are split, once for each identity, since nothing ties two entries together (reference 5.8).
    pub fn as_stored(&self, profile: &Profile) -> Vec<Profile> {
        let stored = self.renderer.as_stored(profile);
        let aggregation = self.claims.aggregation.as_ref();
        let parts = match aggregation.is_some_and(Aggregation::split_user_by_id) {
            true => split(stored),
            false => self.of_groups(&stored),
        };
        let parts = parts.into_iter();
        parts
            .filter(|part| part.identities().next().is_some())
            .collect()
    }

    fn of_groups(&self, stored: &Profile) -> Vec<Profile> {
        let part = |group: Vec<String>| {
            let mut part = stored.clone();
            part.identity_map
                .retain(|(namespace, _)| group.contains(namespace));
            part
        };
        self.identity_groups().into_iter().map(part).collect()
    }

    /// Whether this authentication is used.
    pub fn speaks(&self, claim: AuthenticationClaim) -> bool {
        self.authentication == claim
    }

    /// Whether any authentication is used.
    pub fn has_authentication(&self) -> bool {
        self.authentication != AuthenticationClaim::None
    }

    /// Whether the client of a token request authenticates in its body; nothing without OAuth 2.0.
    pub fn client_in_body(&self) -> Option<bool> {
        self.token.as_ref().map(|token| !token.client_in_header)
    }

    /// How the token endpoint is asked and read.
    pub fn token_setup(&self) -> Option<&TokenClient> {
        self.token.as_ref()
    }

    /// The same, where a token was asked for.
    ///
    /// # Errors
    /// A finding against destspec: nothing asks for a token without it.
    pub fn token_client(&self) -> Result<&TokenClient, Finding> {
        let lacking = || broken::nothing_to_judge("OAuth 2.0 client");
        self.token.as_ref().ok_or_else(lacking)
    }

    /// The authorization URL for a redirect URI, as a browser opens it.
    ///
    /// # Errors
    /// A finding against destspec: nothing asks for it where none is configured.
    pub fn authorization_request(
        &self,
        redirect_uri: &str,
        state: &str,
    ) -> Result<String, Finding> {
        let own = self.destination.oauth2();
        let own = own.and_then(|oauth2| oauth2.client_id.as_ref());
        let given = self.given.open.get(&CredentialName::ClientId);
        let id = given.or(own).map_or("", String::as_str);
        let request = self
            .token_client()?
            .authorization_request(id, redirect_uri, state);
        request.map_err(|_| broken::nothing_to_judge("authorization URL"))
    }

    /// Whether this grant of OAuth 2.0 is used.
    pub fn grants(&self, grant: Grant) -> bool {
        self.token.is_some() && self.speaks(AuthenticationClaim::OAuth2(grant))
    }

    /// Whether tokens are renewed by refresh tokens.
    pub fn refreshes(&self) -> bool {
        self.token.as_ref().is_some_and(TokenClient::refreshes)
    }

    /// Whether the token request names scopes that destspec may exchange for another.
    pub fn asks_for_scopes(&self) -> bool {
        let own = |client: &TokenClient| {
            client.template.is_none()
                && !client.scopes.is_empty()
                && client.grant != TokenGrant::RefreshToken
        };
        self.token.as_ref().is_some_and(own)
    }

    /// Whether response paths for the token answer are configured.
    pub fn has_token_paths(&self) -> bool {
        self.token.as_ref().is_some_and(TokenClient::has_own_places)
    }

    /// Whether validations of the token answer are configured.
    pub fn has_token_validations(&self) -> bool {
        let mut all = self.token.iter().flat_map(TokenClient::all_validations);
        all.next().is_some()
    }

    /// The wrong credentials that are nearly right and may be tried, most telling first.
    ///
    /// # Errors
    /// Why none may be.
    pub fn near_misses(&self) -> Result<Vec<NearMiss>, Reason> {
        if !self.endpoint.starts_with("https://") {
            return Err(omission::not_encrypted());
        }
        tried(&self.destination, self.speaks(AuthenticationClaim::Basic))
    }

    /// The client secrets that are nearly right and may be tried.
    ///
    /// # Errors
    /// Why none may be.
    pub fn client_near_misses(&self) -> Result<Vec<NearMiss>, Reason> {
        let encrypted = |client: &TokenClient| client.url.starts_with("https://");
        if !self.token.as_ref().is_some_and(encrypted) {
            return Err(omission::not_encrypted());
        }
        tried(&self.destination, true)
    }

    /// The same destination with one more audience, the first of those that it knows.
    #[must_use]
    pub fn knowing(&self, audience: &Audience) -> Self {
        let mut known = self.clone();
        known.renderer = self.renderer.knowing(audience);
        known.claims.audiences.insert(0, audience.clone());
        known.destination.audiences.insert(0, audience.clone());
        known
    }

    /// The name by which the destination knows an audience.
    pub fn alias(&self, namespace: &str, id: &str) -> String {
        let named = self
            .claims
            .audiences
            .iter()
            .find(|a| a.namespace == namespace && a.id == id);
        named.map_or_else(|| id.to_owned(), |audience| audience.alias.clone())
    }

    /// How to ask what is stored of a part, where the submission says so.
    pub fn observation(&self, part: Part) -> Option<&Observation> {
        self.destination.observe.get(part)
    }

    /// The questions about a profile: the part and the URL to ask at.
    pub fn questions(&self, profile: &Profile) -> Vec<(Part, String)> {
        let Some((namespace, identity)) = profile.identities().next() else {
            return Vec::new();
        };
        let audience = profile
            .memberships()
            .next()
            .map(|(ns, id, _)| self.alias(ns, id))
            .unwrap_or_default();
        let fill = |url: &str| {
            self.renderer
                .text(url)
                .replace("{identity}", &encoded(identity))
                .replace("{namespace}", &encoded(namespace))
                .replace("{audience}", &encoded(&audience))
        };
        Part::ALL
            .into_iter()
            .filter_map(|part| Some((part, fill(&self.observation(part)?.url))))
            .collect()
    }

    /// The authentication configured, in words.
    pub fn authentication_words(&self) -> String {
        let words: Vec<&str> = self
            .claims
            .authentications
            .iter()
            .map(|claim| word(*claim))
            .collect();
        if words.is_empty() {
            String::from("nothing")
        } else {
            words.join(", ")
        }
    }

    /// The prerequisites that it claims.
    pub fn prerequisites(&self) -> Vec<String> {
        let optional = self.sends_attributes.then_some("STR-1c");
        ["STR-1", "STR-1a", "STR-1b"]
            .into_iter()
            .chain(optional)
            .chain(["STR-2"])
            .chain(self.claims.audience_api.then_some("STR-3"))
            .map(ToOwned::to_owned)
            .collect()
    }

    /// What it offers, in words for a report.
    pub fn facts(&self) -> Vec<Fact> {
        let namespaces: Vec<&str> = self
            .claims
            .namespaces
            .iter()
            .map(|n| n.name.as_str())
            .collect();
        let attributes = match &self.claims.attributes {
            AttributeMode::None => String::from("none"),
            AttributeMode::Freeform => String::from("free names"),
            AttributeMode::Predefined(fields) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                names.join(", ")
            }
        };
        let limit = self.profiles_per_message();
        let observed: Vec<&str> = Part::ALL
            .into_iter()
            .filter(|part| self.observation(*part).is_some())
            .map(Part::word)
            .collect();
        let observed = if observed.is_empty() {
            String::from("none: verdicts stay status-only")
        } else {
            observed.join(", ")
        };
        let created = self.creates_audiences.then(|| {
            let how = "created by the audience template before the scenarios";
            ("audiences", how.to_owned())
        });
        [
            ("endpoint", self.endpoint_shown.clone()),
            ("authentication", self.authentication_words()),
            ("profiles per message", limit.to_string()),
            ("identity namespaces", namespaces.join(", ")),
            ("attributes", attributes),
            ("observation", observed),
            (
                "audience API",
                offered(self.audience_api.as_ref(), &self.destination).to_owned(),
            ),
        ]
        .into_iter()
        .chain(created)
        .map(|(name, value)| Fact {
            name: name.to_owned(),
            value,
        })
        .collect()
    }
}

fn word(claim: AuthenticationClaim) -> &'static str {
    match claim {
        AuthenticationClaim::None => "none",
        AuthenticationClaim::Basic => "basic",
        AuthenticationClaim::Bearer => "bearer",
        AuthenticationClaim::OAuth2(Grant::ClientCredentials) => "OAuth 2.0 client credentials",
        AuthenticationClaim::OAuth2(Grant::AuthorizationCode) => "OAuth 2.0 authorization code",
        AuthenticationClaim::OAuth2(Grant::Password) => "OAuth 2.0 password",
        AuthenticationClaim::OAuth1 => "OAuth 1",
        AuthenticationClaim::Platform => "platform",
        AuthenticationClaim::File(_) => "storage",
    }
}
