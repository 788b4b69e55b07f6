//! `destspec init`: a commented submission and minimal Destination SDK JSON to start from.

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::cli::args::{InitArgs, StorageKind};
use crate::cli::exit::Exit;
use crate::cli::{Failure, output, print, reference};

static START: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/submissions/init");

const BATCH: &str = include_str!("../../fixtures/submissions/init-batch/submission.toml");

/// Writes the files; overwrites none.
///
/// # Errors
/// When one of them exists, or cannot be written.
pub fn run(args: &InitArgs) -> Result<Exit, Failure> {
    let folder = &args.folder;
    let mut files = match args.batch {
        Some(kind) => batch(kind),
        None => {
            let mut files = Vec::new();
            collect(&START, &mut files);
            files
        }
    };
    files.sort();
    let taken = files
        .iter()
        .map(|(path, _)| folder.join(path))
        .find(|path| path.exists());
    if let Some(path) = taken {
        let help = Some(String::from(
            "name another folder: `destspec init FOLDER`; nothing was written",
        ));
        return Err(Failure::usage(format!("`{}` exists", path.display()), help));
    }
    for (path, text) in &files {
        output::write(&folder.join(path), text)?;
        print::result(&format!("wrote {}\n", folder.join(path).display()))?;
    }
    let submission = folder.join("submission.toml");
    print::message(&format!(
        "next: edit it, export the variables that it names, then `destspec run {}`",
        submission.display()
    ));
    Ok(Exit::Success)
}

fn collect(dir: &'static Dir<'_>, files: &mut Vec<(PathBuf, String)>) {
    files.extend(
        dir.files()
            .filter_map(|f| Some((f.path().to_owned(), f.contents_utf8()?.to_owned()))),
    );
    dir.dirs().for_each(|dir| collect(dir, files));
}

/// What a submission of a kind says that others do not.
struct Start {
    /// The reference destination whose JSON it begins with.
    json: &'static str,
    customer_data: &'static str,
    location: &'static str,
    credentials: &'static str,
}

fn batch(kind: StorageKind) -> Vec<(PathBuf, String)> {
    let start = start(kind);
    let submission = BATCH
        .replace("@customer_data@", start.customer_data)
        .replace("@location@", start.location)
        .replace("@credentials@", start.credentials);
    let json = |suffix: &str| {
        let text = reference::file(&format!("{}{suffix}.json", start.json));
        let text = text.unwrap_or_default();
        // the reference destination listens on a port of its own
        text.replace("\"port\": 8822", "\"port\": 22")
            .replace("Moonshine", "Example")
            .replace("moonshine", "example")
    };
    vec![
        (Path::new("submission.toml").to_owned(), submission),
        (Path::new("sdk/server.json").to_owned(), json("-server")),
        (Path::new("sdk/destination.json").to_owned(), json("")),
    ]
}

fn start(kind: StorageKind) -> Start {
    match kind {
        StorageKind::S3 => Start {
            json: "s3-csv",
            customer_data: r#"customer_data = { bucket = "example-audiences", path = "exports/%SEGMENT_NAME%", includeFileManifest = true }"#,
            location: "# endpoint = \"https://s3.example.com\"\n# region = \"eu-central-1\"",
            credentials: "access_key_id = { env = \"AWS_ACCESS_KEY_ID\" }\nsecret_access_key = { env = \"AWS_SECRET_ACCESS_KEY\" }\n# session_token = { env = \"AWS_SESSION_TOKEN\" }\n# role_arn = \"arn:aws:iam::123456789012:role/example\"   # a role that the key assumes\n# external_id = \"example\"",
        },
        StorageKind::AzureBlob => Start {
            json: "blob-csv",
            customer_data: r#"customer_data = { container = "landing/audiences" }"#,
            location: "# endpoint = \"https://blob.example.com/account\"",
            credentials: "connection_string = { env = \"AZURE_STORAGE_CONNECTION_STRING\" }",
        },
        StorageKind::Adls => Start {
            json: "adls-parquet",
            customer_data: "# customer_data = {}                  # what a customer would type in",
            location: "# endpoint = \"https://example.dfs.core.windows.net\"\n# authority = \"https://login.microsoftonline.com\"",
            credentials: "tenant_id = { env = \"AZURE_TENANT_ID\" }\nclient_id = { env = \"AZURE_CLIENT_ID\" }\nclient_secret = { env = \"AZURE_CLIENT_SECRET\" }",
        },
        StorageKind::Sftp => Start {
            json: "sftp-csv",
            customer_data: r#"customer_data = { folder = "/upload/audiences", host = "sftp.example.com" }"#,
            location: "# (host and port stand in the server's JSON)",
            credentials: "username = \"example\"\npassword = { env = \"SFTP_PASSWORD\" }\n# private_key = { file = \"id_rsa\" }     # RSA, without a passphrase\nhost_key = \"SHA256:…\"                 # what `ssh-keyscan HOST | ssh-keygen -lf -` prints, or the line of known_hosts",
        },
        StorageKind::GoogleCloud => Start {
            json: "gcs-json",
            customer_data: r#"customer_data = { bucket = "example-audiences", path = "exports" }"#,
            location: "# endpoint = \"https://storage.example.com\"",
            credentials: "access_key_id = { env = \"GCS_HMAC_ACCESS_ID\" }   # interoperability keys of a service account\nsecret_access_key = { env = \"GCS_HMAC_SECRET\" }",
        },
        StorageKind::Dlz => Start {
            json: "dlz-csv",
            customer_data: r#"customer_data = { path = "audiences" }"#,
            location: "# (the URL of the signature says where it is)",
            credentials: "sas_url = { env = \"DLZ_SAS_URL\" }    # `SASUri` of the landing zone's credentials",
        },
    }
}
