//! A login by OAuth 2.0 whose customer has to type something in, and a submission that does it wrong.

use crate::bad_input::Case;
use crate::bad_input::Change::{self, Edit};

const TOML: &str = "submission.toml";
const CHECK: &[&str] = &["check", TOML];
const DATA: &str = "customer_data = { region = \"eu\" }";

/// The destination asks for an account, its number of shards and its key.
const OAUTH2: Change = Edit(
    "sdk/destination.json",
    "{ \"authType\": \"BEARER\" }",
    "{ \"authType\": \"OAUTH2\", \"grant\": \"OAUTH2_CLIENT_CREDENTIALS\", \"accessTokenUrl\": \"https://{{ authData.account }}.auth.invalid/token\", \"authenticationDataFields\": [{ \"name\": \"clientId\", \"isRequired\": true, \"source\": \"CUSTOMER\" }, { \"name\": \"account\", \"isRequired\": true, \"source\": \"CUSTOMER\" }, { \"name\": \"shards\", \"type\": \"integer\", \"source\": \"CUSTOMER\" }, { \"name\": \"accessKey\", \"format\": \"password\", \"isRequired\": true, \"source\": \"CUSTOMER\" }, { \"name\": \"tier\", \"value\": \"gold\", \"source\": \"PARTNER\" }, { \"name\": \"life\", \"source\": \"CUSTOMER\", \"isRequired\": true, \"authenticationResponsePath\": \"life\" }] }",
);
const CREDENTIALS: Change = Edit(
    TOML,
    "token = { env = \"EXAMPLE_TOKEN\" }",
    "client_id = \"c\"\nclient_secret = { env = \"EXAMPLE_TOKEN\" }",
);

/// What is typed in, after the customer data.
macro_rules! typed {
    ($data:literal $(,)?) => {
        Edit(
            TOML,
            DATA,
            concat!("customer_data = { region = \"eu\" }\n", $data),
        )
    };
}

pub const OF_TYPED_FIELDS: &[Case] = &[
    Case(
        "nothing that is required",
        &[OAUTH2, CREDENTIALS],
        CHECK,
        &[
            "submission.toml:21:8: missing the authentication field `account`, which a customer types in",
            "add `auth_data.account = \"…\"`",
            "missing the authentication field `accessKey`",
            "add `auth_data.accessKey = { env = \"NAME\" }`",
        ],
    ),
    Case(
        "the same where it is run",
        &[OAUTH2, CREDENTIALS],
        &["run", TOML],
        &["submission.toml:21:8: missing the authentication field `account`"],
    ),
    Case(
        "one that is misspelt",
        &[
            OAUTH2,
            CREDENTIALS,
            typed!("auth_data = { acount = \"a\", accessKey = { env = \"EXAMPLE_TOKEN\" } }"),
        ],
        CHECK,
        &[
            "submission.toml:27:24: `destination[0].auth_data.acount`",
            "the configuration declares no such authentication field",
            "did you mean `account`? `authenticationDataFields` asks for `account`, `shards` and `accessKey`",
        ],
    ),
    Case(
        "a secret that stands there",
        &[
            OAUTH2,
            CREDENTIALS,
            typed!("auth_data = { account = \"a\", accessKey = \"canary-4711\" }"),
        ],
        CHECK,
        &[
            "submission.toml:27:",
            "a literal secret in a file is refused",
        ],
    ),
    Case(
        "a secret that is not set",
        &[
            OAUTH2,
            CREDENTIALS,
            typed!("auth_data = { account = \"a\", accessKey = { env = \"NO_SUCH_KEY\" } }"),
        ],
        CHECK,
        &[
            "submission.toml:27:",
            "the environment variable `NO_SUCH_KEY` is not set",
            "export NO_SUCH_KEY=…",
        ],
    ),
    Case(
        "a value of another kind",
        &[
            OAUTH2,
            CREDENTIALS,
            typed!(
                "auth_data = { account = \"a\", shards = \"two\", accessKey = { env = \"EXAMPLE_TOKEN\" } }",
            ),
        ],
        CHECK,
        &["submission.toml:27:", "`destination[0].auth_data.shards`"],
    ),
    Case(
        "what is a credential",
        &[
            OAUTH2,
            CREDENTIALS,
            typed!(
                "auth_data = { account = \"a\", clientId = \"c\", accessKey = { env = \"EXAMPLE_TOKEN\" } }",
            ),
        ],
        CHECK,
        &[
            "what the grant takes is a credential",
            "write it as `client_id` under [destination.credentials]",
        ],
    ),
    Case(
        "what the partner has fixed",
        &[
            OAUTH2,
            CREDENTIALS,
            typed!(
                "auth_data = { account = \"a\", tier = \"tin\", accessKey = { env = \"EXAMPLE_TOKEN\" } }",
            ),
        ],
        CHECK,
        &["the configuration has its value, or takes it from the answer"],
    ),
    Case(
        "anything where nobody is asked",
        &[typed!("auth_data = { account = \"a\" }")],
        CHECK,
        &["`authenticationDataFields` asks for nothing"],
    ),
];
