//! Upload of one large file through `Session`, with recording on, beside the clients that people use, to the same servers
//! in the same run; each in a process of its own, whose largest memory is told. `DESTSPEC_BENCH_MIB` is the size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench reports to its user and may panic"
)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use destspec::emulator::host::Host;
use destspec::emulator::storage::Store;
use destspec::emulator::storage::s3::{self, Bucket, Dialect, Key, Permissions};
use destspec::emulator::storage::sftp::{self, SftpServer, User};
use destspec::model::record::{Operation, Purpose, StorageResult};
use destspec::model::redact::Redactor;
use destspec::model::secret::Secret;
use destspec::wire::storage::{S3Setup, SftpSecret, SftpSetup};
use destspec::wire::{AuthSetup, Door, DoorSetup, Login, RetryClass, Spool, StorageSetup};
use russh::keys::{Algorithm, PrivateKey, ssh_key::LineEnding};

const ACCESS_KEY: &str = "AKIABENCH000000000AA";
const SECRET_KEY: &str = "bench-secret-key-of-forty-signs-00000000";
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match arguments.iter().position(|argument| argument == "--upload") {
        Some(at) => runtime.block_on(upload(&arguments[at + 1], &arguments[at + 2])),
        None => runtime.block_on(compare()),
    }
}

fn mebibytes() -> u64 {
    let given = std::env::var("DESTSPEC_BENCH_MIB").ok();
    given.and_then(|given| given.parse().ok()).unwrap_or(1024)
}

/// Starts the servers and every client, in turn.
async fn compare() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.bin");
    let mut whole = std::fs::File::create(&file).unwrap();
    each_mebibyte(|mebibyte| whole.write_all(mebibyte).unwrap());
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let identity = folder.path().join("key");
    std::fs::write(&identity, key.to_openssh(LineEnding::LF).unwrap()).unwrap();
    std::fs::set_permissions(&identity, std::fs::Permissions::from_mode(0o600)).unwrap();
    let server = sftp_server(&key).await;
    let port = server.address().port().to_string();
    let objects = s3_server().await;
    let sftp = format!(
        "echo 'put {} /upload/sftp.bin' | sftp -q -b - -P {port} -i {} -o StrictHostKeyChecking=no \
         -o UserKnownHostsFile=/dev/null bench@127.0.0.1",
        file.display(),
        identity.display()
    );
    let aws = format!(
        "AWS_ACCESS_KEY_ID={ACCESS_KEY} AWS_SECRET_ACCESS_KEY={SECRET_KEY} AWS_DEFAULT_REGION=eu-central-1 \
         aws --endpoint-url {} s3 cp --quiet {} s3://bench/in/aws",
        objects.base_url(),
        file.display()
    );
    beside("SFTP", &port, &identity, ("sftp", &sftp));
    beside("S3", objects.base_url(), &identity, ("aws", &aws));
}

/// The median rates of both, and how they compare.
fn beside(kind: &str, at: &str, identity: &Path, (name, line): (&str, &str)) {
    let own = std::env::current_exe().unwrap();
    let own = format!(
        "BENCH_KEY={} {} --upload {kind} {at}",
        identity.display(),
        own.display()
    );
    let (mut ours, mut theirs, mut memory) = (Vec::new(), Vec::new(), 0);
    let found = Command::new(name)
        .arg("--version")
        .stderr(Stdio::null())
        .output();
    for _ in 0..ROUNDS {
        let (seconds, said) = timed(&own).unwrap();
        let said: Vec<f64> = said
            .split_whitespace()
            .filter_map(|n| n.parse().ok())
            .collect();
        memory = memory.max(said[1] as u64);
        ours.push(said[0].min(seconds));
        theirs.extend(
            found
                .is_ok()
                .then(|| timed(line).map(|(seconds, _)| seconds))
                .flatten(),
        );
    }
    let rate = |seconds: f64| mebibytes() as f64 / seconds;
    let ours = rate(median(ours));
    print!("{kind}: {ours:.0} MiB/s, at most {memory} MiB of memory; ");
    match theirs.is_empty() {
        true => println!("`{name}` cannot be run"),
        false => {
            let theirs = rate(median(theirs));
            println!("`{name}` {theirs:.0} MiB/s: ratio {:.2}", ours / theirs);
        }
    }
}

