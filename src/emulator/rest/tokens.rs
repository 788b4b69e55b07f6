//! The access tokens that a destination issued, and whether one is valid.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;

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
    pub(crate) fn take(&mut self, token: &str, rules: &Rules) -> bool {
        let Some(expiry) = self.expiry.get(token) else {
            return false;
        };
        let valid = rules.has(Fault::ExpiredTokenAccepted) || Instant::now() < *expiry;
        if rules.has(Fault::TokenUsableOnce) {
            self.expiry.remove(token);
        }
        valid
    }

    /// Ends the life of every token issued so far.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        self.expiry.values_mut().for_each(|expiry| *expiry = now);
    }
}
