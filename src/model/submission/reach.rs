//! `[destination.location]`: how a storage is reached, where that is not where Adobe's JSON implies. No page of Adobe's names
//! endpoint or region of a storage (reference 12).

/// How a storage is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// `endpoint`: URL of the service instead of the vendor's own.
    pub endpoint: Option<String>,
    /// `region` of an Amazon S3 bucket; found out where not given.
    pub region: Option<String>,
    /// `authority`: URL of the token service of an Azure service principal instead of Microsoft's own.
    pub authority: Option<String>,
    /// `collected`: the platform takes files away once it has ingested them, so that one that is gone shows nothing.
    pub collected: bool,
}
