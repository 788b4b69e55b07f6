//! `destspec init`: a commented submission to start from, by an example, by posted JSON, or by a few answers.

mod draft;
mod posted;
mod questions;

use std::io::{IsTerminal as _, stderr, stdin};
use std::path::{Path, PathBuf};

use crate::cli::args::{InitArgs, StorageKind};
use crate::cli::exit::Exit;
use crate::cli::init::draft::{Draft, Login};
use crate::cli::init::questions::{About, Answers};
use crate::cli::load::{self, Loading};
use crate::cli::{Failure, output, print, reference};
use crate::model::sdk::FileAuthentication;
use crate::model::submission::init::FILES;
use crate::model::submission::{AuthenticationClaim, CredentialName};

const SUBMISSION: &str = "submission.toml";

/// Texts by their paths in the folder that is begun.
type Texts = Vec<(PathBuf, String)>;

/// Writes the files; overwrites none. Asks only at a terminal, and only where no argument says what is wanted.
///
/// # Errors
/// When one of them exists or cannot be written, or what is posted cannot be read.
pub fn run(args: &InitArgs) -> Result<Exit, Failure> {
    let here = PathBuf::from(".");
    let folder = args.folder.clone().unwrap_or(here);
    let asks = args.folder.is_none() && stdin().is_terminal() && stderr().is_terminal();
    let (folder, texts) = match (args.batch, &args.from) {
        (Some(kind), _) => (folder, batch(kind)),
        (None, Some(from)) => {
            let texts = posted::begun(from, &folder, Draft::default())?;
            (folder, texts)
        }
        (None, None) if asks => {
            let answers = questions::ask(&mut stdin().lock(), &mut stderr())?;
            let texts = answered(&answers)?;
            (answers.folder, texts)
        }
        (None, None) => (folder, example()),
    };
    write(&folder, texts)
}

fn write(folder: &Path, mut texts: Texts) -> Result<Exit, Failure> {
    texts.sort();
    let mut paths = texts.iter().map(|(path, _)| folder.join(path));
    if let Some(path) = paths.find(|path| path.exists()) {
        let help = Some(String::from(
            "name another folder: `destspec init FOLDER`; nothing was written",
        ));
        return Err(Failure::usage(format!("`{}` exists", path.display()), help));
    }
    for (path, text) in &texts {
        output::write(&folder.join(path), text)?;
        print::result(&format!("wrote {}\n", folder.join(path).display()))?;
    }
    let submission = folder.join(SUBMISSION);
    // what of the posted JSON is questionable is known from the first minute on
    match load::submission(&submission, Loading::SHOWN) {
        Ok(loaded) => print::problems(&loaded.warnings),
        Err(Failure::Input(problems)) => print::problems(&problems),
        Err(unread @ Failure::Message { .. }) => return Err(unread),
    }
    print::message(&format!(
        "next: edit it, export the variables that it names, then `destspec check {0}` and `destspec run {0}`",
        submission.display()
    ));
    Ok(Exit::Success)
}

/// What a person said that it should be.
fn answered(answers: &Answers) -> Result<Texts, Failure> {
    let draft = Draft {
        partner: answers.partner.clone(),
        kind: answers.kind.clone(),
        contact: answers.contact.clone(),
        name: answers.name.clone(),
        ..Draft::default()
    };
    match &answers.about {
        About::Posted(from) => posted::begun(from, &answers.folder, draft),
        About::Messages { url, login } => Ok(messages(draft, url, login)),
        About::Files(kind) => Ok(files(*kind, draft)),
    }
}

/// The example, with every key.
fn example() -> Texts {
    let all = FILES.iter();
    all.map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
        .collect()
}

/// The example with another address and another way to log in.
fn messages(draft: Draft, url: &str, login: &Login) -> Texts {
    let credentials = draft.credentials(&login.claim(), &[]);
    let draft = Draft {
        credentials,
        customer_data: String::from("customer_data = { region = \"eu\" }"),
        ..draft
    };
    let mut texts = example();
    for (path, text) in &mut texts {
        *text = match path.to_str() {
            Some(SUBMISSION) => draft.text(),
            Some("sdk/server.json") => {
                let url = serde_json::Value::from(url).to_string();
                let example = "\"https://api.example.com/{{customerData.region}}/audience-sync\"";
                text.replace(example, &url)
            }
            _ => text.replace("{ \"authType\": \"BEARER\" }", &login.configuration()),
        };
    }
    texts
}

/// What a submission of a kind says that others do not.
struct Start {
    /// The reference destination whose JSON it begins with.
    json: &'static str,
    customer_data: &'static str,
    location: &'static str,
    /// How it is logged in to.
    claim: AuthenticationClaim,
    /// The lines of the credentials besides those that every submission of the kind needs.
    credentials: &'static str,
}

fn batch(kind: StorageKind) -> Texts {
    let name = String::from("example-batch");
    files(
        kind,
        Draft {
            name,
            ..Draft::default()
        },
    )
}

/// The JSON of a kind of location, with a submission about it.
fn files(kind: StorageKind, draft: Draft) -> Texts {
    let start = start(kind);
    let draft = Draft {
        customer_data: start.customer_data.to_owned(),
        credentials: credentials(&draft, kind, start.claim, &[]),
        location: Some(start.location),
        ..draft
    };
    let json = |suffix| (PathBuf::from(suffix), of_reference(kind, suffix));
    vec![
        (PathBuf::from(SUBMISSION), draft.text()),
        json("sdk/server.json"),
        json("sdk/destination.json"),
    ]
}

