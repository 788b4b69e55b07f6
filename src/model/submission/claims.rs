//! What a destination says it offers: the view of its configuration that decides what applies.

use crate::model::sdk::schema::AttributeMode;
use crate::model::sdk::{
    Aggregation, AuthenticationKind, AuthenticationRule, Family, FileAuthentication, Grant,
    IdentityNamespace, OAuth2, Storage,
};
use crate::model::submission::{Audience, CredentialName, Destination};

/// What a destination claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Messages or files.
    pub family: Family,
    /// Ways to log in, in order.
    pub authentications: Vec<AuthenticationClaim>,
    /// Target identity namespaces, in order.
    pub namespaces: Vec<IdentityNamespace>,
    /// How attributes reach a template.
    pub attributes: AttributeMode,
    /// How profiles are gathered; streaming only.
    pub aggregation: Option<Aggregation>,
    /// The audiences to use.
    pub audiences: Vec<Audience>,
    /// Whether an audience metadata template is used.
    pub audience_api: bool,
}

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationClaim {
    /// No authentication: rule `NONE`.
    None,
    /// Basic.
    Basic,
    /// Bearer.
    Bearer,
    /// OAuth 2.0 with that grant.
    OAuth2(Grant),
    /// OAuth 1, which destspec cannot speak.
    OAuth1,
    /// A credential between Adobe and the partner: rule `PLATFORM_AUTHENTICATION`.
    Platform,
    /// At a storage location.
    File(FileAuthentication),
}

impl Destination {
    /// What it claims.
    pub fn claims(&self) -> Claims {
        let configuration = &self.configuration;
        let family = self.server.family();
        Claims {
            family,
            authentications: self.authentication_claims(),
            namespaces: configuration.identity_namespaces.clone(),
            attributes: configuration.schema.attribute_mode(),
            aggregation: match family {
                Family::Streaming => Some(self.aggregation()),
                Family::File => None,
            },
            audiences: self.audiences.clone(),
            audience_api: self.audience_template.is_some(),
        }
    }

    /// Its aggregation; best effort with one profile per message where none is given.
    pub fn aggregation(&self) -> Aggregation {
        self.configuration
            .aggregation
            .clone()
            .unwrap_or_else(Aggregation::single)
    }

    /// Its first `OAUTH2` entry.
    pub fn oauth2(&self) -> Option<&OAuth2> {
        self.configuration.oauth2()
    }

    /// The way to log in that is used: of those that can be spoken the first for which all that it asks for is given, or
    /// the first.
    pub fn login(&self) -> AuthenticationClaim {
        self.login_with(&[])
    }

    /// The same where those credentials are written, too, whatever is wrong with them.
    pub(crate) fn login_with(&self, written: &[CredentialName]) -> AuthenticationClaim {
        let is_file = self.server.family() == Family::File;
        let spoken = |claim: &AuthenticationClaim| match claim {
            AuthenticationClaim::Basic
            | AuthenticationClaim::Bearer
            | AuthenticationClaim::OAuth2(_) => true,
            AuthenticationClaim::None
            | AuthenticationClaim::OAuth1
            | AuthenticationClaim::Platform
            | AuthenticationClaim::File(_) => is_file,
        };
        let mut ways = self.authentication_claims();
        ways.retain(spoken);
        let whole = |claim: &&AuthenticationClaim| self.missing(**claim, written).is_empty();
        let used = ways.iter().find(whole).or_else(|| ways.first());
        used.copied().unwrap_or(AuthenticationClaim::None)
    }

    /// The credentials that a way to log in asks for and that are neither given nor written.
    pub(crate) fn missing(
        &self,
        claim: AuthenticationClaim,
        written: &[CredentialName],
    ) -> Vec<CredentialName> {
        let literal = self.oauth2().is_some_and(|o| o.client_id.is_some());
        let has = |name: &CredentialName| {
            written.contains(name)
                || self.credentials.get(*name).is_some()
                || (*name == CredentialName::ClientId && literal)
        };
        let asked = self.asked(claim).iter().copied();
        asked.filter(|name| !has(name)).collect()
    }

    /// A Data Landing Zone asks nobody for anything: Adobe hands out its shared access signature.
    fn asked(&self, claim: AuthenticationClaim) -> &'static [CredentialName] {
        let storage = self.server.file().map(|server| &server.storage);
        match (claim, storage) {
            (AuthenticationClaim::None, Some(Storage::DataLandingZone { .. })) => {
                &[CredentialName::SasUrl]
            }
            _ => CredentialName::asked_by(claim),
        }
    }

    fn authentication_claims(&self) -> Vec<AuthenticationClaim> {
        let rule = self.configuration.delivery.first().map(|d| d.rule);
        match rule {
            Some(AuthenticationRule::None) => vec![AuthenticationClaim::None],
            Some(AuthenticationRule::Platform) => vec![AuthenticationClaim::Platform],
            Some(AuthenticationRule::Customer) | None => self
                .configuration
                .authentications
                .iter()
                .map(|a| AuthenticationClaim::from(&a.kind))
                .collect(),
        }
    }
}

impl From<&AuthenticationKind> for AuthenticationClaim {
    fn from(kind: &AuthenticationKind) -> Self {
        match kind {
            AuthenticationKind::Basic => AuthenticationClaim::Basic,
            AuthenticationKind::Bearer => AuthenticationClaim::Bearer,
            AuthenticationKind::OAuth2(oauth2) => AuthenticationClaim::OAuth2(oauth2.grant),
            AuthenticationKind::OAuth1 => AuthenticationClaim::OAuth1,
            AuthenticationKind::File(kind) => AuthenticationClaim::File(*kind),
        }
    }
}
