//! The faults of every family under one roof: where a name is read and all of them are listed.

use crate::emulator::names::UnknownName;
use crate::emulator::{ingest, rest, storage};

/// Gathers the faults of the families; each is known by the name it has in its family.
macro_rules! families {
    ($($(#[$doc:meta])* $family:ident($fault:ty),)+) => {
        /// One deliberate misbehaviour of an emulator, of whatever family.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Fault {
            $($(#[$doc])* $family($fault),)+
        }

        impl Fault {
            /// Every fault, family by family, in the order of declaration.
            pub fn all() -> impl Iterator<Item = Self> {
                std::iter::empty()$(.chain(<$fault>::ALL.iter().copied().map(Self::$family)))+
            }

            /// The kebab-case name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$family(fault) => fault.name(),)+
                }
            }

            /// What is different, in one line.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$family(fault) => fault.description(),)+
                }
            }
        }
    };
}

families! {
    /// Of a streaming destination.
    Rest(rest::Fault),
    /// Of a storage.
    Storage(storage::Fault),
    /// Of a platform that ingests files.
    Ingest(ingest::Fault),
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

impl std::str::FromStr for Fault {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::all()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownName {
                kind: "fault",
                name: name.to_owned(),
            })
    }
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
