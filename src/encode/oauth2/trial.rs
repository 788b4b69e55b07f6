//! What can be said of the templates of a token request before an answer is there: whether they are read at all, and
//! whether what they read is there (reference 2.5.3).

use serde_json::{Map, Value};

use crate::encode::message::lint::{broken_rule, misplaced, undeclared};
use crate::encode::oauth2::client::TokenClient;
use crate::encode::pebble::{self, Context, Options, Template};
use crate::model::rule::Rule;
use crate::model::sdk::{Strategy, TemplateString};
use crate::model::source::Problem;
use crate::model::source::suggestion::{closest, instead};
use crate::model::submission::Destination;

/// What templates of a token request may read.
const ROOTS: [&str; 4] = ["authData", "customerData", "response", "userContext"];

/// What `authData` has besides the fields that are configured (reference 2.5).
const AUTH_DATA: [&str; 13] = [
    "accessToken",
    "accessTokenUrl",
    "authorizationUrl",
    "clientId",
    "clientSecret",
    "code",
    "expiresIn",
    "password",
    "redirectUri",
    "refreshToken",
    "scope",
    "tokenType",
    "username",
];

/// One of the templates, with the role in which it is configured.
type Role<'a> = (String, &'a TemplateString);

impl TokenClient {
    /// Every template that does not compile, or reads what is not there, at its place.
    pub fn trials(&self, destination: &Destination) -> Vec<Problem> {
        let pebble = |(_, template): &Role<'_>| template.strategy == Strategy::PebbleV1;
        let known = self.auth_data(destination);
        let all = self.templates().into_iter().filter(pebble);
        let read = all.flat_map(|(role, template)| read(&role, template, &known, destination));
        let mut problems: Vec<Problem> = read.collect();
        if problems.is_empty() {
            problems.extend(self.no_json(&known));
        }
        problems
    }

    /// The names of what `authData` holds.
    fn auth_data(&self, destination: &Destination) -> Vec<String> {
        let fields = destination.oauth2().into_iter();
        let fields = fields.flat_map(|oauth2| &oauth2.data_fields);
        let of_answers = self.response_fields().iter().map(|field| &field.name);
        let own = fields.map(|field| &field.name).chain(of_answers).cloned();
        own.chain(AUTH_DATA.map(ToOwned::to_owned)).collect()
    }

    fn templates(&self) -> Vec<Role<'_>> {
        let mut all = Vec::new();
        if let Some(template) = &self.template {
            let (server, http) = (&template.request, &template.request.http);
            let mut add = |role: &str, template| {
                all.push((format!("accessTokenRequest.{role}"), template));
            };
            add("urlBasedDestination.url", &server.url);
            if let Some(query) = &http.query_parameters {
                add("httpTemplate.queryParameters", query);
            }
            if let Some(body) = &http.request_body {
                add("httpTemplate.requestBody", body);
            }
            for header in &http.headers {
                add(
                    &format!("httpTemplate.headers.{}", header.name),
                    &header.value,
                );
            }
            for field in &server.response_fields {
                add(&format!("responseFields.{}", field.name), &field.value);
            }
        }
        for one in self.all_validations() {
            all.push((format!("validations.{}.actualValue", one.name), &one.actual));
            all.push((
                format!("validations.{}.expectedValue", one.name),
                &one.expected,
            ));
        }
        all
    }

    /// A body that is declared as JSON and is none, with plain values and with and without automatic escaping.
    fn no_json(&self, known: &[String]) -> Option<Problem> {
        let http = &self.template.as_ref()?.request.http;
        let body = http.request_body.as_ref()?;
        if !http.content_type.to_ascii_lowercase().contains("json") {
            return None;
        }
        let auth_data: Map<String, Value> = known
            .iter()
            .map(|name| (name.clone(), Value::from("value")))
            .collect();
        let mut context = self.context.clone();
        context.insert(String::from("authData"), Value::Object(auth_data));
        let context = Context::from_json(&Value::Object(context));
        for (auto_escaping, help) in [
            (
                false,
                "correct what stands around the values, or `contentType`",
            ),
            (
                true,
                "end what prints JSON with `| raw`: whether Experience Platform escapes by itself is not documented",
            ),
        ] {
            let options = Options {
                auto_escaping,
                ..Options::adobe()
            };
            let text = match body.strategy {
                Strategy::None => body.value.clone(),
                Strategy::PebbleV1 => Template::parse(&body.value, &options)
                    .and_then(|template| template.render(&context))
                    .ok()?,
            };
            if let Err(error) = serde_json::from_str::<Value>(&text) {
                let what = format!(
                    "`accessTokenRequest.httpTemplate.requestBody` is declared as `{}`, and renders to no JSON: {error}",
                    http.content_type
                );
                return Some(body.origin.place.warning(what, help).of(Rule::Bodies));
            }
        }
        None
    }
}

/// What is wrong with one template.
fn read(
    role: &str,
    template: &TemplateString,
    auth_data: &[String],
    destination: &Destination,
) -> Vec<Problem> {
    let parsed = match Template::parse(&template.value, &Options::adobe()) {
        Ok(parsed) => parsed,
        Err(error) => return vec![uncompiled(role, template, &error)],
    };
    let (variables, place) = (parsed.variables(), &template.origin.place);
    let mut problems = undeclared(role, &variables, place, destination);
    problems.extend(misplaced(role, &variables, place));
    let mut names: Vec<&str> = auth_data.iter().map(String::as_str).collect();
    names.sort_unstable();
    for variable in &variables {
        let mut steps = variable.split(['.', '[']);
        let (root, member) = (steps.next().unwrap_or_default(), steps.next());
        if root == "input" {
            continue;
        }
        if !ROOTS.contains(&root) {
            let what = format!("`{role}` reads `{root}`, which a token request does not have");
            problems.push(
                place
                    .of(root)
                    .violation(Rule::Rendering, what, instead(root, &ROOTS)),
            );
        } else if let ("authData", Some(member)) = (root, member)
            && !names.contains(&member)
        {
            let what = format!("`{role}` reads `authData.{member}`, which nobody supplies");
            let near = closest(member, &names).map(|near| format!(", or did you mean `{near}`?"));
            let help = format!(
                "add the field `{member}` to `authenticationDataFields`{}",
                near.unwrap_or_default()
            );
            let place = place.of(&format!("authData.{member}"));
            problems.push(place.violation(Rule::Rendering, what, help));
        }
    }
    problems
}

fn uncompiled(role: &str, template: &TemplateString, error: &pebble::Error) -> Problem {
    let what =
        format!("`{role}`: expected a template that compiles, received one that does not: {error}");
    let help = error.help.clone().unwrap_or_else(|| {
        String::from("correct it: no token can be asked for, or read, until then")
    });
    let place = template.origin.locate(error.line, error.column);
    place.violation(broken_rule(error), what, help)
}
