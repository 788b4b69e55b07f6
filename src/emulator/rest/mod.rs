//! Stand-ins for streaming destinations: a REST endpoint, its token endpoint, and what it says that it stored.
//!
//! Reading order: `setup`, `server`, `routes`, `delivery`, `message`, `store`, `auth`, `oauth2`, `observe`; then
//! `fault` with, under `delivery`, `distortion` (what is stored wrongly), `history` (what becomes of what was stored),
//! `race` (what is lost), `refusal` (what is refused wrongly) and `leak` (what is refused and stored); and `variation`.

mod answer;
mod audiences;
mod auth;
mod comparison;
mod delivery;
mod error;
mod fault;
mod load;
mod message;
mod notices;
mod oauth2;
mod observe;
mod reference;
mod routes;
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
pub use setup::{Auth, Capacity, DestinationSetup, Grant, Setup, TokenShape};
pub use state::Delivery;
pub use variation::Variation;
