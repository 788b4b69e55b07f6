//! What the help of each command ends with: a row a command. How it is shown is in `help`.

use crate::cli::exit::Exit;
use crate::review::check::Decision;

/// What the help of a command ends with.
pub struct Ending {
    /// The command, e.g. `render file`; empty for the program itself.
    pub path: &'static str,
    /// What is typed, and what for.
    pub examples: [(&'static str, &'static str); 2],
    /// How it can end.
    pub exits: &'static [Exit],
}

/// Exit codes of what only shows or writes something.
const SHOWS: &[Exit] = &[Exit::Success, Exit::Usage, Exit::Fault];

/// Exit codes of what asks hosts for proofs of control.
const CHALLENGES: &[Exit] = &[
    Exit::Success,
    Exit::NotConformant,
    Exit::Usage,
    Exit::Unjudged,
    Exit::Fault,
];

/// Exit codes of a run.
const RUNS: &[Exit] = &[
    Exit::Success,
    Exit::NotConformant,
    Exit::Usage,
    Exit::Unjudged,
    Exit::Incomplete,
    Exit::Secret,
    Exit::Fault,
];

/// Exit codes of all that judges or judges again.
const EVERY_END: &[Exit] = &[
    Exit::Success,
    Exit::NotConformant,
    Exit::Usage,
    Exit::Unjudged,
    Exit::Incomplete,
    Exit::Evidence,
    Exit::Fault,
];

/// Exit codes of the program; those of a review are in its own help.
const PROGRAM: &[Exit] = &[
    Exit::Success,
    Exit::NotConformant,
    Exit::Usage,
    Exit::Unjudged,
    Exit::Incomplete,
    Exit::Evidence,
    Exit::Secret,
    Exit::Fault,
];

/// Exit codes of packing.
const PACKS: &[Exit] = &[
    Exit::Success,
    Exit::Usage,
    Exit::Evidence,
    Exit::Secret,
    Exit::Fault,
];

/// Exit codes of what looks into a bundle.
const LOOKS: &[Exit] = &[
    Exit::Success,
    Exit::Usage,
    Exit::Reviewed(Decision::Malformed),
    Exit::Fault,
];

/// Exit codes of a review.
const REVIEWS: &[Exit] = &[
    Exit::Reviewed(Decision::Accepted),
    Exit::Reviewed(Decision::NotConformant),
    Exit::Usage,
    Exit::Reviewed(Decision::Forged),
    Exit::Reviewed(Decision::Refused),
    Exit::Reviewed(Decision::Malformed),
    Exit::Reviewed(Decision::Secret),
    Exit::Reviewed(Decision::Person),
    Exit::Fault,
];

