//! Reports: valid, stable, complete, and harmless whatever the record holds.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use destspec::model::code::Words;
use destspec::model::digest::Digest;
use destspec::model::outcome::Outcome;
use destspec::model::record::{FORMAT, Fact, Run, SourceFile};
use destspec::publish::report::{JunitDialect, Options, Report, json};
use destspec::suite::{omission, words};

use crate::support::record::{every_outcome, hostile, sealed};

fn render(
    report: Report,
    run: &Run,
    options: &Options,
) -> Result<String, destspec::publish::report::ReportError> {
    destspec::publish::report::render(report, run, &words(), options)
}

fn default(report: Report) -> String {
    render(report, &every_outcome(), &Options::default()).unwrap()
}

#[test]
fn two_renderings_of_one_record_are_identical_bytes() {
    for report in Report::ALL {
        assert_eq!(default(report), default(report), "{}", report.file_name());
    }
}

#[test]
fn junit_is_well_formed_whatever_the_record_holds() {
    for run in [every_outcome(), hostile()] {
        for dialect in [JunitDialect::Default, JunitDialect::Xunit] {
            let options = Options {
                dialect,
                ..Options::default()
            };
            let xml = render(Report::Junit, &run, &options).unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap();
            assert_eq!(document.root_element().tag_name().name(), "testsuites");
        }
    }
}

