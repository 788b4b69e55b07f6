//! A stand-in for each kind of storage, and the door to it: what is uploaded to all of them alike.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use destspec::emulator::host::Host;
use destspec::emulator::storage::Store;
use destspec::emulator::storage::azure::{self, Account, AzureSetup, Container, Tenant};
use destspec::emulator::storage::s3::{self, Bucket, Dialect, Key, Permissions};
use destspec::emulator::storage::sftp::{self, SftpServer, User};
use destspec::model::redact::Redactor;
use destspec::model::secret::Secret;
use destspec::wire::storage::{AdlsSetup, AzureBlobSetup, S3Setup, SftpSecret, SftpSetup};
use destspec::wire::{AuthSetup, Door, DoorSetup, RetryClass, StorageSetup};

/// What differs in how bytes travel; Google Cloud speaks as Amazon, a landing zone as Azure.
pub const KINDS: [&str; 4] = ["S3", "Blob", "ADLS", "SFTP"];

/// Of Amazon.
pub const ACCESS_KEY: &str = "AKIALARGE00000000AAA";
/// Of Amazon.
pub const SECRET_KEY: &str = "large-secret-key-of-forty-signs-00000000";

const NAME: &str = "large";
const ACCOUNT_KEY: &str = "bGFyZ2Uta2V5LW9mLWFuLWFjY291bnQtb2YtQXp1cmUtMDAwMDAwMDA=";
const PASSWORD: &str = "large-password-0000";

/// A running stand-in; it stops when dropped.
pub enum Stand {
    Http(Host),
    Sftp(SftpServer),
}

impl Stand {
    /// Where it listens: a URL, or a port.
    pub fn at(&self) -> String {
        match self {
            Stand::Http(host) => host.base_url().to_owned(),
            Stand::Sftp(server) => server.address().port().to_string(),
        }
    }
}

/// Starts the stand-in for a kind; who has one of these keys may log in to SFTP, too.
pub async fn start(kind: &str, authorized_keys: Vec<String>) -> Stand {
    let store = Arc::new(Store::new().unwrap());
    match kind {
        "S3" => {
            let setup = amazon(store);
            Stand::Http(Host::start(None, 0, |_| s3::router(setup)).await.unwrap())
        }
        "SFTP" => {
            let setup = server(store, authorized_keys);
            Stand::Sftp(SftpServer::start(setup).await.unwrap())
        }
        _ => {
            let setup = microsoft(store);
            let started = Host::start(None, 0, |_| azure::router(setup)).await;
            Stand::Http(started.unwrap())
        }
    }
}

fn amazon(store: Arc<Store>) -> s3::S3Setup {
    let key = Key {
        access_key_id: ACCESS_KEY.to_owned(),
        secret_access_key: SECRET_KEY.to_owned(),
        permissions: Permissions::ALL,
        role: None,
    };
    s3::S3Setup {
        buckets: vec![Bucket {
            name: NAME.to_owned(),
            store,
            prefix: None,
            keys: vec![key],
        }],
        dialect: Dialect::Aws,
        region: Some("eu-central-1".to_owned()),
        faults: BTreeSet::new(),
        variations: BTreeSet::new(),
    }
}

fn microsoft(store: Arc<Store>) -> AzureSetup {
    AzureSetup {
        accounts: vec![Account {
            name: NAME.to_owned(),
            key: ACCOUNT_KEY.to_owned(),
            containers: vec![Container {
                name: NAME.to_owned(),
                store,
                folder: "in".to_owned(),
                policies: Vec::new(),
            }],
            hierarchical: true,
            principals: vec![NAME.to_owned()],
        }],
        tenants: vec![Tenant {
            id: NAME.to_owned(),
            client_id: NAME.to_owned(),
            client_secret: PASSWORD.to_owned(),
        }],
        faults: BTreeSet::new(),
        variations: BTreeSet::new(),
        https: false,
    }
}

fn server(store: Arc<Store>, authorized_keys: Vec<String>) -> sftp::SftpSetup {
    sftp::SftpSetup {
        users: vec![User {
            name: NAME.to_owned(),
            password: Some(PASSWORD.to_owned()),
            authorized_keys,
            writable: true,
        }],
        store,
        home: "/upload".to_owned(),
        sessions: 4,
        faults: BTreeSet::new(),
        variations: BTreeSet::new(),
    }
}

/// The door to the stand-in for a kind.
pub fn door(kind: &str, at: &str) -> Door {
    let storage = match kind {
        "S3" => StorageSetup::S3(Box::new(S3Setup {
            bucket: NAME.to_owned(),
            folder: "in".to_owned(),
            endpoint: Some(at.to_owned()),
            region: Some("eu-central-1".to_owned()),
            access_key_id: ACCESS_KEY.to_owned(),
            secret_access_key: Secret::new(SECRET_KEY),
            session_token: None,
            role: None,
        })),
        "Blob" => StorageSetup::AzureBlob(Box::new(AzureBlobSetup {
            account: String::new(),
            container: NAME.to_owned(),
            folder: "in".to_owned(),
            endpoint: None,
            connection_string: Secret::new(format!(
                "AccountName={NAME};AccountKey={ACCOUNT_KEY};BlobEndpoint={at}/{NAME}"
            )),
        })),
        "ADLS" => StorageSetup::AdlsGen2(Box::new(AdlsSetup {
            host: String::new(),
            file_system: NAME.to_owned(),
            folder: "in".to_owned(),
            endpoint: Some(format!("{at}/dfs/{NAME}")),
            authority: Some(at.to_owned()),
            tenant_id: NAME.to_owned(),
            client_id: NAME.to_owned(),
            client_secret: Secret::new(PASSWORD),
        })),
        _ => StorageSetup::Sftp(Box::new(SftpSetup {
            host: "127.0.0.1".to_owned(),
            port: at.parse().unwrap(),
            folder: "/upload".to_owned(),
            username: NAME.to_owned(),
            secret: SftpSecret::Password(Secret::new(PASSWORD)),
            host_key: None,
        })),
    };
    opened(storage)
}

/// The door to another location.
pub fn opened(storage: StorageSetup) -> Door {
    Door::live(DoorSetup {
        folder: std::path::PathBuf::new(),
        environment: Vec::new(),
        run_id: NAME.to_owned(),
        seed: 1,
        started: Some(Instant::now()),
        destination: NAME.to_owned(),
        auth: AuthSetup::None,
        audience_auth: None,
        storage: Some(storage),
        redactor: Arc::new(Redactor::new([1; 32])),
        certificate_authority_pem: None,
        concurrency: 4,
        pace_per_second: None,
        time_limit: Duration::from_secs(60),
        retry_waits: [Duration::ZERO; 2],
        retry_class: RetryClass::BestEffort,
        journal: None,
    })
    .unwrap()
}
