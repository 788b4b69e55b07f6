//! Templates against what Pebble 3.2.4 made of them, and against the renders that Adobe documents.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests may panic and report"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use destspec::encode::pebble::{Context, ErrorKind, Escaping, Locale, Options, Template, Value};
use serde_json::Value as Json;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pebble")
}

/// Every case of every JSON file, except an index.
fn cases() -> Vec<Json> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .filter(|path| path.file_name().is_some_and(|name| name != "index.json"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            serde_json::from_str::<Vec<Json>>(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        })
        .collect()
}

fn options(case: &Json) -> Options {
    let given = &case["options"];
    let flag = |name: &str| given[name].as_bool().unwrap_or(false);
    let locale = given["locale"]
        .as_str()
        .and_then(|locale| locale.split_once('-'));
    Options {
        auto_escaping: flag("autoEscaping"),
        new_line_trimming: flag("newLineTrimming"),
        strict_variables: flag("strictVariables"),
        greedy_match_method: flag("greedyMatchMethod"),
        literal_decimal_treated_as_integer: flag("literalDecimalTreatedAsInteger"),
        literal_numbers_as_big_decimals: flag("literalNumbersAsBigDecimals"),
        escaping: match given["defaultEscapingStrategy"].as_str() {
            None | Some("html") => Escaping::Html,
            Some("js") => Escaping::Js,
            Some("css") => Escaping::Css,
            Some("url_param") => Escaping::UrlParam,
            Some("json") => Escaping::Json,
            Some(other) => panic!("unknown strategy {other}"),
        },
        locale: locale.map_or_else(Locale::default, |(language, country)| Locale {
            language: language.to_owned(),
            country: country.to_owned(),
        }),
        ..Options::adobe()
    }
}

fn context(case: &Json) -> Context {
    if case["options"]["adobe"] == Json::Bool(true) {
        return Context::from_json(&case["context"]);
    }
    let mut context = Context::new();
    for (name, value) in case["context"].as_object().unwrap() {
        context.set(name, Value::java_from(value));
    }
    context
}

/// What became of a case.
enum Outcome {
    Agrees,
    /// Refused by name; the message.
    Unsupported(String),
    Disagrees(String),
}

fn outcome(case: &Json) -> Outcome {
    let template = case["template"].as_str().unwrap();
    let expected = &case["expected"];
    let rendered = Template::parse(template, &options(case))
        .and_then(|template| template.render(&context(case)));
    let received = match &rendered {
        Ok(text) => {
            let mut wanted: Vec<&Json> =
                expected["anyOf"].as_array().into_iter().flatten().collect();
            wanted.push(&expected["output"]);
            if wanted.iter().any(|wanted| wanted.as_str() == Some(text)) {
                return Outcome::Agrees;
            }
            format!("{text:?}")
        }
        Err(error) if error.kind == ErrorKind::Unsupported => {
            return Outcome::Unsupported(error.message.clone());
        }
        Err(error) => {
            let line = expected["error"]["line"].as_u64();
            let same_line = line.is_none_or(|line| line == error.line as u64);
            if expected["error"].is_object() && same_line && error.kind != ErrorKind::Limit {
                return Outcome::Agrees;
            }
            error.to_string()
        }
    };
    Outcome::Disagrees(format!(
        "template {template:?}\nexpected {expected}\nreceived {received}\n"
    ))
}

fn tagged(case: &Json, tag: &str) -> bool {
    case["tags"]
        .as_array()
        .unwrap()
        .iter()
        .any(|known| known == tag)
}

#[test]
fn every_supported_case_of_the_corpus_agrees_and_the_rest_is_refused_by_name() {
    let mut disagreements = String::new();
    let (mut agreed, mut in_subset, mut failed) = (0, 0, 0);
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases() {
        let subset = tagged(&case, "adobe-subset");
        match outcome(&case) {
            Outcome::Agrees => {
                agreed += 1;
                in_subset += usize::from(subset);
            }
            Outcome::Unsupported(message) if !subset => *refused.entry(message).or_default() += 1,
            Outcome::Unsupported(message) => {
                failed += 1;
                writeln!(disagreements, "{}: refused: {message}", case["id"]).unwrap();
            }
            Outcome::Disagrees(text) => {
                failed += 1;
                writeln!(disagreements, "{}: {text}", case["id"]).unwrap();
            }
        }
    }
    println!("{agreed} cases agree, {in_subset} of them in the subset of Adobe");
    for (message, count) in &refused {
        println!("{count} refused: {message}");
    }
    assert_eq!(failed, 0, "{failed} cases disagree:\n{disagreements}");
    assert!(
        in_subset >= 1321,
        "only {in_subset} cases of the subset were found"
    );
}

