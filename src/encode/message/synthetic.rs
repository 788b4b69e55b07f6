//! Made-up test data, derived from random numbers and marked as destspec's.

use rand::RngExt;
use rand_chacha::ChaCha20Rng;
use serde_json::Value;

use crate::model::namespace::Kind;
use crate::model::profile::{Profile, Status};
use crate::model::sdk::schema::{AttributeMode, AttributeType, ProfileField};
use crate::model::submission::Claims;

/// Attributes of a synthetic profile where names are free.
const ATTRIBUTES: [&str; 3] = ["firstName", "lastName", "city"];

/// The shapes of `lastQualificationTime` that Experience Platform is documented to send (reference 5.1).
pub const TIMESTAMPS: [&str; 5] = [
    "2019-11-20T13:15:49Z",
    "2019-04-15T02:41:50.000+0000",
    "2022-02-08T18:34:24.000+0000",
    "2021-10-26T16:59:00.828461Z",
    "2021-10-26T17:41:55.947+0000",
];

/// Texts that break what is not escaped: quotes, backslashes, line breaks, markup, beyond the basic plane.
pub const NASTY: [&str; 5] = [
    "Rosa \"Rosie\" O'Neill \\ \\\" \\\\",
    "first line\nsecond line\r\nthird\tline",
    "<b>Fish & Chips</b> 'n' \"more\" &amp; {{ x }} {% y %}",
    "\u{1f600} \u{1f469}\u{200d}\u{1f680} \u{20bb7}\u{91ce}\u{5bb6} \u{1d11e}",
    "",
];

/// The first eight digits of every UUID made here; on the eye, "destspec".
const MARK: &str = "de575bec";

const FIRST_NAMES: [&str; 8] = [
    "Ada", "Brian", "Carla", "Dmitri", "Emma", "Fatima", "Grace", "Zora",
];
const LAST_NAMES: [&str; 8] = [
    "Archer", "Brown", "Carter", "Ito", "Miller", "Nowak", "Olsen", "Sample",
];
const CITIES: [&str; 6] = ["Basel", "Kyoto", "Leeds", "Munich", "Oslo", "Springfield"];

/// What a profile is to be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Memberships: place of the audience among those claimed, and status.
    pub memberships: Vec<(usize, Status)>,
    /// Identities in each namespace.
    pub identities: usize,
    /// The last attribute is missing.
    pub lacks_attribute: bool,
    /// Every attribute that may be any text is this one.
    pub text: Option<&'static str>,
    /// The shape of timestamps, a place in [`TIMESTAMPS`].
    pub timestamp: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            memberships: vec![(0, Status::Realized)],
            identities: 1,
            lacks_attribute: false,
            text: None,
            timestamp: 0,
        }
    }
}

/// A profile of that shape for a destination; memberships beyond the claimed audiences get made-up ones.
pub fn profile(rng: &mut ChaCha20Rng, claims: &Claims, shape: &Shape) -> Profile {
    let mut profile = Profile::new();
    let time = TIMESTAMPS[shape.timestamp % TIMESTAMPS.len()];
    for (place, status) in &shape.memberships {
        profile = match claims.audiences.get(*place) {
            Some(audience) => profile.member(&audience.namespace, &audience.id, *status, time),
            None => profile.member("ups", &audience_id(rng, *place), *status, time),
        };
    }
    for namespace in &claims.namespaces {
        for _ in 0..shape.identities {
            profile = profile.identity(&namespace.name, identity(rng, &namespace.name));
        }
    }
    for field in fields(&claims.attributes) {
        profile = match shape.text {
            Some(text) if field.kind == AttributeType::Text => profile.attribute(&field.name, text),
            Some(_) | None => profile.attribute(&field.name, typed(rng, &field.name, field.kind)),
        };
    }
    if let Some((_, value)) = profile.attributes.last_mut()
        && shape.lacks_attribute
    {
        *value = None;
    }
    profile
}

/// So many profiles for a destination, of every documented kind in turn (reference, appendix C).
pub fn profiles(rng: &mut ChaCha20Rng, claims: &Claims, count: usize) -> Vec<Profile> {
    let kinds = kinds();
    (0..count)
        .map(|place| profile(rng, claims, &kinds[place % kinds.len()]))
        .collect()
}

/// The kinds of profile that a destination must bear.
pub fn kinds() -> Vec<Shape> {
    let mix = vec![
        (0, Status::Realized),
        (1, Status::Realized),
        (2, Status::Exited),
    ];
    vec![
        Shape::default(),
        Shape {
            memberships: mix,
            timestamp: 1,
            ..Shape::default()
        },
        Shape {
            memberships: vec![(0, Status::Exited)],
            timestamp: 2,
            ..Shape::default()
        },
        Shape {
            identities: 2,
            timestamp: 3,
            ..Shape::default()
        },
        Shape {
            lacks_attribute: true,
            timestamp: 4,
            ..Shape::default()
        },
    ]
}

/// An identity as its namespace has them; mail and phone lead to nobody.
pub fn identity(rng: &mut ChaCha20Rng, namespace: &str) -> String {
    match Kind::of(namespace) {
        // RFC 2606 section 3: example.com belongs to nobody
        Kind::Mail => format!("destspec-{}@example.com", letters(rng, 10)),
        Kind::Phone => {
            // 555-0100 to 555-0199 are for fiction
            let (area, line) = (rng.random_range(201..=989), rng.random_range(100..=199));
            format!("+1{area}5550{line}")
        }
        Kind::Device => uuid(rng),
        Kind::Free => format!("{namespace}-destspec-{}", letters(rng, 10)),
    }
}

