//! In what a wrong credential may differ from the right one, and the words for it in marks of a record.

/// In what a wrong credential differs from the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NearMiss {
    /// Its last sign is another.
    LastSign,
    /// Its first sign is another.
    FirstSign,
    /// Its letters have the other case; without letters, its last sign is another.
    Case,
    /// Its last sign is missing.
    Prefix,
    /// It has one sign more.
    Extension,
    /// It claims the same, and nobody has signed it.
    Unsigned,
    /// A blank stands behind it.
    Blank,
    /// There is nothing where it belongs.
    Empty,
    /// It is right, and belongs to another user or client.
    OtherUser,
    /// It is right, and the last sign of the name is missing.
    UserPrefix,
    /// It is right, and the name has one sign more.
    UserExtension,
    /// It is right, and there is no name.
    NoUser,
}

impl NearMiss {
    /// All of them.
    pub const ALL: [NearMiss; 12] = [
        NearMiss::LastSign,
        NearMiss::FirstSign,
        NearMiss::Case,
        NearMiss::Prefix,
        NearMiss::Extension,
        NearMiss::Unsigned,
        NearMiss::Blank,
        NearMiss::Empty,
        NearMiss::OtherUser,
        NearMiss::UserPrefix,
        NearMiss::UserExtension,
        NearMiss::NoUser,
    ];

    /// What is wrong with the name alone: no account of that name exists, so that none can be locked.
    pub const OF_NAMES: [NearMiss; 4] = [
        NearMiss::OtherUser,
        NearMiss::UserPrefix,
        NearMiss::UserExtension,
        NearMiss::NoUser,
    ];

    /// Whether it is the right secret under another name.
    pub fn is_of_another(self) -> bool {
        NearMiss::OF_NAMES.contains(&self)
    }

    /// In words, as marks of a record and findings have it.
    pub fn words(self) -> &'static str {
        match self {
            NearMiss::LastSign => "last sign changed",
            NearMiss::FirstSign => "first sign changed",
            NearMiss::Case => "letter case changed",
            NearMiss::Prefix => "last sign missing",
            NearMiss::Extension => "one sign more",
            NearMiss::Unsigned => "without a signature",
            NearMiss::Blank => "a blank more",
            NearMiss::Empty => "empty",
            NearMiss::OtherUser => "of an unknown user",
            NearMiss::UserPrefix => "of a user name without its last sign",
            NearMiss::UserExtension => "of a user name with one sign more",
            NearMiss::NoUser => "without a user name",
        }
    }

    /// The one of these words.
    pub fn named(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|miss| miss.words() == words)
    }
}
