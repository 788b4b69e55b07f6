//! The program as a user runs it: a folder of its own, arguments, environment, and what came of it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use destspec::model::submission::init;
use tempfile::TempDir;

/// Where what `destspec init` writes expects the audience metadata template.
pub const AUDIENCES: &str = "sdk/audience-template.json";

/// A folder in which the program runs.
pub struct Folder(TempDir);

/// How the program ended.
pub struct Ended {
    /// Exit code; −1 after a signal.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Folder {
    /// An empty one.
    pub fn empty() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// One with what `destspec init` writes.
    pub fn started() -> Folder {
        let folder = Folder::empty();
        for (path, text) in init::FILES {
            folder.write(path, text);
        }
        folder
    }

    /// One with that audience metadata template beside what `destspec init` writes.
    pub fn with_audiences(template: &str) -> Folder {
        let folder = Folder::started();
        folder.write(AUDIENCES, template);
        let comment = format!("# audience_template = \"{AUDIENCES}\"");
        folder.edit("submission.toml", &comment, &comment[2..]);
        folder
    }

    /// The path of a file in it.
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// Writes a file.
    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Replaces a text that must occur in a file.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "`{from}` does not occur in {file}");
        self.write(file, text.replace(from, to));
    }

    /// The text of a file.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    /// Every file below it with its bytes, in order of path.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        gather(self.0.path(), &mut files);
        files.sort();
        files
    }

    /// The program with arguments, in this folder, in an environment that names nothing of ours.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_destspec"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .env_remove("EXAMPLE_TOKEN")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program with the token that `init` asks for.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[("EXAMPLE_TOKEN", "example-token-0123456789")])
    }

    /// Runs the program with these variables.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Ended::from(command.output().unwrap())
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// Whether standard error says this; line breaks and frames, which fit it to a terminal, do not count.
    pub fn says(&self, words: &str) -> bool {
        bare(&self.stderr).contains(&bare(words))
    }
}

fn bare(text: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !matches!(c, '│' | '×' | '⚠');
    text.chars().filter(kept).collect()
}

fn gather(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}
