//! Which faults and variations of a storage are in force.

use crate::emulator::rules::InForce;
use crate::emulator::storage::{Fault, Variation};

/// The faults and variations in force.
pub(crate) type Rules = InForce<Fault, Variation>;
