//! A summary for a terminal: conclusions, counts, then everything that a person must act on.

use std::ops::Range;

use crate::model::conclusion::Conclusion;
use crate::model::requirement::Level;
use crate::publish::report::Options;
use crate::publish::report::case::{Case, Transcript, Why, origin};
use crate::publish::report::fold::{Entry, Root, extent};
use crate::publish::report::lead::Lead;
use crate::publish::report::matrix::{Because, Grid, Row};
use crate::publish::report::repeat;
use crate::publish::report::summary::{Count, Summary};
use crate::publish::report::text::{line, shorten};
use crate::publish::report::verdict::{Tone, Verdict};

/// Characters of a request or an answer; the HTML report has them whole.
const EXCHANGE: usize = 1_200;
/// Characters of a value where it is said in short.
const VALUE: usize = 400;
/// Characters of the commands of a failure that is not the first, which has them all.
const COMMANDS: usize = 4_800;
/// Exchanges that are listed.
const LISTED: usize = 12;
/// Columns of the labels of a finding.
const LABEL: usize = 16;

/// Failures that are written out; those after them have two lines each.
const WRITTEN_OUT: usize = 6;
/// Columns of a conclusion in the matrix.
const CELL: usize = 10;

/// Renders the summary. Colours and width are the caller's wish, never found out.
pub fn render(summary: &Summary, options: &Options) -> String {
    let mut page = Page {
        out: String::new(),
        color: options.color,
        width: options.width,
    };
    page.conclusions(summary);
    page.counts(summary);
    for (warning, on) in &summary.configuration {
        let said = format!("{warning} ({})", on.join(", "));
        page.labelled("configuration", LABEL, &said);
    }
    page.blank();
    page.findings(summary);
    page.partnership(summary);
    if summary.accepted {
        page.labelled("accepted", LABEL, summary.how_to_observe);
        page.blank();
    }
    if let Some(lead) = &summary.lead {
        page.lead(lead);
    }
    let conclusion = summary.conclusion.to_string();
    let verdict = page.paint(color(summary.conclusion.into()), &conclusion);
    page.line(&format!("{verdict}: {}", summary.why));
    for (label, path) in &options.paths {
        let (label, path) = (line(label), line(path));
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
    /// One destination has a line for each prerequisite, several have a matrix.
    fn conclusions(&mut self, summary: &Summary) {
        if let [grid] = summary.grids.as_slice()
            && let [only] = grid.rows.as_slice()
        {
            let title = self.paint("1", &format!("{} {}", only.name, only.version));
            self.line(&title);
            only.cells.iter().for_each(|row| self.row(row));
            return;
        }
        for grid in &summary.grids {
            self.grid(grid);
        }
        let holds = |because: &&Because| because.conclusion.holds();
        for because in summary.reasons.iter().filter(|b| !holds(b)) {
            self.because(because);
        }
        if summary.reasons.iter().any(|b| holds(&b)) {
            self.line("  –  not offered: optional, and not claimed");
        }
        self.blank();
    }

    fn grid(&mut self, grid: &Grid) {
        let names = grid.rows.iter().map(|row| row.name.chars().count());
        let wide = names.chain([grid.family.len()]).max().unwrap_or(0) + 2;
        // as many columns side by side as there is room for, the others below
        let room = match self.width {
            0 => grid.columns.len(),
            width => width.saturating_sub(wide + 2) / CELL,
        };
        for from in (0..grid.columns.len()).step_by(room.max(1)) {
            let until = grid.columns.len().min(from + room.max(1));
            self.part(grid, wide, from..until);
        }
    }

    /// Some columns of a grid.
    fn part(&mut self, grid: &Grid, wide: usize, columns: Range<usize>) {
        let mut head = format!("{:<1$}", grid.family, wide + 2);
        for column in grid.columns.iter().take(columns.end).skip(columns.start) {
            head.push_str(&format!("{:<CELL$}", column.id));
        }
        let head = self.paint("1", head.trim_end());
        self.line(&head);
        for row in &grid.rows {
            let mut said = format!("  {:<wide$}", row.name);
            for cell in row.cells.iter().take(columns.end).skip(columns.start) {
                let word = match cell.conclusion == Conclusion::NotOffered {
                    true => String::from("–"),
                    false => cell.conclusion.to_string(),
                };
                said.push_str(&self.paint(color(cell.conclusion.into()), &word));
                said.push_str(&" ".repeat(CELL.saturating_sub(word.chars().count())));
            }
            self.line(&said);
        }
        self.blank();
    }

    fn because(&mut self, because: &Because) {
        let word = because.conclusion.to_string();
        let word = self.paint(color(because.conclusion.into()), &word);
        let extent = extent(&because.on, because.of);
        let said = format!("{word} on {extent}; {}", because.why);
        self.labelled(&because.id, 10, &said);
    }

    fn findings(&mut self, summary: &Summary) {
        let failures = summary.failures.iter().chain(&summary.broken);
        for (index, entry) in failures.enumerate() {
            match index < WRITTEN_OUT {
                true => self.failure(entry, index == 0),
                false => self.brief(entry, ("1;31", "✘")),
            }
        }
        if summary.failures.len() + summary.broken.len() > WRITTEN_OUT {
            self.line("  the HTML report has all of them with their exchanges");
            self.blank();
        }
        if !summary.roots.is_empty() {
            self.line("could not be judged");
            summary.roots.iter().for_each(|root| self.root(root));
            self.blank();
        }
        if !summary.warnings.is_empty() {
            self.line("warnings (no prerequisite hangs on them)");
            for entry in &summary.warnings {
                self.brief(entry, ("33", "!"));
            }
            self.blank();
        }
    }

    /// What is read last and acted upon first.
    fn lead(&mut self, lead: &Lead) {
        let (code, mark) = match lead.verdict == Verdict::Blocked {
            true => ("33", "?"),
            false => ("1;31", "✘"),
        };
        let heading = self.paint(code, &format!("{mark} {}", lead.heading));
        let title = format!("{}  {}", lead.requirement, lead.title);
        self.line(&format!("{heading}: {}", shorten(&title, VALUE)));
        self.labelled("on", LABEL, &shorten(&lead.extent, VALUE));
        if let Some(expected) = &lead.expected {
            self.labelled("expected", LABEL, &shorten(expected, VALUE));
        }
        let received = format!("{} [{}]", shorten(&lead.received, VALUE), lead.code);
        self.labelled("received", LABEL, &received);
        self.labelled("whose move", LABEL, lead.whose);
        self.labelled("next step", LABEL, &shorten(&lead.next, VALUE));
        self.labelled("explain", LABEL, &format!("destspec explain {}", lead.code));
        self.verbatim("again", &lead.again);
        if !lead.others.is_empty() {
            self.labelled("besides", LABEL, &lead.others.join("; "));
        }
        self.blank();
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

    fn counts(&mut self, summary: &Summary) {
        for level in [Level::Must, Level::Should, Level::May, Level::Info] {
            let counts = summary.counts.iter().filter(|c| c.level == level);
            let said: Vec<String> = counts.map(count).collect();
            if !said.is_empty() {
                self.labelled(&level.to_string(), 11, &said.join(" · "));
            }
        }
        let strengths = summary.strengths.iter();
        let strengths: Vec<String> = strengths
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        if !strengths.is_empty() {
            self.labelled("strength", 11, &strengths.join(" · "));
        }
    }

    fn failure(&mut self, entry: &Entry, is_first: bool) {
        let case = &entry.example;
        self.title(case, ("1;31", "✘"));
        self.labelled("found on", LABEL, &found(entry));
        self.labelled("requirement", LABEL, &case.rule);
        if let Some(why) = &case.finding {
            self.why(case, why, is_first);
        }
        for other in &entry.differing {
            let said = format!("{}, {}: {}", other.destination, other.title, other.received);
            self.labelled("elsewhere", LABEL, &shorten(&said, EXCHANGE));
        }
        if entry.more > 0 {
            let said = format!("and {} more that differ", entry.more);
            self.labelled("", LABEL, &said);
        }
        let explain = format!("destspec explain {}", case.requirement);
        self.labelled("explain", LABEL, &explain);
        if case.verdict == Verdict::Broken {
            self.labelled("please", LABEL, "report this; destspec is at fault");
        }
        self.blank();
    }

    fn title(&mut self, case: &Case, (code, mark): (&str, &str)) {
        let id = self.paint(code, &format!("{mark} {}", case.requirement));
        let level = case.level.to_string().to_uppercase();
        let origin = origin(case.origin);
        self.line(&format!("{id}  {}  [{level}, {origin}]", case.title));
    }

    fn why(&mut self, case: &Case, why: &Why, is_first: bool) {
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
        self.exchanges(case, why);
        if let Some(shown) = case.shown() {
            self.transcript(shown);
        }
        if let Some(curl) = &why.curl {
            let limit = if is_first { usize::MAX } else { COMMANDS };
            self.verbatim("curl", &repeat::shorten(curl, limit));
        }
    }

    /// All of them in order, a line each; the one that shows the finding is marked.
    fn exchanges(&mut self, case: &Case, why: &Why) {
        for (index, exchange) in case.exchanges.iter().enumerate().take(LISTED) {
            let heading = if index == 0 { "exchanges" } else { "" };
            let mark = match why.shown_by == Some(index) {
                true => "→",
                false => " ",
            };
            let Transcript { label, purpose, .. } = exchange;
            let said = format!("{mark} {label}  {purpose}  {}", exchange.summary);
            self.verbatim(heading, &shorten(&said, EXCHANGE));
        }
        let more = case.exchanges.len().saturating_sub(LISTED);
        if more > 0 {
            self.verbatim("", &format!("  and {more} more"));
        }
    }

    fn transcript(&mut self, shown: &Transcript) {
        self.verbatim("request", &shorten(&shown.request, EXCHANGE));
        self.verbatim("answer", &shorten(&shown.answer, EXCHANGE));
    }

    fn root(&mut self, root: &Root) {
        let mark = self.paint("33", "?");
        let count = root.scenarios;
        self.line(&format!("{mark} {count} scenario(s): {}", root.cause));
        self.labelled("code", LABEL, &root.code);
        self.labelled("on", LABEL, &root.on.join(", "));
        if let Some(remedy) = &root.remedy {
            self.labelled("remedy", LABEL, remedy);
        }
        let ids = shorten(&root.requirements.join(", "), EXCHANGE);
        self.labelled("requirements", LABEL, &ids);
        if let Some(shown) = root.example.shown() {
            let said = format!("{}  {}", shown.label, shown.summary);
            self.labelled("exchange", LABEL, &shorten(&said, EXCHANGE));
        }
        let why = root.example.finding.as_ref();
        if let Some(curl) = why.and_then(|why| why.curl.as_ref()) {
            self.verbatim("curl", &repeat::shorten(curl, COMMANDS));
        }
    }

    /// What was found, in two lines.
    fn brief(&mut self, entry: &Entry, mark: (&str, &str)) {
        self.title(&entry.example, mark);
        if let Some(why) = &entry.example.finding {
            let Why {
                received,
                expected,
                code,
                ..
            } = why;
            let said = format!("{received} (expected {expected}) [{code}]");
            self.labelled("received", LABEL, &said);
        }
        self.labelled("found on", LABEL, &found(entry));
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

/// Where it was found, and in how many scenarios.
fn found(entry: &Entry) -> String {
    match entry.scenarios > entry.on.len() {
        true => format!("{}; {} scenarios", entry.extent(), entry.scenarios),
        false => entry.extent(),
    }
}

/// `42 passed (40 Adobe, 2 RFC)`.
fn count(count: &Count) -> String {
    let all = count.adobe + count.rfc + count.convention;
    format!("{all} {} ({})", count.verdict, count.origins)
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
