//! Which faults and variations are in force.

use std::collections::BTreeSet;

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::variation::Variation;

/// The faults and variations in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    faults: BTreeSet<Fault>,
    variations: BTreeSet<Variation>,
}

impl Rules {
    pub(crate) fn new(faults: BTreeSet<Fault>, variations: BTreeSet<Variation>) -> Self {
        Self { faults, variations }
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    pub(crate) fn varies(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }

    #[cfg(test)]
    pub(crate) fn with(fault: Fault) -> Self {
        Self::new(BTreeSet::from([fault]), BTreeSet::new())
    }
}
