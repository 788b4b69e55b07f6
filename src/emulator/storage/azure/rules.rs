//! Which faults and variations are in force.

use std::collections::BTreeSet;

use crate::emulator::storage::{Fault, Variation};

/// The faults and variations in force.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    faults: BTreeSet<Fault>,
    variations: BTreeSet<Variation>,
}

impl Rules {
    pub(super) fn new(faults: BTreeSet<Fault>, variations: BTreeSet<Variation>) -> Self {
        Self { faults, variations }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    pub(super) fn varies(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }
}
