//! What was answered about the audience of a scenario, as every `Then` about it judges it. No rule is here.

use crate::judge::{audience as judge, earlier};
use crate::model::finding::Finding;
use crate::model::record::{Exchange, ExchangeRef};
use crate::model::sdk::{Event, EventKind};
use crate::suite::audience::Handled;
use crate::suite::broken;
use crate::suite::evidence::Evidence;
use crate::suite::parameter::AudienceAct;
use crate::suite::stop::Stop;

/// The audience that the scenario is about.
///
/// # Errors
/// When there is none: destspec's fault.
pub fn of_scene(evidence: &Evidence) -> Result<&Handled, Stop> {
    let made = evidence.scene.audience.as_ref();
    made.ok_or_else(|| broken::nothing_to_judge("audience").into())
}

/// The request of the template that was made.
///
/// # Errors
/// When the template has none: destspec's fault.
pub fn event_of(evidence: &Evidence, kind: EventKind) -> Result<&Event, Stop> {
    let event = evidence.subject().audience_api()?.event(kind);
    event.ok_or_else(|| broken::nothing_to_judge(kind.key()).into())
}

/// Judges one exchange by the request that it carried.
///
/// # Errors
/// What the judge finds.
pub fn judged<T>(
    evidence: &Evidence,
    which: ExchangeRef,
    kind: EventKind,
    judge: impl FnOnce(&Exchange, &Event) -> Result<T, Finding>,
) -> Result<T, Stop> {
    let judged = judge(evidence.exchange(which)?, event_of(evidence, kind)?);
    judged.map_err(|finding| finding.shown_by(which).into())
}

/// Judges the exchange of an act, the last where there are several.
///
/// # Errors
/// What the judge finds.
pub fn shown<T>(
    evidence: &Evidence,
    audience: &Handled,
    act: AudienceAct,
    judge: impl FnOnce(&Exchange, &Event) -> Result<T, Finding>,
) -> Result<T, Stop> {
    judged(evidence, audience.call(act)?, act.event(), judge)
}

/// The request of an act was taken.
///
/// # Errors
/// A finding that says who must act.
pub fn takes(evidence: &Evidence, audience: &Handled, act: AudienceAct) -> Result<(), Stop> {
    shown(evidence, audience, act, |exchange, event| {
        judge::taken(exchange, event).map(|_| ())
    })
}

/// A failure on the way to what is judged leaves the requirement unproven.
pub fn unproven(stop: Stop) -> Stop {
    match stop {
        Stop::Finding(finding) => {
            let finding = earlier::codes::audience_not_handled().because(finding);
            finding.into()
        }
        Stop::Omit(reason) => Stop::Omit(reason),
    }
}
