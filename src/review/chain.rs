//! Checks A to C: container, integrity, signature. Nothing of a file is understood before its bytes are vouched for.

use std::collections::BTreeMap;

use crate::model::digest::Digest;
use crate::publish::bundle::statement::{PREDICATE, Statement, TYPE};
use crate::publish::bundle::{FORMAT, NAMESPACE, PARTNER, SIGNATURES, STATEMENT, SUMS, sums};
use crate::review::Reviewer;
use crate::review::check::{Checks, Decision};
use crate::review::container::{Container, ContainerFault, Limits};
use crate::review::signature::{SignatureFault, Signed, verify};

/// Bytes of the largest signature.
const SIGNATURE: usize = 64 << 10;

/// A bundle of which every byte is vouched for by its statement.
pub struct Chain<'a> {
    /// The container.
    pub container: Container<'a>,
    /// The digest of every file.
    pub sums: BTreeMap<String, Digest>,
    /// The digest of the statement.
    pub statement_sha256: Digest,
    /// Who signed it, of those who may.
    pub signer: Option<Signed>,
}

/// What the checks of the container are called.
const CONTAINER: [(&str, &str); 5] = [
    ("A1", "limits"),
    ("A2", "strict zip profile"),
    ("A3", "names"),
    ("A4", "headers and contents agree"),
    ("A5", "nothing before, between or behind"),
];

/// Follows the chain as far as it holds.
pub fn follow<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    reviewer: &Reviewer,
    checks: &mut Checks,
) -> Option<Chain<'a>> {
    let opened = Container::open(bytes, limits);
    let opened = opened.and_then(|container| read(&container).map(|read| (container, read)));
    let (container, read) = match opened {
        Ok(opened) => opened,
        Err(fault) => {
            contained(Some(&fault), checks);
            return None;
        }
    };
    contained(None, checks);
    let sums = summed(&read, checks)?;
    let statement_sha256 = stated(&read, checks)?;
    let signer = signed(&read, reviewer, checks);
    Some(Chain {
        container,
        sums,
        statement_sha256,
        signer,
    })
}

fn contained(fault: Option<&ContainerFault>, checks: &mut Checks) {
    for (id, what) in CONTAINER {
        let failed = fault.filter(|fault| fault.check() == id);
        match (fault, failed) {
            (_, Some(fault)) => {
                checks.add(id, what, Some((Decision::Malformed, fault.to_string())));
            }
            (None, None) => {
                checks.add(id, what, None);
            }
            (Some(_), None) => checks.skip(id, what),
        }
    }
}

