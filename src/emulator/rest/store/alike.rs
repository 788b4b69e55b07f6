//! Who is taken for whom: nobody for another, unless a fault or a variation compares identities with less than care.

use std::collections::HashMap;

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::message::Identity;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::store::Store;
use crate::emulator::rest::variation::Variation;

/// What is left of an identity where it is compared.
type Fold = fn(&Identity) -> Identity;

const FOLDS: [(Fault, Fold); 9] = [
    (Fault::LookUpIgnoresCase, |i| with(i, i.id.to_lowercase())),
    (Fault::LookUpIgnoresAccents, |i| with(i, bare(&i.id))),
    (Fault::LookUpIgnoresTrailingBlanks, |i| {
        with(i, i.id.trim_end().to_owned())
    }),
    (Fault::LookUpIgnoresLeadingZeros, |i| {
        with(i, i.id.trim_start_matches('0').to_owned())
    }),
    (Fault::LookUpIgnoresEnds, |i| {
        with(i, i.id.chars().take(64).collect())
    }),
    (Fault::LookUpIgnoresDots, |i| with(i, i.id.replace('.', ""))),
    (Fault::LookUpIgnoresDomains, |i| {
        let name = i.id.split('@').next();
        with(i, name.unwrap_or_default().to_owned())
    }),
    (Fault::LookUpIgnoresScripts, |i| {
        let ascii = |c: char| if c.is_ascii() { c } else { '?' };
        with(i, i.id.chars().map(ascii).collect())
    }),
    (Fault::LookUpIgnoresNamespace, |i| Identity {
        namespace: String::new(),
        id: i.id.clone(),
    }),
];

/// Who is known, by the place of a fold and what it leaves of them: of ten thousand people in one message, none is compared
/// with every other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folded(HashMap<(usize, Identity), Vec<Identity>>);

/// The identities that are known and taken for one of these.
pub(crate) fn alike(identities: &[Identity], store: &mut Store, rules: &Rules) -> Vec<Identity> {
    let newly = store.newly_known();
    let mails = rules.varies(Variation::MailComparedWithoutCase);
    let faults = FOLDS.iter().filter(|(fault, _)| rules.has(*fault));
    let folds = faults.map(|(_, fold)| *fold);
    let folds = folds.chain(mails.then_some(mail as Fold));
    let mut all: Vec<Identity> = Vec::new();
    for (place, fold) in folds.enumerate() {
        let Folded(known) = &mut store.folded;
        for identity in &newly {
            let alike = known.entry((place, fold(identity))).or_default();
            alike.push(identity.clone());
        }
        let taken = identities
            .iter()
            .filter_map(|i| known.get(&(place, fold(i))));
        let others = taken.flatten().filter(|known| !identities.contains(known));
        all.extend(others.cloned());
    }
    all
}

fn with(identity: &Identity, id: String) -> Identity {
    Identity {
        namespace: identity.namespace.clone(),
        id,
    }
}

fn mail(identity: &Identity) -> Identity {
    match identity.namespace.to_lowercase().contains("mail") {
        true => with(identity, identity.id.to_lowercase()),
        false => identity.clone(),
    }
}

/// The letters without the accents on them.
fn bare(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let accents = '\u{300}'..='\u{36f}';
    apart.chars().filter(|c| !accents.contains(c)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    fn identity(namespace: &str, id: &str) -> Identity {
        with(&identity_of(namespace), id.to_owned())
    }

    fn identity_of(namespace: &str) -> Identity {
        Identity {
            namespace: namespace.to_owned(),
            id: String::new(),
        }
    }

    fn taken(rules: &Rules, known: &Identity, met: &Identity) -> bool {
        let mut store = Store::default();
        let profile = json!({
            "identities": [{"type": known.namespace, "id": known.id}],
            "audiences": {"add": [], "remove": []},
        });
        store.apply(&serde_json::from_value(profile).unwrap());
        !alike(std::slice::from_ref(met), &mut store, rules).is_empty()
    }

    #[test]
    fn each_fault_takes_two_people_for_one_for_its_own_reason() {
        let pairs = [
            (Fault::LookUpIgnoresCase, ("crm", "aB"), ("crm", "Ab")),
            (Fault::LookUpIgnoresAccents, ("crm", "\u{e9}"), ("crm", "e")),
            (
                Fault::LookUpIgnoresTrailingBlanks,
                ("crm", "a"),
                ("crm", "a "),
            ),
            (
                Fault::LookUpIgnoresLeadingZeros,
                ("crm", "7"),
                ("crm", "007"),
            ),
            (Fault::LookUpIgnoresDots, ("crm", "a.b"), ("crm", "ab")),
            (
                Fault::LookUpIgnoresDomains,
                ("crm", "a@b.example"),
                ("crm", "a@c.example"),
            ),
            (
                Fault::LookUpIgnoresScripts,
                ("crm", "\u{438}"),
                ("crm", "\u{44f}"),
            ),
            (Fault::LookUpIgnoresNamespace, ("crm", "a"), ("email", "a")),
        ];
        for (fault, _) in FOLDS {
            let rules = Rules::new(BTreeSet::from([fault]), BTreeSet::new());
            for (of, known, met) in pairs {
                let (known, met) = (identity(known.0, known.1), identity(met.0, met.1));
                assert_eq!(taken(&rules, &known, &met), fault == of, "{fault} {of}");
                assert!(!taken(&Rules::default(), &known, &met));
            }
        }
    }

    #[test]
    fn mail_addresses_alone_may_be_compared_without_case() {
        let varied = BTreeSet::from([Variation::MailComparedWithoutCase]);
        let rules = Rules::new(BTreeSet::new(), varied);
        assert!(taken(
            &rules,
            &identity("Email", "A"),
            &identity("Email", "a")
        ));
        assert!(!taken(&rules, &identity("crm", "A"), &identity("crm", "a")));
    }
}
