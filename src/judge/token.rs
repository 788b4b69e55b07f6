//! Judges the answers of a token endpoint (RFC 6749 sections 5.1 and 5.2).

use serde_json::Value;

use crate::encode::oauth2::{ResponsePaths, TokenAnswer, TokenClient, Unread, pointer, value_at};
use crate::judge::answer::{answered, status_line, unread_line};
use crate::judge::header::{directives, lines, media_type};
use crate::model::finding::Finding;
use crate::model::record::{Answer, Body, Exchange, Format, TokenGrant};
use crate::model::token::UNKNOWN_SCOPE;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The token endpoint throttles. To throttle is right, and says nothing of the client.
        surroundings "token.throttled" throttled(answer) {
            expected: "an answer to the token request",
            received: "{answer}",
            remedy: "run again when the token endpoint is not throttling",
        }
        /// The token endpoint is not available, so that it refuses whoever asks.
        surroundings "token.unavailable" unavailable(answer) {
            expected: "an answer that is about the client",
            received: "{answer}: refused for another reason",
            remedy: "run again when the token endpoint is available",
        }
        /// A valid client was not issued a token.
        destination(configuration) "token.refused" refused(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "see whether client id and secret are valid and how the endpoint takes them",
        }
        /// A token came with another status than RFC 6749 has for it.
        destination "token.status-other" status_other(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "answer with 200 where a token is issued (RFC 6749 section 5.1)",
        }
        /// An error came with the status of a success.
        destination "token.error-behind-200" error_behind_success(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "see why it refuses the client, and answer refusals with 400 or 401 (RFC 6749 section 5.2)",
        }
        /// The client may not use the grant.
        destination(configuration) "token.grant-refused" grant_refused(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "let the client use the grant that the configuration names in `grant`, or name there the one that it may use",
        }
        /// Nothing answers token requests at the configured URL.
        destination(configuration) "token.url-unknown" url_unknown(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "correct `accessTokenUrl`, or `refreshTokenUrl` where a token is refreshed: Experience Platform follows no other",
        }
        /// The token endpoint fails for whoever asks.
        destination "token.server-error" server_error(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "see the log of the token endpoint for why it fails",
        }
        /// The scope of the configuration is not granted.
        destination(configuration) "token.scope-refused" scope_not_granted(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "correct `scope` in the configuration, or allow it to the client",
        }
        /// The refresh token is not taken.
        destination(configuration) "token.refresh-token-refused" refresh_token_refused(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "get a new refresh token with `destspec login`: this one has ended, was used up, or is another client's",
        }
        /// User name and password are not taken.
        destination(configuration) "token.owner-refused" owner_refused(answer) {
            expected: "200 and an access token",
            received: "{answer}",
            remedy: "correct `username` and `password` in [destination.credentials]",
        }
        /// No token was issued, so that there is no token answer to judge.
        surroundings "token.none-issued" none_issued(answer) {
            expected: "a token answer to judge",
            received: "{answer}",
            remedy: "mend what refuses the client; this scenario then shows something",
        }
        /// A valid client was not issued a token, so that refusing one with a flaw shows nothing.
        surroundings "token.good-client-refused" good_client_refused() {
            expected: "a token for the valid client first",
            received: "{@because}",
            remedy: "mend what refuses the valid client; this scenario then shows something",
        }
        /// The token answer holds no refresh token, though `refreshTokenUrl` says that tokens are refreshed.
        destination "token.no-refresh-token" no_refresh_token(place, answer) {
            expected: "a refresh token at `{place}`",
            received: "{answer}",
            remedy: "answer with a refresh token, correct `refreshTokenResponsePath`, or leave `refreshTokenUrl` out",
        }
        /// A refresh token that was just given is refused.
        destination "token.refresh-refused" refresh_refused(answer) {
            expected: "200 and an access token for the refresh token that was given last",
            received: "{answer}",
            remedy: "take the newest refresh token that was given, or keep the one before valid (RFC 6749 section 6)",
        }
        /// An unknown scope was answered with a token, and nothing says that it is for other scopes.
        destination "token.scope-granted" scope_granted(scope) {
            expected: "400 with `error`: `invalid_scope`, or a token whose `scope` is without `{scope}`",
            received: "a token, and no `scope` without it",
            remedy: "refuse a scope that nobody registered, or name the scopes that were granted (RFC 6749 section 3.3)",
        }
        /// The token answer is not JSON.
        destination "token.not-json" not_json(answer) {
            expected: "a token answer in JSON",
            received: "{answer}",
            remedy: "answer with a JSON object (RFC 6749 section 5.1)",
        }
        /// No token was found in the token answer, so that it is withheld and nothing else of it can be judged.
        surroundings "token.withheld" withheld(answer) {
            expected: "a token answer whose token is where it is configured to be",
            received: "{answer}",
            remedy: "correct the configured path, or the answer; this scenario then shows something",
        }
        /// The token answer is no JSON object as a whole, so that Experience Platform could not read it.
        destination "token.unreadable" unreadable(place, answer) {
            expected: "an access token at `{place}`",
            received: "{answer}",
            remedy: "answer with a JSON object as the whole body (RFC 6749 section 5.1)",
        }
        /// The configured response fields do not render over the token answer.
        destination "token.field-unrendered" field_unrendered(place, answer) {
            expected: "an access token at `{place}`",
            received: "{answer}",
            remedy: "correct `responseFields`, or the answer",
        }
        /// The token answer has no text, or an empty one, where the access token has to be.
        destination "token.no-token-at-path" no_token_at_path(place, answer) {
            expected: "an access token at `{place}`",
            received: "{answer}",
            remedy: "correct `accessTokenResponsePath` or `responseFields`, or the answer: a text in one line that is not empty",
        }
        /// The token answer does not say that it is JSON.
        destination "token.media-type-other" media_type_other(media) {
            expected: "`Content-Type: application/json`",
            received: "`Content-Type: {media}`",
            remedy: "name the media type of the token answer",
        }
        /// The token answer does not name the type of the token.
        destination "token.type-missing" type_missing(answer) {
            expected: "`token_type` in the answer",
            received: "{answer}",
            remedy: "name it, e.g. `\"token_type\": \"Bearer\"`",
        }
        /// The token answer names a type that no message of Experience Platform has.
        destination "token.type-other" type_other(kind) {
            expected: "`token_type`: `Bearer`",
            received: "`{kind}`",
            remedy: "issue bearer tokens (RFC 6750), and say so",
        }
        /// The token answer does not forbid caching.
        destination "token.cacheable" cacheable(value) {
            expected: "`Cache-Control: no-store`",
            received: "`Cache-Control: {value}`",
            remedy: "forbid caching with `Cache-Control: no-store`: a cached token is a leaked token",
        }
        /// The token lives shorter than Adobe advises.
        destination "token.life-short" life_short(seconds, life) {
            expected: "a life of {seconds} s or more",
            received: "{life} s",
            remedy: "issue tokens that live 24 hours",
        }
        /// The token lives so short that Experience Platform drops profiles.
        destination "token.life-drops-profiles" life_drops_profiles(seconds, life) {
            expected: "a life of {seconds} s or more",
            received: "{life} s",
            remedy: "issue tokens that live 24 hours: below one hour Experience Platform drops profiles",
        }
        /// The token answer does not say how long the token lives.
        destination "token.life-missing" life_missing(path, answer) {
            expected: "a life at `{path}`",
            received: "{answer}",
            remedy: "name the life in seconds, or correct the configured path",
        }
        /// A client with a flaw was issued a token.
        destination "token.flaw-accepted" flaw_accepted(error, status) {
            expected: "400 or 401 with `error`: `{error}`",
            received: "{status}: the client was not refused",
            remedy: "refuse the client: a token endpoint that gives tokens to strangers protects nothing",
        }
        /// A client with a flaw was refused, and not with the status and error code of RFC 6749.
        destination "token.flaw-refused-otherwise" flaw_refused_otherwise(error, answer) {
            expected: "400 or 401 with `error`: `{error}`",
            received: "{answer}",
            remedy: "answer with the error code that says what is wrong (RFC 6749 section 5.2)",
        }
        /// A refusal carries what only a valid client may have.
        destination "token.refusal-with-token" refusal_with_token(status) {
            expected: "a refusal without an access token",
            received: "{status}, and an access token in the answer",
            remedy: "leave the token out of refusals: whoever is refused may use it",
        }
        /// A client whose secret is nearly right was issued a token.
        destination "token.nearly-right-accepted" nearly_right_accepted(flaw, status) {
            expected: "no token for {@flaw}",
            received: "{status} and a token",
            remedy: "compare secrets as a whole, sign by sign",
        }
        /// The token URL has more query parameters than Experience Platform takes.
        destination "token.query-parameters" query_parameters(count) {
            expected: "at most one query parameter in the token URL",
            received: "{count}",
            remedy: "leave out query parameters, or move them into the body",
        }
        /// A configured validation of the token answer does not hold.
        destination "token.validation-fails" validation_fails(validation, wanted, actual) {
            expected: "validation `{validation}`: `{wanted}`",
            received: "`{actual}`",
            remedy: "correct the validation, or the answer of the token endpoint",
        }
        /// A configured response field renders to nothing over the token answer.
        destination "token.field-empty" field_empty(field, template, answer) {
            expected: "a value for `{field}` by `{template}`",
            received: "{answer}",
            remedy: "correct `responseFields`, or the answer of the token endpoint",
        }
        /// A configured response path leads to nothing in the token answer.
        destination "token.nothing-at-path" nothing_at_path(path, answer) {
            expected: "a value at `{path}`",
            received: "{answer}",
            remedy: "correct the path in the configuration, or the answer of the token endpoint",
        }
        /// A template of the configuration does not render over the token answer.
        surroundings(configuration) "token.template-fails" template_fails(template, failure) {
            expected: "`{template}` rendered over the answer",
            received: "{failure}",
            remedy: "correct the template in `accessTokenRequest`",
        }
    }
}

