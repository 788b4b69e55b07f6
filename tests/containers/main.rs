//! Servers that nobody here wrote, in containers: destspec judges them as `tests/servers/run.sh` has it judge those that it
//! installs, and expects the same verdicts of BAT-1. No engine is no excuse: then this fails.
//!
//!     cargo test --features containers --test containers -- [KIND…]
//!
//! KIND is one of `tests/servers/images.toml`; without one, all. Exit: 0 every verdict is the expected one, 1 one is not,
//! 2 there is no such kind, 3 a server cannot be had.

#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program that tells its user"
)]

mod azurite;
mod engine;
mod folder;
mod image;
mod moto;
mod openssh;

use std::process::ExitCode;

use folder::Folder;
use image::Kind;

/// Why a server cannot be judged.
#[derive(Debug, thiserror::Error)]
enum Unable {
    /// Nothing runs containers.
    #[error(
        "no container engine answers: {0}\n  help: start Docker, or name the socket of one in DOCKER_HOST, \
         e.g. unix:///run/user/1000/podman/podman.sock; tests/servers/run.sh judges the same servers without one"
    )]
    NoEngine(String),
    /// An image cannot be had, or what it holds does not start.
    #[error(
        "cannot start a container of `{image}`: {text}\n  help: {variable} names another image; \
         tests/servers/images.sh builds one"
    )]
    NotStarted {
        image: String,
        text: String,
        variable: &'static str,
    },
    /// A server refuses what it is to hold.
    #[error("cannot furnish the server: {0}")]
    Unfurnished(String),
    /// Something of this machine.
    #[error("cannot {doing}: {text}")]
    Local { doing: &'static str, text: String },
}

/// What went wrong on this machine.
fn local(doing: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Unable {
    move |error| Unable::Local {
        doing,
        text: error.to_string(),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments = std::env::args().skip(1);
    let asked: Vec<String> = arguments.filter(|word| !word.starts_with('-')).collect();
    // what is dropped on the way out is removed from the engine
    tokio::select! {
        code = judge(&asked) => code,
        _ = tokio::signal::ctrl_c() => ExitCode::from(130),
    }
}

async fn judge(asked: &[String]) -> ExitCode {
    let unknown = asked
        .iter()
        .find(|word| Kind::ALL.iter().all(|kind| kind.name() != word.as_str()));
    if let Some(word) = unknown {
        let known = Kind::ALL.map(Kind::name).join(", ");
        eprintln!("expected one of {known}, received `{word}`");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for kind in Kind::ALL {
        if !asked.is_empty() && asked.iter().all(|word| word != kind.name()) {
            continue;
        }
        match judged(kind).await {
            Ok(true) => {}
            Ok(false) => code = ExitCode::from(1),
            Err(unable) => {
                eprintln!("{}: {unable}", kind.name());
                return ExitCode::from(3);
            }
        }
    }
    code
}

/// Whether every verdict about the server of a kind is the expected one.
async fn judged(kind: Kind) -> Result<bool, Unable> {
    let folder = Folder::new()?;
    let image = kind.image()?;
    println!("{}: starting `{}`", kind.name(), image.whole);
    let server = match kind {
        Kind::S3 => moto::start(&image, &folder).await,
        Kind::AzureBlob => azurite::start(&image, &folder).await,
        Kind::Sftp => openssh::start(&image, &folder).await,
    }?;
    folder.judged(kind, &server).await
}
