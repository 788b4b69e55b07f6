//! The rules that posted JSON has to keep (reference 11.1): names only. What each demands stands in
//! `features/requirements.toml`; whoever reads a file says which one a problem breaks.

use std::fmt;
use std::str::FromStr;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $id:literal $words:literal),* $(,)?) => {
        /// One rule.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($(#[$doc])* $variant),* }

        impl Rule {
            /// Every rule, in the order of the ids.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),*];
            /// What each is about, as a phrase says it.
            pub const WORDS: &'static [&'static str] = &[$($words),*];

            /// The requirement that it is, e.g. `CFG-07`.
            pub fn id(self) -> &'static str {
                match self { $(Rule::$variant => $id),* }
            }
        }

        impl FromStr for Rule {
            type Err = UnknownRule;

            fn from_str(text: &str) -> Result<Self, UnknownRule> {
                match text {
                    $($words => Ok(Rule::$variant),)*
                    _ => Err(UnknownRule(text.to_owned())),
                }
            }
        }
    };
}

rules! {
    /// One type, its companion object, every key once.
    ServerType = "CFG-01" "the type of the server",
    /// Strategy and value of every template string.
    TemplateStrings = "CFG-02" "template strings",
    /// Keys and values as they are documented, letter case included.
    Spelling = "CFG-03" "spelling",
    /// At least one identity namespace.
    IdentityNamespaces = "CFG-04" "identity namespaces",
    /// Delivery matchers of files, and of nothing else.
    DeliveryMatchers = "CFG-05" "delivery matchers",
    /// The credentials object of Platform's own authentication.
    PlatformAuthentication = "CFG-06" "authentication by Experience Platform",
    /// One way to get the mapping id of an audience.
    AudienceMapping = "CFG-07" "the mapping of audiences",
    /// One list of audience namespaces.
    AudienceNamespaces = "CFG-08" "namespaces of audiences",
    /// Numbers within their documented bounds.
    Limits = "CFG-09" "limits",
    /// Tags and functions that Adobe supports.
    Templating = "CFG-10" "what Adobe supports of Pebble",
    /// Templates that render.
    Rendering = "CFG-11" "rendering",
    /// Bodies of the type that is declared.
    Bodies = "CFG-12" "the type of the body",
    /// Every status of a membership, by the names in use.
    Memberships = "CFG-13" "what templates read of memberships",
    /// One profile or many, as the aggregation gives them.
    Profiles = "CFG-14" "what templates read of profiles",
    /// What the aggregation key holds.
    AggregationKeys = "CFG-15" "what templates read of aggregation keys",
    /// Macros of file names.
    FileNames = "CFG-16" "macros of file names",
    /// File names that tell audience and time.
    TellingNames = "CFG-17" "file names that tell files apart",
    /// Use case and authentication of a Data Landing Zone.
    LandingZones = "CFG-18" "Data Landing Zones",
    /// Customer data that is declared.
    CustomerData = "CFG-19" "what templates read of customer data",
    /// No secret in a file.
    Secrets = "CFG-20" "secrets",
}

/// Words that name no rule.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected what a rule is about, received `{0}`")]
pub struct UnknownRule(String);

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
