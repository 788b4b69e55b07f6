//! What a person still has to judge: what was stated, what cannot be told from a bundle, and what of a run is unusual.

use core::net::{IpAddr, Ipv6Addr};
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::conclusion::{Conclusion, conclude_destinations};
use crate::model::record::{Attestation, Run};
use crate::model::submission::CredentialName;
use crate::review::check::{Checks, Decision, Fault};
use crate::review::policy::Attestations;
use crate::review::{Review, Reviewer, hygiene};
use crate::suite::posted::AUTHORITY;

/// What no offline review tells: who ran it where. Attestations of Sigstore are left to the program that knows its roots.
const PROVENANCE: &str = "where it was run, if in GitHub Actions: `bundle show BUNDLE --file statement.json > statement.json`, \
    `gh attestation verify statement.json --repo OWNER/NAME --deny-self-hosted-runners \
    --signer-workflow destspec/destspec/.github/workflows/certify.yml`";

/// What a partner can do that leaves no trace in a bundle, and what a reviewer can do about each.
const UNTOLD: [&str; 2] = [
    "that the destination which answered is the one that customers get: whoever runs it can make it answer anything. \
     `destspec rerun` asks it again for a sample that the challenge hid, and `challenge new --control HOST` whose host it is",
    "that this is not the best of many runs: `destspec challenge new --repetitions N` asks for several, from data that \
     nobody knew before, and a ledger takes one bundle a challenge",
];

/// What persons stated, and what else no program can judge.
pub fn left(run: &Run, reviewer: &Reviewer, checks: &mut Checks, review: &mut Review) {
    let person = &mut review.person;
    person.extend(run.attestations.iter().map(stated));
    person.push(format!(
        "that `{}` is who it says, and {} what it submits",
        run.partner.name,
        run.destinations
            .iter()
            .map(|d| format!("`{} {}`", d.name, d.version))
            .collect::<Vec<_>>()
            .join(", ")
    ));
    person.push(format!(
        "that edition {} of the prerequisites page is the one to judge by, and that it is asked for as {}",
        run.edition, run.partner.kind
    ));
    person.extend(offers(run));
    person.extend(hygiene::hidden(run).into_iter().map(|name| {
        format!("what was posted as `{name}`: a secret hides a part of it, so that its digest is the partner's word")
    }));
    person.extend(own_authorities(run));
    person.extend(named_by_secrets(run));
    person.extend(unreachable(run));
    person.extend(UNTOLD.map(str::to_owned));
    person.push(PROVENANCE.to_owned());
    checks.judge("P1", taken(run, reviewer));
}

/// A statement with what backs it and how long it holds.
fn stated(attestation: &Attestation) -> String {
    let a = attestation;
    let until = a.valid_until.as_ref();
    let until = until.map_or_else(String::new, |day| format!(", until {day}"));
    let document = match &a.document_sha256 {
        Some(sha256) => format!(", by a document whose SHA-256 is {sha256}"),
        None => String::from(", without a document"),
    };
    format!(
        "{}: \"{}\", stated by {} on {}{until}{document}",
        a.requirement, a.statement, a.by, a.on
    )
}

/// The last day on which every requirement that is stated is still stated by somebody; nothing where there is no end.
pub fn holds_until(run: &Run) -> Option<Date> {
    let requirements: BTreeSet<&str> = run.attestations.iter().map(|a| &*a.requirement).collect();
    let ends = requirements
        .into_iter()
        .filter_map(|requirement| end(run, requirement));
    ends.min()
}

/// The last day on which somebody's statement of a requirement holds. A day that cannot be read is long over.
fn end(run: &Run, requirement: &str) -> Option<Date> {
    let mut own = run
        .attestations
        .iter()
        .filter(|a| a.requirement == requirement);
    own.try_fold(Date::MIN, |last, attestation| {
        let until = attestation.valid_until.as_ref()?;
        Some(last.max(until.parse().unwrap_or(Date::MIN)))
    })
}

/// Why the policy does not take what persons stated, if so. A statement that has ended is none, whatever the policy takes.
fn taken(run: &Run, reviewer: &Reviewer) -> Fault {
    let today = day(reviewer.at);
    let mut stated = run.attestations.iter().map(|a| &*a.requirement);
    let ended = stated.find_map(|id| {
        let until = end(run, id).filter(|until| *until < today)?;
        Some(format!(
            "{id} is stated until {until}, and the review is on {today}"
        ))
    });
    if let Some(why) = ended {
        return Some((Decision::Refused, why));
    }
    let ids: Vec<&str> = run.attestations.iter().map(|a| &*a.requirement).collect();
    match reviewer.policy.evidence.attestations {
        Attestations::Person if !ids.is_empty() => Some((Decision::Person, ids.join(", "))),
        Attestations::Person | Attestations::Accept => None,
    }
}