/// Render a documented template with its context and compare every byte.
fn documented(name: &str) {
    let read = |extension: &str| {
        fs::read_to_string(folder().join(format!("documented/{name}.{extension}"))).unwrap()
    };
    let source = read("peb");
    let template = Template::parse(&source, &Options::adobe())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let context: Json = serde_json::from_str(&read("context")).unwrap();
    let rendered = template.render(&Context::from_json(&context)).unwrap();
    assert_eq!(rendered, read("out"));
}

#[test]
fn the_home_made_fixture_of_the_reference_renders_byte_for_byte() {
    documented("home-made");
}

#[test]
fn the_documented_best_effort_message_renders_byte_for_byte_with_its_line_ends() {
    documented("best-effort");
}

#[test]
fn an_empty_audience_list_keeps_the_documented_layout() {
    let source = "            \"add\": [\r\n            {%- for s in p.segmentMembership.ups | added %}\r\n                \"{{ s.key }}\"\
                  {%- if not loop.last -%},{%- endif -%}\r\n            {% endfor %}\r\n                ],";
    let template = Template::parse(source, &Options::adobe()).unwrap();
    let exited = serde_json::json!({"p": {"segmentMembership": {"ups": {"segmentid3": {"status": "exited"}}}}});
    let rendered = template.render(&Context::from_json(&exited)).unwrap();
    assert_eq!(rendered, "            \"add\": [\r\n                ],");
}

/// Ten templates that a partner engineer may write, and the part of the message that says what to change.
#[test]
fn ten_broken_templates_say_what_to_change() {
    let broken = [
        (
            "{\n  {% include \"header\" %}\n}",
            2,
            6,
            "`include`",
            "filter, for, if and set",
        ),
        (
            "{% if input.profile %}x{% endif %}",
            1,
            7,
            "the condition of `if` is a map",
            "is not empty",
        ),
        (
            "{% if a %}x{% elif b %}y{% endif %}",
            1,
            15,
            "unknown tag `elif`",
            "elseif",
        ),
        (
            "{% for p in input.profiles %}{{ p }}",
            1,
            37,
            "`for` is never closed",
            "{% endfor %}",
        ),
        (
            "{{ headers.x-request-id }}",
            1,
            13,
            "`-` takes numbers only",
            "",
        ),
        (
            "{{ name | uper }}",
            1,
            9,
            "unknown filter `uper`",
            "`upper`",
        ),
        (
            "{% for i in 1..3 %}{{ i }}{% endfor %}",
            1,
            14,
            "`..`",
            "iterate over a list",
        ),
        ("{% set ids.x = 1 %}", 1, 11, "expected `=`", ""),
        ("{{ \"a\" \"b\" }}", 1, 8, "received the string `b`", "`~`"),
        (
            "{{ name && name }}",
            1,
            9,
            "unexpected character `&`",
            "`and`",
        ),
    ];
    let context = Context::from_json(&serde_json::json!({
        "name": "Ann", "headers": {"x": "1"}, "input": {"profile": {"a": 1}, "profiles": []},
    }));
    for (source, line, column, message, help) in broken {
        let error = Template::parse(source, &Options::adobe())
            .and_then(|template| template.render(&context))
            .expect_err(source);
        assert!(
            error.message.contains(message),
            "{source}: {}",
            error.message
        );
        assert!(
            error.help.as_deref().unwrap_or_default().contains(help),
            "{source}: {:?}",
            error.help
        );
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{source}: {error}"
        );
    }
}

#[test]
fn a_template_tells_what_it_reads_and_calls() {
    let source = "{{ customerData.region }}{% for p in input.profiles %}{{ p.x | upper }}{{ input.aggregationKey[\"segmentId\"] }}\
                  {% for s in addedSegments(p.m) %}{{ s.key }}{{ loop.index }}{% endfor %}{% endfor %}";
    let template = Template::parse(source, &Options::adobe()).unwrap();
    assert_eq!(
        template.variables(),
        [
            "customerData.region",
            "input.aggregationKey.segmentId",
            "input.profiles"
        ]
    );
    assert_eq!(template.functions(), ["addedSegments", "upper"]);
}
