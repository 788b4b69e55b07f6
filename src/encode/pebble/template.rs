//! A parsed template, ready to render.

use std::sync::Arc;

use crate::encode::pebble::allowance::Allowance;
use crate::encode::pebble::ast::Program;
use crate::encode::pebble::context::Context;
use crate::encode::pebble::error::Error;
use crate::encode::pebble::fail::Outcome;
use crate::encode::pebble::lint;
use crate::encode::pebble::options::Options;
use crate::encode::pebble::parser;
use crate::encode::pebble::render::Render;

/// A parsed template, to be rendered any number of times and from any thread. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Template {
    program: Arc<Program>,
    options: Options,
}

impl Template {
    /// Parse `source` as Pebble 3.2.4 does.
    ///
    /// # Errors
    /// [`ErrorKind::Syntax`](crate::encode::pebble::ErrorKind::Syntax) for what Pebble refuses,
    /// `Unsupported` for what Adobe does not support (reference 5.4), `Limit` for a template that is too long or
    /// nested too deep.
    pub fn parse(source: &str, options: &Options) -> Result<Template, Error> {
        let program = parser::parse(source, options).map_err(|fail| fail.into_error(source))?;
        Ok(Template {
            program: Arc::new(program),
            options: options.clone(),
        })
    }

    /// Render with the variables of `context`, which stays as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Runtime`](crate::encode::pebble::ErrorKind::Runtime) where Pebble fails on these values,
    /// `Unsupported` for what this engine cannot render as Pebble does, `Limit` when a bound is exceeded.
    pub fn render(&self, context: &Context) -> Result<String, Error> {
        let rendered = match self.rendered(context, true) {
            Err(fail) if fail.0.again => self.rendered(context, false),
            rendered => rendered,
        };
        rendered.map_err(|fail| fail.into_error(&self.program.source))
    }

    fn rendered(&self, context: &Context, tapes: bool) -> Outcome<String> {
        let mut out = String::new();
        let mut render = Render::new(&self.program, &self.options, context, tapes);
        let rendered = render.nodes(&self.program.body, &mut out);
        Allowance::take(render.steps());
        Allowance::take_bytes(out.len());
        rendered.map(|()| out)
    }

    /// The text the template was parsed from.
    pub fn source(&self) -> &str {
        &self.program.source
    }

    /// The variables that the template reads from its context, as dotted paths such as `input.profile.identityMap`, sorted.
    ///
    /// A subscript with a string literal counts as a name; any other subscript ends the path. Variables of loops and of
    /// `set` are left out.
    pub fn variables(&self) -> Vec<String> {
        lint::variables(&self.program)
    }

    /// The functions and filters that the template names, sorted, whether they exist or not.
    pub fn functions(&self) -> Vec<String> {
        lint::functions(&self.program)
    }
}
