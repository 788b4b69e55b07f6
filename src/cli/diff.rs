//! `destspec diff A B`: what changed from one run to another.

use crate::cli::args::DiffArgs;
use crate::cli::exit::Exit;
use crate::cli::{Failure, look, print};
use crate::publish::report::change;

/// Shows what changed.
///
/// # Errors
/// When one of them cannot be read.
pub fn run(args: &DiffArgs) -> Result<Exit, Failure> {
    let (before, after) = (look::record(&args.before)?, look::record(&args.after)?);
    print::result(&change::render(&before, &after))?;
    Ok(Exit::Success)
}
