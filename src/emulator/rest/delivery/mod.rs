//! The delivery endpoint: from the bytes received to what is stored and answered.

mod distortion;
mod gate;
mod history;
mod leak;
mod race;
mod refusal;

use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::emulator::rest::answer::{Answer, Content, accepted};
use crate::emulator::rest::delivery::race::Stale;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::load::Slot;
use crate::emulator::rest::message::{Message, Profile};
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::state::{Delivery, Destination};
use crate::emulator::rest::store::alike::alike;
use crate::emulator::rest::variation::Variation;

/// Deliveries in flight that a destination at fault does not stand.
const MANY: usize = 32;

/// Faults that remember what was received.
const REMEMBERING: [Fault; 4] = [
    Fault::TransientServerError,
    Fault::RepeatedMessageRefused,
    Fault::RepeatedMessageUndone,
    Fault::RepeatedMessageIgnored,
];

/// Receives one delivery, waiting where a busy or a slow destination would.
pub(crate) async fn receive(
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Answer {
    let slot = destination.load.enter();
    let answer = match &slot {
        None => overloaded(rules),
        Some(slot) if slot.others >= MANY && rules.has(Fault::BurstServerError) => failed(),
        Some(slot) => {
            wait(slot, destination, rules).await;
            let unheeded = slot.is_in_crowd() && rules.has(Fault::CrowdNotStored);
            match unheeded {
                true => accepted(json!({"accepted": 1}), rules),
                false => taken(headers, body, destination, rules)
                    .await
                    .unwrap_or_else(|answer| answer),
            }
        }
    };
    destination.deliveries().push(Delivery {
        path: path.to_owned(),
        content_type: gate::content_type(headers).to_owned(),
        body: body.clone(),
        status: answer.status.as_u16(),
    });
    answer
}

async fn wait(slot: &Slot<'_>, destination: &Destination, rules: &Rules) {
    slot.spend().await;
    if rules.has(Fault::SlowAnswer) {
        tokio::time::sleep(destination.setup.slowness).await;
    }
}

async fn taken(
    headers: &HeaderMap,
    body: &Bytes,
    destination: &Destination,
    rules: &Rules,
) -> Result<Answer, Answer> {
    let document = match gate::pass(headers, body, destination, rules) {
        Ok(document) => document,
        Err(stopped) => {
            if let Some(message) = leak::message(stopped.reason, body, rules) {
                keep(message, destination, rules).await;
            }
            return Err(stopped.answer);
        }
    };
    let remembers = REMEMBERING.iter().any(|fault| rules.has(*fault));
    let repeated = remembers && destination.seen_before(body);
    if rules.has(Fault::TransientServerError) && !repeated {
        return Err(failed());
    }
    let mut message = match understood(&document, destination, rules) {
        Ok(message) => message,
        Err(refused) => {
            if let Some(message) = leak::part(&document, &destination.setup, rules) {
                keep(message, destination, rules).await;
            }
            return Err(match rules.has(Fault::RefusalBehind200) {
                true => hidden(refused),
                false => refused,
            });
        }
    };
    if repeated {
        again(&mut message, rules)?;
    }
    let count = message.profiles.len();
    let nobody = message.profiles.iter().position(Profile::is_nobody);
    keep(message, destination, rules).await;
    Ok(match nobody {
        Some(place) if rules.has(Fault::FailedPartBehind200) => failed_at(place, count),
        Some(_) | None => stored(count, rules),
    })
}

fn understood(
    document: &Value,
    destination: &Destination,
    rules: &Rules,
) -> Result<Message, Answer> {
    let message = Message::read(document)?;
    let setup = destination.known();
    let wrong = refusal::refusal(&message, &setup, &destination.store(), rules);
    wrong.map_or(Ok(()), Err)?;
    refusal::audience(&message, destination, rules).map_or(Ok(()), Err)?;
    message.validate(&setup).map(|()| message)
}

/// What a fault makes of a message that was received before.
fn again(message: &mut Message, rules: &Rules) -> Result<(), Answer> {
    if rules.has(Fault::RepeatedMessageRefused) {
        return Err(Answer::error(
            StatusCode::CONFLICT,
            "repeated",
            "this message was received before",
        ));
    }
    if rules.has(Fault::RepeatedMessageIgnored) {
        return Err(stored(message.profiles.len(), rules));
    }
    if rules.has(Fault::RepeatedMessageUndone) {
        distortion::undo(message);
    }
    Ok(())
}

/// Stores what a message says.
async fn keep(mut message: Message, destination: &Destination, rules: &Rules) {
    let stale = Stale::read(&message, destination, rules).await;
    let mut store = destination.store();
    stale.write_back(&mut store);
    distortion::distort(&mut message, &destination.setup, rules);
    history::follow(&mut message, &mut store, rules);
    let declared = &destination.setup.attributes;
    for mut profile in message.profiles {
        profile
            .attributes
            .retain(|name, _| declared.is_empty() || declared.contains(name));
        let others = alike(&profile.identities, &mut store, rules);
        profile.identities.extend(others);
        if profile.is_nobody() || !history::meet(&mut profile, &mut store, rules) {
            continue;
        }
        match rules.has(Fault::MessagesOvertaken) {
            true => store.apply_last(&profile),
            false if rules.varies(Variation::StoredLater) => store.apply_later(&profile),
            false => store.apply(&profile),
        }
    }
}

fn stored(count: usize, rules: &Rules) -> Answer {
    if rules.has(Fault::ErrorBehind200) {
        let error = json!({"index": 0, "message": "not stored"});
        return Answer::json(StatusCode::OK, json!({"accepted": 0, "errors": [error]}));
    }
    if rules.has(Fault::FailedCountBehind200) {
        let counts = json!({"AcceptedRecordCount": 0, "FailedRecordCount": count});
        return Answer::json(StatusCode::OK, counts);
    }
    accepted(json!({"accepted": count}), rules)
}

fn failed_at(place: usize, count: usize) -> Answer {
    let error = json!({"index": place, "message": "no identities"});
    let taken = json!({"accepted": count.saturating_sub(1), "errors": [error]});
    Answer::json(StatusCode::OK, taken)
}

fn failed() -> Answer {
    Answer::error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "something went wrong",
    )
}

