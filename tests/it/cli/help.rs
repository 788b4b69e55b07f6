//! What the program says of itself.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use destspec::cli::exit::Exit;
use destspec::review::check::Decision;

use crate::support::program::Folder;

#[test]
fn help_lists_every_exit_code() {
    let ended = Folder::empty().run(&["--help"]);
    assert_eq!(ended.code, 0);
    for (exit, code, meaning) in Exit::ALL {
        assert_eq!(exit.code(), code);
        let line = ended
            .stdout
            .lines()
            .find(|l| l.trim_start().starts_with(&format!("{code}  ")));
        let words = meaning.split(' ').next().unwrap();
        assert!(
            line.is_some_and(|l| l.contains(words)),
            "{code}: {}",
            ended.stdout
        );
    }
}

#[test]
fn the_help_of_every_command_ends_with_two_examples_and_the_exit_codes() {
    let commands: [&[&str]; 24] = [
        &["run"],
        &["check"],
        &["list"],
        &["explain"],
        &["init"],
        &["render", "message"],
        &["render", "file"],
        &["render", "audience"],
        &["login"],
        &["emulate"],
        &["report"],
        &["replay"],
        &["sweep"],
        &["bundle", "pack"],
        &["bundle", "attach"],
        &["bundle", "show"],
        &["challenge", "new"],
        &["challenge", "proof"],
        &["rerun"],
        &["certify"],
        &["diff"],
        &["verify"],
        &["man"],
        &["completions"],
    ];
    for command in commands {
        let ended = Folder::empty().run(&[command, &["--help"]].concat());
        assert_eq!(ended.code, 0);
        let (_, end) = ended.stdout.split_once("\nExamples:\n").unwrap();
        let (examples, codes) = end.split_once("\n\nExit codes:\n").unwrap();
        let example = format!("  destspec {}", command.join(" "));
        assert_eq!(examples.matches(&example).count(), 2, "{examples}");
        for line in codes.lines() {
            let code = line.split_whitespace().next().unwrap();
            let of_run = Exit::ALL.iter().map(|(_, known, _)| known);
            let of_review = Decision::ALL.iter().map(|(_, known, _)| known);
            let mut known = of_run.chain(of_review).map(ToString::to_string);
            assert!(known.any(|known| known == code), "{line}");
        }
    }
}

#[test]
fn completions_and_manual_pages_come_from_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = Folder::empty().run(&["completions", shell]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stdout.contains("deny-literal-secrets"), "{shell}");
    }
    let page = Folder::empty().run(&["man"]);
    assert_eq!(page.code, 0, "{}", page.stderr);
    assert!(page.stdout.contains(".TH destspec 1"), "{}", page.stdout);
    let page = Folder::empty().run(&["man", "render", "file"]);
    assert!(page.stdout.contains("destspec\\-render\\-file"));
    let folder = Folder::empty();
    let all = folder.run(&["man", "--out", "pages"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    assert!(folder.read("pages/destspec-render-file.1").contains(".TH"));
    assert_eq!(folder.run(&["man", "--out", "pages"]).code, 2);
    let unknown = Folder::empty().run(&["man", "rnu"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.says("no command is called `rnu`"));
}
