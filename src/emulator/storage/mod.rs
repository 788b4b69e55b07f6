//! Stand-ins for the storages that files are exported to: Amazon S3 and Google Cloud Storage, Azure Blob Storage and Data
//! Lake Storage, SFTP. Each speaks its protocol over the same store, and is at fault in the same ways.

pub mod azure;
mod fault;
mod rules;
pub mod s3;
pub mod sftp;
mod spoiling;
mod store;
mod variation;

pub use fault::Fault;
pub use store::{Object, Store, Upload};
pub use variation::Variation;