/// Below this life profiles are dropped, in seconds (Adobe: guardrails).
pub const LEAST_LIFE: u64 = 3_600;

/// The answer is not 429: to throttle says nothing of the client.
///
/// # Errors
/// A finding against the surroundings.
pub fn not_throttled(exchange: &Exchange) -> Result<(), Finding> {
    match exchange.answer().filter(|answer| answer.status == 429) {
        Some(answer) => Err(codes::throttled(status_line(answer))),
        None => Ok(()),
    }
}

/// The answer is 200 and holds an access token where it is configured to be: the client itself reads it again.
///
/// # Errors
/// A finding that says who must act.
pub fn issued(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if answer.status != 200 {
        return Err(not_issued(answer, client.grant));
    }
    let read = TokenAnswer::recorded(answer);
    let Err(why) = client.read(&read) else {
        return Ok(());
    };
    let (place, shown) = (client.token_place(), shown(answer));
    if read.error().is_some() {
        return Err(codes::error_behind_success(shown));
    }
    Err(match why {
        // the token was not found, so that the body is withheld
        Unread::NotJson(_) if is_withheld_object(answer) => {
            codes::no_token_at_path(place, shown).at(pointer(&Value::Null, place))
        }
        Unread::NotJson(_) | Unread::Refused(_) => codes::unreadable(place, shown),
        Unread::Unrendered { .. } => codes::field_unrendered(place, shown),
        Unread::Absent { .. } | Unread::NoText { .. } => {
            let body = read.body.unwrap_or(Value::Null);
            codes::no_token_at_path(place, shown).at(pointer(&body, place))
        }
    })
}

