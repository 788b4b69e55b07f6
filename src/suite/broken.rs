//! destspec's own faults: what no destination can cause.

crate::model::code::codes! {
    /// A step ran in a world that is bound to no scenario.
    destspec "broken.unbound" unbound() {
        expected: "a world bound to a scenario",
        received: "an unbound one",
        remedy: "please report it with this record",
    }
    /// A step matches no phrase, or several, although the plan was linted.
    destspec "broken.step-unmatched" step_unmatched(failure) {
        expected: "a step that one phrase matches",
        received: "{failure}",
        remedy: "please report it with this record",
    }
    /// A phrase captured a word that its step cannot read.
    destspec "broken.word-unreadable" word_unreadable(place, word) {
        expected: "a readable word at place {place} of the phrase",
        received: "`{word}`",
        remedy: "please report it with this record",
    }
    /// A step panicked.
    destspec "broken.panic" panic(place, message) {
        expected: "a step that judges",
        received: "a panic at {place}: {message}",
        remedy: "please report it with this record",
    }
    /// A planned scenario never started.
    destspec "broken.not-started" not_started() {
        expected: "a scenario that runs",
        received: "it never started",
        remedy: "please report it with this record",
    }
    /// A scenario ended and no step had judged anything.
    destspec "broken.nothing-judged" nothing_judged() {
        expected: "a step that judges",
        received: "none was reached",
        remedy: "please report it with this record",
    }
    /// A step judges what no step before it has made.
    destspec "broken.nothing-to-judge" nothing_to_judge(what) {
        expected: "`{what}` to judge",
        received: "none was made",
        remedy: "please report it with this record",
    }
    /// A replay does not ask for what was recorded.
    destspec "broken.replay-diverged" replay_diverged(divergence) {
        expected: "the exchange that was recorded",
        received: "{divergence}",
        remedy: "please report it with this record",
    }
    /// A replay ended before every recorded exchange was asked for.
    destspec "broken.exchanges-left" exchanges_left(divergence) {
        expected: "every exchange that was recorded",
        received: "{divergence}",
        remedy: "please report it with this record",
    }
    /// A step acts on a destination of another family than its scenario's.
    destspec "broken.other-family" other_family() {
        expected: "a destination of the family that the scenario is about",
        received: "one of the other family",
        remedy: "please report it with this record",
    }
    /// An export that was made before cannot be made again.
    destspec "broken.not-exported" not_exported(failure) {
        expected: "an export of the destination",
        received: "{failure}",
        remedy: "`destspec render file` shows it with the place; else please report it with this record",
    }
    /// A computation was cancelled before its end.
    destspec "broken.cancelled" cancelled() {
        expected: "a computation that ends",
        received: "a cancelled one",
        remedy: "please report it with this record",
    }
}
