//! Judges the connection to the endpoint's host.

use crate::model::finding::Finding;
use crate::model::record::{Connection, FailureKind};

/// The name resolves, TCP connects, TLS 1.2 or newer with a certificate that is valid for the name
/// (Adobe: encryption in transit; RFC 9525).
///
/// # Errors
/// Against the surroundings where the host cannot be reached at all, else against the destination.
pub fn encrypted(connection: &Connection) -> Result<(), Finding> {
    let expected = "HTTPS with TLS 1.2 or newer and a valid certificate";
    if let Some(failure) = &connection.failure {
        return Err(match failure.kind {
            FailureKind::Refused | FailureKind::Resolve | FailureKind::TimedOut => {
                Finding::surroundings(expected, &failure.text)
                    .remedy("start the destination, or correct the URL in its configuration")
            }
            FailureKind::Tls
            | FailureKind::Broken
            | FailureKind::NoToken
            | FailureKind::Reset
            | FailureKind::Other => {
                Finding::destination(expected, &failure.text).remedy(
                    "use a certificate that is valid for the host name, or name a private authority with `ca_file`",
                )
            }
        });
    }
    match connection.tls.as_deref() {
        Some("TLSv1.2" | "TLSv1.3" | "TLSv1_2" | "TLSv1_3") => Ok(()),
        Some(other) => Err(Finding::destination(expected, other)),
        None => Err(Finding::destination(
            expected,
            format!("{}: not encrypted", connection.origin),
        )
        .remedy("serve the endpoint over https:// and configure that URL")),
    }
}
