//! What an emulator knows while it runs: its rules, and per destination what was received, stored and issued.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use crate::emulator::rest::load::Load;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::setup::{Auth, DestinationSetup, Grant, Setup};
use crate::emulator::rest::store::Store;
use crate::emulator::rest::store::audiences::Audiences;
use crate::emulator::rest::tokens::Tokens;

/// One delivery as it was received; without its headers, which carry credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Path of the request.
    pub path: String,
    /// Value of `Content-Type`, empty if there was none.
    pub content_type: String,
    /// The body, byte for byte.
    pub body: Bytes,
    /// The status it was answered with.
    pub status: u16,
}

/// One destination at work.
pub(crate) struct Destination {
    pub(crate) setup: DestinationSetup,
    pub(crate) load: Load,
    store: Mutex<Store>,
    tokens: Mutex<Tokens>,
    deliveries: Mutex<Vec<Delivery>>,
    seen: Mutex<HashSet<Bytes>>,
    audiences: Mutex<Audiences>,
}

impl Destination {
    pub(crate) fn new(setup: DestinationSetup) -> Self {
        Self {
            load: Load::new(setup.capacity),
            tokens: Mutex::new(Tokens::knowing(known_refresh_token(&setup.auth))),
            setup,
            store: Mutex::default(),
            deliveries: Mutex::default(),
            seen: Mutex::default(),
            audiences: Mutex::default(),
        }
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.tokens)
    }

    pub(crate) fn deliveries(&self) -> MutexGuard<'_, Vec<Delivery>> {
        lock(&self.deliveries)
    }

    pub(crate) fn audiences(&self) -> MutexGuard<'_, Audiences> {
        lock(&self.audiences)
    }

    /// Its set-up, with the audiences that were created since.
    pub(crate) fn known(&self) -> Cow<'_, DestinationSetup> {
        let created: Vec<String> = self.audiences().ids().cloned().collect();
        if created.is_empty() || self.setup.audiences.is_empty() {
            return Cow::Borrowed(&self.setup);
        }
        let mut setup = self.setup.clone();
        setup.audiences.extend(created);
        Cow::Owned(setup)
    }

    /// Remembers a body and says whether it was received before.
    pub(crate) fn seen_before(&self, body: &Bytes) -> bool {
        !lock(&self.seen).insert(body.clone())
    }
}

/// The whole emulator at work.
pub(crate) struct State {
    pub(crate) rules: Rules,
    pub(crate) destinations: Vec<Destination>,
    pages: Mutex<BTreeMap<String, String>>,
}

impl State {
    pub(crate) fn new(setup: Setup) -> Self {
        Self {
            rules: Rules::new(setup.faults, setup.variations),
            destinations: setup
                .destinations
                .into_iter()
                .map(Destination::new)
                .collect(),
            pages: Mutex::default(),
        }
    }

    /// Texts that belong to no destination, by their path.
    pub(crate) fn pages(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        lock(&self.pages)
    }

    pub(crate) fn destination(&self, name: &str) -> Option<&Destination> {
        self.destinations
            .iter()
            .find(|destination| destination.setup.name == name)
    }
}

fn known_refresh_token(auth: &Auth) -> Option<String> {
    match auth {
        Auth::OAuth2 {
            grant: Grant::AuthorizationCode { refresh_token, .. },
            ..
        } => Some(refresh_token.clone()),
        Auth::OAuth2 {
            grant: Grant::ClientCredentials | Grant::Password { .. },
            ..
        }
        | Auth::None
        | Auth::Basic { .. }
        | Auth::Bearer { .. } => None,
    }
}

/// A poisoned lock still guards whole values: every change under it is a single assignment or insertion.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
