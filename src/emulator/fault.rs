//! The faults and the variations of every family under one roof: where a name is read and all of them are listed.

use crate::emulator::names::UnknownName;
use crate::emulator::{ingest, rest, storage};

/// Gathers what the families declare; each is known by the name it has in its family.
macro_rules! families {
    ($(#[$whole:meta])* $gathered:ident, $kind:literal: $($(#[$doc:meta])* $family:ident($own:ty),)+) => {
        $(#[$whole])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $gathered {
            $($(#[$doc])* $family($own),)+
        }

        impl $gathered {
            /// All of them, family by family, in the order of declaration.
            pub fn all() -> impl Iterator<Item = Self> {
                std::iter::empty()$(.chain(<$own>::ALL.iter().copied().map(Self::$family)))+
            }

            /// The kebab-case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$family(own) => own.name(),)+
                }
            }

            /// What is different, in one line.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$family(own) => own.description(),)+
                }
            }
        }

        impl std::fmt::Display for $gathered {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.name())
            }
        }

        impl std::str::FromStr for $gathered {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::all()
                    .find(|one| one.name() == name)
                    .ok_or_else(|| UnknownName {
                        kind: $kind,
                        name: name.to_owned(),
                    })
            }
        }
    };
}

families! {
    /// One deliberate misbehaviour of an emulator, of whatever family.
    Fault, "fault":
    /// Of a streaming destination.
    Rest(rest::Fault),
    /// Of a storage.
    Storage(storage::Fault),
    /// Of a platform that ingests files.
    Ingest(ingest::Fault),
}

families! {
    /// One harmless difference of an emulator, of whatever family.
    Variation, "variation":
    /// Of a streaming destination.
    Rest(rest::Variation),
    /// Of a storage.
    Storage(storage::Variation),
    /// Of a platform that ingests files.
    Ingest(ingest::Variation),
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_means_one_fault_in_all_families() {
        let names: BTreeSet<&str> = Fault::all().map(Fault::name).collect();
        assert_eq!(names.len(), Fault::all().count());
        assert!(Fault::all().all(|fault| fault.name().parse() == Ok(fault)));
    }

    #[test]
    fn a_name_that_no_family_knows_is_said_to_be_unknown() {
        assert_eq!(
            "no-such"
                .parse::<Fault>()
                .map_err(|error| error.to_string()),
            Err("expected the name of a fault, received `no-such`".to_owned())
        );
    }
}
