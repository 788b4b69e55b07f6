//! Stand-in destinations, served over HTTPS in this process.
//!
//! An emulator is an independent second reading of every protocol that the rest of the crate speaks as a client: it
//! imports nothing of ours. It really parses, authenticates, stores and answers what it stored. A [`Fault`] is one
//! deliberate misbehaviour, a [`Variation`] a harmless difference that must change no verdict.
//!
//! Reading order: `setup`, `server`, `delivery`, `message`, `store`, `auth`, `oauth2`, `observe`; then `fault` with
//! `distortion` (what is stored wrongly) and `refusal` (what is refused wrongly), and `variation`.

mod answer;
mod auth;
mod delivery;
mod distortion;
mod fault;
mod load;
mod message;
mod names;
mod oauth2;
mod observe;
mod reference;
mod refusal;
mod server;
mod setup;
mod state;
mod store;
mod timestamp;
mod tls;
mod variation;

pub use fault::Fault;
pub use names::UnknownName;
pub use reference::{ReferenceCredentials, reference};
pub use server::{Emulator, EmulatorError};
pub use setup::{Auth, Capacity, DestinationSetup, Setup, TokenShape};
pub use state::Delivery;
pub use variation::Variation;
