//! The server: its accounts, its tenants, and the key that it signs tokens with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::emulator::storage::Variation;
use crate::emulator::storage::azure::call::Call;
use crate::emulator::storage::azure::room::Room;
use crate::emulator::storage::azure::setup::{Account, AzureSetup, Tenant};
use crate::emulator::storage::rules::Rules;

/// A server that is set up.
pub(super) struct Server {
    accounts: BTreeMap<String, AccountState>,
    pub(super) tenants: Vec<Tenant>,
    pub(super) rules: Rules,
    pub(super) https: bool,
    pub(super) token_key: [u8; 32],
    /// What was asked so far, under [`Variation::BusyAtFirst`].
    asked: Mutex<BTreeSet<String>>,
}

/// A storage account that is set up.
pub(super) struct AccountState {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) principals: Vec<String>,
    rooms: BTreeMap<String, Room>,
}

impl Server {
    pub(super) fn new(setup: AzureSetup) -> Self {
        let rules = Rules::new(setup.faults, setup.variations);
        let accounts = setup.accounts.into_iter();
        Self {
            accounts: accounts
                .map(|account| (account.name.clone(), AccountState::new(account, &rules)))
                .collect(),
            tenants: setup.tenants,
            rules,
            https: setup.https,
            token_key: rand::random(),
            asked: Mutex::default(),
        }
    }

    /// Whether a request is answered with no more than that it may be sent again.
    pub(super) fn is_busy(&self, call: &Call) -> bool {
        let asked = || format!("{} {:?} {:?}", call.method, call.paths, call.query);
        let mut known = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        self.rules.varies(Variation::BusyAtFirst) && known.insert(asked())
    }

    pub(super) fn account(&self, name: &str) -> Option<&AccountState> {
        self.accounts.get(name)
    }
}

impl AccountState {
    fn new(account: Account, rules: &Rules) -> Self {
        let hierarchical = account.hierarchical && !rules.varies(Variation::FlatNamespace);
        let containers = account.containers.into_iter();
        Self {
            name: account.name,
            key: account.key,
            principals: account.principals,
            rooms: containers
                .map(|container| (container.name.clone(), Room::new(container, hierarchical)))
                .collect(),
        }
    }

    pub(super) fn container(&self, name: &str) -> Option<&Room> {
        self.rooms.get(name)
    }
}
