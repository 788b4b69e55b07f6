//! A certificate authority and a server certificate, made anew for every emulator.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};

use crate::emulator::rest::error::EmulatorError;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::{HttpVersion, Rules};
use crate::emulator::rest::variation::Variation;
use crate::emulator::tls::{self, Authority, provider};

/// What a server needs and what its clients have to trust.
pub(crate) struct Identity {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) authority_pem: String,
}

/// Makes both; the faults of the certificate are planted here.
pub(crate) fn identity(rules: &Rules) -> Result<Identity, EmulatorError> {
    let announced = Authority::new("destspec emulator authority")?;
    let verifier = client_verifier(&announced, rules)?;
    let issuer = match rules.has(Fault::CertificateUntrusted) {
        true => &Authority::new("an authority nobody announced")?.issuer,
        false => &announced.issuer,
    };
    let key = KeyPair::generate()?;
    let certificate = leaf(rules)?.signed_by(&key, issuer)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut server = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], private)?;
    server.alpn_protocols = protocols(rules);
    Ok(Identity {
        server: Arc::new(server),
        authority_pem: announced.certificate.pem(),
    })
}

/// Clients are asked for a certificate only where a fault or a variation has it so.
fn client_verifier(
    authority: &Authority,
    rules: &Rules,
) -> Result<Arc<dyn ClientCertVerifier>, EmulatorError> {
    let required = rules.has(Fault::ClientCertificateRequired);
    if !required && !rules.varies(Variation::ClientCertificateAsked) {
        return Ok(WebPkiClientVerifier::no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone())?;
    let asking = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
    let verifier = match required {
        true => asking.build(),
        false => asking.allow_unauthenticated().build(),
    };
    verifier.map_err(|error| rustls::Error::General(error.to_string()).into())
}

fn protocols(rules: &Rules) -> Vec<Vec<u8>> {
    let (http2, http1) = (b"h2".to_vec(), b"http/1.1".to_vec());
    match rules.version() {
        HttpVersion::Two => vec![http2],
        HttpVersion::One => vec![http1],
        HttpVersion::Either => vec![http2, http1],
    }
}

fn leaf(rules: &Rules) -> Result<CertificateParams, EmulatorError> {
    let names: &[&str] = match rules.has(Fault::CertificateForAnotherHost) {
        true => &["another.example"],
        false => &["localhost", "127.0.0.1"],
    };
    let mut params = tls::leaf(names)?;
    if rules.has(Fault::CertificateExpired) {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    }
    Ok(params)
}
