//! `destspec completions` and `destspec man`: what a shell and `man` know of the program, made from its own arguments.

use std::fs;
use std::path::Path;

use clap_complete::Shell;

use crate::cli::{Failure, help};

const NAME: &str = "destspec";

/// The completions of a shell.
pub fn completions(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut help::command(), NAME, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The manual page of a command; that of the program where none is named.
///
/// # Errors
/// When there is no such command.
pub fn page(path: &[String]) -> Result<String, Failure> {
    let mut command = help::command();
    command.build();
    for name in path {
        let Some(below) = command.find_subcommand(name) else {
            let all: Vec<&str> = command.get_subcommands().map(|c| c.get_name()).collect();
            let text = format!("no command is called `{}`", path.join(" "));
            let help = match all.as_slice() {
                [] => String::from("`destspec --help` shows every command"),
                all => format!("there are: {}", all.join(", ")),
            };
            return Err(Failure::usage(text, Some(help)));
        };
        command = below.clone();
    }
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut bytes)
        .map_err(Failure::fault)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes the manual pages of the program and of every command into a new folder.
///
/// # Errors
/// When the folder holds something, or cannot be written.
pub fn pages(folder: &Path) -> Result<(), Failure> {
    let shown = folder.display();
    let failed = |error| Failure::usage(format!("cannot write `{shown}`: {error}"), None);
    fs::create_dir_all(folder).map_err(failed)?;
    if fs::read_dir(folder).map_err(failed)?.next().is_some() {
        let text = format!("expected a new folder, received `{shown}`, which holds something");
        return Err(Failure::usage(text, Some("name another folder".into())));
    }
    clap_mangen::generate_to(help::command(), folder).map_err(failed)
}
