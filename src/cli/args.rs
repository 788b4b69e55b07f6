//! The command line as clap reads it. No logic.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::family::members;
use crate::cli::load::Loading;
use crate::encode::file::split::MOST_ROWS;
use crate::model::challenge::MOST_REPETITIONS;
use crate::model::control::ControlHost;
use crate::model::record::Selection;
use crate::model::source::Severity;
use crate::review::certificate::DAYS;
use crate::suite::catalogue::Catalogue;

/// Ten times what one message can hold; the profiles and their messages are in memory at once.
const MOST_PROFILES: i64 = 100_000;

/// Conformance suite for Adobe Experience Platform Destination SDK destinations.
#[derive(Debug, Parser)]
#[command(name = "destspec", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Colour on the terminal.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the suite; without a file, against the embedded reference submission.
    Run(RunArgs),
    /// Look at configuration, reachability, credentials and permissions; deliver no profile.
    ///
    /// Each problem says whose move it is: your configuration (the submission, its JSON, its credentials), your endpoint (the
    /// destination or its location), the network (what lies between), or destspec. To a location a file of a few bytes is
    /// written, and deleted: nothing else shows whether the account may.
    Check(CheckArgs),
    /// Log in to a destination of the authorization code grant with a browser; keep its refresh token.
    Login(LoginArgs),
    /// Show every scenario, its requirement, and for each one left out the reason.
    List(ListArgs),
    /// Explain a prerequisite, a requirement, a scenario, a code or a verdict of a report, or a fault of the reference destination.
    Explain {
        /// Its name, e.g. STR-1a, STR-1a.02, STR-1a.07/leaves, answer.not-accepted, unproven or exited-dropped.
        name: String,
    },
    /// Write a commented submission.toml and minimal Destination SDK JSON.
    Init(InitArgs),
    /// Print the exact bytes that Experience Platform would send; send nothing.
    #[command(subcommand)]
    Render(RenderCommand),
    /// Run the reference destination in the foreground.
    Emulate(EmulateArgs),
    /// Render a recorded run again.
    Report(ReportArgs),
    /// Judge a recorded run again, offline, with nothing but the record; or ask one scenario of it again, live.
    Replay(ReplayArgs),
    /// Pack a run for a reviewer, or look into what was packed.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Review a bundle, offline, by a policy.
    Verify(VerifyArgs),
    /// Run a hidden sample of a bundle's scenarios again, from new data, and compare.
    Rerun(RerunArgs),
    /// Review a bundle, and sign what was verified of it where it is accepted.
    Certify(CertifyArgs),
    /// Issue a challenge, so that a run cannot have been made before it.
    #[command(subcommand)]
    Challenge(ChallengeCommand),
    /// Show what changed from one bundle or record to another.
    Diff(DiffArgs),
    /// Remove the files that a run left at the locations of a submission.
    Sweep(SweepArgs),
    /// Print what a shell needs to complete the arguments of destspec.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page of destspec, or of one of its commands.
    Man {
        /// A command, e.g. run, or render file.
        #[arg(value_name = "COMMAND")]
        path: Vec<String>,
        /// New folder for the pages of all commands.
        #[arg(long, value_name = "DIR", conflicts_with = "path")]
        out: Option<PathBuf>,
    },
}

/// Where the submission is.
#[derive(Debug, Args)]
pub struct SubmissionArgs {
    /// submission.toml; the embedded reference submission where not given.
    pub submission: Option<PathBuf>,
    /// Refuse a secret that stands in the Destination SDK JSON; it is warned of otherwise.
    #[arg(long)]
    pub deny_literal_secrets: bool,
}

impl SubmissionArgs {
    /// The same as a submission is loaded by.
    pub fn loading(&self, loading: Loading) -> Loading {
        match self.deny_literal_secrets {
            true => Loading {
                literal_secrets: Severity::Error,
                ..loading
            },
            false => loading,
        }
    }
}

