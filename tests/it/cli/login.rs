//! `destspec login`: a browser comes back with a code, and the refresh token is kept for the runs that follow.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};

use crate::cli::emulate::read_until;
use crate::emulator::client::{install_provider, trusting};
use crate::support::program::Folder;

const TOKEN: &str = "acme/secrets/DESTSPEC_REFERENCE_REFRESH_TOKEN";

/// The address to log in at, as the program prints it.
fn address(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines.find_map(|line| {
        let line = line.unwrap();
        line.trim().strip_prefix("https://").map(str::to_owned)
    });
    format!("https://{}", address.unwrap())
}

/// A person who types a name and a password; the browser follows where it is sent.
fn logs_in(folder: &Folder, address: &str, password: &str) -> String {
    install_provider();
    let read = |name: &str| folder.read(&format!("acme/{name}")).trim_end().to_owned();
    let typed = format!(
        "username={}&password={}",
        read("secrets/DESTSPEC_REFERENCE_USERNAME"),
        password.replace(':', "%3A")
    );
    let client = trusting(&folder.read("acme/reference-ca.pem"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let form = "application/x-www-form-urlencoded";
        let asked = client
            .post(address)
            .header("content-type", form)
            .body(typed);
        let answer = asked.send().await.unwrap();
        match answer.headers().get("location") {
            Some(location) => {
                let back = client.get(location.to_str().unwrap()).send();
                back.await.unwrap().text().await.unwrap()
            }
            None => answer.text().await.unwrap(),
        }
    })
}

#[test]
fn a_person_logs_in_and_each_run_keeps_the_newest_refresh_token() {
    let folder = Folder::empty();
    let mut emulate = folder.command(&["emulate", "--submission", "acme"]);
    let mut emulate = emulate.stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut emulate, "Ctrl-C").unwrap();
    let password = folder.read("acme/secrets/DESTSPEC_REFERENCE_PASSWORD");
    folder.write(TOKEN, "of somebody whose login has ended\n");
    let args = [
        "login",
        "oauth2-code",
        "acme/submission.toml",
        "--no-browser",
    ];
    let mut login = folder.command(&args);
    let login = login.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut login = login.spawn().unwrap();
    let address = address(&mut login);
    assert!(logs_in(&folder, &address, "wrong").contains("Log in"));
    let page = logs_in(&folder, &address, password.trim_end());
    assert!(page.contains("Access was given"), "{page}");
    let mut said = String::new();
    login
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(login.wait().unwrap().success());
    assert!(said.contains(TOKEN), "{said}");
    let mut seen = vec![folder.read(TOKEN)];
    for _ in 0..2 {
        let ended = folder.run(&[
            "run",
            "acme/submission.toml",
            "--quiet",
            "--destination",
            "oauth2-code",
            "--requirement",
            "STR-2.OAUTH2.02",
        ]);
        assert_eq!(ended.code, 4, "{}", ended.stderr);
        assert!(ended.stdout.contains("1 passed"), "{}", ended.stdout);
        seen.push(folder.read(TOKEN));
    }
    emulate.kill().unwrap();
    emulate.wait().unwrap();
    assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let kept = std::fs::metadata(folder.path(TOKEN)).unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_refresh_token_that_nobody_has_yet_is_got_by_a_login() {
    let folder = Folder::started();
    folder.edit(
        "sdk/destination.json",
        "{ \"authType\": \"BEARER\" }",
        "{ \"authType\": \"OAUTH2\", \"grant\": \"OAUTH2_AUTHORIZATION_CODE\", \"accessTokenUrl\": \"https://a.invalid/t\", \"authorizationUrl\": \"https://a.invalid/a\" }",
    );
    folder.edit(
        "submission.toml",
        "token = { env = \"EXAMPLE_TOKEN\" }",
        "client_id = \"id\"\nclient_secret = { env = \"EXAMPLE_TOKEN\" }\nrefresh_token = { file = \"secrets/refresh-token\" }",
    );
    let ended = folder.run(&["check", "submission.toml"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.says("run `destspec login example-streaming submission.toml`"),
        "{}",
        ended.stderr
    );
}

/// A folder with the reference submission, of a reference destination that is gone.
fn written() -> Folder {
    let folder = Folder::empty();
    let mut emulate = folder.command(&["emulate", "--submission", "acme"]);
    let mut emulate = emulate.stdout(Stdio::piped()).spawn().unwrap();
    read_until(&mut emulate, "Ctrl-C").unwrap();
    emulate.kill().unwrap();
    emulate.wait().unwrap();
    folder
}

#[test]
fn nobody_logs_in_where_nothing_says_so() {
    let folder = written();
    let login = |name: &str| folder.run(&["login", name, "acme/submission.toml"]);
    let ended = login("oauth2-batch");
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.says("authorization code grant"), "{}", ended.stderr);
    let ended = login("none-such");
    assert!(ended.says("oauth2-code"), "{}", ended.stderr);
    let text = folder.read("acme/submission.toml");
    let path = "{ file = \"secrets/DESTSPEC_REFERENCE_REFRESH_TOKEN\" }";
    folder.write(
        "acme/submission.toml",
        text.replace(path, "{ env = \"T\" }"),
    );
    let ended = login("oauth2-code");
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.says("where to keep"), "{}", ended.stderr);
}

#[test]
fn the_client_id_that_stands_in_the_posted_json_is_that_of_the_address() {
    let folder = written();
    folder.write(TOKEN, "of nobody yet\n");
    let login = || {
        let typed = ["--redirect-uri", "https://platform.adobe.io/callback"];
        let login = ["login", "oauth2-code", "acme/submission.toml"];
        folder.run(&[&login[..], &typed].concat())
    };
    let id = "client_id = { file = \"secrets/DESTSPEC_REFERENCE_CLIENT_ID\" }\n";
    folder.edit(
        "acme/submission.toml",
        id,
        "client_id = { env = \"NOT_SET\" }\n",
    );
    let lacking = login();
    assert_eq!(lacking.code, 2, "{}", lacking.stderr);
    assert!(
        lacking.says("the `client_id` of `oauth2-code` cannot be had"),
        "{}",
        lacking.stderr
    );
    let text = folder.read("acme/submission.toml");
    folder.write(
        "acme/submission.toml",
        text.replace("client_id = { env = \"NOT_SET\" }\n", ""),
    );
    folder.edit(
        "acme/oauth2-code.json",
        "\"authType\": \"OAUTH2\",",
        "\"authType\": \"OAUTH2\", \"clientId\": \"platform-at-acme\",",
    );
    let ended = login();
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("&client_id=platform-at-acme&"),
        "{}",
        ended.stderr
    );
    folder.edit(
        "acme/oauth2-code.json",
        "\"authorizationUrl\": \"{{customerData.endpoint}}",
        "\"authorizationUrl\": \"x-{{customerData.endpoint}}",
    );
    let strange = login();
    assert_eq!(strange.code, 2, "{}", strange.stderr);
    assert!(strange.says("to be an `https` URL"), "{}", strange.stderr);
}
