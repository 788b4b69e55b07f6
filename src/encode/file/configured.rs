//! A partner's configuration as the writers want it: options rendered over customer data, folder, name, each with its place.

use std::collections::BTreeMap;

use crate::encode::file::error::FileError;
use crate::encode::file::name::{Macro, NameError, NamePattern};
use crate::encode::file::options::{Defaults, FileOptions, Given, Origin, Reading};
use crate::encode::message::RenderError;
use crate::encode::pebble::{Context, Options, Template};
use crate::model::sdk::{FileServer, Server, Storage, Strategy, TemplateString};
use crate::model::source::tree::Node;
use crate::model::source::{Place, Problem, json};
use crate::model::submission::Destination;

/// Options that Adobe's samples template without a fallback: rendered to nothing they are as if not given.
const MAY_BE_EMPTY: [&str; 3] = ["fileType", "compression", "includeFileManifest"];

/// How a destination's files are written.
#[derive(Debug, Clone)]
pub struct Configured {
    /// Everything that decides the bytes.
    pub options: FileOptions,
    /// The folder in the storage, rendered; audience macros still in it.
    pub path: String,
    /// Where its template is.
    pub path_place: Place,
    /// How files are named.
    pub name: NamePattern,
    /// Where that is configured.
    pub name_place: Place,
    /// What is questionable.
    pub warnings: Vec<Problem>,
    places: BTreeMap<String, Place>,
}

impl Configured {
    /// Renders and resolves the configuration of a destination that takes files.
    ///
    /// # Errors
    /// A template that fails, a value that Spark refuses, a name that cannot be; at its place in the partner's file.
    pub fn new(destination: &Destination, reading: Reading) -> Result<Self, Problem> {
        let server = &destination.server;
        let top = Place::new(&server.source, 0..0);
        let file = server.file().ok_or_else(|| {
            top.error(
                "cannot write files: the destination takes messages",
                "`destspec render message` shows messages",
            )
        })?;
        let mut context = Context::new();
        context.set_json("customerData", &destination.customer_data.for_templates());
        let mut warnings = Vec::new();
        let (given, places) = given(server, file, &context, &mut warnings)?;
        let options = FileOptions::resolve(&given, Defaults::Adobe(reading))
            .map_err(|error| refused(&error, &places, &top))?;
        let (role, template) = folder(&file.storage);
        let path = rendered(role, template, &context)?;
        let name_place = name_place(destination);
        let name = name(destination).map_err(|error| {
            name_place.error(error.to_string(), "correct `batchConfig.filenameConfig`")
        })?;
        Ok(Self {
            options,
            path: without_authority(&file.storage, &path),
            path_place: template.origin.place.clone(),
            name,
            name_place,
            warnings,
            places,
        })
    }

    /// Where the partner gave an option, by the name that [`FileOptions::explain`] calls it by.
    pub fn place(&self, option: &str) -> Option<&Place> {
        let other = match option {
            "sep" => "delimiter",
            "compression" => "codec",
            "encoding" => "charset",
            "timeZone" => "spark.sql.session.timeZone",
            same => same,
        };
        let place = |name: &str| self.places.get(&name.to_lowercase());
        place(option).or_else(|| place(other))
    }
}

type Places = BTreeMap<String, Place>;

fn given(
    server: &Server,
    file: &FileServer,
    context: &Context,
    warnings: &mut Vec<Problem>,
) -> Result<(Given, Places), Problem> {
    let (mut given, mut places) = (Given::new(), Places::new());
    for (path, template) in &file.options {
        let name = path.strip_prefix("csvOptions.").unwrap_or(path);
        let place = &template.origin.place;
        let text = rendered(&format!("fileConfigurations.{path}"), template, context)?;
        if text.is_empty() && MAY_BE_EMPTY.contains(&name) {
            warnings.push(place.warning(
                format!("`{name}` renders to nothing: Adobe's default is used"),
                "give the field in `customer_data`, or a fallback in the template",
            ));
            continue;
        }
        given.insert(name.to_owned(), (text, Origin::Partner));
        places.insert(name.to_lowercase(), place.clone());
    }
    if let Some(rows) = file.max_file_row_count {
        let name = "maxFileRowCount";
        given.insert(name.to_owned(), (rows.to_string(), Origin::Partner));
        if let Some(place) = find(server, &["fileConfigurations", name]) {
            places.insert(name.to_lowercase(), place);
        }
    }
    Ok((given, places))
}

