//! Which faults and variations of a platform are in force.

use crate::emulator::ingest::fault::Fault;
use crate::emulator::ingest::variation::Variation;
use crate::emulator::rules::InForce;

/// The faults and variations in force.
pub(crate) type Rules = InForce<Fault, Variation>;

#[cfg(test)]
impl Rules {
    pub(crate) fn with(fault: Fault) -> Self {
        Self::new([fault].into(), [].into())
    }
}
