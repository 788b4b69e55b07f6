//! `destspec run --certify`: what would make the run incomplete is refused before anything is sent, and what leaks before
//! anything is written.

use std::collections::BTreeSet;

use crate::cli::exit::Exit;
use crate::cli::gate;
use crate::cli::opened::Opened;
use crate::cli::{Failure, print};
use crate::model::challenge::Challenge;
use crate::model::conclusion::{
    Concluded, RunConclusion, conclude_destination, conclude_partnership, conclude_run,
};
use crate::model::control::{ControlFault, ControlHost, served};
use crate::model::record::{Canary, CanaryFault, Exchange, Run};
use crate::publish::report::{json, sentence, text};
use crate::suite::run::{Order, outlook};
use crate::suite::{control, words};

/// Whether the run can be conformant at all.
///
/// # Errors
/// When it cannot: each reason, with what to do.
pub fn possible(opened: &Opened, order: Order<'_>) -> Result<(), Failure> {
    weak(opened)?;
    challenged(opened)?;
    let most = outlook(order, &opened.source);
    if conclude_run(&most) == RunConclusion::Conformant {
        return Ok(());
    }
    Err(Failure::Message {
        exit: Exit::Incomplete,
        text: format!(
            "expected a submission that can be certified, received one of which this is open even if all passes:\n  {}",
            open(&most).join("\n  ")
        ),
        help: Some(String::from(
            "`destspec list SUBMISSION` shows what is left out and why; without --certify it runs all the same",
        )),
    })
}

/// Each prerequisite that the best of all runs leaves open.
fn open(most: &Run) -> Vec<String> {
    let words = words();
    let line = |of: &str, concluded: Concluded| {
        let why = sentence::sentence(&words, &concluded.why);
        let (prerequisite, conclusion) = (concluded.prerequisite, concluded.conclusion);
        format!("{of}{prerequisite} {conclusion}: {why}")
    };
    let of_destinations = most.destinations.iter().flat_map(|d| {
        let of = format!("{}: ", text::line(&d.name));
        let open = conclude_destination(most, d).into_iter();
        open.map(move |concluded| (of.clone(), concluded))
    });
    let partnership = conclude_partnership(most).into_iter();
    let all = of_destinations.chain(partnership.map(|c| (String::new(), c)));
    all.filter(|(_, concluded)| !concluded.conclusion.holds())
        .map(|(of, concluded)| line(&of, concluded))
        .collect()
}

/// A secret that cannot be searched for cannot be shown to be nowhere.
fn weak(opened: &Opened) -> Result<(), Failure> {
    let all = opened.targets.iter().flat_map(|target| {
        let weak = &target.subject.given().weak;
        let of = &target.subject.destination().name;
        weak.iter().map(move |name| format!("`{name}` of `{of}`"))
    });
    let weak: Vec<String> = all.collect();
    if weak.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(
        format!(
            "expected secrets that can be searched for, received too short or too uniform ones: {}",
            weak.join(", ")
        ),
        Some(String::from(
            "give a test account one of 12 or more random characters",
        )),
    ))
}

/// A challenge is of this partner, and of now.
fn challenged(opened: &Opened) -> Result<(), Failure> {
    let Some(text) = opened.source.challenge() else {
        return Ok(());
    };
    let refused = |text: String| {
        let help = Some(String::from("ask the reviewer for a challenge of your own"));
        Err(Failure::usage(text, help))
    };
    let challenge = Challenge::parse(text).map_err(Failure::fault)?;
    let partner = &opened.loaded.submission.partner.name;
    if challenge.partner != *partner {
        return refused(format!(
            "expected a challenge that was issued to `{}`, received one to `{}`",
            text::line(partner),
            text::line(&challenge.partner)
        ));
    }
    let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
    let now = time(opened.source.started_at());
    let (from, to) = (time(&challenge.issued_at), time(&challenge.expires_at));
    if now < from || now > to {
        return refused(format!(
            "expected a challenge that holds now, received one from {} to {}",
            challenge.issued_at, challenge.expires_at
        ));
    }
    Ok(())
}

