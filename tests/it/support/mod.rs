//! What several integration tests build on.

pub mod echo;
pub mod guises;
pub mod judged;
pub mod leaky_sftp;
pub mod locations;
pub mod program;
pub mod record;
pub mod served;
pub mod silent;
pub mod token_server;
