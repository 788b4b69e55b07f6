//! Azurite, over TLS: two containers, one reached with the key of the account, one with a signature.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Certificate, Client};
use sha2::Sha256;

use crate::engine::{Order, Server, start as started};
use crate::folder::{Folder, secret};
use crate::image::Image;
use crate::{Unable, local};

const PORT: u16 = 10000;
const ACCOUNT: &str = "moonshine";
const VERSION: &str = "2023-11-03";

/// Starts and furnishes it.
pub async fn start(image: &Image, folder: &Folder) -> Result<Server, Unable> {
    let key = STANDARD.encode(secret() + &secret());
    let line = "azurite-blob --blobHost 0.0.0.0 --blobPort 10000 --cert /destspec/server.pem --key /destspec/server.key \
                --inMemoryPersistence --disableTelemetry --skipApiVersionCheck";
    let order = Order {
        port: PORT,
        ready: "successfully listens on",
        arguments: line.split_whitespace().map(String::from).collect(),
        variables: vec![("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{key}"))],
        files: vec![
            (
                "/destspec/server.pem",
                folder.certificate.clone().into(),
                0o644,
            ),
            ("/destspec/server.key", folder.key.clone().into(), 0o644),
        ],
    };
    let mut server = started(image, order).await?;
    let at = format!("https://localhost:{}/{ACCOUNT}", server.port);
    for container in ["landing", "zone"] {
        create(&at, container, &key, folder).await?;
    }
    let account = format!("DefaultEndpointsProtocol=https;AccountName={ACCOUNT}");
    let granted = [
        (
            "CONNECTION_STRING",
            format!("{account};AccountKey={key};BlobEndpoint={at}"),
        ),
        ("SAS_URL", format!("{at}/zone?{}", signature("zone", &key)?)),
    ];
    server
        .credentials
        .extend(granted.map(|(name, value)| (name.to_owned(), value)));
    Ok(server)
}

/// Creates a container, signed with the key of the account.
async fn create(at: &str, container: &str, key: &str, folder: &Folder) -> Result<(), Unable> {
    let refused = |text: String| Unable::Unfurnished(format!("{container}: {text}"));
    let date = httpdate::fmt_http_date(SystemTime::now());
    let text = format!(
        "PUT{}x-ms-date:{date}\nx-ms-version:{VERSION}\n/{ACCOUNT}/{ACCOUNT}/{container}\nrestype:container",
        "\n".repeat(12)
    );
    let authority = Certificate::from_pem(folder.authority.as_bytes());
    let authority = authority.map_err(|error| refused(error.to_string()))?;
    let client = Client::builder()
        .tls_certs_only([authority])
        .no_proxy()
        .build();
    let answer = client
        .map_err(|error| refused(error.to_string()))?
        .put(format!("{at}/{container}?restype=container"))
        .header("x-ms-date", date)
        .header("x-ms-version", VERSION)
        .header("Content-Length", "0")
        .header(
            "Authorization",
            format!("SharedKey {ACCOUNT}:{}", sign(&text, key)?),
        )
        .send()
        .await
        .map_err(|error| refused(error.without_url().to_string()))?;
    match answer.status().as_u16() {
        201 => Ok(()),
        _ => Err(refused(answer.text().await.unwrap_or_default())),
    }
}

/// The query that lets its holder read, write, delete and list for an hour.
fn signature(container: &str, key: &str) -> Result<String, Unable> {
    let until = jiff::Timestamp::now().as_second() + 3600;
    let until =
        jiff::Timestamp::from_second(until).map_err(|error| local("tell the time")(&error))?;
    let until = until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    // permissions, begin, end, resource, policy, address, protocol, version, kind, snapshot, encryption, and five headers
    let text =
        format!("rwdl\n\n{until}\n/blob/{ACCOUNT}/{container}\n\n\n\n{VERSION}\nc\n\n\n\n\n\n\n");
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("sv", VERSION)
        .append_pair("sr", "c")
        .append_pair("sp", "rwdl")
        .append_pair("se", &until)
        .append_pair("sig", &sign(&text, key)?);
    Ok(query.finish())
}

fn sign(text: &str, key: &str) -> Result<String, Unable> {
    let key = STANDARD
        .decode(key)
        .map_err(|error| local("read a key")(&error))?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&key).map_err(|error| local("read a key")(&error))?;
    mac.update(text.as_bytes());
    Ok(STANDARD.encode(mac.finalize().into_bytes()))
}
