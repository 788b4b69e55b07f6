//! What a destination issued: access tokens, refresh tokens, codes; and whether one is valid.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::emulator::rest::comparison::same_secret;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

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
    refresh: HashSet<String>,
    /// Refresh tokens that took the place of another.
    replacing: HashSet<String>,
    /// Each with the redirect URI that it was sent to, and when it ends.
    codes: HashMap<String, (String, Instant)>,
    /// Access tokens that were issued for a refresh token.
    refreshed: HashSet<String>,
    /// The access token that came with each refresh token.
    came_with: HashMap<String, String>,
}

/// How long a code may wait to be exchanged (RFC 6749, section 4.1.2: ten minutes at most).
const CODE_LIFE: Duration = Duration::from_secs(60);

impl Tokens {
    /// Of one in which refresh tokens are valid from the start.
    pub(crate) fn knowing(refresh: Option<String>) -> Self {
        Self {
            refresh: refresh.into_iter().collect(),
            ..Self::default()
        }
    }

    /// A new refresh token, in the place of another where one was used.
    pub(crate) fn issue_refresh(&mut self, used: Option<&str>) -> String {
        let token = random();
        if let Some(used) = used {
            self.refresh.remove(used);
            self.replacing.insert(token.clone());
        }
        self.refresh.insert(token.clone());
        token
    }

    /// Whether a refresh token is valid.
    pub(crate) fn refreshes(&self, token: &str, rules: &Rules) -> bool {
        let replaced = rules.has(Fault::RotatedRefreshRefused) && self.replacing.contains(token);
        self.refresh.contains(token) && !replaced
    }

    /// Notes that an access token was issued for a refresh token.
    pub(crate) fn note_refreshed(&mut self, token: &str) {
        self.refreshed.insert(token.to_owned());
    }

    /// Notes which access token came with a refresh token.
    pub(crate) fn note_pair(&mut self, refresh: &str, token: &str) {
        self.came_with.insert(refresh.to_owned(), token.to_owned());
    }

    /// Ends the life of the access token that came with a refresh token.
    pub(crate) fn revoke_with(&mut self, refresh: &str) {
        let token = self.came_with.remove(refresh);
        token.map(|token| self.expiry.remove(&token));
    }

    /// A new code for a redirect URI.
    pub(crate) fn issue_code(&mut self, redirect_uri: &str) -> String {
        let (code, now) = (random(), Instant::now());
        let until = now.checked_add(CODE_LIFE).unwrap_or(now);
        self.codes
            .insert(code.clone(), (redirect_uri.to_owned(), until));
        code
    }

    /// Takes a code, once, for the redirect URI that it was sent to.
    pub(crate) fn take_code(&mut self, code: &str, redirect_uri: &str) -> bool {
        self.codes
            .remove(code)
            .is_some_and(|(uri, until)| uri == redirect_uri && Instant::now() < until)
    }

    /// A new token of that life.
    pub(crate) fn issue(&mut self, lifetime: Duration, rules: &Rules) -> String {
        if rules.has(Fault::NewTokenRevokesOld) {
            self.expiry.clear();
        }
        let token = random();
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
        if rules.has(Fault::RefreshedTokenUnusable) && self.refreshed.contains(&known) {
            return Validity::Unknown;
        }
        if rules.has(Fault::TokenUsableOnce) {
            self.expiry.remove(&known);
        }
        let leeway = match rules.varies(Variation::TokenLeeway) {
            true => Duration::from_secs(1),
            false => Duration::ZERO,
        };
        match rules.has(Fault::ExpiredTokenAccepted) || Instant::now() < expiry + leeway {
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

    /// Ends the life of every access token issued so far.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        self.expiry.values_mut().for_each(|expiry| *expiry = now);
    }
}

fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}
