//! What a scenario about messages needs of a destination.

use crate::encode::oauth2::TokenClient;
use crate::model::reason::Reason;
use crate::model::sdk::Grant;
use crate::model::sdk::schema::AttributeMode;
use crate::model::submission::AuthenticationClaim;
use crate::suite::need::needs;
use crate::suite::omission;
use crate::suite::subject::Streaming;

needs! {
    /// Messages are taken.
    Messages = "needs.messages",
    /// Attributes are mapped and the template sends them.
    Attributes = "needs.attributes",
    /// Messages name audiences by their aliases.
    AliasesSent = "needs.aliases-sent",
    /// Some authentication is configured.
    Authentication = "needs.authentication",
    /// Basic authentication.
    Basic = "needs.basic",
    /// More than one profile in a message.
    Batch = "needs.batch",
    /// Bearer authentication.
    Bearer = "needs.bearer",
    /// OAuth 2.0 authorization code.
    AuthorizationCode = "needs.authorization-code",
    /// The token request carries the client's credentials in its body.
    ClientInBody = "needs.client-in-body",
    /// The token request carries the client's credentials in a Basic header.
    ClientInHeader = "needs.client-in-header",
    /// The token request carries a client secret.
    ClientSecret = "needs.client-secret",
    /// The password given contains a colon.
    Colon = "needs.colon",
    /// The submission names the audiences to use.
    DeclaredAudiences = "needs.declared-audiences",
    /// The submission lets a scenario wait until a token expires.
    Expiry = "needs.expiry",
    /// Attributes are mapped by free names.
    Freeform = "needs.freeform",
    /// An identity namespace takes free text.
    FreeNamespace = "needs.free-namespace",
    /// The partner's own test profiles are not used, so that nobody else knows these people.
    MadeUpPeople = "needs.made-up-people",
    /// Messages are grouped by identity namespaces.
    Grouped = "needs.grouped",
    /// A namespace takes hashed identities.
    Hashed = "needs.hashed",
    /// The submission allows load.
    Load = "needs.load",
    /// 250 audiences can be named.
    ManyAudiences = "needs.many-audiences",
    /// Two identity namespaces or more.
    Namespaces = "needs.namespaces",
    /// The token request names its grant.
    NamedGrant = "needs.named-grant",
    /// Messages name attributes that have no value.
    NullsSent = "needs.nulls-sent",
    /// OAuth 2.0.
    OAuth2 = "needs.oauth2",
    /// Audiences of another namespace than `ups` can be mapped.
    OtherAudienceNamespace = "needs.other-audience-namespace",
    /// OAuth 2.0 password.
    PasswordGrant = "needs.password-grant",
    /// Tokens are renewed by refresh tokens.
    Refresh = "needs.refresh",
    /// The token request names scopes, and is not the partner's own.
    Scopes = "needs.scopes",
    /// An attribute is mapped that may be any text.
    TextAttributes = "needs.text-attributes",
    /// Response paths for the token answer are configured.
    TokenPaths = "needs.token-paths",
    /// Validations of the token answer are configured.
    TokenValidations = "needs.token-validations",
}

/// Audiences of a profile in many: the soft limit of a destination.
const MANY: usize = 250;

impl Need {
    /// Why a destination does not meet it.
    pub fn unmet(self, subject: &Streaming) -> Option<Reason> {
        (!self.is_met(subject)).then(|| self.reason(subject))
    }

    fn is_met(self, subject: &Streaming) -> bool {
        let claims = &subject.claims;
        let limits = &subject.destination.limits;
        match self {
            Need::Messages => true,
            Need::Attributes => subject.sends_attributes,
            Need::AliasesSent => subject.sends_aliases,
            Need::Authentication => subject.has_authentication(),
            Need::Basic => subject.speaks(AuthenticationClaim::Basic),
            Need::Batch => subject.profiles_per_message() > 1,
            Need::Bearer => subject.speaks(AuthenticationClaim::Bearer),
            Need::AuthorizationCode => subject.grants(Grant::AuthorizationCode),
            Need::PasswordGrant => subject.grants(Grant::Password),
            Need::Refresh => subject.refreshes(),
            Need::Scopes => subject.asks_for_scopes(),
            Need::ClientInBody => subject.client_in_body() == Some(true),
            Need::ClientInHeader => subject.client_in_body() == Some(false),
            Need::ClientSecret => subject.token_setup().is_none_or(TokenClient::names_secret),
            Need::NamedGrant => subject.token_setup().is_none_or(TokenClient::names_grant),
            Need::Colon => subject.given.password_has_colon,
            Need::DeclaredAudiences => !subject.audiences_are_made_up(),
            Need::Expiry => subject.token_setup().is_some() && !limits.wait_for_expiry.is_zero(),
            Need::Freeform => {
                subject.sends_attributes && claims.attributes == AttributeMode::Freeform
            }
            Need::FreeNamespace => subject.free_namespace().is_some(),
            Need::Grouped => subject.is_grouped_by_identity(),
            Need::MadeUpPeople => subject.own_profiles().is_empty(),
            Need::Hashed => claims.namespaces.iter().any(|n| n.hashed),
            Need::Load => limits.allow_load,
            Need::ManyAudiences => {
                let enough = subject.audiences_are_made_up() || claims.audiences.len() >= MANY;
                enough && !subject.is_grouped_by_audience()
            }
            Need::Namespaces => claims.namespaces.len() > 1,
            Need::NullsSent => subject.sends_nulls,
            Need::OAuth2 => subject.token_setup().is_some(),
            Need::OtherAudienceNamespace => subject.other_audience_namespace().is_some(),
            Need::TextAttributes => subject.sends_attributes && claims.attributes.has_text(),
            Need::TokenPaths => subject.has_token_paths(),
            Need::TokenValidations => subject.has_token_validations(),
        }
    }

