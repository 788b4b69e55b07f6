//! Customer authentication: what a destination asks its customers for (reference 2).

use crate::model::sdk::customer_data::FieldType;
use crate::model::sdk::literal::{Literal, Marked, is_placeholder};
use crate::model::sdk::token::{TokenRequest, Validation};
use crate::model::source::Place;

/// One entry of `customerAuthenticationConfigurations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// What it is.
    pub kind: AuthenticationKind,
    /// Where it is written.
    pub place: Place,
}

/// What a customer logs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticationKind {
    /// `BASIC`.
    Basic,
    /// `BEARER`.
    Bearer,
    /// `OAUTH2`.
    OAuth2(Box<OAuth2>),
    /// `OAUTH1`: named by Adobe's API, and no page says how it is used; destspec cannot log in by it.
    OAuth1,
    /// One of the storage types.
    File(FileAuthentication),
}

/// Authentication at a storage location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileAuthentication {
    /// `S3`.
    S3,
    /// `AZURE_CONNECTION_STRING`.
    AzureConnectionString,
    /// `AZURE_SERVICE_PRINCIPAL`.
    AzureServicePrincipal,
    /// `SFTP_WITH_PASSWORD`.
    SftpWithPassword,
    /// `SFTP_WITH_SSH_KEY`.
    SftpWithSshKey,
    /// `GOOGLE_CLOUD_STORAGE`.
    GoogleCloudStorage,
}

/// `grant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// `OAUTH2_AUTHORIZATION_CODE`.
    AuthorizationCode,
    /// `OAUTH2_PASSWORD`.
    Password,
    /// `OAUTH2_CLIENT_CREDENTIALS`.
    ClientCredentials,
}

/// Where Experience Platform has codes sent, region by region: a partner registers all six (reference 2.5).
pub const REDIRECT_URIS: [&str; 6] = [
    "https://platform-va7.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-nld2.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-aus5.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-can2.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform-gbr9.adobe.io/data/core/activation/oauth/api/v1/callback",
    "https://platform.adobe.io/data/core/activation/oauth/api/v1/callback",
];

/// An `OAUTH2` entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth2 {
    /// `grant`.
    pub grant: Grant,
    /// `accessTokenUrl`; absent only where `accessTokenRequest` is present.
    pub access_token_url: Option<Marked>,
    /// `authorizationUrl`.
    pub authorization_url: Option<Marked>,
    /// `refreshTokenUrl`.
    pub refresh_token_url: Option<Marked>,
    /// `clientId`, where it is a literal; `[destination.credentials]` comes first.
    pub client_id: Option<String>,
    /// `clientSecret`, where it stands in the file; `[destination.credentials]` comes first.
    pub client_secret: Option<Literal>,
    /// `scope`, in order.
    pub scope: Vec<String>,
    /// `options.useBasicAuth`.
    pub use_basic_auth: bool,
    /// `accessTokenResponsePath`; `access_token` where not given.
    pub access_token_path: String,
    /// `refreshTokenResponsePath`; `refresh_token` where not given.
    pub refresh_token_path: String,
    /// `expiresInResponsePath`; `expires_in` where not given.
    pub expires_in_path: String,
    /// `authenticationDataFields`.
    pub data_fields: Vec<DataField>,
    /// `accessTokenRequest`.
    pub access_token_request: Option<TokenRequest>,
    /// `validations` beside the request.
    pub validations: Vec<Validation>,
}

/// One of `authenticationDataFields`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataField {
    /// Name, read as `authData.<name>`.
    pub name: String,
    /// `type`; a string where none is given.
    pub field_type: FieldType,
    /// `isRequired`.
    pub required: bool,
    /// `format` is `password`.
    pub secret: bool,
    /// Who supplies it.
    pub source: FieldSource,
    /// A fixed value that is no secret.
    pub value: Option<serde_json::Value>,
    /// A fixed value that is one.
    pub literal: Option<Literal>,
    /// Taken from this field of the token answer.
    pub response_path: Option<String>,
}

/// Who supplies an authentication data field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// The customer types it.
    Customer,
    /// The partner has set it.
    Partner,
}

impl AuthenticationKind {
    /// Its `authType`.
    pub fn name(&self) -> &'static str {
        match self {
            AuthenticationKind::Basic => "BASIC",
            AuthenticationKind::Bearer => "BEARER",
            AuthenticationKind::OAuth2(_) => "OAUTH2",
            AuthenticationKind::OAuth1 => "OAUTH1",
            AuthenticationKind::File(kind) => kind.name(),
        }
    }
}

impl FileAuthentication {
    /// Every storage type with its `authType`.
    pub const ALL: [(&'static str, FileAuthentication); 6] = [
        ("S3", FileAuthentication::S3),
        (
            "AZURE_CONNECTION_STRING",
            FileAuthentication::AzureConnectionString,
        ),
        (
            "AZURE_SERVICE_PRINCIPAL",
            FileAuthentication::AzureServicePrincipal,
        ),
        ("SFTP_WITH_PASSWORD", FileAuthentication::SftpWithPassword),
        ("SFTP_WITH_SSH_KEY", FileAuthentication::SftpWithSshKey),
        (
            "GOOGLE_CLOUD_STORAGE",
            FileAuthentication::GoogleCloudStorage,
        ),
    ];

    /// Its `authType`.
    pub fn name(self) -> &'static str {
        match self {
            FileAuthentication::S3 => "S3",
            FileAuthentication::AzureConnectionString => "AZURE_CONNECTION_STRING",
            FileAuthentication::AzureServicePrincipal => "AZURE_SERVICE_PRINCIPAL",
            FileAuthentication::SftpWithPassword => "SFTP_WITH_PASSWORD",
            FileAuthentication::SftpWithSshKey => "SFTP_WITH_SSH_KEY",
            FileAuthentication::GoogleCloudStorage => "GOOGLE_CLOUD_STORAGE",
        }
    }
}

impl Grant {
    /// Every grant with its name.
    pub const ALL: [(&'static str, Grant); 3] = [
        ("OAUTH2_AUTHORIZATION_CODE", Grant::AuthorizationCode),
        ("OAUTH2_PASSWORD", Grant::Password),
        ("OAUTH2_CLIENT_CREDENTIALS", Grant::ClientCredentials),
    ];
}

impl DataField {
    /// Whether its value stands in the configuration.
    pub fn is_fixed(&self) -> bool {
        let is_to_come = |value: &serde_json::Value| value.as_str().is_some_and(is_placeholder);
        self.literal.is_some() || self.value.as_ref().is_some_and(|value| !is_to_come(value))
    }
}

impl OAuth2 {
    /// The secrets that stand in it, besides the client's.
    pub fn literals(&self) -> impl Iterator<Item = &Literal> {
        let fields = self.data_fields.iter();
        let request = self.access_token_request.iter();
        let urls = [
            &self.access_token_url,
            &self.authorization_url,
            &self.refresh_token_url,
        ];
        let urls = urls.into_iter().flatten();
        fields
            .filter_map(|field| field.literal.as_ref())
            .chain(request.flat_map(|token| token.request.literals()))
            .chain(urls.flat_map(|url| &url.literals))
    }
}
