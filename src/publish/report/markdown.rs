//! A short summary in GitHub-flavoured Markdown. Texts of the record stand in `<code>` and `<pre>`, every mark as an entity.

use crate::publish::report::case::{Case, Why, origin};
use crate::publish::report::summary::{Group, Row, Section, Summary};
use crate::publish::report::text::shorten;
use crate::publish::report::verdict::Tone;

/// Failures written out for each destination; further ones are counted.
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
    out.push_str(
        "| destination | prerequisite | conclusion | strength | why |\n|---|---|---|---|---|\n",
    );
    for destination in &summary.destinations {
        for row in &destination.prerequisites {
            out.push_str(&format!(
                "| {} | {} | {} {} | {} | {} |\n",
                code(&destination.name),
                code(&row.id),
                mark(row.conclusion.into()),
                row.conclusion,
                strength(row),
                plain(&shorten(&row.why, VALUE))
            ));
        }
    }
    for row in &summary.partnership {
        out.push_str(&format!(
            "| – | {} | {} {} | – | {} |\n",
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
    for destination in &summary.destinations {
        out.push_str(&section(destination));
    }
    if summary.accepted {
        out.push_str(&format!("\n> {}\n", plain(summary.how_to_observe)));
    }
    out
}

fn section(destination: &Section) -> String {
    let mut out = String::new();
    let failures: Vec<&Case> = destination
        .failures
        .iter()
        .chain(&destination.broken)
        .collect();
    if !failures.is_empty() {
        out.push_str(&format!(
            "\n### {}: {} failed\n\n",
            code(&destination.name),
            failures.len()
        ));
    }
    for case in failures.iter().take(FAILURES) {
        out.push_str(&failure(case));
    }
    if failures.len() > FAILURES {
        out.push_str(&format!(
            "\n…and {} more; the HTML report shows them.\n",
            failures.len() - FAILURES
        ));
    }
    out.push_str(&folded(
        destination,
        "could not be judged",
        &destination.blocked,
    ));
    if !destination.warnings.is_empty() {
        let lines: String = destination.warnings.iter().map(warning).collect();
        out.push_str(&format!(
            "\n<details><summary>{}: {} warning(s)</summary>\n\n{lines}\n</details>\n",
            code(&destination.name),
            destination.warnings.len()
        ));
    }
    out
}

fn failure(case: &Case) -> String {
    let mut out = format!(
        "<details><summary>{} {} ({}, {})</summary>\n\n",
        code(&case.requirement),
        plain(&shorten(&case.title, VALUE)),
        case.level,
        origin(case.origin)
    );
    if let Some(why) = &case.finding {
        out.push_str(&finding(case, why));
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
    for block in [&why.detail, &why.curl].into_iter().flatten() {
        out.push_str(&format!(
            "\n<pre>{}</pre>\n",
            entities(&shorten(block, BLOCK))
        ));
    }
    out
}

fn warning(case: &Case) -> String {
    let received = case.finding.as_ref().map_or("", |w| w.received.as_str());
    format!(
        "- {} ({}, {}) {}: {}\n",
        code(&case.requirement),
        case.level,
        origin(case.origin),
        plain(&shorten(&case.title, VALUE)),
        code(&shorten(received, VALUE))
    )
}

fn folded(destination: &Section, what: &str, groups: &[Group]) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut out = format!("\n**{}: {what}**\n\n", code(&destination.name));
    for group in groups {
        let mut ids: Vec<&str> = group.cases.iter().map(|c| c.requirement.as_str()).collect();
        ids.dedup();
        out.push_str(&format!(
            "- {} scenario(s), {}: {} ({})\n",
            group.cases.len(),
            code(&group.code),
            code(&shorten(&group.cause, VALUE)),
            plain(&shorten(&ids.join(", "), VALUE))
        ));
    }
    out
}

fn strength(row: &Row) -> String {
    row.strength
        .map_or_else(|| String::from("–"), |strength| strength.to_string())
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
pub(super) fn entities(text: &str) -> String {
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
