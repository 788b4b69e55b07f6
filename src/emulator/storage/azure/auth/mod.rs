//! Who asks, and what they may do. What a client cannot prove is refused here and nowhere else.

mod secret;
mod shared_key;
mod signature;
mod token;

use axum::http::Method;
use jiff::Timestamp;

pub(super) use secret::same_secret;
pub use signature::{SasTerms, sas};
pub(super) use token::{issued, lifetime};

use crate::emulator::storage::azure::call::Call;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::state::{AccountState, Server};
use crate::emulator::storage::rules::Rules;
use crate::emulator::storage::{Fault, Variation};

/// The first version that answers who brings no credentials with a challenge.
const CHALLENGING: &str = "2019-12-12";

/// Dates further than this from the server's clock are refused.
const SKEW_SECONDS: i64 = 15 * 60;

/// What is about to be done, as far as permissions tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Read,
    List,
    /// A new name.
    Create,
    /// A name that may be known.
    Write,
    Delete,
    /// Away from a name.
    Move,
    /// What is known of a container.
    Describe,
    /// Several at once, each with a permission of its own.
    Batch,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Access {
    /// Somebody with the key of the account.
    Owner,
    /// A service principal that may use the account's data.
    Principal,
    /// A service principal that may not.
    Stranger,
    /// Somebody with a shared access signature: its letters, and the one blob that it is for.
    Signature {
        permissions: String,
        blob: Option<String>,
    },
    /// Nobody in particular; only faults let one in.
    Nobody,
}

/// Finds out who asks.
pub(super) fn authenticate(
    call: &Call,
    account: &AccountState,
    place: (&str, Option<&str>),
    server: &Server,
) -> Result<Access, Failure> {
    let authorization = call.header("authorization");
    if call.parameter("sig").is_some() && authorization.is_empty() {
        return signature::verified(call, account, place, server);
    }
    match authorization.split_once(' ') {
        None if authorization.is_empty() => Ok(Access::Nobody),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("SharedKey") => {
            punctual(call)?;
            shared_key::verified(rest, call, account, &server.rules)?;
            Ok(Access::Owner)
        }
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => {
            bearer(token.trim(), call, account, server)
        }
        Some(_) | None => Err(failure::MALFORMED_AUTHORIZATION),
    }
}

fn bearer(
    token: &str,
    call: &Call,
    account: &AccountState,
    server: &Server,
) -> Result<Access, Failure> {
    const TOO_OLD: &str = "Authentication scheme Bearer is not supported in this version.";
    if call.header("x-ms-version") < "2017-11-09" {
        return Err(failure::AUTHENTICATION_FAILED.because(TOO_OLD));
    }
    let client = token::verified(token, &server.token_key, call.now)?;
    let known = account.principals.contains(&client);
    Ok(if known {
        Access::Principal
    } else {
        Access::Stranger
    })
}

fn punctual(call: &Call) -> Result<(), Failure> {
    const WRONG: &str = "The Date header is missing, or further than 15 minutes from now.";
    let own = call.header("x-ms-date");
    let text = if own.is_empty() {
        call.header("date")
    } else {
        own
    };
    let date = httpdate::parse_http_date(text).ok();
    let date = date.and_then(|date| Timestamp::try_from(date).ok());
    let near =
        date.is_some_and(|date| (date.as_second() - call.now.as_second()).abs() <= SKEW_SECONDS);
    match near {
        true => Ok(()),
        false => Err(failure::AUTHENTICATION_FAILED.because(WRONG)),
    }
}

impl Access {
    /// Whether this may be done, to one blob or to the container.
    pub(super) fn permit(
        &self,
        need: Need,
        blob: Option<&str>,
        call: &Call,
        rules: &Rules,
    ) -> Result<(), Failure> {
        match self {
            Self::Owner | Self::Principal => Ok(()),
            Self::Stranger => Err(failure::NOT_PERMITTED),
            Self::Signature {
                permissions,
                blob: own,
            } => signed(need, permissions, own.as_deref(), blob),
            Self::Nobody => anonymous(need, call, rules),
        }?;
        restricted(need, rules)
    }
}

fn signed(
    need: Need,
    permissions: &str,
    own: Option<&str>,
    blob: Option<&str>,
) -> Result<(), Failure> {
    let has = |letter: char| permissions.contains(letter);
    let elsewhere = own.is_some_and(|own| blob != Some(own));
    let covered = match need {
        Need::Read => has('r'),
        Need::List => has('l'),
        Need::Create => has('c') || has('w'),
        Need::Write => has('w'),
        Need::Delete => has('d'),
        Need::Move => has('m') || has('d'),
        Need::Batch => true,
        // no service signature covers what is known of a container
        Need::Describe => return Err(failure::NOT_AUTHORIZED),
    };
    match (elsewhere, covered) {
        (true, _) => {
            Err(failure::AUTHENTICATION_FAILED.because("The signature is for another blob."))
        }
        (false, true) => Ok(()),
        (false, false) => Err(failure::NOT_PERMITTED),
    }
}

