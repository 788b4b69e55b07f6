//! A partner's configuration as the writers want it: options rendered over customer data, folder, name, each with its place.

use std::collections::BTreeMap;

use crate::encode::file::error::FileError;
use crate::encode::file::folder_path::{folder_path, writable};
use crate::encode::file::location::{Located, is_encrypted, located};
use crate::encode::file::name::{Macro, NameError, NamePattern};
use crate::encode::file::options::{Defaults, FileOptions, Given, Origin, Reading};
use crate::encode::message::{RenderError, lint};
use crate::encode::pebble::{Context, Options, Template};
use crate::model::location::Location;
use crate::model::rule::Rule;
use crate::model::sdk::{FileServer, Server, Strategy, TemplateString};
use crate::model::source::tree::Node;
use crate::model::source::{Place, Problem, Severity, json};
use crate::model::submission::Destination;

/// Options that no writer takes empty: rendered to nothing, as an optional field that is not filled in does, they are as
/// if not given.
const NEVER_EMPTY: [&str; 14] = [
    "fileType",
    "compression",
    "codec",
    "includeFileManifest",
    "sep",
    "delimiter",
    "encoding",
    "charset",
    "lineSep",
    "header",
    "quoteAll",
    "escapeQuotes",
    "ignoreLeadingWhiteSpace",
    "ignoreTrailingWhiteSpace",
];

/// How a destination's files are written.
#[derive(Debug, Clone)]
pub struct Configured {
    /// Everything that decides the bytes.
    pub options: FileOptions,
    /// Where files go; audience macros still in the folder.
    pub location: Location,
    /// Where the folder's template is.
    pub path_place: Place,
    /// How files are named.
    pub name: NamePattern,
    /// Where that is configured.
    pub name_place: Place,
    /// What is questionable.
    pub warnings: Vec<Problem>,
    encrypted: bool,
    places: BTreeMap<String, Place>,
}

