//! Judges what a destination says it stored against what was sent: the difference is the finding.

mod alike;
mod told;

use serde_json::{Map, Value};

use crate::judge::answer::status_line;
use crate::judge::held::{is_on_a_page, is_without};
use crate::judge::paging;
use crate::judge::stored::alike::alike;
use crate::judge::stored::told::{Place, answers, elements, first, is_nobody, unsigned, value};
use crate::model::finding::{Difference, Finding};
use crate::model::namespace::Kind;
use crate::model::profile::Profile;
use crate::model::record::{Answer, Exchange};
use crate::model::submission::{Observation, Part};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// What is stored of the membership in an audience is not what was sent: `realized` for a member, `exited` for one
        /// who has left, null where nothing is stored.
        destination "stored.membership-differs" membership_differs(audience, sent, stored) {
            expected: "the membership that was sent to be stored: `{audience}` {sent}",
            received: "stored: `{audience}` {stored}",
            remedy: "compare the message that was sent with what the endpoint makes of it; where it is stored later, say how long that may take in `within_seconds` of [destination.observe]",
        }
        /// Somebody who has left an audience is neither among its members nor, where those who left are listed, among them.
        destination "stored.exit-not-listed" exit_not_listed(audience) {
            expected: "`{audience}` among the audiences that the profile has left",
            received: "it neither among those nor among the audiences that the profile is in",
            remedy: "list every exit that was accepted; where only the exits of those are listed who had entered, do not name `removed` in [destination.observe.membership]",
        }
        /// Somebody has left every audience, and is still in one when asked for by another of the identities that were sent.
        destination "stored.member-by-another-identity" member_by_another_identity(audience, identity) {
            expected: "an exit from `{audience}` stored for the person, whichever identity finds it",
            received: "by `{identity}`, the profile is still among its members",
            remedy: "apply an exit to the person or to every identity that the message names, not to the first row that is found",
        }
        /// An audience is listed among those that a profile is in and among those that it has left.
        destination "stored.member-and-left" member_and_left(audience) {
            expected: "each audience among those that the profile is in, or among those that it has left",
            received: "`{audience}` among both",
            remedy: "take an audience off the one list when it is put on the other; where the one is a history of exits, do not name it as `removed` in [destination.observe]",
        }
        /// An identity that was sent is not among those that are stored.
        destination "stored.identity-missing" identity_missing(identity, stored) {
            expected: "every identity that was sent to be stored: `{identity}`",
            received: "stored of them: {stored}",
            remedy: "compare the message that was sent with what the endpoint makes of it; where it is stored later, say how long that may take in `within_seconds` of [destination.observe]",
        }
        /// An attribute is not stored as it was sent.
        destination "stored.attribute-differs" attribute_differs(attribute, sent, stored) {
            expected: "the attributes that were sent to be stored: `{attribute}` {sent}",
            received: "stored: `{attribute}` {stored}",
            remedy: "compare the message that was sent with what the endpoint makes of it; where it is stored later, say how long that may take in `within_seconds` of [destination.observe]",
        }
        /// What is stored differs because no message held it: the template of the request leaves it out.
        destination "stored.never-sent" never_sent(name) {
            expected: "a message that names `{name}`",
            received: "none that does; {@because}",
            remedy: "no message names `{name}`: correct the template of the request; `destspec render message` shows what is sent",
        }
        /// Something is stored of a profile that no message has said of it.
        destination "stored.never-sent-and-stored" never_sent_and_stored(part, value) {
            expected: "the {part} that was sent and nothing else",
            received: "`{value}`, which nobody sent",
            remedy: "see whether messages share a default value, or whether a profile is taken for another",
        }
        /// Something that was sent is stored twice.
        destination "stored.twice" stored_twice(part, value) {
            expected: "the {part} that was sent and nothing else",
            received: "`{value}` twice",
            remedy: "store a set: a message may come twice, and messages name what is unchanged",
        }
        /// What is stored is not what was stored before a message that had to change nothing.
        destination "stored.changed" changed(part, before, now) {
            expected: "the {part} as before: {before}",
            received: "{now}",
            remedy: "see whether the message was applied although it was refused, or applied a second time",
        }
        /// The question about what was stored was not answered with 2xx.
        destination "stored.not-answered" not_answered(answer) {
            expected: "2xx and what was stored of the profile",
            received: "{answer}",
            remedy: "see whether the profile was stored within `within_seconds`, and whether [destination.observe] asks for it as it should",
        }
        /// The question about what was stored was answered with the way to another place.
        surroundings(configuration) "stored.elsewhere" elsewhere(status, place) {
            expected: "2xx and what was stored of the profile",
            received: "{status}, which leads to `{place}`",
            remedy: "name in [destination.observe] the URL that it leads to: no redirect is followed, for credentials go with the question",
        }
        /// What is missing may be on a page that was not asked for.
        surroundings "stored.more-pages" more_pages(told) {
            expected: "all that is stored, or the way to the next page",
            received: "a page of it, with another behind it: `{told}`",
            remedy: "name the JSON Pointer to the link in `next` of [destination.observe]; where it holds a cursor, name the query parameter in `cursor`",
        }
        /// The connection over which a message was refused answered the next question as if it were something else; a new
        /// connection did not.
        destination "stored.connection-spoilt" connection_spoilt() {
            expected: "the next request on a connection answered as well as the first",
            received: "an answer as to a malformed request on the connection that was kept, and the right one on a new connection",
            remedy: "read the body of a message that is refused to its end, or close the connection: what is left unread is taken for the next request",
        }
        /// The answer about what was stored holds a secret, so that it is kept from the record.
        surroundings "stored.withheld" withheld() {
            expected: "a readable observation",
            received: "an answer withheld because it holds a secret",
            remedy: "let the endpoint that is asked answer without credentials",
        }
        /// The value that is judged holds what redaction replaced.
        surroundings "stored.redacted" redacted() {
            expected: "a readable observation",
            received: "a value that redaction hides",
            remedy: "use test data that holds no credential",
        }
        /// The answer about what was stored is not JSON.
        destination "stored.not-json" not_json(answer) {
            expected: "an observation in JSON",
            received: "{answer}",
            remedy: "correct the URL in [destination.observe], or the answer",
        }
        /// The configured JSON Pointer leads to nothing in the answer about what was stored.
        destination "stored.nothing-at-pointer" nothing_at_pointer(pointer, answer) {
            expected: "a value at `{pointer}` of the observation",
            received: "`{answer}`",
            remedy: "correct the JSON Pointer in [destination.observe], or the answer",
        }
        /// The configured JSON Pointer leads to something other than a list.
        destination "stored.no-list-at-pointer" no_list_at_pointer(pointer, value) {
            expected: "a list at `{pointer}` of the observation",
            received: "`{value}`",
            remedy: "correct the JSON Pointer in [destination.observe], or the answer",
        }
    }
}

