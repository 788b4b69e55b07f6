//! Who has to act on a finding: four labels, the same before a run and after it.

use crate::model::finding::{Blame, Finding};

/// What the submission and its files decide, and the credentials that they name.
pub const CONFIGURATION: &str = "your configuration";
/// What the destination does: an endpoint or a location.
pub const ENDPOINT: &str = "your endpoint";
/// What lies between.
pub const NETWORK: &str = "the network";
/// destspec itself.
pub const DESTSPEC: &str = "destspec";

/// Codes of what the submission decides.
pub const CONFIGURED: [&str; 17] = [
    "answer.refused-for-credentials",
    "audience.question-not-let-in",
    "configuration.no-listed-authentication",
    "ingested.not-asked",
    "location.credentials-refused",
    "location.signature-ended",
    "location.unusable",
    "location.wrong-region",
    "observed.not-allowed",
    "stored.elsewhere",
    "token.grant-refused",
    "token.owner-refused",
    "token.refresh-token-refused",
    "token.refused",
    "token.scope-refused",
    "token.template-fails",
    "token.url-unknown",
];

/// Codes of what lies between: nothing that the destination said.
pub const BETWEEN: [&str; 13] = [
    "answer.not-sent",
    "answer.proxy-login",
    "answer.tls-failed",
    "connection.clock-differs",
    "connection.name-unresolved",
    "connection.refused",
    "connection.timed-out",
    "connection.unreachable",
    "location.failed",
    "location.name-unresolved",
    "location.refused",
    "location.timed-out",
    "observed.not-reached",
];

/// Who has to act, as far as that can be known from here; of what has a cause, on the cause.
pub fn whose(finding: &Finding) -> &'static str {
    let code = finding.reason.code.as_ref();
    let cause = finding.reason.cause();
    let is_one_of = |codes: &[&str]| codes.contains(&code) || codes.contains(&cause.code.as_ref());
    match finding.blame {
        Blame::Destspec => DESTSPEC,
        Blame::Destination | Blame::Surroundings if is_one_of(&CONFIGURED) => CONFIGURATION,
        Blame::Surroundings if is_one_of(&BETWEEN) => NETWORK,
        Blame::Destination | Blame::Surroundings => ENDPOINT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reason::Reason;

    #[test]
    fn what_was_refused_for_the_credentials_is_the_configuration_wherever_it_is_blamed() {
        let found = |blame, reason| whose(&Finding::new(blame, reason));
        let refused = Reason::new("token.refused");
        let behind = Reason::new("some.other").because(&refused);
        assert_eq!(found(Blame::Destination, refused), CONFIGURATION);
        assert_eq!(found(Blame::Surroundings, behind), CONFIGURATION);
        assert_eq!(found(Blame::Destination, Reason::new("a.b")), ENDPOINT);
        assert_eq!(found(Blame::Surroundings, Reason::new("a.b")), ENDPOINT);
        let cut_off = Reason::new("connection.refused");
        let behind = Reason::new("a.b").because(&cut_off);
        assert_eq!(found(Blame::Surroundings, cut_off), NETWORK);
        assert_eq!(found(Blame::Surroundings, behind), NETWORK);
        let own = Reason::new("token.refused");
        assert_eq!(found(Blame::Destspec, own), DESTSPEC);
    }
}
