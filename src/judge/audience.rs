//! Judges what a destination does with audiences that Experience Platform creates, renames and deletes there, by the paths
//! of the partner's own template.

use serde_json::Value;

use crate::encode::audience::found;
use crate::judge::answer::status::codes as status;
use crate::judge::answer::{answered, status_line};
use crate::judge::earlier;
use crate::model::finding::Finding;
use crate::model::record::{Answer, Exchange};
use crate::model::sdk::{Event, EventKind, RetryClass};
use crate::model::submission::Retrieval;

/// The response field that Experience Platform keeps as the alias of an audience.
pub const ID: &str = "externalAudienceId";

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// A request about an audience that has to be taken was answered with a status that is not 2xx.
        destination "audience.refused" refused(event, answer) {
            expected: "2xx to `{event}`",
            received: "{answer}",
            remedy: "`destspec render audience` shows each request; see the log of the endpoint for why it was refused",
        }
        /// A request about an audience was refused for its credentials. Whether they are taken is judged with the deliveries.
        surroundings "audience.not-let-in" not_let_in(event, answer) {
            expected: "2xx to `{event}`",
            received: "{answer}: refused for its credentials",
            remedy: "see whether the credentials in [destination.credentials] are valid for the audience API, too",
        }
        /// The question about an audience was refused for its credentials.
        surroundings(configuration) "audience.question-not-let-in" question_not_let_in(answer) {
            expected: "an answer to the question about an audience",
            received: "{answer}: refused for its credentials",
            remedy: "see whether the credentials in [destination.credentials] are valid for the audience API, too",
        }
        /// The answer to the creation of an audience holds no id where the template says it does.
        destination "audience.no-id" no_id(path, answer) {
            expected: "the id of the audience at `{path}` of the answer",
            received: "{answer}",
            remedy: "answer with the id, or correct `externalAudienceId` among the `responseFields` of `create`",
        }
        /// The answer to the renaming of an audience gives it another id: what was delivered under the first is lost.
        destination "audience.other-id" other_id(before, now) {
            expected: "the id `{before}` as before",
            received: "`{now}`",
            remedy: "keep the id of an audience for its whole life: Experience Platform keeps the first",
        }
        /// An audience is not stored under the name that it was given.
        destination "audience.other-name" other_name(sent, stored) {
            expected: "the audience stored under the name `{sent}`",
            received: "`{stored}`",
            remedy: "compare the request with what the endpoint makes of it; a name may hold any character",
        }
        /// The question about an audience was not answered with 2xx and its name.
        destination "audience.not-told" not_told(answer) {
            expected: "2xx and the audience",
            received: "{answer}",
            remedy: "see whether the audience is stored, and whether [destination.observe.audience] asks for it as it should",
        }
        /// An audience is still there after it was deleted.
        destination "audience.still-there" still_there(answer) {
            expected: "404 or 410: the audience was deleted",
            received: "{answer}",
            remedy: "delete the audience before `delete` is answered",
        }
        /// The second deletion of an audience was answered with 5xx, or with a refusal other than that it is not there.
        destination "audience.not-deletable-twice" not_deletable_twice(answer) {
            expected: "2xx or 4xx: the audience is gone already",
            received: "{answer}",
            remedy: "answer as to the first deletion, or that there is no such audience: a deletion may come twice",
        }
        /// The creation of an audience that cannot be created was answered with 2xx.
        destination "audience.flaw-accepted" flaw_accepted(answer) {
            expected: "an audience without a name refused with 4xx",
            received: "{answer}: it was created",
            remedy: "refuse what cannot be shown to a user: of a 2xx, nobody is told",
        }
        /// The creation of an audience that cannot be created was refused, and not with 4xx.
        destination "audience.flaw-refused-otherwise" flaw_refused_otherwise(answer) {
            expected: "an audience without a name refused with 4xx",
            received: "{answer}",
            remedy: "answer 4xx for what is wrong in the request",
        }
        /// The renaming of an audience to an empty name was taken, or was refused, and not with 4xx.
        destination "audience.renamed-to-nothing" renamed_to_nothing(answer) {
            expected: "a renaming to an empty name refused with 4xx, or without effect",
            received: "{answer}",
            remedy: "refuse an empty name as when an audience is created: nobody finds an audience without a name",
        }
        /// A refusal says nothing where the template says that it says why.
        destination "audience.no-reason" no_reason(path, answer) {
            expected: "a text at `{path}` of the refusal",
            received: "{answer}",
            remedy: "say there what is wrong, or correct `message` among the `responseErrorFields` of the request: users are shown it",
        }
        /// The second audience of a name was given the id of the first.
        destination "audience.merged" merged(id) {
            expected: "an id of its own for a second audience of the same name, or a refusal",
            received: "the id of the first: `{id}`",
            remedy: "create a second audience, or refuse it with 4xx: the members of both are one otherwise",
        }
        /// Audiences of different names and origins were given one id.
        destination "audience.one-id" one_id(id) {
            expected: "an id of its own for each of three audiences",
            received: "`{id}` for more than one of them",
            remedy: "make the id of an audience when it is created: the members of both are one otherwise",
        }
        /// What was asked about an audience befell another, too.
        destination "audience.another-concerned" another_concerned() {
            expected: "another audience as it was",
            received: "{@because}",
            remedy: "change or delete the audience of that id, and no other: members of the other are lost",
        }
        /// Somebody who was in an audience is not in it any more after it was renamed, or not in others after it was deleted.
        destination "audience.members-lost" members_lost(event) {
            expected: "memberships as they were before `{event}`",
            received: "{@because}",
            remedy: "change or delete the audience of that id, and leave people, their attributes and their other memberships as they are",
        }
        /// Somebody who was in an audience that was deleted is in the one that was created under its name.
        destination "audience.members-inherited" members_inherited(id) {
            expected: "nobody in an audience that was just created",
            received: "the id of the one that was deleted, `{id}`, and a member of it",
            remedy: "give a new audience an id that none ever had, or forget the members of an audience with it",
        }
        /// A message about an audience that was just created was not accepted, and one about another audience was.
        destination "audience.not-usable" not_usable() {
            expected: "members taken as soon as the audience is created",
            received: "{@because}",
            remedy: "answer `create` when the audience can take members, and take the id that was answered",
        }
        /// A message about an audience that was deleted was answered with 5xx.
        destination "audience.deleted-broke" deleted_broke(answer) {
            expected: "2xx or 4xx to a message about an audience that was deleted",
            received: "{answer}",
            remedy: "refuse or ignore it: what is answered 5xx comes again",
        }
        /// A message about an audience that was deleted was refused with a status for which Experience Platform sends it again.
        destination "audience.deleted-retried" deleted_retried(answer) {
            expected: "2xx, or a 4xx that Experience Platform does not send again, to a message about an audience that was deleted",
            received: "{answer}",
            remedy: "refuse it with 404, 410 or 422, or ignore it: 403, 408 and 409 come again under best effort, 420 under configurable aggregation",
        }
        /// A request about an audience with credentials that nobody issued was not answered with 401.
        destination "audience.impostor-let-in" impostor_let_in(event, answer) {
            expected: "401 to `{event}` with wrong credentials",
            received: "{answer}",
            remedy: "compare the credentials with those of the account, as for deliveries",
        }
        /// A request about an audience with credentials that are nearly right was done, or broke the endpoint.
        destination "audience.nearly-right-let-in" nearly_right_let_in(event, flaw, answer) {
            expected: "`{event}` with {@flaw} refused with 401, or another 4xx",
            received: "{answer}",
            remedy: "compare credentials whole and with case, as for deliveries",
        }
        /// A request about an audience without credentials was not answered with 401.
        destination "audience.stranger-let-in" stranger_let_in(event, answer) {
            expected: "401 to `{event}` without credentials",
            received: "{answer}",
            remedy: "ask for the same credentials as for deliveries",
        }
        /// The answer to `validate` lacks a value that the template names.
        destination "audience.field-missing" field_missing(field, path, answer) {
            expected: "`{field}` at `{path}` of the answer to `validate`",
            received: "{answer}",
            remedy: "answer with it, or correct the path in the audience template",
        }
        /// The customer data of the submission is not what the template's validations ask for.
        destination "audience.customer-data-unlike" customer_data_unlike(field, regex) {
            expected: "customer data `{field}` that `{regex}` matches",
            received: "a value that it does not match, or none",
            remedy: "correct `validations` of the audience template, or `customer_data` of the submission",
        }
    }
}

