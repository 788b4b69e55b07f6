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
}

impl TlsCause {
    /// Every cause.
    pub const ALL: [Self; 5] = [
        Self::TooOld,
        Self::ClientCertificate,
        Self::NotTls,
        Self::Closed,
        Self::Weak,
    ];

    /// The text of a failure that has it.
    pub fn said(self) -> &'static str {
        match self {
            Self::TooOld => "TLS: the server speaks no TLS 1.2 or newer that is spoken here",
            Self::ClientCertificate => {
                "TLS: the server asks for a client certificate, and Experience Platform has none"
            }
            Self::NotTls => "TLS: what answers is no TLS: plain HTTP may be spoken at this port",
            Self::Closed => "TLS: the server closed the connection during the handshake",
            Self::Weak => {
                "TLS: a signature of the certificate is not one that is taken, or its key is too weak"
            }
        }
    }

    /// The cause that the text of a failure names, if it names one of these.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.said() == text)
    }
}
