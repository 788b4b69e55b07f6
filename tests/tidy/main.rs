//! The shape of the tree: layers, headers, sizes, and where certain words may stand. Links nothing of the crate.

mod packaged;
mod workflows;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each layer may name. A new edge needs a line here and a reason in review.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("emulator", &[]),
    ("encode", &["model"]),
    ("judge", &["model", "encode"]),
    ("wire", &["model"]),
    ("publish", &["model"]),
    ("suite", &["model", "encode", "judge", "wire"]),
    ("review", &["model", "publish", "suite"]),
    (
        "cli",
        &[
            "model", "emulator", "encode", "judge", "wire", "publish", "suite", "review",
        ],
    ),
];

/// Paths and words that may stand only in some places, and why. A path is found in grouped imports, too.
const CONFINED: &[(&str, &[&str], &str)] = &[
    (
        ".expose(",
        &[
            "src/wire/auth",
            "src/wire/storage",
            "src/model/redact",
            "src/model/secret.rs",
            "src/model/sdk/literal.rs",
            "src/model/submission/customer_data.rs",
            "src/model/submission/credential_form.rs",
            "src/model/submission/secret_parts.rs",
        ],
        "only there may a secret be seen",
    ),
    (
        "reqwest::",
        &["src/wire", "src/emulator"],
        "sockets live there",
    ),
    (
        "tokio::net",
        &["src/wire", "src/emulator"],
        "sockets live there",
    ),
    (
        "tokio::process",
        &["src/wire/command.rs"],
        "one file starts the partner's program",
    ),
    (
        "object_store::",
        &["src/wire/storage", "src/emulator/storage"],
        "storages live there",
    ),
    (
        "russh::",
        &["src/wire/storage/sftp", "src/emulator/storage/sftp"],
        "SFTP lives there",
    ),
    (
        "russh_sftp::",
        &["src/wire/storage/sftp", "src/emulator/storage/sftp"],
        "SFTP lives there",
    ),
    (
        "axum::",
        &["src/emulator", "src/wire/login.rs"],
        "servers live there",
    ),
    (
        "std::net",
        &["src/wire", "src/emulator"],
        "sockets live there",
    ),
    (
        "std::env",
        &["src/cli"],
        "only the command line reads the environment",
    ),
    (
        "std::fs",
        &["src/cli", "src/emulator/storage", "src/emulator/ingest"],
        "only the command line reads files, and only storages hold some",
    ),
    ("println!", &["src/cli"], "only the command line prints"),
    (
        "cucumber::",
        &["src/suite/engine.rs"],
        "one file names cucumber",
    ),
    (
        "tokio::time",
        &["src/wire", "src/emulator"],
        "verdicts wait for nothing",
    ),
    ("Instant::now", CLOCKS, "verdicts know no clock"),
    ("SystemTime::now", CLOCKS, "verdicts know no clock"),
    ("Timestamp::now", CLOCKS, "verdicts know no clock"),
    ("rand::random", CLOCKS, "verdicts know no chance"),
    ("rand::rng", CLOCKS, "verdicts know no chance"),
];

const CLOCKS: &[&str] = &["src/cli", "src/wire", "src/emulator"];

/// Folders whose parts import each other one way.
const WITHOUT_CIRCLES: &[&str] = &[
    "emulator/ingest",
    "emulator/rest",
    "emulator/storage",
    "encode/message",
    "model/record",
    "model/redact",
    "model/source",
    "review",
    "suite",
    "suite/open",
    "suite/subject",
];

/// Words that stand nowhere.
const FORBIDDEN: &[&str] = &[
    "todo!(",
    "unimplemented!(",
    "dbg!(",
    "#[ignore",
    "#[allow(",
    "#![allow(",
];

const VAGUE: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc"];
const CODE_LINES: usize = 500;
const FUNCTION_LINES: usize = 80;

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap_or_default();
                let relative = path
                    .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                    .map(Path::to_path_buf)
                    .unwrap_or(path);
                found.push((relative, text));
            }
        }
    }
    found.sort();
    found
}