/// Seconds that a line of shell takes, and what it says; nothing where it fails.
fn timed(line: &str) -> Option<(f64, String)> {
    let start = Instant::now();
    let output = Command::new("sh").args(["-c", line]).output().unwrap();
    let seconds = start.elapsed().as_secs_f64();
    if !output.status.success() {
        println!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some((seconds, String::from_utf8(output.stdout).unwrap()))
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Bytes that nothing compresses, a mebibyte at a time.
fn each_mebibyte(mut take: impl FnMut(&[u8])) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut mebibyte = vec![0; 1 << 20];
    for _ in 0..mebibytes() {
        for word in mebibyte.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        take(&mebibyte);
    }
}

/// Uploads, and prints the seconds and the largest memory of this process in mebibytes.
async fn upload(kind: &str, at: &str) {
    let mut spool = Spool::new();
    each_mebibyte(|mebibyte| spool.write_all(mebibyte).unwrap());
    let content = spool.finish();
    let storage = match kind {
        "SFTP" => StorageSetup::Sftp(Box::new(SftpSetup {
            host: "127.0.0.1".to_owned(),
            port: at.parse().unwrap(),
            folder: "/upload".to_owned(),
            username: "bench".to_owned(),
            secret: SftpSecret::Key {
                key: Secret::new(
                    std::fs::read_to_string(std::env::var("BENCH_KEY").unwrap()).unwrap(),
                ),
                passphrase: None,
            },
            host_key: None,
        })),
        _ => StorageSetup::S3(Box::new(S3Setup {
            bucket: "bench".to_owned(),
            folder: "in".to_owned(),
            endpoint: Some(at.to_owned()),
            region: Some("eu-central-1".to_owned()),
            access_key_id: ACCESS_KEY.to_owned(),
            secret_access_key: Secret::new(SECRET_KEY),
            session_token: None,
            role: None,
        })),
    };
    let session = door(storage).session("bench");
    let put = Operation::Put {
        path: "large.bin".to_owned(),
        bytes: content.bytes(),
        sha256: content.sha256(),
    };
    let start = Instant::now();
    let put = (put, Some(&content));
    let sent = session
        .store(Purpose::Delivery, put, Login::Valid)
        .await
        .unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let exchange = session.exchange(sent).unwrap();
    let result = &exchange.storage().unwrap().result;
    assert_eq!(*result, StorageResult::Done, "{kind}");
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let largest = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kibibytes: u64 = largest.split_whitespace().next().unwrap().parse().unwrap();
    println!("{seconds} {}", kibibytes / 1024);
}

fn door(storage: StorageSetup) -> Door {
    Door::live(DoorSetup {
        folder: std::path::PathBuf::new(),
        run_id: "bench".to_owned(),
        seed: 1,
        started: Some(Instant::now()),
        destination: "bench".to_owned(),
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

async fn sftp_server(key: &PrivateKey) -> SftpServer {
    let user = User {
        name: "bench".to_owned(),
        password: None,
        authorized_keys: vec![key.public_key().to_openssh().unwrap()],
        writable: true,
    };
    let setup = sftp::SftpSetup {
        users: vec![user],
        store: Arc::new(Store::new().unwrap()),
        home: "/upload".to_owned(),
        sessions: 4,
        faults: BTreeSet::new(),
        variations: BTreeSet::new(),
    };
    SftpServer::start(setup).await.unwrap()
}

async fn s3_server() -> Host {
    let key = Key {
        access_key_id: ACCESS_KEY.to_owned(),
        secret_access_key: SECRET_KEY.to_owned(),
        permissions: Permissions::ALL,
        role: None,
    };
    let bucket = Bucket {
        name: "bench".to_owned(),
        store: Arc::new(Store::new().unwrap()),
        prefix: None,
        keys: vec![key],
    };
    let setup = s3::S3Setup {
        buckets: vec![bucket],
        dialect: Dialect::Aws,
        region: Some("eu-central-1".to_owned()),
        faults: BTreeSet::new(),
        variations: BTreeSet::new(),
    };
    Host::start(None, 0, |_| s3::router(setup)).await.unwrap()
}
