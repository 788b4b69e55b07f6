//! Where a destination's files go, as its server and the customer's data say it. How the place is reached, and with which
//! credentials, is not here.

/// A place in a storage, with everything that the configuration says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// Amazon S3; endpoint and region are documented nowhere.
    S3 {
        /// Bucket.
        bucket: String,
        /// Folder in it.
        path: String,
    },
    /// An SFTP server.
    Sftp {
        /// Host name.
        host: String,
        /// Port.
        port: u16,
        /// Folder; a leading slash tells the root from the home of the user.
        path: String,
    },
    /// Azure Data Lake Storage Gen2.
    AdlsGen2 {
        /// Host of the account; left to the credentials where the configuration names none.
        host: Option<String>,
        /// File system; as the host.
        file_system: Option<String>,
        /// Folder in it.
        path: String,
    },
    /// Azure Blob Storage.
    AzureBlob {
        /// URI of the account.
        account: String,
        /// Container.
        container: String,
        /// Folder in it.
        path: String,
    },
    /// Data Landing Zone: account and container come with the credentials.
    DataLandingZone {
        /// Folder in the container.
        path: String,
    },
    /// Google Cloud Storage.
    GoogleCloud {
        /// Bucket.
        bucket: String,
        /// Folder in it.
        path: String,
    },
}

impl Location {
    /// A folder of Azure Data Lake Storage: `abfs://<file_system>@<host>/<path>`, or the path alone.
    pub fn adls_gen2(text: &str) -> Self {
        let Some((_, rest)) = text.split_once("://") else {
            return Self::AdlsGen2 {
                host: None,
                file_system: None,
                path: text.to_owned(),
            };
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (file_system, host) = authority
            .split_once('@')
            .map_or((None, authority), |(left, host)| (Some(left), host));
        Self::AdlsGen2 {
            host: Some(host.to_owned()),
            file_system: file_system.map(str::to_owned),
            path: path.to_owned(),
        }
    }

    /// A folder of Azure Blob Storage: the first step of `folder` is the container.
    pub fn azure_blob(account: String, folder: &str) -> Self {
        let folder = folder.trim_start_matches('/');
        let (container, path) = folder.split_once('/').unwrap_or((folder, ""));
        Self::AzureBlob {
            account,
            container: container.to_owned(),
            path: path.to_owned(),
        }
    }

    /// The folder in the bucket, container, file system or server, as configured.
    pub fn path(&self) -> &str {
        match self {
            Self::S3 { path, .. }
            | Self::Sftp { path, .. }
            | Self::AdlsGen2 { path, .. }
            | Self::AzureBlob { path, .. }
            | Self::DataLandingZone { path }
            | Self::GoogleCloud { path, .. } => path,
        }
    }

    /// The folder in what `destspec render file` writes to: the container belongs to it where the account is the storage.
    pub fn folder(&self) -> String {
        match self {
            Self::AzureBlob {
                container, path, ..
            } if !path.is_empty() => format!("{container}/{path}"),
            Self::AzureBlob { container, .. } => container.clone(),
            Self::S3 { path, .. }
            | Self::Sftp { path, .. }
            | Self::AdlsGen2 { path, .. }
            | Self::DataLandingZone { path }
            | Self::GoogleCloud { path, .. } => path.clone(),
        }
    }

    /// Another folder of the same storage.
    #[must_use]
    pub fn with_folder(&self, folder: &str) -> Self {
        let mut other = self.clone();
        match &mut other {
            Self::AzureBlob { account, .. } => {
                return Self::azure_blob(std::mem::take(account), folder);
            }
            Self::S3 { path, .. }
            | Self::Sftp { path, .. }
            | Self::AdlsGen2 { path, .. }
            | Self::DataLandingZone { path }
            | Self::GoogleCloud { path, .. } => folder.clone_into(path),
        }
        other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_data_lake_names_file_system_host_and_path() {
        let full = Location::adls_gen2("abfs://fs@acct.dfs.core.windows.net/in/aep/");
        let expected = Location::AdlsGen2 {
            host: Some("acct.dfs.core.windows.net".to_owned()),
            file_system: Some("fs".to_owned()),
            path: "in/aep/".to_owned(),
        };
        assert_eq!(full, expected);
        let bare = Location::adls_gen2("abfss://fs@acct.dfs.core.windows.net");
        assert_eq!(bare.path(), "");
        let folder = Location::AdlsGen2 {
            host: None,
            file_system: None,
            path: "in/aep".to_owned(),
        };
        assert_eq!(Location::adls_gen2("in/aep"), folder);
    }

    #[test]
    fn what_follows_a_container_is_a_folder_in_it() {
        let account = "https://acct.blob.core.windows.net/";
        let deep = Location::azure_blob(account.to_owned(), "/landing/in/aep");
        let expected = Location::AzureBlob {
            account: account.to_owned(),
            container: "landing".to_owned(),
            path: "in/aep".to_owned(),
        };
        assert_eq!(deep, expected);
        assert_eq!(deep.folder(), "landing/in/aep");
        let flat = deep.with_folder("landing");
        assert_eq!((flat.path(), flat.folder().as_str()), ("", "landing"));
    }

    #[test]
    fn another_folder_leaves_the_storage_as_it_is() {
        let all = Location::Sftp {
            host: "sftp.example.com".to_owned(),
            port: 2222,
            path: "/in/%SEGMENT_ID%".to_owned(),
        };
        let own = Location::Sftp {
            host: "sftp.example.com".to_owned(),
            port: 2222,
            path: "/in/7".to_owned(),
        };
        assert_eq!(all.with_folder("/in/7"), own);
    }
}
