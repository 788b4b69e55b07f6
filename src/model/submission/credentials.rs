//! `[destination.credentials]`: what destspec logs in with, by name, and where each value comes from. Secret values are
//! never in a submission.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::sdk::{FileAuthentication, Grant};
use crate::model::secret::Secret;
use crate::model::source::Place;
use crate::model::submission::AuthenticationClaim;

/// The names that `[destination.credentials]` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialName {
    /// `username`: basic, OAuth 2.0 password grant, SFTP.
    Username,
    /// `password`: basic, OAuth 2.0 password grant, SFTP.
    Password,
    /// `token`: bearer.
    Token,
    /// `client_id`: OAuth 2.0, Azure service principal.
    ClientId,
    /// `client_secret`: OAuth 2.0, Azure service principal.
    ClientSecret,
    /// `refresh_token`: OAuth 2.0 authorization code grant; `destspec login` gets it.
    RefreshToken,
    /// `access_key_id`: Amazon S3; HMAC key of Google Cloud Storage.
    AccessKeyId,
    /// `secret_access_key`: the same.
    SecretAccessKey,
    /// `session_token`: temporary keys of Amazon S3.
    SessionToken,
    /// `role_arn`: a role that the access key assumes.
    RoleArn,
    /// `external_id`: what the role's trust policy asks for.
    ExternalId,
    /// `connection_string`: Azure Blob Storage.
    ConnectionString,
    /// `tenant_id`: Azure service principal.
    TenantId,
    /// `private_key`: SFTP, PEM or OpenSSH; or the Base64 of it, as Adobe asks for.
    PrivateKey,
    /// `passphrase` of `private_key`; Experience Platform takes no key that has one.
    Passphrase,
    /// `host_key`: the server's, as `known_hosts` has it, or its fingerprint `SHA256:…`.
    HostKey,
    /// `sas_url`: container of a Data Landing Zone with its shared access signature.
    SasUrl,
    /// `ingestion_token`: bearer token of the question what was ingested.
    IngestionToken,
    /// `audience_token`: bearer token of the audience API of a destination that takes files.
    AudienceToken,
}

impl CredentialName {
    /// Every name, in the order in which remedies list them.
    pub const ALL: [CredentialName; 19] = [
        CredentialName::Username,
        CredentialName::Password,
        CredentialName::Token,
        CredentialName::ClientId,
        CredentialName::ClientSecret,
        CredentialName::RefreshToken,
        CredentialName::AccessKeyId,
        CredentialName::SecretAccessKey,
        CredentialName::SessionToken,
        CredentialName::RoleArn,
        CredentialName::ExternalId,
        CredentialName::ConnectionString,
        CredentialName::TenantId,
        CredentialName::PrivateKey,
        CredentialName::Passphrase,
        CredentialName::HostKey,
        CredentialName::SasUrl,
        CredentialName::IngestionToken,
        CredentialName::AudienceToken,
    ];

