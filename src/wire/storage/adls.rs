//! Azure Data Lake Storage Gen2 by service principal (reference 2.8), over its own API: a file is created, appended to and
//! flushed.

use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;

use crate::model::percent::encoded;
use crate::model::record::{Entry, StorageResult};
use crate::model::redact::Redactor;
use crate::model::secret::Secret;
use crate::wire::http;
use crate::wire::storage::entra::{Asked, Principal};
use crate::wire::storage::http::{LONG, SHORT, beginning};
use crate::wire::storage::patience::Patience;
use crate::wire::storage::seen::Seen;
use crate::wire::storage::{Content, Login, Means, OpenedStorage, Storage, failed};

/// The version of the API that is spoken.
const VERSION: &str = "2023-11-03";

/// Microsoft's own token service.
const AUTHORITY: &str = "https://login.microsoftonline.com";

/// Bytes of one append.
const PART: usize = 8 * 1024 * 1024;

/// Signs of a refusal's text that are kept.
const LONGEST: usize = 300;

/// Pages of a list that are asked for at most.
const PAGES: usize = 100;

/// Entries of a list, after which no further page is asked for.
const MOST_ENTRIES: usize = 100_000;

/// A file system and what it is reached with.
#[derive(Clone)]
pub struct AdlsSetup {
    /// Host of the account.
    pub host: String,
    /// File system.
    pub file_system: String,
    /// Folder in it.
    pub folder: String,
    /// URL of the service instead of the account's own.
    pub endpoint: Option<String>,
    /// URL of the token service instead of Microsoft's own.
    pub authority: Option<String>,
    /// Directory of the service principal.
    pub tenant_id: String,
    /// The service principal.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

struct FileSystem {
    http: Client,
    /// URL of the file system.
    base: String,
    /// Name of the file system, for renaming.
    name: String,
    folder: String,
    /// Who is let in; nobody without one.
    principal: Option<Principal>,
}

/// What a list answers.
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    paths: Vec<Path>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Path {
    name: String,
    #[serde(default)]
    content_length: Option<Number>,
    #[serde(default)]
    is_directory: Option<Flag>,
}

/// Numbers come as texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Number(u64),
}

/// So do flags.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Text(String),
    Flag(bool),
}

/// What a refusal says.
#[derive(Deserialize)]
struct Refusal {
    error: Said,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl AdlsSetup {
    /// Who gives out tokens, and where the files are.
    pub(crate) fn hosts(&self) -> (Option<String>, String) {
        let authority = self.authority.as_deref().unwrap_or(AUTHORITY);
        let own = || format!("https://{}", self.host);
        let files = self.endpoint.clone().unwrap_or_else(own);
        (Some(authority.to_owned()), files)
    }

    pub(crate) fn open(
        &self,
        login: Login,
        means: &Means,
        redactor: &Arc<Redactor>,
    ) -> OpenedStorage {
        let (_, files) = self.hosts();
        let endpoint = files.trim_end_matches('/');
        let base = format!("{endpoint}/{}", encoded(&self.file_system));
        Ok(Arc::new(FileSystem {
            http: means.http.clone(),
            name: encoded(&self.file_system),
            base,
            folder: self.folder.trim_matches('/').to_owned(),
            principal: self.principal(login, means, redactor),
        }))
    }

    fn principal(
        &self,
        login: Login,
        means: &Means,
        redactor: &Arc<Redactor>,
    ) -> Option<Principal> {
        let (secret, client) = match login {
            Login::Anonymous => return None,
            Login::Valid => (self.client_secret.clone(), self.client_id.clone()),
            Login::Near(miss) => {
                let (secret, _) = miss.of_secret(redactor, "client_secret", &self.client_secret);
                let client = match miss.is_of_another() {
                    true => format!("{}x", self.client_id),
                    false => self.client_id.clone(),
                };
                (secret, client)
            }
        };
        let asked = Asked {
            authority: self.authority.as_deref().unwrap_or(AUTHORITY),
            tenant: &self.tenant_id,
            client: &client,
            secret: &secret,
        };
        Some(Principal::new(means.http.clone(), &asked, redactor))
    }
}

impl FileSystem {
    fn within(&self, path: &str) -> String {
        let both = [self.folder.as_str(), path.trim_matches('/')];
        let parts = both.iter().filter(|part| !part.is_empty());
        parts.copied().collect::<Vec<_>>().join("/")
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{}", self.base, steps(&self.within(path)))
    }

