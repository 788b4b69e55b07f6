//! Judges the connection to the endpoint's host.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::model::finding::Finding;
use crate::model::record::{Connection, Failure, FailureKind, TlsCause};

/// What is found.
pub mod codes {
    crate::model::code::codes! {
        /// Nothing listens where the configuration says that the endpoint is.
        surroundings(network) "connection.refused" refused(failure) {
            expected: "a connection to the endpoint",
            received: "{failure}",
            remedy: "start the destination, or correct the URL in its configuration",
        }
        /// The host name of the endpoint does not resolve.
        surroundings(network) "connection.name-unresolved" name_unresolved(failure) {
            expected: "a connection to the endpoint",
            received: "{failure}",
            remedy: "correct the host in the URL of the configuration, or see the name server: `getent hosts HOST`",
        }
        /// No way leads to the endpoint from here.
        surroundings(network) "connection.unreachable" unreachable(failure) {
            expected: "a connection to the endpoint",
            received: "{failure}",
            remedy: "see what keeps this machine from the network of the endpoint: its own connection, a route, a VPN or a firewall",
        }
        /// No connection came about within the time limit.
        surroundings(network) "connection.timed-out" timed_out(failure) {
            expected: "a connection to the endpoint",
            received: "{failure}",
            remedy: "start the destination, open the way to it, or correct the URL in its configuration; `curl -v URL` shows how far it comes, `getent hosts HOST` whether the name server answers",
        }
        /// The TLS handshake failed, or the certificate is not valid for the host name.
        destination "connection.tls-failed" tls_failed(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "use a certificate of a public authority, with the certificates between, or name a private authority, or the self-signed certificate itself, with `ca_file`",
        }
        /// Only who shows a certificate is let in.
        destination "connection.client-certificate" client_certificate(failure) {
            expected: "HTTPS that lets in who has no client certificate",
            received: "{failure}",
            remedy: "ask for no client certificate (mutual TLS) at this address: what logs in comes with each request",
        }
        /// What listens speaks another protocol than TLS.
        destination "connection.not-tls" not_tls(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "correct the port in the configured URL, or serve HTTPS at it",
        }
        /// The server went away during the handshake.
        destination "connection.tls-closed" tls_closed(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "see the log of the server, or of the proxy before it, for why it ends handshakes; the port may be another service's",
        }
        /// A key or a signature of the certificate is not taken.
        destination "connection.certificate-weak" certificate_weak(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "use a certificate with a key of RSA 2048 or longer, or of ECDSA P-256 or P-384, that is signed with SHA-256 or better",
        }
        /// The authority that the certificate names did not sign it, or is another of the same name.
        destination "connection.certificate-not-signed" certificate_not_signed(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "name the certificate of the authority as it is now with `ca_file`: one that was made again under the same name has another key; keys of RSA shorter than 2048 are not taken",
        }
        /// The certificate has ended.
        destination "connection.certificate-expired" certificate_expired(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "renew the certificate, and let the server load it",
        }
        /// The certificate begins later.
        destination "connection.certificate-not-yet-valid" certificate_not_yet_valid(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "wait until it begins, use one that has begun, or set the clock of this computer if it is slow",
        }
        /// The certificate is for other hosts.
        destination "connection.certificate-of-another" certificate_of_another(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "use a certificate whose subject alternative names hold the host, or correct the host in the configured URL; where neither is wrong, a proxy may stand between: `openssl s_client -connect HOST:443 -servername HOST` shows whose certificate comes",
        }
        /// The connection broke before it was encrypted.
        destination "connection.broken" broken(failure) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{failure}",
            remedy: "see the log of the endpoint for why it ends connections",
        }
        /// The connection is encrypted with a version of TLS that is too old.
        destination "connection.tls-too-old" tls_too_old(version) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{version}",
            remedy: "let the endpoint speak TLS 1.2 or 1.3",
        }
        /// The endpoint's clock and this computer's differ by more than a minute.
        surroundings(network) "connection.clock-differs" clock_differs(seconds, way) {
            expected: "clocks that agree within a minute",
            received: "the endpoint's clock is {seconds} s {way}",
            remedy: "set the clock that is wrong: certificates, signatures and tokens hang on it",
        }
        /// The endpoint is reached without encryption.
        destination "connection.not-encrypted" not_encrypted(origin) {
            expected: "HTTPS with TLS 1.2 or newer and a valid certificate",
            received: "{origin}: not encrypted",
            remedy: "serve the endpoint over https:// and configure that URL",
        }
    }
}

