//! The one TLS configuration: TLS 1.2 and 1.3, certificates verified against the platform's roots and a private
//! authority that the submission names.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme};

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
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| WireError::Client(error.to_string()))?;
    let mut config = builder
        .with_root_certificates(roots(authority_pem)?)
        .with_client_cert_resolver(Arc::clone(asked) as Arc<dyn ResolvesClientCert>);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn roots(authority_pem: Option<&str>) -> Result<RootCertStore, WireError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(platform().iter().cloned());
    let Some(pem) = authority_pem else {
        return Ok(roots);
    };
    let refused = |why: String| WireError::CertificateAuthority(why);
    let mut found = 0_usize;
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| refused(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| refused(error.to_string()))?;
        found += 1;
    }
    if found == 0 {
        return Err(refused("the file holds no PEM certificate".to_owned()));
    }
    Ok(roots)
}

/// Read once: a door for each destination needs them, and reading takes milliseconds.
fn platform() -> &'static [CertificateDer<'static>] {
    static ROOTS: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    ROOTS.get_or_init(|| rustls_native_certs::load_native_certs().certs)
}
