//! Credentials: what a request sends as `Authorization`, and what the record shows of it.

pub mod basic;
pub mod bearer;
pub(crate) mod carried;
pub mod near_miss;
pub mod oauth2;

use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;

use crate::model::redact::Redactor;
use crate::model::secret::Secret;
use crate::wire::auth::oauth2::OAuth2Setup;

/// How a destination authenticates.
#[derive(Clone)]
pub enum AuthSetup {
    /// Not at all.
    None,
    /// RFC 7617.
    Basic {
        /// User.
        username: String,
        /// Password.
        password: Secret,
    },
    /// RFC 6750 with a token that does not expire.
    Bearer {
        /// Token.
        token: Secret,
    },
    /// RFC 6749 section 4.4.
    OAuth2(Box<OAuth2Setup>),
}

/// An `Authorization` header.
pub(crate) struct Authorization {
    /// What is sent.
    pub(crate) sent: Secret,
    /// What is recorded: the credential masked as a whole.
    pub(crate) shown: String,
}

impl Authorization {
    /// A secret credential under a scheme.
    fn masked(redactor: &Redactor, scheme: &str, name: &str, credential: &Secret) -> Self {
        Self {
            sent: Secret::new(value(scheme, credential.expose())),
            shown: value(scheme, &redactor.mark(name, credential)),
        }
    }

    /// A credential under a scheme, recorded by what stands for it.
    fn shown_as(scheme: &str, credential: &Secret, shown: &str) -> Self {
        Self {
            sent: Secret::new(value(scheme, credential.expose())),
            shown: value(scheme, shown),
        }
    }

    /// A credential that opens nothing and is recorded as it is.
    fn open(scheme: &str, credential: &str) -> Self {
        let value = value(scheme, credential);
        Self {
            sent: Secret::new(value.clone()),
            shown: value,
        }
    }

    /// The value to send.
    pub(crate) fn value(&self) -> &str {
        self.sent.expose()
    }
}

/// A field value neither begins nor ends with a blank (RFC 9113 section 8.2.1).
fn value(scheme: &str, credential: &str) -> String {
    format!("{scheme} {credential}")
        .trim_matches(' ')
        .to_owned()
}

impl AuthSetup {
    /// Teaches the redactor every secret in it.
    pub(crate) fn teach(&self, redactor: &Redactor) {
        match self {
            Self::None => {}
            Self::Basic { username, password } => basic::teach(redactor, username, password),
            Self::Bearer { token } => bearer::teach(redactor, token),
            Self::OAuth2(setup) => setup.teach(redactor),
        }
    }
}

/// Letters and digits that nobody issued.
pub(crate) fn random_text(rng: &mut ChaCha20Rng, length: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    (0..length)
        .filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())))
        .map(|b| char::from(*b))
        .collect()
}
