//! What the destination stored, by its own word.

use crate::judge::stored;
use crate::model::finding::Finding;
use crate::model::outcome::Strength;
use crate::suite::parameter::Part;
use crate::suite::stop::{Args, Stop};
use crate::suite::evidence::{Evidence, Stored};

/// What is stored of every profile is what was sent; where nothing can be asked, the strength stays status-only.
pub fn as_sent(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let part = args.get::<Part>(0)?;
    if evidence.subject.observation(part).is_none() {
        return Ok(Strength::StatusOnly);
    }
    let asked: Vec<&Stored> = evidence
        .scene
        .stored
        .iter()
        .filter(|s| s.part == part)
        .collect();
    if asked.is_empty() {
        return Err(Finding::destspec(
            format!("an observation of the {}", part.word()),
            "none was made",
        )
        .into());
    }
    asked.iter().try_for_each(|stored| one(evidence, stored))?;
    Ok(Strength::Observed)
}

/// Each message was rendered with the namespaces of one group and no others.
pub fn grouped(evidence: &Evidence, _: &Args) -> Result<Strength, Stop> {
    let groups = evidence.subject.identity_groups();
    for message in &evidence.scene.messages {
        let held: Vec<&str> = message
            .profiles
            .iter()
            .flat_map(|p| p.identities().map(|(ns, _)| ns))
            .collect();
        if !groups
            .iter()
            .any(|group| held.iter().all(|ns| group.iter().any(|g| g == ns)))
        {
            return Err(
                Finding::destspec("messages of one group of namespaces", held.join(", ")).into(),
            );
        }
    }
    Ok(Strength::StatusOnly)
}

fn one(evidence: &Evidence, asked: &Stored) -> Result<(), Stop> {
    let Some(observation) = evidence.subject.observation(asked.part) else {
        return Ok(());
    };
    let alias = |namespace: &str, id: &str| evidence.subject.alias(namespace, id);
    let (exchange, question) = (evidence.exchange(asked.exchange)?, (asked.part, observation));
    stored::as_sent(exchange, question, &asked.profile, alias).map_err(|finding| {
        let finding = finding.shown_by(asked.exchange);
        let deliveries = evidence.deliveries().unwrap_or_default();
        match stored::unsent(asked.part, &asked.profile, &deliveries, alias) {
            Some(text) => finding.remedy(format!(
                "no message names `{text}`: correct the template of the request; `destspec render message` shows what is sent"
            )),
            None => finding,
        }
        .into()
    })
}
