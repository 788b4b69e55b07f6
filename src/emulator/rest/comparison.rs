//! Whether what is presented is what is known: exactly, unless a fault is content with less.

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// Whether what is presented suffices for what is stored.
type Comparison = fn(&str, &str) -> bool;

/// Compares a password, a token or a client secret with the stored one.
pub(crate) fn same_secret(presented: &str, stored: &str, rules: &Rules) -> bool {
    presented == stored || near(presented, stored, rules)
}

fn near(presented: &str, stored: &str, rules: &Rules) -> bool {
    let candidates: [(Fault, Comparison); 7] = [
        (Fault::SecretCaseIgnored, without_case),
        (Fault::SecretPrefixAccepted, |presented, stored| {
            !presented.is_empty() && stored.starts_with(presented)
        }),
        (Fault::SecretExtensionAccepted, |presented, stored| {
            presented.starts_with(stored)
        }),
        (Fault::SecretLastSignIgnored, but_for_the_last),
        (Fault::SecretFirstSignIgnored, but_for_the_first),
        (Fault::SecretTrimmed, |presented, stored| {
            presented.trim() == stored.trim()
        }),
        (Fault::SecretOfRightLength, |presented, stored| {
            presented.chars().count() == stored.chars().count()
        }),
    ];
    candidates
        .iter()
        .any(|(fault, suffices)| rules.has(*fault) && suffices(presented, stored))
}

/// Compares a user name with the stored one.
pub(crate) fn same_user(presented: &str, stored: &str, rules: &Rules) -> bool {
    same_name(presented, stored, rules)
        || rules.has(Fault::UserNameNotCompared)
        || rules.varies(Variation::UserNameCaseIgnored) && without_case(presented, stored)
}

/// Compares a user name or client id with the stored one.
pub(crate) fn same_name(presented: &str, stored: &str, rules: &Rules) -> bool {
    let begins = !presented.is_empty() && stored.starts_with(presented);
    presented == stored
        || rules.has(Fault::NamePrefixAccepted) && begins
        || rules.has(Fault::NameExtensionAccepted) && presented.starts_with(stored)
        || rules.has(Fault::EmptyNameAccepted) && presented.is_empty()
}

fn without_case(presented: &str, stored: &str) -> bool {
    presented.to_lowercase() == stored.to_lowercase()
}

fn but_for_the_last(presented: &str, stored: &str) -> bool {
    let cut = |text: &str| -> Vec<char> {
        let mut signs: Vec<char> = text.chars().collect();
        signs.pop();
        signs
    };
    presented.chars().count() == stored.chars().count() && cut(presented) == cut(stored)
}

fn but_for_the_first(presented: &str, stored: &str) -> bool {
    let reversed = |text: &str| -> String { text.chars().rev().collect() };
    but_for_the_last(&reversed(presented), &reversed(stored))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const STORED: &str = "pä:Word";

    /// What differs from the stored secret, and the faults content with it.
    const NEAR: [(&str, &[Fault]); 9] = [
        (
            "pÄ:word",
            &[Fault::SecretCaseIgnored, Fault::SecretOfRightLength],
        ),
        ("pä:W", &[Fault::SecretPrefixAccepted]),
        ("pä:Word1", &[Fault::SecretExtensionAccepted]),
        (
            "pä:Worx",
            &[Fault::SecretLastSignIgnored, Fault::SecretOfRightLength],
        ),
        (
            "xä:Word",
            &[Fault::SecretFirstSignIgnored, Fault::SecretOfRightLength],
        ),
        (" pä:Word", &[Fault::SecretTrimmed]),
        ("1234567", &[Fault::SecretOfRightLength]),
        ("", &[]),
        ("another secret", &[]),
    ];

    #[test]
    fn a_fault_is_content_with_its_own_near_miss_only() {
        for fault in Fault::ALL {
            let rules = Rules::new(BTreeSet::from([*fault]), BTreeSet::new());
            assert!(same_secret(STORED, STORED, &rules), "{fault}");
            for (presented, content) in NEAR {
                assert_eq!(
                    same_secret(presented, STORED, &rules),
                    content.contains(fault),
                    "{fault}: {presented}"
                );
            }
        }
    }

    #[test]
    fn user_names_are_compared_as_the_faults_have_it() {
        let of_fault = |fault| Rules::new(BTreeSet::from([fault]), BTreeSet::new());
        let varied = BTreeSet::from([Variation::UserNameCaseIgnored]);
        for (rules, content) in [
            (of_fault(Fault::UserNameNotCompared), [true, true]),
            (of_fault(Fault::SecretCaseIgnored), [false, false]),
            (Rules::new(BTreeSet::new(), varied), [true, false]),
        ] {
            let found = ["Moonshine", "sunshine"].map(|name| same_user(name, "moonshine", &rules));
            assert_eq!(found, content);
        }
    }
}