/// The text without comments and without its unit tests, which may do what the code may not.
fn code(text: &str) -> String {
    let mut tests = text.match_indices("\n#[cfg(test)]");
    let end = tests.find(|(at, _)| opens_module(&text[*at..]));
    text[..end.map_or(text.len(), |(at, _)| at)]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a module with a body follows the attributes.
fn opens_module(text: &str) -> bool {
    let mut lines = text.trim_start().lines();
    let item = lines.find(|line| !line.starts_with("#[") && !line.starts_with([' ', ')']));
    item.is_some_and(|item| item.starts_with("mod ") && item.ends_with('{'))
}

fn layer(path: &Path) -> Option<String> {
    let mut parts = path.iter().map(|p| p.to_string_lossy().into_owned());
    parts.next().filter(|p| p == "src")?;
    parts.next().filter(|p| !p.ends_with(".rs"))
}

fn imports(path: &Path, text: &str) -> Vec<String> {
    let Some(own) = layer(path) else {
        return Vec::new();
    };
    let allowed: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    let Some(allowed) = allowed.get(own.as_str()) else {
        return vec![format!("{}: `{own}` is not a layer", path.display())];
    };
    let code = code(text);
    let named = code.split("crate::").skip(1).filter_map(|rest| {
        let name: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        LAYERS
            .iter()
            .any(|(layer, _)| *layer == name)
            .then_some(name)
    });
    let mut faults: Vec<String> = named
        .filter(|name| *name != own && !allowed.contains(&name.as_str()))
        .map(|name| format!("{}: `{own}` names `{name}`", path.display()))
        .collect();
    faults.dedup();
    faults
}

/// Every path that a text imports, groups written out: `use a::{b, c::d};` is `a::b` and `a::c::d`.
fn imported(code: &str) -> Vec<String> {
    let uses = code.split("use ").skip(1);
    let statements = uses.filter_map(|rest| rest.split_once(';').map(|(path, _)| path));
    statements
        .flat_map(|statement| ungrouped(&statement.replace(char::is_whitespace, "")))
        .collect()
}

fn ungrouped(path: &str) -> Vec<String> {
    let Some((before, group)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let group = group.strip_suffix('}').unwrap_or(group);
    let (mut depth, mut start, mut parts) = (0_u32, 0, Vec::new());
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&group[start..]);
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts
        .flat_map(|part| ungrouped(&format!("{before}{part}")))
        .collect()
}

/// Circles of imports among the parts of a folder; a part is a file or a folder in it.
fn circles(folder: &str, files: &[(PathBuf, String)]) -> Vec<String> {
    let root = format!("src/{folder}/");
    let module = format!("crate::{}::", folder.replace('/', "::"));
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in files {
        let place = path.to_string_lossy().replace('\\', "/");
        let Some(rest) = place.strip_prefix(&root) else {
            continue;
        };
        let part = rest
            .split('/')
            .next()
            .unwrap_or(rest)
            .trim_end_matches(".rs")
            .to_owned();
        if part == "mod" {
            continue;
        }
        let code = code(text);
        let named = imported(&code).into_iter();
        let named = named.filter_map(|path| {
            let name = path.strip_prefix(&module)?.split("::").next()?.to_owned();
            (name != part).then_some(name)
        });
        edges.entry(part.clone()).or_default().extend(named);
    }
    let reaches = |from: &str, to: &str| {
        let (mut seen, mut open) = (vec![from.to_owned()], vec![from.to_owned()]);
        while let Some(next) = open.pop() {
            for edge in edges.get(&next).into_iter().flatten() {
                if edge == to {
                    return true;
                }
                if !seen.contains(edge) {
                    seen.push(edge.clone());
                    open.push(edge.clone());
                }
            }
        }
        false
    };
    let parts = edges.keys().filter(|part| reaches(part, part));
    parts
        .map(|part| format!("src/{folder}: `{part}` imports what imports it"))
        .collect()
}

fn confined(path: &Path, text: &str) -> Vec<String> {
    let code = code(text);
    let place = path.to_string_lossy().replace('\\', "/");
    let imported = imported(&code);
    let names = |word: &str| {
        let path = word.trim_end_matches("::");
        let within = |full: &String| {
            full.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        code.contains(word) || imported.iter().any(within)
    };
    CONFINED
        .iter()
        .filter(|(word, places, _)| {
            names(word) && !places.iter().any(|allowed| place.starts_with(allowed))
        })
        .map(|(word, _, why)| format!("{place}: `{word}`: {why}"))
        .collect()
}

fn shape(path: &Path, text: &str) -> Vec<String> {
    let place = path.display();
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{place}: does not open with `//!`"));
    }
    let lines = text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with("//"))
        .count();
    if lines > CODE_LINES {
        faults.push(format!(
            "{place}: {lines} code lines, more than {CODE_LINES}"
        ));
    }
    if path
        .file_stem()
        .is_some_and(|stem| VAGUE.iter().any(|vague| stem == *vague))
    {
        faults.push(format!("{place}: a name that says nothing"));
    }
    faults.extend(
        FORBIDDEN
            .iter()
            .filter(|word| text.contains(*word))
            .map(|word| format!("{place}: `{word}`")),
    );
    // A table of cases in a test is data: its length is no complexity.
    if path.starts_with("src") {
        faults.extend(
            long_functions(text)
                .into_iter()
                .map(|f| format!("{place}: {f}")),
        );
    }
    faults
}

fn long_functions(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Option<(usize, String, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let trimmed = line.trim_start();
        let starts = trimmed.starts_with("fn ")
            || trimmed.starts_with("pub fn ")
            || trimmed.contains(" fn ") && trimmed.starts_with("pub");
        if open.is_none() && (starts || trimmed.starts_with("async fn ")) {
            open = Some((indent, trimmed.to_owned(), number));
        } else if let Some((at, name, start)) = &open
            && indent == *at
            && trimmed == "}"
        {
            if number - start > FUNCTION_LINES {
                faults.push(format!("{} lines in `{name}`", number - start));
            }
            open = None;
        }
    }
    faults
}

