//! The cast of a scenario: profiles of the kind that it asks for, synthetic or chosen from the partner's own.

use std::collections::BTreeSet;

use rand_chacha::ChaCha20Rng;

use crate::encode::message::synthetic;
use crate::model::profile::{Profile, Status};
use crate::model::reason::Reason;
use crate::model::sdk::schema::AttributeType;
use crate::suite::history::QUALIFIED;
use crate::suite::parameter::{Difference, Mixture, Trait};
use crate::suite::subject::Streaming;
use crate::suite::{hostile, omission, pair};

/// Makes profiles for one scenario; the same scenario and seed make the same ones.
pub struct Cast<'a> {
    subject: &'a Streaming,
    rng: ChaCha20Rng,
}

/// The reason why a profile of that kind cannot be had.
type Lacking = Reason;

impl<'a> Cast<'a> {
    /// A cast for a destination, from the scenario's own random numbers.
    pub fn new(subject: &'a Streaming, rng: ChaCha20Rng) -> Self {
        Self { subject, rng }
    }

    /// A profile in the audiences of those places.
    ///
    /// # Errors
    /// When the submission names too few audiences.
    pub fn profile(&mut self, memberships: &[(usize, Status)]) -> Result<Profile, Lacking> {
        let mut profile = self.base(0);
        for (place, status) in memberships {
            let audience = self.subject.claims.audiences.get(*place).ok_or_else(|| {
                omission::too_few_audiences(place + 1, self.subject.claims.audiences.len())
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
            .subject
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
        let named = &self.subject.claims.audiences;
        if self.subject.audiences_are_made_up() {
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
            .subject
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
            None if self.subject.audiences_are_made_up() => {
                let id = synthetic::audience_id(&mut self.rng, 0);
                let namespace = self.subject.other_audience_namespace();
                let namespace = namespace.ok_or_else(omission::only_ups_mappable)?;
                Ok(profile.member(namespace, &id, Status::Realized, QUALIFIED))
            }
            None => Err(omission::no_audience_outside_ups()),
        }
    }

    /// A profile in an audience of `ups` and in one outside.
    ///
    /// # Errors
    /// When the submission names audiences of one namespace only.
    pub fn profile_of_two_sources(&mut self) -> Result<Profile, Lacking> {
        let named = &self.subject.claims.audiences;
        let ups = named.iter().find(|a| a.namespace == "ups");
        let ups = ups.ok_or_else(omission::no_audience_in_ups)?;
        let profile = self.profile_in_other_namespace()?;
        Ok(profile.member(&ups.namespace, &ups.id, Status::Realized, QUALIFIED))
    }

    /// Two people, each in an audience of their own, with identities that differ in that.
    ///
    /// # Errors
    /// When two audiences or namespaces are not to be had.
    pub fn two_people(&mut self, difference: Difference) -> Result<Vec<Profile>, Lacking> {
        let mut people = [
            self.profile(&[(0, Status::Realized)])?,
            self.profile(&[(1, Status::Realized)])?,
        ];
        if difference != Difference::Everything {
            let identities = pair::identities(self.subject, &mut self.rng, difference)?;
            for (person, (namespace, id)) in people.iter_mut().zip(identities) {
                replace_identity(person, &namespace, id);
            }
        }
        Ok(people.into())
    }

    /// Profiles of one message that differ in audiences, exits, identities and attributes; each is somebody else.
    ///
    /// # Errors
    /// When no audience is named, or the partner's own profiles are one person.
    pub fn mixture(&mut self, mixture: Mixture, most: usize) -> Result<Vec<Profile>, Lacking> {
        let audiences = self.subject.claims.audiences.len();
        let second = usize::from(audiences > 1);
        let (first, second) = ((0, Status::Realized), (second, Status::Realized));
        let left = (0, Status::Exited);
        let is_plain = mixture == Mixture::Richer;
        let all = match is_plain {
            true => std::array::from_fn(|_| vec![first]),
            false => [
                vec![first],
                vec![left],
                vec![second],
                vec![first, second],
                vec![first],
                vec![left],
            ],
        };
        let own = self.own_people();
        let most = match own.len() {
            0 => most,
            1 => return Err(omission::one_own_person()),
            people => most.min(people),
        };
        let mut profiles = Vec::new();
        for memberships in all.into_iter().take(most) {
            let place = profiles.len();
            let own = own.get(place).cloned();
            let mut profile = own.unwrap_or_else(|| self.synthetic(0));
            for (audience, status) in memberships {
                profile = self.member(profile, audience, status)?;
            }
            if !is_plain {
                self.vary(&mut profile, place);
            }
            profiles.push(profile);
        }
        if !is_plain {
            self.lack(profiles.last_mut());
        }
        match mixture {
            Mixture::Forwards => {}
            Mixture::Backwards => profiles.reverse(),
            Mixture::Nobody => {
                if let Some(second) = profiles.get_mut(1) {
                    second.identity_map.clear();
                }
            }
            Mixture::Richer => {
                let first = self.subject.claims.namespaces.first();
                if let Some((second, namespace)) = profiles.get_mut(1).zip(first) {
                    let name = namespace.name.clone();
                    self.identify(second, &[&name]);
                }
            }
        }
        Ok(profiles)
    }

    /// The partner's own profiles, without those that share an identity with one before.
    fn own_people(&self) -> Vec<Profile> {
        let mut people: Vec<Profile> = Vec::new();
        let mut seen = BTreeSet::new();
        for profile in self.subject.own_profiles() {
            let identities: Vec<_> = profile.identities().collect();
            if identities.iter().all(|identity| !seen.contains(identity)) {
                let mut person = profile.clone();
                person.segment_membership.clear();
                people.push(person);
            }
            seen.extend(identities);
        }
        people
    }

    /// Makes synthetic profiles of one message unlike: another namespace, a missing attribute, none of them.
    fn vary(&mut self, profile: &mut Profile, place: usize) {
        if !self.subject.own_profiles().is_empty() {
            return;
        }
        match place % 3 {
            1 if place > 3 => profile.attributes.iter_mut().for_each(|(_, v)| *v = None),
            1 => self.lack(Some(profile)),
            2 => {
                let last = self.subject.claims.namespaces.last();
                let last = last.map(|n| n.name.clone()).unwrap_or_default();
                self.reidentify(profile, vec![&last]);
            }
            _ => {}
        }
    }

    /// Takes an attribute from a synthetic profile. What the first or the last of a message lacks may be taken to lack in
    /// all of it.
    fn lack(&self, profile: Option<&mut Profile>) {
        let attribute = profile.and_then(|profile| profile.attributes.first_mut());
        if let Some((_, value)) = attribute
            && self.subject.own_profiles().is_empty()
        {
            *value = None;
        }
    }

    fn member(&self, profile: Profile, place: usize, status: Status) -> Result<Profile, Lacking> {
        let audience = self.subject.claims.audiences.get(place);
        let audience = audience.ok_or_else(omission::no_audience)?;
        Ok(profile.member(&audience.namespace, &audience.id, status, QUALIFIED))
    }

    /// A profile in the first audience with one identity, in the namespace of that place.
    ///
    /// # Errors
    /// When no audience is named, or none of the partner's own profiles has such an identity alone.
    pub fn profile_of_namespace(&mut self, place: usize) -> Result<Profile, Lacking> {
        let audience = self
            .subject
            .claims
            .audiences
            .first()
            .ok_or_else(omission::no_audience)?;
        let namespace = &self.subject.claims.namespaces[place];
        let mut profile = match self.subject.own_profiles() {
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
        if self.subject.own_profiles().is_empty() {
            self.shape_synthetic(profile, particular);
            return Ok(());
        }
        let found = self
            .subject
            .own_profiles()
            .iter()
            .find(|own| has(own, particular, self.subject));
        let found = found.ok_or_else(omission::no_own_profile_alike)?;
        (profile.identity_map, profile.attributes) =
            (found.identity_map.clone(), found.attributes.clone());
        Ok(())
    }

    /// Gives a synthetic profile long attributes, but for what may rightly be read as a date.
    pub fn enlarge(&self, profile: &mut Profile) {
        if self.subject.own_profiles().is_empty() {
            let is_date = |name: &str| name.to_lowercase().contains("date");
            self.fill(profile, Trait::LongAttributes, |name| !is_date(name));
        }
    }

    /// Gives such a text to every attribute of such a name that may be any.
    fn fill(&self, profile: &mut Profile, particular: Trait, is_meant: impl Fn(&str) -> bool) {
        let mode = &self.subject.claims.attributes;
        let is_text = |name: &str| mode.kind(name) == AttributeType::Text;
        hostile::fill(profile, particular, |name| is_text(name) && is_meant(name));
    }

    /// A profile without memberships: one identity, every attribute.
    fn base(&mut self, place: usize) -> Profile {
        match self.subject.own_profiles() {
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
        if let Some(namespace) = self.subject.claims.namespaces.get(namespace) {
            profile = profile.identity(
                &namespace.name,
                synthetic::identity(&mut self.rng, &namespace.name),
            );
        }
        for field in synthetic::fields(&self.subject.claims.attributes) {
            let value = synthetic::typed(&mut self.rng, &field.name, field.kind);
            profile = profile.attribute(&field.name, value);
        }
        profile
    }

    fn shape_synthetic(&mut self, profile: &mut Profile, particular: Trait) {
        let namespaces = self.subject.claims.namespaces.iter();
        let names: Vec<String> = namespaces.map(|n| n.name.clone()).collect();
        let first = names.first().cloned().unwrap_or_default();
        match particular {
            Trait::OneIdentity | Trait::AllAttributes => {}
            Trait::TwoIdentities => self.identify(profile, &[&first]),
            Trait::ThreeIdentities => self.identify(profile, &[&first, &first]),
            Trait::TenIdentities => self.identify(profile, &[first.as_str(); 9]),
            Trait::EachNamespace => {
                self.reidentify(profile, names.iter().map(String::as_str).collect())
            }
            Trait::AllButOneNamespace => {
                let all_but_last = names.split_last().map_or(&[][..], |(_, rest)| rest);
                let all_but_last = all_but_last.iter().map(String::as_str).collect();
                self.reidentify(profile, all_but_last);
            }
            Trait::HashedNamespaces => {
                let hashed = self.subject.claims.namespaces.iter().filter(|n| n.hashed);
                self.reidentify(profile, hashed.map(|n| n.name.as_str()).collect());
            }
            Trait::UnusualIdentities => {
                replace_identity(profile, &first, synthetic::unusual_identity(&mut self.rng))
            }
            Trait::LongIdentities => replace_identity(
                profile,
                &first,
                synthetic::long_identity(&mut self.rng, 255),
            ),
            Trait::UpperCaseIdentities => self.free_identity(profile, "DestSpec-Ab", ""),
            Trait::LeadingZeros => self.identity_of_digits(profile),
            Trait::BlankIdentities => self.free_identity(profile, " destspec ", " "),
            Trait::AccentedIdentities => {
                self.free_identity(profile, "destspec-\u{e9}-e\u{301}-", "");
            }
            Trait::PlusIdentities => self.free_identity(profile, "destspec+a+", ""),
            Trait::PercentIdentities => self.free_identity(profile, "destspec%41-5%-", ""),
            Trait::SeparatedIdentities => self.free_identity(profile, "destspec:a#b;c|d,e=f&", ""),
            Trait::LongAccents => {
                self.free_identity(profile, "destspec-", &"\u{e9}".repeat(255 - 9 - 8));
            }
            Trait::LacksAttributes => {
                profile.attributes.iter_mut().for_each(|(_, v)| *v = None);
            }
            Trait::LacksAttribute => {
                if let Some((_, value)) = profile.attributes.last_mut() {
                    *value = None;
                }
            }
            Trait::QuotesAndBackslashes
            | Trait::LineBreaks
            | Trait::Markup
            | Trait::BeyondBmp
            | Trait::BlankAttributes
            | Trait::AccentedAttributes
            | Trait::AccentedThroughout
            | Trait::LongAttributes
            | Trait::VeryLongAttributes
            | Trait::EmptyAttributes
            | Trait::NumberLike
            | Trait::ZeroLike
            | Trait::BooleanLike
            | Trait::DateLike
            | Trait::FormulaLike
            | Trait::JsonLike
            | Trait::PercentAttributes
            | Trait::SeparatorLike
            | Trait::NullLike => self.fill(profile, particular, |_| true),
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

    /// Gives the profile one identity of that kind, in a namespace that takes free text.
    fn free_identity(&mut self, profile: &mut Profile, start: &str, end: &str) {
        let unique = synthetic::letters(&mut self.rng, 8);
        self.as_free_identity(profile, format!("{start}{unique}{end}"));
    }

    /// Zeros and digits and nothing else: a letter would keep them from being taken for a number.
    fn identity_of_digits(&mut self, profile: &mut Profile) {
        let digits = synthetic::digits(&mut self.rng);
        self.as_free_identity(profile, format!("000{digits}"));
    }

    fn as_free_identity(&self, profile: &mut Profile, id: String) {
        let Some(namespace) = self.subject.free_namespace() else {
            return;
        };
        replace_identity(profile, namespace, id);
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

/// Whether one of the partner's own profiles has that trait.
fn has(profile: &Profile, particular: Trait, subject: &Streaming) -> bool {
    let namespaces = &subject.claims.namespaces;
    let held = |name: &str| {
        profile
            .identity_map
            .iter()
            .any(|(ns, all)| ns == name && !all.is_empty())
    };
    let identities = || profile.identities().map(|(_, id)| id);
    let texts = || {
        profile
            .attributes
            .iter()
            .filter_map(|(_, v)| v.as_ref()?.as_str())
    };
    match particular {
        Trait::OneIdentity => profile.identities().count() == 1,
        Trait::TwoIdentities => profile.identity_map.iter().any(|(_, all)| all.len() > 1),
        Trait::ThreeIdentities => profile.identity_map.iter().any(|(_, all)| all.len() > 2),
        Trait::TenIdentities => profile.identity_map.iter().any(|(_, all)| all.len() > 9),
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
        Trait::UpperCaseIdentities => {
            identities().any(|id| id.chars().any(|c| c.is_ascii_uppercase()))
        }
        Trait::LeadingZeros => identities().any(|id| id.starts_with('0')),
        Trait::BlankIdentities => identities().any(|id| id.trim() != id),
        Trait::AccentedIdentities => identities().any(|id| id.contains('\u{301}')),
        Trait::PlusIdentities => identities().any(|id| id.contains('+')),
        Trait::PercentIdentities => identities().any(|id| id.contains('%')),
        Trait::SeparatedIdentities => identities().any(|id| id.contains([':', '#', ';', '|'])),
        Trait::LongAccents => identities().any(|id| id.chars().count() >= 255 && !id.is_ascii()),
        Trait::AllAttributes => {
            !profile.attributes.is_empty() && profile.attributes.iter().all(|(_, v)| v.is_some())
        }
        Trait::LacksAttributes => profile.attributes.iter().all(|(_, v)| v.is_none()),
        Trait::LacksAttribute => profile.attributes.iter().any(|(_, v)| v.is_none()),
        Trait::QuotesAndBackslashes => texts().any(|t| t.contains(['"', '\\'])),
        Trait::LineBreaks => texts().any(|t| t.contains(['\n', '\t'])),
        Trait::Markup => texts().any(|t| t.contains(['<', '&'])),
        Trait::BeyondBmp => texts().any(|t| t.chars().any(|c| u32::from(c) > 0xffff)),
        Trait::BlankAttributes => texts().any(|t| t.trim() != t),
        Trait::AccentedAttributes => texts().any(|t| t.contains(['\u{301}', '\u{308}'])),
        Trait::AccentedThroughout => {
            texts().any(|t| t.chars().filter(|c| !c.is_ascii()).count() > 1000)
        }
        Trait::LongAttributes => texts().any(|t| t.chars().count() > 255),
        Trait::VeryLongAttributes => texts().any(|t| t.chars().count() > 1024),
        Trait::EmptyAttributes => texts().any(str::is_empty),
        Trait::NumberLike => texts().any(|t| t.parse::<f64>().is_ok()),
        Trait::ZeroLike => texts().any(|t| t == "0"),
        Trait::BooleanLike => texts().any(|t| t.parse::<bool>().is_ok()),
        Trait::DateLike => texts().any(|t| t.parse::<jiff::civil::Date>().is_ok()),
        Trait::FormulaLike => texts().any(|t| t.starts_with(['=', '+', '-', '@'])),
        Trait::JsonLike => texts().any(|t| t.starts_with(['[', '{', '"'])),
        Trait::PercentAttributes => texts().any(|t| t.contains('%')),
        Trait::SeparatorLike => texts().any(|t| t.contains([',', ';', '|'])),
        Trait::NullLike => texts().any(|t| t.eq_ignore_ascii_case("null")),
        Trait::FiftyAttributes => profile.attributes.len() >= 50,
    }
}
