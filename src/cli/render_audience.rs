//! `destspec render audience`: each request of an audience template as Experience Platform would send it; sends nothing.

use std::fmt::Write as _;

use crate::cli::args::RenderAudienceArgs;
use crate::cli::exit::Exit;
use crate::cli::load::{Loaded, Loading};
use crate::cli::render::authorization;
use crate::cli::{Failure, print, reference};
use crate::encode::audience::{Api, Named, Request, Unusable, oddities, problems};
use crate::model::sdk::{Event, EventKind};
use crate::model::secret::TOKEN_HERE;
use crate::model::submission::Destination;

/// Id of an audience in Experience Platform, made up.
const ID: &str = "de575bec-0000-4000-8000-000000000001";

/// Prints the requests, one after another.
///
/// # Errors
/// When the input cannot be read, there is no audience template, or it does not render.
pub async fn run(args: &RenderAudienceArgs) -> Result<Exit, Failure> {
    let asked = reference::Asked::default();
    let (loaded, _reference) = reference::or_given(&args.submission, Loading::SHOWN, asked).await?;
    print::problems(&loaded.warnings);
    let destination = chosen(&loaded, args.destination.as_deref())?.with_marks();
    print::problems(&oddities(&destination));
    let api = Api::of(&destination).map_err(|unusable| unrendered(&unusable, &destination))?;
    let lacking = || without(&destination.name);
    let api = api.ok_or_else(lacking)?;
    let audience = Named {
        id: ID.to_owned(),
        alias: String::new(),
        name: args.name.clone(),
        description: String::from("Made by destspec"),
    };
    for event in &api.template().events {
        let known = Named {
            alias: alias(event.kind, args),
            ..audience.clone()
        };
        let request = api.request(event, &known);
        let request = request.map_err(|unusable| unrendered(&unusable, &destination))?;
        print::result(&shown(event, &request, &destination))?;
    }
    Ok(Exit::Success)
}

/// What the audience is called at the destination: nothing before it was created.
fn alias(kind: EventKind, args: &RenderAudienceArgs) -> String {
    match kind {
        EventKind::Create
        | EventKind::Validate
        | EventKind::CreateDestination
        | EventKind::UpdateDestination
        | EventKind::DeleteDestination => String::new(),
        EventKind::Update | EventKind::Delete | EventKind::Notify => args.alias.clone(),
    }
}

fn chosen<'a>(loaded: &'a Loaded, name: Option<&str>) -> Result<&'a Destination, Failure> {
    let mut destinations = loaded.submission.destinations.iter();
    let found = match name {
        Some(name) => destinations.find(|d| d.name == name),
        None => destinations.find(|d| d.audience_template.is_some()),
    };
    found.ok_or_else(|| match name {
        Some(name) => {
            let all = loaded.submission.destinations.iter();
            let known: Vec<&str> = all.map(|d| d.name.as_str()).collect();
            let help = format!("there are: {}", known.join(", "));
            Failure::usage(format!("no destination is called `{name}`"), Some(help))
        }
        None => without("none"),
    })
}

fn without(name: &str) -> Failure {
    let what = match name {
        "none" => String::from("no destination has an audience template"),
        name => format!("destination `{name}` has no audience template"),
    };
    let help = "name one: `audience_template = \"sdk/audience-template.json\"` in [[destination]]";
    Failure::usage(what, Some(help.to_owned()))
}

/// Says what is wrong with the template as `check` does, at its place.
fn unrendered(unusable: &Unusable, destination: &Destination) -> Failure {
    let mut broken = problems(destination);
    broken.retain(|problem| !problem.is_warning());
    if broken.is_empty() {
        broken.push(unusable.problem());
    }
    print::problems(&broken);
    let text = format!(
        "the audience template of `{}` does not render",
        destination.name
    );
    Failure::usage(text, Some(String::from("correct it at the place above")))
}

fn shown(event: &Event, request: &Request, destination: &Destination) -> String {
    let mut text = format!(
        "### {}\n{} {}\n",
        event.kind.key(),
        request.method.as_str(),
        request.url
    );
    for (name, value) in &request.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = write!(text, "\n{}\n\n", request.body);
    let token = authorization(destination).and_then(|value| value.split_once(' '));
    text.replace(TOKEN_HERE, token.map_or("", |(_, token)| token))
}
