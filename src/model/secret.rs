//! The one type that holds a secret: it prints as `[secret]`, is never serialised, and is wiped when dropped.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A secret text. Cloning shares it; the last one dropped wipes the memory.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

/// Stands in a request where the token of whoever asks belongs, elsewhere than in `Authorization`.
pub const TOKEN_HERE: &str = "destspec-token-stands-here";

/// What people see in place of the secret of that name.
pub fn mark(name: &str) -> String {
    format!("⟦secret:{name}⟧")
}

impl Secret {
    /// Takes a value into custody.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(value.into())))
    }

    /// What stands for a secret while a record is replayed: the text that redaction put in its place.
    pub fn replayed(name: &str) -> Self {
        Self::new(mark(name))
    }

    /// The value. Its one door: only authentication, storage and redaction may pass it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it only stands for a secret.
    pub fn is_mark(&self) -> bool {
        self.expose().starts_with("⟦secret:")
    }

    /// Whether a character occurs in it.
    pub fn contains(&self, character: char) -> bool {
        self.0.contains(character)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Two secrets are equal where their values are.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A secret and the name that a record shows in its place, e.g. `client_secret`.
#[derive(Debug, Clone)]
pub struct NamedSecret {
    /// Name.
    pub name: String,
    /// Value.
    pub secret: Secret,
}

impl NamedSecret {
    /// Names a secret.
    pub fn new(name: impl Into<String>, secret: Secret) -> Self {
        Self {
            name: name.into(),
            secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_a_placeholder() {
        let named = NamedSecret::new("token", Secret::new("hunter2-hunter2"));
        assert_eq!(format!("{}", named.secret), "[secret]");
        assert!(!format!("{named:?}").contains("hunter2"));
    }
}
