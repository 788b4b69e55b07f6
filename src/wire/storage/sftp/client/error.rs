//! What can go wrong with SFTP, each in a sentence that names the cause.

use std::fmt;
use std::time::Duration;

use russh_sftp::client::error::Error as ProtocolError;
use russh_sftp::protocol::StatusCode;

use super::handshake::Seen;

/// The most characters of a server's own words that are passed on.
const LONGEST_WORDS: usize = 200;

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Connecting.
    Connect,
    /// Exchanging keys.
    Greet,
    /// Logging in.
    LogIn,
    /// Beginning a session.
    Begin,
    /// Writing a file.
    Put,
    /// Reading a file.
    Get,
    /// Listing a folder.
    List,
    /// Looking at a path.
    Look,
    /// Deleting a file.
    Delete,
    /// Renaming a file.
    Rename,
    /// Making a folder.
    MakeFolder,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::Greet => "exchange keys",
            Self::LogIn => "log in",
            Self::Begin => "begin a session",
            Self::Put => "write",
            Self::Get => "read",
            Self::List => "list",
            Self::Look => "look at",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::MakeFolder => "make the folder",
        })
    }
}

/// Why something over SFTP did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SftpError {
    /// The name leads to no address.
    #[error("cannot find an address of the host `{host}`")]
    NameUnknown {
        /// Name.
        host: String,
    },
    /// Nothing listens.
    #[error("cannot connect to `{address}`: nothing accepts connections there")]
    Refused {
        /// Host and port.
        address: String,
    },
    /// The network does not lead there.
    #[error("cannot connect to `{address}`: {text}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system says.
        text: String,
    },
    /// Something else than SSH.
    #[error(
        "expected an SSH server at `{address}`, received a connection that ended before one named itself \
         (another protocol, or a server at its limit of connections)"
    )]
    NotSsh {
        /// Host and port.
        address: String,
    },
    /// The two sides have no algorithm in common.
    #[error("cannot agree on a {kind} with the server, which offers {theirs}")]
    NoCommonAlgorithm {
        /// For what.
        kind: &'static str,
        /// What the server offers.
        theirs: String,
    },
    /// The exchange of keys failed otherwise.
    #[error("cannot exchange keys with the server: {text}")]
    Handshake {
        /// Why.
        text: String,
    },
    /// The host key of this algorithm is another one.
    #[error(
        "the {algorithm} host key `{received}`, while `{expected}` is announced: the key changed, or another server answers"
    )]
    HostKeyChanged {
        /// Algorithm of both.
        algorithm: String,
        /// Fingerprint.
        expected: String,
        /// Fingerprint.
        received: String,
    },
    /// The host key is none of those that were announced.
    #[error(
        "expected the host key {expected}, received the unknown {algorithm} host key `{received}`"
    )]
    HostKeyUnknown {
        /// Fingerprints.
        expected: String,
        /// Algorithm received.
        algorithm: String,
        /// Fingerprint.
        received: String,
    },
    /// What was announced is no host key.
    #[error(
        "cannot read line {line} of the host key: expected an OpenSSH public key or a fingerprint `SHA256:…`"
    )]
    HostKeyUnreadable {
        /// Line, counted from 1.
        line: usize,
    },
    /// The secret is refused.
    #[error("the server refuses the {method} of user `{username}`, and offers {offered}")]
    LoginRefused {
        /// How it was tried: `password` or `key`.
        method: &'static str,
        /// Who.
        username: String,
        /// The methods that the server offers still.
        offered: String,
    },
    /// The secret is refused, and with it the connection: servers end it once somebody tried too often.
    #[error(
        "the server refuses the {method} of user `{username}`, and ends the connection: {text}"
    )]
    LoginEnded {
        /// How it was tried: `password` or `key`.
        method: &'static str,
        /// Who.
        username: String,
        /// Its words.
        text: String,
    },
    /// The secret is right, and not enough.
    #[error("the server takes the {method} of user `{username}`, and demands more: {offered}")]
    LoginIncomplete {
        /// How it was tried.
        method: &'static str,
        /// Who.
        username: String,
        /// What it demands.
        offered: String,
    },
    /// A key cannot be used without its passphrase.
    #[error("the private key is encrypted, and no passphrase is given")]
    PassphraseMissing,
    /// A passphrase does not open the key.
    #[error("the passphrase does not fit the private key")]
    PassphraseWrong,
    /// What is given as private key is none.
    #[error("cannot read the private key: {why}")]
    KeyUnreadable {
        /// Why.
        why: &'static str,
    },
    /// A key of a kind that Experience Platform does not take.
    #[error("expected an RSA key, as Experience Platform takes, received one of the kind {kind}")]
    KeyKind {
        /// Kind.
        kind: String,
    },
    /// A key with a passphrase, which Experience Platform does not take.
    #[error(
        "expected a private key without passphrase, as Experience Platform takes, received an encrypted one"
    )]
    KeyEncrypted,
    /// SSH without SFTP.
    #[error("the server lets the user in, and offers no SFTP")]
    NoSftp,
    /// No more sessions at once.
    #[error("the server takes no more sessions at once: {text}")]
    SessionLimit {
        /// Its words.
        text: String,
    },
    /// The server ended the connection.
    #[error("the server ended the connection: {text}")]
    Closed {
        /// Its words.
        text: String,
    },
    /// No right to do so.
    #[error("cannot {doing} `{path}`: permission denied")]
    PermissionDenied {
        /// What.
        doing: Operation,
        /// Where.
        path: String,
    },
    /// Nothing there.
    #[error("cannot {doing} `{path}`: no such file or folder")]
    NoSuchFile {
        /// What.
        doing: Operation,
        /// Where.
        path: String,
    },
    /// A file where a folder is to be.
    #[error("cannot make the folder `{path}`: a file has that name")]
    FileInTheWay {
        /// Where.
        path: String,
    },
    /// An operation that the server does not know.
    #[error("cannot {doing} `{path}`: the server does not support it")]
    Unsupported {
        /// What.
        doing: Operation,
        /// Where.
        path: String,
    },
    /// Any other refusal.
    #[error("cannot {doing} `{path}`: the server says \"{text}\"")]
    Failure {
        /// What.
        doing: Operation,
        /// Where.
        path: String,
        /// Its words.
        text: String,
    },
    /// The server does not keep to the protocol.
    #[error("cannot {doing} `{path}`: the server does not keep to the protocol")]
    Protocol {
        /// What.
        doing: Operation,
        /// Where.
        path: String,
    },
    /// The file on this side cannot be read or written.
    #[error("cannot {doing} `{path}`: on this side, {text}")]
    Local {
        /// What.
        doing: Operation,
        /// Where.
        path: String,
        /// Why.
        text: String,
    },
    /// Nothing came in time.
    #[error("cannot {doing}: the server said nothing for {} s", .limit.as_secs_f32())]
    TimeLimit {
        /// What.
        doing: Operation,
        /// How long was waited.
        limit: Duration,
    },
}