fn anonymous(need: Need, call: &Call, rules: &Rules) -> Result<(), Failure> {
    let open = match need {
        Need::Read => rules.has(Fault::AnonymousRead),
        Need::List => rules.has(Fault::AnonymousList),
        Need::Create | Need::Write => rules.has(Fault::AnonymousWrite),
        // a batch of deletions is judged one by one
        Need::Delete | Need::Batch => rules.has(Fault::AnonymousDelete),
        Need::Move | Need::Describe => false,
    };
    match open {
        true => Ok(()),
        false if call.header("x-ms-version") >= CHALLENGING => Err(failure::NO_CREDENTIALS),
        false if call.method == Method::OPTIONS => Err(failure::NOT_AUTHORIZED),
        false => Err(failure::PUBLIC_ACCESS),
    }
}

/// What nobody may do here, whoever asks.
fn restricted(need: Need, rules: &Rules) -> Result<(), Failure> {
    let put_only = rules.varies(Variation::PutOnly);
    let read_only = rules.has(Fault::WriteRefused);
    let closed = match need {
        Need::Read | Need::Describe => put_only,
        Need::List => put_only || rules.varies(Variation::ListDenied),
        Need::Create | Need::Write | Need::Move => read_only,
        Need::Delete => put_only || read_only || rules.has(Fault::DeleteRefused),
        Need::Batch => false,
    };
    match closed {
        true => Err(failure::NOT_PERMITTED),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::http::HeaderMap;

    use super::*;

    const NEEDS: [Need; 8] = [
        Need::Read,
        Need::List,
        Need::Create,
        Need::Write,
        Need::Delete,
        Need::Move,
        Need::Describe,
        Need::Batch,
    ];

    fn call(version: Option<&'static str>) -> Call {
        let headers = version.map(|version| {
            let name = axum::http::HeaderName::from_static("x-ms-version");
            (name, axum::http::HeaderValue::from_static(version))
        });
        Call::new(
            Method::GET,
            "/",
            "",
            HeaderMap::from_iter(headers),
            Timestamp::now(),
        )
    }

    fn refused(access: &Access, rules: &Rules) -> Vec<Need> {
        let refused = |need: &Need| access.permit(*need, None, &call(None), rules).is_err();
        NEEDS.into_iter().filter(refused).collect()
    }

    #[test]
    fn a_fault_or_variation_takes_away_no_more_than_it_says() {
        let of = |faults: &[Fault], variations: &[Variation]| {
            let faults = BTreeSet::from_iter(faults.iter().copied());
            let rules = Rules::new(faults, variations.iter().copied().collect());
            refused(&Access::Owner, &rules)
        };
        assert_eq!(of(&[], &[]), []);
        assert_eq!(of(&[Fault::DeleteRefused], &[]), [Need::Delete]);
        assert_eq!(of(&[], &[Variation::ListDenied]), [Need::List]);
        let written = [Need::Create, Need::Write, Need::Delete, Need::Move];
        assert_eq!(of(&[Fault::WriteRefused], &[]), written);
        let others = [Need::Read, Need::List, Need::Delete, Need::Describe];
        assert_eq!(of(&[], &[Variation::PutOnly]), others);
    }

    #[test]
    fn a_signature_covers_what_its_letters_say_and_its_own_blob_only() {
        let rules = Rules::default();
        let signature = |permissions: &str, blob: Option<&str>| Access::Signature {
            permissions: permissions.to_owned(),
            blob: blob.map(str::to_owned),
        };
        let read_only = signature("rl", None);
        assert_eq!(refused(&read_only, &rules), NEEDS[2..7]);
        let own = signature("r", Some("a"));
        assert!(
            own.permit(Need::Read, Some("a"), &call(None), &rules)
                .is_ok()
        );
        let other = own.permit(Need::Read, Some("b"), &call(None), &rules);
        assert_eq!(
            other.map_err(|failure| failure.code),
            Err("AuthenticationFailed")
        );
    }

    #[test]
    fn nobody_is_challenged_by_new_versions_and_let_in_by_faults_alone() {
        let rules = Rules::default();
        let code = |version, rules: &Rules| {
            let found = Access::Nobody.permit(Need::Read, None, &call(version), rules);
            found.map_err(|failure| failure.code)
        };
        assert_eq!(code(None, &rules), Err("PublicAccessNotPermitted"));
        assert_eq!(
            code(Some("2023-11-03"), &rules),
            Err("NoAuthenticationInformation")
        );
        let open = Rules::new(BTreeSet::from([Fault::AnonymousRead]), BTreeSet::new());
        assert_eq!(code(None, &open), Ok(()));
        assert!(refused(&Access::Nobody, &open).contains(&Need::List));
    }
}
