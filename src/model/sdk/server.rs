//! Destination servers: where and how messages or files are delivered (reference 3).

use std::sync::Arc;

use crate::model::sdk::Family;
use crate::model::sdk::authentication::FileAuthentication;
use crate::model::sdk::literal::{Literal, filled};
use crate::model::sdk::template::TemplateString;
use crate::model::sdk::token::ResponseField;
use crate::model::source::{Place, Source};

/// A destination server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The file.
    pub source: Arc<Source>,
    /// `name`, visible only to Adobe.
    pub name: Option<String>,
    /// What it is.
    pub kind: ServerKind,
}

/// What a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerKind {
    /// `URL_BASED`.
    UrlBased(Box<UrlBased>),
    /// `FILE_BASED_…`.
    File(Box<FileServer>),
}

/// `urlBasedDestination` with its `httpTemplate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlBased {
    /// `urlBasedDestination.url`; a mark where a credential stands in its query.
    pub url: TemplateString,
    /// The credentials that stand in its query, in order.
    pub url_credentials: Vec<Literal>,
    /// The credentials that stand in `queryParameters`, in order.
    pub query_credentials: Vec<Literal>,
    /// `httpTemplate`.
    pub http: HttpTemplate,
    /// `responseFields`, used by dynamic schema and dropdown servers.
    pub response_fields: Vec<ResponseField>,
}

/// How a request is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpTemplate {
    /// `httpMethod`.
    pub method: Method,
    /// `contentType`.
    pub content_type: String,
    /// Where `contentType` is written.
    pub content_type_place: Place,
    /// `headers`, in order.
    pub headers: Vec<HeaderTemplate>,
    /// `queryParameters`: rendered and appended to the URL; a mark where a credential stands in them.
    pub query_parameters: Option<TemplateString>,
    /// `requestBody`; a delivery always has one.
    pub request_body: Option<TemplateString>,
}

/// One extra header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderTemplate {
    /// Its name.
    pub name: String,
    /// Its value; a mark where a credential stands in the file.
    pub value: TemplateString,
    /// The credential that stands in the file.
    pub credential: Option<Literal>,
}

/// `httpMethod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of RFC 9110")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Patch,
    Options,
    Head,
}

/// A file-based server, as far as it is needed to recognise it and to write files by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileServer {
    /// The companion object.
    pub storage: Storage,
    /// `fileConfigurations` in order, each option by its path, e.g. `compression`, `csvOptions.delimiter`.
    pub options: Vec<(String, TemplateString)>,
    /// `fileConfigurations.maxFileRowCount`: rows per file.
    pub max_file_row_count: Option<u64>,
}

/// Where files are put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// `FILE_BASED_S3`.
    S3 {
        /// Bucket.
        bucket: TemplateString,
        /// Folder.
        path: TemplateString,
    },
    /// `FILE_BASED_SFTP`.
    Sftp {
        /// Folder.
        root_directory: TemplateString,
        /// Host; that of the customer's log-in where not given.
        host_name: Option<TemplateString>,
        /// Port; 22 where not given.
        port: u16,
        /// `PGP` or `None`.
        encryption_mode: Option<String>,
    },
    /// `FILE_BASED_ADLS_GEN2`.
    AdlsGen2 {
        /// `abfs://<file_system>@<account>.dfs.core.windows.net/<path>/`.
        path: TemplateString,
    },
    /// `FILE_BASED_AZURE_BLOB`.
    AzureBlob {
        /// URI of the storage account.
        path: TemplateString,
        /// Container.
        container: TemplateString,
    },
    /// `FILE_BASED_DLZ`.
    DataLandingZone {
        /// Folder.
        path: TemplateString,
    },
    /// `FILE_BASED_GOOGLE_CLOUD`.
    GoogleCloud {
        /// Bucket.
        bucket: TemplateString,
        /// Folder.
        path: TemplateString,
    },
}

impl UrlBased {
    /// The secrets that stand in it.
    pub fn literals(&self) -> impl Iterator<Item = &Literal> {
        let headers = self.http.headers.iter();
        let of_headers = headers.filter_map(|header| header.credential.as_ref());
        let of_queries = self.url_credentials.iter().chain(&self.query_credentials);
        of_queries.chain(of_headers)
    }

