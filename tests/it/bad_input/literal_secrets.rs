//! A secret that stands in posted JSON, as some of Adobe's samples have it: used, warned of, never shown, and refused where
//! that is asked for.

use crate::support::program::{Ended, Folder};

const TOML: &str = "submission.toml";
const CONFIGURATION: &str = "sdk/destination.json";
const BEARER: &str = "{ \"authType\": \"BEARER\" }";
const OAUTH2: &str = "{ \"authType\": \"OAUTH2\", \"grant\": \"OAUTH2_CLIENT_CREDENTIALS\",
    \"accessTokenUrl\": \"https://id.example.com/token\", \"clientId\": \"c\",
    \"clientSecret\": \"canary-4711-canary\" }";

/// A submission whose configuration holds the client secret.
fn folder() -> Folder {
    let folder = Folder::started();
    folder.edit(CONFIGURATION, BEARER, OAUTH2);
    folder.edit(TOML, "token = { env = \"EXAMPLE_TOKEN\" }", "");
    folder
}

fn without_secret(ended: Ended) -> Ended {
    let shown = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!shown.contains("4711"), "{shown}");
    ended
}

#[test]
fn a_client_secret_in_the_json_is_warned_of_and_is_not_missing() {
    for command in [&["list", TOML][..], &["render", "message", TOML]] {
        let ended = without_secret(folder().run_with(command, &[]));
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(
            ended.says("sdk/destination.json:7:21: `customerAuthenticationConfigurations[0].clientSecret`: a literal secret in a file"),
            "{}",
            ended.stderr
        );
        assert!(
            ended.says("client_secret = { env = \"NAME\" }"),
            "{}",
            ended.stderr
        );
        assert!(
            ended.stderr.contains("\"******************\""),
            "{}",
            ended.stderr
        );
        assert!(!ended.says("no credentials"), "{}", ended.stderr);
    }
}

#[test]
fn a_client_secret_in_the_json_is_refused_where_literal_secrets_are_denied() {
    for command in ["run", "check", "list"] {
        let ended = folder().run_with(&[command, TOML, "--deny-literal-secrets"], &[]);
        let ended = without_secret(ended);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(
            ended.says("a literal secret in a file is refused"),
            "{}",
            ended.stderr
        );
        assert!(!ended.says("no credentials"), "{}", ended.stderr);
        assert!(
            ended.stderr.contains("\"******************\""),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn what_is_wrong_beside_a_secret_does_not_show_it() {
    for (old, new) in [
        (
            "\"grant\": \"OAUTH2_CLIENT_CREDENTIALS\"",
            "\"grant\": \"CLIENT\"",
        ),
        ("\"clientId\": \"c\",", "\"clientId\": \"c\""),
        ("\"clientId\": \"c\"", "\"clientId\": 7"),
        ("-canary\" }", "-canary\" \"x\" }"),
    ] {
        let folder = folder();
        folder.edit(CONFIGURATION, old, new);
        let ended = without_secret(folder.run_with(&["list", TOML], &[]));
        assert_eq!(ended.code, 2, "{new}: {}", ended.stderr);
    }
}

#[test]
fn a_secret_that_is_still_to_come_is_none() {
    let folder = folder();
    folder.edit(CONFIGURATION, "canary-4711-canary", "<the secret>");
    let ended = folder.run_with(&["list", TOML], &[]);
    assert!(!ended.says("a literal secret"), "{}", ended.stderr);
    assert!(
        ended.says("no credentials: `client_secret` is missing"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_key_in_the_url_of_an_observation_is_refused_and_what_is_filled_in_is_none() {
    let listed = |query: &str| {
        let folder = Folder::started();
        let observed = format!(
            "{}\n[destination.observe.membership]\nurl = \"https://api.example.com/u/{{identity}}?{query}\"\naudiences = \"/audiences\"\n",
            folder.read(TOML)
        );
        folder.write(TOML, observed);
        without_secret(folder.run(&["list", TOML]))
    };
    let refused = listed("v=1&api_key=canary-4711-canary");
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(
        refused.says("a literal secret in a file is refused")
            && refused.says("write `{{customerData.NAME}}` in its place"),
        "{}",
        refused.stderr
    );
    for query in ["api_key={{customerData.region}}", "key={namespace}&code=US"] {
        let ended = listed(query);
        assert_eq!(ended.code, 0, "{query}: {}", ended.stderr);
    }
}
