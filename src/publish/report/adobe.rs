//! What Adobe asks for when a destination is submitted for review (reference 1.6), as one Markdown page: what the record
//! holds is filled in, the rest is a slot for the partner. Nothing is claimed that no exchange shows.

use serde_json::Value;

use crate::model::record::{Destination, Run};
use crate::model::sdk::Family;
use crate::publish::report::case::{Case, Transcript};
use crate::publish::report::markdown::{code, plain};
use crate::publish::report::matrix::{selected, unselected};
use crate::publish::report::summary::{Section, Summary};
use crate::publish::report::text;
use crate::publish::report::text::shorten;
use crate::publish::report::verdict::Verdict;

/// What only the partner can fill in.
const SLOT: &str = "**to be filled in**";
/// Characters of one transcript.
const BLOCK: usize = 20_000;
/// Scenarios whose exchange is the test call, first choice first: a message with one profile, a stored file.
const MESSAGES: [&str; 2] = ["STR-1.02", "STR-1a.01"];
const FILES: [&str; 2] = ["BAT-1.02", "BAT-1.01"];
const INGESTED: [&str; 3] = ["BAT-2.21", "BAT-2.01", "BAT-2.02"];

/// Renders the page.
pub fn render(run: &Run, summary: &Summary) -> String {
    let mut out = format!(
        "# Submission of {}\n\n- contact: {}\n- run: {} of {}, {}\n\n",
        plain(&summary.partner),
        contact(&text::line(&run.partner.contact)),
        code(&text::line(&run.id)),
        plain(&summary.started),
        summary.conclusion
    );
    let rows = summary.partnership.iter();
    for row in rows {
        let (id, why) = (code(&row.id), plain(&row.why));
        out.push_str(&format!("- {id}: {}, {why}\n", row.conclusion));
    }
    if let Some(others) = unselected(run) {
        let others = plain(&text::line(&others));
        out.push_str(&format!(
            "- left out here, since nothing of the selection ran on them: {others}\n"
        ));
    }
    for (section, destination) in summary.destinations.iter().zip(selected(run)) {
        out.push_str(&submitted(run, section, destination));
    }
    out
}

/// A mail address as a link of Markdown; whatever else was written there as code.
fn contact(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let is_part = |part: &str| !part.is_empty() && part.chars().all(fits);
    match text.split_once('@') {
        Some((name, host)) if is_part(name) && is_part(host) => format!("<{text}>"),
        Some(_) | None => code(text),
    }
}

fn submitted(run: &Run, section: &Section, destination: &Destination) -> String {
    let mut out = format!(
        "\n## {} {}\n\n### Use cases\n\n{SLOT}: what customers do with the destination; of an update, the reason for it.\n",
        code(&section.name),
        plain(&section.version)
    );
    out.push_str("\n### Configuration\n\n");
    for (what, id) in ids(run, destination) {
        let id = id.map_or_else(|| SLOT.to_owned(), |id| code(&text::line(&id)));
        out.push_str(&format!("- {}: {id}\n", plain(&text::line(&what))));
    }
    for (file, digest) in &section.files {
        out.push_str(&format!("- {}: SHA-256 {}\n", plain(file), code(digest)));
    }
    match destination.family {
        Family::Streaming => {
            out.push_str(&exchanged(section, "Test request and answer", &MESSAGES))
        }
        Family::File => {
            out.push_str(&exchanged(section, "Test of the export", &FILES));
            out.push_str(&format!("\n### Exported CSV file\n\n{SLOT}: attach one of the files that are named above, or that of Adobe's own test.\n"));
            out.push_str(&exchanged(section, "Proof of ingestion", &INGESTED));
        }
    }
    out.push_str("\n### Verdicts\n\n| prerequisite | conclusion | why |\n|---|---|---|\n");
    for row in &section.prerequisites {
        let (id, why) = (code(&row.id), plain(&shorten(&row.why, 400)));
        out.push_str(&format!("| {id} | {} | {why} |\n", row.conclusion));
    }
    out.push_str(&format!(
        "\n### Publication\n\n- id of the publishing request: {SLOT}\n- pull request of the documentation page: {SLOT}\n- logo, SVG of less than 2 MB: {SLOT}\n"
    ));
    out
}

/// The ids that the posted JSON holds, as the authoring API answers them; nothing where it was not answered yet.
fn ids(run: &Run, destination: &Destination) -> Vec<(String, Option<String>)> {
    let mut ids = Vec::new();
    for (role, what, is_optional) in [
        ("server ", "id of the destination server", false),
        (
            "configuration ",
            "id of the destination configuration",
            false,
        ),
        ("audience template ", "id of the audience template", true),
    ] {
        let mut files = destination.files.iter();
        let name = files.find_map(|fact| fact.name.strip_prefix(role));
        if name.is_none() && is_optional {
            continue;
        }
        let source = run.sources.iter().find(|s| Some(s.name.as_str()) == name);
        let json = source.and_then(|s| serde_json::from_str::<Value>(&s.text).ok());
        let at = |pointer| Some(json.as_ref()?.pointer(pointer)?.as_str()?.to_owned());
        ids.push((what.to_owned(), at("/instanceId")));
        for (pointer, what) in NAMED {
            let named = at(pointer).map(|id| (what.to_owned(), Some(id)));
            ids.extend(named);
        }
    }
    ids
}

/// Where a configuration names what it goes with.
const NAMED: [(&str, &str); 2] = [
    (
        "/destinationDelivery/0/destinationServerId",
        "destination server that the configuration names",
    ),
    (
        "/segmentMappingConfig/audienceTemplateId",
        "audience template that the configuration names",
    ),
];

/// The exchanges of the first of those requirements that passed, written out; a slot where none did.
fn exchanged(section: &Section, title: &str, requirements: &[&str]) -> String {
    let mut cases = section.features.iter().flat_map(|feature| &feature.cases);
    let all: Vec<&Case> = cases.by_ref().collect();
    let passed = |id: &&str| {
        let mut of_it = all.iter().filter(|case| case.requirement == **id);
        of_it.find(|case| case.verdict == Verdict::Passed && !case.exchanges.is_empty())
    };
    let mut out = format!("\n### {title}\n\n");
    let Some(case) = requirements.iter().find_map(passed) else {
        out.push_str(&format!("{SLOT}: no such scenario passed in this run.\n"));
        return out;
    };
    let (id, what) = (code(&case.requirement), plain(&case.title));
    out.push_str(&format!("{id} {what}\n"));
    case.exchanges
        .iter()
        .for_each(|t| out.push_str(&transcript(t)));
    out
}

fn transcript(transcript: &Transcript) -> String {
    let block = |text: &str| fenced(&shorten(text, BLOCK));
    format!(
        "\n{}\n{}",
        block(&transcript.request),
        block(&transcript.answer)
    )
}

/// A text as a block of code that can be read as it is: the fence is longer than any in the text, so that nothing ends it.
fn fenced(text: &str) -> String {
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    format!("{fence}\n{text}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_is_shown_as_it_is_and_ends_where_its_fence_does() {
        assert_eq!(fenced("a: {\"b\"}"), "```\na: {\"b\"}\n```\n");
        let hostile = fenced("x\n`````\n<script>");
        assert!(hostile.starts_with("``````\n") && hostile.ends_with("\n``````\n"));
    }

    #[test]
    fn a_mail_address_is_plain_and_nothing_else_is_markdown() {
        assert_eq!(contact("a.b+c@m.example"), "<a.b+c@m.example>");
        let hostile = contact("a@b><script>@all");
        assert!(
            !hostile.contains("<script") && !hostile.contains("@"),
            "{hostile}"
        );
    }
}