/// A template's text, with the place of a failure in the partner's file.
fn rendered(role: &str, template: &TemplateString, context: &Context) -> Result<String, Problem> {
    match template.strategy {
        Strategy::None => Ok(template.value.clone()),
        Strategy::PebbleV1 => Template::parse(&template.value, &Options::adobe())
            .and_then(|parsed| parsed.render(context))
            .map_err(|error| RenderError::template(role, template, error).problem()),
    }
}

fn refused(error: &FileError, places: &Places, top: &Place) -> Problem {
    let option = match error {
        FileError::Option { option, .. } => option.to_lowercase(),
        FileError::DuplicateColumn(_)
        | FileError::RowWidth { .. }
        | FileError::PatternField { .. }
        | FileError::PatternWidth { .. }
        | FileError::NoColumns
        | FileError::UnsupportedType { .. }
        | FileError::ValueType { .. }
        | FileError::Io(_) => String::new(),
    };
    let other = if option == "sep" { "delimiter" } else { "" };
    let place = places.get(&option).or_else(|| places.get(other));
    place.unwrap_or(top).error(error.to_string(), error.help())
}

/// What of the storage is a folder.
fn folder(storage: &Storage) -> (&'static str, &TemplateString) {
    match storage {
        Storage::S3 { path, .. } => ("fileBasedS3Destination.path", path),
        Storage::Sftp { root_directory, .. } => {
            ("fileBasedSFTPDestination.rootDirectory", root_directory)
        }
        Storage::AdlsGen2 { path } => ("fileBasedAdlsGen2Destination.path", path),
        Storage::AzureBlob { container, .. } => {
            ("fileBasedAzureBlobDestination.container", container)
        }
        Storage::DataLandingZone { path } => ("fileBasedDlzDestination.path", path),
        Storage::GoogleCloud { path, .. } => ("fileBasedGoogleCloudStorageDestination.path", path),
    }
}

/// `abfs://<file_system>@<account>.dfs.core.windows.net/<path>/`: the path alone.
fn without_authority(storage: &Storage, path: &str) -> String {
    let inner = match storage {
        Storage::AdlsGen2 { .. } => path
            .split_once("://")
            .map(|(_, rest)| rest.split_once('/').map_or("", |(_, folder)| folder)),
        Storage::S3 { .. }
        | Storage::Sftp { .. }
        | Storage::AzureBlob { .. }
        | Storage::DataLandingZone { .. }
        | Storage::GoogleCloud { .. } => None,
    };
    inner.unwrap_or(path).to_owned()
}

fn name(destination: &Destination) -> Result<NamePattern, NameError> {
    let Some(batch) = &destination.configuration.batch else {
        return Ok(NamePattern::default());
    };
    let append: Vec<Macro> = batch
        .filename
        .default_append
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, NameError>>()?;
    NamePattern::configured(&batch.filename.default_name, &append)
}

fn name_place(destination: &Destination) -> Place {
    let source = &destination.configuration.source;
    let node = json::parse(source).0;
    let config = ["batchConfig", "batchConfiguration"]
        .into_iter()
        .find_map(|key| node.as_ref()?.get(key)?.get("filenameConfig"));
    Place::new(source, config.map_or(0..0, |node| node.span.clone()))
}

fn find(server: &Server, path: &[&str]) -> Option<Place> {
    let node = json::parse(&server.source).0?;
    let found = path
        .iter()
        .try_fold(&node, |node: &Node, key| node.get(key))?;
    Some(Place::new(&server.source, found.span.clone()))
}
