//! What the workflows may use.

use std::fs;
use std::path::Path;

/// Uses of others' actions that a tag names, which its owner can move.
fn unpinned(workflow: &str) -> Vec<&str> {
    let uses = workflow
        .lines()
        .filter_map(|line| line.split_once("uses: "));
    let named = uses.map(|(_, action)| action.trim());
    let pinned = |action: &str| {
        let revision = action.split_once('@').map_or("", |(_, revision)| revision);
        let revision = revision.split(' ').next().unwrap_or_default();
        revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    named
        .filter(|action| !action.starts_with("./") && !pinned(action))
        .collect()
}

/// The jobs of a workflow, each from its name on.
fn jobs(workflow: &str) -> Vec<&str> {
    let (_, all) = workflow.split_once("\njobs:").unwrap_or_default();
    let names = all.match_indices("\n  ").map(|(at, _)| at + 1);
    let starts = |at: &usize| all[*at..].starts_with(' ') && !all[at + 2..].starts_with([' ', '#']);
    let starts: Vec<usize> = names.filter(starts).collect();
    let ends = starts.iter().skip(1).copied().chain([all.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(from, to)| &all[*from..to])
        .collect()
}

#[test]
fn a_job_that_may_attest_for_a_caller_has_nothing_of_the_callers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows/certify.yml");
    let text = fs::read_to_string(path).unwrap_or_default();
    let jobs = jobs(&text);
    let names: Vec<_> = jobs
        .iter()
        .filter_map(|job| job.split(':').next())
        .collect();
    assert_eq!(names, ["  run", "  attest"]);
    let (attesting, others): (Vec<&str>, _) = jobs.iter().partition(|job| job.contains("id-token"));
    assert!(attesting.len() == 1 && others.len() == 1);
    for job in attesting {
        for theirs in [
            "actions/checkout",
            "secrets.",
            "inputs.submission",
            "inputs.challenge",
        ] {
            assert!(!job.contains(theirs), "{theirs}");
        }
        assert!(
            job.contains("needs.run.outputs.sha256"),
            "its bundle is not known by digest"
        );
    }
    for job in others {
        assert!(
            job.contains("--no-commands") && job.contains("env -i"),
            "{job}"
        );
    }
}

#[test]
fn every_action_of_a_workflow_is_pinned_to_a_commit() {
    assert_eq!(unpinned("      - uses: a/b@v4\n"), ["a/b@v4"]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let texts: Vec<String> = files
        .filter_map(|file| fs::read_to_string(file.path()).ok())
        .collect();
    assert!(!texts.is_empty());
    for text in &texts {
        assert!(unpinned(text).is_empty(), "{:?}", unpinned(text));
    }
}
