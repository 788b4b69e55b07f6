//! Bad input: for each kind one clear message, its place and a remedy.

#![expect(clippy::expect_used, clippy::panic, reason = "tests may panic")]

mod destination;
mod follow_ups;
mod samples;
mod server;
mod spelling;
mod submission;

use destspec::model::source::{Problem, Severity};
use destspec::model::submission::init::FILES;
use destspec::model::submission::{Files, Submission, parse};

const TOML: &str = "submission.toml";
const SERVER: &str = "sdk/server.json";
const DESTINATION: &str = "sdk/destination.json";

/// The initial submission with texts replaced; a file can also be missing.
struct Case {
    files: Vec<(String, String)>,
}

impl Files for Case {
    fn read(&self, path: &str) -> Result<String, String> {
        let found = self.files.iter().find(|(name, _)| name == path);
        found
            .map(|(_, text)| text.clone())
            .ok_or_else(|| String::from("no such file"))
    }
}

impl Case {
    fn initial() -> Self {
        Self {
            files: FILES
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .to_vec(),
        }
    }

    /// Replaces a text that occurs exactly once.
    fn with(mut self, file: &str, old: &str, new: &str) -> Self {
        let text = self.text(file);
        assert_eq!(
            text.matches(old).count(),
            1,
            "`{old}` must occur once in {file}"
        );
        *text = text.replace(old, new);
        self
    }

    fn file(mut self, file: &str, new: &str) -> Self {
        self.files.retain(|(name, _)| name != file);
        self.files.push((file.to_owned(), new.to_owned()));
        self
    }

    fn text(&mut self, file: &str) -> &mut String {
        &mut self
            .files
            .iter_mut()
            .find(|(name, _)| name == file)
            .expect("a file of the case")
            .1
    }

    fn parse(&self) -> Result<(Submission, Vec<Problem>), Vec<Problem>> {
        let text = self.read(TOML).expect("a submission");
        parse(TOML, &text, self)
    }

    fn problems(&self) -> Vec<Problem> {
        match self.parse() {
            Ok((_, warnings)) => warnings,
            Err(problems) => problems,
        }
    }
}

/// One kind of bad input: file, what is replaced by what; the problem's file, the text it is at, and its message.
struct Bad(
    &'static str,
    &'static str,
    &'static str,
    Severity,
    &'static str,
    &'static str,
    &'static str,
);