/// What of the suite is wanted.
#[derive(Debug, Args)]
pub struct SelectionArgs {
    /// Cucumber tag expression, e.g. "@must and not @needs.load".
    #[arg(long, value_name = "EXPRESSION")]
    pub tags: Option<String>,
    /// Requirement id, or that of a family: STR-1 selects all of STR-1, STR-1a, STR-1b and STR-1c; may be repeated.
    #[arg(long, value_name = "ID")]
    pub requirement: Vec<String>,
    /// Scenario id, e.g. STR-1a.07/returns; may be repeated.
    #[arg(long, value_name = "ID")]
    pub scenario: Vec<String>,
    /// Destination name; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub destination: Vec<String>,
}

impl SelectionArgs {
    /// The same as the suite has it, a family of requirements as its members.
    pub fn selection(&self, catalogue: &Catalogue) -> Selection {
        let known: Vec<(&str, &str)> = catalogue
            .requirements
            .iter()
            .flat_map(|r| r.prerequisites().map(|of| (r.id.as_str(), of)))
            .collect();
        Selection {
            tags: self.tags.clone(),
            requirements: members(&self.requirement, &known),
            scenarios: self.scenario.clone(),
            destinations: self.destination.clone(),
        }
    }
}

/// A number as a person is told to write it.
fn whole(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// `destspec run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub submission: SubmissionArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Seed of all test data; random where not given. The record holds it.
    #[arg(long, value_parser = whole)]
    pub seed: Option<u64>,
    /// The challenge of a reviewer: the seed follows from it.
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    pub challenge: Option<PathBuf>,
    /// Run for certification: the whole suite, made-up secrets that must be found nowhere, and before anything is sent
    /// whether the run can be conformant at all.
    #[arg(long, requires = "submission", conflicts_with_all = ["seed", "tags", "requirement", "scenario", "destination"])]
    pub certify: bool,
    /// Refuse a submission that names a command: no program but destspec is started.
    #[arg(long, requires = "submission")]
    pub no_commands: bool,
    /// Scenarios at a time, instead of each destination's own limit.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub concurrency: Option<u16>,
    /// Fault of the embedded reference destination; may be repeated.
    #[arg(long, value_name = "FAULT", conflicts_with = "submission")]
    pub fault: Vec<String>,
    /// Harmless difference of the embedded reference destination; may be repeated. `destspec emulate --variation list` names them all.
    #[arg(long, value_name = "VARIATION", conflicts_with = "submission")]
    pub variation: Vec<String>,
    /// Folder for the reports.
    #[arg(long, value_name = "DIR", default_value = "destspec-out")]
    pub out: PathBuf,
    /// Where to write the JUnit report; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub junit: Option<PathBuf>,
    /// Where to write the HTML report; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub html: Option<PathBuf>,
    /// Where to write the record as JSON; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
    /// Where to write the Markdown summary; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub markdown: Option<PathBuf>,
    /// Dialect of the JUnit report.
    #[arg(long, value_enum, default_value_t = Dialect::Default)]
    pub junit_dialect: Dialect,
    /// No progress on standard error.
    #[arg(long, short)]
    pub quiet: bool,
}

/// `destspec check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub submission: SubmissionArgs,
    /// Look at files, configuration and templates alone: without credentials, and without asking anybody.
    #[arg(long)]
    pub offline: bool,
}

/// `destspec login`.
#[derive(Debug, Args)]
pub struct LoginArgs {
    /// Destination of the submission; its credentials name the file that keeps the token: refresh_token = { file = "…" }.
    pub destination: String,
    /// submission.toml.
    #[arg(default_value = "submission.toml")]
    pub submission: PathBuf,
    /// Port on 127.0.0.1 that the browser comes back to, at /callback; a free one where not given.
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true,
        conflicts_with = "redirect_uri"
    )]
    pub port: u16,
    /// Redirect URI that is registered for the client instead: the address that the browser ends at is pasted then.
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// Open no browser.
    #[arg(long)]
    pub no_browser: bool,
}

/// `destspec list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub submission: SubmissionArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Show the tags of each scenario, as --tags takes them
    #[arg(long)]
    pub tags_shown: bool,
    /// Show the editions of the prerequisites page instead: where they differ, and what each sentence is traced to
    #[arg(long)]
    pub editions: bool,
}