/// What is said of a status other than 200 to a client that is valid as far as is known.
fn not_issued(answer: &Answer, grant: TokenGrant) -> Finding {
    let shown = shown(answer);
    let read = TokenAnswer::recorded(answer);
    match (answer.status, read.error(), grant) {
        (201..300, _, _) => codes::status_other(shown),
        (300..400 | 404 | 405 | 410, _, _) => codes::url_unknown(shown),
        (500.., _, _) => codes::server_error(shown),
        (_, Some("invalid_scope"), _) => codes::scope_not_granted(shown),
        (_, Some("unsupported_grant_type" | "unauthorized_client"), _) => {
            codes::grant_refused(shown)
        }
        (_, Some("invalid_grant"), TokenGrant::RefreshToken) => codes::refresh_token_refused(shown),
        (_, Some("invalid_grant"), TokenGrant::Password) => codes::owner_refused(shown),
        _ => codes::refused(shown),
    }
}

/// Whether an answer gives a refresh token.
pub fn gives_refresh(exchange: &Exchange, client: &TokenClient) -> bool {
    let answer = exchange.answer().filter(|answer| answer.is_success());
    answer.is_some_and(|answer| {
        client
            .refresh_token(&TokenAnswer::recorded(answer))
            .is_some()
    })
}

/// The answer gives a refresh token.
///
/// # Errors
/// A finding that says who must act.
pub fn refreshable(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = success(exchange)?;
    if gives_refresh(exchange, client) {
        return Ok(());
    }
    let (body, place) = (json(answer)?, client.refresh_place());
    Err(codes::no_refresh_token(place, shown(answer)).at(pointer(&body, place)))
}

