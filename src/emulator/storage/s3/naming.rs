//! Which name a file gets that is written, and which names are refused. Reading takes names as they come.

use s3s::{S3Error, S3ErrorCode};

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::s3::holding::Holding;
use crate::emulator::storage::s3::refusal::{denied, error};
use crate::emulator::storage::s3::rules::Rules;
use crate::emulator::storage::spoiling::{is_refused, is_too_long, spoilt};

/// The name under which a file is stored.
pub(crate) fn stored(key: &str, holding: &Holding, rules: &Rules) -> String {
    let (root, below) = split(key, &holding.prefix);
    let mut name = below.to_owned();
    if rules.has(Fault::FoldersFlattened) {
        name = flattened(root, &name, holding);
    }
    let name = spoilt(&name, &rules.in_force);
    format!("{root}{name}")
}

/// The name that a delete means: that of a file, or the one under which it was stored.
pub(crate) fn meant(key: &str, holding: &Holding, rules: &Rules) -> String {
    match holding.store.get(key) {
        Some(_) => key.to_owned(),
        None => stored(key, holding, rules),
    }
}

/// Why a name may not be written.
pub(crate) fn refusal(key: &str, holding: &Holding, rules: &Rules) -> Option<S3Error> {
    let (_, below) = split(key, &holding.prefix);
    let file = below.rsplit('/').next().unwrap_or(below);
    let refused = rules.has(Fault::FoldersRefused) && below.contains('/')
        || is_refused(file, &rules.in_force);
    if is_too_long(file, &rules.in_force) {
        return Some(error(S3ErrorCode::KeyTooLongError, "Your key is too long"));
    }
    refused.then(denied)
}

/// The configured folder, and what is below it.
fn split<'a>(key: &'a str, prefix: &str) -> (&'a str, &'a str) {
    let below = key.strip_prefix(prefix).unwrap_or(key);
    let below = match prefix.is_empty() {
        true => below,
        false => below.strip_prefix('/').unwrap_or(below),
    };
    key.split_at(key.len() - below.len())
}

fn flattened(root: &str, below: &str, holding: &Holding) -> String {
    let Some((folder, file)) = below.rsplit_once('/') else {
        return below.to_owned();
    };
    if !holding.store.list(&format!("{root}{folder}/")).is_empty() {
        return below.to_owned();
    }
    match folder.rsplit_once('/') {
        Some((above, _)) => format!("{above}/{file}"),
        None => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::emulator::rules::InForce;
    use crate::emulator::storage::s3::setup::{Bucket, Dialect};
    use crate::emulator::storage::store::Store;

    fn holding(prefix: &str) -> Holding {
        let store = Arc::new(Store::new().unwrap());
        let upload = store.begin().unwrap();
        store.commit("in/known/a", upload).unwrap();
        Holding::new(Bucket {
            name: "b".to_owned(),
            store,
            prefix: Some(prefix.to_owned()),
            keys: Vec::new(),
        })
    }

    fn rules(faults: &[Fault]) -> Rules {
        Rules {
            dialect: Dialect::Aws,
            region: None,
            in_force: InForce::new(faults.iter().copied().collect(), BTreeSet::new()),
        }
    }

    #[test]
    fn a_name_is_stored_as_it_is_sent_unless_a_fault_has_it_otherwise() {
        let holding = holding("in/");
        let key = "in/New Day/é%+ \u{1f600}.CSV";
        for (faults, expected) in [
            (&[][..], key),
            (&[Fault::SpacesMangled], "in/New+Day/é%++\u{1f600}.CSV"),
            (&[Fault::UnicodeMangled], "in/New Day/?%+ ?.CSV"),
            (&[Fault::CaseFolded], "in/new day/é%+ \u{1f600}.csv"),
            (&[Fault::FoldersFlattened], "in/é%+ \u{1f600}.CSV"),
        ] {
            assert_eq!(stored(key, &holding, &rules(faults)), expected);
        }
        let flat = rules(&[Fault::FoldersFlattened]);
        assert_eq!(stored("in/known/b", &holding, &flat), "in/known/b");
        assert_eq!(stored("in/known/new/b", &holding, &flat), "in/known/b");
        let cut = format!("in/f/{}", "é".repeat(70));
        let stored = stored(&cut, &holding, &rules(&[Fault::LongNamesCut]));
        assert_eq!(stored, format!("in/f/{}", "é".repeat(64)));
    }

    #[test]
    fn each_fault_refuses_its_own_names() {
        let holding = holding("in");
        let long = format!("in/{}", "n".repeat(129));
        for (fault, refused, taken) in [
            (Fault::FoldersRefused, "in/a/b.csv", "in/b.csv"),
            (Fault::LongNamesRefused, long.as_str(), "in/n"),
            (Fault::NumberedNamesRefused, "in/a_2.csv.gz", "in/a2_.csv"),
            (Fault::ManifestRefused, "in/m.json", "in/m.json.csv"),
        ] {
            let rules = rules(&[fault]);
            assert!(refusal(refused, &holding, &rules).is_some(), "{fault}");
            assert!(refusal(taken, &holding, &rules).is_none(), "{fault}");
        }
    }
}