/// An identity with characters that are legal and seldom: plus, dot, apostrophe, ampersand, letters beyond ASCII.
pub fn unusual_identity(rng: &mut ChaCha20Rng) -> String {
    format!(
        "destspec+{}.o'neill&söhne/ünïcödé@例え.example",
        letters(rng, 6)
    )
}

/// An identity of so many characters.
pub fn long_identity(rng: &mut ChaCha20Rng, characters: usize) -> String {
    let mark = "destspec-";
    format!(
        "{mark}{}",
        letters(rng, characters.saturating_sub(mark.len()))
    )
}

/// The id of a made-up audience; `place` keeps those of one profile apart.
pub fn audience_id(rng: &mut ChaCha20Rng, place: usize) -> String {
    let random: u64 = rng.random_range(0..1 << 48);
    format!("{MARK}-{:04x}-4000-8000-{random:012x}", place % 0x1_0000)
}

/// The attributes of a synthetic profile.
pub fn fields(mode: &AttributeMode) -> Vec<ProfileField> {
    let free = |name: &str| ProfileField {
        name: name.to_owned(),
        kind: AttributeType::Text,
    };
    match mode {
        AttributeMode::None => Vec::new(),
        AttributeMode::Freeform => ATTRIBUTES.map(free).to_vec(),
        AttributeMode::Predefined(fields) => fields.clone(),
    }
}

/// A value for an attribute of that name and type.
pub fn typed(rng: &mut ChaCha20Rng, name: &str, kind: AttributeType) -> Value {
    match kind {
        AttributeType::Text => attribute(rng, name),
        AttributeType::Integer if name.to_lowercase().contains("year") => {
            rng.random_range(1950..=2005).into()
        }
        // an age that is no child's
        AttributeType::Integer => rng.random_range(18..=99).into(),
        AttributeType::Long => digits(rng).into(),
        // neither a whole number nor one that is rounded
        AttributeType::Number => (f64::from(rng.random_range(1..=999)) + 0.5).into(),
        AttributeType::Boolean => rng.random::<bool>().into(),
        AttributeType::Date => attribute(rng, "date"),
        AttributeType::DateTime => {
            let date = attribute(rng, "date");
            format!("{}T10:30:00Z", date.as_str().unwrap_or_default()).into()
        }
    }
}

/// A value for an attribute of that name.
pub fn attribute(rng: &mut ChaCha20Rng, name: &str) -> Value {
    let lower = name.to_lowercase();
    let choices: &[&str] = if lower.contains("first") {
        &FIRST_NAMES
    } else if lower.contains("last") || lower.contains("surname") {
        &LAST_NAMES
    } else if lower.contains("city") {
        &CITIES
    } else if lower.contains("mail") {
        return identity(rng, "email").into();
    } else if lower.contains("phone") {
        return identity(rng, "phone").into();
    } else if lower.contains("date") {
        let (year, day) = (rng.random_range(1950..=2005), rng.random_range(1..=28));
        return format!("{year}-07-{day:02}").into();
    } else {
        return format!("destspec {name} {}", letters(rng, 5)).into();
    };
    choices[rng.random_range(0..choices.len())].into()
}

/// So many letters and digits that cannot be mistaken for each other.
pub fn letters(rng: &mut ChaCha20Rng, count: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut one = || char::from(ALPHABET[rng.random_range(0..ALPHABET.len())]);
    (0..count).map(|_| one()).collect()
}

/// Digits of which none is a leading zero.
pub fn digits(rng: &mut ChaCha20Rng) -> u64 {
    rng.random_range(1_000_000_000_000..10_000_000_000_000)
}

fn uuid(rng: &mut ChaCha20Rng) -> String {
    let (a, b, c): (u16, u16, u64) = (
        rng.random(),
        rng.random_range(0..0x1000),
        rng.random_range(0..1 << 48),
    );
    format!("{MARK}-{a:04x}-4{b:03x}-8000-{c:012x}")
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_identities_and_another_seed_others() {
        let made = |seed| {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            ["Email", "phone_sha256", "GAID", "external_id"].map(|ns| identity(&mut rng, ns))
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }

    #[test]
    fn an_attribute_is_of_the_type_that_is_declared() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut made = |kind| typed(&mut rng, "birthYear", AttributeType::named(kind));
        assert!(made("string").is_string());
        assert!(made("integer").as_u64().is_some_and(|year| year > 1900));
        assert!(made("long").as_u64().is_some_and(|n| n > 1 << 32));
        assert!(made("number").as_f64().is_some_and(|n| n.fract() > 0.0));
        assert!(made("boolean").is_boolean());
        assert_eq!(made("date").as_str().map(str::len), Some(10));
        assert_eq!(made("date-time").as_str().map(str::len), Some(20));
    }

    #[test]
    fn every_identity_is_marked_or_belongs_to_nobody() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        assert!(identity(&mut rng, "Email").ends_with("@example.com"));
        let phone = identity(&mut rng, "Phone");
        assert!(
            phone.starts_with("+1") && phone[5..].starts_with("55501"),
            "{phone}"
        );
        assert!(identity(&mut rng, "IDFA").starts_with(MARK));
        assert!(identity(&mut rng, "crm_id").starts_with("crm_id-destspec-"));
        assert_eq!(long_identity(&mut rng, 255).chars().count(), 255);
    }

    #[test]
    fn two_hundred_and_fifty_audiences_of_a_profile_differ() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut ids: Vec<String> = (0..250).map(|place| audience_id(&mut rng, place)).collect();
        ids.dedup();
        assert_eq!(ids.len(), 250);
    }
}
