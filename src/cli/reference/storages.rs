//! The emulators' side of the destinations that take files: a location of each kind, and a platform that ingests what lands
//! there, each read as the destination's own configuration says.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _};

use crate::cli::reference::{Differences, secrets};
use crate::emulator::host::Host;
use crate::emulator::ingest::{self, Feed, PlatformSetup, Reading};
use crate::emulator::storage::azure::{self, Account, AzureSetup, Container, SasTerms, Tenant};
use crate::emulator::storage::s3::{self, Bucket, Dialect, Key, Permissions, S3Setup};
use crate::emulator::storage::sftp::{SftpServer, SftpSetup, User};
use crate::emulator::storage::{Fault, Store};
use crate::emulator::tls::identity;
use crate::encode::file::export::Exporter;
use crate::encode::file::options::{Compression, FileOptions, FileType, Reading as Ambiguity};
use crate::model::location::Location;
use crate::model::submission::{Destination, IngestionWay};

/// What the embedded files hold in place of the addresses: Amazon S3, Google Cloud Storage, Azure, the platform.
const ADDRESSES: [&str; 4] = [
    "https://localhost:8444",
    "https://localhost:8445",
    "https://localhost:8446",
    "https://localhost:8447",
];

/// What the embedded server holds in place of the port of the SFTP server.
const SFTP_PORT: &str = "\"port\": 8822";

/// Sessions that the SFTP server bears at once.
const SESSIONS: usize = 32;

/// The storage account of the reference destinations.
const ACCOUNT: &str = "moonshine";

/// The container of the landing zone.
const LANDING_ZONE: &str = "dlz-destination";

/// Running storages; they stop when dropped.
pub(super) struct Storages {
    pub(super) addresses: Vec<(String, String)>,
    pub(super) authority_pem: String,
    _hosts: Vec<Host>,
    _sftp: SftpServer,
}

/// A destination with its store.
struct Held<'a> {
    destination: &'a Destination,
    exporter: Exporter,
    store: Arc<Store>,
}

/// Starts a location for each of the destinations. Credentials that depend on an address are added to the variables.
pub(super) async fn start(
    destinations: &[&Destination],
    variables: &mut BTreeMap<String, String>,
    differences: &Differences,
    port: u16,
) -> Result<Storages, Box<dyn Error>> {
    let held = destinations
        .iter()
        .map(|destination| held(destination, differences))
        .collect::<Result<Vec<_>, _>>()?;
    let identity = identity()?;
    let tls = || Some(Arc::clone(&identity.server));
    let at = |offset: u16| {
        if port == 0 {
            0
        } else {
            port.saturating_add(offset)
        }
    };
    let account_key = secrets::account_key();
    let s3 = Host::start(tls(), at(1), |_| {
        s3::router(objects(&held, variables, differences, Dialect::Aws))
    })
    .await?;
    let gcs = Host::start(tls(), at(2), |_| {
        s3::router(objects(&held, variables, differences, Dialect::Google))
    })
    .await?;
    let azure = Host::start(tls(), at(3), |_| {
        azure::router(account(&held, variables, differences, &account_key))
    })
    .await?;
    let platform = Host::start(tls(), at(4), |_| {
        ingest::router(platform(&held, variables, differences))
    })
    .await?;
    let sftp = SftpServer::start(sftp(&held, variables, differences)?).await?;
    let mut learn = |name: &str, value: String| variables.insert(name.to_owned(), value);
    learn(
        "MOONSHINE_BLOB_CONNECTION_STRING",
        secrets::connection_string(&account_key, azure.base_url()),
    );
    learn(
        "MOONSHINE_DLZ_SAS_URL",
        sas_url(&azure, &account_key, differences),
    );
    learn("MOONSHINE_SFTP_HOST_KEY", sftp.host_key().to_owned());
    let hosts = vec![s3, gcs, azure, platform];
    let urls = hosts.iter().map(|host| host.base_url().to_owned());
    let mut addresses: Vec<(String, String)> = ADDRESSES
        .iter()
        .map(ToString::to_string)
        .zip(urls)
        .collect();
    let sftp_port = format!("\"port\": {}", sftp.address().port());
    addresses.push((SFTP_PORT.to_owned(), sftp_port));
    Ok(Storages {
        addresses,
        authority_pem: identity.authority_pem,
        _hosts: hosts,
        _sftp: sftp,
    })
}

