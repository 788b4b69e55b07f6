//! Closed enums whose values are known by kebab-case names.

/// A name that is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a {kind}, received `{name}`")]
pub struct UnknownName {
    /// What was being named: `fault` or `variation`.
    pub kind: &'static str,
    /// The name received.
    pub name: String,
}

/// Declares an enum with a name and a one-line description for every value.
macro_rules! named {
    ($(#[$doc:meta])* $enum:ident, $kind:literal: $($variant:ident, $name:literal, $description:literal;)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $enum {
            $(#[doc = $description] $variant,)+
        }

        impl $enum {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The kebab-case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What is different, in one line.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description,)+
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.name())
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::emulator::names::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.name() == name)
                    .ok_or_else(|| $crate::emulator::names::UnknownName { kind: $kind, name: name.to_owned() })
            }
        }
    };
}

pub(crate) use named;
