//! `destspec emulate`: the reference destination in the foreground.

use std::fmt::Write as _;

use crate::cli::args::EmulateArgs;
use crate::cli::exit::Exit;
use crate::cli::load::Loaded;
use crate::cli::reference::{self, Reference};
use crate::cli::{Failure, output, print};
use crate::emulator::Fault;

/// Serves until Ctrl-C; with the fault `list`, prints the faults instead.
///
/// # Errors
/// When a fault is unknown or no socket can be had.
pub async fn run(args: &EmulateArgs) -> Result<Exit, Failure> {
    if args.fault.iter().any(|name| name == "list") {
        let lines = Fault::all()
            .map(|fault| format!("{:<40} {}\n", fault.to_string(), fault.description()));
        print::result(&lines.collect::<String>());
        return Ok(Exit::Success);
    }
    let (loaded, reference) = reference::start(&args.fault).await?;
    let authority = std::env::temp_dir().join("destspec-reference-ca.pem");
    output::write(&authority, reference.emulator.certificate_authority_pem())?;
    print::result(&announced(
        &loaded,
        &reference,
        &authority.display().to_string(),
    ));
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Ok(Exit::Success)
}

fn announced(loaded: &Loaded, reference: &Reference, authority: &str) -> String {
    let base = reference.emulator.base_url();
    let mut text =
        format!("reference destination at {base} (certificate authority in {authority})\n\n");
    for destination in &loaded.submission.destinations {
        let _ = writeln!(
            text,
            "  {:<16} POST {base}/{}/profiles",
            destination.name, destination.name
        );
    }
    let _ = write!(text, "\ncredentials, made up for this start:\n");
    for (name, value) in &reference.variables {
        let _ = writeln!(text, "  {name}='{value}'");
    }
    let _ = write!(
        text,
        "\nwhat is stored: GET {base}/NAME/observe/profiles/IDENTITY\nCtrl-C stops it\n"
    );
    text
}