fn held<'a>(
    destination: &'a Destination,
    differences: &Differences,
) -> Result<Held<'a>, Box<dyn Error>> {
    let folds_case = differences.storage.0.contains(&Fault::CasesNotToldApart);
    let exporter = Exporter::new(destination, Ambiguity::default());
    Ok(Held {
        destination,
        exporter: exporter.map_err(|problem| problem.to_string())?,
        store: Arc::new(Store::new()?.folding_case(folds_case)),
    })
}

fn value(variables: &BTreeMap<String, String>, name: &str) -> String {
    variables.get(name).cloned().unwrap_or_default()
}

fn objects(
    held: &[Held<'_>],
    variables: &BTreeMap<String, String>,
    differences: &Differences,
    dialect: Dialect,
) -> S3Setup {
    let names = match dialect {
        Dialect::Aws => ["MOONSHINE_S3_KEY", "MOONSHINE_S3_SECRET"],
        Dialect::Google => ["MOONSHINE_GCS_KEY", "MOONSHINE_GCS_SECRET"],
    };
    let [access_key_id, secret_access_key] = names.map(|name| value(variables, name));
    let buckets = held
        .iter()
        .filter_map(|held| match (held.exporter.location(), dialect) {
            (Location::S3 { bucket, .. }, Dialect::Aws)
            | (Location::GoogleCloud { bucket, .. }, Dialect::Google) => Some((bucket, held)),
            _ => None,
        });
    S3Setup {
        buckets: buckets
            .map(|(bucket, held)| Bucket {
                name: bucket.clone(),
                store: Arc::clone(&held.store),
                prefix: Some(below(held.exporter.location().path())),
                keys: vec![Key {
                    access_key_id: access_key_id.clone(),
                    secret_access_key: secret_access_key.clone(),
                    permissions: Permissions::ALL,
                    role: None,
                }],
            })
            .collect(),
        dialect,
        region: (dialect == Dialect::Aws).then(|| "eu-central-1".to_owned()),
        faults: differences.storage.0.clone(),
        variations: differences.storage.1.clone(),
    }
}

/// The folder that is the same for every audience: what is below it belongs to the destination.
fn below(path: &str) -> String {
    let fixed = path.split('%').next().unwrap_or_default();
    format!("{}/", fixed.trim_matches('/'))
}

fn account(
    held: &[Held<'_>],
    variables: &BTreeMap<String, String>,
    differences: &Differences,
    key: &str,
) -> AzureSetup {
    let containers = held.iter().filter_map(|held| {
        let (name, folder) = match held.exporter.location() {
            Location::AzureBlob {
                container, path, ..
            } => (container.clone(), path),
            Location::AdlsGen2 {
                file_system, path, ..
            } => (file_system.clone().unwrap_or_default(), path),
            Location::DataLandingZone { path } => (LANDING_ZONE.to_owned(), path),
            Location::S3 { .. } | Location::Sftp { .. } | Location::GoogleCloud { .. } => {
                return None;
            }
        };
        Some(Container {
            name,
            store: Arc::clone(&held.store),
            folder: folder.trim_matches('/').to_owned(),
            policies: Vec::new(),
        })
    });
    let client_id = value(variables, "MOONSHINE_ADLS_CLIENT");
    AzureSetup {
        accounts: vec![Account {
            name: ACCOUNT.to_owned(),
            key: key.to_owned(),
            containers: containers.collect(),
            hierarchical: true,
            principals: vec![client_id.clone()],
        }],
        tenants: vec![Tenant {
            id: value(variables, "MOONSHINE_ADLS_TENANT"),
            client_id,
            client_secret: value(variables, "MOONSHINE_ADLS_SECRET"),
        }],
        faults: differences.storage.0.clone(),
        variations: differences.storage.1.clone(),
        https: true,
    }
}

fn platform(
    held: &[Held<'_>],
    variables: &BTreeMap<String, String>,
    differences: &Differences,
) -> PlatformSetup {
    let feeds = held.iter().map(|held| Feed {
        name: held.destination.name.clone(),
        store: Arc::clone(&held.store),
        reading: reading(&held.exporter),
        receipts: leaves_receipts(held.destination),
    });
    PlatformSetup {
        feeds: feeds.collect(),
        token: Some(value(variables, "MOONSHINE_INGESTION_TOKEN")),
        faults: differences.ingest.0.clone(),
        variations: differences.ingest.1.clone(),
    }
}

/// Whether its submission looks for receipts.
fn leaves_receipts(destination: &Destination) -> bool {
    let ingestion = destination.observe.ingestion.as_ref();
    match ingestion.map(|ingestion| &ingestion.way) {
        Some(IngestionWay::Receipt { .. }) => true,
        Some(IngestionWay::Url(_) | IngestionWay::Command(_)) | None => false,
    }
}

fn sftp(
    held: &[Held<'_>],
    variables: &BTreeMap<String, String>,
    differences: &Differences,
) -> Result<SftpSetup, Box<dyn Error>> {
    let own = held.iter().find_map(|held| match held.exporter.location() {
        Location::Sftp { path, .. } => Some((path.clone(), Arc::clone(&held.store))),
        Location::S3 { .. }
        | Location::AdlsGen2 { .. }
        | Location::AzureBlob { .. }
        | Location::DataLandingZone { .. }
        | Location::GoogleCloud { .. } => None,
    });
    let (home, store) = own.ok_or("no destination takes files over SFTP")?;
    let user = User {
        name: "moonshine".to_owned(),
        password: Some(value(variables, "MOONSHINE_SFTP_PASSWORD")),
        authorized_keys: Vec::new(),
        writable: true,
    };
    Ok(SftpSetup {
        users: vec![user],
        store,
        home,
        sessions: match differences.storage.0.contains(&Fault::SingleSession) {
            true => 1,
            false => SESSIONS,
        },
        faults: differences.storage.0.clone(),
        variations: differences.storage.1.clone(),
    })
}

/// What Adobe hands out for a landing zone: a signature for a week.
fn sas_url(azure: &Host, key: &str, differences: &Differences) -> String {
    let unlimited = differences.storage.0.contains(&Fault::SasUnlimited);
    let account = Account {
        name: ACCOUNT.to_owned(),
        key: key.to_owned(),
        containers: Vec::new(),
        hierarchical: true,
        principals: Vec::new(),
    };
    let terms = SasTerms {
        container: LANDING_ZONE.to_owned(),
        permissions: match differences.storage.0.contains(&Fault::ReadRefused) {
            true => "cwd".to_owned(),
            false => "racwdl".to_owned(),
        },
        expiry: Timestamp::now()
            .checked_add(168.hours())
            .ok()
            .filter(|_| !unlimited),
        ..SasTerms::default()
    };
    let signature = azure::sas(&account, &terms);
    format!("{}/{ACCOUNT}/{LANDING_ZONE}?{signature}", azure.base_url())
}

/// How files are read: as the configuration says that they are written.
fn reading(exporter: &Exporter) -> Reading {
    let options: &FileOptions = exporter.options();
    let csv = &options.csv;
    Reading {
        file_type: match options.file_type {
            FileType::Csv => ingest::FileType::Csv,
            FileType::Json => ingest::FileType::Json,
            FileType::Parquet => ingest::FileType::Parquet,
        },
        compression: match options.compression {
            Compression::None => ingest::Compression::None,
            Compression::Gzip => ingest::Compression::Gzip,
            Compression::Bzip2 => ingest::Compression::Bzip2,
            Compression::Lz4 => ingest::Compression::Lz4,
            Compression::Snappy => ingest::Compression::Snappy,
            Compression::Deflate => ingest::Compression::Deflate,
        },
        delimiter: csv.sep.clone(),
        quote: Some(csv.quote),
        escape: Some(csv.escape),
        char_to_escape_quote_escaping: csv.escape_escape,
        header: csv.header,
        columns: exporter.headers(),
        null_value: csv.null_value.clone(),
        empty_value: csv.empty_value.clone(),
        ..Reading::default()
    }
}
