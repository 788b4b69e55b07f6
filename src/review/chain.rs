//! Checks A to C: container, integrity, signature. Nothing of a file is understood before its bytes are vouched for.

use std::collections::BTreeMap;

use crate::model::digest::Digest;
use crate::publish::bundle::statement::{PREDICATE, Statement, TYPE};
use crate::publish::bundle::{FORMAT, NAMESPACE, PARTNER, SIGNATURES, STATEMENT, SUMS, sums};
use crate::review::check::{Checks, Decision};
use crate::review::container::{Container, ContainerFault, Limits};
use crate::review::signature::{Signed, verify};
use crate::review::{Reviewer, known};

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

/// The checks of the container.
const CONTAINER: [&str; 5] = ["A1", "A2", "A3", "A4", "A5"];

/// Follows the chain as far as it holds.
pub fn follow<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    reviewer: &Reviewer,
    checks: &mut Checks,
) -> Option<Chain<'a>> {
    let (container, vouched) = whole(bytes, limits, checks)?;
    let signer = signed(&vouched.read, reviewer, checks);
    Some(Chain {
        container,
        sums: vouched.sums,
        statement_sha256: vouched.statement_sha256,
        signer,
    })
}

/// What the statement of a bundle vouches for.
struct Vouched {
    read: Read,
    sums: BTreeMap<String, Digest>,
    statement_sha256: Digest,
}

/// A bundle of which every byte is as its statement says.
fn whole<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    checks: &mut Checks,
) -> Option<(Container<'a>, Vouched)> {
    let opened = Container::open(bytes, limits);
    if let Ok(container) = &opened
        && let Some(lacking) = lacking(container)
    {
        lacks(lacking, checks);
        return None;
    }
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
    let vouched = Vouched {
        read,
        sums,
        statement_sha256,
    };
    Some((container, vouched))
}

/// The container of a bundle of which every byte is as its statement says, whoever signed that.
///
/// # Errors
/// The checks as far as they went, of which one does not hold.
pub fn intact(bytes: &[u8]) -> Result<Container<'_>, Checks> {
    let mut checks = Checks::default();
    match whole(bytes, &Limits::MOST, &mut checks) {
        Some((container, _)) => Ok(container),
        None => Err(checks),
    }
}

/// What the directory shows to be no bundle, so that nothing has to be unpacked: the check that fails.
fn lacking(container: &Container<'_>) -> Option<&'static str> {
    let holds = |name: &str| container.names().any(|one| one == name);
    let needed = [(SUMS, "B1"), (STATEMENT, "B2")];
    let mut lacking = needed.into_iter().filter(|(name, _)| !holds(name));
    lacking.next().map(|(_, check)| check)
}

fn lacks(check: &'static str, checks: &mut Checks) {
    for id in CONTAINER {
        match id {
            "A4" => checks.skip(id),
            _ => {
                checks.judge(id, None);
            }
        }
    }
    checks.judge(check, forged("expected one, received none"));
}

fn contained(fault: Option<&ContainerFault>, checks: &mut Checks) {
    for id in CONTAINER {
        let failed = fault.filter(|fault| fault.check() == id);
        match (fault, failed) {
            (_, Some(fault)) => {
                checks.judge(id, Some((Decision::Malformed, fault.to_string())));
            }
            (None, None) => {
                checks.judge(id, None);
            }
            (Some(_), None) => checks.skip(id),
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
    let Some(text) = &read.sums else {
        checks.judge("B1", forged("expected one, received none"));
        return None;
    };
    let sums = match sums::parse(text) {
        Ok(sums) => sums,
        Err(fault) => {
            checks.judge("B1", forged(fault));
            return None;
        }
    };
    checks.judge("B1", None);
    let outside = |name: &str| name == SUMS || name == STATEMENT || name.starts_with(SIGNATURES);
    let held: Vec<&String> = read.digests.keys().filter(|name| !outside(name)).collect();
    let stray = held.iter().find(|name| !sums.contains_key(**name));
    let missing = sums.keys().find(|name| !held.contains(name));
    let stray = stray.map(|name| format!("`{name}` is not listed"));
    let missing = missing.map(|name| format!("`{name}` is missing"));
    let set = stray.or(missing).map(|why| (Decision::Forged, why));
    let whole = checks.judge("B3", set);
    let mut all = sums.iter();
    let changed = all.find(|(name, sum)| read.digests.get(*name).is_some_and(|d| d != *sum));
    let changed = changed.map(|(name, _)| format!("`{name}` is not what was packed"));
    let intact = checks.judge("B4", changed.map(|why| (Decision::Forged, why)));
    (whole && intact).then_some(sums)
}

/// The digest of the statement, if its subject is the sums.
fn stated(read: &Read, checks: &mut Checks) -> Option<Digest> {
    let Some(bytes) = &read.statement else {
        checks.judge("B2", forged("expected one, received none"));
        return None;
    };
    let statement: Statement = match serde_json::from_slice(bytes) {
        Ok(statement) => statement,
        Err(fault) => {
            checks.judge("B2", malformed(fault));
            return None;
        }
    };
    let known = statement.kind == TYPE && statement.predicate_type == PREDICATE;
    if !known || statement.predicate.format != FORMAT {
        checks.judge("B2", malformed("it is of another kind or version"));
        return None;
    }
    let sums = read.digests.get(SUMS);
    let subject = match statement.subject.as_slice() {
        [one] => one.name == SUMS && Some(&one.digest.sha256) == sums,
        _ => false,
    };
    let fault = (!subject).then(|| "its subject is not SHA256SUMS as packed".to_owned());
    let vouched = checks.judge("B2", fault.map(|why| (Decision::Forged, why)));
    vouched.then(|| Digest::hash(bytes))
}

/// Who signed, of those who may.
fn signed(read: &Read, reviewer: &Reviewer, checks: &mut Checks) -> Option<Signed> {
    let stray = read.digests.keys();
    let mut stray = stray.filter(|name| name.starts_with(SIGNATURES) && *name != PARTNER);
    let stray = stray.next().map(|name| format!("`{name}` is none"));
    checks.judge("C6", stray.map(|why| (Decision::Malformed, why)));
    let (Some(signature), Some(statement)) = (&read.signature, &read.statement) else {
        let fault = reviewer.policy.signature.required.then(|| {
            let why = "the policy asks for a signature, and there is none";
            (Decision::Refused, why.to_owned())
        });
        checks.judge("C1", fault);
        return None;
    };
    if signature.len() > SIGNATURE {
        let fault = malformed("a signature of more than 64 KiB");
        checks.judge("C2", fault);
        return None;
    }
    checks.judge("C1", None);
    let made = verify(
        signature,
        (NAMESPACE, statement),
        (&reviewer.signers, &reviewer.policy.signature.principals),
        reviewer.at,
    );
    let unverified = made.as_ref().err();
    let unverified = unverified.and_then(|fault| Some((fault.unverified()?, fault.to_string())));
    if !checks.judge("C2", unverified) {
        checks.skip("C4");
        return None;
    }
    match made {
        Ok(signed) => {
            let what = format!("{}: `{}`", known::what("C4"), signed.principal);
            checks.add("C4", &what, None);
            Some(signed)
        }
        Err(fault) => {
            if reviewer.policy.signature.required {
                checks.judge("C4", Some((Decision::Refused, fault.to_string())));
            } else {
                let words =
                    format!("signed by nobody whom the policy takes, which asks for none: {fault}");
                checks.note("C4", words);
            }
            None
        }
    }
}