/// `destspec render …`.
#[derive(Debug, Subcommand)]
pub enum RenderCommand {
    /// The requests of a streaming destination.
    Message(RenderMessageArgs),
    /// The folder of a file-based destination.
    File(RenderFileArgs),
    /// The requests of an audience template.
    Audience(RenderAudienceArgs),
}

/// `destspec render audience`.
#[derive(Debug, Args)]
pub struct RenderAudienceArgs {
    #[command(flatten)]
    pub submission: SubmissionArgs,
    /// Destination; the first one with an audience template where not given.
    #[arg(long, value_name = "NAME")]
    pub destination: Option<String>,
    /// Name of the audience.
    #[arg(long, value_name = "NAME", default_value = "destspec audience")]
    pub name: String,
    /// Its id at the destination, as `create` would have answered it.
    #[arg(long, value_name = "ID", default_value = "ALIAS")]
    pub alias: String,
}

/// `destspec render message`.
#[derive(Debug, Args)]
pub struct RenderMessageArgs {
    #[command(flatten)]
    pub submission: SubmissionArgs,
    /// Destination; the first streaming one where not given.
    #[arg(long, value_name = "NAME")]
    pub destination: Option<String>,
    /// Test profiles, a JSON array; synthetic ones where not given.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["count", "seed"])]
    pub profiles: Option<PathBuf>,
    /// How many profiles, at most 100000: all of them are in memory at once.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MOST_PROFILES))]
    pub count: u32,
    /// Seed of the synthetic profiles.
    #[arg(long, value_parser = whole)]
    pub seed: Option<u64>,
    /// A body template to try instead of the configured one, as text, not escaped into JSON.
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,
}

/// `destspec render file`.
#[derive(Debug, Args)]
pub struct RenderFileArgs {
    /// submission.toml.
    pub submission: PathBuf,
    /// Destination; the first one that takes files where not given.
    #[arg(long, value_name = "NAME")]
    pub destination: Option<String>,
    /// Audience, by its id; all of them where not given.
    #[arg(long, value_name = "ID")]
    pub audience: Option<String>,
    /// How many synthetic profiles in each audience, at most 10000000.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=MOST_ROWS))]
    pub rows: u64,
    /// Seed of the synthetic profiles; random where not given.
    #[arg(long, value_parser = whole)]
    pub seed: Option<u64>,
    /// Test profiles, a JSON array, instead of synthetic ones.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rows", "seed"])]
    pub profiles: Option<PathBuf>,
    /// Time of the export, e.g. 2026-05-09T21:05:43Z; now where not given.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Time of the previous export: an incremental one follows.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// How Adobe's ambiguous defaults of nullValue and emptyValue are read.
    #[arg(long, value_enum, default_value_t = EmptyValues::NothingAndQuotes)]
    pub empty_values: EmptyValues,
    /// Folder that stands for the storage: bucket, container or account.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Print each option with the place that it came from.
    #[arg(long)]
    pub explain: bool,
    /// Write beside each file NAME.expected.json with its rows, as tests/interop.py reads them.
    #[arg(long)]
    pub expected: bool,
}

/// Readings of Adobe's default `""`: what null is written as, and what an empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EmptyValues {
    /// Null as nothing, an empty text as two quotes.
    NothingAndQuotes,
    /// Both as nothing.
    Nothing,
    /// Both as two quotes.
    Quotes,
    /// Null as the word null, an empty text as nothing.
    NullAndNothing,
}

/// `destspec emulate`.
#[derive(Debug, Args)]
pub struct EmulateArgs {
    /// A fault; may be repeated. `list` shows them all.
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// A harmless difference; may be repeated. `list` names them all.
    #[arg(long, value_name = "VARIATION")]
    pub variation: Vec<String>,
    /// Port on 127.0.0.1; a free one where not given.
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub port: u16,
    /// Folder for the certificate of its authority.
    #[arg(long, value_name = "DIR", default_value = "destspec-out")]
    pub out: PathBuf,
    /// Folder for a submission that is ready to run, next to the certificate.
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    pub submission: Option<PathBuf>,
    /// A challenge, for which the reference destination serves the proof of control of --signer.
    #[arg(long, value_name = "FILE", requires = "signer")]
    pub challenge: Option<PathBuf>,
    /// The key that signs the bundle: its public file, or the private one of OpenSSH.
    #[arg(long, value_name = "FILE", requires = "challenge")]
    pub signer: Option<PathBuf>,
}

