//! What a server is told before it starts.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::store::Store;
use crate::emulator::storage::variation::Variation;

/// Everything about one server.
pub struct S3Setup {
    /// What it holds; buckets are not made by requests.
    pub buckets: Vec<Bucket>,
    /// Whose service it stands in for.
    pub dialect: Dialect,
    /// The region of all buckets. Where it is given and the dialect is [`Dialect::Aws`], signatures must be scoped to it.
    pub region: Option<String>,
    /// What it does wrongly.
    pub faults: BTreeSet<Fault>,
    /// What it does otherwise.
    pub variations: BTreeSet<Variation>,
}

/// Whose service a server stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Amazon S3, with AWS STS beside it.
    Aws,
    /// The XML interface of Google Cloud Storage with HMAC keys.
    Google,
}

/// One bucket.
pub struct Bucket {
    /// Its name, as in the path.
    pub name: String,
    /// Its files.
    pub store: Arc<Store>,
    /// Where it is given, keys may only touch names that begin so.
    pub prefix: Option<String>,
    /// Who may use it. A key that several buckets have must have the same secret in all.
    pub keys: Vec<Key>,
}

/// One access key, and what it may do in a bucket.
#[derive(Clone)]
pub struct Key {
    /// What is sent in the open.
    pub access_key_id: String,
    /// What signs.
    pub secret_access_key: String,
    /// What it may do; where it has a role, what the temporary credentials of the role may do.
    pub permissions: Permissions,
    /// Where it is given, the key may assume this role and do nothing else.
    pub role: Option<Role>,
}

/// A role that a key may assume.
#[derive(Clone)]
pub struct Role {
    /// Its name, `arn:aws:iam::…:role/…`.
    pub arn: String,
    /// What has to be presented as well, where the role demands it.
    pub external_id: Option<String>,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// Write files, in parts too.
    pub put: bool,
    /// Read files.
    pub get: bool,
    /// List files, and see that the bucket exists.
    pub list: bool,
    /// Delete files.
    pub delete: bool,
    /// Ask for the region of the bucket.
    pub location: bool,
}

impl Permissions {
    /// Everything.
    pub const ALL: Self = Self {
        put: true,
        get: true,
        list: true,
        delete: true,
        location: true,
    };

    /// Nothing.
    pub const NONE: Self = Self {
        put: false,
        get: false,
        list: false,
        delete: false,
        location: false,
    };
}
