//! Destination SDK JSON and arguments with something wrong in them.

use crate::bad_input::Case;
use crate::bad_input::Change::{Edit, Folder, Write};

const TOML: &str = "submission.toml";
const SERVER: &str = "sdk/server.json";
const CONFIGURATION: &str = "sdk/destination.json";
const URL: &str = "https://api.example.com/{{customerData.region}}/audience-sync";
const RUN: &[&str] = &["run", TOML];
const RENDER: &[&str] = &["render", "message", TOML];
const BODY: &str = "{\\\"identities\\\":";

pub const OF_SDK_JSON: &[Case] = &[
    Case(
        "a server file that is missing",
        &[Edit(TOML, "sdk/server.json", "sdk/sever.json")],
        RUN,
        &[
            "submission.toml:23:",
            "cannot read `sdk/sever.json`: no such file or directory",
        ],
    ),
    Case(
        "a folder instead of a server",
        &[Folder(SERVER)],
        RUN,
        &[
            "submission.toml:23:",
            "cannot read `sdk/server.json`: is a directory",
        ],
    ),
    Case(
        "a server that is not UTF-8",
        &[Write(SERVER, b"{\"name\": \"\xff\"}")],
        RUN,
        &[
            "submission.toml:23:",
            "cannot read `sdk/server.json`: not UTF-8 text",
        ],
    ),
    Case(
        "broken JSON",
        &[Edit(SERVER, "\"URL_BASED\",", "\"URL_BASED\"")],
        RUN,
        &["sdk/server.json:3:39", "expected comma"],
    ),
    Case(
        "an empty JSON file",
        &[Write(SERVER, b"")],
        RUN,
        &["sdk/server.json:1:1"],
    ),
    Case(
        "an array instead of an object",
        &[Write(SERVER, b"[]")],
        RUN,
        &["sdk/server.json:1:1"],
    ),
    Case(
        "an unknown type of server",
        &[Edit(SERVER, "\"URL_BASED\"", "\"URL_BASE\"")],
        RUN,
        &["sdk/server.json:3:", "did you mean `URL_BASED`?"],
    ),
    Case(
        "a method that is not offered",
        &[Edit(SERVER, "\"POST\"", "\"PSOT\"")],
        RUN,
        &["sdk/server.json:11:", "`PSOT`"],
    ),
    Case(
        "no requestBody",
        &[Edit(
            SERVER,
            "\"urlBasedDestination\": {",
            "\"urlBasedDestination\": {}, \"other\": {",
        )],
        RUN,
        &["sdk/server.json:4:", "missing `url`"],
    ),
    Case(
        "an unknown way to log in",
        &[Edit(CONFIGURATION, "\"BEARER\"", "\"BEAR\"")],
        RUN,
        &["sdk/destination.json:5:", "did you mean `BEARER`?"],
    ),
    Case(
        "an aggregation out of range",
        &[Edit(
            CONFIGURATION,
            "\"maxUsersPerRequest\": 1",
            "\"maxUsersPerRequest\": 0",
        )],
        RUN,
        &["sdk/destination.json:", "maxUsersPerRequest"],
    ),
    Case(
        "a broken template",
        &[Edit(SERVER, "{% for namespace in", "{% fro ns in")],
        RENDER,
        &[
            "sdk/server.json:15:",
            "cannot render `httpTemplate.requestBody`",
        ],
    ),
    Case(
        "a template that is not closed",
        &[Edit(SERVER, "{% endfor %}]}\"", "\"")],
        RENDER,
        &["sdk/server.json:15:"],
    ),
    Case(
        "a bad URL",
        &[Edit(SERVER, "https://api.example.com/", "api example com/")],
        RUN,
        &["sdk/server.json:7:", "cannot use the rendered URL"],
    ),
    Case(
        "a URL of another scheme",
        &[Edit(
            SERVER,
            "https://api.example.com/",
            "ftp://api.example.com/",
        )],
        RUN,
        &["sdk/server.json:7:", "cannot use the rendered URL"],
    ),
    Case(
        "a password in a URL",
        &[Edit(SERVER, "https://api.", "https://bob:canary-4711@api.")],
        RUN,
        &[
            "sdk/server.json:7:",
            "cannot use the rendered URL",
            "it holds a user name or password",
            "[destination.credentials]",
        ],
    ),
    Case(
        "a password in a URL without a template",
        &[
            Edit(SERVER, "\"PEBBLE_V1\"", "\"NONE\""),
            Edit(SERVER, URL, "https://bob:canary-4711@api.example.com/"),
        ],
        RUN,
        &[
            "sdk/server.json:7:",
            "the URL holds a user name or password",
        ],
    ),
    Case(
        "a body that is no JSON",
        &[Edit(SERVER, BODY, "{identities:")],
        RENDER,
        &[
            "sdk/server.json:15:",
            "expected JSON, for `contentType` says so",
            "line 1, column 2",
            "profile",
        ],
    ),
];