    /// The URL with the credentials in it: hand it to a renderer and to nothing else.
    pub fn sent_url(&self) -> TemplateString {
        filled(&self.url, &self.url_credentials)
    }

    /// `queryParameters` with the credentials in them: hand them to a renderer and to nothing else.
    pub fn sent_query(&self) -> Option<TemplateString> {
        let query = self.http.query_parameters.as_ref();
        query.map(|query| filled(query, &self.query_credentials))
    }
}

impl Server {
    /// Whether it takes messages or files.
    pub fn family(&self) -> Family {
        match &self.kind {
            ServerKind::UrlBased(_) => Family::Streaming,
            ServerKind::File(_) => Family::File,
        }
    }

    /// The URL-based part, where it is one.
    pub fn url_based(&self) -> Option<&UrlBased> {
        match &self.kind {
            ServerKind::UrlBased(server) => Some(server),
            ServerKind::File(_) => None,
        }
    }

    /// The same with a mark for each credential that stands in it.
    #[must_use]
    pub fn with_literals_marked(&self) -> Server {
        let mut marked = self.clone();
        if let ServerKind::UrlBased(server) = &mut marked.kind {
            let headers = server.http.headers.iter_mut();
            headers.for_each(|header| header.credential = None);
            server.url_credentials.clear();
            server.query_credentials.clear();
        }
        marked
    }

    /// The file-based part, where it is one.
    pub fn file(&self) -> Option<&FileServer> {
        match &self.kind {
            ServerKind::UrlBased(_) => None,
            ServerKind::File(server) => Some(server),
        }
    }
}

impl HeaderTemplate {
    /// The value with the credential in it: hand it to a renderer and to nothing else.
    pub fn sent(&self) -> TemplateString {
        let credential = self.credential.as_ref();
        credential.map_or_else(|| self.value.clone(), |literal| literal.fill(&self.value))
    }
}

impl Storage {
    /// How customers log in to it (reference 2.1); nobody logs in to a Data Landing Zone.
    pub fn authentications(&self) -> &'static [FileAuthentication] {
        match self {
            Storage::S3 { .. } => &[FileAuthentication::S3],
            Storage::Sftp { .. } => &[
                FileAuthentication::SftpWithPassword,
                FileAuthentication::SftpWithSshKey,
            ],
            Storage::AdlsGen2 { .. } => &[FileAuthentication::AzureServicePrincipal],
            Storage::AzureBlob { .. } => &[FileAuthentication::AzureConnectionString],
            Storage::GoogleCloud { .. } => &[FileAuthentication::GoogleCloudStorage],
            Storage::DataLandingZone { .. } => &[],
        }
    }

    /// Its templates.
    pub fn templates(&self) -> Vec<&TemplateString> {
        match self {
            Storage::S3 { bucket, path } | Storage::GoogleCloud { bucket, path } => {
                vec![bucket, path]
            }
            Storage::Sftp {
                root_directory,
                host_name,
                ..
            } => host_name.iter().chain([root_directory]).collect(),
            Storage::AdlsGen2 { path } | Storage::DataLandingZone { path } => vec![path],
            Storage::AzureBlob { path, container } => vec![path, container],
        }
    }
}

impl FileServer {
    /// An option by its path, e.g. `csvOptions.delimiter`.
    pub fn option(&self, path: &str) -> Option<&TemplateString> {
        self.options
            .iter()
            .find(|(known, _)| known == path)
            .map(|(_, value)| value)
    }
}

impl Method {
    /// Every method with its name.
    pub const ALL: [(&'static str, Method); 7] = [
        ("GET", Method::Get),
        ("PUT", Method::Put),
        ("POST", Method::Post),
        ("DELETE", Method::Delete),
        ("PATCH", Method::Patch),
        ("OPTIONS", Method::Options),
        ("HEAD", Method::Head),
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
            Method::Patch => "PATCH",
            Method::Options => "OPTIONS",
            Method::Head => "HEAD",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
