//! Shared access signatures of the service kind: for a container or a blob, with terms of their own or of a stored
//! access policy. Those of an account and of a user's delegation are not known here.

use std::net::Ipv4Addr;

use jiff::{Timestamp, civil};

use crate::emulator::storage::Fault;
use crate::emulator::storage::azure::auth::Access;
use crate::emulator::storage::azure::auth::secret::{same_secret, signature};
use crate::emulator::storage::azure::call::Call;
use crate::emulator::storage::azure::failure::{self, Failure};
use crate::emulator::storage::azure::setup::{Account, Policy};
use crate::emulator::storage::azure::state::{AccountState, Server};

/// The version that signatures are made for here.
const VERSION: &str = "2023-11-03";

/// What a shared access signature is to allow.
#[derive(Debug, Clone, Default)]
pub struct SasTerms {
    /// The container.
    pub container: String,
    /// The one blob that it is for; none: all of the container.
    pub blob: Option<String>,
    /// The letters: `r`ead, `c`reate, `w`rite, `d`elete, `l`ist, `m`ove; empty where a policy has them.
    pub permissions: String,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// When it ends. Azure refuses one without an end unless its policy has one; here a fault takes it.
    pub expiry: Option<Timestamp>,
    /// The stored access policy that has the terms that are left out.
    pub policy: Option<String>,
    /// Whether it is for `https` alone.
    pub https_only: bool,
}

/// A shared access signature: the query of a URL, without the question mark.
#[must_use]
pub fn sas(account: &Account, terms: &SasTerms) -> String {
    let time = |time: Option<Timestamp>| {
        time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .unwrap_or_default()
    };
    let kind = if terms.blob.is_some() { "b" } else { "c" };
    let mut fields = vec![
        ("sv", VERSION.to_owned()),
        ("sp", terms.permissions.clone()),
        ("st", time(terms.start)),
        ("se", time(terms.expiry)),
        ("si", terms.policy.clone().unwrap_or_default()),
        (
            "spr",
            ["", "https"][usize::from(terms.https_only)].to_owned(),
        ),
        ("sr", kind.to_owned()),
    ];
    fields.retain(|(_, value)| !value.is_empty());
    let resource = resource(&account.name, &terms.container, terms.blob.as_deref());
    let field = |name: &str| {
        let own = fields.iter().find(|(key, _)| *key == name);
        own.map_or("", |(_, value)| value.as_str())
    };
    let text = string_to_sign(field, &resource);
    fields.push(("sig", signature(&account.key, &text).unwrap_or_default()));
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn resource(account: &str, container: &str, blob: Option<&str>) -> String {
    match blob {
        Some(blob) => format!("/blob/{account}/{container}/{blob}"),
        None => format!("/blob/{account}/{container}"),
    }
}

fn string_to_sign<'a>(field: impl Fn(&str) -> &'a str, resource: &'a str) -> String {
    let version = field("sv");
    let mut lines = vec![field("sp"), field("st"), field("se"), resource];
    lines.extend(["si", "sip", "spr", "sv"].map(&field));
    if version >= "2018-11-09" {
        lines.extend([field("sr"), ""]);
    }
    if version >= "2020-12-06" {
        lines.push(field("ses"));
    }
    lines.extend(["rscc", "rscd", "rsce", "rscl", "rsct"].map(&field));
    lines.join("\n")
}

/// Whether the signature of a request holds, and what it allows.
pub(super) fn verified(
    call: &Call,
    account: &AccountState,
    place: (&str, Option<&str>),
    server: &Server,
) -> Result<Access, Failure> {
    const UNKNOWN: &str = "The signature is not one for a container or a blob.";
    const WRONG: &str = "Signature did not match.";
    let refused = |why| Err(failure::AUTHENTICATION_FAILED.because(why));
    let (container, blob) = place;
    let field = |name: &str| call.parameter(name).unwrap_or_default();
    let own = match field("sr") {
        "c" => None,
        "b" if blob.is_some() => blob,
        _ => return refused(UNKNOWN),
    };
    let resource = resource(&account.name, container, own);
    let text = string_to_sign(field, &resource);
    let right = signature(&account.key, &text).unwrap_or_default();
    if !same_secret(field("sig"), &right, &server.rules) {
        return refused(WRONG);
    }
    let policy = policy(field("si"), account, container)?;
    timely(call, &policy, server)?;
    reachable(field("spr"), field("sip"), server)?;
    Ok(Access::Signature {
        permissions: either(field("sp"), &policy.permissions)?.to_owned(),
        blob: own.map(str::to_owned),
    })
}

