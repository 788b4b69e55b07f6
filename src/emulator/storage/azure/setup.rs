//! What a stand-in is made of: accounts, containers, tenants.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::emulator::storage::{Fault, Store, Variation};

/// A stand-in for Azure, as it is to be.
pub struct AzureSetup {
    /// The storage accounts.
    pub accounts: Vec<Account>,
    /// The directories that service principals live in.
    pub tenants: Vec<Tenant>,
    /// What it does wrong.
    pub faults: BTreeSet<Fault>,
    /// What it does in its own way.
    pub variations: BTreeSet<Variation>,
    /// Whether what serves the router speaks TLS: a signature may be limited to `https`.
    pub https: bool,
}

/// A storage account.
pub struct Account {
    /// Three to 24 lower-case letters and digits; `dfs` is taken.
    pub name: String,
    /// The access key, in base64.
    pub key: String,
    /// Its containers, which the Data Lake dialect calls file systems.
    pub containers: Vec<Container>,
    /// Whether it has a hierarchical namespace, in which directories are real.
    pub hierarchical: bool,
    /// The client ids of the service principals that may use its data.
    pub principals: Vec<String>,
}

/// A container.
pub struct Container {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub store: Arc<Store>,
    /// The folder that a destination is configured with, without slashes at the ends; faults about names and folders
    /// concern what is below it.
    pub folder: String,
    /// Its stored access policies, which signatures may refer to.
    pub policies: Vec<Policy>,
}

/// A stored access policy: terms that a shared access signature leaves out.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What `si` names.
    pub id: String,
    /// The letters of `sp`; empty where the signature brings them.
    pub permissions: String,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub expiry: Option<Timestamp>,
}

/// One service principal of a directory.
pub struct Tenant {
    /// The directory.
    pub id: String,
    /// The application.
    pub client_id: String,
    /// What the application proves itself by.
    pub client_secret: String,
}
