//! Whether what is presented is what is known: exactly, unless a fault is content with less.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::emulator::storage::Fault;
use crate::emulator::storage::rules::Rules;

/// How much of a secret a fault compares.
const COMPARED: usize = 8;

const BASE64_SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Keys may end in bits that say nothing, as those of many clients may.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    PAD.with_decode_allow_trailing_bits(true),
);

/// HMAC-SHA256.
pub(super) fn code(key: &[u8], text: &str) -> Vec<u8> {
    // every length of key is fit for HMAC
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// What a key in base64 signs a text with, in base64; a key that is no base64 signs nothing.
pub(super) fn signature(key: &str, text: &str) -> Option<String> {
    let key = LENIENT.decode(key).ok()?;
    Some(STANDARD.encode(code(&key, text)))
}

/// Compares a client secret or a signature with the right one.
pub(in crate::emulator::storage::azure) fn same_secret(
    presented: &str,
    right: &str,
    rules: &Rules,
) -> bool {
    let begin = |text: &str| text.chars().take(COMPARED).collect::<String>();
    presented == right
        || rules.has(Fault::AnySecretAccepted)
        || rules.has(Fault::SecretCaseIgnored) && presented.to_lowercase() == right.to_lowercase()
        || rules.has(Fault::SecretCut) && begin(presented) == begin(right)
}

/// Whether a text was signed with a key, or with one that a fault cannot tell from it.
pub(super) fn same_signature(presented: &str, key: &str, text: &str, rules: &Rules) -> bool {
    let signs = |key: &str| signature(key, text).is_some_and(|right| right == presented);
    signs(key)
        || rules.has(Fault::AnySecretAccepted)
        || rules.has(Fault::SecretCaseIgnored) && other_cases(key).any(|key| signs(&key))
        || rules.has(Fault::SecretCut) && other_ends(key).any(|key| signs(&key))
}

/// A signature does not show its key, so near keys are tried: all signs in another case, or one.
fn other_cases(key: &str) -> impl Iterator<Item = String> {
    let all = [key.to_lowercase(), key.to_uppercase(), swapped(key)];
    let one = key.char_indices().map(|(place, sign)| {
        let (before, after) = (&key[..place], &key[place + sign.len_utf8()..]);
        format!("{before}{}{after}", swapped(&sign.to_string()))
    });
    all.into_iter().chain(one)
}

fn swapped(text: &str) -> String {
    let swap = |sign: char| match sign.is_ascii_lowercase() {
        true => sign.to_ascii_uppercase(),
        false => sign.to_ascii_lowercase(),
    };
    text.chars().map(swap).collect()
}

/// Keys that begin the same: cut after a group of base64, or with one other sign.
fn other_ends(key: &str) -> impl Iterator<Item = String> {
    let cut = (COMPARED..key.len()).step_by(4);
    let cut = cut.filter_map(|end| key.get(..end).map(str::to_owned));
    let places = key.char_indices().skip(COMPARED);
    let places = places.filter(|(_, sign)| *sign != '=');
    let one = places.flat_map(move |(place, sign)| {
        let (before, after) = (&key[..place], &key[place + sign.len_utf8()..]);
        BASE64_SIGNS
            .chars()
            .map(move |other| format!("{before}{other}{after}"))
    });
    cut.chain(one)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn rules(fault: Fault) -> Rules {
        Rules::new(BTreeSet::from([fault]), BTreeSet::new())
    }

    /// What differs from `Key8long+more`, and the faults content with it.
    #[test]
    fn a_fault_is_content_with_its_own_near_miss_only() {
        let near: [(&str, &[Fault]); 3] = [
            ("kEY8LONG+more", &[Fault::SecretCaseIgnored]),
            ("Key8longer", &[Fault::SecretCut]),
            ("another", &[]),
        ];
        for fault in [Fault::SecretCaseIgnored, Fault::SecretCut, Fault::WriteCut] {
            assert!(same_secret("Key8long+more", "Key8long+more", &rules(fault)));
            for (presented, content) in near {
                let found = same_secret(presented, "Key8long+more", &rules(fault));
                assert_eq!(found, content.contains(&fault), "{fault}: {presented}");
            }
        }
        assert!(same_secret(
            "another",
            "Key8long+more",
            &rules(Fault::AnySecretAccepted)
        ));
    }

    #[test]
    fn near_keys_are_found_by_what_they_sign() {
        const KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
        for (other, content) in [
            (
                "qUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
                Some(Fault::SecretCaseIgnored),
            ),
            (
                "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWA=",
                Some(Fault::SecretCut),
            ),
            ("QUJDREVG", Some(Fault::SecretCut)),
            (
                "qujdrevgr0hjsktmtu5puffsu1rvvldywvphymnkzwy=",
                Some(Fault::SecretCaseIgnored),
            ),
            ("AAAAREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=", None),
        ] {
            let presented = signature(other, "text").unwrap_or_default();
            for fault in [Fault::SecretCaseIgnored, Fault::SecretCut] {
                let found = same_signature(&presented, KEY, "text", &rules(fault));
                assert_eq!(found, content == Some(fault), "{fault}: {other}");
            }
        }
    }
}
