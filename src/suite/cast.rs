//! The cast of a scenario: profiles of the kind that it asks for, synthetic or chosen from the partner's own.

use rand_chacha::ChaCha20Rng;

use crate::encode::message::synthetic;
use crate::model::profile::{AttributeMode, Profile, Status};
use crate::model::reason::Reason;
use crate::suite::omission;
use crate::suite::parameter::Trait;
use crate::suite::target::Target;

/// Makes profiles for one scenario; the same scenario and seed make the same ones.
pub struct Cast<'a> {
    target: &'a Target,
    rng: ChaCha20Rng,
}

const QUALIFIED: &str = "2026-01-15T10:30:00Z";

/// The reason why a profile of that kind cannot be had.
type Lacking = Reason;

impl<'a> Cast<'a> {
    /// A cast for a destination, from the scenario's own random numbers.
    pub fn new(target: &'a Target, rng: ChaCha20Rng) -> Self {
        Self { target, rng }
    }

    /// A profile in the audiences of those places.
    ///
    /// # Errors
    /// When the submission names too few audiences.
    pub fn profile(&mut self, memberships: &[(usize, Status)]) -> Result<Profile, Lacking> {
        let mut profile = self.base(0);
        for (place, status) in memberships {
            let audience = self.target.claims.audiences.get(*place).ok_or_else(|| {
                omission::too_few_audiences(place + 1, self.target.claims.audiences.len())
            })?;
            profile = profile.member(&audience.namespace, &audience.id, *status, QUALIFIED);
        }
        Ok(profile)
    }

    /// So many profiles, each in the first audience.
    ///
    /// # Errors
    /// When no audience is named.
    pub fn profiles(&mut self, count: usize) -> Result<Vec<Profile>, Lacking> {
        let audience = self
            .target
            .claims
            .audiences
            .first()
            .ok_or_else(omission::no_audience)?;
        let one = |p: Profile| {
            p.member(
                &audience.namespace,
                &audience.id,
                Status::Realized,
                QUALIFIED,
            )
        };
        Ok((0..count).map(|place| one(self.base(place))).collect())
    }

    /// A profile in so many audiences.
    ///
    /// # Errors
    /// When the submission names audiences, and fewer.
    pub fn profile_in_many(&mut self, count: usize) -> Result<Profile, Lacking> {
        let mut profile = self.base(0);
        let named = &self.target.claims.audiences;
        if self.target.audiences_are_made_up() {
            for place in 0..count {
                profile = profile.member(
                    "ups",
                    &synthetic::audience_id(&mut self.rng, place),
                    Status::Realized,
                    QUALIFIED,
                );
            }
            return Ok(profile);
        }
        for audience in named.iter().take(count) {
            profile = profile.member(
                &audience.namespace,
                &audience.id,
                Status::Realized,
                QUALIFIED,
            );
        }
        Ok(profile)
    }

    /// A profile in an audience outside `ups`.
    ///
    /// # Errors
    /// When the submission names audiences, and all are in `ups`.
    pub fn profile_in_other_namespace(&mut self) -> Result<Profile, Lacking> {
        let profile = self.base(0);
        let named = self
            .target
            .claims
            .audiences
            .iter()
            .find(|a| a.namespace != "ups");
        match named {
            Some(audience) => Ok(profile.member(
                &audience.namespace,
                &audience.id,
                Status::Realized,
                QUALIFIED,
            )),
            None if self.target.audiences_are_made_up() => {
                let id = synthetic::audience_id(&mut self.rng, 0);
                let namespace = self.target.other_audience_namespace();
                let namespace = namespace.ok_or_else(omission::only_ups_mappable)?;
                Ok(profile.member(namespace, &id, Status::Realized, QUALIFIED))
            }
            None => Err(omission::no_audience_outside_ups()),
        }
    }

