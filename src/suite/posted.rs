//! The files that were posted, as a record holds them: digests, and texts without secrets.

use std::sync::Arc;

use crate::model::digest::Digest;
use crate::model::record::{Fact, SourceFile};
use crate::model::source::Source as Text;
use crate::model::submission::{Destination, Submission};
use crate::suite::open::Target;
use crate::suite::source::Source;

/// The role of a file that says whom else to trust.
pub const AUTHORITY: &str = "certificate authority";

/// The configuration files of a destination by role, each once.
fn files(destination: &Destination) -> Vec<(&'static str, &Arc<Text>)> {
    let profiles = destination.profiles.as_ref().map(|own| &own.source);
    let template = destination.audience_template.as_ref();
    let template = template.map(|template| &template.source);
    let files = [
        ("server", Some(&destination.server.source)),
        ("configuration", Some(&destination.configuration.source)),
        ("audience template", template),
        ("profiles", profiles),
        (AUTHORITY, destination.ca.as_ref()),
    ];
    files
        .into_iter()
        .filter_map(|(role, text)| Some((role, text?)))
        .collect()
}

/// Digests of the files as they are read.
pub fn posted(destination: &Destination) -> Vec<Fact> {
    named(destination, |_| None)
}

/// Digests of the files as posted: a record holds them with marks for their secrets.
pub(crate) fn digests(destination: &Destination, source: &Source<'_>) -> Vec<Fact> {
    named(destination, |text| match source {
        Source::Live(_) => None,
        Source::Replay(run) => {
            let mut sources = run.sources.iter();
            let recorded = sources.find(|file| file.name == text.name);
            recorded.map(|file| file.sha256)
        }
    })
}

/// Each file with the digest that is known of it, or else its own.
fn named(destination: &Destination, known: impl Fn(&Text) -> Option<Digest>) -> Vec<Fact> {
    let fact = |(role, text): (&str, &Arc<Text>)| Fact {
        name: format!("{role} {}", text.name),
        value: known(text)
            .unwrap_or_else(|| Digest::hash(&text.text))
            .to_string(),
    };
    files(destination).into_iter().map(fact).collect()
}

/// The submission and the files that it names, without secrets: what a replay reads in their place.
pub(crate) fn sources(
    submission: &Submission,
    targets: &[Target],
    source: &Source<'_>,
) -> Vec<SourceFile> {
    let redacted = |text: &str| {
        let doors = targets.iter().map(|target| &target.door);
        doors.fold(text.to_owned(), |text, door| door.redacted(&text))
    };
    let named = submission.destinations.iter().flat_map(files);
    let named = named.map(|(_, text)| text);
    let mut sources: Vec<SourceFile> = Vec::new();
    for text in [&submission.source].into_iter().chain(named) {
        if !sources.iter().any(|known| known.name == text.name) {
            sources.extend(match source {
                Source::Live(_) => Some(SourceFile {
                    name: text.name.clone(),
                    sha256: Digest::hash(&text.text),
                    text: redacted(&text.marked()),
                }),
                // the one that is read: no other follows from the submission
                Source::Replay(run) => {
                    let mut recorded = run.sources.iter();
                    recorded.find(|file| file.name == text.name).cloned()
                }
            });
        }
    }
    sources
}
