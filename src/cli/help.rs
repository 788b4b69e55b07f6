//! The end of every `--help`: two examples that the program takes, the exit codes, and what else can be named.

use std::fmt::Write as _;

use clap::{Command, CommandFactory};

use crate::cli::args::Arguments;
use crate::cli::endings::{ENDINGS, Ending};
use crate::cli::exit::table;
use crate::emulator::Fault;
use crate::review::policy::EXAMPLE;

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
            .after_long_help(format!("{}\n{}", faults(), text(ending))),
        None if ending.path == "verify" => command
            .after_help(text(ending))
            .after_long_help(format!("{}\n{}", policy(), text(ending))),
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

/// Faults that the help names: one of each room of the reference destination.
const SHOWN: [&str; 4] = [
    "exited-dropped",
    "removal-not-applied",
    "token-type-missing",
    "first-row-lost",
];

/// Some faults of the reference destination, and where all of them are.
fn faults() -> String {
    let mut text = String::from("Faults, e.g.:\n");
    for fault in Fault::all().filter(|fault| SHOWN.contains(&fault.name())) {
        let _ = writeln!(text, "  {:<22}{}", fault.name(), fault.description());
    }
    let count = Fault::all().count();
    let _ = writeln!(
        text,
        "  `destspec emulate --fault list` shows all {count}; `destspec explain FAULT` says which requirements one fails"
    );
    text
}

/// What a policy can say.
fn policy() -> String {
    let mut text = String::from("A policy, with every key; a missing one is the strictest:\n");
    for line in EXAMPLE.lines() {
        let _ = writeln!(text, "  {line}");
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
    fn the_policy_can_be_copied_line_by_line() {
        let help = policy();
        let wide: Vec<&str> = help.lines().filter(|l| l.chars().count() > 100).collect();
        assert!(wide.is_empty(), "{wide:?}");
    }

    #[test]
    fn what_is_asked_for_in_vain_is_named() {
        let refused = |typed: &str| {
            let parsed = command().try_get_matches_from(typed.split_whitespace());
            parsed.map_or_else(|error| error.to_string(), |_| String::new())
        };
        let unsigned = refused("destspec bundle pack out -o b.zip");
        assert!(
            unsigned.contains("--sign <KEY>") && unsigned.contains("--unsigned"),
            "{unsigned}"
        );
        let both = refused("destspec bundle pack out -o b.zip --sign ssh:k --unsigned");
        assert!(both.contains("cannot be used with"), "{both}");
        let certify = refused("destspec certify b.zip --sign ssh:k -o c.json");
        assert!(certify.contains("--policy <FILE>"), "{certify}");
    }

    #[test]
    fn each_fault_that_the_help_names_is_one() {
        let faults = faults();
        for name in SHOWN {
            assert!(faults.contains(&format!("\n  {name} ")), "{name}");
        }
    }
}