/// A request about an audience was answered with 2xx.
///
/// # Errors
/// A finding that says who must act.
pub fn taken<'a>(exchange: &'a Exchange, event: &Event) -> Result<&'a Answer, Finding> {
    let answer = answered(exchange)?;
    let (line, key) = (status_line(answer), event.kind.key());
    match answer.status {
        200..300 => Ok(answer),
        401 | 403 => Err(codes::not_let_in(key, line)),
        429 => Err(status::throttled(line)),
        _ => Err(codes::refused(key, line)),
    }
}

/// A question about an audience that nobody has made was not refused for its credentials: what was answered.
///
/// # Errors
/// A finding that says who must act.
pub fn let_in(exchange: &Exchange) -> Result<String, Finding> {
    let answer = answered(exchange)?;
    let line = status_line(answer);
    match answer.status {
        401 | 403 => Err(codes::question_not_let_in(line)),
        429 => Err(status::throttled(line)),
        _ => Ok(line),
    }
}

/// The id that an answer gives an audience, if any.
pub fn id(answer: &Answer, event: &Event) -> Option<String> {
    let told = told_at(event.response_field(ID)?, answer)?;
    (!is_structure(&told)).then_some(told)
}

/// Whether what stands where an id has to be is none: a truth value, a list or an object.
fn is_structure(told: &str) -> bool {
    let read = serde_json::from_str(told);
    matches!(
        read,
        Ok(Value::Bool(_) | Value::Array(_) | Value::Object(_))
    )
}

