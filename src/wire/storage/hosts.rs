//! The hosts that a location is reached by, before anything is asked of them: that of the files, and the one that gives
//! out what opens it.

use url::Url;

use crate::wire::door::{Door, Side};
use crate::wire::storage::StorageSetup;

/// URLs of the hosts of a location; nothing where the address cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocationHosts {
    /// Who gives out tokens or temporary keys, where somebody does.
    pub login: Option<String>,
    /// Where the files are; `sftp://HOST:PORT` of SFTP.
    pub files: Option<String>,
}

impl Door {
    /// The hosts of its location; none in a replay, and where it takes no files.
    pub fn location_hosts(&self) -> LocationHosts {
        match &self.0.side {
            Side::Live(live) => {
                let hosts = live.storage.as_ref().map(hosts);
                hosts.unwrap_or_default()
            }
            Side::Replay(_) => LocationHosts::default(),
        }
    }
}

fn hosts(setup: &StorageSetup) -> LocationHosts {
    let (login, files) = match setup {
        StorageSetup::S3(setup) => setup.hosts(),
        StorageSetup::GoogleCloud(setup) => (None, setup.host()),
        StorageSetup::AzureBlob(setup) => (None, setup.known_host()),
        StorageSetup::AdlsGen2(setup) => setup.hosts(),
        StorageSetup::Sftp(setup) => (None, format!("sftp://{}:{}", setup.host, setup.port)),
        StorageSetup::DataLandingZone(setup) => (None, setup.host()),
    };
    LocationHosts {
        login: login.as_deref().and_then(origin),
        files: origin(&files),
    }
}

/// Scheme, host and port alone: a path or a query may be secret.
fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?;
    let port = url.port_or_known_default()?;
    Some(format!("{}://{host}:{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_scheme_host_and_port_is_told() {
        let told = origin("https://account.blob.example.com/zone?sv=1&sig=c2VjcmV0");
        assert_eq!(
            told.as_deref(),
            Some("https://account.blob.example.com:443")
        );
        assert_eq!(
            origin("sftp://127.0.0.1:22").as_deref(),
            Some("sftp://127.0.0.1:22")
        );
        assert_eq!(origin("no address"), None);
    }
}
