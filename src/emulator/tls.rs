//! Certificate authorities and server certificates, made anew for every emulator. What is wrong with a certificate on
//! purpose is not decided here.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Why no certificate can be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It cannot be signed.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// It cannot be served.
    #[error("cannot serve a certificate: {0}")]
    Server(#[from] rustls::Error),
}

/// Who signs certificates, and its own.
pub(crate) struct Authority {
    pub(crate) issuer: Issuer<'static, KeyPair>,
    pub(crate) certificate: Certificate,
}

impl Authority {
    /// A new one of that name.
    pub(crate) fn new(name: &str) -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            issuer: Issuer::new(params, key),
            certificate,
        })
    }
}

/// What a server of this machine needs, and what its clients have to trust.
pub struct Identity {
    /// For the server.
    pub server: Arc<ServerConfig>,
    /// For its clients, PEM.
    pub authority_pem: String,
}

/// A valid certificate for `localhost` that speaks HTTP/1.1.
///
/// # Errors
/// When none can be made.
pub fn identity() -> Result<Identity, TlsError> {
    let authority = Authority::new("destspec storage authority")?;
    let key = KeyPair::generate()?;
    let certificate = leaf(&["localhost", "127.0.0.1"])?.signed_by(&key, &authority.issuer)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut server = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity {
        server: Arc::new(server),
        authority_pem: authority.certificate.pem(),
    })
}

/// A certificate of an emulator for these names.
pub(crate) fn leaf(names: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "destspec emulator");
    Ok(params)
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