/// The refresh token was taken, and the answer holds an access token.
///
/// # Errors
/// A finding that says who must act.
pub fn refreshed(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        400..500 => Err(codes::refresh_refused(shown(answer))),
        _ => issued(exchange, client),
    }
}

/// An unknown scope was refused, or the answer names the scopes that were granted instead (RFC 6749 section 3.3).
///
/// # Errors
/// A finding that says who must act.
pub fn scope_refused(exchange: &Exchange, client: &TokenClient, code: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    if !answer.is_success() || TokenAnswer::recorded(answer).error().is_some() {
        return refused_as(exchange, code);
    }
    let body = json(answer)?;
    let named = client.beside_token(&body, "scope");
    let named = named.and_then(|(scope, _)| scope.as_str());
    let other = |scopes: &str| !scopes.split(' ').any(|scope| scope == UNKNOWN_SCOPE);
    match named.is_some_and(other) {
        true => Ok(()),
        false => Err(codes::scope_granted(UNKNOWN_SCOPE).at("/scope")),
    }
}

/// The scopes that were asked for and that the answer leaves out of those it names (RFC 6749 section 5.1).
pub fn scopes_lacking(exchange: &Exchange, client: &TokenClient) -> Vec<String> {
    let body = answered(exchange).ok().and_then(|answer| json(answer).ok());
    let named = body.as_ref().and_then(|body| {
        let (scope, _) = client.beside_token(body, "scope")?;
        scope.as_str()
    });
    named.map_or_else(Vec::new, |named| lacking(&client.scopes, named))
}

fn lacking(asked: &[String], named: &str) -> Vec<String> {
    let asked = asked.iter().flat_map(|scope| scope.split(' '));
    let lacking = asked.filter(|asked| !named.split(' ').any(|scope| scope == *asked));
    lacking.map(str::to_owned).collect()
}

/// The answer is JSON and names its token type.
///
/// # Errors
/// A finding that says who must act.
pub fn typed(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = success(exchange)?;
    if !media_type(answer).is_some_and(|media| media.is_json()) {
        let named = lines(answer, "content-type").join(", ");
        return Err(codes::media_type_other(named));
    }
    let body = json(answer)?;
    let named = client.beside_token(&body, "token_type");
    let kind = named.as_ref().and_then(|(kind, _)| kind.as_str());
    let pointer = named.as_ref().map_or("/token_type", |(_, pointer)| pointer);
    match kind.map(str::trim) {
        // some gateways write `BearerToken`
        Some(kind) if kind.to_ascii_lowercase().contains("bearer") => Ok(()),
        Some(kind) if !kind.is_empty() => Err(codes::type_other(kind).at(pointer)),
        Some(_) | None => Err(codes::type_missing(shown(answer)).at(pointer)),
    }
}

