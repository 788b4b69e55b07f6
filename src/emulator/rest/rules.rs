//! Which faults and variations are in force.

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::variation::Variation;
use crate::emulator::rules::InForce;

/// The versions of HTTP that are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HttpVersion {
    One,
    Two,
    Either,
}

/// The faults and variations in force.
pub(crate) type Rules = InForce<Fault, Variation>;

impl Rules {
    /// Some faults and variations are about HTTP/1.1 alone.
    pub(crate) fn version(&self) -> HttpVersion {
        let older = [Variation::Http1Only, Variation::ConnectionClose];
        let is_older = older.iter().any(|variation| self.varies(*variation));
        match (self.varies(Variation::Http2Only), is_older) {
            (true, _) => HttpVersion::Two,
            (false, true) => HttpVersion::One,
            (false, false) if self.has(Fault::UnreadBody) => HttpVersion::One,
            (false, false) => HttpVersion::Either,
        }
    }
}
