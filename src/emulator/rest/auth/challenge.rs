//! Challenges (RFC 9110, section 11.6.1): what an answer of 401 says of the credentials that it wants.

use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// The schemes that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Basic,
    Bearer,
}

/// The value of `WWW-Authenticate` for a request that presented credentials, or none.
///
/// RFC 6750 section 3: no error code when no credentials were presented.
pub(crate) fn challenge(scheme: Scheme, presented: bool, rules: &Rules) -> String {
    let is_wrong_token = scheme == Scheme::Bearer && presented;
    if rules.has(Fault::ChallengeOfAnotherScheme) {
        return elsewhere(scheme, is_wrong_token);
    }
    if rules.varies(Variation::DecoratedChallenge) {
        return decorated(scheme, is_wrong_token);
    }
    let mut parameters = Vec::new();
    if rules.has(Fault::RealmOnlyInText) {
        parameters.push(r#"note="realm=destination""#);
    } else if !rules.has(Fault::RealmMissing) {
        parameters.push(r#"realm="destination""#);
    }
    if scheme == Scheme::Basic {
        parameters.push(r#"charset="UTF-8""#);
    }
    if is_wrong_token && rules.has(Fault::InvalidTokenOnlyInText) {
        parameters.push(r#"error_description="see error=\"invalid_token\" in the manual""#);
    } else if is_wrong_token && !rules.has(Fault::InvalidTokenUnnamed) {
        parameters.push(r#"error="invalid_token""#);
    }
    let name = name(scheme, rules);
    format!("{name} {}", parameters.join(", "))
        .trim_end()
        .to_owned()
}

/// The scheme of a challenge, as the variations spell it.
pub(crate) fn name(scheme: Scheme, rules: &Rules) -> &'static str {
    match (scheme, rules.varies(Variation::LowerCaseChallenge)) {
        (Scheme::Basic, false) => "Basic",
        (Scheme::Basic, true) => "basic",
        (Scheme::Bearer, false) => "Bearer",
        (Scheme::Bearer, true) => "bearer",
    }
}

/// All that is looked for stands in a text of a challenge that asks for something else.
fn elsewhere(scheme: Scheme, is_wrong_token: bool) -> String {
    let error = if is_wrong_token {
        r#", error=\"invalid_token\""#
    } else {
        ""
    };
    match scheme {
        Scheme::Basic => r#"Negotiate note="not Basic realm=\"destination\"""#.to_owned(),
        Scheme::Bearer => format!(r#"Negotiate note="not Bearer realm=\"destination\"{error}""#),
    }
}

/// Names of schemes and parameters have no case, and a quoted text may hold anything.
fn decorated(scheme: Scheme, is_wrong_token: bool) -> String {
    let others = r#"Negotiate, Custom title="Basic realm=, or \"Bearer\"", "#;
    let error = if is_wrong_token {
        r#", ERROR="invalid_token", error_description="the token, alas, is not \"valid\"""#
    } else {
        ""
    };
    match scheme {
        Scheme::Basic => format!(r#"{others}bASIC Realm="destination", Charset="UTF-8""#),
        Scheme::Bearer => {
            format!(r#"{others}bEARER Realm="destination", Scope="audience.write"{error}"#)
        }
    }
}
