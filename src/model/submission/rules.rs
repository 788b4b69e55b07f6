//! What must hold between server, configuration and submission (reference 11.1).

use crate::model::sdk::{AuthenticationKind, AuthenticationRule, Family, Storage};
use crate::model::source::{Place, Problem};
use crate::model::submission::{AuthenticationClaim, CredentialName, Credentials, Destination};

/// Every rule that a destination breaks.
pub(crate) fn problems(destination: &Destination) -> Vec<Problem> {
    let mut problems = Vec::new();
    match destination.server.family() {
        Family::Streaming => streaming(destination, &mut problems),
        Family::File => file(destination, &mut problems),
    }
    platform(destination, &mut problems);
    credentials(destination, &mut problems);
    problems
}

/// The start of the configuration, for what is missing in it.
fn top(destination: &Destination) -> Place {
    Place::new(&destination.configuration.source, 0..0)
}

fn streaming(destination: &Destination, problems: &mut Vec<Problem>) {
    let configuration = &destination.configuration;
    if configuration.identity_namespaces.is_empty() {
        problems.push(top(destination).error(
            "missing `identityNamespaces`: a streaming destination needs at least one",
            "add `\"identityNamespaces\": { \"Email\": { \"acceptsAttributes\": true, \"acceptedGlobalNamespaces\": { \"Email\": {} } } }`",
        ));
    }
    if configuration.delivery.iter().any(|d| d.batch) {
        problems.push(top(destination).error(
            "`deliveryMatchers` belongs to file-based destinations, the server is `URL_BASED`",
            "take `deliveryMatchers` out of `destinationDelivery`",
        ));
    }
    if configuration.aggregation.is_none() {
        problems.push(top(destination).warning(
            "no `aggregation`: one profile a message is assumed",
            "add `\"aggregation\": { \"aggregationType\": \"BEST_EFFORT\", \"bestEffortAggregation\": { \"maxUsersPerRequest\": 1 } }`",
        ));
    }
    for authentication in &configuration.authentications {
        if let AuthenticationKind::File(kind) = authentication.kind {
            problems.push(authentication.place.error(
                format!(
                    "`{}` is for file-based destinations, the server is `URL_BASED`",
                    kind.name()
                ),
                "use `BASIC`, `BEARER` or `OAUTH2`",
            ));
        }
    }
}

fn file(destination: &Destination, problems: &mut Vec<Problem>) {
    let configuration = &destination.configuration;
    if !configuration.delivery.is_empty() && !configuration.delivery.iter().any(|d| d.batch) {
        problems.push(top(destination).error(
            "missing `deliveryMatchers` in `destinationDelivery`: a file-based destination needs it",
            "add `\"deliveryMatchers\": [ { \"type\": \"SOURCE\", \"value\": [ \"batch\" ] } ]`",
        ));
    }
    if configuration.batch.is_none() {
        problems.push(top(destination).error(
            "missing `batchConfig`: a file-based destination needs it",
            "add `batchConfig` with `filenameConfig` and `allowedScheduleFrequency`",
        ));
    }
    let landing_zone = destination
        .server
        .file()
        .is_some_and(|server| matches!(server.storage, Storage::DataLandingZone { .. }));
    for authentication in &configuration.authentications {
        let streams = matches!(
            authentication.kind,
            AuthenticationKind::Basic | AuthenticationKind::Bearer | AuthenticationKind::OAuth2(_)
        );
        if landing_zone || streams {
            problems.push(authentication.place.error(
                format!(
                    "`{}` does not fit the type of the server",
                    authentication.kind.name()
                ),
                if landing_zone {
                    "a Data Landing Zone asks for no authentication: write `[]`"
                } else {
                    "use the type of the storage, e.g. `S3`"
                },
            ));
        }
    }
    let none = |d: &crate::model::sdk::Delivery| d.rule == AuthenticationRule::None;
    if landing_zone && !configuration.delivery.iter().all(none) {
        problems.push(top(destination).error(
            "a Data Landing Zone is delivered to with `authenticationRule` `NONE`",
            "write `\"authenticationRule\": \"NONE\"` in `destinationDelivery`",
        ));
    }
}

fn platform(destination: &Destination, problems: &mut Vec<Problem>) {
    let configuration = &destination.configuration;
    let customer = configuration
        .delivery
        .iter()
        .any(|d| d.rule == AuthenticationRule::Customer);
    let landing_zone = destination.server.family() == Family::File;
    if customer && configuration.authentications.is_empty() && !landing_zone {
        problems.push(top(destination).error(
            "missing `customerAuthenticationConfigurations`: `CUSTOMER_AUTHENTICATION` needs at least one",
            "add `\"customerAuthenticationConfigurations\": [ { \"authType\": \"BEARER\" } ]`, or write the rule `NONE`",
        ));
    }
}

/// At least one way to log in must have its credentials; which are missing is a warning, for nothing else depends on them.
fn credentials(destination: &Destination, problems: &mut Vec<Problem>) {
    let given = &destination.credentials;
    let mut lacking = Vec::new();
    for claim in destination.claims().authentications {
        let missing = missing(claim, destination, given);
        if missing.is_empty() {
            return;
        }
        lacking.push(missing.join("` and `"));
    }
    if let Some(first) = lacking.first() {
        problems.push(destination.place.warning(
            format!("no credentials: `{first}` is missing, so nothing can be delivered"),
            format!(
                "add `{first}` under [destination.credentials], each as `{{ env = \"NAME\" }}`"
            ),
        ));
    }
}

fn missing(
    claim: AuthenticationClaim,
    destination: &Destination,
    given: &Credentials,
) -> Vec<&'static str> {
    let literal = destination.oauth2().is_some_and(|o| o.client_id.is_some());
    let has = |name: CredentialName| {
        given.get(name).is_some() || (name == CredentialName::ClientId && literal)
    };
    let asked = CredentialName::asked_by(claim).iter();
    asked
        .filter(|name| !has(**name))
        .map(|name| name.key())
        .collect()
}
