//! What kind of identities a namespace holds, by its name (reference 4.3), and which spellings of them are one.

/// A kind of identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Mail addresses.
    Mail,
    /// Phone numbers.
    Phone,
    /// Ids of devices.
    Device,
    /// Text of any kind.
    Free,
}

impl Kind {
    /// The kind that the name of a namespace tells.
    pub fn of(namespace: &str) -> Self {
        let lower = namespace.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if has(&["mail"]) {
            Self::Mail
        } else if has(&["phone", "mobile"]) {
            Self::Phone
        } else if has(&["gaid", "idfa", "ecid"]) {
            Self::Device
        } else {
            Self::Free
        }
    }

    /// Whether two spellings are the same identity: case does not count in mail addresses and ids of devices, nor the `+`
    /// in front of a phone number.
    pub fn is_same(self, one: &str, other: &str) -> bool {
        let digits = |phone: &str| phone.strip_prefix('+').unwrap_or(phone).to_owned();
        match self {
            Self::Mail | Self::Device => one.to_lowercase() == other.to_lowercase(),
            Self::Phone => digits(one) == digits(other),
            Self::Free => one == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_has_the_spellings_that_its_namespace_lets_it_have() {
        for (namespace, sent, same, other) in [
            (
                "Email",
                "Rosa@example.com",
                "rosa@example.com",
                "ros@example.com",
            ),
            ("mobilePhone", "+12015550123", "12015550123", " 12015550123"),
            ("IDFA", "ab-1", "AB-1", "AB1"),
            ("external_id", "A1", "A1", "a1"),
        ] {
            let kind = Kind::of(namespace);
            assert!(kind.is_same(sent, same), "{namespace}");
            assert!(!kind.is_same(sent, other), "{namespace}");
        }
    }
}
