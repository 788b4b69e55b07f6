//! Which lines of a file of allowed signers let a key sign, as ssh-keygen reads them.

use destspec::publish::bundle::NAMESPACE;
use destspec::publish::bundle::signature::sign;
use destspec::review::signature::{signers, verify};

use super::AT;
use super::signed::{WHO, private, public};

const STATEMENT: &[u8] = b"statement";

/// A line with `KEY` for the key, and whether who it is about may sign as [`WHO`].
const LINES: &[(&str, bool)] = &[
    ("integrations@moonshine.example KEY", true),
    ("integrations@moonshine.example\tKEY", true),
    (" \t integrations@moonshine.example \t KEY \t", true),
    ("integrations@moonshine.example KEY # a comment", true),
    ("integrations@moonshine.example KEY of a person", true),
    ("\"integrations@moonshine.example\" KEY", true),
    ("\"a b,integrations@moonshine.example\"\tKEY", true),
    ("integrations@\"moonshine.example\" KEY", true),
    ("\"integrations@moonshine.example\"KEY", true),
    ("*@moonshine.example KEY", true),
    ("* KEY", true),
    ("integration?@moonshine.example KEY", true),
    ("other@acme.example,*@moonshine.* KEY", true),
    ("!other@moonshine.example,*@moonshine.example KEY", true),
    (
        "integrations@moonshine.example\tnamespaces=\"file,conformance@*\"\tKEY",
        true,
    ),
    (
        "integrations@moonshine.example NameSpaces=\"conformance@destspec.dev\",valid-before=\"20991231Z\" KEY",
        true,
    ),
    ("*@moonshine.example,!integrations@* KEY", false),
    ("!integrations@moonshine.example KEY", false),
    ("integration@moonshine.example KEY", false),
    ("integrations?@moonshine.example KEY", false),
    ("INTEGRATIONS@moonshine.example KEY", false),
    ("# integrations@moonshine.example KEY", false),
    ("integrations@moonshine.example # KEY", false),
    ("\"integrations@moonshine.example KEY", false),
    ("integrations@moonshine.example", false),
    ("KEY", false),
    ("integrations@moonshine.example unknown=\"1\" KEY", false),
    (
        "integrations@moonshine.example namespaces=\"file git\" KEY",
        false,
    ),
    (
        "integrations@moonshine.example namespaces=\"a,namespaces=\"b\" KEY",
        false,
    ),
];

fn lines() -> impl Iterator<Item = (String, bool)> {
    let key = public(1);
    let lines = LINES.iter();
    lines.map(move |(line, may)| (line.replace("KEY", &key), *may))
}

#[test]
fn a_line_of_allowed_signers_is_read_as_ssh_has_it() {
    let signature = sign(&private(1), NAMESPACE, STATEMENT).unwrap();
    for (line, may) in lines() {
        let signed = signers(&line).is_ok_and(|allowed| {
            let who = [WHO.to_owned()];
            let at = AT.parse().unwrap();
            let signed = (NAMESPACE, STATEMENT);
            verify(signature.as_bytes(), signed, (&allowed, &who), at).is_ok()
        });
        assert_eq!(signed, may, "{line}");
    }
}

#[cfg(feature = "external-programs")]
#[test]
fn ssh_keygen_lets_the_same_lines_sign() {
    let folder = crate::support::program::Folder::empty();
    let signature = sign(&private(1), NAMESPACE, STATEMENT).unwrap();
    folder.write("signature", signature);
    folder.write("statement", STATEMENT);
    for (line, may) in lines() {
        folder.write("allowed", format!("{line}\n"));
        let of = [
            "-Y",
            "verify",
            "-f",
            "allowed",
            "-I",
            WHO,
            "-n",
            NAMESPACE,
            "-s",
            "signature",
        ];
        let mut command = std::process::Command::new("ssh-keygen");
        command.args(of).current_dir(folder.path(""));
        let statement = std::fs::File::open(folder.path("statement")).unwrap();
        let output = command.stdin(statement).output().unwrap();
        assert_eq!(output.status.success(), may, "{line}: {output:?}");
    }
}
