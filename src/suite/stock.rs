//! Audiences for messages and files to name, created before the scenarios where Experience Platform would create them: a destination
//! that gives audiences their ids need know no others. No verdict hangs on an answer here; what was lacking is said.

use std::sync::Arc;

use crate::judge::{audience as judge, earlier};
use crate::model::finding::Finding;
use crate::model::record::{Exchange, STOCK};
use crate::model::submission::Audience;
use crate::suite::audience::{Handled, ask};
use crate::suite::dataflow::{self, Dataflow};
use crate::suite::open::Target;
use crate::suite::parameter::{AudienceAct, AudienceKind};
use crate::suite::plan::{Decision, Plan};
use crate::suite::stop::Stop;
use crate::suite::subject::Subject;
use crate::wire::{Credential, Session};

/// As many as scenarios tell apart.
const AUDIENCES: usize = 3;

/// What was begun and created at one destination.
#[derive(Default)]
pub(crate) struct Stock {
    /// The dataflow that the run is.
    pub(crate) dataflow: Dataflow,
    /// The requests and their answers.
    pub(crate) exchanges: Vec<Arc<Exchange>>,
    /// Ids of what was created.
    pub(crate) ids: Vec<String>,
    /// Why messages and files have no audience to name.
    pub(crate) lacking: Option<Finding>,
}

/// Creates what the scenarios of each destination need, and makes it known to them.
pub(crate) async fn fill(targets: &mut [Target], plan: &Plan) -> Vec<Stock> {
    let mut stocks = Vec::new();
    for (index, target) in targets.iter_mut().enumerate() {
        let mut planned = plan.scenarios.iter();
        let is_needed = planned.any(|p| {
            let of_configuration = p.requirement.starts_with("CFG-");
            p.destination == index && p.decision == Decision::Run && !of_configuration
        });
        stocks.push(match is_needed {
            true => filled(target).await,
            false => Stock::default(),
        });
    }
    stocks
}

async fn filled(target: &mut Target) -> Stock {
    let dataflow = dataflow::begin(target).await;
    if !target.subject.creates_audiences() {
        return Stock {
            dataflow,
            ..Stock::default()
        };
    }
    let session = target.door.session(STOCK);
    let (audiences, mut lacking) = created(&session, &target.subject).await;
    let ids = audiences.iter().map(|made| made.alias.clone()).collect();
    // an audience that no destination may have says less than why there is none
    if let (Some(_), Some(refused)) = (&lacking, &dataflow.refused) {
        lacking = Some(earlier::codes::audience_not_created().because(refused.clone()));
    }
    if lacking.is_none() {
        match target.subject.stocked_with(&audiences) {
            Ok(stocked) => target.subject = stocked,
            Err(broken) => lacking = Some(broken),
        }
    }
    Stock {
        dataflow,
        exchanges: session.exchanges(),
        ids,
        lacking,
    }
}

/// The audiences that have an id, and why there are no more.
async fn created(session: &Session, subject: &Subject) -> (Vec<Audience>, Option<Finding>) {
    let mut audiences = Vec::new();
    let mut rng = session.rng("audience");
    for _ in 0..AUDIENCES {
        let mut handled = Handled::new(AudienceKind::Plain, session.run_id(), &mut rng);
        match create(session, subject, &mut handled).await {
            Ok(alias) => audiences.push(Audience {
                id: handled.named.id,
                alias,
                name: handled.named.name,
                namespace: String::from("ups"),
                synthetic: false,
            }),
            Err(Stop::Finding(finding)) => {
                let lacking = earlier::codes::audience_not_created().because(finding);
                return (audiences, Some(lacking));
            }
            Err(Stop::Omit(_)) => return (audiences, Some(earlier::codes::audience_not_created())),
        }
    }
    (audiences, None)
}

async fn create(
    session: &Session,
    subject: &Subject,
    handled: &mut Handled,
) -> Result<String, Stop> {
    let (act, api) = (AudienceAct::Created, subject.api());
    let api = api.ok_or_else(earlier::codes::audience_not_created)?;
    let event = api.create();
    let event = event.ok_or_else(earlier::codes::audience_not_created)?;
    ask(session, api, handled, act, Credential::Valid).await?;
    let exchange = session.exchange(handled.call(act)?);
    let exchange = exchange.ok_or_else(earlier::codes::audience_not_created)?;
    let alias = judge::created(&exchange, event)?;
    // what is created later has the time that the submission gives it
    if exchange.answer().is_some_and(|answer| answer.status == 202) {
        session.pause(subject.destination().observe.within).await;
    }
    Ok(alias)
}
