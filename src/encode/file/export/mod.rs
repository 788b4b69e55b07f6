//! What Experience Platform does to export: the profiles of a destination's audiences become a folder of files
//! (reference 7). The twin of [`crate::encode::message`] for destinations that take files. Time, seed and profiles come
//! in as values; where the files end up is the business of a [`crate::encode::file::folder::Folder`].

mod error;
mod exporter;
mod flow_run;
mod group;
mod occasion;
pub mod rows;

pub use crate::encode::file::configured::Explained;
pub use crate::encode::file::export::error::ExportError;
pub use crate::encode::file::export::exporter::{Export, Exporter, TextColumn};
pub use crate::encode::file::export::flow_run::FlowRun;
pub use crate::encode::file::export::group::Group;
pub use crate::encode::file::export::occasion::{Occasion, Profiles};