/// The answer says `Cache-Control: no-store`.
///
/// # Errors
/// A finding that says who must act.
pub fn uncached(exchange: &Exchange) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let mut said = directives(answer, "cache-control").into_iter();
    if said.any(|directive| directive.name == "no-store") {
        return Ok(());
    }
    Err(codes::cacheable(lines(answer, "cache-control").join(", ")))
}

/// The life in seconds of the token that an answer gives.
pub fn life(exchange: &Exchange, client: &TokenClient) -> Option<u64> {
    client.life(&TokenAnswer::recorded(exchange.answer()?))
}

/// The same where the answer itself names it: what only the configuration says ends at no server.
pub fn named_life(exchange: &Exchange, client: &TokenClient) -> Option<u64> {
    client.named_life(&TokenAnswer::recorded(exchange.answer()?))
}

/// The token lives at least so many seconds.
///
/// # Errors
/// A finding that says who must act.
pub fn long_lived(exchange: &Exchange, client: &TokenClient, seconds: u64) -> Result<(), Finding> {
    let answer = success(exchange)?;
    let body = json(answer)?;
    let place = client.life_place();
    match life(exchange, client) {
        Some(life) if life >= seconds => Ok(()),
        Some(life) if life < LEAST_LIFE => {
            Err(codes::life_drops_profiles(seconds, life).at(pointer(&body, place)))
        }
        Some(life) => Err(codes::life_short(seconds, life).at(pointer(&body, place))),
        None => Err(codes::life_missing(place, shown(answer)).at(pointer(&body, place))),
    }
}

/// The client with a flaw was refused with 400 or 401 and that error code.
///
/// # Errors
/// A finding that says who must act.
pub fn refused_as(exchange: &Exchange, code: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let read = TokenAnswer::recorded(answer);
    match answer.status {
        200..300 if read.error().is_none() => {
            return Err(codes::flaw_accepted(code, answer.status));
        }
        429 => return Err(codes::throttled(status_line(answer))),
        503 => return Err(codes::unavailable(status_line(answer))),
        _ => {}
    }
    let said = read.error();
    // a client that may use no other grant may be told that it may not use this one (RFC 6749 section 5.2)
    let same = said == Some(code)
        || code == "unsupported_grant_type" && said == Some("unauthorized_client");
    if matches!(answer.status, 400 | 401) && same {
        return Ok(());
    }
    Err(codes::flaw_refused_otherwise(code, shown(answer)).at("/error"))
}

/// No token was issued to a client whose secret is nearly right: `flaw` names in what it differs.
///
/// # Errors
/// A finding that says who must act.
pub fn refused(exchange: &Exchange, client: &TokenClient, flaw: &str) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        200..300 if issued(exchange, client).is_ok() => {
            Err(codes::nearly_right_accepted(flaw, answer.status))
        }
        429 => Err(codes::throttled(status_line(answer))),
        500.. => Err(codes::unavailable(status_line(answer))),
        _ => no_token_in(answer, client),
    }
}

fn no_token_in(answer: &Answer, client: &TokenClient) -> Result<(), Finding> {
    let is_refusal = !answer.is_success();
    match is_refusal && client.is_token_in(&TokenAnswer::recorded(answer)) {
        true => Err(codes::refusal_with_token(answer.status)),
        false => Ok(()),
    }
}

/// The validations hold. Whether they do was told of the answer as it came, for the recorded one is masked; a record
/// that says nothing of it is judged as it stands.
///
/// # Errors
/// A finding that names the validation.
pub fn validations_hold(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let read = TokenAnswer::recorded(answer);
    let facts = exchange.token();
    for (place, validation) in (0..).zip(client.all_validations()) {
        let had = facts.map(|facts| facts.failed_validations.contains(&place));
        if had == Some(false) {
            continue;
        }
        let validated = client.validated(validation, &read);
        let validated = validated.map_err(|reason| unrendered(&validation.actual.value, reason))?;
        if had == Some(true) || !validated.holds {
            let (wanted, actual) = (validated.expected, validated.actual);
            return Err(codes::validation_fails(&validation.name, wanted, actual));
        }
    }
    Ok(())
}

