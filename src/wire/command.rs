//! Starts the command of a submission: without a shell, in the folder of the submission, in an environment of its own, with
//! an end to its time, to what it may write and to what it leaves running.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::model::record::{Body, CommandResult, Failure, FailureKind};

/// The end of standard error that is kept, in bytes.
const ERRORS: usize = 4 * 1024;

/// Starts a command and waits for its end. Nothing it does is an error of ours. Of its environment it has these variables
/// and no others: what else is in ours is not the submission's business, a token of a CI for one.
pub(crate) async fn run(
    arguments: &[String],
    (folder, environment): (&Path, &[(OsString, OsString)]),
    limit: Duration,
) -> CommandResult {
    let Some((program, others)) = arguments.split_first() else {
        return failed(FailureKind::Unusable, "no command is named".to_owned());
    };
    let mut command = Command::new(located(program, folder));
    command
        .args(others)
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    #[cfg(unix)]
    command.process_group(0);
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let text = format!("cannot start `{program}`: {error}");
            return failed(FailureKind::Unusable, text);
        }
    };
    #[cfg(unix)]
    let _group = Group::of(&child);
    match tokio::time::timeout(limit, ended(child)).await {
        Ok(result) => result,
        Err(_) => {
            let text = format!("`{program}` did not end within {} ms", limit.as_millis());
            failed(FailureKind::TimedOut, text)
        }
    }
}

/// The processes that a command started, but for those that left its group; once this is dropped none of them runs. Where
/// there are no groups, only the program itself is ended.
#[cfg(unix)]
struct Group(Option<rustix::process::Pid>);

#[cfg(unix)]
impl Group {
    fn of(leader: &Child) -> Self {
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(rustix::process::Pid::from_raw))
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // those that have ended are as wanted
            let _ended = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

/// A program with a folder in its name lies relative to the submission; another is looked for as usual.
fn located(program: &str, folder: &Path) -> PathBuf {
    let path = Path::new(program);
    if path.components().count() < 2 || path.is_absolute() {
        return path.to_owned();
    }
    let path = folder.join(path);
    std::path::absolute(&path).unwrap_or(path)
}

async fn ended(mut child: Child) -> CommandResult {
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let (output, errors) = tokio::join!(output_of(output), errors_of(errors));
    let Some(output) = output else {
        // what it would still write is read by nobody
        let _killed = child.start_kill();
        let most = Body::OBSERVED_INLINE;
        let text = format!("the command wrote more than {most} bytes to its standard output");
        return failed(FailureKind::Broken, text);
    };
    match child.wait().await.as_ref().map(ExitStatus::code) {
        Ok(Some(code)) => CommandResult::Ended {
            code,
            output,
            errors,
        },
        Ok(None) => failed(FailureKind::Broken, "the command was killed".to_owned()),
        Err(error) => failed(FailureKind::Broken, error.to_string()),
    }
}

/// All of it; nothing where it is too much.
async fn output_of(pipe: Option<impl AsyncRead + Unpin>) -> Option<String> {
    let mut all = Vec::new();
    let most = Body::OBSERVED_INLINE;
    if let Some(pipe) = pipe {
        // what breaks off is judged as far as it came
        let _broken = pipe.take(most as u64 + 1).read_to_end(&mut all).await;
    }
    (all.len() <= most).then(|| String::from_utf8_lossy(&all).into_owned())
}

/// The end of it, however much it is.
async fn errors_of(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let mut kept: Vec<u8> = Vec::new();
    let mut piece = [0; ERRORS];
    if let Some(mut pipe) = pipe {
        while let Ok(read) = pipe.read(&mut piece).await {
            if read == 0 {
                break;
            }
            kept.extend(piece.iter().take(read));
            let over = kept.len().saturating_sub(ERRORS);
            kept.drain(..over);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}

fn failed(kind: FailureKind, text: String) -> CommandResult {
    let failure = Failure { kind, text };
    CommandResult::Failure { failure }
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    async fn ran(script: &str, limit_ms: u64) -> CommandResult {
        within(Path::new(""), &["sh", "-c", script, "in/a b.csv"], limit_ms).await
    }

    async fn within(folder: &Path, arguments: &[&str], limit_ms: u64) -> CommandResult {
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        let environment = [("PATH", "/usr/bin:/bin"), ("TZ", "Pacific/Apia")];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let limit = Duration::from_millis(limit_ms);
        run(&arguments, (folder, &environment), limit).await
    }

    fn wrote(output: &str) -> CommandResult {
        CommandResult::Ended {
            code: 0,
            output: output.to_owned(),
            errors: String::new(),
        }
    }

    #[tokio::test]
    async fn it_has_the_environment_that_it_is_given_and_nothing_of_ours() {
        let ended = within(Path::new(""), &["env"], 10_000).await;
        assert_eq!(ended, wrote("PATH=/usr/bin:/bin\nTZ=Pacific/Apia\n"));
    }

    #[tokio::test]
    async fn what_it_leaves_running_ends_with_it_and_with_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let within =
            async |arguments: &[&str], limit_ms| within(folder.path(), arguments, limit_ms).await;
        assert_eq!(within(&["mkfifo", "pipe"], 10_000).await, wrote(""));
        for (waits, limit_ms) in [("exit 0", 10_000), ("wait", 500)] {
            // whoever reads the pipe reads until nobody has it open for writing
            let script = format!("exec 3>pipe; sleep 600 >&3 2>&3 3>&3 & {waits}");
            let leaves = ["sh", "-c", &script];
            let (ended, read) =
                tokio::join!(within(&leaves, limit_ms), within(&["cat", "pipe"], 20_000));
            assert_eq!(read, wrote(""), "{waits}");
            assert_eq!(ended == wrote(""), limit_ms > 500, "{waits}: {ended:?}");
        }
    }

    #[tokio::test]
    async fn what_it_wrote_and_its_exit_code_are_told() {
        let ended = ran("echo \"$0\"; echo why >&2; exit 65", 10_000).await;
        let expected = CommandResult::Ended {
            code: 65,
            output: "in/a b.csv\n".to_owned(),
            errors: "why\n".to_owned(),
        };
        assert_eq!(ended, expected);
    }

    #[tokio::test]
    async fn a_command_that_is_missing_late_killed_or_endless_is_a_failure() {
        let kind = |result| match result {
            CommandResult::Failure { failure } => Some(failure.kind),
            CommandResult::Ended { .. } => None,
        };
        let program = ["./no-such-program".to_owned()];
        let missing = run(&program, (Path::new(""), &[]), Duration::from_secs(9));
        assert_eq!(kind(missing.await), Some(FailureKind::Unusable));
        assert_eq!(
            kind(ran("exec sleep 60", 50).await),
            Some(FailureKind::TimedOut)
        );
        assert_eq!(
            kind(ran("kill -9 $$", 10_000).await),
            Some(FailureKind::Broken)
        );
        let endless = ran(
            "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
            60_000,
        );
        assert_eq!(kind(endless.await), Some(FailureKind::Broken));
    }
}
