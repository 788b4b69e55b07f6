//! Profiles to entries, entries to groups, groups to messages' worth (reference 4.7, 5.8).

use std::collections::HashMap;

use crate::encode::message::timestamp::Shape;
use crate::model::profile::{Identity, Profile, Status};
use crate::model::sdk::{Aggregation, AggregationKey};

/// What the entries of a message have in common: `input.aggregationKey`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Key {
    /// Namespace and id of the audience.
    pub segment: Option<(String, String)>,
    /// `realized` or `exited`.
    pub status: Option<Status>,
    /// Identity namespaces of the group.
    pub namespaces: Option<Vec<String>>,
}

/// The entries of one message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Batch {
    pub(crate) key: Option<Key>,
    pub(crate) profiles: Vec<Profile>,
}

/// Gathers profiles into messages: in order, as many as the aggregation allows.
///
/// `namespaces` are those of the destination, in order.
pub(crate) fn batches(
    profiles: Vec<Profile>,
    aggregation: &Aggregation,
    namespaces: &[String],
) -> Vec<Batch> {
    let entries = if aggregation.split_user_by_id() {
        profiles.into_iter().flat_map(split).collect()
    } else {
        profiles
    };
    let limit = aggregation.limit().max(1);
    let Some(key) = aggregation.key() else {
        return chunks(None, entries, limit);
    };
    let groups = Groups::of(key, namespaces);
    let mut gathered = Gathered::default();
    for entry in entries {
        groups.sort(entry, &mut gathered);
    }
    let batches = gathered.groups.into_iter();
    batches
        .flat_map(|(key, entries)| chunks(Some(key), entries, limit))
        .collect()
}

fn chunks(key: Option<Key>, entries: Vec<Profile>, limit: usize) -> Vec<Batch> {
    let mut batches = Vec::with_capacity(entries.len().div_ceil(limit));
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        batches.push(Batch {
            key: key.clone(),
            profiles: entries.by_ref().take(limit).collect(),
        });
    }
    batches
}

/// One entry per identity; a profile without any stays as it is.
pub fn split(profile: Profile) -> Vec<Profile> {
    let one = |namespace: &str, identity: &Identity| Profile {
        identity_map: vec![(namespace.to_owned(), vec![identity.clone()])],
        ..profile.clone()
    };
    let all = profile.identity_map.iter();
    let entries: Vec<Profile> = all
        .flat_map(|(ns, identities)| identities.iter().map(move |i| one(ns, i)))
        .collect();
    if entries.is_empty() {
        vec![profile]
    } else {
        entries
    }
}

/// Groups in the order in which they came up, and the place of each.
#[derive(Default)]
struct Gathered {
    groups: Vec<(Key, Vec<Profile>)>,
    places: HashMap<Key, usize>,
}

impl Gathered {
    fn add(&mut self, key: Key, entry: Profile) {
        match self.places.get(&key) {
            Some(place) => self.groups[*place].1.push(entry),
            None => {
                self.places.insert(key.clone(), self.groups.len());
                self.groups.push((key, vec![entry]));
            }
        }
    }
}

struct Groups<'a> {
    key: &'a AggregationKey,
    namespaces: Vec<Vec<String>>,
}

impl<'a> Groups<'a> {
    /// A namespace that no group names is a group of its own.
    fn of(key: &'a AggregationKey, namespaces: &[String]) -> Self {
        let mut groups = if key.one_identity_per_group {
            Vec::new()
        } else {
            key.groups.clone()
        };
        for namespace in namespaces {
            if !groups.iter().flatten().any(|known| known == namespace) {
                groups.push(vec![namespace.clone()]);
            }
        }
        Self {
            key,
            namespaces: groups,
        }
    }

    fn sort(&self, mut entry: Profile, gathered: &mut Gathered) {
        for membership in entry.memberships_mut() {
            membership.last_qualification_time =
                Shape::Millis.written(&membership.last_qualification_time);
        }
        for (key, entry) in self.by_segment(entry) {
            if !self.key.identity {
                gathered.add(key, entry);
                continue;
            }
            for (namespaces, entry) in self.by_identity(&entry) {
                let namespaces = Some(namespaces);
                gathered.add(
                    Key {
                        namespaces,
                        ..key.clone()
                    },
                    entry,
                );
            }
        }
    }

