//! A short summary in GitHub-flavoured Markdown. Texts of the record stand in `<code>` and `<pre>`, every mark as an entity.

use crate::model::conclusion::Conclusion;
use crate::publish::report::case::{Case, Why, origin};
use crate::publish::report::fold::{Entry, Root, extent};
use crate::publish::report::matrix::{Because, Grid};
use crate::publish::report::repeat;
use crate::publish::report::summary::Summary;
use crate::publish::report::text::shorten;
use crate::publish::report::verdict::Tone;

/// Failures written out; further ones are counted.
const FAILURES: usize = 20;
/// Characters of one value.
const VALUE: usize = 400;
/// Characters of one block.
const BLOCK: usize = 4_000;

/// Renders the summary.
pub fn render(summary: &Summary) -> String {
    let mut out = format!(
        "## {} destspec: {}\n\n{}\n\n",
        mark(summary.conclusion.into()),
        summary.conclusion,
        plain(&shorten(&summary.why, VALUE))
    );
    let facts: Vec<String> = summary
        .facts
        .iter()
        .filter(|fact| fact.brief)
        .map(|fact| format!("{} {}", fact.name, code(&fact.value)))
        .collect();
    out.push_str(&format!("{}\n\n", facts.join(" · ")));
    summary
        .grids
        .iter()
        .for_each(|grid| out.push_str(&table(grid)));
    summary
        .reasons
        .iter()
        .for_each(|because| out.push_str(&reason(because)));
    if !summary.partnership.is_empty() {
        out.push_str("\n| partnership | conclusion | why |\n|---|---|---|\n");
    }
    for row in &summary.partnership {
        out.push_str(&format!(
            "| {} | {} {} | {} |\n",
            code(&row.id),
            mark(row.conclusion.into()),
            row.conclusion,
            plain(&shorten(&row.why, VALUE))
        ));
    }
    let stated = |(id, said): &(String, String)| {
        format!("\n- {}: {}", code(id), plain(&shorten(said, VALUE)))
    };
    out.extend(summary.attestations.iter().map(stated));
    if !summary.attestations.is_empty() {
        out.push('\n');
    }
    out.push_str(&findings(summary));
    if summary.accepted {
        out.push_str(&format!("\n> {}\n", plain(summary.how_to_observe)));
    }
    out
}

/// The destinations of a family, a row each.
fn table(grid: &Grid) -> String {
    let ids: Vec<String> = grid.columns.iter().map(|c| code(&c.id)).collect();
    let mut out = format!("\n| {} | {} |\n|---", grid.family, ids.join(" | "));
    out.push_str(&"|---".repeat(ids.len()));
    out.push_str("|\n");
    for row in &grid.rows {
        let cells = row.cells.iter();
        let cells: Vec<String> = cells
            .map(|cell| format!("{} {}", mark(cell.conclusion.into()), cell.conclusion))
            .collect();
        out.push_str(&format!(
            "| {} | {} |\n",
            code(&row.name),
            cells.join(" | ")
        ));
    }
    out
}

/// Why something is not met; that it is not offered the table says.
fn reason(because: &Because) -> String {
    if because.conclusion == Conclusion::NotOffered {
        return String::new();
    }
    let on = extent(&because.on, because.of);
    format!(
        "\n- {} {} on {}: {}\n",
        code(&because.id),
        because.conclusion,
        plain(&shorten(&on, VALUE)),
        plain(&shorten(&because.why, VALUE))
    )
}