/// A row for each command.
pub const ENDINGS: &[Ending] = &[
    Ending {
        path: "",
        examples: [
            ("destspec run", "judge the embedded reference destination"),
            ("destspec init acme", "begin a submission of your own"),
        ],
        exits: PROGRAM,
    },
    Ending {
        path: "run",
        examples: [
            ("destspec run acme/submission.toml", "judge a submission"),
            (
                "destspec run --fault exited-dropped --requirement STR-1a",
                "watch a fault be found",
            ),
        ],
        exits: RUNS,
    },
    Ending {
        path: "check",
        examples: [
            ("destspec check acme/submission.toml", "look before a run"),
            (
                "destspec check --offline acme/submission.toml",
                "no credentials, no network",
            ),
        ],
        exits: &[
            Exit::Success,
            Exit::NotConformant,
            Exit::Usage,
            Exit::Unjudged,
            Exit::Fault,
        ],
    },
    Ending {
        path: "login",
        examples: [
            (
                "destspec login acme-streaming acme/submission.toml",
                "log in with a browser of this machine",
            ),
            (
                "destspec login acme-streaming --redirect-uri https://platform.adobe.io/data/core/activation/oauth/api/v1/callback",
                "paste the address that it ends at",
            ),
        ],
        exits: &[Exit::Success, Exit::Usage, Exit::Unjudged, Exit::Fault],
    },
    Ending {
        path: "list",
        examples: [
            ("destspec list acme/submission.toml", "what would run"),
            (
                "destspec list --tags \"@must and not @needs.load\"",
                "try a tag expression",
            ),
        ],
        exits: &[Exit::Success, Exit::Usage, Exit::Incomplete, Exit::Fault],
    },
    Ending {
        path: "explain",
        examples: [
            ("destspec explain STR-1a.02", "a requirement"),
            ("destspec explain answer.not-accepted", "a code of a report"),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "init",
        examples: [
            ("destspec init acme", "an example in a new folder"),
            (
                "destspec init acme --from posted/server.json",
                "about what you have posted",
            ),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "render",
        examples: [
            (
                "destspec render message acme/submission.toml",
                "a request of a streaming destination",
            ),
            (
                "destspec render file acme/submission.toml --out storage",
                "the folder of a file-based one",
            ),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "render message",
        examples: [
            (
                "destspec render message acme/submission.toml --count 3",
                "requests about three profiles",
            ),
            (
                "destspec render message acme/submission.toml --template body.peb",
                "try another template",
            ),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "render audience",
        examples: [
            (
                "destspec render audience acme/submission.toml",
                "each request of the audience template",
            ),
            (
                "destspec render audience acme/submission.toml --name \"R&D / Lyon\"",
                "the same for an audience of that name",
            ),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "render file",
        examples: [
            (
                "destspec render file acme/submission.toml --out storage",
                "as a first export",
            ),
            (
                "destspec render file acme/submission.toml --out storage --rows 1000 --explain",
                "larger, with each option's origin",
            ),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "emulate",
        examples: [
            (
                "destspec emulate --submission acme",
                "then `destspec run acme/submission.toml`",
            ),
            (
                "destspec emulate --fault exited-dropped --port 8443",
                "a destination that keeps who left",
            ),
        ],
        exits: &[Exit::Success, Exit::Usage, Exit::Unjudged, Exit::Fault],
    },
    Ending {
        path: "report",
        examples: [
            (
                "destspec report destspec-out/record.json",
                "on the terminal",
            ),
            (
                "destspec report destspec-out/record.json --format html",
                "as a page on standard output",
            ),
        ],
        exits: EVERY_END,
    },
    Ending {
        path: "replay",
        examples: [
            (
                "destspec replay destspec-out/record.json",
                "judge your own record again",
            ),
            (
                "destspec replay destspec-out/record.json --scenario STR-1a.02 --live",
                "ask again: 0 answered as recorded, 1 otherwise",
            ),
        ],
        exits: EVERY_END,
    },
    Ending {
        path: "bundle",
        examples: [
            (
                "destspec bundle pack destspec-out -o acme.destspec.zip --unsigned",
                "to be read",
            ),
            (
                "destspec bundle pack destspec-out -o acme.destspec.zip --sign ssh:key",
                "to be reviewed",
            ),
        ],
        exits: PACKS,
    },
    Ending {
        path: "bundle pack",
        examples: [
            (
                "destspec bundle pack destspec-out -o acme.destspec.zip --sign ssh:key --submission acme/submission.toml",
                "searched for its secrets and signed",
            ),
            (
                "destspec bundle pack destspec-out -o acme.destspec.zip --unsigned",
                "to be read only",
            ),
        ],
        exits: PACKS,
    },
    Ending {
        path: "bundle attach",
        examples: [
            (
                "destspec bundle attach acme.destspec.zip statement.json.sig",
                "what ssh-keygen -Y sign made",
            ),
            (
                "destspec bundle attach acme.destspec.zip signed-by-agent.sig",
                "of a key that only an agent has",
            ),
        ],
        exits: LOOKS,
    },
    Ending {
        path: "bundle show",
        examples: [
            (
                "destspec bundle show acme.destspec.zip --scenario STR-1.01",
                "what was asked, and what came",
            ),
            (
                "destspec bundle show acme.destspec.zip --file statement.json",
                "to be signed elsewhere",
            ),
        ],
        exits: LOOKS,
    },
    Ending {
        path: "challenge",
        examples: [
            (
                "destspec challenge new --partner \"Acme\" -o challenge.json",
                "for two weeks",
            ),
            (
                "destspec challenge proof challenge.json --signer key.pub",
                "what the hosts that it names have to serve",
            ),
        ],
        exits: CHALLENGES,
    },
    Ending {
        path: "challenge new",
        examples: [
            (
                "destspec challenge new --partner \"Acme\" -o challenge.json",
                "for two weeks",
            ),
            (
                "destspec challenge new --partner \"Acme\" --sample-secret sample -o challenge.json",
                "to run a sample again later",
            ),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "challenge proof",
        examples: [
            (
                "destspec challenge proof challenge.json --signer ~/.ssh/id_ed25519.pub",
                "what to serve, and where",
            ),
            (
                "destspec challenge proof challenge.json --signer acme.pub --fetch",
                "whether it is served",
            ),
        ],
        exits: CHALLENGES,
    },
    Ending {
        path: "diff",
        examples: [
            (
                "destspec diff before.destspec.zip after.destspec.zip",
                "two bundles",
            ),
            (
                "destspec diff before/record.json after/record.json",
                "or two records",
            ),
        ],
        exits: LOOKS,
    },
    Ending {
        path: "verify",
        examples: [
            (
                "destspec verify acme.destspec.zip --policy review.toml",
                "review what a partner sent",
            ),
            (
                "destspec verify acme.destspec.zip --policy review.toml --markdown -",
                "for a pull request",
            ),
        ],
        exits: REVIEWS,
    },
    Ending {
        path: "rerun",
        examples: [
            (
                "destspec rerun acme.destspec.zip --sample-secret sample --config own/submission.toml",
                "20 scenarios that nobody knew",
            ),
            (
                "destspec rerun acme.destspec.zip --sample-secret sample --k 40 --config own/submission.toml --json rerun.json",
                "40, and their record",
            ),
        ],
        exits: &[
            Exit::Success,
            Exit::Usage,
            Exit::Reviewed(Decision::Forged),
            Exit::Incomplete,
            Exit::Reviewed(Decision::Malformed),
            Exit::Fault,
        ],
    },
    Ending {
        path: "certify",
        examples: [
            (
                "destspec certify acme.destspec.zip --policy review.toml --sign ssh:key -o acme.svr.json",
                "for three months",
            ),
            (
                "destspec certify acme.destspec.zip --policy review.toml --challenge challenge.json --sign ssh-agent:SHA256:abc -o acme.svr.json --days 30",
                "for a month, by a key of an agent",
            ),
        ],
        exits: REVIEWS,
    },
    Ending {
        path: "sweep",
        examples: [
            (
                "destspec sweep destspec-out/journal.ndjson acme/submission.toml",
                "after a run that was killed",
            ),
            (
                "destspec sweep 0123456789abcdef acme/submission.toml",
                "by the id of a run",
            ),
        ],
        exits: &[
            Exit::Success,
            Exit::Usage,
            Exit::Unjudged,
            Exit::Evidence,
            Exit::Fault,
        ],
    },
    Ending {
        path: "completions",
        examples: [
            (
                "destspec completions bash",
                "for a file in ~/.local/share/bash-completion/completions",
            ),
            ("destspec completions zsh", "for a file _destspec in $fpath"),
        ],
        exits: SHOWS,
    },
    Ending {
        path: "man",
        examples: [
            ("destspec man", "the page of the program, for man -l"),
            (
                "destspec man --out man1",
                "the pages of all commands, in a new folder",
            ),
        ],
        exits: SHOWS,
    },
];