/// What is known once every file was unpacked, one at a time.
struct Read {
    digests: BTreeMap<String, Digest>,
    sums: Option<Vec<u8>>,
    statement: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

fn read(container: &Container<'_>) -> Result<Read, ContainerFault> {
    let mut read = Read {
        digests: BTreeMap::new(),
        sums: None,
        statement: None,
        signature: None,
    };
    for name in container.names() {
        let content = container.read(name)?;
        read.digests.insert(name.to_owned(), Digest::hash(&content));
        match name {
            SUMS => read.sums = Some(content),
            STATEMENT => read.statement = Some(content),
            PARTNER => read.signature = Some(content),
            _ => {}
        }
    }
    Ok(read)
}

fn forged(why: impl ToString) -> Option<(Decision, String)> {
    Some((Decision::Forged, why.to_string()))
}

fn malformed(why: impl ToString) -> Option<(Decision, String)> {
    Some((Decision::Malformed, why.to_string()))
}

/// The sums, if they are those of the files.
fn summed(read: &Read, checks: &mut Checks) -> Option<BTreeMap<String, Digest>> {
    let what = "SHA256SUMS: sorted, each name once";
    let Some(text) = &read.sums else {
        checks.add("B1", what, forged("expected one, received none"));
        return None;
    };
    let sums = match sums::parse(text) {
        Ok(sums) => sums,
        Err(fault) => {
            checks.add("B1", what, forged(fault));
            return None;
        }
    };
    checks.add("B1", what, None);
    let outside = |name: &str| name == SUMS || name == STATEMENT || name.starts_with(SIGNATURES);
    let held: Vec<&String> = read.digests.keys().filter(|name| !outside(name)).collect();
    let stray = held.iter().find(|name| !sums.contains_key(**name));
    let missing = sums.keys().find(|name| !held.contains(name));
    let stray = stray.map(|name| format!("`{name}` is not listed"));
    let missing = missing.map(|name| format!("`{name}` is missing"));
    let set = stray.or(missing).map(|why| (Decision::Forged, why));
    let whole = checks.add("B3", "exactly the files that are listed", set);
    let mut all = sums.iter();
    let changed = all.find(|(name, sum)| read.digests.get(*name).is_some_and(|d| d != *sum));
    let changed = changed.map(|(name, _)| format!("`{name}` is not what was packed"));
    let intact = checks.add(
        "B4",
        "the digest of each file",
        changed.map(|why| (Decision::Forged, why)),
    );
    (whole && intact).then_some(sums)
}

/// The digest of the statement, if its subject is the sums.
fn stated(read: &Read, checks: &mut Checks) -> Option<Digest> {
    let what = "statement.json: in-toto Statement v1 of format 1";
    let Some(bytes) = &read.statement else {
        checks.add("B2", what, forged("expected one, received none"));
        return None;
    };
    let statement: Statement = match serde_json::from_slice(bytes) {
        Ok(statement) => statement,
        Err(fault) => {
            checks.add("B2", what, malformed(fault));
            return None;
        }
    };
    let known = statement.kind == TYPE && statement.predicate_type == PREDICATE;
    if !known || statement.predicate.format != FORMAT {
        checks.add("B2", what, malformed("it is of another kind or version"));
        return None;
    }
    let sums = read.digests.get(SUMS);
    let subject = match statement.subject.as_slice() {
        [one] => one.name == SUMS && Some(&one.digest.sha256) == sums,
        _ => false,
    };
    let fault = (!subject).then(|| "its subject is not SHA256SUMS as packed".to_owned());
    let vouched = checks.add("B2", what, fault.map(|why| (Decision::Forged, why)));
    vouched.then(|| Digest::hash(bytes))
}

/// Who signed, of those who may.
fn signed(read: &Read, reviewer: &Reviewer, checks: &mut Checks) -> Option<Signed> {
    let stray = read.digests.keys();
    let mut stray = stray.filter(|name| name.starts_with(SIGNATURES) && *name != PARTNER);
    let stray = stray.next().map(|name| format!("`{name}` is none"));
    checks.add(
        "C6",
        "only known signatures",
        stray.map(|why| (Decision::Malformed, why)),
    );
    let what = "signed by an allowed signer";
    let (Some(signature), Some(statement)) = (&read.signature, &read.statement) else {
        let fault = reviewer.policy.signature.required.then(|| {
            let why = "the policy asks for a signature, and there is none";
            (Decision::Refused, why.to_owned())
        });
        checks.add("C1", "the signatures that the policy asks for", fault);
        return None;
    };
    if signature.len() > SIGNATURE {
        let fault = malformed("a signature of more than 64 KiB");
        checks.add("C2", "SSHSIG over statement.json", fault);
        return None;
    }
    checks.add("C1", "the signatures that the policy asks for", None);
    let made = verify(
        signature,
        (NAMESPACE, statement),
        (&reviewer.signers, &reviewer.policy.signature.principals),
        reviewer.at,
    );
    let invalid = made.as_ref().err().filter(|fault| fault.is_invalid());
    let invalid = invalid.map(|fault| (Decision::Forged, fault.to_string()));
    if !checks.add("C2", "SSHSIG over statement.json", invalid) {
        return None;
    }
    match made {
        Ok(signed) => {
            checks.add("C4", &format!("{what}: `{}`", signed.principal), None);
            Some(signed)
        }
        Err(fault) => {
            let refused = reviewer.policy.signature.required || is_odd(&fault);
            let fault = refused.then(|| (Decision::Refused, fault.to_string()));
            checks.add("C4", what, fault);
            None
        }
    }
}

/// Whether a signature is worse than none.
fn is_odd(fault: &SignatureFault) -> bool {
    matches!(fault, SignatureFault::Algorithm(_))
}
