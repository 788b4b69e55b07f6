//! A fresh value for every environment variable that the reference submission names, of the form that its vendor issues.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::RngExt;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What ids of access keys are made of.
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The values by name.
pub(super) fn variables(submission: &str) -> BTreeMap<String, String> {
    let names = submission.split("env = \"").skip(1);
    let names = names.filter_map(|rest| rest.split('"').next());
    names.map(|name| (name.to_owned(), value(name))).collect()
}

/// A password holds a colon, as RFC 7617 allows.
fn value(name: &str) -> String {
    let half = || rand::rng().random::<u64>();
    match name {
        "MOONSHINE_S3_KEY" => random(BASE32, 20),
        "MOONSHINE_GCS_KEY" => random(BASE32, 61),
        "MOONSHINE_S3_SECRET" | "MOONSHINE_GCS_SECRET" => random(LETTERS, 40),
        "MOONSHINE_BLOB_CONNECTION_STRING" => {
            connection_string(&account_key(), "https://localhost")
        }
        "MOONSHINE_DLZ_SAS_URL" => {
            String::from("https://localhost/landing?sv=2023-11-03&sig=bm9uZQ%3D%3D")
        }
        "MOONSHINE_SFTP_HOST_KEY" => String::from("SHA256:not-started-yet"),
        _ if name.contains("PASSWORD") => format!("{:016x}:{:016x}", half(), half()),
        _ => format!("{:016x}{:016x}", half(), half()),
    }
}

/// The key of a storage account: 64 bytes in Base64.
pub(super) fn account_key() -> String {
    STANDARD.encode(rand::random::<[u8; 64]>())
}

/// The connection string of the reference account.
pub(super) fn connection_string(key: &str, endpoint: &str) -> String {
    format!(
        "DefaultEndpointsProtocol=https;AccountName=moonshine;AccountKey={key};BlobEndpoint={endpoint}/moonshine"
    )
}

fn random(alphabet: &[u8], length: usize) -> String {
    let mut rng = rand::rng();
    let signs = (0..length).filter_map(|_| alphabet.get(rng.random_range(0..alphabet.len())));
    signs.map(|sign| char::from(*sign)).collect()
}