#[test]
fn each_kind_of_bad_input_has_one_message_with_place_and_remedy() {
    let mut wrong = Vec::new();
    let bad: Vec<&Bad> = [submission::BAD, server::BAD, destination::BAD]
        .into_iter()
        .flatten()
        .collect();
    for Bad(file, old, new, severity, shown_in, at, message) in &bad {
        let case = Case::initial().with(file, old, new);
        let problems = case.problems();
        let found = problems.iter().find(|p| p.message.contains(message));
        let Some(problem) = found else {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            wrong.push(format!("{new}: expected \"{message}\", received {all:#?}"));
            continue;
        };
        // an entry of OAuth 2.0 asks for credentials that the submission does not have
        let unasked = |p: &&Problem| !p.message.starts_with("no credentials: `client_");
        let all: Vec<String> = problems
            .iter()
            .filter(unasked)
            .map(ToString::to_string)
            .collect();
        if all.len() > 1 {
            wrong.push(format!(
                "{new}: one cause, {} findings: {all:#?}",
                all.len()
            ));
        }
        let text = &problem.source.text[problem.span.start..];
        let (line, column) = problem.line_column();
        let (expected_line, expected_column) = place(&problem.source.text, at, text);
        if problem.source.name != *shown_in
            || problem.severity != *severity
            || problem.help.as_ref().is_none_or(String::is_empty)
            || !text.starts_with(at)
            || (line, column) != (expected_line, expected_column)
            || case.parse().is_ok()
                != (*severity != Severity::Error && !problems.iter().any(Problem::is_error))
        {
            let shown: String = text.chars().take(40).collect();
            wrong.push(format!(
                "{new}: {problem} ({:?}) at {shown:?}",
                problem.severity
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        bad.len(),
        wrong.join("\n")
    );
    assert!(bad.len() >= 40);
}

/// Line and column counted anew: lines split, characters counted.
fn place(text: &str, at: &str, rest: &str) -> (usize, usize) {
    let before = &text[..text.len() - rest.len()];
    assert!(rest.starts_with(at) || at.is_empty() || !rest.is_empty());
    let lines: Vec<&str> = before.split('\n').collect();
    (
        lines.len(),
        lines.last().map_or(0, |line| line.chars().count()) + 1,
    )
}

#[test]
fn every_problem_of_every_file_is_reported_at_once() {
    let case = Case::initial()
        .with(TOML, "kind = \"isv\"", "kind = \"x\"")
        .with(TOML, "version = \"1.0\"", "version = true")
        .with(SERVER, "\"POST\"", "\"SEND\"")
        .with(DESTINATION, "\"BEARER\"", "\"NOTHING\"");
    let problems = case.parse().expect_err("four errors");
    let files: Vec<&str> = problems.iter().map(|p| p.source.name.as_str()).collect();
    assert_eq!(files, [TOML, TOML, SERVER, DESTINATION]);
}

#[test]
fn two_destinations_of_one_name_are_refused_at_the_second() {
    let mut case = Case::initial();
    let again = "\n[[destination]]\nname = \"example-streaming\"\nversion = \"2\"\nserver = \"sdk/server.json\"\nconfiguration = \"sdk/destination.json\"\ncustomer_data = { region = \"us\" }\ncredentials = { token = { env = \"T\" } }\n";
    case.text(TOML).push_str(again);
    let line = case
        .text(TOML)
        .lines()
        .position(|l| l == "version = \"2\"")
        .expect("the line");
    let problems = case.parse().expect_err("a double name");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(
        problems[0]
            .message
            .contains("\"example-streaming\" is given twice")
    );
    assert_eq!(problems[0].line_column(), (line, 8));
}

#[test]
fn a_byte_order_mark_is_a_warning_and_moves_no_column() {
    let mut case = Case::initial().with(SERVER, "\"POST\"", "\"SEND\"");
    let text = format!("\u{feff}{}", case.text(SERVER));
    *case.text(SERVER) = text;
    let problems = case.problems();
    assert!(
        problems
            .iter()
            .any(|p| p.message.contains("byte order mark") && !p.is_error())
    );
    let method = problems
        .iter()
        .find(|p| p.message.contains("SEND"))
        .expect("the method");
    assert_eq!(method.line_column(), (11, 19));
}

#[test]
fn profiles_of_the_partners_own_are_read_with_their_problems_placed() {
    let with = |text: &str| {
        let case = Case::initial().with(
            TOML,
            "# profiles = \"profiles.json\"",
            "profiles = \"profiles.json\"",
        );
        case.file("profiles.json", text)
    };
    let good = r#"[{"segmentMembership":{"ups":{"s":{"lastQualificationTime":"2019-11-20T13:15:49Z","status":"exited"}}},
      "identityMap":{"Email":[{"id":"a@example.com"}]},"attributes":{"a":{"value":1},"b":{},"c":"x"}}]"#;
    let (submission, warnings) = with(good).parse().expect("good profiles");
    assert_eq!(warnings, []);
    let profiles = &submission.destinations[0]
        .profiles
        .as_ref()
        .expect("profiles")
        .profiles;
    assert_eq!(profiles[0].attributes.len(), 3);
    assert_eq!(profiles[0].attribute_value("b"), None);
    for (text, at, message) in [
        ("[]", (1, 1), "expected at least one profile"),
        ("{}", (1, 1), "expected an array, received an object"),
        (
            r#"[{"identityMap":{}}]"#,
            (1, 2),
            "missing `segmentMembership`",
        ),
        (
            &good.replace("exited", "left"),
            (1, 92),
            "expected `realized`, `existing` or `exited`",
        ),
        (
            &good.replace(r#"{"id":"a@example.com"}"#, r#""a""#),
            (2, 31),
            "expected an object, received a string",
        ),
    ] {
        let problems = with(text).parse().expect_err("bad profiles");
        let problem = problems.iter().find(|p| p.message.contains(message));
        let problem = problem.unwrap_or_else(|| panic!("{message}: {problems:#?}"));
        assert_eq!(problem.line_column(), at, "{problem}");
    }
}

#[test]
fn a_suggestion_is_made_for_what_is_nearly_right() {
    for (file, old, new, suggestion) in [
        (TOML, "contact = ", "contcat = ", "did you mean `contact`?"),
        (
            TOML,
            "kind = \"isv\"",
            "kind = \"ISV\"",
            "did you mean `isv`?",
        ),
        (
            DESTINATION,
            "\"BEARER\"",
            "\"BEARR\"",
            "did you mean `BEARER`?",
        ),
        (
            DESTINATION,
            "\"authenticationRule\"",
            "\"authentication_rule\"",
            "did you mean `authenticationRule`?",
        ),
        (
            SERVER,
            "\"contentType\"",
            "\"content-type\"",
            "did you mean `contentType`?",
        ),
    ] {
        let problems = Case::initial().with(file, old, new).problems();
        let helps: Vec<&str> = problems.iter().filter_map(|p| p.help.as_deref()).collect();
        assert!(
            helps.iter().any(|h| h.contains(suggestion)),
            "{new}: {helps:#?}"
        );
    }
}
