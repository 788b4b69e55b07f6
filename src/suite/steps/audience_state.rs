//! What an audience is after it was created, renamed, deleted or asked for. Its members are in `members`.

use crate::judge::audience as judge;
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::model::record::Exchange;
use crate::model::sdk::EventKind;
use crate::model::submission::Retrieval;
use crate::suite::audience::{Handled, Told};
use crate::suite::evidence::Evidence;
use crate::suite::heard::{event_of, judged, of_scene, shown, takes, unproven};
use crate::suite::parameter::{AudienceAct, AudienceState, Caller};
use crate::suite::steps::{location, members};
use crate::suite::stop::{Args, Stop};
use crate::suite::{broken, near_miss};
use crate::wire::Credential;

/// It is as it has to be.
pub fn is(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let audience = of_scene(evidence)?;
    match args.get::<AudienceState>(0)? {
        AudienceState::HasId => has_id(evidence, audience),
        AudienceState::KeepsId => keeps_id(evidence, audience),
        AudienceState::HasName => has_name(evidence, audience),
        AudienceState::Gone => {
            members::taken_before(evidence, audience.call(AudienceAct::Deleted)?)?;
            takes(evidence, audience, AudienceAct::Deleted)?;
            retrieved(evidence, audience, |exchange, how, told| {
                judge::gone(exchange, how, &told.name)
            })
        }
        AudienceState::AloneConcerned => alone_concerned(evidence),
        AudienceState::DeletedTwice => {
            takes(evidence, audience, AudienceAct::Deleted).map_err(unproven)?;
            shown(evidence, audience, AudienceAct::DeletedAgain, |e, _| {
                judge::deleted_again(e)
            })?;
            Ok(Strength::StatusOnly)
        }
        AudienceState::CreatedAgain => {
            takes(evidence, audience, AudienceAct::Deleted).map_err(unproven)?;
            shown(
                evidence,
                audience,
                AudienceAct::CreatedAgain,
                judge::created,
            )?;
            Ok(Strength::StatusOnly)
        }
        AudienceState::RefusedWithReason => refused_with_reason(evidence, audience),
        AudienceState::NotMerged => {
            let first = audience.named.alias.clone();
            shown(evidence, audience, AudienceAct::CreatedAgain, |e, event| {
                judge::not_merged(e, event, &first)
            })?;
            Ok(Strength::Differential)
        }
        AudienceState::TakesMembers => members::taken(evidence),
        AudienceState::KeepsMembers => members::kept(evidence, audience, AudienceAct::Renamed),
        AudienceState::LeavesMembers => members::kept(evidence, audience, AudienceAct::Deleted),
        AudienceState::InheritsNobody => members::none_inherited(evidence, audience),
        AudienceState::TakesNone => members::none_taken(evidence, audience),
        AudienceState::StrangersDenied => strangers_denied(evidence, audience),
        AudienceState::Validated => {
            let act = AudienceAct::Validated;
            shown(evidence, audience, act, judge::fields_present)?;
            Ok(Strength::StatusOnly)
        }
        AudienceState::Notified => announced(evidence, audience),
    }
}

/// Every request that says that files were exported was taken.
fn announced(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    location::written(evidence).map_err(location::unproven)?;
    if audience.was(AudienceAct::Renamed) {
        let renamed =
            |exchange: &Exchange, event: &_| judge::renamed(exchange, event, &audience.named.alias);
        shown(evidence, audience, AudienceAct::Renamed, renamed).map_err(unproven)?;
    }
    let act = AudienceAct::Notified;
    audience.call(act)?;
    for call in audience.calls.iter().filter(|call| call.act == act) {
        judged(evidence, call.exchange, act.event(), |exchange, event| {
            judge::taken(exchange, event).map(|_| ())
        })?;
    }
    Ok(Strength::StatusOnly)
}

/// Every request about the destination itself was taken.
pub fn destination_known(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    if evidence.scene.about_destination.is_empty() {
        return Err(broken::nothing_to_judge("request about the destination").into());
    }
    for (kind, which) in &evidence.scene.about_destination {
        judge::taken(evidence.exchange(*which)?, event_of(evidence, *kind)?)
            .map_err(|finding| finding.shown_by(*which))?;
    }
    Ok(Strength::StatusOnly)
}

fn has_id(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    shown(evidence, audience, AudienceAct::Created, judge::created)?;
    Ok(Strength::StatusOnly)
}

