//! The environment of a command of a submission: where programs, homes and temporary files are, the language and the time
//! zone, and what the submission names itself.

use std::ffi::OsString;

use crate::model::submission::{
    AuthDatum, Credential, CredentialValue, Destination, SecretSource, Submission,
};

/// What every command finds, where it is set.
pub const PASSED: [&str; 19] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "TMPDIR",
    "TMP",
    "TEMP",
    "TZ",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    // without these hardly a program starts on Windows
    "SystemRoot",
    "SystemDrive",
    "ComSpec",
    "PATHEXT",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
];

/// These, and the variables that a submission takes credentials from.
pub fn of_commands(submission: &Submission) -> Vec<(OsString, OsString)> {
    let named = submission.destinations.iter().flat_map(named);
    let all = PASSED.into_iter().chain(named);
    let set = all.filter_map(|name| Some((name.into(), std::env::var_os(name)?)));
    set.collect()
}

fn named(destination: &Destination) -> impl Iterator<Item = &str> {
    let credentials = destination.credentials.iter().map(|(_, one)| one);
    let customer_data = destination.customer_secrets.iter().map(|(_, one)| one);
    let typed = destination.auth_data.values.iter();
    let typed = typed.filter_map(|(_, datum)| AuthDatum::source(datum));
    credentials
        .chain(customer_data)
        .chain(typed)
        .filter_map(variable)
}

fn variable(credential: &Credential) -> Option<&str> {
    match &credential.value {
        CredentialValue::Secret(SecretSource::Env(name)) => Some(name),
        CredentialValue::Secret(SecretSource::File(_))
        | CredentialValue::Literal(_)
        | CredentialValue::Posted(_) => None,
    }
}
