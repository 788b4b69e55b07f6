//! Which faults and variations are in force, whatever the family.

use std::collections::BTreeSet;

/// The faults and variations in force.
#[derive(Debug, Clone)]
pub(crate) struct InForce<F, V> {
    faults: BTreeSet<F>,
    variations: BTreeSet<V>,
}

impl<F: Ord, V: Ord> InForce<F, V> {
    pub(crate) fn new(faults: BTreeSet<F>, variations: BTreeSet<V>) -> Self {
        Self { faults, variations }
    }

    pub(crate) fn has(&self, fault: F) -> bool {
        self.faults.contains(&fault)
    }

    pub(crate) fn varies(&self, variation: V) -> bool {
        self.variations.contains(&variation)
    }
}

impl<F, V> Default for InForce<F, V> {
    fn default() -> Self {
        Self {
            faults: BTreeSet::new(),
            variations: BTreeSet::new(),
        }
    }
}