pub const OF_ARGUMENTS: &[Case] = &[
    Case("no command", &[], &[], &["Usage:"]),
    Case(
        "an unknown command",
        &[],
        &["rnu"],
        &["unrecognized subcommand 'rnu'"],
    ),
    Case(
        "an unknown flag",
        &[],
        &["run", "--tag", "@must"],
        &["'--tags'"],
    ),
    Case(
        "a seed that is no number",
        &[],
        &["run", "--seed", "seven"],
        &["'seven'", "--seed"],
    ),
    Case(
        "a concurrency out of range",
        &[],
        &["run", "--concurrency", "0"],
        &["--concurrency", "1"],
    ),
    Case(
        "a fault without the reference",
        &[],
        &["run", "--fault", "exited-dropped", TOML],
        &["cannot be used with"],
    ),
    Case(
        "profiles and a count",
        &[],
        &["render", "message", "--profiles", "p.json", "--count", "2"],
        &["cannot be used with"],
    ),
    Case(
        "more profiles than memory holds",
        &[],
        &["render", "message", "--count", "9999999999", TOML],
        &["'9999999999'", "--count", "1..=100000"],
    ),
    Case(
        "no profiles",
        &[],
        &["render", "message", "--count", "0", TOML],
        &["'0'", "--count", "1..=100000"],
    ),
    Case(
        "more rows than a file may have",
        &[],
        &["render", "file", "--rows", "9999999999", "--out", "o", TOML],
        &["'9999999999'", "--rows", "1..=10000000"],
    ),
    Case(
        "no rows",
        &[],
        &["render", "file", "--rows", "0", "--out", "o", TOML],
        &["'0'", "--rows", "1..=10000000"],
    ),
    Case(
        "a bad tag expression",
        &[],
        &["run", "--tags", "@must and (", TOML],
        &["@must and ("],
    ),
    Case(
        "an unknown requirement",
        &[],
        &["run", "--requirement", "STR-1a.99", TOML],
        &["`STR-1a.99`"],
    ),
    Case(
        "an unknown destination",
        &[],
        &["run", "--destination", "example-steaming", TOML],
        &["`example-steaming`", "example-streaming"],
    ),
    Case(
        "an unknown fault",
        &[],
        &["run", "--fault", "exited-droped"],
        &["no fault is called `exited-droped`", "did you mean `"],
    ),
    Case(
        "an unknown fault to emulate",
        &[],
        &["emulate", "--fault", "none-such"],
        &["no fault is called `none-such`"],
    ),
    Case(
        "an unknown requirement to explain",
        &[],
        &["explain", "STR-1a.2"],
        &[
            "no prerequisite, requirement, scenario, code, check, fault or verdict is called `STR-1a.2`",
            "did you mean `STR-1a.",
        ],
    ),
    Case(
        "an unknown destination to render",
        &[],
        &["render", "message", "--destination", "nobody", TOML],
        &[
            "no destination is called `nobody`",
            "there are: example-streaming",
        ],
    ),
    Case(
        "profiles that are missing",
        &[],
        &["render", "message", "--profiles", "gone.json", TOML],
        &["cannot read `gone.json`: no such file or directory"],
    ),
    Case(
        "profiles that are no JSON",
        &[Write("p.json", b"[{")],
        &["render", "message", "--profiles", "p.json", TOML],
        &["p.json:1:"],
    ),
    Case(
        "a template that is missing",
        &[],
        &["render", "message", "--template", "gone.peb", TOML],
        &["cannot read `gone.peb`"],
    ),
    Case(
        "a template that is broken",
        &[Write(
            "t.peb",
            b"{\n  \"a\": {{ input.profile | nosuch }}\n}",
        )],
        &["render", "message", "--template", "t.peb", TOML],
        &["t.peb:2:", "nosuch"],
    ),
    Case(
        "init over a submission",
        &[],
        &["init"],
        &["exists", "nothing was written"],
    ),
    Case(
        "init into a file",
        &[Write("taken", b"")],
        &["init", "taken"],
        &["cannot write `taken/"],
    ),
    Case(
        "a folder that holds a submission",
        &[Write("acme/submission.toml", b"")],
        &["check", "acme"],
        &[
            "cannot read `acme`: is a directory",
            "did you mean `acme/submission.toml`?",
        ],
    ),
    Case(
        "a folder that holds a record",
        &[Write("out/record.json", b"{}")],
        &["report", "out"],
        &["did you mean `out/record.json`?"],
    ),
    Case(
        "a record that is missing",
        &[],
        &["report", "record.json"],
        &["cannot read `record.json`: no such file or directory"],
    ),
    Case(
        "a record that is a folder",
        &[],
        &["report", "sdk"],
        &["cannot read `sdk`: is a directory"],
    ),
    Case(
        "a record that is no JSON",
        &[Write("record.json", b"<html>")],
        &["report", "record.json"],
        &["cannot read `record.json`", "line 1 column 1"],
    ),
    Case(
        "a record that is no record",
        &[Write("record.json", b"{}")],
        &["report", "record.json"],
        &["cannot read `record.json`"],
    ),
    Case(
        "a record of another format",
        &[Write("record.json", b"{\"format\": 999}")],
        &["report", "record.json"],
        &["cannot read `record.json`", "999"],
    ),
    Case(
        "an unknown format of a report",
        &[],
        &["report", "record.json", "--format", "pdf"],
        &["'pdf'", "html"],
    ),
];
