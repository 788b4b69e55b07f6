//! Why an emulator does not start.

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// No port to listen on.
    #[error("cannot listen on the loopback address")]
    Listen(#[from] std::io::Error),
    /// No certificate.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// No TLS.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// A name cannot stand in a path, or stands twice.
    #[error("expected distinct names of lower-case letters, digits and hyphens, received `{0}`")]
    Name(String),
}
