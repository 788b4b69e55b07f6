//! A submission with something wrong in it.

use crate::bad_input::Case;
use crate::bad_input::Change::{Edit, Write};

const TOML: &str = "submission.toml";
const CONFIGURATION: &str = "sdk/destination.json";
const TOKEN: &str = "token = { env = \"EXAMPLE_TOKEN\" }";
const RUN: &[&str] = &["run", TOML];
const CHECK: &[&str] = &["check", TOML];
const REGION: &str = "\"enum\": [\"eu\", \"us\"]";
const LAST: &str = "# allow_load = false";

pub const OF_THE_SUBMISSION: &[Case] = &[
    Case(
        "no such file",
        &[],
        &["run", "nowhere.toml"],
        &[
            "cannot read `nowhere.toml`: no such file or directory",
            "destspec init",
        ],
    ),
    Case(
        "a folder instead of a file",
        &[],
        &["run", "sdk"],
        &["cannot read `sdk`: is a directory"],
    ),
    Case(
        "not UTF-8",
        &[Write(TOML, b"[partner]\nname = \"\xff\"")],
        RUN,
        &["cannot read `submission.toml`: not UTF-8 text at byte 18"],
    ),
    Case(
        "an empty file",
        &[Write(TOML, b"")],
        RUN,
        &[
            "submission.toml:1:1",
            "missing `partner`",
            "missing `destination`",
        ],
    ),
    Case(
        "broken TOML",
        &[Edit(
            TOML,
            "name = \"Example Partner\"",
            "name = \"Example Partner",
        )],
        RUN,
        &["submission.toml:8:"],
    ),
    Case(
        "a key given twice",
        &[Edit(
            TOML,
            "kind = \"isv\"",
            "name = \"Twice\"\nkind = \"isv\"",
        )],
        RUN,
        &["submission.toml:9:1"],
    ),
    Case(
        "an unknown key",
        &[Edit(TOML, "contact =", "contacts =")],
        RUN,
        &["submission.toml:10:1", "did you mean `contact`?"],
    ),
    Case(
        "an unknown table",
        &[Edit(
            TOML,
            "[destination.credentials]",
            "[destination.credential]",
        )],
        RUN,
        &["submission.toml:31:", "did you mean `credentials`?"],
    ),
    Case(
        "a wrong type",
        &[Edit(TOML, "name = \"Example Partner\"", "name = 7")],
        RUN,
        &["submission.toml:8:8", "write a string here"],
    ),
    Case(
        "a table instead of an array",
        &[Edit(TOML, "[[destination]]", "[destination]")],
        RUN,
        &["submission.toml:20:"],
    ),
    Case(
        "an unknown kind of partner",
        &[Edit(TOML, "kind = \"isv\"", "kind = \"ivs\"")],
        RUN,
        &["submission.toml:9:8", "did you mean `isv`?"],
    ),
    Case(
        "an address that is none",
        &[Edit(TOML, "integrations@example.com", "example.com")],
        RUN,
        &[
            "submission.toml:10:11",
            "expected a mail address, received `example.com`",
        ],
    ),
    Case(
        "an unknown edition",
        &[Edit(TOML, "# edition = \"e4\"", "edition = \"e9\"")],
        RUN,
        &["submission.toml:5:11", "`e9`"],
    ),
    Case(
        "a bad date",
        &[Edit(
            TOML,
            "[[destination]]",
            "[[attestation]]\nrequirement = \"PAR-1\"\nstatement = \"s\"\nby = \"b\"\non = \"2026-13-02\"\n[[destination]]",
        )],
        RUN,
        &[
            "submission.toml:24:6",
            "expected a date, received `2026-13-02`",
        ],
    ),
    Case(
        "an attested document that is missing",
        &[Edit(
            TOML,
            "[[destination]]",
            "[[attestation]]\nrequirement = \"PAR-1\"\nstatement = \"s\"\nby = \"b\"\non = 2026-11-02\ndocument = \"gone.pdf\"\n[[destination]]",
        )],
        RUN,
        &[
            "submission.toml:20:",
            "cannot read the document `gone.pdf`: no such file or directory",
        ],
    ),
    Case(
        "two destinations of one name",
        &[Edit(
            TOML,
            "[[destination]]",
            "[[destination]]\nname = \"example-streaming\"\nversion = \"1\"\nserver = \"sdk/server.json\"\nconfiguration = \"sdk/destination.json\"\ncustomer_data = { region = \"eu\" }\n[[destination]]",
        )],
        RUN,
        &["submission.toml:27:8", "is given twice"],
    ),
    Case(
        "a name that cannot be one",
        &[Edit(TOML, "\"example-streaming\"", "\"Example Streaming\"")],
        RUN,
        &[
            "submission.toml:21:8",
            "cannot be the name of a destination",
        ],
    ),
    Case(
        "a limit out of range",
        &[Edit(TOML, LAST, "[destination.limits]\nconcurrency = 0\n#")],
        RUN,
        &["submission.toml:", "concurrency", "received 0"],
    ),
    Case(
        "a negative time limit",
        &[Edit(
            TOML,
            LAST,
            "[destination.limits]\ntime_limit_seconds = -1\n#",
        )],
        RUN,
        &["submission.toml:", "received -1"],
    ),
    Case(
        "an observation that asks for nobody",
        &[Edit(
            TOML,
            LAST,
            "[destination.observe.membership]\nurl = \"https://api.example.com/users\"\naudiences = \"/a\"\n#",
        )],
        RUN,
        &["submission.toml:", "expected a URL with `{identity}`"],
    ),
    Case(
        "a pointer that is none",
        &[Edit(
            TOML,
            LAST,
            "[destination.observe.membership]\nurl = \"https://api.example.com/{identity}\"\naudiences = \"a.b\"\n#",
        )],
        RUN,
        &["submission.toml:", "`a.b`"],
    ),
    Case(
        "an audience without an id",
        &[Edit(
            TOML,
            LAST,
            "[[destination.audience]]\nname = \"n\"\n#",
        )],
        RUN,
        &["submission.toml:", "missing `id`"],
    ),
    Case(
        "test profiles that are no array",
        &[
            Edit(TOML, "# profiles =", "profiles ="),
            Write("profiles.json", b"{}"),
        ],
        RUN,
        &["profiles.json:1:1"],
    ),
];

