//! What must hold between server, configuration and submission (reference 11.1).

use crate::model::rule::Rule;
use crate::model::sdk::{
    Authentication, AuthenticationKind, AuthenticationRule, DataField, Delivery, Family, FieldType,
    FileAuthentication, OAuth2, Storage,
};
use crate::model::source::suggestion::list;
use crate::model::source::{Place, Problem};
use crate::model::submission::{AuthenticationClaim, CredentialName, Destination};

/// Every rule that a destination breaks; of the credentials that are written somehow none is missing.
pub(crate) fn problems(destination: &Destination, written: &[CredentialName]) -> Vec<Problem> {
    let mut problems = Vec::new();
    match destination.server.family() {
        Family::Streaming => streaming(destination, &mut problems),
        Family::File => file(destination, &mut problems),
    }
    credentials(destination, written, &mut problems);
    problems.extend(untyped(destination, written));
    problems.extend(audience_api(destination));
    problems
}

/// An audience API that is not offered, while something else says that there is one.
fn audience_api(destination: &Destination) -> Option<Problem> {
    if destination.audience_template.is_some() {
        return None;
    }
    let help = "name its template: `audience_template = \"sdk/audience-template.json\"`; it is *not offered* until then";
    let mapping = &destination.configuration.segment_mapping;
    // the two exclude each other, which is said
    let by_user = mapping.by_user;
    if mapping.audience_template.is_some() && !by_user {
        let what = "the configuration has an `audienceTemplateId`, and no `audience_template` is given: no audience API is judged";
        return Some(destination.place.warning(what, help));
    }
    let asked = destination.observe.audience.as_ref()?;
    let what = "[destination.observe.audience] asks for audiences, and no `audience_template` is given: no audience API is judged";
    Some(asked.place.warning(what, help))
}

/// The start of the configuration, for what concerns all of it.
fn top(destination: &Destination) -> Place {
    Place::new(&destination.configuration.source, 0..0)
}

fn streaming(destination: &Destination, problems: &mut Vec<Problem>) {
    for authentication in &destination.configuration.authentications {
        if let AuthenticationKind::File(kind) = authentication.kind {
            let message = format!(
                "`{}` is for file-based destinations, the server is `URL_BASED`",
                kind.name()
            );
            let help = "use `BASIC`, `BEARER` or `OAUTH2`";
            problems.push(misfit(destination, &authentication.place, message, help));
        }
    }
}

/// A way to log in that does not fit the server: harmless where nobody logs in.
fn misfit(destination: &Destination, place: &Place, message: String, help: &str) -> Problem {
    let asks = |d: &Delivery| d.rule == AuthenticationRule::Customer;
    if destination.configuration.delivery.iter().any(asks) {
        place.error(message, help)
    } else {
        place.warning(message, help)
    }
}

fn file(destination: &Destination, problems: &mut Vec<Problem>) {
    let configuration = &destination.configuration;
    let storage = destination.server.file().map(|server| &server.storage);
    let landing_zone = matches!(storage, Some(Storage::DataLandingZone { .. }));
    let fitting = storage.map_or(&[][..], Storage::authentications);
    let entries = configuration.authentications.iter();
    problems.extend(entries.filter_map(|entry| unfit(destination, entry, fitting)));
    let none = |d: &Delivery| d.rule == AuthenticationRule::None;
    if landing_zone && !configuration.delivery.iter().all(none) {
        problems.push(top(destination).violation(
            Rule::LandingZones,
            "a Data Landing Zone is delivered to with `authenticationRule` `NONE`",
            "write `\"authenticationRule\": \"NONE\"` in `destinationDelivery`",
        ));
    }
}

/// A way to log in that is none of those that fit the type of the server; without any it is a Data Landing Zone.
fn unfit(
    destination: &Destination,
    entry: &Authentication,
    fitting: &[FileAuthentication],
) -> Option<Problem> {
    let fits = match &entry.kind {
        AuthenticationKind::File(kind) => fitting.contains(kind),
        AuthenticationKind::OAuth1 => !fitting.is_empty(),
        AuthenticationKind::Basic | AuthenticationKind::Bearer | AuthenticationKind::OAuth2(_) => {
            false
        }
    };
    if fits {
        return None;
    }
    let names: Vec<&str> = fitting.iter().map(|kind| kind.name()).collect();
    let (rule, expected, help) = match names.is_empty() {
        true => (
            Rule::LandingZones,
            String::new(),
            String::from("a Data Landing Zone asks for no authentication: write `[]`"),
        ),
        false => (
            Rule::ServerType,
            format!(", to which customers log in by {}", list(&names, "or")),
            format!("write {}", list(&names, "or")),
        ),
    };
    let name = entry.kind.name();
    let what = format!("`{name}` does not fit the type of the server{expected}");
    let problem = misfit(destination, &entry.place, what, &help);
    Some(match problem.is_error() {
        true => problem.judged(rule),
        false if names.is_empty() => problem.of(rule),
        false => problem,
    })
}

/// At least one way to log in must have its credentials; which are missing is a warning, for nothing else depends on them.
fn credentials(destination: &Destination, written: &[CredentialName], problems: &mut Vec<Problem>) {
    let mut lacking = Vec::new();
    // of a way to log in that does not fit, that is said
    let fitting = destination.server.file();
    let fitting = fitting.map_or(&[][..], |server| server.storage.authentications());
    let fits = |claim: &AuthenticationClaim| match claim {
        AuthenticationClaim::File(kind) => fitting.contains(kind),
        AuthenticationClaim::None
        | AuthenticationClaim::Basic
        | AuthenticationClaim::Bearer
        | AuthenticationClaim::OAuth2(_)
        | AuthenticationClaim::OAuth1
        | AuthenticationClaim::Platform => true,
    };
    for claim in destination
        .claims()
        .authentications
        .into_iter()
        .filter(fits)
    {
        let missing = destination.missing(claim, written).into_iter();
        let missing: Vec<_> = missing.map(CredentialName::key).collect();
        if missing.is_empty() {
            return;
        }
        let verb = if missing.len() > 1 { "are" } else { "is" };
        lacking.push((missing.join("` and `"), verb));
    }
    if let Some((first, verb)) = lacking.first() {
        problems.push(destination.place.warning(
            format!("no credentials: `{first}` {verb} missing, so nothing can be delivered"),
            format!(
                "add `{first}` under [destination.credentials], each as `{{ env = \"NAME\" }}`"
            ),
        ));
    }
}

/// What a customer must type in at a login by OAuth 2.0 and nobody has, where that is the way to log in.
fn untyped(destination: &Destination, written: &[CredentialName]) -> Vec<Problem> {
    let AuthenticationClaim::OAuth2(_) = destination.login_with(written) else {
        return Vec::new();
    };
    let typed = &destination.auth_data;
    let place = typed.place.as_ref().unwrap_or(&destination.place);
    let demanded = destination.oauth2().into_iter();
    let demanded = demanded.flat_map(OAuth2::demanded_fields);
    let lacking = demanded.filter(|field| !typed.written.contains(&field.name));
    let problem = |field: &DataField| {
        let example = match (field.secret, field.field_type) {
            (true, _) => "{ env = \"NAME\" }",
            (false, FieldType::Integer) => "1",
            (false, FieldType::Boolean) => "true",
            (false, FieldType::String | FieldType::Object) => "\"…\"",
        };
        place.error(
            format!(
                "missing the authentication field `{}`, which a customer types in",
                field.name
            ),
            format!(
                "`authenticationDataFields` requires it: add `auth_data.{} = {example}`",
                field.name
            ),
        )
    };
    lacking.map(problem).collect()
}
