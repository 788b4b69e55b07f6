//! Causes of a TLS failure whose remedies differ: their words are what a record has of them.

/// Why no connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsCause {
    /// No version that is new enough.
    TooOld,
    /// Only who shows a certificate is let in.
    ClientCertificate,
    /// What answers speaks another protocol.
    NotTls,
    /// The other side went away during the handshake.
    Closed,
    /// A key or a signature that is not taken.
    Weak,
    /// The signature was not made by the key of the authority.
    OtherKey,
    /// The certificate has ended.
    Expired,
    /// The certificate has not begun.
    NotYetValid,
    /// The certificate names other hosts.
    OtherName,
}

impl TlsCause {
    /// Every cause.
    pub const ALL: [Self; 9] = [
        Self::TooOld,
        Self::ClientCertificate,
        Self::NotTls,
        Self::Closed,
        Self::Weak,
        Self::OtherKey,
        Self::Expired,
        Self::NotYetValid,
        Self::OtherName,
    ];

    /// How the text of a failure that has it begins.
    pub fn said(self) -> &'static str {
        match self {
            Self::TooOld => "TLS: the server speaks no TLS 1.2 or newer that is spoken here",
            Self::ClientCertificate => {
                "TLS: the server asks for a client certificate, and Experience Platform has none"
            }
            Self::NotTls => "TLS: what answers is no TLS: plain HTTP may be spoken at this port",
            Self::Closed => "TLS: the server closed the connection during the handshake",
            Self::Weak => {
                "TLS: the signature or the key of the certificate is of a kind that is not taken"
            }
            Self::OtherKey => {
                "TLS: the key of the authority did not sign the certificate as it is, or is too short"
            }
            Self::Expired => "TLS: the certificate expired",
            Self::NotYetValid => "TLS: the certificate is not valid before",
            Self::OtherName => "TLS: the certificate is for",
        }
    }

    /// The cause that the text of a failure names, if it names one of these.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|cause| text.starts_with(cause.said()))
    }
}