/// The text that a path of the template leads to; a body that is no JSON is its own text.
fn told_at(path: &str, answer: &Answer) -> Option<String> {
    let body = answer.body.json();
    let is_root = path.trim_matches(['{', '}', ' ']) == "root";
    let whole = || answer.body.text().map(str::trim).filter(|t| !t.is_empty());
    match body.is_none() && is_root {
        true => whole().map(str::to_owned),
        false => found(path, body.as_ref(), &answer.headers),
    }
}

/// An audience was created and has an id.
///
/// # Errors
/// A finding that says who must act.
pub fn created(exchange: &Exchange, event: &Event) -> Result<String, Finding> {
    let answer = taken(exchange, event)?;
    let path = event.response_field(ID).unwrap_or(ID);
    id(answer, event).ok_or_else(|| codes::no_id(path, status_line(answer)))
}

/// That an audience has no id, and why, as far as its creation tells.
pub fn not_created(created: Option<(&Exchange, &Event)>) -> Finding {
    let finding = earlier::codes::audience_not_created();
    match created.and_then(|(exchange, event)| self::created(exchange, event).err()) {
        Some(cause) => finding.because(cause),
        None => finding,
    }
}

/// An audience was renamed and has the id it had, where the answer says anything.
///
/// # Errors
/// A finding that says who must act.
pub fn renamed(exchange: &Exchange, event: &Event, before: &str) -> Result<(), Finding> {
    let answer = taken(exchange, event)?;
    // what says nothing gives no other id
    match id(answer, event) {
        Some(now) if now != before => Err(codes::other_id(before, now)),
        Some(_) | None => Ok(()),
    }
}

/// The destination tells an audience by its id, with its name.
///
/// # Errors
/// A finding that says who must act.
pub fn told(
    exchange: &Exchange,
    retrieval: &Retrieval,
    (alias, name): (&str, &str),
) -> Result<(), Finding> {
    let answer = asked(exchange)?;
    let body = answer.body.json().filter(|_| answer.is_success());
    let body = body.ok_or_else(|| codes::not_told(status_line(answer)))?;
    let at = |pointer: &str| match body.pointer(pointer) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Ok(other.to_string()),
        None => Err(codes::not_told(status_line(answer))),
    };
    let stored = at(&retrieval.name)?;
    if stored != name {
        return Err(codes::other_name(name, stored));
    }
    match retrieval.id.as_deref().map(at).transpose()? {
        Some(id) if id != alias => Err(codes::other_id(alias, id)),
        Some(_) | None => Ok(()),
    }
}

/// The answer to the question for an audience, unless the destination has no time for questions.
fn asked(exchange: &Exchange) -> Result<&Answer, Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        429 | 503 => Err(status::throttled(status_line(answer))),
        _ => Ok(answer),
    }
}

/// What was asked about an audience left another as it was.
///
/// # Errors
/// A finding that says who must act.
pub fn left_alone(
    exchange: &Exchange,
    retrieval: &Retrieval,
    other: (&str, &str),
) -> Result<(), Finding> {
    asked(exchange)?;
    let told = told(exchange, retrieval, other);
    told.map_err(|finding| codes::another_concerned().because(finding))
}