    /// One copy per audience, with that membership only.
    fn by_segment(&self, entry: Profile) -> Vec<(Key, Profile)> {
        if !self.key.segment_id {
            return vec![(Key::default(), entry)];
        }
        let mut copies = Vec::new();
        for (namespace, id, membership) in entry.memberships() {
            let status = if membership.status.is_in() {
                Status::Realized
            } else {
                Status::Exited
            };
            let key = Key {
                segment: Some((namespace.to_owned(), id.to_owned())),
                status: self.key.segment_status.then_some(status),
                namespaces: None,
            };
            // the other memberships are not copied: there may be hundreds
            let copy = Profile {
                segment_membership: vec![(
                    namespace.to_owned(),
                    vec![(id.to_owned(), membership.clone())],
                )],
                identity_map: entry.identity_map.clone(),
                attributes: entry.attributes.clone(),
            };
            copies.push((key, copy));
        }
        copies
    }

    /// One copy per group of namespaces that the entry has an identity of.
    fn by_identity(&self, entry: &Profile) -> Vec<(Vec<String>, Profile)> {
        let mut groups = self.namespaces.clone();
        for (namespace, _) in &entry.identity_map {
            if !groups.iter().flatten().any(|known| known == namespace) {
                groups.push(vec![namespace.clone()]);
            }
        }
        let mut copies = Vec::new();
        for group in groups {
            let held = entry
                .identity_map
                .iter()
                .filter(|(ns, ids)| group.contains(ns) && !ids.is_empty());
            let identity_map: Vec<_> = held.cloned().collect();
            if !identity_map.is_empty() {
                copies.push((
                    group,
                    Profile {
                        identity_map,
                        ..entry.clone()
                    },
                ));
            }
        }
        copies
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sdk::{BestEffort, Configurable};

    const TIME: &str = "2021-10-26T16:59:00.828461Z";

    fn best(limit: usize, split: bool) -> Aggregation {
        Aggregation::BestEffort(BestEffort {
            max_users_per_request: limit,
            split_user_by_id: split,
            key: None,
        })
    }

    fn configurable(key: AggregationKey, split: bool) -> Aggregation {
        Aggregation::Configurable(Configurable {
            max_batch_age_seconds: 1800,
            max_events_in_batch: 1000,
            split_user_by_id: split,
            key,
        })
    }

    fn by_segment() -> AggregationKey {
        AggregationKey {
            segment_id: true,
            ..AggregationKey::default()
        }
    }

    fn named(name: &str) -> Profile {
        Profile::new().identity("Email", name)
    }

    fn sizes(batches: &[Batch]) -> Vec<usize> {
        batches.iter().map(|b| b.profiles.len()).collect()
    }

    fn first_ids(batch: &Batch) -> Vec<&str> {
        let first = |p| Profile::identities(p).next().map_or("", |(_, id)| id);
        batch.profiles.iter().map(first).collect()
    }

    #[test]
    fn ten_profiles_at_seven_a_message_are_seven_and_three() {
        let profiles = (0..10).map(|n| named(&n.to_string())).collect();
        let batches = batches(profiles, &best(7, false), &[]);
        assert_eq!(sizes(&batches), [7, 3]);
        assert_eq!(first_ids(&batches[1]), ["7", "8", "9"]);
        assert!(batches.iter().all(|b| b.key.is_none()));
    }

    #[test]
    fn a_profile_is_split_into_one_entry_per_identity() {
        let profile = Profile::new()
            .identity("Email", "a")
            .identity("Email", "b")
            .identity("phone", "c")
            .attribute("city", "Oslo");
        let batches = batches(vec![profile], &best(100, true), &[]);
        assert_eq!(first_ids(&batches[0]), ["a", "b", "c"]);
        let kept = |p: &Profile| p.identities().count() == 1 && p.attributes.len() == 1;
        assert!(batches[0].profiles.iter().all(kept));
    }

    #[test]
    fn profiles_are_grouped_by_audience_and_those_in_two_come_twice() {
        let (ups, upload) = (("ups", "788d8874"), ("CustomerAudienceUpload", "8f812592"));
        let member = |p: Profile, (ns, id)| p.member(ns, id, Status::Realized, TIME);
        let profiles = vec![
            member(named("Hermione"), ups),
            member(named("Harry"), ups),
            member(named("Tom"), upload),
            member(member(named("Jerry"), ups), upload),
        ];
        let batches = batches(profiles, &configurable(by_segment(), false), &[]);
        assert_eq!(first_ids(&batches[0]), ["Hermione", "Harry", "Jerry"]);
        assert_eq!(first_ids(&batches[1]), ["Tom", "Jerry"]);
        let jerry = &batches[1].profiles[1];
        let memberships: Vec<_> = jerry.memberships().map(|(ns, id, _)| (ns, id)).collect();
        assert_eq!(memberships, [upload], "only the group's audience is left");
    }

    #[test]
    fn the_worked_example_has_eight_entries_in_each_group_of_four_namespaces() {
        let four = [
            "android_channel",
            "amazon_channel",
            "ios_channel",
            "channel",
        ];
        let key = AggregationKey {
            segment_status: true,
            identity: true,
            groups: vec![four.map(str::to_owned).to_vec()],
            ..by_segment()
        };
        let profile = |n: &str| {
            let names = [
                "amazon_channel",
                "named_user_id",
                "channel",
                "android_channel",
                "ios_channel",
            ];
            let profile = names
                .iter()
                .fold(Profile::new(), |p, ns| p.identity(ns, format!("{ns}-{n}")));
            let profile = profile.member("ups", "segmentid1", Status::Realized, TIME);
            let profile = profile.member("ups", "segmentid2", Status::Realized, TIME);
            profile.member("ups", "segmentid3", Status::Exited, TIME)
        };
        let batches = batches(
            vec![profile("a"), profile("b")],
            &configurable(key, true),
            &[],
        );
        let mut of_four = sizes(&batches);
        of_four.sort_unstable();
        assert_eq!(of_four, [2, 2, 2, 8, 8, 8]);
        let key = batches.iter().filter_map(|b| b.key.as_ref());
        let exited = key.filter(|k| k.status == Some(Status::Exited)).count();
        assert_eq!(
            exited, 2,
            "segmentid3, for the group of four and for the namespace alone"
        );
        let times = batches[0].profiles[0]
            .memberships()
            .map(|(_, _, m)| m.last_qualification_time.as_str());
        assert_eq!(times.collect::<Vec<_>>(), ["2021-10-26T16:59:00.828+0000"]);
    }

    #[test]
    fn one_identity_per_group_makes_each_namespace_a_group_of_its_own() {
        let key = AggregationKey {
            identity: true,
            one_identity_per_group: true,
            groups: vec![vec!["Email".to_owned(), "phone".to_owned()]],
            ..AggregationKey::default()
        };
        let profile = Profile::new()
            .identity("Email", "a")
            .identity("Email", "b")
            .identity("phone", "c");
        let batches = batches(vec![profile], &configurable(key, false), &[]);
        let namespaces: Vec<_> = batches
            .iter()
            .filter_map(|b| b.key.clone()?.namespaces)
            .collect();
        assert_eq!(namespaces, [["Email"], ["phone"]]);
        assert_eq!(batches[0].profiles[0].identities().count(), 2);
    }

    #[test]
    fn a_group_larger_than_the_limit_is_cut() {
        let profiles =
            (0..1001).map(|n| named(&n.to_string()).member("ups", "s", Status::Realized, TIME));
        let batches = batches(profiles.collect(), &configurable(by_segment(), false), &[]);
        assert_eq!(sizes(&batches), [1000, 1]);
        assert_eq!(batches[0].key, batches[1].key);
    }
}