/// `destspec report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The record, as `run` wrote it, or a bundle.
    pub record: PathBuf,
    /// What to render.
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    pub format: Format,
    /// Dialect of the JUnit report.
    #[arg(long, value_enum, default_value_t = Dialect::Default)]
    pub junit_dialect: Dialect,
}

/// `destspec replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The record, as `run` wrote it, or a bundle.
    pub record: PathBuf,
    /// Ask the destination again what a scenario asked it, and print what it answers otherwise.
    #[arg(long, requires = "scenario")]
    pub live: bool,
    /// Scenario id, e.g. STR-1a.07/returns.
    #[arg(long, value_name = "ID", requires = "live")]
    pub scenario: Option<String>,
    /// Destination name; every one that the scenario ran at where not given.
    #[arg(long, value_name = "NAME", requires = "live")]
    pub destination: Option<String>,
    /// submission.toml of the record: its credentials; where not given, the one that a record (not a bundle) names below the
    /// current directory.
    #[arg(long, value_name = "FILE", requires = "live")]
    pub submission: Option<PathBuf>,
}

/// `destspec bundle …`.
#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// Pack the record of a run, and all that follows from it, into one file.
    Pack(PackArgs),
    /// Add a signature that another program made of the statement.
    Attach(AttachArgs),
    /// Show what a bundle says of itself, or one file in it; judges nothing.
    Show(ShowArgs),
}

/// `destspec bundle attach`.
#[derive(Debug, Args)]
pub struct AttachArgs {
    /// The bundle.
    pub bundle: PathBuf,
    /// What `ssh-keygen -Y sign -n conformance@destspec.dev` made of statement.json.
    pub signature: PathBuf,
}

/// `destspec bundle show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The bundle.
    pub bundle: PathBuf,
    /// A file in it, e.g. statement.json, to be written out as it is.
    #[arg(long, value_name = "NAME", conflicts_with = "scenario")]
    pub file: Option<String>,
    /// A scenario, by its id: what it asked and what came.
    #[arg(long, value_name = "ID")]
    pub scenario: Option<String>,
}

/// `destspec challenge …`.
#[derive(Debug, Subcommand)]
pub enum ChallengeCommand {
    /// Issue a challenge: a number from which all test data of a run follows.
    New(NewChallengeArgs),
    /// Print what the hosts that a challenge names have to serve, or ask them for it.
    Proof(ProofArgs),
}

/// `destspec challenge new`.
#[derive(Debug, Args)]
pub struct NewChallengeArgs {
    /// Name of the partner, as in its submission.
    #[arg(long, value_name = "NAME")]
    pub partner: String,
    /// Days in which the run may begin.
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub days: u16,
    /// Host that must serve a proof that whoever signs the bundle runs it, with its port where that is not 443; may be repeated.
    #[arg(long, value_name = "HOST")]
    pub control: Vec<ControlHost>,
    /// How often the suite has to run, each time from other data.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_REPETITIONS)))]
    pub repetitions: u32,
    /// Make up the secret of `rerun`, write it there, and commit the challenge to it; keep it from the partner.
    #[arg(long, value_name = "FILE")]
    pub sample_secret: Option<PathBuf>,
    /// The file to write.
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace what is there.
    #[arg(long)]
    pub force: bool,
}

/// `destspec challenge proof`.
#[derive(Debug, Args)]
pub struct ProofArgs {
    /// The challenge.
    pub challenge: PathBuf,
    /// The key that signs the bundle: its public file, or the private one of OpenSSH.
    #[arg(long, value_name = "FILE")]
    pub signer: PathBuf,
    /// Ask each host for its proof, and say what it serves.
    #[arg(long)]
    pub fetch: bool,
    /// Certificates of a private authority of the hosts, PEM.
    #[arg(long, value_name = "FILE", requires = "fetch")]
    pub ca_file: Option<PathBuf>,
}

/// `destspec diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A bundle or a record.
    pub before: PathBuf,
    /// Another.
    pub after: PathBuf,
}