fn policy(id: &str, account: &AccountState, container: &str) -> Result<Policy, Failure> {
    const UNKNOWN: &str = "The signature refers to no stored access policy of the container.";
    if id.is_empty() {
        return Ok(Policy::default());
    }
    let policies = account.container(container).map(|room| &room.policies);
    let policy = policies.and_then(|all| all.iter().find(|policy| policy.id == id));
    policy
        .cloned()
        .ok_or(failure::AUTHENTICATION_FAILED.because(UNKNOWN))
}

/// A term comes from the signature or from its policy, not from both.
fn either<'a>(signed: &'a str, stored: &'a str) -> Result<&'a str, Failure> {
    match (signed, stored) {
        ("", "") => Err(failure::AUTHENTICATION_FAILED.because("sp is mandatory.")),
        ("", stored) => Ok(stored),
        (signed, "") => Ok(signed),
        _ => Err(failure::AUTHENTICATION_FAILED.because("sp is in the policy already.")),
    }
}

fn timely(call: &Call, policy: &Policy, server: &Server) -> Result<(), Failure> {
    const EARLY: &str = "Signature not valid in the specified time frame: it has not begun.";
    const LATE: &str = "Signature not valid in the specified time frame: it has ended.";
    const ENDLESS: &str = "se is mandatory.";
    let refused = |why| Err(failure::AUTHENTICATION_FAILED.because(why));
    let start = own_time(call, "st")?.or(policy.start);
    let end = own_time(call, "se")?.or(policy.expiry);
    if start.is_some_and(|start| call.now < start) {
        return refused(EARLY);
    }
    match end {
        Some(end) if call.now >= end && !server.rules.has(Fault::SasExpiryIgnored) => refused(LATE),
        None if !server.rules.has(Fault::SasUnlimited) => refused(ENDLESS),
        Some(_) | None => Ok(()),
    }
}

fn own_time(call: &Call, name: &str) -> Result<Option<Timestamp>, Failure> {
    const WRONG: &str = "st or se is not a time.";
    let text = call.parameter(name).filter(|text| !text.is_empty());
    text.map(|text| time(text).ok_or(failure::AUTHENTICATION_FAILED.because(WRONG)))
        .transpose()
}

