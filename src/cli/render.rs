//! `destspec render message`: each request exactly as Experience Platform would send it; sends nothing.

use std::fmt::Write as _;
use std::path::Path;

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use crate::cli::args::RenderMessageArgs;
use crate::cli::exit::Exit;
use crate::cli::load::{Loaded, Loading};
use crate::cli::{Failure, load, print, reference};
use crate::encode::message::{Message, RenderError, Renderer, synthetic};
use crate::model::profile::Profile;
use crate::model::profile_json;
use crate::model::sdk::{Family, Origin, Strategy, TemplateString};
use crate::model::source::{Place, Problem, Source};
use crate::model::submission::{AuthenticationClaim, Destination};
use crate::suite::subject::is_streaming;

/// Prints the requests, one after another.
///
/// # Errors
/// When the input cannot be read or a template does not render.
pub async fn message(args: &RenderMessageArgs) -> Result<Exit, Failure> {
    let asked = reference::Asked::default();
    let (loaded, _reference) = reference::or_given(&args.submission, Loading::SHOWN, asked).await?;
    print::problems(&loaded.warnings);
    let destination = &chosen(&loaded, args.destination.as_deref())?.with_marks();
    let renderer = renderer(destination, args.template.as_deref())?;
    print::problems(renderer.warnings());
    let profiles = profiles(args, destination)?;
    let messages = renderer.messages(&profiles).map_err(|e| unrendered(&e))?;
    for (place, message) in messages.iter().enumerate() {
        print::result(&shown(message, destination, place + 1, messages.len()))?;
    }
    Ok(Exit::Success)
}

fn chosen<'a>(loaded: &'a Loaded, name: Option<&str>) -> Result<&'a Destination, Failure> {
    let destinations = &loaded.submission.destinations;
    let found = match name {
        Some(name) => destinations.iter().find(|d| d.name == name),
        None => destinations.iter().find(|d| is_streaming(d)),
    };
    let known: Vec<&str> = destinations.iter().map(|d| d.name.as_str()).collect();
    let found = found.ok_or_else(|| {
        let text = name.map_or_else(
            || String::from("no destination takes messages"),
            |name| format!("no destination is called `{name}`"),
        );
        Failure::usage(text, Some(format!("there are: {}", known.join(", "))))
    })?;
    if is_streaming(found) {
        return Ok(found);
    }
    let help = Some(String::from("`destspec render file` renders files"));
    Err(Failure::usage(
        format!("destination `{}` takes files, not messages", found.name),
        help,
    ))
}

fn renderer(destination: &Destination, template: Option<&Path>) -> Result<Renderer, Failure> {
    let Some(path) = template else {
        return Renderer::new(destination).map_err(|e| unrendered(&e));
    };
    let text = load::text(
        path,
        "name a file with the template as text, not escaped into JSON",
    )?;
    let source = Source::new(path.display().to_string(), text.clone());
    let place = Place::new(&source, 0..text.len());
    let origin = Origin {
        place,
        pointer: String::new(),
    };
    let template = TemplateString {
        strategy: Strategy::PebbleV1,
        value: text,
        origin,
    };
    Renderer::new(destination)
        .and_then(|r| r.with_body(&template, destination))
        .map_err(|e| unrendered(&e))
}

fn profiles(args: &RenderMessageArgs, destination: &Destination) -> Result<Vec<Profile>, Failure> {
    let count = usize::try_from(args.count).map_err(Failure::fault)?;
    if let Some(path) = &args.profiles {
        let text = load::text(path, "name a JSON array of profiles")?;
        let (profiles, problems) =
            profile_json::read(&Source::new(path.display().to_string(), text));
        return if problems.iter().any(Problem::is_error) {
            Err(Failure::Input(problems))
        } else {
            Ok(profiles)
        };
    }
    if let Some(own) = destination
        .profiles
        .as_ref()
        .filter(|_| args.seed.is_none())
    {
        return Ok(own.profiles.iter().cycle().take(count).cloned().collect());
    }
    let seed = args.seed.unwrap_or_else(|| rand::random::<u32>().into());
    print::message(&format!("seed: {seed}"));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    Ok(synthetic::profiles(&mut rng, &destination.claims(), count))
}

fn unrendered(error: &RenderError) -> Failure {
    if let Some(body) = error.detail() {
        print::message(&body);
    }
    Failure::Input(vec![error.problem()])
}

fn shown(message: &Message, destination: &Destination, place: usize, count: usize) -> String {
    let mut text = format!(
        "### message {place} of {count}\n{} {}\n",
        message.method, message.url
    );
    for (name, value) in &message.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    if let Some(value) = authorization(destination) {
        let _ = writeln!(text, "Authorization: {value}");
    }
    let _ = write!(text, "\n{}\n\n", message.body);
    text
}

/// The header with the secret as a token: nothing is fetched that does not have to be shown.
pub(super) fn authorization(destination: &Destination) -> Option<&'static str> {
    match destination.login() {
        AuthenticationClaim::Basic => Some("Basic ⟦secret:basic⟧"),
        AuthenticationClaim::Bearer => Some("Bearer ⟦secret:token⟧"),
        AuthenticationClaim::OAuth2(_) => Some("Bearer ⟦secret:access_token⟧"),
        AuthenticationClaim::File(_) | AuthenticationClaim::None
            if destination.server.family() == Family::File =>
        {
            Some("Bearer ⟦secret:audience_token⟧")
        }
        AuthenticationClaim::None
        | AuthenticationClaim::OAuth1
        | AuthenticationClaim::Platform
        | AuthenticationClaim::File(_) => None,
    }
}
