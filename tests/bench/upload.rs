//! Upload of one large file through `Session`, with recording on, beside the clients that people use, to the same servers
//! in the same run; each in a process of its own, whose largest memory is told. `DESTSPEC_BENCH_MIB` is the size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench reports to its user and may panic"
)]

#[path = "../it/support/locations.rs"]
mod locations;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use destspec::model::record::{Operation, Purpose, StorageResult};
use destspec::wire::{Login, Spool};
use russh::keys::{Algorithm, PrivateKey, ssh_key::LineEnding};

use locations::{ACCESS_KEY, KINDS, SECRET_KEY, start};

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
    for kind in KINDS {
        let keys = vec![key.public_key().to_openssh().unwrap()];
        let stand = start(kind, keys).await;
        let at = stand.at();
        let other = other(kind, &at, &file, &identity);
        beside(kind, &at, (other.0, &other.1));
        let mebibytes = largest_memory();
        println!(
            "    this process, which holds the servers so far: at most {mebibytes} MiB of memory"
        );
    }
}

/// The client that people use for a kind, and its line of shell; there is none here for Azure.
fn other(kind: &str, at: &str, file: &Path, identity: &Path) -> (&'static str, String) {
    let file = file.display();
    match kind {
        "SFTP" => (
            "sftp",
            format!(
                "echo 'put {file} /upload/sftp.bin' | sftp -q -b - -P {at} -i {} -o StrictHostKeyChecking=no \
                 -o UserKnownHostsFile=/dev/null large@127.0.0.1",
                identity.display()
            ),
        ),
        "S3" => (
            "aws",
            format!(
                "AWS_ACCESS_KEY_ID={ACCESS_KEY} AWS_SECRET_ACCESS_KEY={SECRET_KEY} AWS_DEFAULT_REGION=eu-central-1 \
                 aws --endpoint-url {at} s3 cp --quiet {file} s3://large/in/aws"
            ),
        ),
        _ => ("azcopy", "false".to_owned()),
    }
}

/// The median rates of both, and how they compare.
fn beside(kind: &str, at: &str, (name, line): (&str, &str)) {
    let own = std::env::current_exe().unwrap();
    let own = format!("{} --upload {kind} {at}", own.display());
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
    let session = locations::door(kind, at).session("bench");
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
    println!("{seconds} {}", largest_memory());
}

/// Of this process so far, in mebibytes.
fn largest_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let largest = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kibibytes: u64 = largest.split_whitespace().next().unwrap().parse().unwrap();
    kibibytes / 1024
}
