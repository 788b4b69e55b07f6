//! The closed words that a phrase may capture: one enum per parameter, its variants the words allowed.

use std::str::FromStr;

pub use crate::model::submission::Part;

/// A word that no parameter allows: a mistake in a feature, found before anything is sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected one of the words of `{{{parameter}}}`, received `{received}`")]
pub struct UnknownWord {
    /// Name of the parameter.
    pub parameter: &'static str,
    /// The word found.
    pub received: String,
}

macro_rules! parameter {
    ($(#[$meta:meta])* $name:ident $tag:literal { $($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// Name of the parameter in a phrase.
            pub const NAME: &'static str = $tag;
            /// The words that it allows.
            pub const WORDS: &'static [&'static str] = &[$($text),*];
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownWord { parameter: $tag, received: text.to_owned() }),
                }
            }
        }
    };
}

parameter! {
    /// Which audiences a profile has entered and left.
    Membership "membership" {
        /// One realized audience.
        OneRealized = "in one audience",
        /// One exited audience, none realized.
        OnlyExited = "that has left an audience",
        /// One realized, one exited.
        Mixed = "in one audience that has left another",
        /// One audience with the older status `existing`.
        Existing = "with an existing membership",
        /// 250 realized audiences: the soft limit of a destination.
        Many = "in 250 audiences",
        /// One realized audience outside `ups`.
        OtherNamespace = "in an audience of another namespace",
    }
}

parameter! {
    /// What is particular about a profile.
    Trait "trait" {
        /// One identity in the first namespace.
        OneIdentity = "has one identity",
        /// Two identities in the first namespace.
        TwoIdentities = "has two identities in one namespace",
        /// One identity in each configured namespace.
        EachNamespace = "has an identity in each namespace",
        /// One identity in each configured namespace but the last.
        AllButOneNamespace = "has an identity in all but one namespace",
        /// One identity in each hashed namespace.
        HashedNamespaces = "has an identity in each hashed namespace",
        /// Identities with `+`, `@` and non-ASCII characters.
        UnusualIdentities = "has identities with unusual signs",
        /// Identities of 255 characters.
        LongIdentities = "has identities of 255 characters",
        /// Every attribute present.
        AllAttributes = "has all its attributes",
        /// One attribute absent.
        LacksAttribute = "lacks one attribute",
        /// Text that a careless template or endpoint breaks on.
        QuotesAndBackslashes = "has attributes with quotes and backslashes",
        /// Line feeds, carriage returns, tabs.
        LineBreaks = "has attributes with line breaks and tabs",
        /// `& < > " '`.
        Markup = "has attributes with markup signs",
        /// Emoji and other characters beyond U+FFFF.
        BeyondBmp = "has attributes with characters beyond the BMP",
        /// 50 attributes: the soft limit of a destination.
        FiftyAttributes = "has 50 attributes",
    }
}

parameter! {
    /// How many profiles a message holds.
    Size "size" {
        /// 1.
        One = "one profile",
        /// The configured limit less 1.
        LimitLessOne = "one less than the limit",
        /// The configured limit.
        Limit = "exactly the limit",
        /// Half of the configured limit, at least 1.
        HalfLimit = "half the limit",
    }
}

parameter! {
    /// The one flaw of a twin message.
    Flaw "flaw" {
        /// A body that is no JSON.
        MalformedJson = "malformed JSON",
        /// A content type that is not the configured one.
        ContentType = "a wrong content type",
        /// A method that is not the configured one and changes nothing.
        Method = "a wrong method",
        /// A path that does not exist.
        Path = "an unknown path",
        /// An audience that was never declared.
        UnknownAudience = "an unknown audience",
        /// No identity at all.
        NoIdentity = "no identity",
        /// An attribute that nobody mapped.
        UndeclaredAttribute = "an undeclared attribute",
        /// No credentials.
        NoCredentials = "no credentials",
        /// Well-formed credentials that were never issued.
        WrongCredentials = "wrong credentials",
        /// The valid user name with a password that is not its own.
        WrongPassword = "a wrong password",
        /// A token after its life.
        ExpiredToken = "an expired token",
        /// The valid token under a scheme other than Bearer.
        OtherScheme = "the token under another scheme",
    }
}

parameter! {
    /// The one flaw of a client that asks for a token.
    ClientFlaw "client-flaw" {
        /// A secret that is not its own.
        WrongSecret = "a wrong secret",
        /// A grant type that no server knows.
        UnknownGrant = "an unknown grant",
    }
}

parameter! {
    /// What a challenge has to say.
    Challenge "challenge" {
        /// RFC 7617 section 2.
        BasicRealm = "Basic and a realm",
        /// RFC 6750 section 3.1.
        InvalidToken = "Bearer and invalid_token",
    }
}

/// Every parameter and its words, for the phrase table.
pub const PARAMETERS: &[(&str, &[&str])] = &[
    (Challenge::NAME, Challenge::WORDS),
    (ClientFlaw::NAME, ClientFlaw::WORDS),
    (Flaw::NAME, Flaw::WORDS),
    (Membership::NAME, Membership::WORDS),
    ("part", &Part::WORDS),
    (Size::NAME, Size::WORDS),
    (Trait::NAME, Trait::WORDS),
];