    /// Sends a request, again where the service is busy, and once more where the token has ended meanwhile; an answer that
    /// is no success is a refusal.
    async fn ask(&self, request: RequestBuilder) -> Result<Response, StorageResult> {
        let request = request.header("x-ms-version", VERSION);
        let (mut patience, mut renewed) = (Patience::default(), false);
        loop {
            let token = match &self.principal {
                Some(principal) => Some(principal.token().await?),
                None => None,
            };
            let answer = sent(&request, token.as_ref()).await?;
            let status = answer.status();
            if status.is_success() {
                return Ok(answer);
            }
            if status == StatusCode::UNAUTHORIZED
                && !renewed
                && let (Some(principal), Some(token)) = (&self.principal, &token)
            {
                principal.forget(token).await;
                renewed = true;
            } else if !patience.lasts(status, answer.headers()).await {
                return Err(refusal(answer).await);
            }
        }
    }

    fn request(&self, method: Method, url: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(query);
        let query = text.finish();
        let url = match query.as_str() {
            "" => url.to_owned(),
            query => format!("{url}?{query}"),
        };
        self.http.request(method, url)
    }

    async fn first(&self) -> Result<StorageResult, StorageResult> {
        let query = [
            ("resource", "filesystem"),
            ("recursive", "false"),
            ("maxResults", "1"),
        ];
        let directory = [("directory", self.folder.as_str())];
        let in_folder = (!self.folder.is_empty()).then_some(directory);
        let query: Vec<(&str, &str)> = query
            .into_iter()
            .chain(in_folder.into_iter().flatten())
            .collect();
        match self
            .ask(self.request(Method::GET, &self.base, &query))
            .await
        {
            // a folder comes with its first file
            Err(StorageResult::Refused { code, .. }) if code == "PathNotFound" => {
                Ok(StorageResult::Done)
            }
            Err(other) => Err(other),
            Ok(_) => Ok(StorageResult::Done),
        }
    }

    async fn write(&self, path: &str, content: &Content) -> Result<StorageResult, StorageResult> {
        let url = self.url(path);
        self.ask(
            self.request(Method::PUT, &url, &[("resource", "file")])
                .header("Content-Length", "0"),
        )
        .await?;
        let mut offset = 0;
        while offset < content.bytes() {
            let part = content.part(offset, PART).await;
            let part = part.map_err(|error| failed(&error.to_string()))?;
            let (position, bytes) = (offset.to_string(), part.len());
            offset += bytes as u64;
            let query = [("action", "append"), ("position", position.as_str())];
            self.ask(self.request(Method::PATCH, &url, &query).body(part))
                .await?;
            content.taken(bytes);
        }
        let position = offset.to_string();
        let query = [("action", "flush"), ("position", position.as_str())];
        self.ask(
            self.request(Method::PATCH, &url, &query)
                .header("Content-Length", "0"),
        )
        .await?;
        Ok(StorageResult::Done)
    }

    async fn read(&self, path: &str, mut seen: Seen) -> Result<StorageResult, StorageResult> {
        let mut answer = self
            .ask(self.request(Method::GET, &self.url(path), &[]))
            .await?;
        loop {
            let chunk = answer
                .chunk()
                .await
                .map_err(|error| StorageResult::Failure {
                    failure: http::failure(&error, true),
                })?;
            let Some(chunk) = chunk else { break };
            seen.take(&chunk);
        }
        Ok(seen.finish())
    }