#[test]
fn the_page_for_adobe_names_the_ids_that_the_posted_files_hold() {
    let mut run = every_outcome();
    let posted = [
        (
            "configuration",
            "d.json",
            r#"{"segmentMappingConfig": {"audienceTemplateId": "named-1"}}"#,
        ),
        (
            "audience template",
            "a.json",
            r#"{"instanceId": "template-1"}"#,
        ),
    ];
    for (role, name, text) in posted {
        run.sources.push(SourceFile {
            name: name.to_owned(),
            sha256: Digest::hash(text),
            text: text.to_owned(),
        });
        run.destinations[0].files.push(Fact {
            name: format!("{role} {name}"),
            value: Digest::hash(text).to_string(),
        });
    }
    let page = render(Report::Adobe, &sealed(run), &Options::default()).unwrap();
    for line in [
        "audience template that the configuration names: <code>named-1</code>",
        "id of the audience template: <code>template-1</code>",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
}

/// What the Jenkins schema `junit-10.xsd` lets each element hold: other elements, attributes.
const JENKINS: &[(&str, &[&str], &[&str])] = &[
    (
        "testsuites",
        &["testsuite"],
        &["name", "time", "tests", "failures", "errors"],
    ),
    (
        "testsuite",
        &["properties", "testcase", "system-out", "system-err"],
        &[
            "name",
            "time",
            "tests",
            "failures",
            "errors",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
            "group",
        ],
    ),
    (
        "testcase",
        &["skipped", "error", "failure", "system-out", "system-err"],
        &["name", "time", "classname", "group"],
    ),
    ("properties", &["property"], &[]),
    ("property", &[], &["name", "value"]),
    ("failure", &[], &["type", "message"]),
    ("error", &[], &["type", "message"]),
    ("skipped", &[], &["type", "message"]),
    ("system-out", &[], &[]),
    ("system-err", &[], &[]),
];

#[test]
fn the_xunit_dialect_has_only_what_jenkins_knows() {
    let options = Options {
        dialect: JunitDialect::Xunit,
        ..Options::default()
    };
    for run in [every_outcome(), hostile()] {
        let xml = render(Report::Junit, &run, &options).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        for element in document.descendants().filter(roxmltree::Node::is_element) {
            let name = element.tag_name().name();
            let known = JENKINS.iter().find(|(known, _, _)| *known == name);
            let (_, elements, attributes) = known.unwrap_or_else(|| panic!("<{name}>"));
            for child in element.children().filter(roxmltree::Node::is_element) {
                let child = child.tag_name().name();
                assert!(elements.contains(&child), "<{child}> in <{name}>");
            }
            for attribute in element.attributes() {
                let attribute = attribute.name();
                assert!(attributes.contains(&attribute), "{attribute} of <{name}>");
            }
            let time = element.attribute("time").unwrap_or_default();
            let digits = |c: char| c.is_ascii_digit() || c == '.';
            assert!(time.chars().all(digits), "{time}");
        }
        assert!(xml.contains("requirement.STR-1a.01"));
    }
}

#[test]
fn junit_is_red_for_a_failed_must_and_not_for_a_failed_should() {
    let xml = default(Report::Junit);
    let root = xml.lines().find(|l| l.contains("<testsuites")).unwrap();
    assert!(
        root.contains("tests=\"10\" skipped=\"1\" failures=\"1\" errors=\"4\""),
        "{root}"
    );
    assert!(xml.contains("name=\"warning\""));
    assert!(
        xml.contains("$TOKEN"),
        "the curl names the token as a variable"
    );
}

#[test]
fn html_holds_nothing_that_runs_or_loads() {
    for run in [every_outcome(), hostile()] {
        let html = render(Report::Html, &run, &Options::default()).unwrap();
        let policy = "default-src &#x27;none&#x27;; style-src &#x27;sha256-";
        assert!(html.contains(policy) && !html.contains("unsafe-inline"));
        assert!(html.contains("not conformant"));
        for tag in ["<script", "<img", "<link", "<iframe", " style="] {
            let inside = html.split('<').filter(|part| part.contains('>'));
            let mut tags = inside.filter_map(|part| part.split('>').next());
            assert!(
                !tags.any(|inside| format!("<{inside}").contains(tag)),
                "{tag}"
            );
        }
        for link in html.split("<a href=\"").skip(1) {
            let known = [
                "#",
                "https://experienceleague.adobe.com/",
                "https://www.rfc-editor.org/",
            ];
            let link = link.replace("&#x2f;", "/");
            assert!(
                known.iter().any(|known| link.starts_with(known)),
                "{link:.80}"
            );
        }
    }
}

#[test]
fn json_comes_back_and_refuses_what_it_does_not_know() {
    for run in [every_outcome(), hostile()] {
        let text = render(Report::Json, &run, &Options::default()).unwrap();
        assert_eq!(json::parse(&text).unwrap(), run);
    }
    let text = default(Report::Json);
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        json::parse(&text.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    };
    let format = format!("\"format\": {FORMAT}");
    let other = refused(&format, "\"format\": 9");
    let expected = format!("expected a record of format {FORMAT}, received format 9");
    assert_eq!(other, expected);
    assert!(refused(&format, &format!("\"x\": 0, {format}")).starts_with("cannot read"));
    let lie = refused(
        "\"conclusion\": \"not-conformant\"",
        "\"conclusion\": \"conformant\"",
    );
    assert!(lie.contains("conclusions that follow"), "{lie}");
}

#[test]
fn a_terminal_never_receives_a_control_character_from_the_record() {
    let text = render(
        Report::Terminal,
        &hostile(),
        &Options {
            width: 100,
            ..Options::default()
        },
    )
    .unwrap();
    let bad = text
        .chars()
        .find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
    assert_eq!(bad, None);
}

#[test]
fn a_terminal_says_what_failed_and_what_to_do() {
    let text = default(Report::Terminal);
    for said in [
        "✘ STR-1a.01",
        "not conformant: not met: STR-1a of moonshine",
        "stored.membership-differs",
        "the membership that was sent to be stored: `a1` \"realized\"",
        "at /audiences/a2",
        "-H 'authorization: Bearer '\"$TOKEN\"",
        "destspec explain STR-1a.01",
        "2 scenario(s): connection refused",
        "connection.refused",
        "start the destination",
        "✘ first failure: STR-1a.01",
    ] {
        assert!(text.contains(said), "{said} in\n{text}");
    }
    assert!(!text.contains('\u{1b}'));
    let colored = render(
        Report::Terminal,
        &every_outcome(),
        &Options {
            color: true,
            ..Options::default()
        },
    );
    assert!(colored.unwrap().contains("\u{1b}["));
}

#[test]
fn the_last_lines_hold_the_cause_and_the_next_step_of_the_first_failure() {
    let text = default(Report::Terminal);
    let last: Vec<&str> = text.lines().rev().take(25).collect();
    for said in [
        "first failure: STR-1a.01",
        "  next step ",
        "  whose move    your endpoint",
        "  again         destspec run ",
    ] {
        assert!(
            last.iter().any(|line| line.contains(said)),
            "{said} in\n{text}"
        );
    }
    let html = default(Report::Html);
    let place = |said: &str| html.find(said).unwrap();
    assert!(place("class=\"lead failed\"") < place("<main>"));
}

#[test]
fn no_line_of_the_matrix_is_wider_than_the_terminal() {
    let options = Options {
        width: 60,
        ..Options::default()
    };
    let text = render(Report::Terminal, &twice(), &options).unwrap();
    let mut heads = text.lines().filter(|line| line.starts_with("streaming"));
    assert!(heads.clone().count() > 1, "{text}");
    assert!(heads.all(|line| line.chars().count() <= 60), "{text}");
    for line in text
        .lines()
        .filter(|line| line.starts_with("  moonshine-two  "))
    {
        assert!(line.chars().count() <= 60, "{line}");
    }
}

/// A run of two destinations that fail alike.
fn twice() -> Run {
    let mut run = every_outcome();
    let mut other = run.destinations[0].clone();
    other.name = String::from("moonshine-two");
    let again = run.scenarios.clone().into_iter().map(|mut scenario| {
        scenario.destination.clone_from(&other.name);
        scenario
    });
    run.scenarios.extend(again);
    run.destinations.push(other);
    sealed(run)
}

#[test]
fn what_two_destinations_have_in_common_is_said_once() {
    let run = twice();
    let terminal = render(Report::Terminal, &run, &Options::default()).unwrap();
    assert_eq!(terminal.matches("✘ STR-1a.01").count(), 1, "{terminal}");
    for said in [
        "2 of 2 destinations",
        "4 scenario(s): connection refused",
        "moonshine      accepted",
        "moonshine-two  accepted",
        "STR-1a of all 2 destinations",
    ] {
        assert!(terminal.contains(said), "{said} in\n{terminal}");
    }
    let html = render(Report::Html, &run, &Options::default()).unwrap();
    let entry = "id=\"STR-1a.01-stored.membership-differs\"";
    assert_eq!(html.matches(entry).count(), 1);
    assert_eq!(
        html.matches("href=\"#STR-1a.01-stored.membership-differs\"")
            .count(),
        4
    );
    let markdown = render(Report::Markdown, &run, &Options::default()).unwrap();
    assert_eq!(
        markdown.matches("STR-1a.01</code> A left").count(),
        1,
        "{markdown}"
    );
}

#[test]
fn a_destination_that_was_not_selected_is_named_in_a_line_and_has_no_part_of_a_report() {
    let mut run = twice();
    run.selection.destinations = vec![String::from("moonshine")];
    let others = run.scenarios.iter_mut();
    for scenario in others.filter(|s| s.destination == "moonshine-two") {
        let reason = omission::by_destination();
        let filtered = true;
        scenario.outcome = Outcome::Omitted { reason, filtered };
        scenario.exchanges.clear();
    }
    let run = sealed(run);
    for report in [Report::Html, Report::Markdown, Report::Adobe] {
        let text = render(report, &run, &Options::default()).unwrap();
        let named = text.matches("moonshine-two").count();
        assert_eq!(named, 1, "{}: {text}", report.file_name());
    }
    let junit = render(Report::Junit, &run, &Options::default()).unwrap();
    assert!(junit.contains("[moonshine]") && !junit.contains("[moonshine-two]"));
    assert!(junit.contains("name=\"nothing ran on\" value=\"moonshine-two\""));
}

#[test]
fn markdown_keeps_hostile_text_inert() {
    let text = render(Report::Markdown, &hostile(), &Options::default()).unwrap();
    for bad in ["<script", "<img", "](http", "@team", "{{"] {
        assert!(!text.contains(bad), "{bad}");
    }
    assert!(default(Report::Markdown).starts_with("## ❌ destspec: not conformant"));
}

#[test]
fn no_sentence_is_in_the_record_and_the_code_is_in_every_report() {
    let json = default(Report::Json);
    let template = "the membership that was sent to be stored";
    assert!(!json.contains(template) && !json.contains("start the destination"));
    for report in Report::ALL {
        let text = default(report);
        assert!(
            text.contains("stored.membership-differs"),
            "{}",
            report.file_name()
        );
    }
}

#[test]
fn a_record_with_codes_that_nobody_knows_is_shown_and_never_turns_green() {
    let run = every_outcome();
    for report in Report::ALL {
        let nobody = Words::default();
        let text = destspec::publish::report::render(report, &run, &nobody, &Options::default());
        let text = text.unwrap();
        assert!(
            text.contains("stored.membership-differs"),
            "{}",
            report.file_name()
        );
        let conclusion = match report {
            Report::Json => "\"conclusion\": \"not-conformant\"",
            Report::Junit => "failures=\"1\" errors=\"4\"",
            Report::Html | Report::Markdown | Report::Terminal | Report::Adobe => "not conformant",
        };
        assert!(text.contains(conclusion), "{}", report.file_name());
    }
}