/// What stands under `[destination.credentials]` of a kind of location that is logged in to that way, if it is at all.
fn credentials(
    draft: &Draft,
    kind: StorageKind,
    claim: AuthenticationClaim,
    posted: &[CredentialName],
) -> String {
    let start = start(kind);
    let claim = match CredentialName::asked_by(claim) {
        [] => start.claim,
        _ => claim,
    };
    let asked = draft.credentials(&claim, posted);
    // what is asked for needs no example
    let has = |line: &&str| {
        let key = line.trim_start_matches("# ").split(" = ").next();
        key.is_some_and(|key| asked.contains(&format!("{key} = ")))
    };
    let more = start.credentials.lines().filter(|line| !has(line));
    let all = asked.lines().chain(more);
    all.collect::<Vec<_>>().join("\n")
}

/// The reference destination's JSON of a kind, as a file of that name.
fn of_reference(kind: StorageKind, name: &str) -> String {
    let suffix = if name.contains("server") {
        "-server"
    } else {
        ""
    };
    let text = reference::file(&format!("{}{suffix}.json", start(kind).json));
    // the reference destination listens on a port of its own
    text.unwrap_or_default()
        .replace("\"port\": 8822", "\"port\": 22")
        .replace("Moonshine", "Example")
        .replace("moonshine", "example")
}

fn start(kind: StorageKind) -> Start {
    match kind {
        StorageKind::S3 => Start {
            json: "s3-csv",
            customer_data: r#"customer_data = { bucket = "example-audiences", path = "exports/%SEGMENT_NAME%", includeFileManifest = true }"#,
            location: "# endpoint = \"https://s3.example.com\"\n# region = \"eu-central-1\"",
            claim: AuthenticationClaim::File(FileAuthentication::S3),
            credentials: "# session_token = { env = \"AWS_SESSION_TOKEN\" }\n# role_arn = \"arn:aws:iam::123456789012:role/example\"   # a role that the key assumes\n# external_id = \"example\"",
        },
        StorageKind::AzureBlob => Start {
            json: "blob-csv",
            customer_data: r#"customer_data = { container = "landing/audiences" }"#,
            location: "# endpoint = \"https://blob.example.com/account\"",
            claim: AuthenticationClaim::File(FileAuthentication::AzureConnectionString),
            credentials: "",
        },
        StorageKind::Adls => Start {
            json: "adls-parquet",
            customer_data: "# customer_data = {}                  # what a customer would type in",
            location: "# endpoint = \"https://example.dfs.core.windows.net\"\n# authority = \"https://login.microsoftonline.com\"",
            claim: AuthenticationClaim::File(FileAuthentication::AzureServicePrincipal),
            credentials: "",
        },
        StorageKind::Sftp => Start {
            json: "sftp-csv",
            customer_data: r#"customer_data = { folder = "/upload/audiences", host = "sftp.example.com" }"#,
            location: "# (host and port stand in the server's JSON)",
            claim: AuthenticationClaim::File(FileAuthentication::SftpWithPassword),
            credentials: "# private_key = { file = \"id_rsa\" }     # RSA, without a passphrase\nhost_key = \"SHA256:…\"                 # what `ssh-keyscan HOST | ssh-keygen -lf -` prints, or the line of known_hosts",
        },
        StorageKind::GoogleCloud => Start {
            json: "gcs-json",
            customer_data: r#"customer_data = { bucket = "example-audiences", path = "exports" }"#,
            location: "# endpoint = \"https://storage.example.com\"",
            claim: AuthenticationClaim::File(FileAuthentication::GoogleCloudStorage),
            credentials: "# (the HMAC key of a service account, for interoperability)",
        },
        StorageKind::Dlz => Start {
            json: "dlz-csv",
            customer_data: r#"customer_data = { path = "audiences" }"#,
            location: "# (the URL of the signature says where it is)",
            claim: AuthenticationClaim::None,
            credentials: "sas_url = { env = \"DLZ_SAS_URL\" }    # `SASUri` of the landing zone's credentials",
        },
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn credentials_have_the_same_names_whether_a_kind_or_its_posted_json_is_begun_with() {
        let draft = Draft::default();
        for kind in StorageKind::value_variants() {
            let begun = credentials(&draft, *kind, start(*kind).claim, &[]);
            // posted JSON may say no way to log in
            let posted = credentials(&draft, *kind, AuthenticationClaim::None, &[]);
            assert_eq!(begun, posted);
            let google = begun.contains("GCS_HMAC_SECRET") && !begun.contains("AWS_");
            assert_eq!(google, *kind == StorageKind::GoogleCloud, "{begun}");
            let azure = begun.matches("\"AZURE_").count();
            assert_eq!(azure == 3, *kind == StorageKind::Adls, "{begun}");
        }
    }

    #[test]
    fn a_key_that_is_asked_for_is_no_example_beside_itself() {
        let claim = AuthenticationClaim::File(FileAuthentication::SftpWithSshKey);
        let begun = credentials(&Draft::default(), StorageKind::Sftp, claim, &[]);
        assert_eq!(begun.matches("private_key = ").count(), 1, "{begun}");
        assert!(begun.contains("\nhost_key = "), "{begun}");
    }
}
