//! Generated, mutated and hostile templates: no panic, no unbounded time or memory.
//!
//! `DESTSPEC_FUZZ_CASES` sets the number of generated cases.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use destspec::encode::pebble::{Context, ErrorKind, Limits, Options, Template};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

/// Generated cases, unless the environment says otherwise.
const CASES: u32 = 400;

fn config() -> ProptestConfig {
    let cases = env::var("DESTSPEC_FUZZ_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(CASES),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn small() -> Options {
    Options {
        limits: Limits {
            steps: 200_000,
            output: 1 << 20,
            memory: 8 << 20,
            ..Limits::default()
        },
        ..Options::adobe()
    }
}

/// Parse, list and render: everything that a template from outside goes through.
fn exercise(source: &str, options: &Options, context: &Context) {
    match Template::parse(source, options) {
        Ok(template) => {
            let _ = (template.variables(), template.functions());
            if let Err(error) = template.render(context) {
                assert!(error.line > 0 && error.column > 0, "{error}");
            }
        }
        Err(error) => {
            assert!(error.line > 0 && error.column > 0, "{error}");
        }
    }
}

fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "name",
            "n",
            "big",
            "d",
            "t",
            "nul",
            "list",
            "nums",
            "mixed",
            "none",
            "m",
            "nested",
            "ts",
            "iso",
            "input",
            "loop",
            "loop.index",
            "loop.length",
            "loop.last",
            "x",
            "missing",
            "m.a",
            "m['k 1']",
            "nested.arr[0].id",
            "list[0]",
            "list[5]",
            "input.profile",
            "true",
            "null",
            "1",
            "0",
            "2L",
            "1.5",
            "9223372036854775807",
            "0.1",
            "''",
            "\"a,b\"",
            "' x '",
            "\"é😀\"",
            "[]",
            "[3,1,2]",
            "['b','a']",
            "{}",
            "{'a':1,'b':[2]}",
            "m.size()",
            "name.length()",
            "name.toUpperCase",
            "list.get(0)",
            "m.keySet()",
            "uni",
            "\"#{n}\"",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,4}",
        "'[^'\\\\]{0,6}'",
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| format!("{n:?}")),
    ]
}

const FILTERS: &[&str] = &[
    "upper",
    "lower",
    "trim",
    "title",
    "capitalize",
    "length",
    "first",
    "last",
    "sort",
    "rsort",
    "reverse",
    "join",
    "join('-')",
    "raw",
    "escape",
    "escape('json')",
    "escape('js')",
    "escape('css')",
    "escape('url_param')",
    "abbreviate(5)",
    "slice(1)",
    "slice(0,1)",
    "split(',')",
    "split('')",
    "split('(a|b)*')",
    "replace({'a':'bb'})",
    "default('d')",
    "merge([1])",
    "merge({'q':1})",
    "numberformat",
    "numberformat('#,##0.00')",
    "numberformat('0.#E0')",
    "date('yyyy-MM-dd HH:mm:ss.SSS z')",
    "date('yyyy','yyyy-MM-dd')",
    "date('EEE D w W F u k K a X', timeZone='America/New_York')",
    "sha256",
    "base64encode",
    "base64decode",
    "urlencode",
    "abs",
    "added",
    "removed",
    "toJson",
];

const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "~", "==", "!=", "<", ">", "<=", ">=", "and", "or", "contains",
    "equals",
];