/// A part of a profile is stored as it was sent, by the answer to a question.
///
/// `alias` gives the name by which the destination knows an audience.
///
/// # Errors
/// A finding with the difference and its JSON Pointer.
pub fn as_sent(
    pages: &[&Exchange],
    (part, observation): (Part, &Observation),
    profile: &Profile,
    alias: impl Fn(&str, &str) -> String,
) -> Result<(), Finding> {
    let place = Place::of(observation);
    if is_spoilt(pages) {
        return Err(codes::connection_spoilt());
    }
    let pages = answers(pages)?;
    if is_nobody(&pages, place) {
        // who is in no audience need not be known
        return match profile.is_in_none() {
            true => Ok(()),
            false => Err(codes::not_answered(status_line(first(&pages)?))),
        };
    }
    if profile.is_in_none() && is_empty(&pages, (part, place)) {
        return Ok(());
    }
    let judged = match part {
        Part::Membership => membership(&pages, place, profile, alias),
        Part::Identities => identities(&pages, place, profile),
        Part::Attributes => return attributes(first(&pages)?, place, profile),
    };
    judged.map_err(
        |finding| match pages.last().and_then(|last| paging::more(last)) {
            Some(told) => codes::more_pages(told).because(finding),
            None => finding,
        },
    )
}

/// Nothing is stored besides what was sent, and nothing twice.
///
/// # Errors
/// A finding that names what nobody sent.
pub fn nothing_else(
    pages: &[&Exchange],
    (part, observation): (Part, &Observation),
    profile: &Profile,
    alias: impl Fn(&str, &str) -> String,
) -> Result<(), Finding> {
    let sent: Vec<(Kind, String)> = match part {
        Part::Membership => profile
            .memberships()
            .filter(|(_, _, membership)| membership.status.is_in())
            .map(|(namespace, id, _)| (Kind::Free, alias(namespace, id)))
            .collect(),
        Part::Identities => profile
            .identities()
            .map(|(namespace, id)| (Kind::of(namespace), id.to_owned()))
            .collect(),
        Part::Attributes => return Ok(()),
    };
    let place = Place::of(observation);
    let mut left = listed(&answers(pages)?, (part, place), profile)?;
    let is_same = |(kind, sent): &(Kind, String), stored: &str| kind.is_same(sent, stored);
    for name in &sent {
        if let Some(at) = left.iter().position(|stored| is_same(name, stored)) {
            left.remove(at);
        }
    }
    let Some(surplus) = left.into_iter().next() else {
        return Ok(());
    };
    let finding = if sent.iter().any(|name| is_same(name, &surplus)) {
        codes::stored_twice(part.word(), surplus)
    } else {
        codes::never_sent_and_stored(part.word(), surplus)
    };
    Err(finding.at(place.pointer))
}

