//! Audience templates that lie beside what was submitted and that no destination names: an audience API would be *not offered*
//! by oversight. A run knows nothing of them, for its record holds what was submitted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::model::sdk::AudienceTemplate;
use crate::model::source::Problem;
use crate::model::submission::{Destination, Submission};

/// As large as an audience template may be that is looked for.
const LARGEST: u64 = 1 << 20;

/// One warning for each destination without a template, where there is one that nobody names.
pub fn templates(submission: &Submission) -> Vec<Problem> {
    let all = submission.destinations.iter();
    let named = all.clone().filter_map(|d| d.audience_template.as_ref());
    let named: Vec<&AudienceTemplate> = named.collect();
    let lacking = all.filter(|d| d.audience_template.is_none());
    lacking.filter_map(|d| overlooked(d, &named)).collect()
}

fn overlooked(destination: &Destination, named: &[&AudienceTemplate]) -> Option<Problem> {
    let posted = [&destination.place.source, &destination.configuration.source];
    let folders: BTreeSet<PathBuf> = posted.iter().map(|s| s.folder().to_owned()).collect();
    let mut found: Vec<PathBuf> = folders.iter().flat_map(|folder| held(folder)).collect();
    found.retain(|path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        is_template(&text) && !named.iter().any(|known| known.source.text == text)
    });
    found.sort();
    let from = destination.place.source.folder();
    let path = found.first()?;
    let path = path.strip_prefix(from).unwrap_or(path).display();
    let what = format!(
        "`{path}` is an audience template, and no destination names it: no audience API is judged"
    );
    let help = format!(
        "name it: `audience_template = \"{path}\"` in [[destination]]; it is *not offered* until then"
    );
    Some(destination.place.warning(what, help))
}

/// The JSON files of a folder that may be templates.
fn held(folder: &Path) -> Vec<PathBuf> {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let small = files.filter(|file| {
        file.metadata()
            .is_ok_and(|m| m.is_file() && m.len() <= LARGEST)
    });
    let paths = small.map(|file| file.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|e| e == "json"));
    paths
        .map(|path| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path))
        .collect()
}

fn is_template(text: &str) -> bool {
    let read: Option<Value> = serde_json::from_str(text).ok();
    read.is_some_and(|json| json.pointer("/metadataTemplate/create").is_some())
}
