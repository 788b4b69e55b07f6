//! What a code means and who must act.

use crate::cli::explain::page;
use crate::model::code::{Code, Says};
use crate::model::finding::Blame;

/// The page of a code.
pub fn text(code: &Code) -> String {
    let mut lines = vec![("means", code.meaning.to_owned())];
    let kind = match code.says {
        Says::Finding {
            blame,
            expected,
            received,
            remedy,
            ..
        } => {
            let parts = [
                ("who must act", who(blame)),
                ("expected", expected),
                ("received", received),
                ("remedy", remedy),
            ];
            lines.extend(parts.map(|(name, value)| (name, value.to_owned())));
            "a finding: why a scenario did not pass"
        }
        Says::Reason(sentence) => {
            lines.push(("says", sentence.to_owned()));
            "a reason: why a scenario was left out, or something is concluded"
        }
        Says::Term(words) => {
            lines.push(("says", words.to_owned()));
            "a term: a part of a finding's sentence"
        }
    };
    page(&format!("{}  {kind}", code.id), &lines)
}

fn who(blame: Blame) -> &'static str {
    match blame {
        Blame::Destination => "the destination: the scenario failed",
        Blame::Surroundings => "the surroundings: the scenario could not be judged",
        Blame::Destspec => "destspec: please report it",
    }
}
