//! Stand-ins for streaming destinations: a REST endpoint, its token endpoint, and what it says that it stored.
//!
//! Reading order: `setup`, `server`, `delivery`, `message`, `store`, `auth`, `oauth2`, `observe`; then `fault` with
//! `delivery::distortion` (what is stored wrongly) and `delivery::refusal` (what is refused wrongly), and `variation`.

mod answer;
mod auth;
mod delivery;
mod error;
mod fault;
mod load;
mod message;
mod oauth2;
mod observe;
mod reference;
mod rules;
mod server;
mod setup;
mod state;
mod store;
mod tls;
mod tokens;
mod variation;

pub use error::EmulatorError;
pub use fault::Fault;
pub use reference::{ReferenceCredentials, reference};
pub use server::Emulator;
pub use setup::{Auth, Capacity, DestinationSetup, Setup, TokenShape};
pub use state::Delivery;
pub use variation::Variation;
