//! What an emulator is told before it starts.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::variation::Variation;

/// Everything an emulator needs to know.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The destinations served, each under a path of its name.
    pub destinations: Vec<DestinationSetup>,
    /// Deliberate misbehaviours, of all destinations alike.
    pub faults: BTreeSet<Fault>,
    /// Harmless differences, of all destinations alike.
    pub variations: BTreeSet<Variation>,
    /// Serve without TLS; for measurements and never for a verdict.
    pub plain_http: bool,
}

/// One destination of an emulator.
#[derive(Debug, Clone)]
pub struct DestinationSetup {
    /// First segment of its paths: lower-case letters, digits, hyphens.
    pub name: String,
    /// How deliveries and observations authenticate.
    pub auth: Auth,
    /// The most profiles that one message may carry.
    pub max_profiles: usize,
    /// Whether profiles may carry attributes.
    pub accepts_attributes: bool,
    /// The attributes that exist; empty: any name.
    pub attributes: Vec<String>,
    /// The identity namespaces taken; empty: any.
    pub namespaces: Vec<String>,
    /// Those of them that take lower-case SHA-256 in hexadecimal digits.
    pub hashed_namespaces: Vec<String>,
    /// Namespaces that may stand together in one profile; empty: all may.
    pub identity_groups: Vec<Vec<String>>,
    /// Ids (or aliases) of the audiences that exist; empty: any.
    pub audiences: Vec<String>,
    /// Whether audiences can be created.
    pub audience_api: bool,
    /// How long an issued token is valid.
    pub token_lifetime: Duration,
    /// How much it takes at once.
    pub capacity: Capacity,
    /// How long a slow answer takes under the fault of that name.
    pub slowness: Duration,
}

impl DestinationSetup {
    /// A destination with the defaults: one profile per message, no attributes, any namespace and audience, tokens
    /// of 24 hours.
    #[must_use]
    pub fn new(name: impl Into<String>, auth: Auth) -> Self {
        Self {
            name: name.into(),
            auth,
            max_profiles: 1,
            accepts_attributes: false,
            attributes: Vec::new(),
            namespaces: Vec::new(),
            hashed_namespaces: Vec::new(),
            identity_groups: Vec::new(),
            audiences: Vec::new(),
            audience_api: false,
            token_lifetime: Duration::from_secs(86_400),
            capacity: Capacity::default(),
            slowness: Duration::from_millis(2_500),
        }
    }
}

/// How a destination authenticates its callers.
#[derive(Clone, PartialEq, Eq)]
pub enum Auth {
    /// It does not.
    None,
    /// User name and password (RFC 7617).
    Basic {
        /// User name, without a colon.
        username: String,
        /// Password, any characters.
        password: String,
    },
    /// One token that does not expire (RFC 6750).
    Bearer {
        /// The token.
        token: String,
    },
    /// Tokens issued by a token endpoint (RFC 6749).
    OAuth2 {
        /// Client identifier.
        client_id: String,
        /// Client secret.
        client_secret: String,
        /// The client authenticates by header only; otherwise header and body are taken.
        use_basic_auth: bool,
        /// The scopes that exist; empty: any.
        scopes: Vec<String>,
        /// Where the answer carries what it carries.
        response: TokenShape,
        /// What else a request names, by parameter; nobody else has these values.
        typed: Vec<(String, String)>,
        /// To whom tokens are issued.
        grant: Grant,
    },
}

/// To whom tokens are issued.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// The client itself (RFC 6749, section 4.4).
    ClientCredentials,
    /// A client that has the password of a person (section 4.3); its refresh token goes on serving.
    Password {
        /// Who.
        username: String,
        /// Password.
        password: String,
    },
    /// A client to which a person has given a code (section 4.1); each refresh token is replaced when it was used.
    AuthorizationCode {
        /// Who.
        username: String,
        /// Password.
        password: String,
        /// The refresh token of a person who has logged in already.
        refresh_token: String,
    },
}

/// Names the kind only: the values are secrets.
impl std::fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic",
            Self::Bearer { .. } => "Bearer",
            Self::OAuth2 { .. } => "OAuth2",
        })
    }
}

/// The shape of a token answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenShape {
    /// `access_token` and `expires_in` at the root (RFC 6749, section 5.1).
    Standard,
    /// `/credential/access_token` and `/credential/expires_in`, with `status` and `token_type` at the root.
    Nested,
}

/// How much a destination takes at once before it answers 429.
///
/// A destination that answers in microseconds is never seen to be overloaded, so this one slows down as deliveries
/// crowd in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Deliveries in flight that are still taken.
    pub in_flight: usize,
    /// How long a delivery takes, for each that is in flight with it.
    pub service_time: Duration,
    /// Deliveries in flight beyond which another takes `crowded_time`; more than a run has scenarios at a time.
    pub crowd: usize,
    /// How long a delivery takes in a crowd, unless that becomes more than is taken.
    pub crowded_time: Duration,
}

impl Capacity {
    /// No limit at all, for measurements.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self {
            in_flight: usize::MAX,
            service_time: Duration::ZERO,
            crowd: usize::MAX,
            crowded_time: Duration::ZERO,
        }
    }
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            in_flight: 64,
            service_time: Duration::from_millis(1),
            crowd: 12,
            crowded_time: Duration::from_millis(500),
        }
    }
}
