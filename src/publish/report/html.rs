//! One self-contained page: no script, nothing from outside, every text of the record escaped by the template engine.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, HtmlEscape, UndefinedBehavior};
use serde::Serialize;

use crate::model::digest::Digest;
use crate::publish::report::ReportError;
use crate::publish::report::repeat;
use crate::publish::report::summary::Summary;
use crate::publish::report::text::shorten;

const TEMPLATES: [(&str, &str); 6] = [
    ("page.html", include_str!("html/page.html")),
    ("lead.html", include_str!("html/lead.html")),
    ("matrix.html", include_str!("html/matrix.html")),
    ("finding.html", include_str!("html/finding.html")),
    ("plot.html", include_str!("html/plot.html")),
    ("rest.html", include_str!("html/rest.html")),
];
const STYLE: &str = include_str!("html/style.css");

/// What the page is made of.
#[derive(Serialize)]
struct Page<'a> {
    run: &'a Summary,
    style: &'static str,
    /// What the browser may do: nothing but apply this one style.
    policy: String,
}

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
    environment.add_filter("commands", repeat::shorten);
    environment.add_filter("shorten", |text: &str, limit: usize| shorten(text, limit));
    environment.add_filter("code", |text: &str| Value::from_safe_string(code(text)));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let digest: [u8; 32] = Digest::hash(STYLE).into();
    let page = Page {
        run: summary,
        style: STYLE,
        policy: format!(
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            STANDARD.encode(digest)
        ),
    };
    Ok(environment
        .get_template("page.html")?
        .render(Serde(&page))?)
}

/// Text as HTML, escaped, with what stands between backticks as code.
fn code(text: &str) -> String {
    let mut parts = text.split('`').peekable();
    let mut html = String::with_capacity(text.len());
    let mut is_code = false;
    while let Some(part) = parts.next() {
        let escaped = HtmlEscape(part);
        let is_closed = parts.peek().is_some();
        html.push_str(&match (is_code, is_closed, part) {
            (true, true, "") => "``".to_owned(),
            (true, true, _) => format!("<code>{escaped}</code>"),
            (true, false, _) => format!("`{escaped}"),
            (false, ..) => escaped.to_string(),
        });
        is_code = !is_code;
    }
    html
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn what_stands_between_backticks_is_code_and_nothing_is_markup() {
        assert_eq!(code("run `a<b` & go"), "run <code>a&lt;b</code> &amp; go");
        assert_eq!(
            code("`<i>` `` `<b>"),
            "<code>&lt;i&gt;</code> `` `&lt;b&gt;"
        );
        assert_eq!(code("plain"), "plain");
    }
}
