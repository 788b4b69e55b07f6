//! What a reviewer accepts: read from TOML. An unknown key is refused, a missing one is the strictest.

use serde::Deserialize;

use crate::model::requirement::Edition;
use crate::review::container::Limits;
use crate::suite::replay::STEPS;

/// A policy with every key, as a reviewer may begin one.
pub const EXAMPLE: &str = include_str!("policy.toml");

/// A policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Version of its form: 1.
    pub format: Option<u32>,
    /// Editions of the prerequisites page that may be judged by; only the newest where missing.
    pub editions: Vec<Edition>,
    /// Who may sign.
    pub signature: SignaturePolicy,
    /// When a run may have been made.
    pub run: RunPolicy,
    /// Which programs may have run.
    pub harness: HarnessPolicy,
    /// Whether a challenge is asked for.
    pub challenge: ChallengePolicy,
    /// What may have been judged.
    pub target: TargetPolicy,
    /// How much may be missing, and what persons stated.
    pub evidence: EvidencePolicy,
    /// What a bundle may have at most.
    pub limits: LimitPolicy,
}

/// Who may sign.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignaturePolicy {
    /// Whether the partner must have signed.
    pub required: bool,
    /// A file of allowed signers as ssh-keygen has it, relative to the policy; nobody where missing.
    pub allowed_signers: Option<String>,
    /// The principals of that file whose signature is taken; nobody's where missing.
    pub principals: Vec<String>,
}

/// When a run may have been made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunPolicy {
    /// Days since its start.
    pub max_age_days: u32,
    /// Seconds by which the partner's clock may be off: a run may begin so long before its challenge was issued, and end so
    /// long after the review.
    pub max_clock_skew_s: u32,
    /// Whether it must have been run to be certified: whole, with made-up secrets that were found nowhere.
    pub certified: bool,
}

/// Which programs may have run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HarnessPolicy {
    /// Versions of destspec; only that of the reviewer where missing.
    pub versions: Vec<String>,
}

/// Whether a challenge is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChallengePolicy {
    /// Whether the run must follow from the challenge that the reviewer issued.
    pub required: bool,
    /// Whether the hosts that were judged must have served the proof that whoever signed runs them.
    pub control_proof: bool,
    /// A file of the challenges that were certified before, relative to the policy; `destspec certify` adds to it, and an
    /// empty one begins it.
    pub ledger: Option<String>,
}

/// What may have been judged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetPolicy {
    /// Hosts that the run may have spoken to, those of locations too, without port; none where missing. Amazon's, Google's
    /// and Microsoft's own for everybody need not be named: `locations` says which bucket or account.
    pub hosts: Vec<String>,
    /// Locations that it may have written files to, as the record names them; none where missing.
    pub locations: Vec<String>,
    /// Destinations that must be in the bundle, as the submission names them; none where missing.
    pub destinations: Vec<String>,
    /// Destinations that may be in it besides; none where missing.
    pub optional_destinations: Vec<String>,
    /// Whether every request must have gone over TLS.
    pub tls: bool,
}

/// How much may be missing, and what persons stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidencePolicy {
    /// Fields that may have been withheld, so that they cannot be compared.
    pub max_unverifiable: usize,
    /// What becomes of a person's statement.
    pub attestations: Attestations,
    /// What becomes of a location of files where a proof of control is asked for, which nothing there can give.
    pub unproved_locations: Attestations,
    /// Requirements that the partner's own settings may leave out, e.g. limits or own profiles; none where missing.
    pub left_out: Vec<String>,
}

/// What becomes of what only a person can vouch for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attestations {
    /// The reviewer looks into it.
    #[default]
    Person,
    /// It is taken as it stands.
    Accept,
}

/// What a bundle may have at most; a policy lowers, and never raises.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitPolicy {
    /// MiB of the archive.
    pub packed_mib: Option<u64>,
    /// MiB of all files.
    pub unpacked_mib: Option<u64>,
    /// Files.
    pub files: Option<usize>,
    /// How many times larger a file may be than what is kept of it.
    pub ratio: Option<u64>,
    /// Steps that all templates together may take when it is judged again.
    pub steps: Option<u64>,
}

/// Seconds that a clock may be off where a policy does not say.
const SKEW: u32 = 300;
/// Days after which a run is too old where a policy does not say.
const DAYS: u32 = 30;

impl Default for SignaturePolicy {
    fn default() -> Self {
        Self {
            required: true,
            allowed_signers: None,
            principals: Vec::new(),
        }
    }
}

impl Default for RunPolicy {
    fn default() -> Self {
        Self {
            max_age_days: DAYS,
            max_clock_skew_s: SKEW,
            certified: true,
        }
    }
}

impl Default for ChallengePolicy {
    fn default() -> Self {
        Self {
            required: true,
            control_proof: true,
            ledger: None,
        }
    }
}