    /// Why it is not met where the configuration has what it is about, and the credentials that were given are those of
    /// another authentication.
    fn of_another(self, subject: &Streaming) -> Option<Reason> {
        let has = |claim: AuthenticationClaim| subject.claims.authentications.contains(&claim);
        let oauth2 = |grant: Grant| has(AuthenticationClaim::OAuth2(grant));
        let (configured, words) = match self {
            Need::Basic => (has(AuthenticationClaim::Basic), "basic authentication"),
            Need::Bearer => (has(AuthenticationClaim::Bearer), "bearer authentication"),
            Need::AuthorizationCode => (
                oauth2(Grant::AuthorizationCode),
                "the OAuth 2.0 grant authorization code",
            ),
            Need::PasswordGrant => (oauth2(Grant::Password), "the OAuth 2.0 grant password"),
            Need::OAuth2 => (
                Grant::ALL.into_iter().any(|(_, grant)| oauth2(grant)),
                "OAuth 2.0",
            ),
            Need::Messages
            | Need::Attributes
            | Need::AliasesSent
            | Need::Authentication
            | Need::Batch
            | Need::ClientInBody
            | Need::ClientInHeader
            | Need::ClientSecret
            | Need::Colon
            | Need::DeclaredAudiences
            | Need::Expiry
            | Need::Freeform
            | Need::FreeNamespace
            | Need::MadeUpPeople
            | Need::Grouped
            | Need::Hashed
            | Need::Load
            | Need::ManyAudiences
            | Need::Namespaces
            | Need::NamedGrant
            | Need::NullsSent
            | Need::OtherAudienceNamespace
            | Need::Refresh
            | Need::Scopes
            | Need::TextAttributes
            | Need::TokenPaths
            | Need::TokenValidations => return None,
        };
        configured.then(|| omission::other_authentication_given(words))
    }

    fn reason(self, subject: &Streaming) -> Reason {
        if let Some(other) = self.of_another(subject) {
            return other;
        }
        match self {
            Need::Messages => omission::other_family(),
            Need::Attributes if subject.claims.attributes.is_mapped() => {
                omission::attributes_not_printed()
            }
            Need::Attributes => omission::no_attributes_sent(),
            Need::AliasesSent => omission::no_aliases_sent(),
            Need::Authentication => omission::no_authentication(),
            Need::Basic => omission::basic_not_used(),
            Need::Batch => omission::one_profile_a_message(),
            Need::Bearer => omission::bearer_not_used(),
            Need::ClientInBody => omission::client_in_header(),
            Need::ClientInHeader => omission::client_in_body(),
            Need::ClientSecret => omission::no_client_secret(),
            Need::NamedGrant => omission::no_grant_named(),
            Need::Colon => omission::no_colon_in_password(),
            Need::DeclaredAudiences => omission::no_audience_declared(),
            Need::Expiry if subject.token_setup().is_some() => omission::no_wait_for_expiry(),
            Need::Freeform => omission::no_free_attributes(),
            Need::FreeNamespace => omission::no_free_namespace(),
            Need::MadeUpPeople => omission::own_people(),
            Need::Grouped => omission::not_grouped_by_identity(),
            Need::Hashed => omission::no_hashed_namespace(),
            Need::Load => omission::no_load_allowed(),
            Need::ManyAudiences if subject.is_grouped_by_audience() => {
                omission::grouped_by_audience()
            }
            Need::ManyAudiences => omission::few_audiences(MANY),
            Need::Namespaces => omission::one_namespace(),
            Need::NullsSent => omission::no_nulls_sent(),
            Need::OAuth2 | Need::Expiry => omission::oauth2_not_used(),
            Need::AuthorizationCode => omission::grant_not_used("authorization code"),
            Need::PasswordGrant => omission::grant_not_used("password"),
            Need::Refresh => omission::not_refreshed(),
            Need::Scopes => omission::no_scope_asked(),
            Need::OtherAudienceNamespace => omission::only_ups_mappable(),
            Need::TextAttributes => omission::no_text_attribute(),
            Need::TokenPaths => omission::no_response_path(),
            Need::TokenValidations => omission::no_validation(),
        }
    }
}