/// The day of a time, in UTC.
fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// What each destination claims, and what of the optional it does not offer.
fn offers(run: &Run) -> Vec<String> {
    let listed = |ids: Vec<&str>| match ids.is_empty() {
        true => String::from("nothing"),
        false => ids.join(", "),
    };
    let concluded = conclude_destinations(run);
    let offers = run.destinations.iter().zip(&concluded);
    let said = offers.map(|(d, concluded)| {
        let not_offered = concluded.iter();
        let not_offered = not_offered.filter(|c| c.conclusion == Conclusion::NotOffered);
        format!(
            "that `{}` is to offer what it claims ({}) and not the rest ({})",
            d.name,
            listed(d.claims.iter().map(String::as_str).collect()),
            listed(not_offered.map(|c| c.prerequisite.as_str()).collect()),
        )
    });
    said.collect()
}

/// Destinations whose certificates are vouched for by nobody but the partner.
fn own_authorities(run: &Run) -> Vec<String> {
    let mut found = BTreeMap::<_, BTreeSet<&str>>::new();
    for destination in &run.destinations {
        let files = destination.files.iter();
        let own = files.filter_map(|f| Some((f.name.strip_prefix(AUTHORITY)?.trim(), &*f.value)));
        own.for_each(|file| {
            found.entry(file).or_default().insert(&destination.name);
        });
    }
    let said = found.into_iter().map(|((file, sha256), names)| {
        format!(
            "that {} may be reached with a certificate authority of the submission, `{file}`, SHA-256 {sha256}: customers do not trust it",
            listed(names)
        )
    });
    said.collect()
}

/// Hosts at addresses that nobody reaches from outside the partner's own machines.
fn unreachable(run: &Run) -> Vec<String> {
    let mut found = BTreeMap::<_, BTreeSet<&str>>::new();
    for destination in run.all().flat_map(|run| &run.destinations) {
        let seen = destination.connections.iter();
        let seen = seen.flat_map(|c| c.addresses.iter().map(|address| (&*c.origin, &**address)));
        let named = destination.given.hosts.iter().flatten();
        let named = named.map(|origin| (&**origin, host(origin)));
        for place in seen.chain(named).filter(|(_, address)| is_own(address)) {
            found.entry(place).or_default().insert(&destination.name);
        }
    }
    let said = found.into_iter().map(|((origin, address), names)| {
        format!(
            "that {} may be reached at an address that no customer has: {origin} at {address}",
            listed(names)
        )
    });
    said.collect()
}

/// Locations whose host stands in a secret.
fn named_by_secrets(run: &Run) -> Vec<String> {
    let secret =
        [CredentialName::ConnectionString, CredentialName::SasUrl].map(CredentialName::key);
    let all = run.destinations.iter();
    let named = all.filter(|d| d.given.secrets.iter().any(|name| secret.contains(&&**name)));
    let said = named.map(|d| {
        let hosts = d.given.hosts.iter().flatten().map(String::as_str);
        format!(
            "that the location of `{}` is at {}, which a secret names that no bundle holds",
            d.name,
            listed(hosts.collect())
        )
    });
    said.collect()
}

fn listed(names: BTreeSet<&str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The host of an origin, without brackets.
fn host(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    host.trim_matches(['[', ']'])
}

/// Whether a host or an address is one of the partner's own machines to everybody else.
fn is_own(host: &str) -> bool {
    let name = host.trim_end_matches('.');
    let is_local = name == "localhost" || name.ends_with(".localhost");
    is_local || host.parse().is_ok_and(|ip| is_private(&ip))
}

/// Whether an address means another machine to everybody, or none at all (RFC 6890).
fn is_private(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || a == 0 || shared
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_private(&IpAddr::V4(ip)),
            None => is_private_v6(ip),
        },
    }
}

fn is_private_v6(ip: &Ipv6Addr) -> bool {
    ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_do_not_reach_is_told_from_one_that_they_do() {
        for own in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "localhost",
            "x.localhost.",
        ] {
            assert!(is_own(own), "{own}");
        }
        for public in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(!is_own(public), "{public}");
        }
    }
}
