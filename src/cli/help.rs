//! The end of every `--help`: two examples that the program takes, the exit codes, and what else can be named.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use crate::cli::args::Arguments;
use crate::cli::exit::{Exit, table};
use crate::emulator::Fault;
use crate::review::check::Decision;

/// What the help of a command ends with.
struct Ending {
    /// The command, e.g. `render file`; empty for the program itself.
    path: &'static str,
    /// What is typed, and what for.
    examples: [(&'static str, &'static str); 2],
    /// How it can end.
    exits: &'static [Exit],
}

/// Exit codes of what only shows or writes something.
const SHOWS: &[Exit] = &[Exit::Success, Exit::Usage, Exit::Fault];

/// Exit codes of what tells a conclusion.
const CONCLUDES: &[Exit] = &[
    Exit::Success,
    Exit::NotConformant,
    Exit::Usage,
    Exit::Unjudged,
    Exit::Incomplete,
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

const ENDINGS: &[Ending] = &[
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
                "destspec check --deny-literal-secrets acme/submission.toml",
                "refuse secrets in JSON",
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
            ("destspec init", "into the current folder"),
            ("destspec init acme", "into a new one"),
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
        exits: CONCLUDES,
    },
    Ending {
        path: "replay",
        examples: [
            (
                "destspec replay destspec-out/record.json",
                "judge your own record again",
            ),
            ("destspec replay acme/record.json", "or that of a partner"),
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
                "destspec challenge new --partner \"Acme\" --days 3 -o challenge.json",
                "for three days",
            ),
        ],
        exits: SHOWS,
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
        exits: &[Exit::Success, Exit::Usage, Exit::Unjudged, Exit::Fault],
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

/// The command line with the end of every `--help`.
pub fn command() -> Command {
    let mut command = Arguments::command();
    for ending in ENDINGS {
        let path: Vec<&str> = ending.path.split_whitespace().collect();
        command = ended(command, &path, ending);
    }
    command
}

fn ended(command: Command, path: &[&str], ending: &Ending) -> Command {
    match path.split_first() {
        Some((name, rest)) => command.mut_subcommand(name, |below| ended(below, rest, ending)),
        None if ending.path == "emulate" => command
            .after_help(text(ending))
            .after_long_help(format!("Faults:\n{}\n{}", faults(), text(ending))),
        None => command.after_help(text(ending)),
    }
}

fn text(ending: &Ending) -> String {
    let mut text = String::from("Examples:\n");
    let wide = ending.examples.iter().map(|(typed, _)| typed.len()).max();
    let wide = wide.unwrap_or_default();
    for (typed, purpose) in ending.examples {
        let _ = writeln!(text, "  {typed:<wide$}  {purpose}");
    }
    format!("{text}\n{}", table(ending.exits))
}

/// Column at which what a fault does begins.
const COLUMN: usize = 34;
/// Columns of the help.
const WIDTH: usize = 100;

/// Every fault of the reference destination with what it does.
pub fn faults() -> String {
    let mut text = String::new();
    for fault in Fault::all() {
        let mut line = format!("  {:<1$}", fault.name(), COLUMN - 4);
        line.push_str("  ");
        for word in fault.description().split(' ') {
            if line.len() + word.len() > WIDTH {
                let _ = writeln!(text, "{}", line.trim_end());
                line = " ".repeat(COLUMN);
            }
            let _ = write!(line, "{word} ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn paths(command: &Command, above: &str, paths: &mut Vec<String>) {
        paths.push(above.to_owned());
        for below in command.get_subcommands() {
            let path = format!("{above} {}", below.get_name());
            self::paths(below, path.trim(), paths);
        }
    }

    #[test]
    fn every_command_has_an_ending() {
        let mut all = Vec::new();
        paths(&Arguments::command(), "", &mut all);
        for path in all {
            assert!(ENDINGS.iter().any(|e| e.path == path), "`{path}`");
        }
    }

    #[test]
    fn every_example_is_of_its_command_and_can_be_typed() {
        for ending in ENDINGS {
            for (typed, _) in ending.examples {
                assert!(typed.starts_with(format!("destspec {}", ending.path).trim()));
                let quoted = typed.split('"').enumerate();
                let words = quoted.flat_map(|(at, part)| match at % 2 {
                    0 => part.split_whitespace().collect::<Vec<_>>(),
                    _ => vec![part],
                });
                let parsed = command().try_get_matches_from(words);
                assert!(parsed.is_ok(), "{typed}: {}", parsed.unwrap_err());
            }
        }
    }

    #[test]
    fn no_line_about_a_fault_is_wider_than_the_help() {
        let faults = faults();
        assert!(faults.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(faults.contains("\n  exited-dropped "));
    }
}
