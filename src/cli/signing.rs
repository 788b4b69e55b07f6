//! Signs for a person: by a private key of OpenSSH, or by one that only an agent has.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use ssh_key::{HashAlg, PrivateKey, PublicKey};

use crate::cli::Failure;
use crate::cli::load::{self, plain};
use crate::publish::bundle::signature::{SignError, sign};
use crate::review::signature::{self, signed_by};

const HELP: &str = "name a private key of OpenSSH as ssh:PATH, or a key of an agent as ssh-agent:SHA256:FINGERPRINT";

const KINDS: &str = "use a key of type ssh-ed25519 or ecdsa-sha2-nistp256: `ssh-keygen -t ed25519 -f FILE` makes one";

/// The signature of bytes in a namespace, by `ssh:PATH` or `ssh-agent:FINGERPRINT`, as every review takes it.
///
/// # Errors
/// When there is no such key, it cannot sign, or no review takes its signature.
pub fn signed(key: &str, namespace: &str, bytes: &[u8]) -> Result<String, Failure> {
    let signature = made(key, namespace, bytes)?;
    signed_by(signature.as_bytes(), (namespace, bytes))
        .map_err(|fault| refused(format!("`{key}`: {fault}"), KINDS))?;
    Ok(signature)
}

fn made(key: &str, namespace: &str, bytes: &[u8]) -> Result<String, Failure> {
    if let Some(fingerprint) = key.strip_prefix("ssh-agent:") {
        return by_agent(fingerprint, namespace, bytes);
    }
    let path = key.strip_prefix("ssh:").ok_or_else(|| {
        let text =
            format!("expected a key as `ssh:PATH` or `ssh-agent:FINGERPRINT`, received `{key}`");
        refused(text, HELP)
    })?;
    let key = load::text(Path::new(path), "name a private key of OpenSSH")?;
    sign(&key, namespace, bytes).map_err(|error| {
        let help = match error {
            SignError::NoKey => "`ssh-keygen -t ed25519 -f FILE` makes one",
            SignError::Locked => "add it to an agent, and name it as ssh-agent:FINGERPRINT",
            SignError::Kind(_) => KINDS,
        };
        refused(format!("`{path}`: {error}"), help)
    })
}

/// The fingerprint of the key in a file of OpenSSH, public or private; of a private one no passphrase is asked for.
///
/// # Errors
/// When there is none in it.
pub fn fingerprint(path: &Path) -> Result<String, Failure> {
    let help = "name a public key of OpenSSH, e.g. ~/.ssh/id_ed25519.pub";
    let text = load::text(path, help)?;
    let public = PublicKey::from_openssh(text.trim()).ok();
    let private = || Some(PrivateKey::from_openssh(&text).ok()?.public_key().clone());
    let key = public.or_else(private).ok_or_else(|| {
        let path = path.display();
        refused(
            format!("`{path}`: expected a key of OpenSSH, received something else"),
            help,
        )
    })?;
    Ok(signature::fingerprint(&key))
}

fn refused(text: impl Into<String>, help: &str) -> Failure {
    Failure::usage(text, Some(help.to_owned()))
}

/// Delegates to `ssh-keygen -Y sign`, which asks the agent.
fn by_agent(fingerprint: &str, namespace: &str, bytes: &[u8]) -> Result<String, Failure> {
    let listed = ran(Command::new("ssh-add").arg("-L"), b"")?;
    let mut keys = listed
        .lines()
        .filter_map(|line| PublicKey::from_openssh(line).ok());
    let key = keys.find(|key| key.fingerprint(HashAlg::Sha256).to_string() == fingerprint);
    let key = key.and_then(|key| key.to_openssh().ok()).ok_or_else(|| {
        refused(
            format!(
                "expected a key of the agent, received `{fingerprint}`, which it does not have"
            ),
            "`ssh-add -l` lists the fingerprints of its keys",
        )
    })?;
    let unwritten = |error: std::io::Error| {
        refused(
            format!("cannot write a temporary file: {}", plain(&error)),
            "free some space",
        )
    };
    let mut public = tempfile::NamedTempFile::new().map_err(unwritten)?;
    writeln!(public, "{key}").map_err(unwritten)?;
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]);
    ran(command.arg(public.path()), bytes)
}

/// What a program of OpenSSH answers to these bytes.
fn ran(command: &mut Command, input: &[u8]) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |why: &str| {
        let help = "install OpenSSH, start an agent and add the key to it";
        refused(format!("`{name}` failed: {}", why.trim()), help)
    };
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| failed(plain(&error).as_str()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // a program that ends without reading says why by itself
        let _ = stdin.write_all(input);
    }
    let output = child
        .wait_with_output()
        .map_err(|error| failed(plain(&error).as_str()))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("it answered no text"))
}
