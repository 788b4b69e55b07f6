//! The reference destination as a user starts it, in a process of its own.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::process::{Child, Stdio};

use crate::cli::emulate::read_until;
use crate::support::program::Folder;

/// How often an emulator is started on a port that is to be free.
const TRIES: usize = 20;

/// The reference destination, stopped when the test ends.
pub struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A submission of one destination in a folder of that name, the emulator that it is of, with these arguments, and its port.
pub fn served_as(folder: &Folder, name: &str, arguments: &[&str]) -> (Served, String) {
    served_of(folder, (name, "bearer-single"), arguments)
}

/// The same of another destination of the reference.
pub fn served_of(
    folder: &Folder,
    (name, destination): (&str, &str),
    arguments: &[&str],
) -> (Served, String) {
    let all = [&["emulate", "--submission", name], arguments].concat();
    let start = || {
        let mut command = folder.command(&all);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = read_until(&mut child, "Ctrl-C");
        (Served(child), said)
    };
    // a port of an emulator before may be taken by a connection for a moment
    let mut starts = std::iter::repeat_with(start).take(TRIES);
    let started = starts.find_map(|(served, said)| Some((served, said?)));
    let (served, said) = started.unwrap();
    let port = said.split_once("https://localhost:").unwrap().1;
    let port = port.split_once(char::is_whitespace).unwrap().0.to_owned();
    let file = format!("{name}/submission.toml");
    let text = folder.read(&file);
    let mut parts = text.split("[[destination]]\n");
    let head = parts.next().unwrap();
    let one = parts
        .find(|part| part.starts_with(&format!("name = \"{destination}\"")))
        .unwrap();
    folder.write(&file, format!("{head}[[destination]]\n{one}"));
    (served, port)
}
