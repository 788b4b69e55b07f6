//! What a template of a body comes to for profiles of every documented kind (reference 5.10, appendix C): whether it
//! renders, whether what comes out is what is declared, and what of memberships it reads.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::encode::message::render::Renderer;
use crate::encode::message::synthetic::{NASTY, Shape, TIMESTAMPS, kinds, profile};
use crate::encode::pebble::Options;
use crate::model::profile::{Profile, Status};
use crate::model::rule::Rule;
use crate::model::sdk::TemplateString;
use crate::model::source::{Problem, Severity};
use crate::model::submission::Destination;

/// What to do where the body is only good without automatic escaping.
const ESCAPED: &str = "end what prints JSON with `| raw`: whether Experience Platform escapes by itself is not documented";

/// Every problem, each once.
pub fn problems(renderer: &Renderer, destination: &Destination) -> Vec<Problem> {
    let mut problems = memberships(renderer);
    problems.extend(unread_times(renderer, destination));
    let escaping = Options {
        auto_escaping: true,
        ..Options::adobe()
    };
    let escaping = Renderer::with(destination, &escaping).ok();
    let escaping = escaping.as_ref().map(|renderer| (renderer, Some(ESCAPED)));
    for (renderer, help) in [(renderer, None)].into_iter().chain(escaping) {
        for profile in profiles(destination) {
            let Err(error) = renderer.messages(std::slice::from_ref(&profile)) else {
                continue;
            };
            let mut problem = error.problem();
            problem.help = help.map(str::to_owned).or(problem.help);
            let rule = problem.rule.unwrap_or(Rule::Rendering);
            let known = |p: &Problem| p.rule == Some(rule) && p.span == problem.span;
            if !problems.iter().any(known) {
                problems.push(if rule == Rule::Bodies {
                    Problem {
                        severity: Severity::Warning,
                        ..problem
                    }
                } else {
                    problem.judged(rule)
                });
            }
        }
    }
    problems
}

/// Where a shape of timestamps is not read, and another is.
fn unread_times(renderer: &Renderer, destination: &Destination) -> Option<Problem> {
    let renderer = renderer.unadapted()?;
    let all = profiles(destination);
    let error = all
        .iter()
        .find_map(|profile| renderer.messages(std::slice::from_ref(profile)).err())?;
    Some(Problem {
        severity: Severity::Warning,
        help: Some(format!(
            "Experience Platform is documented to send timestamps as {}: without `date` each is passed on; here all are given in the first shape that the template reads",
            TIMESTAMPS.map(|time| format!("`{time}`")).join(", "),
        )),
        ..error.problem()
    }
    .of(Rule::Memberships))
}

/// Of a template that prints the value of no attribute: that it reads attributes which are mapped, where it does.
pub fn unprinted_attributes(renderer: &Renderer, destination: &Destination) -> Option<Problem> {
    let (_, template) = renderer.body()?;
    let reads = template.value.contains("attributes");
    (reads && destination.claims().attributes.is_mapped()).then(|| {
        template.origin.place.of("attributes").warning(
            "the template reads `attributes`, and prints no value of an attribute that is mapped",
            "an attribute of `profileFields` is its value, one of free names is `{ \"value\": … }`: print `attribute.value` of the former, `attribute.value.value` of the latter",
        )
    })
}

/// One profile of each kind, the same in every run.
fn profiles(destination: &Destination) -> Vec<Profile> {
    let claims = destination.claims();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let existing = Shape {
        memberships: vec![(0, Status::Existing)],
        ..Shape::default()
    };
    let nasty = NASTY.map(|text| Shape {
        text: Some(text),
        ..Shape::default()
    });
    let shapes = kinds().into_iter().chain([existing]).chain(nasty);
    let one = |shape: Shape| profile(&mut rng, &claims, &shape);
    shapes.map(one).collect()
}

/// Names that are older, and statuses that are not all.
fn memberships(renderer: &Renderer) -> Vec<Problem> {
    let Some((variables, template)) = renderer.body() else {
        return Vec::new();
    };
    let reads = |name: &str| variables.iter().any(|v| v.starts_with(name));
    let mut problems = Vec::new();
    if reads("destination.segmentAliases") && !reads("destination.namespaceSegmentAliases") {
        let place = template.origin.place.of("segmentAliases");
        let warning = place.warning(
            "the template reads `destination.segmentAliases`, which is deprecated",
            "read `destination.namespaceSegmentAliases[namespace][id]`",
        );
        problems.push(warning.of(Rule::Memberships));
    }
    for (status, other) in [("existing", "realized"), ("realized", "existing")] {
        if compares(template, status) && !compares(template, other) {
            let warning = template.origin.place.of(status).warning(
                format!("the template tests for the status `{status}` and not for `{other}`"),
                "test for both, or use `addedSegments`: which of them comes differs between editions",
            );
            problems.push(warning.of(Rule::Memberships));
        }
    }
    problems
}

/// Whether the text holds that word in quotes.
fn compares(template: &TemplateString, word: &str) -> bool {
    let quoted = ['"', '\''].map(|quote| format!("{quote}{word}{quote}"));
    quoted.iter().any(|quoted| template.value.contains(quoted))
}
