//! A summary for a terminal: conclusions, counts, then everything that a person must act on.

use crate::model::requirement::Level;
use crate::publish::report::Options;
use crate::publish::report::case::{Case, Transcript, Why, origin};
use crate::publish::report::summary::{Group, Row, Section, Summary};
use crate::publish::report::text::shorten;
use crate::publish::report::verdict::{Tone, Verdict};

/// Characters of a request or an answer; the HTML report has them whole.
const EXCHANGE: usize = 1_200;
/// Columns of the labels of a finding.
const LABEL: usize = 16;

/// Renders the summary. Colours and width are the caller's wish, never found out.
pub fn render(summary: &Summary, options: &Options) -> String {
    let mut page = Page {
        out: String::new(),
        color: options.color,
        width: options.width,
    };
    for destination in &summary.destinations {
        page.section(destination);
    }
    page.partnership(summary);
    if summary.accepted {
        page.labelled("accepted", LABEL, summary.how_to_observe);
        page.blank();
    }
    let conclusion = summary.conclusion.to_string();
    let verdict = page.paint(color(summary.conclusion.into()), &conclusion);
    page.line(&format!("{verdict}: {}", summary.why));
    for (label, path) in &options.paths {
        let (label, path) = (
            crate::publish::report::text::line(label),
            crate::publish::report::text::line(path),
        );
        page.line(&format!("  {label:<10} {path}"));
    }
    page.out
}

struct Page {
    out: String,
    color: bool,
    width: usize,
}

impl Page {
    fn section(&mut self, destination: &Section) {
        let title = self.paint(
            "1",
            &format!("{} {}", destination.name, destination.version),
        );
        self.line(&title);
        for row in &destination.prerequisites {
            self.row(row);
        }
        self.counts(destination);
        for warning in &destination.configuration {
            self.labelled("configuration", LABEL, warning);
        }
        self.blank();
        for case in destination.failures.iter().chain(&destination.broken) {
            self.failure(case);
        }
        if !destination.blocked.is_empty() {
            self.line("could not be judged");
            for group in &destination.blocked {
                self.group(group);
            }
            self.blank();
        }
        if !destination.warnings.is_empty() {
            self.line("warnings (no prerequisite hangs on them)");
            for case in &destination.warnings {
                self.warning(case);
            }
            self.blank();
        }
    }

    fn row(&mut self, row: &Row) {
        let conclusion = self.paint(
            color(row.conclusion.into()),
            &format!("{:<12}", row.conclusion.to_string()),
        );
        let strength = row.strength.map(|s| s.to_string()).unwrap_or_default();
        let why = format!("{strength:<13} {}", row.why);
        let indent = " ".repeat(38);
        let wrapped = wrap(&why, self.width.saturating_sub(24)).join(&format!("\n{indent}"));
        self.line(&format!("  {:<8} {conclusion} {wrapped}", row.id));
    }

    fn counts(&mut self, destination: &Section) {
        for level in [Level::Must, Level::Should, Level::May, Level::Info] {
            let said: Vec<String> = destination
                .counts
                .iter()
                .filter(|c| c.level == level)
                .map(|c| {
                    let origins = [
                        (c.adobe, "Adobe"),
                        (c.rfc, "RFC"),
                        (c.convention, "convention"),
                    ];
                    let origins: Vec<String> = origins
                        .into_iter()
                        .filter(|(count, _)| *count > 0)
                        .map(|(count, origin)| format!("{count} {origin}"))
                        .collect();
                    let all = c.adobe + c.rfc + c.convention;
                    format!("{all} {} ({})", c.verdict, origins.join(", "))
                })
                .collect();
            if !said.is_empty() {
                self.labelled(&level.to_string(), 11, &said.join(" · "));
            }
        }
        let strengths: Vec<String> = destination
            .strengths
            .iter()
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        if !strengths.is_empty() {
            self.labelled("strength", 11, &strengths.join(" · "));
        }
    }

    fn failure(&mut self, case: &Case) {
        let id = self.paint("1;31", &format!("✘ {}", case.requirement));
        self.line(&format!(
            "{id}  {}  [{}, {}]",
            case.title,
            case.level.to_string().to_uppercase(),
            origin(case.origin)
        ));
        self.labelled("requirement", LABEL, &case.rule);
        if let Some(why) = &case.finding {
            self.why(case, why);
        }
        let explain = format!("destspec explain {}", case.requirement);
        self.labelled("explain", LABEL, &explain);
        if case.verdict == Verdict::Broken {
            self.labelled("please", LABEL, "report this; destspec is at fault");
        }
        self.blank();
    }

