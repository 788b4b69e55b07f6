//! Bearer tokens (RFC 6750), configured or issued.

use rand_chacha::ChaCha20Rng;

use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::auth::{Authorization, random_text};
use crate::wire::request::Credential;

/// Teaches the token.
pub(crate) fn teach(redactor: &Redactor, token: &Secret) {
    redactor.learn(&NamedSecret::new("token", token.clone()));
}

/// The header for a credential; `token` is the valid one, or the one that a token exchange gave.
pub(crate) fn authorization(
    redactor: &Redactor,
    name: &str,
    token: &Secret,
    credential: Credential,
    rng: impl FnOnce() -> ChaCha20Rng,
) -> Option<Authorization> {
    let scheme = |scheme| Authorization::masked(redactor, scheme, name, token);
    match credential {
        Credential::None => None,
        Credential::Valid | Credential::TokenOf(_) => Some(scheme("Bearer")),
        Credential::WrongScheme => Some(scheme("Token")),
        Credential::NoScheme => Some(scheme("")),
        Credential::SchemeCase => Some(scheme("bEARER")),
        Credential::Near(miss) => {
            let (near, shown) = miss.of_secret(redactor, name, token);
            Some(Authorization::shown_as("Bearer", &near, &shown))
        }
        Credential::Wrong | Credential::WrongPassword => {
            Some(Authorization::open("Bearer", &random_text(&mut rng(), 40)))
        }
    }
}