fn expression() -> impl Strategy<Value = String> {
    literal().prop_recursive(5, 40, 4, |inner| {
        let pair = (inner.clone(), select(OPERATORS), inner.clone());
        prop_oneof![
            pair.prop_map(|(l, op, r)| format!("{l} {op} {r}")),
            inner.clone().prop_map(|e| format!("({e})")),
            (select(&["not ", "-", "+"][..]), inner.clone()).prop_map(|(op, e)| format!("{op}{e}")),
            (inner.clone(), select(FILTERS)).prop_map(|(e, f)| format!("{e} | {f}")),
            (inner.clone(), inner.clone()).prop_map(|(e, a)| format!("{e} | slice({a})")),
            (inner.clone(), inner.clone()).prop_map(|(e, a)| format!("{e} | numberformat({a})")),
            (inner.clone(), inner.clone()).prop_map(|(e, a)| format!("{e} | date({a}, {a})")),
            (inner.clone(), inner.clone()).prop_map(|(e, a)| format!("{e} | split({a}) | join")),
            (
                inner.clone(),
                select(&["empty", "null", "map", "even", "iterable", "defined"][..])
            )
                .prop_map(|(e, t)| format!("{e} is not {t}")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (
                inner.clone(),
                select(
                    &[
                        "substring",
                        "indexOf",
                        "split",
                        "add",
                        "remove",
                        "get",
                        "repeat"
                    ][..]
                ),
                inner.clone()
            )
                .prop_map(|(a, m, b)| format!("({a}).{m}({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("max({a}, {b})")),
        ]
    })
}

fn template() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        expression().prop_map(|e| format!("{{{{ {e} }}}}")),
        expression().prop_map(|e| format!("{{{{- {e} -}}}}")),
        (select(&["x", "y", "list", "m"][..]), expression())
            .prop_map(|(v, e)| format!("{{% set {v} = {e} %}}")),
        "[ \\r\\n\"{}a-c,]{0,6}",
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        let body = proptest::collection::vec(inner, 0..4).prop_map(|parts| parts.concat());
        prop_oneof![
            (expression(), body.clone())
                .prop_map(|(e, b)| format!("{{% for x in {e} %}}{b}{{% endfor %}}")),
            (expression(), body.clone(), body.clone())
                .prop_map(|(e, a, b)| format!("{{% if {e} %}}{a}{{% else %}}{b}{{% endif %}}")),
            (select(FILTERS), body.clone())
                .prop_map(|(f, b)| format!("{{% filter {f} %}}{b}{{% endfilter %}}")),
            body,
        ]
    })
}

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::vec(("[a-z]{0,3}", inner), 0..12)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

fn variables(x: &Json) -> Context {
    Context::from_json(&json!({
        "name": "Ann", "n": 5, "big": 9_007_199_254_740_993_i64, "d": 2.5, "t": true, "nul": null,
        "list": ["b", "a", "c"], "nums": [3, 1, 2], "mixed": [1, "x", null, 2.5, true], "none": [],
        "m": {"z": 1, "a": "two", "k 1": null, "list": [1, 2]}, "uni": "é日本😀",
        "nested": {"a": {"b": {"c": "deep"}}, "arr": [{"id": 1}, {"id": 2}]},
        "ts": 1_644_345_264_000_i64, "iso": "2022-02-08T18:34:24.000+0000",
        "input": {"profile": {"segmentMembership": {"ups": {"s1": {"status": "realized"}}}}},
        "x": x,
    }))
}

fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pebble");
    let mut templates = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let cases: Vec<Json> =
                serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            templates.extend(
                cases
                    .iter()
                    .filter_map(|case| case["template"].as_str().map(str::to_owned)),
            );
        }
    }
    templates
}

/// Cut, double or replace a part of a template, at character boundaries.
fn mutated(template: &str, at: usize, length: usize, insert: &str, repeat: usize) -> String {
    let chars: Vec<char> = template.chars().collect();
    let at = at % (chars.len() + 1);
    let end = (at + length).min(chars.len());
    let mut out: String = chars[..at].iter().collect();
    for _ in 0..repeat {
        out.push_str(insert);
        out.extend(&chars[at..end]);
    }
    out.extend(&chars[end..]);
    out
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_generated_template_panics(source in template(), x in value(), flags in any::<[bool; 4]>()) {
        let [auto_escaping, new_line_trimming, strict_variables, greedy_match_method] = flags;
        let options = Options {
            auto_escaping, new_line_trimming, strict_variables, greedy_match_method, ..small()
        };
        exercise(&source, &options, &variables(&x));
    }

    #[test]
    fn no_text_panics(source in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}|\"|'|#\\{|[ -~]|\\PC|\r\n){0,40}") {
        exercise(&source, &small(), &variables(&Json::Null));
    }

    #[test]
    fn no_mutation_of_a_real_template_panics(
        source in select(corpus()),
        (at, length) in (any::<usize>(), 0_usize..12),
        insert in select(&["", "{{", "}}", "{% for x in list %}", "(", "[", "-", "\\", "\"", "'", "|", "é", "\u{2028}"][..]),
        repeat in 0_usize..4,
    ) {
        exercise(&mutated(&source, at, length, insert, repeat), &small(), &variables(&Json::Null));
    }
}