/// Every configured place holds a value.
///
/// # Errors
/// A finding that names the place.
pub fn places_exist(exchange: &Exchange, client: &TokenClient) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let read = TokenAnswer::recorded(answer);
    for field in client.response_fields() {
        let rendered = client.over_answer(&field.value, &read);
        let rendered = rendered.map_err(|reason| unrendered(&field.value.value, reason))?;
        if rendered.is_empty() {
            let template = &field.value.value;
            return Err(codes::field_empty(&field.name, template, shown(answer)));
        }
    }
    if client.template.is_some() {
        return Ok(());
    }
    let body = read.body.unwrap_or(Value::Null);
    let default = ResponsePaths::default();
    let is_first = exchange
        .token()
        .is_none_or(|t| t.grant != TokenGrant::RefreshToken);
    let refresh = is_first && client.paths.refresh_token != default.refresh_token;
    let refresh = refresh.then_some(&client.paths.refresh_token);
    // an answer need not name its life where nobody said where (RFC 6749 section 5.1)
    let life = client.paths.expires_in != default.expires_in;
    let life = life.then_some(&client.paths.expires_in);
    let token = [&client.paths.access_token];
    for path in token.into_iter().chain(life).chain(refresh) {
        if value_at(&body, path).is_none_or(Value::is_null) {
            return Err(codes::nothing_at_path(path, shown(answer)).at(pointer(&body, path)));
        }
    }
    Ok(())
}

fn unrendered(template: &str, reason: String) -> Finding {
    codes::template_fails(template, reason)
}

fn success(exchange: &Exchange) -> Result<&Answer, Finding> {
    let answer = answered(exchange)?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(codes::none_issued(status_line(answer)))
}

fn json(answer: &Answer) -> Result<Value, Finding> {
    if is_withheld_object(answer) {
        return Err(codes::withheld(shown(answer)));
    }
    let body = answer.body.json();
    body.ok_or_else(|| codes::not_json(shown(answer)))
}

/// Whether the body was a JSON object as a whole, and is withheld for no token was found in it.
fn is_withheld_object(answer: &Answer) -> bool {
    match &answer.body {
        Body::Withheld(withheld) => {
            withheld.shape.format == Format::JsonObject && withheld.shape.oddities.is_empty()
        }
        Body::Empty | Body::Text(_) | Body::Base64(_) | Body::Digest { .. } => false,
    }
}

/// Status and what the body was: names of its members, or its shape where it was withheld.
fn shown(answer: &Answer) -> String {
    match (TokenAnswer::recorded(answer).error(), answer.body.json()) {
        (None, Some(Value::Object(map))) => {
            let names: Vec<String> = map.keys().map(|key| format!("`{key}`")).collect();
            format!("{}, an answer with {}", answer.status, names.join(", "))
        }
        (Some(_), _) | (None, Some(_)) => status_line(answer),
        (None, None) => unread_line(answer),
    }
}

/// The token URL has at most one query parameter.
///
/// # Errors
/// A finding against the destination.
pub fn one_query_parameter(url: &str) -> Result<(), Finding> {
    let query = url
        .split_once('?')
        .map(|(_, query)| query)
        .unwrap_or_default();
    let count = query.split('&').filter(|pair| !pair.is_empty()).count();
    if count <= 1 {
        return Ok(());
    }
    Err(codes::query_parameters(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_was_asked_for_and_is_not_granted_is_named() {
        let asked = ["read write", "offline_access"].map(str::to_owned);
        assert_eq!(lacking(&asked, "read"), ["write", "offline_access"]);
        assert!(lacking(&asked, "offline_access write read more").is_empty());
    }
}