fn steps(path: &Path, text: &str) -> Vec<String> {
    if !path.to_string_lossy().contains("suite/steps/") {
        return Vec::new();
    }
    let code = code(text);
    let words = ["assert!(", "assert_eq!(", ".unwrap()", ".expect("];
    words
        .iter()
        .filter(|w| code.contains(*w))
        .map(|w| format!("{}: a step with `{w}`", path.display()))
        .collect()
}

fn faults_of(path: &Path, text: &str) -> Vec<String> {
    [
        imports(path, text),
        confined(path, text),
        shape(path, text),
        steps(path, text),
    ]
    .concat()
}

#[test]
fn the_tree_has_its_shape() {
    let mut faults: Vec<String> = sources("src")
        .iter()
        .flat_map(|(path, text)| faults_of(path, text))
        .collect();
    let files = sources("src");
    faults.extend(
        WITHOUT_CIRCLES
            .iter()
            .flat_map(|folder| circles(folder, &files)),
    );
    faults.extend(
        sources("tests")
            .iter()
            .filter(|(p, _)| !p.ends_with("tidy/main.rs"))
            .flat_map(|(p, t)| shape(p, t)),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_violation_is_found() {
    let planted = [
        (
            "src/model/x.rs",
            "//! X.\nuse crate::wire::Session;\n",
            "`model` names `wire`",
        ),
        (
            "src/emulator/x.rs",
            "//! X.\nuse crate::model::secret::Secret;\n",
            "`emulator` names `model`",
        ),
        (
            "src/suite/x.rs",
            "//! X.\nfn f(s: &Secret) -> &str { s.expose() }\n",
            "only there may a secret be seen",
        ),
        (
            "src/judge/x.rs",
            "//! X.\nfn f() { std::env::var(\"A\"); }\n",
            "reads the environment",
        ),
        (
            "src/judge/x.rs",
            "//! X.\nuse std::{fmt, env::var};\n",
            "reads the environment",
        ),
        (
            "src/suite/x.rs",
            "//! X.\nuse tokio::{sync::watch, time};\n",
            "wait for nothing",
        ),
        (
            "src/suite/x.rs",
            "//! X.\nuse cucumber::World;\n",
            "one file names cucumber",
        ),
        (
            "src/model/x.rs",
            "use std::fmt;\n",
            "does not open with `//!`",
        ),
        ("src/model/utils.rs", "//! X.\n", "a name that says nothing"),
        ("src/wire/x.rs", "//! X.\nfn f() { todo!() }\n", "`todo!(`"),
        (
            "src/suite/steps/x.rs",
            "//! X.\nfn f() { a.unwrap(); }\n",
            "a step with `.unwrap()`",
        ),
        ("src/x/y.rs", "//! X.\n", "is not a layer"),
    ];
    for (path, text, expected) in planted {
        let text = text.replace("todo!()", concat!("todo", "!()"));
        let faults = faults_of(Path::new(path), &text);
        assert!(
            faults.iter().any(|f| f.contains(expected)),
            "{path}: {faults:?}"
        );
    }
    let long = format!("//! X.\n{}", "static A: u8 = 0;\n".repeat(CODE_LINES + 1));
    assert!(faults_of(Path::new("src/model/x.rs"), &long)[0].contains("code lines"));
    let function = format!(
        "//! X.\nfn f() {{\n{}}}\n",
        "    g();\n".repeat(FUNCTION_LINES + 1)
    );
    assert!(faults_of(Path::new("src/model/x.rs"), &function)[0].contains("lines in `fn f()"));
}

#[test]
fn what_stands_behind_a_file_of_tests_is_looked_at() {
    let text = "//! X.\n#[cfg(test)]\nmod tests;\nuse reqwest::Client;\n#[cfg(test)]\nmod more {\n    use tokio::net;\n}\n";
    let faults = faults_of(Path::new("src/model/x.rs"), text);
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn a_circle_of_imports_is_found() {
    let file = |name: &str, uses: &str| {
        let text = format!("//! X.\nuse crate::suite::{{{uses}}};\n");
        (PathBuf::from(format!("src/suite/{name}.rs")), text)
    };
    let line = [file("a", "b::B, x"), file("b", "c::C"), file("c", "d")];
    assert!(circles("suite", &line).is_empty());
    let circle = [file("a", "x, b::B"), file("b", "c::C"), file("c", "d, a")];
    assert_eq!(circles("suite", &circle).len(), 3);
}

#[test]
fn a_kind_of_authentication_has_the_same_stem_everywhere() {
    for kind in ["basic", "bearer", "oauth2"] {
        let files = [
            format!("src/wire/auth/{kind}.rs"),
            format!("features/authentication/{kind}.feature"),
        ];
        for file in files {
            assert!(
                Path::new(env!("CARGO_MANIFEST_DIR")).join(&file).exists(),
                "{file} is missing"
            );
        }
    }
}