/// Whether an audience of that name at the destination is among those that somebody is in.
pub fn lists(pages: &[&Exchange], observation: &Observation, id: &str) -> bool {
    let listed = answers(pages).and_then(|pages| elements(&pages, Place::of(observation)));
    listed.is_ok_and(|all| all.iter().any(|known| known == id))
}

/// Two answers tell the same, whatever else they hold: the same elements, each as often; for attributes the same value of
/// each that the profile has.
///
/// # Errors
/// A finding with the difference.
pub fn same_answer(
    (before, now): (&[&Exchange], &[&Exchange]),
    (part, observation): (Part, &Observation),
    profile: &Profile,
) -> Result<(), Finding> {
    let place = Place::of(observation);
    let told = |pages: &[&Exchange]| -> Result<Value, Finding> {
        let pages = answers(pages)?;
        match part {
            Part::Membership | Part::Identities => {
                let mut all = listed(&pages, (part, place), profile)?;
                all.sort_unstable();
                Ok(all.into())
            }
            Part::Attributes => {
                let stored = valued(first(&pages)?, place, profile)?;
                let own = profile.attributes.iter().map(|(name, _)| name);
                let own = own.map(|name| (name.clone(), stored.get(name).cloned().into()));
                let own = Value::Object(own.collect());
                unsigned(&own.to_string(), place.pointer)?;
                Ok(own)
            }
        }
    };
    let (before, now) = (told(before)?, told(now)?);
    if before == now {
        return Ok(());
    }
    Err(codes::changed(part.word(), before, now).at(place.pointer))
}

/// Whether a connection had to be left to get an answer.
pub fn is_spoilt(pages: &[&Exchange]) -> bool {
    pages.iter().any(|page| page.left_spoilt_connection())
}

/// The audiences that the profile is in are stored, those that it left are not. Others that are stored besides do no harm.
fn membership(
    pages: &[&Answer],
    place: Place<'_>,
    profile: &Profile,
    alias: impl Fn(&str, &str) -> String,
) -> Result<(), Finding> {
    let stored = listed(pages, (Part::Membership, place), profile)?;
    let left = place
        .removed
        .filter(|pointer| is_on_a_page(pages, pointer))
        .map(|pointer| elements(pages, Place { pointer, ..place }))
        .transpose()?;
    let (realized, exited) = (Value::from("realized"), Value::from("exited"));
    let found = |id: &String, is_in: bool| match &left {
        _ if stored.contains(id) => realized.clone(),
        Some(left) if left.contains(id) => exited.clone(),
        // Who has left need not be remembered, unless the destination says that it does.
        None if !is_in => exited.clone(),
        Some(_) | None => Value::Null,
    };
    let (mut sent, mut seen) = (Map::new(), Map::new());
    for (namespace, id, membership) in profile.memberships() {
        let (id, is_in) = (alias(namespace, id), membership.status.is_in());
        seen.insert(id.clone(), found(&id, is_in));
        sent.insert(id, if is_in { &realized } else { &exited }.clone());
    }
    alike(
        &seen,
        &sent,
        place.pointer,
        |audience, sent, stored| match stored.is_null() && sent == "exited" {
            true => codes::exit_not_listed(audience),
            false => codes::membership_differs(audience, sent, stored),
        },
    )?;
    let mut left = left.iter().flatten();
    let both = left.find(|id| sent.contains_key(*id) && stored.contains(id));
    both.map_or(Ok(()), |both| {
        let pointer = place.removed.unwrap_or(place.pointer);
        Err(codes::member_and_left(both).at(pointer))
    })
}

