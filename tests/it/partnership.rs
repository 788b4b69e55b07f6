//! What a person states: every report says attested, expired or missing, and none that anything passed. What Adobe asks
//! for when a destination is submitted.

use crate::support::program::Folder;

const FORMATS: [&str; 5] = ["terminal", "markdown", "html", "junit", "adobe"];
/// SHA-256 of `member`.
const DIGEST: &str = "e31ab643c44f7a0ec824b59d1194d60dac334200d845e61d2d289daa0f087ea4";

/// The reports of a run whose submission states that.
fn reports(kind: &str, statement: &str) -> Vec<(&'static str, String)> {
    let folder = Folder::started();
    folder.write("membership.txt", "member");
    folder.edit(
        "submission.toml",
        "kind = \"isv\"",
        &format!("kind = \"{kind}\""),
    );
    folder.edit(
        "submission.toml",
        "# [[attestation]]\n",
        &format!("{statement}\n# [[attestation]]\n"),
    );
    let arguments = ["run", "submission.toml", "--quiet", "--scenario", "CFG-01"];
    let ended = folder.run_with(&arguments, &[("EXAMPLE_TOKEN", "example-token-0123456789")]);
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    let report = |format: &'static str| {
        let arguments = ["report", "destspec-out/record.json", "--format", format];
        (format, folder.run(&arguments).stdout)
    };
    FORMATS.map(report).to_vec()
}

fn stated(requirement: &str, more: &str) -> String {
    format!(
        "[[attestation]]\nrequirement = \"{requirement}\"\nstatement = \"Gold partner\"\nby = \"J. Doe\"\non = 2026-01-02\n{more}\n"
    )
}

#[test]
fn a_statement_is_attested_with_all_that_backs_it() {
    let more = "valid_until = 2199-12-31\ndocument = \"membership.txt\"";
    for (format, text) in reports("isv", &stated("PAR-1", more)) {
        assert!(text.contains("attested"), "{format}: {text}");
        assert!(text.contains("J. Doe"), "{format}");
        if format != "adobe" {
            assert!(text.contains("Gold partner"), "{format}");
            assert!(text.contains("2199-12-31"), "{format}");
            assert!(
                text.replace("\n                ", "").contains(DIGEST),
                "{format}"
            );
        }
        assert!(!text.contains("PAR-2"), "{format}");
    }
}

#[test]
fn a_statement_whose_time_is_over_is_expired() {
    let more = "valid_until = 2026-01-03";
    for (format, text) in reports("si", &stated("PAR-2", more)) {
        assert!(text.contains("expired"), "{format}");
        assert!(!text.contains("PAR-1"), "{format}");
    }
}

#[test]
fn what_nobody_states_is_missing_and_is_asked_of_partners_alone() {
    for (format, text) in reports("isv", "") {
        assert!(text.contains("missing"), "{format}");
    }
    for (format, text) in reports("customer", "") {
        assert!(!text.contains("PAR-"), "{format}");
    }
}

#[test]
fn no_case_of_a_partnership_succeeds_in_junit() {
    for (statement, status) in [
        (stated("PAR-1", ""), ("<skipped ", "type=\"attested\"")),
        (
            stated("PAR-1", "valid_until = 2026-01-03"),
            ("<error ", "type=\"expired\""),
        ),
        (String::new(), ("<error ", "type=\"missing\"")),
    ] {
        let reports = reports("isv", &statement);
        let junit = reports.iter().find(|(format, _)| *format == "junit");
        let text = junit.map_or("", |(_, text)| text.as_str());
        let suite = text.split("<testsuite name=\"partnership\"").nth(1);
        let suite = suite.unwrap_or_default();
        assert!(
            suite.contains(status.0) && suite.contains(status.1),
            "{statement}: {suite}"
        );
        assert_eq!(suite.matches("<testcase").count(), 1);
    }
}

#[test]
fn the_page_for_adobe_has_a_place_for_all_that_is_asked() {
    let reports = reports("isv", "");
    let page = reports.iter().find(|(format, _)| *format == "adobe");
    let page = page.map_or("", |(_, text)| text.as_str());
    for part in [
        "### Use cases",
        "### Configuration",
        "### Test request and answer",
        "destination server that the configuration names: <code>server-id</code>",
        "id of the publishing request",
        "pull request of the documentation page",
        "logo, SVG",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}
