//! Words to calls. The only reader of environment and files, the only printer.

mod again;
mod args;
mod bundle;
mod certified;
mod certify;
mod challenge;
mod check;
mod diff;
mod disk_folder;
mod emulate;
mod endings;
mod environment;
mod excerpt;
pub mod exit;
mod explain;
mod explain_options;
mod family;
mod gate;
mod help;
mod init;
mod journal;
mod list;
mod live;
mod load;
mod location_stages;
mod login;
mod look;
mod manual;
mod opened;
mod output;
mod places;
mod print;
mod progress;
mod proof;
mod reference;
mod render;
mod render_audience;
mod render_file;
mod replay;
mod report;
mod rerun;
mod run;
mod signing;
mod stages;
mod stop;
mod sweep;
mod unnamed;
mod uploads;
mod verify;

use std::fmt::Display;
use std::process::ExitCode;

use clap::FromArgMatches;
use tokio::runtime::Builder;

use crate::cli::args::{Arguments, Command, RenderCommand};
use crate::cli::exit::Exit;
use crate::model::redact::Redactor;
use crate::model::secret::NamedSecret;
use crate::model::source::Problem;
use crate::suite::open::TargetError;

/// Why a command ended before it did what it was asked.
pub enum Failure {
    /// One message, with what to do.
    Message {
        /// How the program ends.
        exit: Exit,
        /// What is wrong.
        text: String,
        /// What to do.
        help: Option<String>,
    },
    /// Problems of the input, all of them.
    Input(Vec<Problem>),
}

impl Failure {
    fn usage(text: impl Into<String>, help: Option<String>) -> Self {
        Failure::Message {
            exit: Exit::Usage,
            text: text.into(),
            help,
        }
    }

    fn fault(error: impl Display) -> Self {
        let help = Some(String::from(
            "this is a fault of destspec: please report it",
        ));
        Failure::Message {
            exit: Exit::Fault,
            text: error.to_string(),
            help,
        }
    }

    fn target(error: &TargetError) -> Self {
        match error {
            TargetError::Render { error, .. } => {
                let detail = error
                    .detail()
                    .map(|detail| format!("\n{detail}"))
                    .unwrap_or_default();
                Failure::usage(
                    format!("{}: {error}{detail}", error.place()),
                    Some(error.help()),
                )
            }
            TargetError::Credentials { .. } => Failure::usage(
                error.to_string(),
                Some(String::from(
                    "name where each secret is: `{ env = \"NAME\" }` or `{ file = \"path\" }`; `destspec login` gets a refresh token",
                )),
            ),
            TargetError::Export { problem, .. } => Failure::Input(vec![(**problem).clone()]),
            TargetError::Unrecorded(_) => Failure::usage(error.to_string(), None),
            TargetError::Door { .. } => Failure::usage(
                error.to_string(),
                Some(String::from(
                    "name a file with PEM certificates as `ca_file`",
                )),
            ),
        }
    }

    /// The same without the values of these secrets: a rendered text may hold one.
    fn without(self, secrets: &[NamedSecret]) -> Self {
        let redactor = Redactor::new(rand::random());
        for secret in secrets {
            redactor.learn(secret);
        }
        match self {
            Failure::Message { exit, text, help } => Failure::Message {
                exit,
                text: redactor.own(text),
                help,
            },
            Failure::Input(problems) => {
                let without = |problem: Problem| Problem {
                    message: redactor.own(problem.message),
                    ..problem
                };
                Failure::Input(problems.into_iter().map(without).collect())
            }
        }
    }

    fn surroundings(text: impl Into<String>, help: &str) -> Self {
        Failure::Message {
            exit: Exit::Unjudged,
            text: text.into(),
            help: Some(help.to_owned()),
        }
    }
}

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            let lost = error
                .print()
                .is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe);
            return if error.use_stderr() || lost {
                Exit::Usage.into()
            } else {
                Exit::Success.into()
            };
        }
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match runtime(&arguments.command).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return shown(Failure::surroundings(
                format!("cannot start: {error}"),
                "free some memory",
            ))
            .into();
        }
    };
    let exit = runtime.block_on(dispatch(arguments)).unwrap_or_else(shown);
    runtime.shutdown_background();
    exit.into()
}