/// A part of the configuration in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What it is: `path`, `filename`, or the option's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Where that came from: a place in the partner's file, or whose default it is.
    pub from: String,
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
        let located = located(&file.storage, &context)?;
        is_writable(&located, destination)?;
        warnings.extend(located.warnings);
        for template in file.storage.templates() {
            add_undeclared(&mut warnings, template, destination, Severity::Violation);
        }
        for (_, template) in &file.options {
            add_undeclared(&mut warnings, template, destination, Severity::Warning);
        }
        let name_place = name_place(destination);
        let name = name(destination).map_err(|error| {
            let problem =
                name_place.error(error.to_string(), "correct `batchConfig.filenameConfig`");
            problem.of(Rule::FileNames)
        })?;
        Ok(Self {
            options,
            location: located.location,
            path_place: located.place,
            name,
            name_place,
            warnings,
            encrypted: is_encrypted(&file.storage),
            places,
        })
    }

    /// Folder, name and options, each with its origin.
    pub fn explain(&self) -> Vec<Explained> {
        let explained = |name: &str, text: String, from: String| Explained {
            name: name.to_owned(),
            text,
            from,
        };
        let (path, name) = (self.location.folder(), self.name.to_string());
        let mut all = vec![
            explained("path", path, self.path_place.to_string()),
            explained("filename", name, self.name_place.to_string()),
        ];
        all.extend(self.options.explain().map(|option| {
            let from = match (option.origin, self.place(&option.name)) {
                (Origin::Partner, Some(place)) => place.to_string(),
                (origin, _) => origin.to_string(),
            };
            explained(&option.name, option.text.clone(), from)
        }));
        all
    }

    /// What to know of the files that belongs to no one place.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.options.warnings().to_vec();
        remarks.extend(self.timeless().map(|problem| problem.to_string()));
        if self.encrypted {
            remarks.push(
                "`encryptionMode` is `PGP`: files are written without encryption here".to_owned(),
            );
        }
        remarks
    }

    /// What does not tell one file from the others: the audience, and when it was written.
    pub fn alike(&self) -> Vec<Problem> {
        let nameless = (!self.name.holds(Macro::SegmentId) && !self.name.holds(Macro::MergePolicyId)).then(|| {
            self.name_place.warning(
                "no id of the audience in the file's name: audiences of one name overwrite each other",
                "put `SEGMENT_ID` into `defaultFilenameAppendOptions`",
            )
        });
        let both = nameless.into_iter().chain(self.timeless());
        both.map(|problem| problem.of(Rule::TellingNames)).collect()
    }

    fn timeless(&self) -> Option<Problem> {
        (!self.name.is_distinct_in_time()).then(|| {
            self.name_place.warning(
                "no time in the file's name: each export overwrites the one before",
                "put `DATETIME` or `TIMESTAMP` into `defaultFilenameAppendOptions`",
            )
        })
    }

    /// Where the partner gave an option, by the name that [`FileOptions::explain`] calls it by.
    fn place(&self, option: &str) -> Option<&Place> {
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

/// What a template reads that will not be there: customer data that nobody declares, and what only messages have.
fn undeclared(template: &TemplateString, destination: &Destination) -> Vec<Problem> {
    let variables = match template.strategy {
        Strategy::None => Vec::new(),
        Strategy::PebbleV1 => Template::parse(&template.value, &Options::adobe())
            .map(|parsed| parsed.variables())
            .unwrap_or_default(),
    };
    let origin = &template.origin;
    let role = origin.pointer.trim_start_matches('/').replace('/', ".");
    let mut problems = lint::undeclared(&role, &variables, &origin.place, destination);
    problems.extend(lint::misplaced(&role, &variables, &origin.place));
    problems
}

/// Adds them, each template once. An option has a default: it is no more than questionable, and not even that where the
/// template itself looks whether the field is there.
fn add_undeclared(
    warnings: &mut Vec<Problem>,
    template: &TemplateString,
    destination: &Destination,
    severity: Severity,
) {
    let span = &template.origin.place.span;
    if severity == Severity::Warning && template.value.contains(" contains ") {
        return;
    }
    for problem in undeclared(template, destination) {
        match warnings.iter_mut().find(|known| known.span == *span) {
            Some(known) => {
                (known.rule, known.severity, known.help) = (problem.rule, severity, problem.help);
            }
            None => warnings.push(Problem {
                severity,
                ..problem
            }),
        }
    }
}

type Places = BTreeMap<String, Place>;

/// The folder can be written to, whichever of the audiences it is for.
fn is_writable(located: &Located, destination: &Destination) -> Result<(), Problem> {
    let (location, folder) = (&located.location, located.location.folder());
    let is_strict = match location {
        // a server of files takes them as the system does that it runs on
        Location::Sftp { .. } => false,
        Location::S3 { .. }
        | Location::AdlsGen2 { .. }
        | Location::AzureBlob { .. }
        | Location::DataLandingZone { .. }
        | Location::GoogleCloud { .. } => true,
    };
    let audiences = destination.audiences.iter();
    let named = audiences.map(|audience| (audience.name.as_str(), audience.id.as_str()));
    for (name, id) in named.chain([("a", "a")]) {
        let path = folder_path(&folder, name, id);
        let path = path.and_then(|path| writable(&path, is_strict));
        path.map_err(|error| {
            let help =
                "correct the folder in `customer_data`, or its template in the server's JSON";
            located.place.error(error.to_string(), help)
        })?;
    }
    Ok(())
}

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
        if text.is_empty() && NEVER_EMPTY.contains(&name) {
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
pub(crate) fn rendered(
    role: &str,
    template: &TemplateString,
    context: &Context,
) -> Result<String, Problem> {
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

fn name(destination: &Destination) -> Result<NamePattern, NameError> {
    let batch = destination.configuration.batch.as_ref();
    let Some(filename) = batch.and_then(|batch| batch.filename.as_ref()) else {
        return Ok(NamePattern::default());
    };
    let append: Vec<Macro> = filename
        .default_append
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, NameError>>()?;
    NamePattern::configured(&filename.default_name, &append)
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