pub const OF_CREDENTIALS: &[Case] = &[
    Case(
        "a literal secret",
        &[Edit(TOML, TOKEN, "token = \"canary-4711-canary\"")],
        RUN,
        &[
            "submission.toml:32:9",
            "a literal secret in a file is refused",
        ],
    ),
    Case(
        "a literal secret in a file that cannot be read",
        &[Edit(TOML, TOKEN, "token = \"canary-4711-canary")],
        RUN,
        &["submission.toml:32:", "expected TOML"],
    ),
    Case(
        "a secret from two places",
        &[Edit(TOML, TOKEN, "token = { env = \"A\", file = \"b\" }")],
        RUN,
        &["submission.toml:32:9", "expected either `env` or `file`"],
    ),
    Case(
        "an unset variable",
        &[Edit(TOML, "EXAMPLE_TOKEN", "UNSET_BY_ALL")],
        RUN,
        &[
            "submission.toml:32:9",
            "the environment variable `UNSET_BY_ALL` is not set",
            "export UNSET_BY_ALL=",
        ],
    ),
    Case(
        "an empty variable",
        &[Edit(TOML, "EXAMPLE_TOKEN", "EMPTY_TOKEN")],
        RUN,
        &[
            "submission.toml:32:9",
            "the environment variable `EMPTY_TOKEN` is empty",
        ],
    ),
    Case(
        "a token with its scheme, run",
        &[Edit(TOML, "EXAMPLE_TOKEN", "SCHEME_TOKEN")],
        RUN,
        &[
            "submission.toml:32:9",
            "the environment variable `SCHEME_TOKEN` begins with `Bearer`",
            "set it to the token alone",
        ],
    ),
    Case(
        "a token with its scheme, checked",
        &[Edit(TOML, "EXAMPLE_TOKEN", "SCHEME_TOKEN")],
        CHECK,
        &[
            "submission.toml:32:9",
            "the environment variable `SCHEME_TOKEN` begins with `Bearer`",
        ],
    ),
    Case(
        "a token with a line break, run",
        &[Edit(TOML, "EXAMPLE_TOKEN", "BROKEN_TOKEN")],
        RUN,
        &[
            "submission.toml:32:9",
            "the environment variable `BROKEN_TOKEN` ends with a line break",
            "$(cat FILE)",
        ],
    ),
    Case(
        "a token with a line break of Windows, checked",
        &[Edit(TOML, "EXAMPLE_TOKEN", "WINDOWS_TOKEN")],
        CHECK,
        &["the environment variable `WINDOWS_TOKEN` ends with a line break"],
    ),
    Case(
        "a secret file with two line breaks",
        &[
            Edit(TOML, TOKEN, "token = { file = \"token.txt\" }"),
            Write("token.txt", b"canary-4711-canary\n\n"),
        ],
        CHECK,
        &[
            "submission.toml:32:9",
            "the secret file `token.txt` ends with a line break",
        ],
    ),
    Case(
        "a secret file that is missing",
        &[Edit(TOML, TOKEN, "token = { file = \"gone.txt\" }")],
        RUN,
        &[
            "submission.toml:32:9",
            "cannot read the secret file `gone.txt`: no such file or directory",
        ],
    ),
    Case(
        "a secret file that is empty",
        &[
            Edit(TOML, TOKEN, "token = { file = \"empty.txt\" }"),
            Write("empty.txt", b"\n"),
        ],
        RUN,
        &[
            "submission.toml:32:9",
            "the secret file `empty.txt` is empty",
        ],
    ),
    Case(
        "a secret file that is not UTF-8",
        &[
            Edit(TOML, TOKEN, "token = { file = \"t.txt\" }"),
            Write("t.txt", b"\xff\xfe"),
        ],
        RUN,
        &[
            "submission.toml:32:9",
            "not UTF-8 text",
            "save the file as UTF-8",
        ],
    ),
    Case(
        "credentials of another kind",
        &[Edit(
            TOML,
            TOKEN,
            "username = \"u\"\npassword = { env = \"EXAMPLE_TOKEN\" }",
        )],
        RUN,
        &["submission.toml:21:8", "expected `token = { env = \"…\" }`"],
    ),
    Case(
        "no credentials",
        &[Edit(TOML, TOKEN, "")],
        RUN,
        &["no credentials: `token` is missing"],
    ),
    Case(
        "a certificate file that is missing",
        &[Edit(TOML, "# ca_file =", "ca_file =")],
        RUN,
        &[
            "submission.toml:28:11",
            "cannot read `ca.pem`: no such file or directory",
        ],
    ),
    Case(
        "a certificate file without a certificate",
        &[
            Edit(TOML, "# ca_file =", "ca_file ="),
            Write("ca.pem", b"hello"),
        ],
        RUN,
        &["submission.toml:28:11", "`ca.pem` holds no certificate"],
    ),
    Case(
        "a certificate that is none",
        &[
            Edit(TOML, "# ca_file =", "ca_file ="),
            Write(
                "ca.pem",
                b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
        ],
        RUN,
        &["destination `example-streaming`", "certificate"],
    ),
];

pub const OF_FILES: &[Case] = &[Case(
    "a certificate that is no text",
    &[
        Edit(TOML, "# ca_file = \"ca.pem\"", "ca_file = \"ca.der\""),
        Write("ca.der", b"\x30\x82\x03\xff"),
    ],
    CHECK,
    &[
        "cannot read `ca.der`: not UTF-8 text",
        "PEM",
        "openssl x509",
    ],
)];

pub const OF_CUSTOMER_DATA: &[Case] = &[
    Case(
        "missing customer data",
        &[Edit(TOML, "{ region = \"eu\" }", "{}")],
        RUN,
        &[
            "submission.toml:26:",
            "missing the customer data field `region`",
        ],
    ),
    Case(
        "a choice that is not offered",
        &[Edit(TOML, "{ region = \"eu\" }", "{ region = \"ue\" }")],
        RUN,
        &[
            "submission.toml:26:",
            "expected `eu` or `us`, received `ue`",
            "did you mean",
        ],
    ),
    Case(
        "a field that is not declared",
        &[Edit(
            TOML,
            "{ region = \"eu\" }",
            "{ region = \"eu\", regoin = \"eu\" }",
        )],
        RUN,
        &[
            "submission.toml:26:",
            "declares no such customer data field",
        ],
    ),
    Case(
        "a value of the wrong type",
        &[Edit(TOML, "{ region = \"eu\" }", "{ region = 3 }")],
        RUN,
        &["submission.toml:26:", "write a string here"],
    ),
    Case(
        "a value against the pattern",
        &[Edit(CONFIGURATION, REGION, "\"pattern\": \"^[a-z]{3}$\"")],
        RUN,
        &[
            "submission.toml:26:",
            "`eu` does not match the pattern",
            "`^[a-z]{3}$`",
        ],
    ),
    Case(
        "a literal where the field is secret",
        &[Edit(CONFIGURATION, REGION, "\"format\": \"password\"")],
        RUN,
        &[
            "submission.toml:26:",
            "a literal secret in a file is refused",
        ],
    ),
    Case(
        "a secret field whose variable is unset",
        &[
            Edit(CONFIGURATION, REGION, "\"format\": \"password\""),
            Edit(
                TOML,
                "region = \"eu\"",
                "region = { env = \"UNSET_BY_ALL\" }",
            ),
        ],
        RUN,
        &[
            "submission.toml:26:",
            "the environment variable `UNSET_BY_ALL` is not set",
        ],
    ),
    Case(
        "a password in a URL",
        &[
            Edit(CONFIGURATION, REGION, "\"title\": \"t\""),
            Edit(
                TOML,
                "region = \"eu\"",
                "region = \"https://bob:canary-4711@host.example/\"",
            ),
        ],
        CHECK,
        &[
            "submission.toml:26:",
            "the URL holds a user name or password",
            "[destination.credentials]",
        ],
    ),
];
