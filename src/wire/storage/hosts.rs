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

impl StorageSetup {
    /// Every host that it is reached by, but those that Amazon, Google and Microsoft have for everybody: which bucket or
    /// account it is stands in the location then. Nothing where a secret names them that is not known.
    pub fn hosts(&self) -> Option<Vec<String>> {
        let own = |endpoint: &Option<String>| endpoint.clone().into_iter().collect();
        let hosts: Vec<String> = match self {
            Self::S3(setup) => setup.hosts_of_its_own(),
            Self::GoogleCloud(setup) => own(&setup.endpoint),
            Self::AzureBlob(setup) => vec![setup.told_host()?],
            Self::AdlsGen2(setup) => {
                let (_, files) = setup.hosts();
                setup.authority.clone().into_iter().chain([files]).collect()
            }
            Self::Sftp(setup) => vec![format!("sftp://{}:{}", setup.host, setup.port)],
            Self::DataLandingZone(setup) if setup.sas_url.is_mark() => return None,
            Self::DataLandingZone(setup) => vec![setup.host()],
        };
        // what is no URL reaches nothing, and may hold a secret
        let told = hosts.iter().map(|url| origin(url).unwrap_or_default());
        let mut told: Vec<String> = told.collect();
        told.dedup();
        Some(told)
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
    use crate::model::secret::Secret;
    use crate::wire::storage::{AzureBlobSetup, s3};

    fn bucket(endpoint: Option<&str>, region: Option<&str>) -> Option<Vec<String>> {
        StorageSetup::S3(Box::new(s3::tests::bucket(endpoint, region))).hosts()
    }

    #[test]
    fn hosts_are_told_but_those_that_a_vendor_has_for_everybody() {
        let told = |hosts: &[&str]| Some(hosts.iter().map(|&host| host.to_owned()).collect());
        assert_eq!(bucket(None, None), told(&[]));
        assert_eq!(bucket(None, Some("cn-north-1")), told(&[]));
        let minio = "http://minio.example.com:9000";
        assert_eq!(bucket(Some(minio), None), told(&[minio]));
        let gateway = "https://x.execute-api.eu-west-1.amazonaws.com";
        let one = format!("{gateway}:443");
        assert_eq!(bucket(Some(gateway), None), told(&[&one]));
        let other = Some("x.example.com/");
        let both = [
            "https://sts.x.example.com:443",
            "https://s3.x.example.com:443",
        ];
        assert_eq!(bucket(None, other), told(&both));
    }

    #[test]
    fn the_host_of_a_connection_string_is_told_where_it_is_known() {
        let hosts = |connection: Secret| {
            let setup = AzureBlobSetup {
                account: "https://account.blob.core.windows.net/".to_owned(),
                container: "landing".to_owned(),
                folder: String::new(),
                endpoint: None,
                connection_string: connection,
            };
            StorageSetup::AzureBlob(Box::new(setup)).hosts()
        };
        let own = "AccountName=a;AccountKey=aw==;BlobEndpoint=http://localhost:1/a";
        let told = |host: &str| Some(vec![host.to_owned()]);
        assert_eq!(hosts(Secret::new(own)), told("http://localhost:1"));
        let plain = Secret::new("AccountName=a;AccountKey=aw==");
        assert_eq!(
            hosts(plain),
            told("https://account.blob.core.windows.net:443")
        );
        assert_eq!(hosts(Secret::replayed("connection_string")), None);
    }

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