    async fn below(&self, path: &str) -> Result<StorageResult, StorageResult> {
        let directory = self.within(path);
        let own = match self.folder.as_str() {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let mut entries = Vec::new();
        let mut next = String::new();
        for _ in 0..PAGES {
            let mut query = vec![
                ("resource", "filesystem"),
                ("recursive", "true"),
                ("directory", directory.as_str()),
            ];
            if !next.is_empty() {
                query.push(("continuation", next.as_str()));
            }
            let answer = self
                .ask(self.request(Method::GET, &self.base, &query))
                .await?;
            let more = answer.headers().get("x-ms-continuation");
            let more = more
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            let bytes = beginning(answer.bytes_stream(), LONG).await;
            let bytes = bytes.unwrap_or_default();
            let listed: Listed = serde_json::from_slice(&bytes)
                .map_err(|_| failed("the list of files is not JSON with `paths`"))?;
            let files = listed.paths.into_iter().filter(|path| !path.is_folder());
            entries.extend(files.map(|file| {
                Entry {
                    bytes: file.bytes(),
                    path: file
                        .name
                        .strip_prefix(&own)
                        .unwrap_or(&file.name)
                        .to_owned(),
                }
            }));
            next = more;
            if next.is_empty() || entries.len() >= MOST_ENTRIES {
                break;
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(StorageResult::Entries { entries })
    }

    async fn forget(&self, path: &str) -> Result<StorageResult, StorageResult> {
        self.ask(self.request(Method::DELETE, &self.url(path), &[]))
            .await?;
        Ok(StorageResult::Done)
    }

    async fn moved(&self, from: &str, to: &str) -> Result<StorageResult, StorageResult> {
        let source = format!("/{}/{}", self.name, steps(&self.within(from)));
        let request = self.request(Method::PUT, &self.url(to), &[]);
        let request = request
            .header("x-ms-rename-source", source)
            .header("Content-Length", "0");
        self.ask(request).await?;
        Ok(StorageResult::Done)
    }
}

impl Path {
    fn is_folder(&self) -> bool {
        match &self.is_directory {
            Some(Flag::Flag(flag)) => *flag,
            Some(Flag::Text(text)) => text == "true",
            None => false,
        }
    }

    fn bytes(&self) -> u64 {
        match &self.content_length {
            Some(Number::Number(number)) => *number,
            Some(Number::Text(text)) => text.parse().unwrap_or(0),
            None => 0,
        }
    }
}

/// The answer to a request, which can be sent again.
async fn sent(request: &RequestBuilder, token: Option<&Secret>) -> Result<Response, StorageResult> {
    let request = request.try_clone();
    let request = request.ok_or_else(|| failed("the request cannot be sent twice"))?;
    let request = match token {
        Some(token) => request.bearer_auth(token.expose()),
        None => request,
    };
    let answer = request.send().await;
    answer.map_err(|error| StorageResult::Failure {
        failure: http::failure(&error, false),
    })
}

/// What a storage refused with.
async fn refusal(answer: Response) -> StorageResult {
    let status = answer.status();
    let named = answer.headers().get("x-ms-error-code");
    let named = named
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned);
    let bytes = beginning(answer.bytes_stream(), SHORT).await;
    let bytes = bytes.unwrap_or_default();
    let said = serde_json::from_slice::<Refusal>(&bytes)
        .ok()
        .map(|refusal| refusal.error);
    let (code, text) = said.map_or_else(Default::default, |said| (said.code, said.message));
    let code = named.or_else(|| Some(code).filter(|code| !code.is_empty()));
    StorageResult::Refused {
        code: code.unwrap_or_else(|| status.as_u16().to_string()),
        text: match text.is_empty() {
            true => status.to_string(),
            false => text.chars().take(LONGEST).collect(),
        },
    }
}

/// Every step of a path encoded.
fn steps(path: &str) -> String {
    let steps: Vec<String> = path.split('/').map(encoded).collect();
    steps.join("/")
}

/// Both sides of a result are results.
async fn either(done: impl Future<Output = Result<StorageResult, StorageResult>>) -> StorageResult {
    done.await.unwrap_or_else(|refused| refused)
}

impl Storage for FileSystem {
    fn connect(&self) -> BoxFuture<'_, StorageResult> {
        Box::pin(either(self.first()))
    }

    fn put<'a>(&'a self, path: &'a str, content: &'a Content) -> BoxFuture<'a, StorageResult> {
        Box::pin(either(self.write(path, content)))
    }

    fn get<'a>(&'a self, path: &'a str, seen: Seen) -> BoxFuture<'a, StorageResult> {
        Box::pin(either(self.read(path, seen)))
    }

    fn list<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(either(self.below(path)))
    }

    fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(either(self.forget(path)))
    }

    fn remove_folder<'a>(&'a self, folder: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let url = self.url(folder);
            let request = self.request(Method::DELETE, &url, &[("recursive", "true")]);
            // an empty folder that stays hurts nobody
            let _left = self.ask(request).await;
        })
    }

    fn rename<'a>(&'a self, from: &'a str, to: &'a str) -> BoxFuture<'a, StorageResult> {
        Box::pin(either(self.moved(from, to)))
    }
}
