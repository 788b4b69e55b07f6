//! A stand-in for Azure Storage and what it needs of Entra ID: Blob Storage with Shared Key and shared access signatures,
//! Data Lake Storage Gen2 with access tokens, the token endpoint for service principals, and the container of a Data
//! Landing Zone, which is one that is reached by a signature.
//!
//! One router answers for all: `/ACCOUNT/CONTAINER/blob` speaks the Blob dialect, `/dfs/ACCOUNT/FILESYSTEM/path` that of
//! the Data Lake, `/TENANT/oauth2/v2.0/token` gives tokens. It is to be mounted at the root: clients sign the whole path.
//! What is not known here is refused, never guessed.
//!
//! Reading order: `setup`, `route`, `visit`, `auth`, `room`, `blob`, `dfs`; then `names` and `content`, where most faults are.

mod auth;
mod blob;
mod call;
mod content;
mod dfs;
mod entra;
mod failure;
mod headers;
mod names;
mod room;
mod route;
mod setup;
mod state;
#[cfg(test)]
mod tests;
mod visit;
mod xml;

pub use auth::{SasTerms, sas};
pub use route::router;
pub use setup::{Account, AzureSetup, Container, Policy, Tenant};
