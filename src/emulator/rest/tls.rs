//! A certificate authority and a server certificate, made anew for every emulator.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::emulator::rest::error::EmulatorError;
use crate::emulator::rest::fault::Fault;
use crate::emulator::rest::rules::Rules;
use crate::emulator::rest::variation::Variation;

/// What a server needs and what its clients have to trust.
pub(crate) struct Identity {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) authority_pem: String,
}

/// Makes both; the faults of the certificate are planted here.
pub(crate) fn identity(rules: &Rules) -> Result<Identity, EmulatorError> {
    let (announced, authority_pem) = authority("destspec emulator authority")?;
    let issuer = match rules.has(Fault::CertificateUntrusted) {
        true => authority("an authority nobody announced")?.0,
        false => announced,
    };
    let key = KeyPair::generate()?;
    let certificate = leaf(rules)?.signed_by(&key, &issuer)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut server =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
    server.alpn_protocols = protocols(rules);
    Ok(Identity {
        server: Arc::new(server),
        authority_pem,
    })
}

fn protocols(rules: &Rules) -> Vec<Vec<u8>> {
    let (http2, http1) = (b"h2".to_vec(), b"http/1.1".to_vec());
    match (
        rules.varies(Variation::Http2Only),
        rules.varies(Variation::Http1Only),
    ) {
        (true, _) => vec![http2],
        (false, true) => vec![http1],
        (false, false) => vec![http2, http1],
    }
}

fn authority(name: &str) -> Result<(Issuer<'static, KeyPair>, String), EmulatorError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), pem))
}

fn leaf(rules: &Rules) -> Result<CertificateParams, EmulatorError> {
    let names = match rules.has(Fault::CertificateForAnotherHost) {
        true => vec!["another.example".to_owned()],
        false => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "destspec emulator");
    if rules.has(Fault::CertificateExpired) {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    }
    Ok(params)
}