/// `destspec bundle pack`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("signature").args(["sign", "unsigned"]).required(true)))]
pub struct PackArgs {
    /// The folder that `run` wrote to, or the record in it.
    pub run: PathBuf,
    /// The bundle to write.
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
    /// Sign it by an OpenSSH private key, ssh:PATH, or by one of an agent, ssh-agent:FINGERPRINT.
    #[arg(long, value_name = "KEY")]
    pub sign: Option<String>,
    /// Leave it unsigned.
    #[arg(long)]
    pub unsigned: bool,
    /// submission.toml of the run: every file of the bundle is searched for its secrets, in any encoding.
    #[arg(long, value_name = "FILE")]
    pub submission: Option<PathBuf>,
    /// Replace what is there.
    #[arg(long)]
    pub force: bool,
}

/// What is reviewed, and by what.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// The bundle.
    pub bundle: PathBuf,
    /// The challenge that was issued.
    #[arg(long, value_name = "FILE")]
    pub challenge: Option<PathBuf>,
    /// Review as of this time, e.g. 2026-12-24T12:00:00Z; now where not given.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

/// `destspec verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub review: ReviewArgs,
    /// What is accepted, TOML; the strictest of everything where not given.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Where to write the review as JSON; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
    /// Where to write it as a page; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub html: Option<PathBuf>,
    /// Where to write it as Markdown; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub markdown: Option<PathBuf>,
}

/// `destspec certify`.
#[derive(Debug, Args)]
pub struct CertifyArgs {
    #[command(flatten)]
    pub review: ReviewArgs,
    /// What is accepted, TOML; the certificate names it.
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// Sign it by an OpenSSH private key, ssh:PATH, or by one of an agent, ssh-agent:FINGERPRINT.
    #[arg(long, value_name = "KEY")]
    pub sign: String,
    /// Days that the certificate holds.
    #[arg(long, value_name = "N", default_value_t = DAYS, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub days: u16,
    /// The certificate to write; its signature goes beside it, with .sig at its end.
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

/// `destspec rerun`.
#[derive(Debug, Args)]
pub struct RerunArgs {
    /// The bundle.
    pub bundle: PathBuf,
    /// The secret that picks the sample, as `challenge new --sample-secret` wrote it.
    #[arg(long, value_name = "FILE")]
    pub sample_secret: PathBuf,
    /// How many scenarios are run again.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub k: usize,
    /// submission.toml of the reviewer: the same Destination SDK JSON, credentials of the reviewer's own.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Where to write the record of what was run again; `-` for standard output.
    #[arg(long, value_name = "PATH")]
    pub json: Option<PathBuf>,
}

/// `destspec init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Folder to write to; this one where not given, and at a terminal a few questions are asked then.
    pub folder: Option<PathBuf>,
    /// Begin a destination that takes files, at this kind of location.
    #[arg(long, value_enum, value_name = "KIND", conflicts_with = "from")]
    pub batch: Option<StorageKind>,
    /// Begin with what was posted: a destination server, or a folder with it, the destination and the audience template.
    #[arg(long, value_name = "JSON")]
    pub from: Option<PathBuf>,
}

/// Kinds of locations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StorageKind {
    /// Amazon S3.
    S3,
    /// Azure Blob Storage.
    AzureBlob,
    /// Azure Data Lake Storage Gen2.
    Adls,
    /// SFTP.
    Sftp,
    /// Google Cloud Storage.
    GoogleCloud,
    /// Data Landing Zone.
    Dlz,
}

/// `destspec sweep`.
#[derive(Debug, Args)]
pub struct SweepArgs {
    /// Id of the run, its record or bundle, or the journal of a run that was killed.
    pub run: String,
    /// submission.toml: where the files are.
    pub submission: PathBuf,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What Adobe asks for when a destination is submitted, as Markdown.
    Adobe,
    Html,
    Json,
    Junit,
    Markdown,
    Terminal,
}

/// Dialects of JUnit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// With properties, file and line.
    Default,
    /// Valid by the schema of Jenkins' xUnit plugin.
    Xunit,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_seed_is_told_what_one_is() {
        assert_eq!(whole("7"), Ok(7));
        assert!(whole("abc").is_err_and(|said| said.starts_with("expected a whole number")));
    }
}
