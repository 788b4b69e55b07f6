//! What a server and the customer's data make of a storage: its location, every template of it rendered.

use crate::encode::file::configured::rendered;
use crate::encode::pebble::Context;
use crate::model::location::Location;
use crate::model::sdk::{Storage, TemplateString};
use crate::model::source::{Place, Problem};

/// A storage with its templates rendered.
pub(crate) struct Located {
    /// Where files go; audience macros still in its folder.
    pub location: Location,
    /// Where the folder's template is.
    pub place: Place,
    /// What no location can do without and that renders to nothing.
    pub warnings: Vec<Problem>,
}

/// Renders the templates of a storage.
///
/// # Errors
/// A template that fails, at its place in the partner's file.
pub(crate) fn located(storage: &Storage, context: &Context) -> Result<Located, Problem> {
    let mut warnings = Vec::new();
    let folder = |template: &TemplateString| rendered(&role(template), template, context);
    let mut needed = |template: &TemplateString| {
        let text = folder(template)?;
        if text.is_empty() {
            warnings.push(template.origin.place.warning(
                format!("`{}` renders to nothing", role(template)),
                "give the field in `customer_data`, or a fallback in the template",
            ));
        }
        Ok(text)
    };
    let (location, of_folder) = match storage {
        Storage::S3 { bucket, path: of } => {
            let (bucket, path) = (needed(bucket)?, folder(of)?);
            (Location::S3 { bucket, path }, of)
        }
        Storage::Sftp {
            root_directory: of,
            host_name,
            port,
            encryption_mode: _,
        } => {
            // A host that is left out was warned of when the server was read.
            let host = host_name.as_ref().map(&mut needed).transpose()?;
            let (host, port, path) = (host.unwrap_or_default(), *port, folder(of)?);
            (Location::Sftp { host, port, path }, of)
        }
        Storage::AdlsGen2 { path: of } => (Location::adls_gen2(&folder(of)?), of),
        Storage::AzureBlob { path, container } => {
            let (account, folder) = (needed(path)?, needed(container)?);
            (Location::azure_blob(account, &folder), container)
        }
        Storage::DataLandingZone { path: of } => {
            let path = folder(of)?;
            (Location::DataLandingZone { path }, of)
        }
        Storage::GoogleCloud { bucket, path: of } => {
            let (bucket, path) = (needed(bucket)?, folder(of)?);
            (Location::GoogleCloud { bucket, path }, of)
        }
    };
    Ok(Located {
        location,
        place: of_folder.origin.place.clone(),
        warnings,
    })
}

/// Whether files are encrypted with the customer's PGP key before they are stored.
pub(crate) fn is_encrypted(storage: &Storage) -> bool {
    match storage {
        Storage::Sftp {
            encryption_mode, ..
        } => encryption_mode.as_deref() == Some("PGP"),
        Storage::S3 { .. }
        | Storage::AdlsGen2 { .. }
        | Storage::AzureBlob { .. }
        | Storage::DataLandingZone { .. }
        | Storage::GoogleCloud { .. } => false,
    }
}

/// A template by its keys, e.g. `fileBasedS3Destination.bucket`.
fn role(template: &TemplateString) -> String {
    let pointer = template.origin.pointer.trim_start_matches('/');
    let keys = pointer.strip_suffix("/value").unwrap_or(pointer);
    keys.replace('/', ".")
}
