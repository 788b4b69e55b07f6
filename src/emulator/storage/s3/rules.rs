//! What a server was told about how to behave.

use crate::emulator::storage::fault::Fault;
use crate::emulator::storage::rules;
use crate::emulator::storage::s3::setup::Dialect;
use crate::emulator::storage::variation::Variation;

/// How a server behaves, in all its buckets.
pub(crate) struct Rules {
    pub(crate) dialect: Dialect,
    pub(crate) region: Option<String>,
    pub(crate) in_force: rules::Rules,
}

impl Rules {
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.in_force.has(fault)
    }

    pub(crate) fn varies(&self, variation: Variation) -> bool {
        self.in_force.varies(variation)
    }

    /// Whether what was overwritten or deleted is kept.
    pub(crate) fn keeps_versions(&self) -> bool {
        self.varies(Variation::Versioned) || self.varies(Variation::ObjectLock)
    }
}
