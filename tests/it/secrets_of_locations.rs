//! A canary in every kind of credential of a location, repeated by the location in every form, is in nothing that the
//! program writes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use crate::secrets::{ACCOUNT_KEY, CLIENT_SECRET, SECRET_KEY, SESSION_TOKEN, SIGNATURE, found};
use crate::support::echo::{Echo, ISSUED};
use crate::support::program::Folder;

/// A kind of location: how its submission begins, what is put where the echo is, and its environment.
struct Kind {
    name: &'static str,
    /// What stands in the submission and what takes its place; `BASE` is the address of the echo.
    edits: &'static [(&'static str, &'static str)],
    variables: &'static [(&'static str, &'static str)],
    /// What stands in the record for the secret that is repeated.
    mark: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "s3",
        edits: &[
            ("# session_token", "session_token"),
            ("# [destination.location]", "[destination.location]"),
            (
                "# endpoint = \"https://s3.example.com\"",
                "endpoint = \"BASE/s3\"",
            ),
        ],
        variables: &[
            ("AWS_ACCESS_KEY_ID", "AKIA234567ABCDEFGHIJ"),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN),
        ],
        mark: "seen ⟦secret:session_token",
    },
    Kind {
        name: "azure-blob",
        edits: &[],
        variables: &[(
            "AZURE_STORAGE_CONNECTION_STRING",
            "DefaultEndpointsProtocol=https;AccountName=blob;AccountKey=KEY;BlobEndpoint=BASE/blob",
        )],
        mark: "seen ⟦secret:connection_string.AccountKey",
    },
    Kind {
        name: "adls",
        edits: &[
            ("# [destination.location]", "[destination.location]"),
            (
                "# endpoint = \"https://example.dfs.core.windows.net\"",
                "endpoint = \"BASE/adls\"",
            ),
            (
                "# authority = \"https://login.microsoftonline.com\"",
                "authority = \"BASE/entra\"",
            ),
        ],
        variables: &[
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_CLIENT_ID", "client"),
            ("AZURE_CLIENT_SECRET", CLIENT_SECRET),
        ],
        mark: "⟦secret:access_token",
    },
    Kind {
        name: "dlz",
        edits: &[],
        variables: &[(
            "DLZ_SAS_URL",
            "BASE/dlz/landing?sv=2023-11-03&sp=rwl&sig=SIG",
        )],
        mark: "seen ⟦secret:sas_url.sig",
    },
];

#[test]
fn no_canary_of_a_location_is_in_anything_that_a_run_writes() {
    let echo = Echo::start(&[
        ("/s3", SESSION_TOKEN),
        ("/blob", ACCOUNT_KEY),
        ("/adls", ISSUED),
        ("/entra", CLIENT_SECRET),
        ("/dlz", SIGNATURE),
    ]);
    let mut all = Vec::new();
    for kind in KINDS {
        let folder = Folder::empty();
        assert_eq!(folder.run(&["init", "--batch", kind.name]).code, 0);
        let filled = |text: &str| {
            text.replace("BASE", &echo.base)
                .replace("=KEY", &format!("={ACCOUNT_KEY}"))
                .replace("=SIG", &format!("={SIGNATURE}"))
        };
        for (from, to) in kind.edits {
            folder.edit("submission.toml", from, &filled(to));
        }
        let before = folder.files();
        let variables: Vec<(&str, String)> = kind
            .variables
            .iter()
            .map(|(name, value)| (*name, filled(value)))
            .collect();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let run = ["run", "submission.toml", "--seed", "1"];
        let ended = folder.run_with(&run, &variables);
        let said = format!("{}\n{}", ended.stdout, ended.stderr);
        assert!([1, 3].contains(&ended.code), "{}: {said}", kind.name);
        all.extend(found(&format!("{}, terminal", kind.name), &said));
        let record = folder.read("destspec-out/record.json");
        assert!(
            record.contains(kind.mark),
            "{}: no `{}`",
            kind.name,
            kind.mark
        );
        let files = folder.files();
        let written: Vec<_> = files.iter().filter(|file| !before.contains(file)).collect();
        assert_eq!(written.len(), 4, "{}: {said}", kind.name);
        for (path, bytes) in written {
            let what = format!("{}, {}", kind.name, path.display());
            all.extend(found(&what, std::str::from_utf8(bytes).unwrap()));
        }
    }
    let served = echo.served();
    assert!(
        [0, 1, 2, 4].iter().all(|place| served[*place] >= 33) && served[3] > 0,
        "too few answers for every form: {served:?}"
    );
    assert!(all.is_empty(), "{}", all.join("\n"));
}
