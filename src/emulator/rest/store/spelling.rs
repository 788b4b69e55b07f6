//! How an identity is spelt in the store: as it was sent, unless a fault or a variation has one spelling for several.
//!
//! A destination that does so when it stores does so when it looks for somebody, too.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::Identity;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// The identity as it is stored.
pub(crate) fn stored(identity: &Identity, rules: &Rules) -> String {
    let namespace = identity.namespace.to_lowercase();
    let is_of = |words: &[&str]| words.iter().any(|word| namespace.contains(word));
    let lower = is_of(&["mail"]) && rules.varies(Variation::MailLowerCased);
    let id = match (is_of(&["phone"]), is_of(&["gaid", "idfa", "ecid"])) {
        (true, _) => bare(&identity.id, rules),
        (false, true) if rules.varies(Variation::DevicesUpperCased) => identity.id.to_uppercase(),
        (false, _) => identity.id.clone(),
    };
    spelt(&id, lower, rules)
}

/// The identity of that value as it may be stored, for who does not know its namespace.
pub(crate) fn sought(value: &str, rules: &Rules) -> String {
    let is_device = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    let value = match rules.varies(Variation::DevicesUpperCased) && is_device(value) {
        true => value.to_uppercase(),
        false => bare(value, rules),
    };
    spelt(&value, rules.varies(Variation::MailLowerCased), rules)
}

/// A phone number without its plus, where it is kept so.
fn bare(value: &str, rules: &Rules) -> String {
    let digits = value.strip_prefix('+').filter(|rest| {
        let all_digits = rest.bytes().all(|byte| byte.is_ascii_digit());
        rules.varies(Variation::PhonesBare) && all_digits
    });
    digits.unwrap_or(value).to_owned()
}

/// The text in the composed form of Unicode.
pub(crate) fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(text)
        .into_owned()
}

fn spelt(value: &str, lower: bool, rules: &Rules) -> String {
    let mut value = value.to_owned();
    if lower || rules.has(Fault::IdentityLowerCased) {
        value = value.to_lowercase();
    }
    if rules.has(Fault::IdentityTrimmed) {
        value = value.trim().to_owned();
    }
    if rules.has(Fault::IdentityComposed) {
        value = composed(&value);
    }
    match rules.has(Fault::LeadingZerosLost) && value.bytes().all(|byte| byte.is_ascii_digit()) {
        true => as_number(&value).to_owned(),
        false => value,
    }
}

/// Without leading zeros; a zero alone stays.
fn as_number(digits: &str) -> &str {
    let last = digits.len().saturating_sub(1);
    let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
    digits.get(zeros.min(last)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn found(rules: &Rules, namespace: &str, id: &str) -> String {
        let identity = Identity {
            namespace: namespace.to_owned(),
            id: id.to_owned(),
        };
        stored(&identity, rules)
    }

    #[test]
    fn each_fault_has_a_spelling_of_its_own() {
        for (fault, sent, kept) in [
            (Fault::IdentityLowerCased, "AbC", "abc"),
            (Fault::IdentityTrimmed, " a b ", "a b"),
            (Fault::IdentityComposed, "e\u{301}", "\u{e9}"),
            (Fault::LeadingZerosLost, "0070", "70"),
            (Fault::LeadingZerosLost, "000", "0"),
            (Fault::LeadingZerosLost, "007a", "007a"),
        ] {
            let rules = Rules::new(BTreeSet::from([fault]), BTreeSet::new());
            assert_eq!(found(&rules, "crm", sent), kept, "{fault}");
            assert_eq!(sought(sent, &rules), kept, "{fault}");
            assert_eq!(found(&Rules::default(), "crm", sent), sent);
        }
    }

    #[test]
    fn mail_addresses_alone_may_lose_their_case() {
        let rules = Rules::new(BTreeSet::new(), BTreeSet::from([Variation::MailLowerCased]));
        assert_eq!(found(&rules, "Email", "A@example.com"), "a@example.com");
        assert_eq!(found(&rules, "crm", "A1"), "A1");
    }

    #[test]
    fn ids_of_devices_may_be_kept_in_upper_case() {
        let varied = BTreeSet::from([Variation::DevicesUpperCased]);
        let rules = Rules::new(BTreeSet::new(), varied);
        let device = "4a6f1c2e-90ab-4def-8123-456789abcdef";
        assert_eq!(found(&rules, "IDFA", device), device.to_uppercase());
        assert_eq!(sought(device, &rules), device.to_uppercase());
        assert_eq!(found(&rules, "crm", "a1"), "a1");
    }
}