fn findings(summary: &Summary) -> String {
    let failures: Vec<&Entry> = summary.failures.iter().chain(&summary.broken).collect();
    let mut out = match failures.is_empty() {
        true => String::new(),
        false => format!("\n### {} failed\n\n", failures.len()),
    };
    failures
        .iter()
        .take(FAILURES)
        .for_each(|entry| out.push_str(&failure(entry)));
    if failures.len() > FAILURES {
        let more = failures.len() - FAILURES;
        out.push_str(&format!(
            "\n…and {more} more; the HTML report shows them.\n"
        ));
    }
    if !summary.roots.is_empty() {
        out.push_str("\n**could not be judged**\n\n");
    }
    summary
        .roots
        .iter()
        .for_each(|cause| out.push_str(&root(cause)));
    if !summary.warnings.is_empty() {
        let lines: String = summary.warnings.iter().map(warning).collect();
        out.push_str(&format!(
            "\n<details><summary>{} warning(s)</summary>\n\n{lines}\n</details>\n",
            summary.warnings.len()
        ));
    }
    out
}

fn failure(entry: &Entry) -> String {
    let case = &entry.example;
    let mut out = format!(
        "<details><summary>{} {} ({}, {}): {}</summary>\n\n",
        code(&case.requirement),
        plain(&shorten(&case.title, VALUE)),
        case.level,
        origin(case.origin),
        plain(&shorten(&entry.extent(), VALUE))
    );
    if let Some(why) = &case.finding {
        out.push_str(&finding(case, why));
    }
    for other in &entry.differing {
        out.push_str(&format!(
            "\n- elsewhere: {} {}\n",
            code(&other.destination),
            code(&shorten(&other.received, VALUE))
        ));
    }
    out.push_str("\n</details>\n\n");
    out
}

fn finding(case: &Case, why: &Why) -> String {
    let mut out = format!(
        "- requirement: {}\n- code: {}\n- expected: {}\n- received: {}\n",
        plain(&case.rule),
        code(&why.code),
        code(&shorten(&why.expected, VALUE)),
        code(&shorten(&why.received, VALUE))
    );
    let optional = [("at", &why.pointer), ("exchange", &why.exchange)];
    for (label, value) in optional {
        if let Some(value) = value {
            out.push_str(&format!("- {label}: {}\n", code(&shorten(value, VALUE))));
        }
    }
    if let Some(remedy) = &why.remedy {
        out.push_str(&format!("- remedy: {}\n", plain(&shorten(remedy, VALUE))));
    }
    let detail = why.detail.as_ref().map(|detail| shorten(detail, BLOCK));
    let curl = why.curl.as_ref().map(|c| repeat::shorten(c, BLOCK));
    for block in [detail, curl].into_iter().flatten() {
        out.push_str(&format!("\n<pre>{}</pre>\n", entities(&block)));
    }
    out
}

fn warning(entry: &Entry) -> String {
    let case = &entry.example;
    let received = case.finding.as_ref().map_or("", |w| w.received.as_str());
    format!(
        "- {} ({}, {}) {}, {}: {}\n",
        code(&case.requirement),
        case.level,
        origin(case.origin),
        plain(&shorten(&case.title, VALUE)),
        plain(&shorten(&entry.extent(), VALUE)),
        code(&shorten(received, VALUE))
    )
}

fn root(root: &Root) -> String {
    format!(
        "- {} scenario(s) of {}, {}: {} ({})\n",
        root.scenarios,
        plain(&shorten(&root.on.join(", "), VALUE)),
        code(&root.code),
        code(&shorten(&root.cause, VALUE)),
        plain(&shorten(&root.requirements.join(", "), VALUE))
    )
}

fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✅",
        Tone::Bad => "❌",
        Tone::Quiet => "➖",
        Tone::Open => "⚠️",
    }
}

/// Inline code: GitHub makes no mention, link or emphasis in it.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", entities(text))
}

/// Running text; a word joiner keeps `@name` and `#1` from becoming references.
pub(super) fn plain(text: &str) -> String {
    entities(text)
        .replace("&#64;", "&#64;\u{2060}")
        .replace("&#35;", "&#35;\u{2060}")
}

/// Every ASCII mark that Markdown or HTML could read becomes a numeric entity.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '-' | '/' | '(' | ')' | ';' | '\'')
        {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}
