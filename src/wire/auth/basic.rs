//! Basic authentication (RFC 7617), UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_chacha::ChaCha20Rng;

use crate::model::near_miss::NearMiss;
use crate::model::redact::Redactor;
use crate::model::secret::{NamedSecret, Secret};
use crate::wire::auth::near_miss::name_of;
use crate::wire::auth::{Authorization, random_text};
use crate::wire::request::Credential;

/// Teaches the password, and user and password as they travel.
pub(crate) fn teach(redactor: &Redactor, username: &str, password: &Secret) {
    redactor.learn(&NamedSecret::new("password", password.clone()));
    teach_pair(redactor, "basic", username, password);
}

/// Teaches base64 of `user:password` under a name of its own.
pub(crate) fn teach_pair(redactor: &Redactor, name: &str, user: &str, password: &Secret) {
    redactor.learn_whole(&NamedSecret::new(name, pair(user, password.expose())));
}

/// `Basic` with the valid pair, recorded under a name.
pub(crate) fn valid(
    redactor: &Redactor,
    name: &str,
    user: &str,
    password: &Secret,
) -> Authorization {
    Authorization::masked(redactor, "Basic", name, &pair(user, password.expose()))
}

/// `Basic` with a pair that opens nothing, recorded as it is.
pub(crate) fn open(user: &str, password: &Secret) -> Authorization {
    Authorization::open("Basic", pair(user, password.expose()).expose())
}

/// The header for a credential; `rng` is seeded only where something is made up.
pub(crate) fn authorization(
    redactor: &Redactor,
    (username, password): (&str, &Secret),
    credential: Credential,
    rng: impl FnOnce() -> ChaCha20Rng,
) -> Option<Authorization> {
    let real = pair(username, password.expose());
    let scheme = |scheme| Authorization::masked(redactor, scheme, "basic", &real);
    let wrong =
        |user: &str, password: &str| Authorization::open("Basic", pair(user, password).expose());
    match credential {
        Credential::None => None,
        Credential::Valid | Credential::TokenOf(_) => Some(scheme("Basic")),
        Credential::WrongScheme => Some(scheme("Token")),
        Credential::NoScheme => Some(scheme("")),
        Credential::SchemeCase => Some(scheme("bASIC")),
        Credential::Wrong => {
            let rng = &mut rng();
            Some(wrong(&random_text(rng, 12), &random_text(rng, 24)))
        }
        Credential::WrongPassword => Some(wrong(username, &random_text(&mut rng(), 24))),
        Credential::Near(miss) => {
            let (near, shown) = miss.of_secret(redactor, "password", password);
            let user = name_of(miss, username);
            Some(nearly(redactor, ("basic", miss), &user, (&near, &shown)))
        }
    }
}

/// `Basic` with a pair that is nearly right, recorded as what it is.
pub(crate) fn nearly(
    redactor: &Redactor,
    (name, miss): (&str, NearMiss),
    user: &str,
    (near, shown): (&Secret, &str),
) -> Authorization {
    let pair = pair(user, near.expose());
    let name = format!("{name}, {}", miss.words());
    redactor.learn_near_miss(&NamedSecret::new(name.clone(), pair.clone()));
    match miss.is_of_another() {
        true => Authorization::shown_as("Basic", &pair, &redactor.mark(&name, &pair)),
        false => Authorization::shown_as("Basic", &pair, shown),
    }
}

fn pair(user: &str, password: &str) -> Secret {
    Secret::new(STANDARD.encode(format!("{user}:{password}")))
}