    fn why(&mut self, case: &Case, why: &Why) {
        self.labelled("code", LABEL, &why.code);
        self.labelled("expected", LABEL, &why.expected);
        self.labelled("received", LABEL, &why.received);
        if let Some(pointer) = &why.pointer {
            self.labelled("at", LABEL, pointer);
        }
        if let Some(detail) = &why.detail {
            self.verbatim("detail", &shorten(detail, EXCHANGE));
        }
        if let Some(remedy) = &why.remedy {
            self.labelled("remedy", LABEL, remedy);
        }
        if let Some(exchange) = &why.exchange {
            self.labelled("exchange", LABEL, exchange);
        }
        if let Some(shown) = case.shown() {
            self.transcript(shown);
        }
        if let Some(curl) = &why.curl {
            self.verbatim("curl", &shorten(curl, 4 * EXCHANGE));
        }
    }

    fn transcript(&mut self, shown: &Transcript) {
        self.verbatim("request", &shorten(&shown.request, EXCHANGE));
        self.verbatim("answer", &shorten(&shown.answer, EXCHANGE));
    }

    fn group(&mut self, group: &Group) {
        let mark = self.paint("33", "?");
        let count = group.cases.len();
        self.line(&format!("{mark} {count} scenario(s): {}", group.cause));
        self.labelled("code", LABEL, &group.code);
        if let Some(remedy) = &group.remedy {
            self.labelled("remedy", LABEL, remedy);
        }
        let mut ids: Vec<&str> = group.cases.iter().map(|c| c.requirement.as_str()).collect();
        ids.dedup();
        self.labelled("requirements", LABEL, &ids.join(", "));
        let shown = group.cases.iter().find(|c| c.shown().is_some());
        if let Some(why) = shown.and_then(|c| c.finding.as_ref()) {
            self.labelled("exchange", LABEL, why.exchange.as_deref().unwrap_or(""));
            self.verbatim(
                "curl",
                &shorten(why.curl.as_deref().unwrap_or(""), EXCHANGE),
            );
        }
    }

    fn warning(&mut self, case: &Case) {
        let mark = self.paint("33", "!");
        self.line(&format!(
            "{mark} {}  {}  [{}, {}]",
            case.requirement,
            case.title,
            case.level.to_string().to_uppercase(),
            origin(case.origin)
        ));
        if let Some(why) = &case.finding {
            self.labelled(
                "received",
                LABEL,
                &format!(
                    "{} (expected {}) [{}]",
                    why.received, why.expected, why.code
                ),
            );
        }
    }

    fn partnership(&mut self, summary: &Summary) {
        if summary.partnership.is_empty() {
            return;
        }
        let title = self.paint("1", "partnership");
        self.line(&title);
        for row in &summary.partnership {
            self.row(row);
            for (_, said) in summary.attestations.iter().filter(|(id, _)| *id == row.id) {
                self.verbatim("stated", said);
            }
        }
        self.blank();
    }

    fn labelled(&mut self, label: &str, column: usize, text: &str) {
        let indent = " ".repeat(column);
        let wrapped = wrap(text, self.width.saturating_sub(column)).join(&format!("\n{indent}"));
        self.line(&format!("  {label:<0$}{wrapped}", column - 2));
    }

    fn verbatim(&mut self, label: &str, text: &str) {
        let indent = " ".repeat(LABEL);
        let text = text.replace('\n', &format!("\n{indent}"));
        self.line(&format!("  {label:<0$}{text}", LABEL - 2));
    }

    fn line(&mut self, text: &str) {
        for line in text.split('\n') {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn blank(&mut self) {
        self.out.push('\n');
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

fn color(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "1;32",
        Tone::Bad => "1;31",
        Tone::Quiet => "2",
        Tone::Open => "1;33",
    }
}

/// Breaks at blanks; a word that is wider stays whole, to be copied. Fewer than 20 columns do not wrap.
fn wrap(text: &str, width: usize) -> Vec<String> {
    if width < 20 {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let wide = word.chars().count();
        if used > 0 && used + word.trim_end().chars().count() > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
        }
        used += wide;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_breaks_at_blanks_and_a_long_word_stays_whole() {
        assert_eq!(
            wrap("one two three four five six", 20),
            ["one two three four ", "five six"]
        );
        let word = "x".repeat(50);
        assert_eq!(wrap(&word, 20), [word]);
        assert_eq!(wrap("one two", 0), ["one two"]);
    }
}
