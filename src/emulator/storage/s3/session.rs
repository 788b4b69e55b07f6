//! Temporary credentials.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The signs of an access key id after its first four.
const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Temporary credentials of an assumed role.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
    /// The long-lived key that assumed the role.
    pub(crate) owner: String,
    /// Name of the role.
    pub(crate) role: String,
    pub(crate) expires: SystemTime,
}

/// All temporary credentials that were given out.
#[derive(Default)]
pub(crate) struct Sessions {
    given: Mutex<BTreeMap<String, Session>>,
}

impl Sessions {
    /// Gives out new ones.
    pub(crate) fn begin(&self, owner: &str, role: &str, lifetime: Duration) -> Session {
        let session = Session {
            access_key_id: format!("ASIA{}", signs()),
            secret: STANDARD.encode(rand::random::<[u8; 30]>()),
            token: STANDARD.encode(rand::random::<[[u8; 30]; 4]>().concat()),
            owner: owner.to_owned(),
            role: role.to_owned(),
            expires: SystemTime::now() + lifetime,
        };
        self.given()
            .insert(session.access_key_id.clone(), session.clone());
        session
    }

    pub(crate) fn find(&self, access_key_id: &str) -> Option<Session> {
        self.given().get(access_key_id).cloned()
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<String, Session>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn signs() -> String {
    let chosen = rand::random::<[u8; 16]>();
    chosen
        .iter()
        .filter_map(|byte| SIGNS.get(usize::from(byte % 32)))
        .map(|sign| char::from(*sign))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_keys_look_like_keys_and_differ() {
        let sessions = Sessions::default();
        let begin = || sessions.begin("AKIA", "role", Duration::from_secs(900));
        let (first, second) = (begin(), begin());
        assert_eq!((first.access_key_id.len(), first.secret.len()), (20, 40));
        assert_ne!(first.access_key_id, second.access_key_id);
        assert!(
            sessions
                .find(&first.access_key_id)
                .is_some_and(|found| found.token == first.token)
        );
        assert!(sessions.find("AKIA").is_none());
    }
}
