//! The one TLS configuration: TLS 1.2 and 1.3, certificates verified against the platform's roots and a private
//! authority that the submission names.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use crate::wire::error::WireError;

/// Whether a server has asked for a certificate of the client. Experience Platform has none to show, and neither have we.
#[derive(Debug, Default)]
pub(crate) struct CertificateAsked(AtomicBool);

impl CertificateAsked {
    /// Whether one was asked for so far.
    pub(crate) fn is_so(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl ResolvesClientCert for CertificateAsked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::SeqCst);
        None
    }

    // with none to show rustls does not say when it is asked
    fn has_certs(&self) -> bool {
        true
    }
}

/// The configuration, with HTTP/2 and HTTP/1.1 offered.
pub(crate) fn config(
    authority_pem: Option<&str>,
    asked: &Arc<CertificateAsked>,
) -> Result<ClientConfig, WireError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| WireError::Client(error.to_string()))?;
    let (roots, named) = roots(authority_pem)?;
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| WireError::Client(error.to_string()))?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { chain, named }))
        .with_client_cert_resolver(Arc::clone(asked) as Arc<dyn ResolvesClientCert>);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Verifies chains as usual; a certificate that the submission names is taken for itself, too, as self-signed ones have to be.
#[derive(Debug)]
struct Verifier {
    chain: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // its days are looked at before who may have signed it
        let verified = self.chain.verify_server_cert(leaf, others, name, ocsp, now);
        let unsigned = matches!(
            verified,
            Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::Other(_)
            ))
        );
        if !unsigned || !self.named.iter().any(|named| named == leaf) {
            return verified;
        }
        verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

/// The authorities that are trusted, and the certificates that the submission names.
fn roots(
    authority_pem: Option<&str>,
) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), WireError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(platform().iter().cloned());
    let mut named = Vec::new();
    let Some(pem) = authority_pem else {
        return Ok((roots, named));
    };
    let refused = |why: String| WireError::CertificateAuthority(why);
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| refused(error.to_string()))?;
        roots
            .add(certificate.clone())
            .map_err(|error| refused(error.to_string()))?;
        named.push(certificate);
    }
    if named.is_empty() {
        return Err(refused("the file holds no PEM certificate".to_owned()));
    }
    Ok((roots, named))
}

/// Read once: a door for each destination needs them, and reading takes milliseconds.
fn platform() -> &'static [CertificateDer<'static>] {
    static ROOTS: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    ROOTS.get_or_init(|| rustls_native_certs::load_native_certs().certs)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

    use super::*;

    /// As `openssl req -x509` makes one: of an authority, and signed by itself.
    fn self_signed(until: i32) -> (String, CertificateDer<'static>) {
        let mut params = CertificateParams::new([String::from("api.example.com")]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        (made.pem(), made.der().clone())
    }

    fn verified(named: &str, leaf: &CertificateDer<'_>, host: &str) -> Result<(), Error> {
        let (roots, named) = roots(Some(named)).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
        let chain = chain.build().unwrap();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_790_000_000));
        let verifier = Verifier { chain, named };
        let verified = verifier.verify_server_cert(leaf, &[], &name, &[], now);
        verified.map(|_| ())
    }

    #[test]
    fn a_self_signed_certificate_is_taken_where_it_is_named_and_for_its_host_and_days_only() {
        let (pem, leaf) = self_signed(2030);
        let (other, _) = self_signed(2030);
        assert_eq!(verified(&pem, &leaf, "api.example.com"), Ok(()));
        assert!(verified(&pem, &leaf, "www.example.com").is_err());
        assert!(verified(&other, &leaf, "api.example.com").is_err());
        let (pem, leaf) = self_signed(2025);
        let expired = verified(&pem, &leaf, "api.example.com").unwrap_err();
        assert!(
            crate::wire::tls_failure::sentence(&expired).contains("expired on 2025-01-01"),
            "{expired:?}"
        );
    }
}