impl Default for TargetPolicy {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            locations: Vec::new(),
            destinations: Vec::new(),
            optional_destinations: Vec::new(),
            tls: true,
        }
    }
}

/// Why a policy cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It is of another form.
    #[error("cannot read the policy: {0}")]
    Form(#[from] toml::de::Error),
    /// It is of another version.
    #[error("expected `format = 1` in the policy, received another or none")]
    Format,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When a key is unknown, a value is of another kind, or it is of another version.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Policy = toml::from_str(text)?;
        match policy.format {
            Some(1) => Ok(policy),
            Some(_) | None => Err(PolicyError::Format),
        }
    }

    /// What a bundle may have at most.
    pub fn limits(&self) -> Limits {
        let most = Limits::MOST;
        let mib = |wanted: Option<u64>, most: u64| {
            wanted.map_or(most, |mib| mib.saturating_mul(1 << 20).min(most))
        };
        Limits {
            packed: mib(self.limits.packed_mib, most.packed),
            unpacked: mib(self.limits.unpacked_mib, most.unpacked),
            file: most.file,
            files: self.limits.files.map_or(most.files, |f| f.min(most.files)),
            ratio: self.limits.ratio.map_or(most.ratio, |r| r.min(most.ratio)),
        }
    }

    /// Steps that all templates together may take.
    pub fn steps(&self) -> u64 {
        self.limits.steps.map_or(STEPS, |steps| steps.min(STEPS))
    }

    /// The editions of the prerequisites page that may be judged by.
    pub fn editions(&self) -> &[Edition] {
        match self.editions.as_slice() {
            [] => &[Edition::NEWEST],
            named => named,
        }
    }

    /// The versions of destspec that may have run.
    pub fn versions(&self) -> Vec<&str> {
        if self.harness.versions.is_empty() {
            return vec![env!("CARGO_PKG_VERSION")];
        }
        self.harness.versions.iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn the_example_has_every_key() {
        let example: toml::Table = toml::from_str(EXAMPLE).unwrap();
        let rooms = example.values().filter_map(toml::Value::as_table);
        let keys: usize = rooms.map(toml::Table::len).sum();
        let declared = include_str!("policy.rs")
            .split("/// Seconds that a clock")
            .next();
        let fields = declared.unwrap().matches("\n    pub ").count();
        assert_eq!(example.len() + keys, fields);
    }

    #[test]
    fn a_misspelt_key_is_refused_wherever_it_stands() {
        assert!(Policy::parse(EXAMPLE).is_ok());
        for line in EXAMPLE.lines() {
            let wrong = match line.strip_prefix('[') {
                Some(rest) => format!("[x{rest}"),
                None => format!("x{line}"),
            };
            let text = EXAMPLE.replacen(line, &wrong, 1);
            assert!(Policy::parse(&text).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_missing_key_is_the_strictest() {
        let policy = Policy::parse("format = 1").unwrap();
        assert!(policy.signature.required && policy.signature.principals.is_empty());
        assert!(policy.run.certified && policy.challenge.ledger.is_none());
        assert!(policy.challenge.control_proof);
        assert!(policy.challenge.required && policy.target.tls && policy.target.hosts.is_empty());
        assert_eq!(policy.evidence.max_unverifiable, 0);
        assert_eq!(policy.evidence.attestations, Attestations::Person);
        assert_eq!(policy.evidence.unproved_locations, Attestations::Person);
        assert!(policy.evidence.left_out.is_empty());
        assert_eq!(policy.versions(), [env!("CARGO_PKG_VERSION")]);
        assert_eq!(policy.editions(), [Edition::E4]);
        assert!(policy.target.destinations.is_empty());
        assert!(policy.target.optional_destinations.is_empty());
    }

    #[test]
    fn an_edition_that_nobody_knows_is_refused() {
        assert!(Policy::parse("format = 1\neditions = [\"e2\"]").is_ok());
        for unknown in ["[\"e5\"]", "[\"E4\"]", "[\"\"]", "\"e4\"", "[4]"] {
            let text = format!("format = 1\neditions = {unknown}");
            assert!(Policy::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_policy_lowers_limits_and_never_raises_them() {
        let limits = |text: &str| Policy::parse(text).unwrap().limits();
        assert_eq!(limits("format = 1"), Limits::MOST);
        assert_eq!(limits("format = 1\nlimits.files = 9").files, 9);
        let steps = |text: &str| Policy::parse(text).unwrap().steps();
        assert_eq!(steps("format = 1\nlimits.steps = 9"), 9);
        assert_eq!(steps("format = 1\nlimits.steps = 9999999999999"), STEPS);
        let raised = "format = 1\n[limits]\npacked_mib = 99999999999\nratio = 5000\nfiles = 99999";
        assert_eq!(limits(raised), Limits::MOST);
    }
}