/// What an answer of the protocol means.
pub(super) fn failed(doing: Operation, path: &str, error: ProtocolError, seen: &Seen) -> SftpError {
    let path = path.to_owned();
    match error {
        ProtocolError::Status(status) => match status.status_code {
            StatusCode::PermissionDenied => SftpError::PermissionDenied { doing, path },
            StatusCode::NoSuchFile => SftpError::NoSuchFile { doing, path },
            StatusCode::OpUnsupported => SftpError::Unsupported { doing, path },
            StatusCode::NoConnection | StatusCode::ConnectionLost => SftpError::Closed {
                text: words(&status.error_message),
            },
            StatusCode::Ok | StatusCode::Eof | StatusCode::Failure | StatusCode::BadMessage => {
                SftpError::Failure {
                    doing,
                    path,
                    text: words(&status.error_message),
                }
            }
        },
        ProtocolError::Limited(text) => SftpError::Failure { doing, path, text },
        ProtocolError::UnexpectedPacket => SftpError::Protocol { doing, path },
        ProtocolError::IO(_) | ProtocolError::Timeout | ProtocolError::UnexpectedBehavior(_) => {
            let text = match seen.farewell() {
                Some((_, text)) => text,
                None => format!("it was lost, and could not {doing} `{path}`"),
            };
            SftpError::Closed { text }
        }
    }
}

/// A server's own words, fit for a line of text.
pub(super) fn words(text: &str) -> String {
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let shown: String = shown.take(LONGEST_WORDS).collect();
    match shown.trim() {
        "" => "nothing".to_owned(),
        shown => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use russh_sftp::protocol::Status;

    use super::*;

    #[test]
    fn the_codes_of_the_protocol_are_told_apart() {
        let said = |status_code| {
            let status = Status {
                id: 1,
                status_code,
                error_message: "Disk\r\n\u{1b}[31mfull".to_owned(),
                language_tag: String::new(),
            };
            let error = ProtocolError::Status(status);
            failed(Operation::Put, "/in/a", error, &Seen::default()).to_string()
        };
        assert_eq!(
            said(StatusCode::PermissionDenied),
            "cannot write `/in/a`: permission denied"
        );
        assert_eq!(
            said(StatusCode::NoSuchFile),
            "cannot write `/in/a`: no such file or folder"
        );
        assert_eq!(
            said(StatusCode::OpUnsupported),
            "cannot write `/in/a`: the server does not support it"
        );
        assert_eq!(
            said(StatusCode::Failure),
            "cannot write `/in/a`: the server says \"Disk   [31mfull\""
        );
    }
}
