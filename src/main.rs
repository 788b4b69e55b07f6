//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    destspec::cli::main()
}
