//! A profile as Experience Platform hands it to a template: memberships, identities, attributes (reference 5.1).

use serde_json::{Map, Value, json};

use crate::model::sdk::schema::AttributeMode;

/// One profile. Everything keeps its order: the order of iteration in a template.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// Audience namespace → audience id → membership.
    pub segment_membership: Vec<(String, Vec<(String, Membership)>)>,
    /// Identity namespace → identities.
    pub identity_map: Vec<(String, Vec<Identity>)>,
    /// Attributes in order of mapping; a value of `None` is mapped but missing on this profile.
    pub attributes: Vec<(String, Option<Value>)>,
}

/// Membership in one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// One of the timestamp shapes of reference 5.1.
    pub last_qualification_time: String,
    /// In or out.
    pub status: Status,
}

/// Status of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// In the audience.
    Realized,
    /// Was in the audience before; older editions only.
    Existing,
    /// Left the audience.
    Exited,
}

/// One identity of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its value.
    pub id: String,
}

impl Status {
    /// As a template sees it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Realized => "realized",
            Status::Existing => "existing",
            Status::Exited => "exited",
        }
    }

    /// Whether the profile is in the audience.
    pub fn is_in(self) -> bool {
        match self {
            Status::Realized | Status::Existing => true,
            Status::Exited => false,
        }
    }
}

impl Profile {
    /// A profile without anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a membership; an earlier one of the same audience is replaced.
    #[must_use]
    pub fn member(mut self, namespace: &str, audience: &str, status: Status, time: &str) -> Self {
        let membership = Membership {
            last_qualification_time: time.to_owned(),
            status,
        };
        let audiences = entry(&mut self.segment_membership, namespace);
        match audiences.iter_mut().find(|(id, _)| id == audience) {
            Some((_, old)) => *old = membership,
            None => audiences.push((audience.to_owned(), membership)),
        }
        self
    }

    /// Adds an identity to a namespace.
    #[must_use]
    pub fn identity(mut self, namespace: &str, id: impl Into<String>) -> Self {
        entry(&mut self.identity_map, namespace).push(Identity { id: id.into() });
        self
    }

