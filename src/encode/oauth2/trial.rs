//! Whether the templates of a token request can be read at all: what they come to depends on answers that nobody has yet.

use crate::encode::oauth2::client::TokenClient;
use crate::encode::pebble::{Options, Template};
use crate::model::rule::Rule;
use crate::model::sdk::{Strategy, TemplateString};
use crate::model::source::Problem;

impl TokenClient {
    /// Every template that does not compile, at its place.
    pub fn trials(&self) -> Vec<Problem> {
        self.templates()
            .filter(|template| template.strategy == Strategy::PebbleV1)
            .filter_map(uncompiled)
            .collect()
    }

    fn templates(&self) -> impl Iterator<Item = &TemplateString> {
        let request = self.template.iter().flat_map(|template| {
            let (server, http) = (&template.request, &template.request.http);
            let url = std::iter::once(&server.url);
            let fields = server.response_fields.iter().map(|field| &field.value);
            url.chain(&http.query_parameters)
                .chain(&http.request_body)
                .chain(fields)
        });
        let validations = self.all_validations();
        request.chain(validations.flat_map(|one| [&one.actual, &one.expected]))
    }
}

fn uncompiled(template: &TemplateString) -> Option<Problem> {
    let error = Template::parse(&template.value, &Options::adobe()).err()?;
    let what = format!("expected a template that compiles, received one that does not: {error}");
    let help = "correct it: no token can be asked for, or read, until then";
    Some(template.origin.place.violation(Rule::Rendering, what, help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sdk::{Origin, Validation};
    use crate::model::source::{Place, Source};

    #[test]
    fn a_template_that_does_not_compile_is_named() {
        let source = Source::new("destination.json", "{}");
        let written = |value: &str| TemplateString {
            strategy: Strategy::PebbleV1,
            value: value.to_owned(),
            origin: Origin {
                place: Place::new(&source, 0..2),
                pointer: String::new(),
            },
        };
        let mut client = TokenClient::new("https://auth.example.com/token");
        let mut trials = |actual: &str| {
            client.validations = vec![Validation {
                name: String::from("status"),
                actual: written(actual),
                expected: written("200"),
            }];
            client.trials().len()
        };
        assert_eq!(trials("{{ response.status }}"), 0);
        assert_eq!(trials("{{ response.status "), 1);
    }
}