/// The name resolves, TCP connects, TLS 1.2 or newer with a certificate that is valid for the name
/// (Adobe: encryption in transit; RFC 9525).
///
/// # Errors
/// Against the surroundings where the host cannot be reached at all, else against the destination.
pub fn encrypted(connection: &Connection) -> Result<(), Finding> {
    if let Some(failure) = &connection.failure {
        return Err(failed(failure));
    }
    match connection.tls.as_deref() {
        Some("TLSv1.2" | "TLSv1.3" | "TLSv1_2" | "TLSv1_3") => Ok(()),
        Some(other) => Err(codes::tls_too_old(other)),
        None => Err(codes::not_encrypted(&connection.origin)),
    }
}

/// Seconds by which clocks may differ.
const CLOCKS: i64 = 60;

/// The `Date` of an answer (RFC 9110 section 6.6.1) is about now. One that cannot be read says nothing.
///
/// # Errors
/// Against the surroundings: whose clock is wrong is not known.
pub fn clock(date: &str, now: Timestamp) -> Result<(), Finding> {
    let Ok(said) = rfc2822::parse(date) else {
        return Ok(());
    };
    let ahead = said.timestamp().as_second() - now.as_second();
    match (ahead.abs() > CLOCKS, ahead > 0) {
        (false, _) => Ok(()),
        (true, true) => Err(codes::clock_differs(ahead, "ahead")),
        (true, false) => Err(codes::clock_differs(-ahead, "behind")),
    }
}

fn failed(failure: &Failure) -> Finding {
    let text = &failure.text;
    match failure.kind {
        FailureKind::Refused => codes::refused(text),
        FailureKind::Resolve => codes::name_unresolved(text),
        FailureKind::TimedOut | FailureKind::Silent => codes::timed_out(text),
        FailureKind::Tls => tls(text).unwrap_or_else(|| codes::tls_failed(text)),
        FailureKind::Broken | FailureKind::Reset | FailureKind::NoToken | FailureKind::Unusable => {
            codes::broken(text)
        }
        FailureKind::Other => codes::unreachable(text),
    }
}

/// What is said of a TLS failure whose remedy is not another certificate or another authority.
pub fn tls(text: &str) -> Option<Finding> {
    Some(match TlsCause::of(text)? {
        TlsCause::TooOld => codes::tls_too_old(text),
        TlsCause::ClientCertificate => codes::client_certificate(text),
        TlsCause::NotTls => codes::not_tls(text),
        TlsCause::Closed => codes::tls_closed(text),
        TlsCause::Weak => codes::certificate_weak(text),
        TlsCause::OtherKey => codes::certificate_not_signed(text),
        TlsCause::Expired => codes::certificate_expired(text),
        TlsCause::NotYetValid => codes::certificate_not_yet_valid(text),
        TlsCause::OtherName => codes::certificate_of_another(text),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_differ_by_a_minute() {
        let now: Timestamp = "2026-11-22T05:30:00Z".parse().unwrap();
        assert_eq!(clock("Sun, 22 Nov 2026 05:31:00 GMT", now), Ok(()));
        assert_eq!(clock("whenever", now), Ok(()));
        let behind = clock("Sun, 22 Nov 2026 05:00:00 GMT", now).unwrap_err();
        assert_eq!(behind, codes::clock_differs(1800, "behind"));
        let ahead = clock("Sun, 22 Nov 2026 05:31:01 GMT", now).unwrap_err();
        assert_eq!(ahead, codes::clock_differs(61, "ahead"));
    }

    #[test]
    fn every_cause_of_a_tls_failure_has_a_finding_of_its_own() {
        let of = |text: &str| {
            let (kind, text) = (FailureKind::Tls, text.to_owned());
            failed(&Failure { kind, text }).reason.code.into_owned()
        };
        let mut said: Vec<String> = TlsCause::ALL.iter().map(|cause| of(cause.said())).collect();
        said.push(of("TLS: the certificate is revoked"));
        said.sort();
        said.dedup();
        assert_eq!(said.len(), TlsCause::ALL.len() + 1);
    }
}
