//! Who may do what in which bucket.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::rules;
use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::s3::session::{Session, Sessions};
use crate::emulator::storage::s3::setup::{Key, Permissions, S3Setup};
use crate::emulator::storage::variation::Variation;

/// The identity under which a request without a signature is passed on.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// What all requests to one server share.
pub(crate) struct Server {
    pub(crate) rules: Arc<Rules>,
    pub(crate) sessions: Sessions,
    buckets: BTreeMap<String, Arc<Holding>>,
    /// Signs what nobody signed; see `stamp`.
    pub(crate) own_secret: String,
}

impl Server {
    pub(crate) fn new(setup: S3Setup) -> Self {
        let holdings = setup.buckets.into_iter().map(Holding::new);
        Self {
            rules: Arc::new(Rules {
                dialect: setup.dialect,
                region: setup.region,
                in_force: rules::Rules::new(setup.faults, setup.variations),
            }),
            sessions: Sessions::default(),
            buckets: holdings
                .map(|holding| (holding.name.clone(), Arc::new(holding)))
                .collect(),
            own_secret: format!("{:032x}", rand::random::<u128>()),
        }
    }

    /// A bucket that exists, as far as the faults let it.
    pub(crate) fn bucket(&self, name: &str) -> Option<&Arc<Holding>> {
        self.buckets
            .get(name)
            .filter(|_| !self.rules.has(Fault::ContainerMissing))
    }

    /// A long-lived key, from whichever bucket has it.
    pub(crate) fn key(&self, access_key_id: &str) -> Option<&Key> {
        let keys = self.buckets.values().flat_map(|holding| &holding.keys);
        keys.into_iter()
            .find(|key| key.access_key_id == access_key_id)
    }

    /// What the owner of an access key signs with.
    pub(crate) fn secret(&self, access_key_id: &str) -> Option<String> {
        if access_key_id == ANONYMOUS && self.welcomes_anyone() {
            return Some(self.own_secret.clone());
        }
        let session = self.sessions.find(access_key_id);
        session
            .map(|session| session.secret)
            .or_else(|| Some(self.key(access_key_id)?.secret_access_key.clone()))
    }

    /// Whether some fault lets requests without credentials in.
    pub(crate) fn welcomes_anyone(&self) -> bool {
        let faults = [
            Fault::AnonymousRead,
            Fault::AnonymousWrite,
            Fault::AnonymousList,
            Fault::AnonymousDelete,
        ];
        faults.into_iter().any(|fault| self.rules.has(fault))
    }

    /// What somebody whose signature was right may do.
    pub(crate) fn permissions(&self, bucket: &Holding, access_key_id: Option<&str>) -> Permissions {
        let Some(access_key_id) = access_key_id.filter(|id| *id != ANONYMOUS) else {
            return self.anyones();
        };
        let session = self.sessions.find(access_key_id);
        let granted = bucket
            .keys
            .iter()
            .find(|key| is_granted(key, access_key_id, session.as_ref()));
        self.narrowed(granted.map_or(Permissions::NONE, |key| key.permissions))
    }

    fn anyones(&self) -> Permissions {
        Permissions {
            put: self.rules.has(Fault::AnonymousWrite),
            get: self.rules.has(Fault::AnonymousRead),
            list: self.rules.has(Fault::AnonymousList),
            delete: self.rules.has(Fault::AnonymousDelete),
            ..Permissions::NONE
        }
    }

    fn narrowed(&self, permissions: Permissions) -> Permissions {
        let rules = &self.rules;
        let put_only = rules.varies(Variation::PutOnly);
        let read_only = rules.has(Fault::WriteRefused);
        Permissions {
            put: permissions.put && !read_only,
            get: permissions.get && !put_only,
            list: permissions.list && !put_only && !rules.varies(Variation::ListDenied),
            delete: permissions.delete
                && !put_only
                && !read_only
                && !rules.has(Fault::DeleteRefused),
            location: permissions.location,
        }
    }
}

fn is_granted(key: &Key, access_key_id: &str, session: Option<&Session>) -> bool {
    match (&key.role, session) {
        (Some(role), Some(session)) => {
            key.access_key_id == session.owner && role.arn == session.role
        }
        (None, None) => key.access_key_id == access_key_id,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
