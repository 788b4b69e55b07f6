//! What a destination says it offers: the view of its configuration that decides what applies.

use crate::model::profile::AttributeMode;
use crate::model::sdk::{
    Aggregation, AuthenticationKind, AuthenticationRule, Family, FileAuthentication, Grant,
    IdentityNamespace, OAuth2,
};
use crate::model::submission::{Audience, Destination};

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