/// Templates made to cost much time, memory or stack.
fn bombs() -> Vec<(&'static str, String)> {
    let loops = |depth: usize, body: &str| {
        let open: String = (0..depth)
            .map(|i| format!("{{% for v{i} in list %}}"))
            .collect();
        format!(
            "{{% set list = [1,2,3,4,5,6,7,8,9,0] %}}{open}{body}{}",
            "{% endfor %}".repeat(depth)
        )
    };
    let doubled = |step: &str| {
        format!(
            "{{% set x = 'ab' %}}{{% set y = [1] %}}{}{{{{ x ~ y }}}}",
            step.repeat(200)
        )
    };
    vec![
        ("nested loops", loops(20, "x")),
        ("nested loops without output", loops(20, "")),
        (
            "nested loops that sort",
            loops(20, "{% set z = list | sort %}"),
        ),
        ("doubled string", doubled("{% set x = x ~ x %}")),
        ("doubled list", doubled("{% set y = y | merge(y) %}")),
        (
            "a list that holds itself twice",
            doubled("{% set y = [y, y] %}"),
        ),
        ("a list appended to itself", doubled("{% set y = y + y %}")),
        (
            "equal towers",
            format!(
                "{}{{{{ a == b }}}}",
                "{% set a = [a, a] %}{% set b = [b, b] %}".repeat(200)
            ),
        ),
        (
            "hashed towers",
            format!("{}{{{{ {{a: 1}} }}}}", "{% set a = [a, a] %}".repeat(200)),
        ),
        (
            "quadratic accumulation",
            loops(
                7,
                "{% set acc = acc ~ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' %}",
            ),
        ),
        (
            "replaced by longer text",
            doubled("{% set x = x | replace({'a': 'aaaaaaaaaaaaaaaa'}) %}"),
        ),
        ("a tower of lists", loops(6, "{% set a = [a] %}")),
        (
            "backtracking",
            "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | split('(a+)+\\1$') | join }}".to_owned(),
        ),
        (
            "a huge repeated expression",
            "{{ 'a' | split('((((a{1000}){1000}){1000}){1000})') | join }}".to_owned(),
        ),
        ("a million opened prints", "{{".repeat(500_000)),
        ("a million opened tags", "{%".repeat(500_000)),
        (
            "a million parentheses",
            format!("{{{{ {} }}}}", "(".repeat(1_000_000)),
        ),
        (
            "a million closed parentheses",
            format!("{{{{ {}1{} }}}}", "(".repeat(500_000), ")".repeat(500_000)),
        ),
        (
            "a million brackets",
            format!("{{{{ {} }}}}", "[".repeat(1_000_000)),
        ),
        (
            "a million negations",
            format!("{{{{ {}1 }}}}", "-".repeat(1_000_000)),
        ),
        (
            "a million ternaries",
            format!("{{{{ {}1 }}}}", "1?".repeat(500_000)),
        ),
        (
            "a million else parts",
            format!("{{{{ {}1 }}}}", "1?1:".repeat(250_000)),
        ),
        ("a long sum", format!("{{{{ 1{} }}}}", "+1".repeat(500_000))),
        (
            "a long path",
            format!("{{{{ m{} }}}}", ".a".repeat(500_000)),
        ),
        (
            "many filters",
            format!("{{{{ 'a'{} }}}}", "|upper".repeat(150_000)),
        ),
        ("many ifs", "{% if 1 %}".repeat(100_000)),
        ("many loops", "{% for a in b %}".repeat(60_000)),
        ("many interpolations", "{{ \"#{".repeat(150_000)),
        (
            "long interpolation",
            format!("{{{{ \"{}\" }}}}", "#{1}".repeat(200_000)),
        ),
        (
            "a long number",
            format!("{{{{ {} }}}}", "1".repeat(1_000_000)),
        ),
        (
            "a long format",
            format!("{{{{ 1 | numberformat('{}') }}}}", "0".repeat(1_000_000)),
        ),
        (
            "a long date",
            format!("{{{{ 1 | date('{}') }}}}", "y".repeat(1_000_000)),
        ),
        (
            "a repeated method",
            loops(9, "{% set x = 'abc'.repeat(n) %}"),
        ),
    ]
}

#[test]
fn no_bomb_takes_unbounded_time() {
    let context = Context::from_json(&json!({"b": [1], "m": {}, "n": 1_000_000_000}));
    for (name, source) in bombs() {
        let start = Instant::now();
        let outcome = Template::parse(&source, &Options::adobe())
            .and_then(|template| template.render(&context));
        let took = start.elapsed();
        assert!(took < Duration::from_secs(30), "{name} took {took:?}");
        if let Err(error) = outcome {
            assert!(
                error.to_string().len() < 2000,
                "{name}: the message is too long"
            );
        }
    }
}

#[test]
fn nested_loops_end_with_a_limit() {
    let (_, source) = bombs().swap_remove(0);
    let template = Template::parse(&source, &small()).unwrap();
    let error = template.render(&Context::new()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit);
    assert!(error.message.contains("steps"), "{error}");
}
