//! What a review says: for a terminal, a program, a page and a pull request. Everything a partner wrote is made harmless.

use std::fmt::Write as _;

use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

use crate::model::digest::Digest;
use crate::publish::bundle::statement::Claim;
use crate::publish::report::{ReportError, text};
use crate::review::check::{Check, Decision, Status};
use crate::review::{Review, known};
use crate::suite::catalogue;

const PAGE: &str = include_str!("page.html");

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    decision: Decision,
    exit_code: u8,
    level: u8,
    bundle_sha256: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_sha256: Option<Digest>,
    policy_sha256: Option<Digest>,
    evaluated_at: String,
    verifier: Verifier,
    checks: &'a [Check],
    #[serde(skip_serializing_if = "Option::is_none")]
    recomputed: Option<&'a Claim>,
    person: &'a [String],
}

#[derive(Serialize)]
struct Verifier {
    name: &'static str,
    version: &'static str,
    suite_sha256: Digest,
}

/// One line a check, the decision, and what a person still has to judge.
pub fn terminal(review: &Review) -> String {
    let mut out = String::new();
    for check in &review.checks {
        let words = check.status.words();
        let _ = writeln!(
            out,
            "{}  {words:<11}  {}",
            check.id,
            text::line(&check.detail)
        );
    }
    let _ = writeln!(out, "\n{}", said(review));
    out.push_str(&remedies(review));
    if !review.person.is_empty() {
        out.push_str("a person judges:\n");
    }
    for line in &review.person {
        let _ = writeln!(out, "  {}", text::line(line));
    }
    out
}

/// What did not hold once more, and what to do about each.
fn remedies(review: &Review) -> String {
    let mut out = String::new();
    for (check, remedy) in open(review) {
        let _ = writeln!(out, "  {}  {}", check.id, text::line(&check.detail));
        if !remedy.is_empty() {
            let _ = writeln!(out, "      → {remedy}");
        }
    }
    out
}

/// What did not hold, with its remedy.
fn open(review: &Review) -> impl Iterator<Item = (&Check, &'static str)> {
    let open = review.checks.iter();
    let open = open.filter(|c| matches!(c.status, Status::Failed | Status::Person));
    open.map(|check| {
        let remedy = known::named(check.id).map_or("", |one| one.remedy);
        (check, remedy)
    })
}

fn said(review: &Review) -> String {
    if review.decision == Decision::Accepted {
        return format!("accepted: assurance level L{}", review.level);
    }
    let (words, meaning) = (review.decision.words(), review.decision.meaning());
    format!("{words}: {meaning}")
}

/// For a program.
///
/// # Errors
/// When serde_json refuses it.
pub fn json(
    review: &Review,
    policy: Option<&str>,
    at: jiff::Timestamp,
) -> Result<String, ReportError> {
    let document = Document {
        format: 1,
        decision: review.decision,
        exit_code: review.decision.code(),
        level: review.level,
        bundle_sha256: review.bundle,
        statement_sha256: review.statement,
        policy_sha256: policy.map(Digest::hash),
        evaluated_at: at.to_string(),
        verifier: Verifier {
            name: "destspec",
            version: env!("CARGO_PKG_VERSION"),
            suite_sha256: catalogue::digest(),
        },
        checks: &review.checks,
        recomputed: review.claim.as_ref(),
        person: &review.person,
    };
    Ok(text::json(&serde_json::to_string_pretty(&document)?))
}

/// For a pull request: texts of the partner only inside code.
pub fn markdown(review: &Review) -> String {
    let mut out = format!("### destspec: {}\n\n", said(review));
    for (check, remedy) in open(review) {
        let _ = writeln!(out, "- **{}** {}", check.id, code(&check.detail));
        if !remedy.is_empty() {
            let _ = writeln!(out, "  → {remedy}");
        }
    }
    if open(review).next().is_some() {
        out.push('\n');
    }
    out.push_str("| check | | |\n|---|---|---|\n");
    for check in &review.checks {
        let detail = code(&check.detail);
        let _ = writeln!(
            out,
            "| {} | {} | {detail} |",
            check.id,
            check.status.words()
        );
    }
    if !review.person.is_empty() {
        out.push_str("\nA person judges:\n\n");
    }
    for line in &review.person {
        let _ = writeln!(out, "- {}", code(line));
    }
    out
}

/// A text as code that nothing in it can end.
fn code(text: &str) -> String {
    let line = text::line(text).replace('`', "'").replace('|', "\u{2223}");
    format!("`` {line} ``")
}

/// One self-contained page without script.
///
/// # Errors
/// When the template does not fit.
pub fn html(review: &Review) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page.html", PAGE)?;
    let checks: Vec<_> = review
        .checks
        .iter()
        .map(|check| {
            let class = match check.status {
                Status::Passed => "passed",
                Status::Failed => "failed",
                Status::Person | Status::Noted | Status::NotReached => "open",
            };
            context! { id => check.id, class, status => check.status.words(), detail => text::line(&check.detail) }
        })
        .collect();
    let open: Vec<_> = open(review)
        .map(|(check, remedy)| {
            context! { id => check.id, detail => text::line(&check.detail), remedy }
        })
        .collect();
    let person: Vec<String> = review.person.iter().map(|line| text::line(line)).collect();
    let bundle = review.bundle.to_string();
    let page = environment.get_template("page.html")?;
    Ok(page.render(context! { said => said(review), open, checks, person, bundle })?)
}
