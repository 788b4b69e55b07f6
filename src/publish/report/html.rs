//! One self-contained page: no script, nothing from outside, every text of the record escaped by the template engine.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};

use crate::publish::report::ReportError;
use crate::publish::report::summary::Summary;

const TEMPLATES: [(&str, &str); 4] = [
    ("page.html", include_str!("html/page.html")),
    ("destination.html", include_str!("html/destination.html")),
    ("case.html", include_str!("html/case.html")),
    ("style.css", include_str!("html/style.css")),
];

/// Renders the page.
///
/// # Errors
/// When a template does not fit the summary.
pub fn render(summary: &Summary) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment
        .get_template("page.html")?
        .render(Serde(summary))?)
}