    /// A profile in the first audience with one identity, in the namespace of that place.
    ///
    /// # Errors
    /// When no audience is named, or none of the partner's own profiles has such an identity alone.
    pub fn profile_of_namespace(&mut self, place: usize) -> Result<Profile, Lacking> {
        let audience = self
            .target
            .claims
            .audiences
            .first()
            .ok_or_else(omission::no_audience)?;
        let namespace = &self.target.claims.namespaces[place];
        let mut profile = match self.target.own_profiles() {
            [] => self.synthetic(place),
            own => {
                let alone = |p: &&Profile| {
                    p.identities().all(|(ns, _)| ns == namespace.name) && !p.identity_map.is_empty()
                };
                let found = own.iter().find(alone);
                found
                    .cloned()
                    .ok_or_else(|| omission::no_own_profile_of_namespace(&namespace.name))?
            }
        };
        profile.segment_membership.clear();
        Ok(profile.member(
            &audience.namespace,
            &audience.id,
            Status::Realized,
            QUALIFIED,
        ))
    }

    /// Gives a profile what is particular about it.
    ///
    /// # Errors
    /// When it cannot be had: the partner's own profiles are used and none is like that.
    pub fn shape(&mut self, profile: &mut Profile, particular: Trait) -> Result<(), Lacking> {
        if self.target.own_profiles().is_empty() {
            self.shape_synthetic(profile, particular);
            return Ok(());
        }
        let found = self
            .target
            .own_profiles()
            .iter()
            .find(|own| has(own, particular, self.target));
        let found = found.ok_or_else(omission::no_own_profile_alike)?;
        (profile.identity_map, profile.attributes) =
            (found.identity_map.clone(), found.attributes.clone());
        Ok(())
    }

    /// A profile without memberships: one identity, every attribute.
    fn base(&mut self, place: usize) -> Profile {
        match self.target.own_profiles() {
            [] => self.synthetic(0),
            own => {
                let mut profile = own[place % own.len()].clone();
                profile.segment_membership.clear();
                profile
            }
        }
    }

    fn synthetic(&mut self, namespace: usize) -> Profile {
        let mut profile = Profile::new();
        if let Some(namespace) = self.target.claims.namespaces.get(namespace) {
            profile = profile.identity(
                &namespace.name,
                synthetic::identity(&mut self.rng, &namespace.name),
            );
        }
        for name in self.attribute_names() {
            let value = synthetic::attribute(&mut self.rng, &name);
            profile = profile.attribute(&name, value);
        }
        profile
    }

    fn attribute_names(&self) -> Vec<String> {
        match &self.target.claims.attributes {
            AttributeMode::None => Vec::new(),
            AttributeMode::Freeform => synthetic::ATTRIBUTES
                .iter()
                .map(ToString::to_string)
                .collect(),
            AttributeMode::Predefined(names) => names.clone(),
        }
    }

