//! Containers: started with one port on the loopback of this machine, removed when they are dropped.

use std::collections::{BTreeMap, HashMap};

use testcontainers::bollard::errors::Error as EngineError;
use testcontainers::bollard::models::PortBinding;
use testcontainers::core::client::ClientError;
use testcontainers::core::{ExecCommand, IntoContainerPort as _, WaitFor};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{
    ContainerAsync, ContainerRequest, CopyTargetOptions, GenericImage, ImageExt as _,
    TestcontainersError,
};

use crate::Unable;
use crate::image::Image;

/// A container that is to be.
pub struct Order<'a> {
    /// Where the server listens inside.
    pub port: u16,
    /// What it says when it listens.
    pub ready: &'a str,
    /// Arguments of the image's entry point.
    pub arguments: Vec<String>,
    /// Environment.
    pub variables: Vec<(&'a str, String)>,
    /// Files: path inside, bytes, and who may do what.
    pub files: Vec<(&'a str, Vec<u8>, u32)>,
}

/// A server that listens.
pub struct Server {
    container: ContainerAsync<GenericImage>,
    /// On the loopback.
    pub port: u16,
    /// What a destination reaches it with, by the variables of `tests/servers/files.toml`.
    pub credentials: BTreeMap<String, String>,
}

/// Starts a container, and waits until its server listens.
pub async fn start(image: &Image, order: Order<'_>) -> Result<Server, Unable> {
    let port = order.port.tcp();
    let container = request(image, order)
        .start()
        .await
        .map_err(|error| unable(image, error))?;
    let port = container.get_host_port_ipv4(port).await;
    Ok(Server {
        port: port.map_err(|error| unable(image, error))?,
        container,
        credentials: BTreeMap::new(),
    })
}

fn request(image: &Image, order: Order<'_>) -> ContainerRequest<GenericImage> {
    let (name, tag) = image.parts();
    let port = order.port.tcp();
    let request = GenericImage::new(name, tag)
        .with_exposed_port(port)
        .with_wait_for(WaitFor::message_on_either_std(order.ready))
        .with_cmd(order.arguments)
        .with_label("destspec", "tests")
        .with_host_config_modifier(move |host| {
            // by itself the engine would let the whole network in
            let loopback = PortBinding {
                host_ip: Some("127.0.0.1".to_owned()),
                host_port: None,
            };
            host.publish_all_ports = Some(false);
            host.port_bindings = Some(HashMap::from([(port.to_string(), Some(vec![loopback]))]));
        });
    let request = order
        .variables
        .into_iter()
        .fold(request, |request, (name, value)| {
            request.with_env_var(name, value)
        });
    let files = order.files.into_iter();
    files.fold(request, |request, (path, bytes, mode)| {
        request.with_copy_to(CopyTargetOptions::new(path).with_mode(mode), bytes)
    })
}

impl Server {
    /// Runs a command in the container; what it prints.
    pub async fn run(&self, command: &[&str]) -> Result<String, Unable> {
        let failed = |text: String| Unable::Unfurnished(text);
        let ran = self
            .container
            .exec(ExecCommand::new(command.iter().copied()));
        let mut ran = ran.await.map_err(|error| failed(error.to_string()))?;
        let told = |bytes: Result<Vec<u8>, _>| {
            let bytes = bytes.map_err(|error: TestcontainersError| failed(error.to_string()));
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        let printed = told(ran.stdout_to_vec().await)?;
        let complaint = told(ran.stderr_to_vec().await)?;
        match ran.exit_code().await {
            Ok(Some(0)) => Ok(printed),
            // of a traceback the last line says what is wrong
            Ok(_) => Err(failed(
                complaint.lines().last().unwrap_or_default().to_owned(),
            )),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

fn unable(image: &Image, error: TestcontainersError) -> Unable {
    let no_engine = match &error {
        TestcontainersError::Client(ClientError::Init(_) | ClientError::InvalidDockerHost(_)) => {
            true
        }
        TestcontainersError::Client(
            ClientError::CreateContainer(inner) | ClientError::PullImage { err: inner, .. },
        ) => matches!(
            inner,
            EngineError::HyperLegacyError { .. } | EngineError::SocketNotFoundError(_)
        ),
        _ => false,
    };
    match no_engine {
        true => Unable::NoEngine(error.to_string()),
        false => Unable::NotStarted {
            image: image.whole.clone(),
            text: error.to_string(),
            variable: image.variable,
        },
    }
}