/// The destination does not know an audience of that name any more: it refuses the question, or tells nothing where the name
/// would be, or another audience that has the id now.
///
/// # Errors
/// A finding that says who must act.
pub fn gone(exchange: &Exchange, retrieval: &Retrieval, name: &str) -> Result<(), Finding> {
    let answer = asked(exchange)?;
    let body = answer.body.json();
    let told = body.as_ref().and_then(|b| b.pointer(&retrieval.name));
    // what is marked as deleted in its name is still the same
    let is_another = |told: &Value| told.as_str().is_some_and(|told| !told.contains(name));
    let is_another = told.is_some_and(is_another);
    let is_told = told.is_some_and(|told| !told.is_null()) && !is_another;
    let is_over = || {
        let over = retrieval.over.as_ref();
        over.is_some_and(|over| body.as_ref().is_some_and(|body| over.is_of(body)))
    };
    match answer.status {
        400 | 402..500 => Ok(()),
        200..300 if !is_told || is_over() => Ok(()),
        200..300 => Err(codes::still_there(status_line(answer))),
        _ => Err(codes::not_told(status_line(answer))),
    }
}

/// A deletion that came twice did no harm.
///
/// # Errors
/// A finding that says who must act.
pub fn deleted_again(exchange: &Exchange) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        429 => Err(status::throttled(status_line(answer))),
        200..300 | 400 | 402..500 => Ok(()),
        _ => Err(codes::not_deletable_twice(status_line(answer))),
    }
}

/// An audience that cannot be created, or renamed so, was refused, with a reason where the template says that there is one.
///
/// # Errors
/// A finding that says who must act.
pub fn refused_with_reason(exchange: &Exchange, event: &Event) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    let line = status_line(answer);
    let is_update = event.kind == EventKind::Update;
    match answer.status {
        200..300 | 500.. if is_update => return Err(codes::renamed_to_nothing(line)),
        200..300 => return Err(codes::flaw_accepted(line)),
        401 | 403 => return Err(codes::not_let_in(event.kind.key(), line)),
        429 => return Err(status::throttled(line)),
        400..500 => {}
        _ => return Err(codes::flaw_refused_otherwise(line)),
    }
    let Some(path) = event.error_message() else {
        return Ok(());
    };
    match told_at(path, answer) {
        Some(_) => Ok(()),
        None => Err(codes::no_reason(path, line)),
    }
}

/// A second audience of the same name has an id of its own, or was refused.
///
/// # Errors
/// A finding that says who must act.
pub fn not_merged(exchange: &Exchange, event: &Event, first: &str) -> Result<(), Finding> {
    match second(exchange, event)? {
        Some(second) if second == first => Err(codes::merged(second)),
        Some(_) | None => Ok(()),
    }
}

/// The id of a second audience of the same name; none where it was refused.
///
/// # Errors
/// A finding that says who must act.
pub fn second(exchange: &Exchange, event: &Event) -> Result<Option<String>, Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        400 | 402 | 404..=428 | 430..500 => Ok(None),
        _ => created(exchange, event).map(Some),
    }
}

/// A message about an audience that was deleted was not answered with 5xx, nor with what is sent again.
///
/// # Errors
/// A finding that says who must act.
pub fn unharmed(exchange: &Exchange, retried: RetryClass) -> Result<(), Finding> {
    let answer = answered(exchange)?;
    match answer.status {
        429 => Err(status::throttled(status_line(answer))),
        status @ ..500 if retried.retries(status) => {
            Err(codes::deleted_retried(status_line(answer)))
        }
        500.. => Err(codes::deleted_broke(status_line(answer))),
        _ => Ok(()),
    }
}

/// A request without credentials was answered with 401.
///
/// # Errors
/// A finding that says who must act.
pub fn stranger_denied(exchange: &Exchange, event: &Event) -> Result<(), Finding> {
    let answer = asked(exchange)?;
    let let_in = || codes::stranger_let_in(event.kind.key(), status_line(answer));
    (answer.status == 401).then_some(()).ok_or_else(let_in)
}

/// A request with wrong credentials was answered with 401.
///
/// # Errors
/// A finding that says who must act.
pub fn impostor_denied(exchange: &Exchange, event: &Event) -> Result<(), Finding> {
    let answer = asked(exchange)?;
    let let_in = || codes::impostor_let_in(event.kind.key(), status_line(answer));
    (answer.status == 401).then_some(()).ok_or_else(let_in)
}

/// A request with credentials that are nearly right was refused: `flaw` names in what they differ.
///
/// # Errors
/// A finding that says who must act.
pub fn nearly_right_denied(
    exchange: &Exchange,
    event: &Event,
    flaw: &'static str,
) -> Result<(), Finding> {
    let answer = asked(exchange)?;
    match answer.status {
        400..500 => Ok(()),
        _ => {
            let line = status_line(answer);
            Err(codes::nearly_right_let_in(event.kind.key(), flaw, line))
        }
    }
}