    /// Adds an attribute, in place of what has its name.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = Some(value.into());
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
        self
    }

    /// Adds an attribute that is mapped but missing on this profile.
    #[must_use]
    pub fn missing(mut self, name: &str) -> Self {
        self.attributes.push((name.to_owned(), None));
        self
    }

    /// Leaves every audience.
    pub fn leave_all(&mut self) {
        for membership in self.memberships_mut() {
            membership.status = Status::Exited;
        }
    }

    /// Enters every audience.
    pub fn enter_all(&mut self) {
        for membership in self.memberships_mut() {
            membership.status = Status::Realized;
        }
    }

    /// Leaves the first audience.
    pub fn leave_first(&mut self, time: &str) {
        if let Some(membership) = self.memberships_mut().next() {
            membership.status = Status::Exited;
            time.clone_into(&mut membership.last_qualification_time);
        }
    }

    /// Keeps only the memberships that it has left.
    pub fn keep_exits(&mut self) {
        for (_, audiences) in &mut self.segment_membership {
            audiences.retain(|(_, membership)| !membership.status.is_in());
        }
        self.segment_membership.retain(|(_, all)| !all.is_empty());
    }

    /// Says nothing more of an audience, whether it is in it or has left it.
    pub fn forget(&mut self, audience: &str) {
        for (_, audiences) in &mut self.segment_membership {
            audiences.retain(|(id, _)| id != audience);
        }
        self.segment_membership.retain(|(_, all)| !all.is_empty());
    }

    /// The profile once for each of its audiences, in that audience alone.
    pub fn by_audience(&self) -> Vec<Profile> {
        let alone = |(namespace, id, m): (&str, &str, &Membership)| {
            let mut profile = self.clone();
            profile.segment_membership.clear();
            profile.member(namespace, id, m.status, &m.last_qualification_time)
        };
        self.memberships().map(alone).collect()
    }

    /// Whether it has left every audience that it names.
    pub fn is_in_none(&self) -> bool {
        !self.memberships().any(|(_, _, m)| m.status.is_in())
    }

    /// The same profile with each of its other identities as the first.
    pub fn by_other_identities(&self) -> Vec<Profile> {
        let headed = |(namespace, id): (&str, &str)| {
            let mut profile = self.clone();
            profile
                .identity_map
                .sort_by_key(|(own, _)| own != namespace);
            if let Some((_, all)) = profile.identity_map.first_mut() {
                all.sort_by_key(|identity| identity.id != id);
            }
            profile
        };
        self.identities().skip(1).map(headed).collect()
    }

    /// Whether both name one person: an identity of one is an identity of the other.
    pub fn shares_identity(&self, other: &Profile) -> bool {
        self.identities()
            .any(|own| other.identities().any(|identity| identity == own))
    }

    /// The profile after a message that says what `said` says: memberships that it does not name stay.
    #[must_use]
    pub fn overwritten(&self, said: &Profile) -> Profile {
        let mut profile = self.clone();
        for (namespace, id, membership) in said.memberships() {
            let time = &membership.last_qualification_time;
            profile = profile.member(namespace, id, membership.status, time);
        }
        let known = |namespace: &str, id: &str| self.identities().any(|own| own == (namespace, id));
        for (namespace, id) in said.identities().filter(|(ns, id)| !known(ns, id)) {
            profile = profile.identity(namespace, id);
        }
        for (name, value) in &said.attributes {
            match profile.attributes.iter_mut().find(|(own, _)| own == name) {
                Some((_, own)) => own.clone_from(value),
                None => profile.attributes.push((name.clone(), value.clone())),
            }
        }
        profile
    }

    /// Sets the time of every membership.
    pub fn qualify_at(&mut self, time: &str) {
        for membership in self.memberships_mut() {
            time.clone_into(&mut membership.last_qualification_time);
        }
    }

    /// Every membership, to be changed.
    pub fn memberships_mut(&mut self) -> impl Iterator<Item = &mut Membership> {
        let all = self.segment_membership.iter_mut();
        all.flat_map(|(_, audiences)| audiences.iter_mut().map(|(_, m)| m))
    }

    /// Every membership as (namespace, audience id, membership).
    pub fn memberships(&self) -> impl Iterator<Item = (&str, &str, &Membership)> {
        self.segment_membership
            .iter()
            .flat_map(|(ns, all)| all.iter().map(move |(id, m)| (ns.as_str(), id.as_str(), m)))
    }

    /// Every identity as (namespace, value).
    pub fn identities(&self) -> impl Iterator<Item = (&str, &str)> {
        self.identity_map
            .iter()
            .flat_map(|(ns, all)| all.iter().map(move |i| (ns.as_str(), i.id.as_str())))
    }

    /// The value of an attribute, where the profile has it.
    pub fn attribute_value(&self, name: &str) -> Option<&Value> {
        self.attributes
            .iter()
            .find(|(n, _)| n == name)
            .and_then(|(_, value)| value.as_ref())
    }

    /// The profile as a template sees it under `input`.
    pub fn to_json(&self, mode: &AttributeMode) -> Value {
        let mut profile = Map::new();
        profile.insert("segmentMembership".into(), self.membership_json());
        profile.insert("identityMap".into(), self.identity_json());
        let attributes: Map<String, Value> = match mode {
            AttributeMode::None => return profile.into(),
            AttributeMode::Freeform => self.attributes.iter().map(freeform).collect(),
            AttributeMode::Predefined(fields) => fields
                .iter()
                .filter_map(|field| {
                    Some((
                        field.name.clone(),
                        self.attribute_value(&field.name)?.clone(),
                    ))
                })
                .collect(),
        };
        profile.insert("attributes".into(), attributes.into());
        profile.into()
    }

    fn membership_json(&self) -> Value {
        let one = |(id, m): &(String, Membership)| {
            let value = json!({
                "lastQualificationTime": m.last_qualification_time,
                "status": m.status.as_str(),
            });
            (id.clone(), value)
        };
        self.segment_membership
            .iter()
            .map(|(ns, all)| {
                (
                    ns.clone(),
                    all.iter().map(one).collect::<Map<_, _>>().into(),
                )
            })
            .collect::<Map<_, _>>()
            .into()
    }

    fn identity_json(&self) -> Value {
        self.identity_map
            .iter()
            .map(|(ns, all)| {
                let ids: Vec<Value> = all.iter().map(|i| json!({ "id": i.id })).collect();
                (ns.clone(), ids.into())
            })
            .collect::<Map<_, _>>()
            .into()
    }
}

fn freeform((name, value): &(String, Option<Value>)) -> (String, Value) {
    let shape = value
        .as_ref()
        .map_or_else(|| json!({}), |value| json!({ "value": value }));
    (name.clone(), shape)
}

fn entry<'a, T>(all: &'a mut Vec<(String, Vec<T>)>, key: &str) -> &'a mut Vec<T> {
    let at = all.iter().position(|(known, _)| known == key);
    let at = at.unwrap_or_else(|| {
        all.push((key.to_owned(), Vec::new()));
        all.len() - 1
    });
    &mut all[at].1
}