/// A date, with hours and minutes, with seconds, with parts of them.
fn time(text: &str) -> Option<Timestamp> {
    let full = text.parse().ok();
    let minutes = || {
        let text = text.strip_suffix('Z')?;
        let (date, time) = text.split_once('T')?;
        format!("{date}T{time}:00Z").parse().ok()
    };
    let day = || {
        let date: civil::Date = text.parse().ok().filter(|_| text.len() == 10)?;
        Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    full.or_else(minutes).or_else(day)
}

/// Every client is on this machine.
fn reachable(protocols: &str, addresses: &str, server: &Server) -> Result<(), Failure> {
    if protocols == "https" && !server.https {
        return Err(failure::PROTOCOL_MISMATCH);
    }
    let (first, last) = addresses.split_once('-').unwrap_or((addresses, addresses));
    let inside = |first: Ipv4Addr, last| (first..=last).contains(&Ipv4Addr::LOCALHOST);
    match (addresses, first.parse(), last.parse()) {
        ("", _, _) => Ok(()),
        (_, Ok(first), Ok(last)) if inside(first, last) => Ok(()),
        _ => Err(failure::SOURCE_IP),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    use axum::http::{HeaderMap, Method};
    use jiff::ToSpan as _;

    use super::*;
    use crate::emulator::storage::azure::setup::{AzureSetup, Container};
    use crate::emulator::storage::{Store, Variation};

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn account() -> Account {
        let policy = Policy {
            id: "landing".to_owned(),
            permissions: "rl".to_owned(),
            start: None,
            expiry: NOW.parse::<Timestamp>().unwrap().checked_add(1.hour()).ok(),
        };
        Account {
            name: "acct".to_owned(),
            key: "a2V5".to_owned(),
            containers: vec![Container {
                name: "c".to_owned(),
                store: Store::new().unwrap().into(),
                folder: String::new(),
                policies: vec![policy],
            }],
            hierarchical: false,
            principals: Vec::new(),
        }
    }

    fn found(query: &str, faults: &[Fault]) -> Result<Access, &'static str> {
        let server = Server::new(AzureSetup {
            accounts: vec![account()],
            tenants: Vec::new(),
            faults: BTreeSet::from_iter(faults.iter().copied()),
            variations: BTreeSet::<Variation>::new(),
            https: false,
        });
        let now = NOW.parse().unwrap();
        let call = Call::new(Method::GET, "/acct/c/a", query, HeaderMap::new(), now);
        let account = server.account("acct").unwrap();
        verified(&call, account, ("c", Some("a")), &server).map_err(|failure| failure.code)
    }

    fn terms(hours: i64) -> SasTerms {
        let now: Timestamp = NOW.parse().unwrap();
        SasTerms {
            container: "c".to_owned(),
            permissions: "rw".to_owned(),
            start: now.checked_add((hours - 2).hours()).ok(),
            expiry: now.checked_add(hours.hours()).ok(),
            ..SasTerms::default()
        }
    }

    #[test]
    fn a_signature_holds_between_its_beginning_and_its_end() {
        let of = |hours, faults: &[Fault]| found(&sas(&account(), &terms(hours)), faults).is_ok();
        assert!(of(1, &[]) && !of(0, &[]) && !of(-1, &[]) && !of(3, &[]));
        assert!(of(-1, &[Fault::SasExpiryIgnored]) && !of(3, &[Fault::SasExpiryIgnored]));
    }

    #[test]
    fn a_signature_without_end_needs_a_fault_or_a_policy() {
        let endless = SasTerms {
            expiry: None,
            ..terms(1)
        };
        let query = sas(&account(), &endless);
        assert_eq!(found(&query, &[]), Err("AuthenticationFailed"));
        assert!(found(&query, &[Fault::SasUnlimited]).is_ok());
        let stored = SasTerms {
            container: "c".to_owned(),
            policy: Some("landing".to_owned()),
            ..SasTerms::default()
        };
        let expected = Access::Signature {
            permissions: "rl".to_owned(),
            blob: None,
        };
        assert_eq!(found(&sas(&account(), &stored), &[]), Ok(expected));
    }

    #[test]
    fn nothing_of_a_signature_can_be_changed() {
        let query = sas(&account(), &terms(1));
        for (part, other) in [("sp=rw", "sp=rwd"), ("sr=c", "sr=b"), ("sig=", "sig=A")] {
            let changed = query.replace(part, other);
            assert_eq!(found(&changed, &[]), Err("AuthenticationFailed"), "{part}");
            assert!(
                found(&changed, &[Fault::AnySecretAccepted]).is_ok(),
                "{part}"
            );
        }
        let foreign = SasTerms {
            container: "other".to_owned(),
            ..terms(1)
        };
        assert!(found(&sas(&account(), &foreign), &[]).is_err());
    }

    #[test]
    fn a_signature_for_https_or_another_address_is_refused_here() {
        let terms = SasTerms {
            https_only: true,
            ..terms(1)
        };
        let query = sas(&account(), &terms);
        assert_eq!(found(&query, &[]), Err("AuthorizationProtocolMismatch"));
        let any = &[Fault::AnySecretAccepted];
        let query = format!("{}&sip=", query.replace("&spr=https", ""));
        assert!(found(&format!("{query}127.0.0.0-127.0.0.9"), any).is_ok());
        assert_eq!(
            found(&format!("{query}192.0.2.1"), any),
            Err("AuthorizationSourceIPMismatch")
        );
    }

    #[test]
    fn times_may_be_short() {
        for text in [
            "2026-11-21",
            "2026-11-21T00:00Z",
            "2026-11-21T00:00:00.0000000Z",
        ] {
            assert_eq!(time(text), "2026-11-21T00:00:00Z".parse().ok(), "{text}");
        }
        assert_eq!(time("soon"), None);
    }
}