/// Every identity that was sent is stored.
fn identities(pages: &[&Answer], place: Place<'_>, profile: &Profile) -> Result<(), Finding> {
    let stored = elements(pages, place)?;
    let is_stored = |(namespace, id): &(&str, &str)| {
        let kind = Kind::of(namespace);
        stored.iter().any(|stored| kind.is_same(id, stored))
    };
    let (kept, missing): (Vec<_>, Vec<_>) = profile.identities().partition(is_stored);
    let ids = |all: Vec<(&'_ str, &'_ str)>| -> Vec<String> {
        all.into_iter().map(|(_, id)| id.to_owned()).collect()
    };
    let (kept, missing) = (ids(kept), ids(missing));
    let Some(first) = missing.first() else {
        return Ok(());
    };
    let differences = missing.iter().map(|id| Difference {
        pointer: place.pointer.to_owned(),
        expected: Value::from(id.as_str()).to_string(),
        received: Value::Null.to_string(),
    });
    Err(codes::identity_missing(first, Value::from(kept))
        .at(place.pointer)
        .differing(differences.collect()))
}

/// Every attribute that was sent is stored unchanged; one that was missing is null or absent, or empty where a database
/// has no other null for texts.
fn attributes(answer: &Answer, place: Place<'_>, profile: &Profile) -> Result<(), Finding> {
    let stored = valued(answer, place, profile)?;
    let mut sent = Map::new();
    let mut found = Map::new();
    for (name, attribute) in &profile.attributes {
        sent.insert(name.clone(), attribute.clone().unwrap_or(Value::Null));
        let stored = stored.get(name).cloned().unwrap_or(Value::Null);
        unsigned(&stored.to_string(), place.pointer)?;
        let is_none = attribute.is_none() && stored == "";
        found.insert(name.clone(), if is_none { Value::Null } else { stored });
    }
    alike(&found, &sent, place.pointer, |name, sent, stored| {
        codes::attribute_differs(name, sent, stored)
    })
}

