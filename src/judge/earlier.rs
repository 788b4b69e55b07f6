//! What keeps from judging: something on the way to it did not come about.

use crate::model::finding::Finding;

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// The message without a flaw was not accepted, so that what became of the one with a flaw, or how long it took,
        /// shows nothing.
        surroundings "earlier.message-not-accepted" message_not_accepted() {
            expected: "a message without a flaw accepted first (2xx)",
            received: "{@because}",
            remedy: "mend what refuses it; this scenario then shows something",
        }
        /// What was stored of the message without a flaw is not what it said, so that what the next one left as it was shows
        /// nothing.
        surroundings "earlier.message-not-stored" message_not_stored() {
            expected: "a message stored as it was sent first",
            received: "{@because}",
            remedy: "mend what stores it; this scenario then shows something",
        }
        /// No message with the given credentials was let in, so that no other was sent.
        surroundings "earlier.not-let-in" not_let_in() {
            expected: "a message let in with the given credentials first",
            received: "{@because}",
            remedy: "mend what keeps it out; this scenario then shows something",
        }
        /// A file could not be written with the right credentials, so that a refusal of others shows nothing.
        surroundings "earlier.file-not-written" file_not_written() {
            expected: "a file written with the given credentials first",
            received: "{@because}",
            remedy: "mend what refuses it; this scenario then shows something",
        }
        /// No audience was created that has an id, so that nothing can be asked about it.
        surroundings "earlier.audience-not-created" audience_not_created() {
            expected: "an audience created first, with an id",
            received: "none",
            remedy: "mend what `create` answers; this scenario then shows something",
        }
        /// A request about the audience that had to come first was not taken.
        surroundings "earlier.audience-not-handled" audience_not_handled() {
            expected: "the request about the audience before it taken (2xx)",
            received: "{@because}",
            remedy: "mend what refuses it; this scenario then shows something",
        }
        /// A template of the configuration does not render.
        surroundings "earlier.message-not-rendered" message_not_rendered(failure) {
            expected: "a message rendered from the configuration",
            received: "{failure}",
            remedy: "`destspec render message` shows the template with the place",
        }
    }
}

/// What was not written on the way to what is judged leaves it unproven.
#[must_use]
pub fn unwritten(finding: Finding) -> Finding {
    codes::file_not_written().because(finding)
}