/// Every value that the template names is in the answer.
///
/// # Errors
/// A finding that says who must act.
pub fn fields_present(exchange: &Exchange, event: &Event) -> Result<(), Finding> {
    let answer = taken(exchange, event)?;
    let missing = event
        .response_fields
        .iter()
        .find(|(_, path)| told_at(&path.text, answer).is_none());
    missing.map_or(Ok(()), |(field, path)| {
        Err(codes::field_missing(field, &path.text, status_line(answer)))
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::source::{Place, Source};
    use crate::model::submission::Over;

    fn answer_of(status: u16, body: &Value) -> Exchange {
        let recorded = json!({
            "lane": 0, "ordinal": 0, "attempt": 1, "purpose": "audience",
            "act": {"http": {
                "request": {"method": "GET", "url": "https://api.moonshine.example/", "headers": [], "body": "empty"},
                "result": {"answer": {"status": status, "version": "HTTP/1.1", "headers": [], "body": body}},
            }},
            "at_ms": 0, "duration_us": 0,
        });
        serde_json::from_value(recorded).unwrap()
    }

    fn telling(status: u16, body: &Value) -> Exchange {
        answer_of(status, &json!({"text": body.to_string()}))
    }

    fn retrieval() -> Retrieval {
        Retrieval {
            over: None,
            url: String::from("https://api.moonshine.example/audiences/{alias}"),
            name: String::from("/name"),
            id: None,
            place: Place::new(&Source::new("submission.toml", ""), 0..0),
        }
    }

    #[test]
    fn an_audience_is_gone_that_is_refused_or_told_as_nothing_or_whose_id_is_that_of_another() {
        let nothing = json!({});
        for (status, body, is_gone) in [
            (404, &nothing, true),
            (400, &nothing, true),
            (200, &json!({"name": null}), true),
            (200, &json!([]), true),
            (200, &json!({"name": "another"}), true),
            (200, &json!({"name": "it"}), false),
            (200, &json!({"name": "[deleted] it"}), false),
            (401, &nothing, false),
            (500, &nothing, false),
        ] {
            let judged = gone(&telling(status, body), &retrieval(), "it");
            assert_eq!(judged.is_ok(), is_gone, "{status} {body}");
        }
    }

    #[test]
    fn an_audience_whose_state_says_so_is_gone() {
        let retrieval = Retrieval {
            over: Some(Over {
                status: String::from("/state"),
                words: vec![String::from("archived")],
            }),
            ..retrieval()
        };
        for (state, is_gone) in [("archived", true), ("active", false)] {
            let told = telling(200, &json!({"name": "it", "state": state}));
            assert_eq!(gone(&told, &retrieval, "it").is_ok(), is_gone, "{state}");
        }
    }

    #[test]
    fn a_message_about_a_deleted_audience_may_be_refused_with_what_is_not_sent_again() {
        let (best, configurable) = (RetryClass::BestEffort, RetryClass::Configurable);
        for (status, retried, code) in [
            (202, best, None),
            (404, best, None),
            (422, best, None),
            (409, configurable, None),
            (420, best, None),
            (403, best, Some("audience.deleted-retried")),
            (409, best, Some("audience.deleted-retried")),
            (420, configurable, Some("audience.deleted-retried")),
            (500, configurable, Some("audience.deleted-broke")),
            (501, best, Some("audience.deleted-broke")),
            (429, best, Some("answer.throttled")),
        ] {
            let exchange = answer_of(status, &json!("empty"));
            let found = unharmed(&exchange, retried).err();
            let found = found.map(|finding| finding.reason.code.to_string());
            assert_eq!(found.as_deref(), code, "{status} {retried:?}");
        }
    }

    #[test]
    fn a_second_deletion_may_be_refused_for_any_reason_but_the_credentials() {
        for (status, harmless) in [
            (204, true),
            (404, true),
            (409, true),
            (400, true),
            (401, false),
            (500, false),
        ] {
            let exchange = answer_of(status, &json!("empty"));
            assert_eq!(deleted_again(&exchange).is_ok(), harmless, "{status}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_is_its_own_text() {
        let answer = |body: Value| answer_of(201, &json!({"text": body.as_str().unwrap()}));
        let plain = answer(json!("aud-1"));
        let quoted = answer(json!("\"aud-2\""));
        let blank = answer(json!(" "));
        let at = |exchange: &Exchange| told_at("{{root}}", exchange.answer().unwrap());
        assert_eq!(at(&plain).as_deref(), Some("aud-1"));
        assert_eq!(at(&quoted).as_deref(), Some("aud-2"));
        assert_eq!(at(&blank), None);
    }
}
