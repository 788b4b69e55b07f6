//! The access tokens that a destination issued, and whether one is valid.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::rest::comparison::same_secret;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;

/// What is known of a token that is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    Valid,
    Expired,
    Unknown,
}

/// The tokens of one destination and when each expires.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    expiry: HashMap<String, Instant>,
}

impl Tokens {
    /// A new token of that life.
    pub(crate) fn issue(&mut self, lifetime: Duration, rules: &Rules) -> String {
        if rules.has(Fault::NewTokenRevokesOld) {
            self.expiry.clear();
        }
        let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let now = Instant::now();
        self.expiry
            .insert(token.clone(), now.checked_add(lifetime).unwrap_or(now));
        token
    }

    /// Whether a token is valid now.
    pub(crate) fn take(&mut self, token: &str, rules: &Rules) -> Validity {
        let Some((known, expiry)) = self.find(token, rules) else {
            return Validity::Unknown;
        };
        if rules.has(Fault::TokenUsableOnce) {
            self.expiry.remove(&known);
        }
        match rules.has(Fault::ExpiredTokenAccepted) || Instant::now() < expiry {
            true => Validity::Valid,
            false => Validity::Expired,
        }
    }

    /// Only a fault has reason to look at the others.
    fn find(&self, token: &str, rules: &Rules) -> Option<(String, Instant)> {
        let near = || {
            let like = self.expiry.iter();
            like.filter(|(known, _)| same_secret(token, known, rules))
                .max_by_key(|(_, expiry)| **expiry)
        };
        let (known, expiry) = self.expiry.get_key_value(token).or_else(near)?;
        Some((known.clone(), *expiry))
    }

    /// Ends the life of every token issued so far.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        self.expiry.values_mut().for_each(|expiry| *expiry = now);
    }
}