fn hidden(refused: Answer) -> Answer {
    let body = match refused.body {
        Content::Json(error) => json!({"accepted": 0, "errors": [error]}),
        Content::Empty | Content::Text(..) => json!({"accepted": 0, "errors": []}),
    };
    Answer::json(StatusCode::OK, body)
}

/// What a destination answers that is busy.
pub(crate) fn overloaded(rules: &Rules) -> Answer {
    let status = match (
        rules.has(Fault::OverloadServerError),
        rules.has(Fault::OverloadBadRequest),
    ) {
        (true, _) => StatusCode::INTERNAL_SERVER_ERROR,
        (false, true) => StatusCode::BAD_REQUEST,
        (false, false) => StatusCode::TOO_MANY_REQUESTS,
    };
    let answer = Answer::error(status, "overloaded", "too many deliveries at once");
    match status == StatusCode::TOO_MANY_REQUESTS && !rules.has(Fault::RetryAfterMissing) {
        true => answer.with(RETRY_AFTER, &pause(rules)),
        false => answer,
    }
}

/// A second, in one of the two forms of RFC 9110, section 10.2.3.
fn pause(rules: &Rules) -> String {
    let second = Duration::from_secs(1);
    match (
        rules.has(Fault::RetryAfterGarbage),
        rules.varies(Variation::RetryAfterDate),
    ) {
        (true, _) => "soon".to_owned(),
        (false, true) => {
            let now = SystemTime::now();
            httpdate::fmt_http_date(now.checked_add(second).unwrap_or(now))
        }
        (false, false) => second.as_secs().to_string(),
    }
}
