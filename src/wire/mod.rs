//! Bytes to and from the outside. The only sockets of the client: everything a scenario learns about the world comes
//! through a [`Session`], which is live or replays a record; a scenario cannot tell the two apart.
//!
//! Invariants: a failure on the wire is an exchange, never an `Err`; every exchange passes `tap`, which redacts it;
//! certificates are always verified, redirects never followed, proxies and cookies never used; no lock is held across
//! an await. A replay opens no socket and waits for nothing.

pub mod auth;
mod canary;
mod coding;
mod command;
mod connection;
mod door;
mod echo;
mod error;
mod host;
mod http;
mod limit;
pub mod login;
mod replay;
mod request;
mod session;
pub mod storage;
mod tap;
mod tls;
mod tls_failure;
mod token;

pub use crate::model::record::RUN_HEADER;
pub use crate::model::sdk::RetryClass;
pub use crate::wire::auth::AuthSetup;
pub use crate::wire::auth::oauth2::{AuthField, OAuth2Setup, TokenEndpoint, line};
pub use crate::wire::door::{Door, DoorSetup};
pub use crate::wire::error::{Divergence, WireError};
pub use crate::wire::request::{Account, Credential, Request, Retry, TokenAsk};
pub use crate::wire::session::Session;
pub use crate::wire::storage::{
    Content, LocationHosts, Login, Spool, StorageSetup, Upload, Uploads,
};
pub use crate::wire::tap::JournalEntry;