/// Every request that names it by its id was taken, and none gave it another.
fn keeps_id(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    let id = &audience.named.alias;
    for call in &audience.calls {
        let kind = call.act.event();
        judged(
            evidence,
            call.exchange,
            kind,
            |exchange, event| match kind {
                EventKind::Update => judge::renamed(exchange, event, id),
                EventKind::Create => judge::created(exchange, event).map(|_| ()),
                EventKind::Delete
                | EventKind::Validate
                | EventKind::Notify
                | EventKind::CreateDestination
                | EventKind::UpdateDestination
                | EventKind::DeleteDestination => judge::taken(exchange, event).map(|_| ()),
            },
        )?;
    }
    Ok(Strength::StatusOnly)
}

/// It is told by the last name that it was given. Blanks at its ends may be dropped, if they always are.
fn has_name(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    let alias = audience.named.alias.as_str();
    let always_trimmed = |how: &Retrieval| {
        audience.told.iter().all(|told| {
            let exchange = evidence.exchange(told.exchange);
            exchange.is_ok_and(|e| judge::told(e, how, (alias, told.name.trim())).is_ok())
        })
    };
    retrieved(evidence, audience, |exchange, how, told| {
        let exact = judge::told(exchange, how, (alias, &told.name));
        exact.or_else(|finding| match always_trimmed(how) {
            true => Ok(()),
            false => Err(finding),
        })
    })
}

/// What the destination says of it, where the submission says how to ask.
fn retrieved(
    evidence: &Evidence,
    audience: &Handled,
    judge: impl Fn(&Exchange, &Retrieval, &Told) -> Result<(), Finding>,
) -> Result<Strength, Stop> {
    let Some(how) = evidence.subject().retrieval() else {
        return Ok(Strength::StatusOnly);
    };
    let told = audience.told.last();
    let told = told.ok_or_else(|| lacking(evidence, audience))?;
    let exchange = evidence.exchange(told.exchange)?;
    judge(exchange, how, told).map_err(|finding| finding.shown_by(told.exchange))?;
    Ok(Strength::Observed)
}

/// Nothing was asked about an audience without an id.
fn lacking(evidence: &Evidence, audience: &Handled) -> Stop {
    let created = audience.call(AudienceAct::Created).ok();
    let created = created.and_then(|which| evidence.exchange(which).ok());
    let event = event_of(evidence, EventKind::Create).ok();
    judge::not_created(created.zip(event)).into()
}

/// The others are stored as they were.
fn alone_concerned(evidence: &Evidence) -> Result<Strength, Stop> {
    let mut strength = Strength::StatusOnly;
    for other in &evidence.scene.beside {
        let id = other.named.alias.as_str();
        strength = retrieved(evidence, other, |exchange, how, told| {
            judge::left_alone(exchange, how, (id, &told.name))
        })?;
    }
    Ok(strength)
}

/// It was refused with a reason; an empty name that changes nothing does no harm either.
fn refused_with_reason(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    let act = match audience.was(AudienceAct::RenamedNameless) {
        true => AudienceAct::RenamedNameless,
        false => AudienceAct::CreatedNameless,
    };
    let is_as_before = || matches!(has_name(evidence, audience), Ok(Strength::Observed));
    match shown(evidence, audience, act, judge::refused_with_reason) {
        Err(_)
            if act == AudienceAct::RenamedNameless
                && takes(evidence, audience, act).is_ok()
                && is_as_before() =>
        {
            Ok(Strength::Observed)
        }
        judged => judged.map(|()| Strength::Differential),
    }
}

fn strangers_denied(evidence: &Evidence, audience: &Handled) -> Result<Strength, Stop> {
    for call in &audience.calls {
        let denied = |exchange: &Exchange, event: &_| match call.act.caller() {
            Caller::Owner => Ok(()),
            Caller::Stranger => judge::stranger_denied(exchange, event),
            Caller::Impostor => judge::impostor_denied(exchange, event),
            Caller::Nearly | Caller::Late => {
                judge::nearly_right_denied(exchange, event, flaw(call.credential))
            }
        };
        judged(evidence, call.exchange, call.act.event(), denied)?;
    }
    Ok(Strength::Differential)
}

/// What is wrong with credentials that were right once, or nearly are.
fn flaw(credential: Credential) -> &'static str {
    match credential {
        Credential::Near(miss) => near_miss::term(miss),
        Credential::TokenOf(_)
        | Credential::Valid
        | Credential::None
        | Credential::Wrong
        | Credential::WrongScheme
        | Credential::NoScheme
        | Credential::SchemeCase
        | Credential::WrongPassword => near_miss::codes::EXPIRED,
    }
}

/// The customer data is what the validations of the audience template ask for.
pub fn customer_data_fits(evidence: &Evidence) -> Result<Strength, Stop> {
    let failed = evidence.subject().audience_api()?.failed_validations();
    match failed.first() {
        Some((field, regex)) => Err(judge::codes::customer_data_unlike(field, regex).into()),
        None => Ok(Strength::StatusOnly),
    }
}