/// Threads of their own only for commands that send, receive or can be interrupted: each holds memory, of which a review
/// has little.
fn runtime(command: &Command) -> Builder {
    match command {
        Command::Run(_)
        | Command::Check(_)
        | Command::Login(_)
        | Command::Render(_)
        | Command::Emulate(_)
        | Command::Replay(_)
        | Command::Challenge(_)
        | Command::Rerun(_)
        | Command::Sweep(_) => Builder::new_multi_thread(),
        Command::List(_)
        | Command::Explain { .. }
        | Command::Init(_)
        | Command::Report(_)
        | Command::Bundle(_)
        | Command::Diff(_)
        | Command::Verify(_)
        | Command::Certify(_)
        | Command::Completions { .. }
        | Command::Man { .. } => Builder::new_current_thread(),
    }
}

/// The arguments of the process.
fn arguments() -> Result<Arguments, clap::Error> {
    let mut command = help::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

async fn dispatch(arguments: Arguments) -> Result<Exit, Failure> {
    let colour = print::coloured(arguments.color);
    match arguments.command {
        Command::Run(args) => run::run(args, colour).await,
        Command::Check(args) => check::run(&args).await,
        Command::Login(args) => login::run(&args).await,
        Command::List(args) => list::run(&args).await,
        Command::Explain { name } => {
            print::result(&explain::text(&name)?)?;
            Ok(Exit::Success)
        }
        Command::Init(args) => init::run(&args),
        Command::Render(RenderCommand::Message(args)) => render::message(&args).await,
        Command::Render(RenderCommand::Audience(args)) => render_audience::run(&args).await,
        Command::Render(RenderCommand::File(args)) => render_file::run(args).await,
        Command::Emulate(args) => emulate::run(&args).await,
        Command::Report(args) => report::run(&args, colour),
        Command::Replay(args) => replay::run(&args).await,
        Command::Bundle(command) => bundle::run(&command).await,
        Command::Challenge(command) => challenge::run(&command).await,
        Command::Diff(args) => diff::run(&args),
        Command::Verify(args) => verify::run(&args).await,
        Command::Rerun(args) => rerun::run(&args).await,
        Command::Certify(args) => certify::run(&args).await,
        Command::Sweep(args) => sweep::run(&args).await,
        Command::Completions { shell } => {
            print::result(&manual::completions(shell))?;
            Ok(Exit::Success)
        }
        Command::Man { path, out } => {
            match out {
                Some(folder) => manual::pages(&folder)?,
                None => print::result(&manual::page(&path)?)?,
            }
            Ok(Exit::Success)
        }
    }
}

fn shown(failure: Failure) -> Exit {
    match failure {
        Failure::Message { exit, text, help } => {
            print::message(&format!("error: {text}"));
            if let Some(help) = help {
                print::message(&format!("help: {help}"));
            }
            exit
        }
        Failure::Input(problems) => {
            print::problems(&problems);
            let errors = problems.iter().filter(|p| p.is_error()).count();
            print::message(&format!(
                "error: {errors} {} in the input",
                if errors == 1 { "problem" } else { "problems" }
            ));
            Exit::Usage
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;
    use crate::model::source::{Place, Source};

    #[test]
    fn neither_a_message_nor_a_problem_shows_what_was_filled_in_for_a_secret() {
        let secrets = [NamedSecret::new("key", Secret::new("hunter2-hunter2"))];
        let source = Source::new("s.json", "{}");
        let said = "expected a folder, received `a/hunter2-hunter2`";
        let shown = |failure: Failure| match failure.without(&secrets) {
            Failure::Message { text, .. } => text,
            Failure::Input(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        let problem = Place::new(&source, 0..1).error(said, "name another");
        for shown in [
            shown(Failure::usage(said, None)),
            shown(Failure::Input(vec![problem])),
        ] {
            assert!(shown.contains("received `a/⟦secret:key#"), "{shown}");
        }
    }
}
