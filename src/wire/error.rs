//! What can go wrong before anything is sent, and how a replay differs from its record.

/// A door that cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The certificate authority file holds no certificate that can be read.
    #[error("cannot read the certificate authority: {0}")]
    CertificateAuthority(String),
    /// The HTTP client could not be built.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// The first difference between what is asked for now and what was recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{scenario}`, lane {lane}, exchange {ordinal}: {field} differs: recorded `{recorded}`, now `{now}`"
)]
pub struct Divergence {
    /// Scenario id; empty for what belongs to the destination.
    pub scenario: String,
    /// Lane.
    pub lane: u32,
    /// Ordinal within the lane.
    pub ordinal: u32,
    /// The field: `exchange`, `purpose`, `method`, `URL`, ``header `accept` ``, `body`, `connection`.
    pub field: String,
    /// What the record holds, redacted.
    pub recorded: String,
    /// What is asked for now, redacted.
    pub now: String,
}