    fn shape_synthetic(&mut self, profile: &mut Profile, particular: Trait) {
        let names: Vec<String> = self
            .target
            .claims
            .namespaces
            .iter()
            .map(|n| n.name.clone())
            .collect();
        let first = names.first().cloned().unwrap_or_default();
        match particular {
            Trait::OneIdentity | Trait::AllAttributes => {}
            Trait::TwoIdentities => self.identify(profile, &[&first]),
            Trait::EachNamespace => {
                self.reidentify(profile, names.iter().map(String::as_str).collect())
            }
            Trait::AllButOneNamespace => {
                let all_but_last = names
                    .iter()
                    .rev()
                    .skip(1)
                    .rev()
                    .map(String::as_str)
                    .collect();
                self.reidentify(profile, all_but_last);
            }
            Trait::HashedNamespaces => {
                let hashed = self
                    .target
                    .claims
                    .namespaces
                    .iter()
                    .filter(|n| n.hashed)
                    .map(|n| n.name.as_str())
                    .collect();
                self.reidentify(profile, hashed);
            }
            Trait::UnusualIdentities => {
                replace_identity(profile, &first, synthetic::unusual_identity(&mut self.rng))
            }
            Trait::LongIdentities => replace_identity(
                profile,
                &first,
                synthetic::long_identity(&mut self.rng, 255),
            ),
            Trait::LacksAttribute => {
                if let Some((_, value)) = profile.attributes.last_mut() {
                    *value = None;
                }
            }
            Trait::QuotesAndBackslashes => fill(profile, "Rosa \"Rosie\" O'Neill \\ \\\" \\\\"),
            Trait::LineBreaks => fill(profile, "first line\nsecond line\r\nthird\tline"),
            Trait::Markup => fill(
                profile,
                "<b>Fish & Chips</b> 'n' \"more\" &amp; {{ x }} {% y %}",
            ),
            Trait::BeyondBmp => fill(
                profile,
                "\u{1f600} \u{1f469}\u{200d}\u{1f680} \u{20bb7}\u{91ce}\u{5bb6} \u{1d11e}",
            ),
            Trait::FiftyAttributes => {
                for place in profile.attributes.len()..50 {
                    profile.attributes.push((
                        format!("attribute{place}"),
                        Some(format!("value {place}").into()),
                    ));
                }
            }
        }
    }

    fn reidentify(&mut self, profile: &mut Profile, namespaces: Vec<&str>) {
        profile.identity_map.clear();
        self.identify(profile, &namespaces);
    }

    fn identify(&mut self, profile: &mut Profile, namespaces: &[&str]) {
        for namespace in namespaces {
            *profile = std::mem::take(profile)
                .identity(namespace, synthetic::identity(&mut self.rng, namespace));
        }
    }
}

fn replace_identity(profile: &mut Profile, namespace: &str, id: String) {
    profile.identity_map.clear();
    *profile = std::mem::take(profile).identity(namespace, id);
}

fn fill(profile: &mut Profile, text: &str) {
    for (_, value) in &mut profile.attributes {
        *value = Some(text.into());
    }
}

/// Whether one of the partner's own profiles has that trait.
fn has(profile: &Profile, particular: Trait, target: &Target) -> bool {
    let namespaces = &target.claims.namespaces;
    let held = |name: &str| {
        profile
            .identity_map
            .iter()
            .any(|(ns, all)| ns == name && !all.is_empty())
    };
    let texts = || {
        profile
            .attributes
            .iter()
            .filter_map(|(_, v)| v.as_ref()?.as_str())
    };
    match particular {
        Trait::OneIdentity => profile.identities().count() == 1,
        Trait::TwoIdentities => profile.identity_map.iter().any(|(_, all)| all.len() > 1),
        Trait::EachNamespace => namespaces.iter().all(|n| held(&n.name)),
        Trait::AllButOneNamespace => {
            namespaces.iter().filter(|n| held(&n.name)).count() + 1 == namespaces.len()
        }
        Trait::HashedNamespaces => namespaces
            .iter()
            .filter(|n| n.hashed)
            .all(|n| held(&n.name)),
        Trait::UnusualIdentities => profile
            .identities()
            .any(|(_, id)| id.contains('+') || !id.is_ascii()),
        Trait::LongIdentities => profile
            .identities()
            .any(|(_, id)| id.chars().count() >= 255),
        Trait::AllAttributes => {
            !profile.attributes.is_empty() && profile.attributes.iter().all(|(_, v)| v.is_some())
        }
        Trait::LacksAttribute => profile.attributes.iter().any(|(_, v)| v.is_none()),
        Trait::QuotesAndBackslashes => texts().any(|t| t.contains(['"', '\\'])),
        Trait::LineBreaks => texts().any(|t| t.contains(['\n', '\t'])),
        Trait::Markup => texts().any(|t| t.contains(['<', '&'])),
        Trait::BeyondBmp => texts().any(|t| t.chars().any(|c| u32::from(c) > 0xffff)),
        Trait::FiftyAttributes => profile.attributes.len() >= 50,
    }
}
