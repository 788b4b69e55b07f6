//! Who has to act on a finding: four labels, the same before a run and after it.

use crate::model::code::{Says, Words};
use crate::model::finding::{Blame, Finding, Whose};

/// That it is destspec's move.
pub const DESTSPEC: &str = "destspec";

/// Who has to act, as far as that can be known from here; of what has a cause, on the cause.
pub fn whose(words: &Words, finding: &Finding) -> &'static str {
    let reason = &finding.reason;
    let is = |whose: Whose| {
        let said = [&reason.code, &reason.cause().code].map(|id| words.code(id).map(|c| c.says));
        let of_it = |says| matches!(says, Some(Says::Finding { whose: of, .. }) if of == whose);
        said.into_iter().any(of_it)
    };
    match finding.blame {
        Blame::Destspec => DESTSPEC,
        Blame::Destination | Blame::Surroundings if is(Whose::Configuration) => {
            "your configuration"
        }
        Blame::Surroundings if is(Whose::Network) => "the network",
        Blame::Destination | Blame::Surroundings => "your endpoint",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::reason::Reason;

    crate::model::code::codes! {
        /// The credentials were refused.
        destination(configuration) "token.refused" refused() { expected: "", received: "", remedy: "" }
        /// Nothing was reached.
        surroundings(network) "connection.refused" cut_off() { expected: "", received: "", remedy: "" }
        /// Something else.
        surroundings "a.b" other() { expected: "", received: "", remedy: "" }
    }

    #[test]
    fn what_was_refused_for_the_credentials_is_the_configuration_wherever_it_is_blamed() {
        let found = |blame, reason: Reason| whose(&Words::new(CODES), &Finding::new(blame, reason));
        let (refused, cut_off, other) = (refused().reason, cut_off().reason, other().reason);
        let unproven = other.clone().because(&refused);
        assert_eq!(found(Blame::Destspec, refused.clone()), DESTSPEC);
        assert_eq!(found(Blame::Destination, refused), "your configuration");
        assert_eq!(found(Blame::Surroundings, unproven), "your configuration");
        let unproven = other.clone().because(&cut_off);
        assert_eq!(found(Blame::Surroundings, cut_off), "the network");
        assert_eq!(found(Blame::Surroundings, unproven), "the network");
        assert_eq!(found(Blame::Destination, other.clone()), "your endpoint");
        assert_eq!(found(Blame::Surroundings, other), "your endpoint");
    }
}