    /// The key in the submission; marks of a record show it, too.
    pub fn key(self) -> &'static str {
        match self {
            CredentialName::Username => "username",
            CredentialName::Password => "password",
            CredentialName::Token => "token",
            CredentialName::ClientId => "client_id",
            CredentialName::ClientSecret => "client_secret",
            CredentialName::RefreshToken => "refresh_token",
            CredentialName::AccessKeyId => "access_key_id",
            CredentialName::SecretAccessKey => "secret_access_key",
            CredentialName::SessionToken => "session_token",
            CredentialName::RoleArn => "role_arn",
            CredentialName::ExternalId => "external_id",
            CredentialName::ConnectionString => "connection_string",
            CredentialName::TenantId => "tenant_id",
            CredentialName::PrivateKey => "private_key",
            CredentialName::Passphrase => "passphrase",
            CredentialName::HostKey => "host_key",
            CredentialName::SasUrl => "sas_url",
            CredentialName::IngestionToken => "ingestion_token",
            CredentialName::AudienceToken => "audience_token",
        }
    }

    /// Whether its value is a secret: it is refused as a literal and never recorded.
    pub fn is_secret(self) -> bool {
        match self {
            CredentialName::Password
            | CredentialName::Token
            | CredentialName::ClientSecret
            | CredentialName::RefreshToken
            | CredentialName::SecretAccessKey
            | CredentialName::SessionToken
            | CredentialName::ConnectionString
            | CredentialName::PrivateKey
            | CredentialName::Passphrase
            | CredentialName::SasUrl
            | CredentialName::IngestionToken
            | CredentialName::AudienceToken => true,
            CredentialName::Username
            | CredentialName::ClientId
            | CredentialName::AccessKeyId
            | CredentialName::RoleArn
            | CredentialName::ExternalId
            | CredentialName::TenantId
            | CredentialName::HostKey => false,
        }
    }

    /// The environment variable in which it usually is where that is the way to log in: that of the vendor's own tools,
    /// where they have one.
    pub fn usual_variable(self, claim: AuthenticationClaim) -> Option<&'static str> {
        let is = |kind| claim == AuthenticationClaim::File(kind);
        let google = is(FileAuthentication::GoogleCloudStorage);
        let azure = is(FileAuthentication::AzureServicePrincipal);
        match self {
            CredentialName::AccessKeyId if google => Some("GCS_HMAC_ACCESS_ID"),
            CredentialName::AccessKeyId => Some("AWS_ACCESS_KEY_ID"),
            CredentialName::SecretAccessKey if google => Some("GCS_HMAC_SECRET"),
            CredentialName::SecretAccessKey => Some("AWS_SECRET_ACCESS_KEY"),
            CredentialName::SessionToken => Some("AWS_SESSION_TOKEN"),
            CredentialName::ConnectionString => Some("AZURE_STORAGE_CONNECTION_STRING"),
            CredentialName::TenantId => Some("AZURE_TENANT_ID"),
            CredentialName::ClientId if azure => Some("AZURE_CLIENT_ID"),
            CredentialName::ClientSecret if azure => Some("AZURE_CLIENT_SECRET"),
            CredentialName::Password if is(FileAuthentication::SftpWithPassword) => {
                Some("SFTP_PASSWORD")
            }
            CredentialName::SasUrl => Some("DLZ_SAS_URL"),
            CredentialName::ClientId
            | CredentialName::ClientSecret
            | CredentialName::RefreshToken
            | CredentialName::Username
            | CredentialName::Password
            | CredentialName::Token
            | CredentialName::RoleArn
            | CredentialName::ExternalId
            | CredentialName::PrivateKey
            | CredentialName::Passphrase
            | CredentialName::HostKey
            | CredentialName::IngestionToken
            | CredentialName::AudienceToken => None,
        }
    }

    /// The names that a way to log in asks for.
    pub fn asked_by(claim: AuthenticationClaim) -> &'static [CredentialName] {
        use CredentialName::{
            AccessKeyId, ClientId, ClientSecret, ConnectionString, Password, PrivateKey,
            RefreshToken, SecretAccessKey, TenantId, Token, Username,
        };
        match claim {
            AuthenticationClaim::Basic => &[Username, Password],
            AuthenticationClaim::Bearer => &[Token],
            AuthenticationClaim::OAuth2(Grant::ClientCredentials) => &[ClientId, ClientSecret],
            AuthenticationClaim::OAuth2(Grant::AuthorizationCode) => {
                &[ClientId, ClientSecret, RefreshToken]
            }
            AuthenticationClaim::OAuth2(Grant::Password) => {
                &[ClientId, ClientSecret, Username, Password]
            }
            AuthenticationClaim::None
            | AuthenticationClaim::OAuth1
            | AuthenticationClaim::Platform => &[],
            AuthenticationClaim::File(kind) => match kind {
                FileAuthentication::S3 | FileAuthentication::GoogleCloudStorage => {
                    &[AccessKeyId, SecretAccessKey]
                }
                FileAuthentication::AzureConnectionString => &[ConnectionString],
                FileAuthentication::AzureServicePrincipal => &[TenantId, ClientId, ClientSecret],
                FileAuthentication::SftpWithPassword => &[Username, Password],
                FileAuthentication::SftpWithSshKey => &[Username, PrivateKey],
            },
        }
    }
}

/// What destspec logs in with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credentials(BTreeMap<CredentialName, Credential>);

impl Credentials {
    /// The credential of that name, if it is given.
    pub fn get(&self, name: CredentialName) -> Option<&Credential> {
        self.0.get(&name)
    }

    /// Takes a credential from elsewhere where none of that name is given.
    pub fn or_insert(&mut self, name: CredentialName, credential: Credential) {
        self.0.entry(name).or_insert(credential);
    }

    /// Every credential that is given.
    pub fn iter(&self) -> impl Iterator<Item = (CredentialName, &Credential)> {
        self.0.iter().map(|(name, credential)| (*name, credential))
    }
}

impl FromIterator<(CredentialName, Credential)> for Credentials {
    fn from_iter<I: IntoIterator<Item = (CredentialName, Credential)>>(given: I) -> Self {
        Self(given.into_iter().collect())
    }
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its value or where it is.
    pub value: CredentialValue,
    /// Where it is written.
    pub place: Place,
}

/// A value or where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialValue {
    /// A literal that is no secret.
    Literal(String),
    /// To be fetched.
    Secret(SecretSource),
    /// It stands in posted JSON.
    Posted(Secret),
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// `{ env = "NAME" }`: an environment variable.
    Env(String),
    /// `{ file = "path" }`: a file, relative to the submission; one trailing line break is dropped.
    File(String),
}

/// The values of a destination's credentials, fetched.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// Values that are no secrets: `username`, `client_id`.
    pub open: BTreeMap<CredentialName, String>,
    /// Fields of `auth_data` that are no secrets.
    pub auth_data: BTreeMap<String, String>,
    /// Secrets by the name that a record shows in their place.
    pub secrets: BTreeMap<SecretName, Secret>,
}

/// The name of a secret: what stands for it in a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretName {
    /// Of `[destination.credentials]`.
    Credential(CredentialName),
    /// A customer data field of format `password`.
    CustomerData(String),
    /// A secret field of `auth_data`.
    AuthData(String),
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretName::Credential(name) => f.write_str(name.key()),
            SecretName::CustomerData(field) => write!(f, "customer_data.{field}"),
            SecretName::AuthData(field) => write!(f, "auth_data.{field}"),
        }
    }
}
