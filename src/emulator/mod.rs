//! Stand-in destinations, served in this process: a room a family.
//!
//! An emulator is an independent second reading of every protocol that the rest of the crate speaks as a client: it
//! imports nothing of ours. It really parses, authenticates, stores and answers what it stored. A fault is one
//! deliberate misbehaviour, a variation a harmless difference that must change no verdict.
//!
//! Each family has its own faults, which [`Fault`] gathers: a name is read, listed and described here, whatever the
//! family. A new family is a folder, a line in `fault`, and what the compiler then asks for.

mod fault;
pub mod host;
pub mod ingest;
mod names;
pub mod rest;
mod rules;
pub mod storage;
pub mod tls;

pub use fault::{Fault, Variation};
pub use names::UnknownName;
