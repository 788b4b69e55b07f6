//! What a TLS failure comes down to, in a sentence that names the cause.

use std::time::Duration;

use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};

use crate::model::record::TlsCause;

/// The cause, without its remedy; never a text of the library's, which may hold the names of its types.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls adds errors at will, and what is said of the others is true of any"
)]
pub(crate) fn sentence(error: &Error) -> String {
    let said = match error {
        Error::InvalidCertificate(cause) => return certificate(cause),
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            return TlsCause::TooOld.said().to_owned();
        }
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            return TlsCause::ClientCertificate.said().to_owned();
        }
        Error::InvalidMessage(_) => return TlsCause::NotTls.said().to_owned(),
        Error::AlertReceived(AlertDescription::CloseNotify) => {
            return TlsCause::Closed.said().to_owned();
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            "the server found no cipher or parameter that both sides have".to_owned()
        }
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server has no certificate for this host name".to_owned()
        }
        Error::AlertReceived(alert) => format!(
            "the server ended the handshake with the alert {} (RFC 8446 section 6.2)",
            u8::from(*alert)
        ),
        Error::NoCertificatesPresented => "the server shows no certificate".to_owned(),
        Error::NoApplicationProtocol => {
            "the server speaks none of the protocols that were offered".to_owned()
        }
        _ => "the handshake did not go as the protocol has it".to_owned(),
    };
    format!("TLS: {said}")
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls adds errors at will, and what is said of the others is true of any"
)]
fn certificate(cause: &CertificateError) -> String {
    let said = match cause {
        CertificateError::Expired => return TlsCause::Expired.said().to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            return format!("{} on {}", TlsCause::Expired.said(), day(*not_after));
        }
        CertificateError::NotValidYet => {
            return format!("{} some later day", TlsCause::NotYetValid.said());
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            return format!("{} {}", TlsCause::NotYetValid.said(), day(*not_before));
        }
        CertificateError::NotValidForName => {
            return format!("{} another host name", TlsCause::OtherName.said());
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => return other_name(expected, presented),
        CertificateError::UnknownIssuer => {
            "the certificate is signed by an authority that is not trusted".to_owned()
        }
        CertificateError::Revoked => "the certificate is revoked".to_owned(),
        // a key that is too short verifies nothing
        CertificateError::BadSignature => return TlsCause::OtherKey.said().to_owned(),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            return TlsCause::Weak.said().to_owned();
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the certificate is not one for servers: its extended key usage lacks `serverAuth`"
                .to_owned()
        }
        CertificateError::BadEncoding => "the certificate cannot be read".to_owned(),
        CertificateError::UnhandledCriticalExtension => {
            "the certificate has a critical extension that is not known here".to_owned()
        }
        CertificateError::Other(_) => {
            "the certificate is one of an authority, or self-signed, and not trusted as it is"
                .to_owned()
        }
        _ => "the certificate is not accepted".to_owned(),
    };
    format!("TLS: {said}")
}

fn other_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let names = match presented {
        [] => "no host".to_owned(),
        names => {
            let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
            names.join(", ")
        }
    };
    let (said, expected) = (TlsCause::OtherName.said(), expected.to_str());
    format!("{said} {names}, not for `{expected}`")
}

/// A name out of `DnsName("…")`, as rustls has it.
fn plain(name: &str) -> String {
    let inner = name.split('"').nth(1).unwrap_or(name);
    format!("`{inner}`")
}

/// A day of the calendar in UTC.
fn day(time: UnixTime) -> String {
    let since = Duration::from_secs(time.as_secs());
    let moment = jiff::Timestamp::UNIX_EPOCH.checked_add(since);
    moment.map_or_else(
        |_| format!("second {} of Unix time", time.as_secs()),
        |moment| moment.strftime("%Y-%m-%d").to_string(),
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rustls::{InvalidMessage, OtherError, PeerIncompatible};

    use super::*;

    #[test]
    fn every_cause_has_a_sentence_of_its_own_and_none_is_debug_text() {
        let (time, limit) = (1_790_000_000, 1_780_000_000);
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let causes = [
            CertificateError::ExpiredContext {
                time: at(time),
                not_after: at(limit),
            },
            CertificateError::NotValidYetContext {
                time: at(limit),
                not_before: at(time),
            },
            CertificateError::NotValidForNameContext {
                expected: ServerName::try_from("api.example.com").unwrap(),
                presented: vec![String::from("DnsName(\"www.example.com\")")],
            },
            CertificateError::UnknownIssuer,
            CertificateError::Other(OtherError(std::sync::Arc::new(std::fmt::Error))),
            CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: vec![42],
                public_key_algorithm_id: vec![6],
            },
            CertificateError::InvalidPurpose,
            CertificateError::InvalidOcspResponse,
        ];
        let others = [
            Error::InvalidMessage(InvalidMessage::InvalidContentType),
            Error::PeerIncompatible(
                PeerIncompatible::ServerSentHelloRetryRequestWithUnknownExtension,
            ),
            Error::AlertReceived(AlertDescription::HandshakeFailure),
            Error::AlertReceived(AlertDescription::InternalError),
            Error::General(String::from("Some(detail)")),
        ];
        let causes = causes.into_iter().map(Error::InvalidCertificate);
        let mut said: Vec<String> = causes.chain(others).map(|e| sentence(&e)).collect();
        for sentence in &said {
            let debug = ["Other(", "Some(", "Err(", "DnsName(", "Context", "[", "{"];
            assert!(!debug.iter().any(|d| sentence.contains(d)), "{sentence}");
        }
        assert_eq!(said[0], "TLS: the certificate expired on 2026-05-28");
        assert!(
            said[2].ends_with("is for `www.example.com`, not for `api.example.com`"),
            "{}",
            said[2]
        );
        said.sort();
        said.dedup();
        assert_eq!(said.len(), 13);
    }
}