/// Whether the hosts that the challenge names are those of the submission, and serve what may be its proof: by which key
/// the bundle will be signed is not known yet.
///
/// # Errors
/// When they are not, or do not.
pub async fn controlled(opened: &Opened) -> Result<(), Failure> {
    let Some(text) = opened.source.challenge() else {
        return Ok(());
    };
    let named = Challenge::parse(text)
        .map_err(Failure::fault)?
        .control_proof;
    if named.is_empty() {
        return Ok(());
    }
    let own = opened
        .targets
        .iter()
        .flat_map(|t| control::hosts(&t.subject));
    let own: BTreeSet<ControlHost> = own.collect();
    let unnamed = own.iter().find(|host| !named.contains(host));
    let stray = named.iter().find(|host| !own.contains(host));
    if let Some(host) = unnamed.or(stray) {
        let why = match unnamed {
            Some(_) => "which it does not name",
            None => "to which nothing would be sent",
        };
        return Err(Failure::usage(
            format!(
                "expected a challenge that names the hosts of the submission, received one about others: `{host}`, {why}"
            ),
            Some(String::from(
                "ask the reviewer for a challenge that names the hosts of its destinations",
            )),
        ));
    }
    for target in &opened.targets {
        for exchange in control::asked(target, Some(text)).await {
            served(&exchange).map_err(|fault| unserved(&exchange, &fault))?;
        }
    }
    Ok(())
}

/// What to do where a host does not serve what may be a proof.
fn unserved(exchange: &Exchange, fault: &ControlFault) -> Failure {
    Failure::Message {
        exit: match fault {
            ControlFault::Unanswered(_) => Exit::Unjudged,
            ControlFault::Status(_) | ControlFault::Form | ControlFault::Other => Exit::Incomplete,
        },
        text: text::line(&format!("`{}`: {fault}", exchange.asked())),
        help: Some(String::from(
            "`destspec challenge proof CHALLENGE --signer KEY` prints what to serve there",
        )),
    }
}

/// Whether the guard of secrets worked, and nothing that it guards is in the record.
///
/// # Errors
/// When a planted secret was not seen or was recorded, or a real one was.
pub fn clean(opened: &Opened, run: &Run) -> Result<(), Failure> {
    let mut faults = run.all().flat_map(|run| {
        let canaries = run.destinations.iter().filter_map(|d| d.canary.as_ref());
        canaries.filter_map(|canary: &Canary| canary.fault(&run.id))
    });
    if let Some(fault) = faults.next() {
        return Err(unguarded(fault));
    }
    let record = json::render(run).map_err(Failure::fault)?;
    let known = gate::knowing(&opened.loaded);
    match gate::closed(gate::held(&known, "the record", record.as_bytes())) {
        Some(closed) => Err(closed),
        None => {
            let next = match conclude_run(run) {
                RunConclusion::Conformant => "; pack what was written",
                RunConclusion::NotConformant | RunConclusion::Incomplete => "",
            };
            print::message(&format!(
                "checked: made-up secrets were planted and found nowhere{next}"
            ));
            Ok(())
        }
    }
}

/// What to do where the guard of secrets did not hold.
fn unguarded(fault: CanaryFault) -> Failure {
    match fault {
        CanaryFault::Unplanted => Failure::surroundings(
            "expected a port of 127.0.0.1 to plant made-up secrets at, received none",
            "let destspec listen on this machine",
        ),
        CanaryFault::Found(_) => Failure::Message {
            exit: Exit::Secret,
            text: fault.to_string(),
            help: Some(String::from("nothing was written: please report it")),
        },
        CanaryFault::Other => Failure::surroundings(
            "expected a server of destspec itself to answer in time, received less than it says",
            "let destspec listen on this machine, and run again when it has less to do",
        ),
        CanaryFault::Blind { .. } | CanaryFault::Unmarked => Failure::fault(fault),
    }
}