/// Whether nothing at all is told of a part, as of a person whom nobody has made: who is in no audience need not be known.
fn is_empty(pages: &[&Answer], (part, place): (Part, Place<'_>)) -> bool {
    match part {
        // an empty list of audiences is judged as that of anybody
        Part::Membership => false,
        Part::Identities => elements(pages, place).is_ok_and(|all| all.is_empty()),
        Part::Attributes => {
            let told = first(pages).and_then(|answer| value(answer, place.pointer));
            told.is_ok_and(|told| match told {
                Value::Null => true,
                Value::Object(members) => members.is_empty(),
                Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => false,
            })
        }
    }
}

/// The elements that are told; none where a server leaves out what is empty, as that of somebody in no audience is. Where
/// somebody is a member it shows whether the pointer is right.
fn listed(
    pages: &[&Answer],
    (part, place): (Part, Place<'_>),
    profile: &Profile,
) -> Result<Vec<String>, Finding> {
    let is_empty = part == Part::Membership && profile.is_in_none();
    match elements(pages, place) {
        Err(_) if is_empty && is_without(pages, place.pointer) => Ok(Vec::new()),
        other => other,
    }
}

/// The attributes that are told; none where a server leaves out what is empty, as those of somebody who has none are.
fn valued(answer: &Answer, place: Place<'_>, profile: &Profile) -> Result<Value, Finding> {
    let has_none = profile.attributes.iter().all(|(_, sent)| sent.is_none());
    match value(answer, place.pointer) {
        Err(_) if has_none && is_without(&[answer], place.pointer) => Ok(Value::Null),
        other => other,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::profile::Status;
    use crate::model::record::Body;

    fn answer(body: &Value) -> Answer {
        Answer {
            status: 200,
            version: String::from("HTTP/1.1"),
            headers: Vec::new(),
            body: Body::Text(body.to_string()),
            coded: None,
        }
    }

    fn place<'a>(pointer: &'a str, removed: Option<&'a str>) -> Place<'a> {
        Place {
            pointer,
            over: None,
            element: None,
            removed,
            may_be_nobody: true,
        }
    }

    fn profile() -> Profile {
        let time = "2026-01-15T10:30:00Z";
        Profile::new()
            .member("ups", "in", Status::Realized, time)
            .member("ups", "out", Status::Exited, time)
            .identity("Email", "a@example.com".to_owned())
            .identity("Email", "b@example.com".to_owned())
            .attribute("first/name", "Ada")
    }

    fn judged(body: &Value, removed: Option<&str>) -> Result<(), Finding> {
        let alias = |_: &str, id: &str| id.to_owned();
        membership(&[&answer(body)], place("/a", removed), &profile(), alias)
    }

    #[test]
    fn who_has_left_need_be_remembered_only_where_the_destination_says_that_it_does() {
        assert_eq!(judged(&json!({"a": ["in"]}), None), Ok(()));
        assert_eq!(
            judged(&json!({"a": ["in"], "r": ["out"]}), Some("/r")),
            Ok(())
        );
        let forgotten = judged(&json!({"a": ["in"], "r": []}), Some("/r")).unwrap_err();
        assert_eq!(forgotten.pointer.as_deref(), Some("/a/out"));
        assert_eq!(forgotten.reason.code, "stored.exit-not-listed");
    }

    #[test]
    fn nobody_is_in_an_audience_and_has_left_it() {
        let both = judged(&json!({"a": ["in"], "r": ["in", "out"]}), Some("/r")).unwrap_err();
        assert_eq!(both.reason.code, "stored.member-and-left");
        assert_eq!(both.pointer.as_deref(), Some("/r"));
    }

    #[test]
    fn who_is_in_no_audience_may_have_no_list_of_them() {
        let alias = |_: &str, id: &str| id.to_owned();
        let out = Profile::new().member("ups", "out", Status::Exited, "2026-01-15T10:30:00Z");
        let of = |body: Value, profile: &Profile| {
            membership(&[&answer(&body)], place("/a", None), profile, alias)
        };
        assert_eq!(of(json!({"id": 1}), &out), Ok(()));
        assert!(of(json!({}), &out).is_err());
        assert!(of(json!({"id": 1}), &profile()).is_err());
        assert!(of(json!({"id": 1, "a": ["out"]}), &out).is_err());
    }

    #[test]
    fn who_has_no_attributes_may_have_nothing_that_holds_them() {
        let none = Profile {
            attributes: vec![("name".to_owned(), None)],
            ..Profile::new()
        };
        let of = |body: Value, profile: &Profile| {
            attributes(&answer(&body), place("/at", None), profile)
        };
        assert_eq!(of(json!({"id": 1}), &none), Ok(()));
        assert!(of(json!({}), &none).is_err());
        assert!(of(json!({"id": 1}), &profile()).is_err());
        assert!(of(json!({"id": 1, "at": {"name": "Ada"}}), &none).is_err());
    }

    #[test]
    fn every_difference_is_listed_and_the_first_is_named() {
        let finding = judged(&json!({"a": ["out"]}), None).unwrap_err();
        assert_eq!(finding.reason.code, "stored.membership-differs");
        assert_eq!(finding.reason.values["audience"], "in");
        assert_eq!(finding.reason.values["sent"], "\"realized\"");
        let pointers: Vec<_> = finding.differences.iter().map(|d| &d.pointer).collect();
        assert_eq!(pointers, ["/a/in", "/a/out"]);
        assert_eq!(finding.differences[1].received, "\"realized\"");
    }

    #[test]
    fn an_identity_that_was_dropped_is_named() {
        let body = answer(&json!({"i": ["a@example.com"]}));
        let finding = identities(&[&body], place("/i", None), &profile()).unwrap_err();
        assert_eq!(finding.reason.values["identity"], "b@example.com");
        assert_eq!(finding.reason.values["stored"], "[\"a@example.com\"]");
    }

    #[test]
    fn who_is_in_no_audience_may_be_told_of_as_of_nobody() {
        let gone = Profile::new()
            .member("ups", "out", Status::Exited, "2026-01-15T10:30:00Z")
            .identity("Email", "a@example.com".to_owned());
        let empty = answer(&json!({"i": [], "at": {}}));
        for (part, pointer) in [(Part::Identities, "/i"), (Part::Attributes, "/at")] {
            assert!(
                is_empty(&[&empty], (part, place(pointer, None))),
                "{pointer}"
            );
        }
        let other = answer(&json!({"i": ["b@example.com"], "at": {"name": "Ada"}}));
        for (part, pointer) in [(Part::Identities, "/i"), (Part::Attributes, "/at")] {
            assert!(
                !is_empty(&[&other], (part, place(pointer, None))),
                "{pointer}"
            );
        }
        assert!(identities(&[&other], place("/i", None), &gone).is_err());
    }

    #[test]
    fn an_attribute_is_pointed_at_with_its_name_escaped() {
        let body = answer(&json!({"at": {"first/name": "ada"}}));
        let finding = attributes(&body, place("/at", None), &profile()).unwrap_err();
        assert_eq!(finding.pointer.as_deref(), Some("/at/first~1name"));
    }
}
