//! Why a scenario is left out: by the plan, or by a step that finds that what it is about does not occur here.

/// Whose doing it is that a scenario is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It follows from what was posted or answered: a destination like this cannot be asked.
    Fact,
    /// It follows from what a submission or a command line may say otherwise: limits, credentials, audiences, profiles,
    /// observation, selection. The same destination could be asked.
    Choice,
}

/// Declares why scenarios are left out, each a `fact` or a `choice`.
macro_rules! omissions {
    ($($(#[doc = $meaning:literal])+ $doing:ident $id:literal $name:ident($($value:ident),*) { $says:literal })*) => {
        crate::model::code::codes! {
            $($(#[doc = $meaning])+ reason $id $name($($value),*) { $says })*
        }

        /// Whose doing each is.
        const DOINGS: &[(&str, Doing)] = &[$(($id, omissions!(@$doing))),*];
    };
    (@fact) => { Doing::Fact };
    (@choice) => { Doing::Choice };
}

/// Whose doing an omission is; that of a code which nothing here declares is a choice, for nobody knows that it is none.
pub fn doing(code: &str) -> Doing {
    let mut all = DOINGS.iter();
    let found = all.find(|(id, _)| *id == code);
    found.map_or(Doing::Choice, |(_, doing)| *doing)
}

omissions! {
    /// No attributes are mapped, or the template sends none.
    fact "omitted.no-attributes-sent" no_attributes_sent() { "no attributes are mapped, or the template sends none" }
    /// Every attribute that is mapped is declared to be a number, a boolean or a time.
    fact "omitted.no-text-attribute" no_text_attribute() { "`profileFields` declares no attribute that may be any text" }
    /// Attributes are mapped, and the template prints no value of any.
    fact "omitted.attributes-not-printed" attributes_not_printed() { "the template prints no value of an attribute that is mapped: `destspec render message` shows what is sent" }
    /// No authentication is configured that destspec can speak.
    fact "omitted.no-authentication" no_authentication() { "no authentication is configured" }
    /// The destination has no audience template: it offers no audience metadata API.
    fact "omitted.no-audience-api" no_audience_api() { "no `audience_template` is given: no audience API is offered" }
    /// The audience template holds what cannot be rendered or sent.
    fact "omitted.audience-api-unusable" audience_api_unusable() { "the audience template cannot be used: see the warnings" }
    /// The requests of the audience template carry no credentials.
    fact "omitted.audience-api-open" audience_api_open() { "the audience template sends no credentials" }
    /// The request of the audience template that validates carries no credentials.
    fact "omitted.audience-validation-open" audience_validation_open() { "the audience template validates without credentials" }
    /// The audience template lacks a request.
    fact "omitted.no-audience-event" no_audience_event(event) { "the audience template has no `{event}`" }
    /// The id of a new audience is not in a header of the answer.
    fact "omitted.audience-id-in-body" audience_id_in_body() { "the id of an audience is in the body of the answer" }
    /// The submission does not say how to ask for an audience.
    choice "omitted.no-audience-retrieval" no_audience_retrieval() { "nothing shows what became of an audience: name `url` in [destination.observe.audience]" }
    /// The audience template validates no customer data.
    fact "omitted.no-audience-validation" no_audience_validation() { "the audience template has no `validations`" }
    /// No second audience of the same name can be had.
    fact "omitted.no-namesake" no_namesake() { "a second audience of the same name is refused, or taken for the first" }
    /// No second audience of the same origin can be had.
    fact "omitted.one-an-origin" one_an_origin() { "a second audience for the same one of Experience Platform is refused, or taken for the first" }
    /// Messages do not name audiences by their aliases.
    fact "omitted.no-aliases-sent" no_aliases_sent() { "no message names an audience by its alias" }
    /// The configuration has that authentication, and the credentials that were given are those of another.
    choice "omitted.other-authentication-given" other_authentication_given(authentication) { "{authentication} is configured, and the credentials in [destination.credentials] are those of another" }
    /// Basic authentication is not used.
    fact "omitted.basic-not-used" basic_not_used() { "basic authentication is not used" }
    /// Bearer authentication is not used.
    fact "omitted.bearer-not-used" bearer_not_used() { "bearer authentication is not used" }
    /// OAuth 2.0 client credentials are not used.
    fact "omitted.client-credentials-not-used" client_credentials_not_used() { "OAuth 2.0 client credentials are not used" }
    /// OAuth 2.0 is not used.
    fact "omitted.oauth2-not-used" oauth2_not_used() { "OAuth 2.0 is not used" }
    /// The OAuth 2.0 grant is not used.
    fact "omitted.grant-not-used" grant_not_used(grant) { "the OAuth 2.0 grant {grant} is not used" }
    /// No `refreshTokenUrl` is configured.
    fact "omitted.not-refreshed" not_refreshed() { "no `refreshTokenUrl` is configured: tokens are not refreshed" }
    /// The token request names no scope, or is the partner's own template or a refresh.
    fact "omitted.no-scope-asked" no_scope_asked() { "the token request names no scope that could be another" }
    /// The token request has no place for the client secret.
    fact "omitted.no-client-secret" no_client_secret() { "the partner's own token request sends no `clientSecret`, so that no wrong one can be sent" }
    /// The token request has no place for a grant.
    fact "omitted.no-grant-named" no_grant_named() { "the partner's own token request names no grant, so that no other can be named" }
    /// The client of a token request authenticates in a header.
    fact "omitted.client-in-header" client_in_header() { "the client authenticates in a header" }
    /// The client of a token request authenticates in the body.
    fact "omitted.client-in-body" client_in_body() { "the client authenticates in the body" }
    /// Messages hold one profile each, so that there is no batch to fill.
    fact "omitted.one-profile-a-message" one_profile_a_message() { "messages hold one profile each" }
    /// The password that was given contains no colon.
    choice "omitted.no-colon-in-password" no_colon_in_password() { "the password given contains no colon" }
    /// The submission declares no audience, so that any audience is known to the destination.
    choice "omitted.no-audience-declared" no_audience_declared() { "no [[destination.audience]] is named: any audience is known" }
    /// The submission does not let a scenario wait until a token expires.
    choice "omitted.no-wait-for-expiry" no_wait_for_expiry() { "nothing waits for a token to expire: `wait_for_expiry_seconds` in [destination.limits] is 0" }
    /// Attributes are not mapped by free names.
    fact "omitted.no-free-attributes" no_free_attributes() { "attributes are not mapped by free names" }
    /// The template leaves out attributes that have no value.
    fact "omitted.no-nulls-sent" no_nulls_sent() { "no message names an attribute that has no value, so that nothing says that it was lost" }
    /// Every identity namespace is of a kind whose values may rightly be normalised.
    fact "omitted.no-free-namespace" no_free_namespace() { "every identity namespace is hashed or of mail addresses, phones or devices" }
    /// A value cannot be given to two people: it takes a namespace of free text, one more that is not hashed, and a question
    /// that tells them apart.
    choice "omitted.no-second-plain-namespace" no_second_plain_namespace() { "it takes two identity namespaces that are not hashed, and URLs in [destination.observe] that name the namespace" }
    /// The partner's own test profiles are used, of whom more may be stored than a scenario sends.
    choice "omitted.own-people" own_people() { "the partner's own test profiles are used: what is stored of them may be older" }
    /// The partner's own test profiles share their identities, so that no message holds two people.
    choice "omitted.one-own-person" one_own_person() { "the partner's own test profiles are one person: a message of several needs others" }
    /// Credentials that are nearly right are sent over TLS only.
    fact "omitted.not-encrypted" not_encrypted() { "credentials that are nearly right are sent over TLS only" }
    /// The submission lets no wrong credential be tried.
    choice "omitted.no-wrong-credentials" no_wrong_credentials() { "`wrong_credentials` in [destination.limits] lets none be tried" }
    /// The submission declares no audience in `ups`.
    choice "omitted.no-audience-in-ups" no_audience_in_ups() { "the submission names no audience in `ups`" }
    /// The profile has no attribute to change.
    choice "omitted.no-attribute" no_attribute() { "the profile has no attribute" }
    /// Messages are not grouped by identity namespaces.
    fact "omitted.not-grouped-by-identity" not_grouped_by_identity() { "messages are not grouped by identity namespaces" }
    /// No identity namespace takes hashed identities.
    fact "omitted.no-hashed-namespace" no_hashed_namespace() { "no namespace is hashed" }
    /// The submission does not allow load.
    choice "omitted.no-load-allowed" no_load_allowed() { "load could hurt: `allow_load` in [destination.limits] is false" }
    /// Messages are grouped by audience, so that none holds many.
    fact "omitted.grouped-by-audience" grouped_by_audience() { "messages are grouped by audience: each holds one" }
    /// Each identity of a profile goes by itself, so that none can stand for the others.
    fact "omitted.identities-apart" identities_apart() { "no message ties the identities of a profile together" }
    /// The submission declares fewer audiences than a profile in many needs.
    choice "omitted.few-audiences" few_audiences(needed) { "the submission names fewer than {needed} audiences" }
    /// One identity namespace is configured.
    fact "omitted.one-namespace" one_namespace() { "one identity namespace is configured" }
    /// The configuration lets no audience outside `ups` be mapped.
    fact "omitted.only-ups-mappable" only_ups_mappable() { "`schemaConfig` lets no audience outside `ups` be mapped" }
    /// No response path for the token answer is configured.
    fact "omitted.no-response-path" no_response_path() { "no response path is configured" }
    /// No validation of the token answer is configured.
    fact "omitted.no-validation" no_validation() { "no validation is configured" }
    /// The edition of the prerequisites that is judged against does not ask for it.
    fact "omitted.edition-older" edition_older(edition, first) { "edition {edition} does not ask for it, {first} is the first that does" }
    /// Left out by the tag expression.
    choice "omitted.by-tags" by_tags() { "left out by --tags" }
    /// Left out because other requirements were selected.
    choice "omitted.by-requirement" by_requirement() { "left out by --requirement" }
    /// Left out because other scenarios were selected.
    choice "omitted.by-scenario" by_scenario() { "left out by --scenario" }
    /// Left out because other destinations were selected.
    choice "omitted.by-destination" by_destination() { "left out by --destination" }
    /// The run was interrupted before the scenario ended.
    choice "omitted.interrupted" interrupted() { "the run was interrupted" }
    /// No answer of 429 or 503 was seen, so that there is none to judge.
    fact "omitted.no-throttling-seen" no_throttling_seen() { "no answer of 429 or 503 was seen" }
    /// The token answer names no life, so that nothing says how long to wait.
    fact "omitted.life-not-named" life_not_named() { "the token answer names no life" }
    /// The token lives longer than the submission lets a scenario wait.
    choice "omitted.life-too-long" life_too_long(life, allowed) { "the token lives {life} s, `wait_for_expiry_seconds` allows {allowed}" }
    /// The token lives, and is taken after its end, longer than the submission lets a scenario wait.
    choice "omitted.life-and-leeway-too-long" life_and_leeway_too_long(life, leeway, allowed) { "the token lives {life} s and is taken for {leeway} s more, `wait_for_expiry_seconds` allows {allowed}" }
    /// The template sends no timestamps.
    fact "omitted.no-timestamps-sent" no_timestamps_sent() { "the template sends no timestamps" }
    /// The template does not read timestamps of that shape.
    fact "omitted.timestamp-not-read" timestamp_not_read(timestamp) { "the template does not read `{timestamp}`: see the warnings" }
    /// The template renders no message for profiles with that flaw.
    fact "omitted.nothing-rendered" nothing_rendered(flaw) { "no message is rendered for {@flaw}" }
    /// The submission declares fewer audiences than the profile is in.
    choice "omitted.too-few-audiences" too_few_audiences(needed, named) { "needs {needed} audiences, the submission names {named}" }
    /// The submission does not say how to ask a platform what it ingested.
    choice "omitted.no-ingestion" no_ingestion() { "nothing shows what is ingested: name `url`, `receipt` or `command` in [destination.observe.ingestion]" }
    /// The files are of another format.
    fact "omitted.other-format" other_format(format) { "files are {format}" }
    /// No column holds the alias of the audience.
    fact "omitted.no-alias-column" no_alias_column() { "no column of the files holds the alias of an audience" }
    /// No column holds dates.
    fact "omitted.no-dates" no_dates() { "no column holds dates" }
    /// No column holds times.
    fact "omitted.no-times" no_times() { "no column holds times" }
    /// No column holds numbers that may be any.
    fact "omitted.no-numbers" no_numbers() { "no column holds numbers that may have any value" }
    /// No manifest is configured.
    fact "omitted.no-manifest" no_manifest() { "`includeFileManifest` is off" }
    /// The location is of another kind.
    fact "omitted.other-location" other_location(kind) { "the location is {kind}" }
    /// Nothing could be written, so that there is nothing that others could read.
    fact "omitted.nothing-written" nothing_written() { "no file could be written" }
    /// None of the wrong credentials could be sent, for no request can be made with them.
    fact "omitted.nothing-tried" nothing_tried() { "no request can be made with any of the wrong credentials" }
    /// A broken file could not be deleted, so that every question about its folder is about it.
    fact "omitted.broken-stays" broken_stays() { "a broken file cannot be deleted" }
    /// The location did not take the file.
    fact "omitted.not-taken" not_taken() { "the location does not take such a file" }
    /// The account may not list files, so that nothing shows what else is there.
    fact "omitted.listing-denied" listing_denied() { "the account may not list files" }
    /// No message or file can be made by the configuration.
    fact "omitted.not-carried-out" not_carried_out(problem) { "the configuration cannot be carried out: {problem}" }
    /// The destination exports datasets, of which destspec judges the configuration only.
    fact "omitted.dataset-export" dataset_export() { "dataset exports are not judged, only their configuration: `sources` names nothing but `DATASETS`" }
    /// The destination is of another family.
    fact "omitted.other-family" other_family() { "the destination is of the other family" }
    /// The submission declares no audience to put a profile in.
    choice "omitted.no-audience" no_audience() { "the submission names no audience" }
    /// The submission declares audiences, and all of them are in `ups`.
    choice "omitted.no-audience-outside-ups" no_audience_outside_ups() { "the submission names no audience outside `ups`" }
    /// None of the partner's own profiles has identities of that namespace alone.
    choice "omitted.no-own-profile-of-namespace" no_own_profile_of_namespace(namespace) { "no own profile has identities of `{namespace}` alone" }
    /// None of the partner's own profiles is what the scenario asks for.
    choice "omitted.no-own-profile-alike" no_own_profile_alike() { "none of the partner's own profiles is like that" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_submission_may_say_otherwise_is_a_choice() {
        let of = |reason: crate::model::reason::Reason| doing(&reason.code);
        assert_eq!(of(no_wrong_credentials()), Doing::Choice);
        assert_eq!(of(no_wait_for_expiry()), Doing::Choice);
        assert_eq!(of(own_people()), Doing::Choice);
        assert_eq!(of(oauth2_not_used()), Doing::Fact);
        assert_eq!(doing("omitted.of-another-version"), Doing::Choice);
        assert_eq!(DOINGS.len(), CODES.len());
    }
}
