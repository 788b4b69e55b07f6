//! The closed words that a phrase may capture: one enum per parameter, its variants the words allowed.

use std::str::FromStr;

use crate::model::sdk::EventKind;

pub use crate::model::rule::Rule;
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
        /// Two realized audiences.
        Two = "in two audiences",
        /// One audience entered and left, in messages that follow at once.
        Brief = "in one audience that leaves it at once",
        /// One audience entered, left and entered, in messages that follow at once.
        Interrupted = "in one audience that leaves it and returns at once",
        /// Two realized audiences, in messages that know nothing of each other.
        TwoApart = "in two audiences, each in a message of its own",
        /// One realized audience outside `ups`.
        OtherNamespace = "in an audience of another namespace",
        /// One realized audience in `ups` and one outside.
        TwoSources = "in audiences of two namespaces",
    }
}

parameter! {
    /// What is particular about a profile.
    Trait "trait" {
        /// One identity in the first namespace.
        OneIdentity = "has one identity",
        /// Two identities in the first namespace.
        TwoIdentities = "has two identities in one namespace",
        /// Three identities in the first namespace.
        ThreeIdentities = "has three identities in one namespace",
        /// Ten in the first namespace.
        TenIdentities = "has ten identities in one namespace",
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
        /// Identities with letters of both cases.
        UpperCaseIdentities = "has identities with upper case",
        /// Identities of digits that begin with zeros.
        LeadingZeros = "has identities with leading zeros",
        /// Identities with blanks at both ends.
        BlankIdentities = "has identities with blanks around",
        /// Accented letters in one code point and in two.
        AccentedIdentities = "has identities with composed and decomposed accents",
        /// A plus sign between letters.
        PlusIdentities = "has identities with plus signs",
        /// What an address would decode.
        PercentIdentities = "has identities with percent signs",
        /// What keys of several parts are divided by.
        SeparatedIdentities = "has identities with separators",
        /// 255 characters that are more bytes.
        LongAccents = "has identities with 255 accented letters",
        /// Every attribute present.
        AllAttributes = "has all its attributes",
        /// One attribute absent.
        LacksAttribute = "lacks one attribute",
        /// All attributes absent.
        LacksAttributes = "lacks every attribute",
        /// Text that a careless template or endpoint breaks on.
        QuotesAndBackslashes = "has attributes with quotes and backslashes",
        /// Line feeds, carriage returns, tabs.
        LineBreaks = "has attributes with line breaks and tabs",
        /// `& < > " '`.
        Markup = "has attributes with markup signs",
        /// Emoji and other characters beyond U+FFFF.
        BeyondBmp = "has attributes with characters beyond the BMP",
        /// Blanks at both ends.
        BlankAttributes = "has attributes with blanks around",
        /// Accented letters in one code point and in two.
        AccentedAttributes = "has attributes with composed and decomposed accents",
        /// Letters of two and three bytes, wherever a message may be cut in pieces.
        AccentedThroughout = "has attributes with 2000 letters beyond ASCII",
        /// More than 255 signs.
        LongAttributes = "has attributes with 300 signs",
        /// Attributes of 2,000 characters.
        VeryLongAttributes = "has attributes with 2000 signs",
        /// No sign at all.
        EmptyAttributes = "has attributes with empty text",
        /// Text that reads as a number.
        NumberLike = "has attributes with text like a number",
        /// Text that is the number zero, and in many languages no text.
        ZeroLike = "has attributes with text that is zero",
        /// Text that reads as a boolean.
        BooleanLike = "has attributes with text like a boolean",
        /// Text that reads as a date.
        DateLike = "has attributes with text like a date",
        /// Text that a spreadsheet would compute.
        FormulaLike = "has attributes with text like a formula",
        /// Text that reads as JSON.
        JsonLike = "has attributes with text like JSON",
        /// What an address would decode.
        PercentAttributes = "has attributes with percent signs",
        /// What lists, paths and patterns are divided by.
        SeparatorLike = "has attributes with commas, semicolons and bars",
        /// Text that reads as null.
        NullLike = "has attributes with text like null",
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
        /// The configured limit, or as many as make a large message, each in many audiences.
        Large = "large profiles",
        /// Half of the configured limit, at least 1.
        HalfLimit = "half the limit",
    }
}

parameter! {
    /// What becomes of a profile; its message says so.
    Change "change" {
        /// Exits every audience.
        Leaves = "leaves its audience",
        /// The same of every profile of a message.
        EachLeaves = "in each place leaves its audience",
        /// Enters them again.
        Returns = "returns to its audience",
        /// Exits the first of its audiences; the message names the others, too.
        LeavesFirst = "leaves the first audience",
        /// Exits the first of its audiences; the message names no other.
        LeavesFirstAlone = "leaves the first audience by a message that names no other",
        /// Enters the second audience; the message names both.
        EntersSecond = "enters a second audience",
        /// Enters the second audience; the message names no other.
        EntersSecondAlone = "enters a second audience by a message that names no other",
        /// Exits the first of its audiences, with another value; the message names no other.
        LeavesFirstChanged =
            "leaves the first audience and changes its attributes, by a message that names no other",
        /// Exits all of its audiences; the message names it by its last identity alone.
        LeavesByOneIdentity = "leaves its audience, by a message that names one of its identities",
        /// Exits all of its audiences, with other values; the others of several people are in no message.
        FirstLeavesChanged =
            "of the first message leaves its audience and changes its attributes",
        /// Has one identity more, in the first namespace.
        GainsIdentity = "gains an identity",
        /// Another value; the message names no audience at all.
        ChangesAttributesAlone = "changes its attributes, by a message that names no audience",
        /// Another value.
        ChangesAttributes = "changes its attributes",
        /// No value.
        LosesAttribute = "loses an attribute",
        /// A value again.
        RegainsAttribute = "gets an attribute back",
    }
}

parameter! {
    /// How the identities of two people differ.
    Difference "difference" {
        /// In everything.
        Everything = "have nothing in common",
        /// One has a capital letter.
        Case = "differ in case",
        /// One has an accent.
        Accent = "differ in an accent",
        /// One ends with a blank.
        TrailingBlank = "differ in a trailing blank",
        /// One begins with zeros.
        LeadingZeros = "differ in leading zeros",
        /// The last of 200 signs is another.
        LastSign = "differ in the last of 200 signs",
        /// One has a dot within.
        Dot = "differ in a dot",
        /// Another domain behind the same name.
        Domain = "differ in the domain",
        /// Letters of another script, as many.
        Script = "differ in letters beyond ASCII",
        /// The same value in two namespaces.
        Namespace = "differ in the namespace alone",
    }
}

parameter! {
    /// How the profiles of one message differ from each other.
    Mixture "mixture" {
        /// Audiences, exits, identities, attributes.
        Forwards = "with different profiles",
        /// The same the other way round.
        Backwards = "with different profiles in reverse order",
        /// One of them has no identity.
        Nobody = "with a profile without identities among others",
        /// One of them has two identities in the first namespace; in all else they are alike.
        Richer = "with a profile of two identities among others",
    }
}

parameter! {
    /// The one flaw of a message that is otherwise good.
    Flaw "flaw" {
        /// A body that is no JSON.
        MalformedJson = "with malformed JSON",
        /// A body that is JSON, and a brace behind it.
        TrailingText = "with a brace behind its JSON",
        /// A content type that is not the configured one.
        ContentType = "with a wrong content type",
        /// A method that is not the configured one and changes nothing.
        Method = "with a wrong method",
        /// A path that does not exist.
        Path = "to an unknown path",
        /// An audience that was never declared.
        UnknownAudience = "about an unknown audience",
        /// An audience that was never declared beside one that was.
        BesideUnknownAudience = "together with an unknown audience",
        /// No identity at all.
        NoIdentity = "without identities",
        /// An attribute that nobody mapped.
        UndeclaredAttribute = "with an undeclared attribute",
        /// No credentials.
        NoCredentials = "without credentials",
        /// Well-formed credentials that were never issued.
        WrongCredentials = "with wrong credentials",
        /// The valid user name with a password that is not its own.
        WrongPassword = "with a wrong password",
        /// A token after its life.
        ExpiredToken = "with the expired token",
        /// The valid token under a scheme other than Bearer.
        OtherScheme = "with the token under another scheme",
        /// The valid token without a scheme.
        NoScheme = "with the token under no scheme",
    }
}

parameter! {
    /// The one flaw of a client that asks for a token.
    ClientFlaw "client-flaw" {
        /// A secret that is not its own.
        WrongSecret = "with a wrong secret",
        /// A grant type that no server knows.
        UnknownGrant = "with an unknown grant",
        /// A scope that nobody registered.
        UnknownScope = "for an unknown scope",
        /// The right user with a password that is not its own.
        WrongPassword = "with a wrong password",
        /// A refresh token that nobody issued.
        WrongRefreshToken = "with a wrong refresh token",
        /// A code that nobody issued.
        WrongCode = "with a wrong code",
    }
}

parameter! {
    /// Where an authorization endpoint is asked to send a code.
    RedirectUri "redirect-uri" {
        /// One a region.
        OfPlatform = "each redirect URI of Experience Platform",
        /// On other hosts.
        OfStrangers = "redirect URIs that nobody registered",
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

parameter! {
    /// What an export is of.
    Export "export" {
        /// The first audience.
        OneAudience = "one audience",
        /// Every audience that is named.
        EveryAudience = "every audience",
        /// An audience without members.
        Nobody = "an audience without members",
        /// One audience, in as many files.
        ThreeFiles = "one audience in three files",
        /// One audience, more than a thousand rows.
        Many = "one audience with 1,200 members",
        /// The first audience, yesterday: what is exported a day later is not of the future.
        DayBefore = "one audience of the day before",
        /// One audience, with dates that tell one pattern from another.
        Dated = "one audience with dates",
        /// One audience, with times of every part of the day and of the year.
        Timed = "one audience with times",
        /// One audience, with numbers of every sign and size.
        Numbered = "one audience with numbers",
        /// One audience, and the platform is asked about the manifest, too.
        Manifest = "one audience with its manifest",
    }
}

parameter! {
    /// What the attributes of the profiles of an export are.
    Cells "cells" {
        /// Nothing in particular.
        Plain = "plain texts",
        /// What separates cells in other files.
        OtherSeparators = "texts like separators of other files",
        /// Commas.
        Separators = "separators in their texts",
        /// Quotation marks.
        Quotes = "quotes in their texts",
        /// Backslashes.
        Escapes = "backslashes in their texts",
        /// All of these.
        Both = "quotes, backslashes and separators",
        /// No value.
        Missing = "missing values",
        /// Texts of no sign.
        Empty = "empty texts",
        /// Texts that read as null.
        NullWords = "texts like null",
        /// Blanks at the ends.
        Blanks = "blanks around their texts",
        /// Line feeds and carriage returns.
        LineBreaks = "line breaks in their texts",
        /// Digits that begin with zeros.
        Zeros = "texts with leading zeros",
        /// Texts that read as numbers.
        Numbers = "texts like numbers",
        /// Texts with signs that begin comments and formulas.
        Comments = "texts like comments",
        /// Texts that a page would not show as they are.
        Markup = "texts like markup",
        /// Texts that read as dates.
        Dates = "texts like dates",
        /// Digits that begin with zeros, and no other text in the file.
        EveryZeros = "leading zeros in every text",
        /// Numbers of many digits, with exponents or a point, and no other text in the file.
        EveryNumber = "numbers in every text",
        /// What reads as a truth value, and no other text in the file.
        EveryTruth = "truth values in every text",
        /// Dates, and no other text in the file.
        EveryDate = "dates in every text",
        /// Times, and no other text in the file.
        EveryTime = "times in every text",
        /// A thousand signs.
        Long = "long texts",
        /// More signs than the columns of many databases hold.
        Longest = "texts of 5,000 signs",
        /// Letters beyond ASCII.
        NonAscii = "letters of other alphabets",
        /// Characters beyond U+FFFF.
        BeyondBmp = "characters beyond the BMP",
    }
}

parameter! {
    /// How a file is named.
    Naming "naming" {
        /// Blanks, two of them in a row.
        Blanks = "holds blanks",
        /// Letters of other alphabets, and an emoji.
        Accents = "holds characters beyond ASCII",
        /// Signs that mean something in a URL.
        Escapes = "holds signs that URLs escape",
        /// Letters of both cases.
        Cases = "holds letters of both cases",
        /// The letters of the one before, each in its other case.
        OtherCases = "holds the same letters in other cases",
        /// 255 with the extension.
        Longest = "has 255 signs",
    }
}

parameter! {
    /// In which folder a file is.
    Foldering "foldering" {
        /// Three of them.
        Nested = "three folders deep",
        /// With a blank in its name.
        Blanks = "in a folder whose name holds a blank",
        /// With other letters in its name.
        Accents = "in a folder whose name holds characters beyond ASCII",
    }
}

parameter! {
    /// With what the same names are written again.
    Again "again" {
        /// The same bytes.
        Unchanged = "unchanged",
        /// More rows.
        Longer = "with more rows",
        /// Fewer rows.
        Shorter = "with fewer rows",
        /// As many bytes, where nothing compresses them, with other texts.
        Altered = "with other texts of the same length",
        /// What they held before they were written again.
        Restored = "as they were at first",
        /// What the next export holds: where names hold the time, others.
        NextDay = "a day later",
        /// Not a row.
        Emptied = "without rows",
        /// The first half of the bytes.
        Broken = "broken off",
    }
}

parameter! {
    /// What becomes of the files that were written.
    Fate "fate" {
        /// Each of them.
        Deleted = "deleted",
        /// Each gets another name.
        Renamed = "renamed",
    }
}

parameter! {
    /// Who tries without the right credentials.
    Stranger "stranger" {
        /// Nobody in particular.
        Nobody = "without credentials",
        /// Credentials that are right but for one thing.
        NearlyRight = "with each nearly right secret",
    }
}

parameter! {
    /// The audience that a scenario is about.
    AudienceKind "audience" {
        /// Created already.
        Existing = "of the destination",
        /// Created already, as was another of another name.
        Beside = "of the destination beside another",
        /// Created already, as was another of the same name.
        BesideNamesake = "of the destination beside a namesake",
        /// Created already, as was another for the same audience of Experience Platform.
        BesideOrigin = "of the destination beside one of the same origin",
        /// Nothing in particular.
        Plain = "with a plain name",
        /// Two of them in a row.
        Blanks = "whose name holds blanks",
        /// Both kinds, and a backslash.
        Quotes = "whose name holds quotes",
        /// Signs that mean something in a query.
        Ampersands = "whose name holds signs that URLs escape",
        /// Signs that mean something in a path.
        Slashes = "whose name holds slashes",
        /// Letters of other alphabets, and an emoji.
        NonAscii = "whose name holds characters beyond ASCII",
        /// Tags, entities, and signs that end a value elsewhere.
        Markup = "whose name holds markup",
        /// One blank, which nobody sees.
        Ends = "whose name ends with a blank",
        /// 255 signs.
        Longest = "whose name has 255 signs",
        /// 255 signs that are more bytes.
        LongestBeyond = "whose name has 255 signs beyond ASCII",
        /// An empty description.
        Undescribed = "without a description",
    }
}

parameter! {
    /// What becomes of an audience.
    AudienceAct "audience-act" {
        /// By its name.
        Created = "created",
        /// By the name of one that exists.
        CreatedAgain = "created again",
        /// By an empty name.
        CreatedNameless = "created without a name",
        /// By nobody in particular.
        CreatedByStranger = "created without credentials",
        /// By somebody who has no such credentials.
        CreatedByImpostor = "created with wrong credentials",
        /// By somebody who has nearly the right ones.
        CreatedNearly = "created with each nearly right credential",
        /// By somebody whose token has ended.
        CreatedLate = "created with the expired token",
        /// To a name that begins with the one it had.
        Renamed = "renamed",
        /// To an empty name.
        RenamedNameless = "renamed without a name",
        /// By nobody in particular.
        RenamedByStranger = "renamed without credentials",
        /// By somebody who has nearly the right ones.
        RenamedNearly = "renamed with each nearly right credential",
        /// By its id.
        Deleted = "deleted",
        /// By the same id.
        DeletedAgain = "deleted again",
        /// By nobody in particular.
        DeletedByStranger = "deleted without credentials",
        /// By somebody who has nearly the right ones.
        DeletedNearly = "deleted with each nearly right credential",
        /// By its id.
        Retrieved = "asked for",
        /// Before any other.
        Validated = "validated",
        /// By nobody in particular.
        ValidatedByStranger = "validated without credentials",
        /// By its id.
        Notified = "announced as exported",
        /// By nobody in particular.
        NotifiedByStranger = "announced as exported without credentials",
    }
}

parameter! {
    /// What an audience is after it.
    AudienceState "audience-state" {
        /// The answer gives it one.
        HasId = "has an id",
        /// Every request finds it by the first.
        KeepsId = "keeps its id",
        /// It is stored under the last that it was given.
        HasName = "has its name",
        /// What was created beside it is stored as it was.
        AloneConcerned = "is the only one that is concerned",
        /// It is not stored any more.
        Gone = "is gone",
        /// And the second does no harm.
        DeletedTwice = "may be deleted twice",
        /// In the words of the template.
        RefusedWithReason = "is refused with a reason",
        /// Its name is free again.
        CreatedAgain = "may be created again",
        /// It has an id of its own, or is refused.
        NotMerged = "is not taken for the first",
        /// Messages may name it.
        TakesMembers = "takes members at once",
        /// Who was in it still is.
        KeepsMembers = "keeps its members",
        /// Who was in it and in others is in those still.
        LeavesMembers = "takes no other membership along",
        /// Who was in the one before it is not in it.
        InheritsNobody = "inherits no members",
        /// Messages that name it are refused or ignored.
        TakesNone = "takes no members",
        /// With 401.
        StrangersDenied = "is out of reach without credentials",
        /// With all that the template names.
        Validated = "is valid",
        /// After every export.
        Notified = "is announced as exported",
    }
}

impl AudienceAct {
    /// The request that it takes. To ask for an audience takes none of the template: it is counted with what changes nothing.
    pub fn event(self) -> EventKind {
        match self {
            Self::Created
            | Self::CreatedAgain
            | Self::CreatedNameless
            | Self::CreatedByStranger
            | Self::CreatedByImpostor
            | Self::CreatedNearly
            | Self::CreatedLate => EventKind::Create,
            Self::Renamed
            | Self::RenamedNameless
            | Self::RenamedByStranger
            | Self::RenamedNearly => EventKind::Update,
            Self::Deleted | Self::DeletedAgain | Self::DeletedByStranger | Self::DeletedNearly => {
                EventKind::Delete
            }
            Self::Retrieved | Self::Validated | Self::ValidatedByStranger => EventKind::Validate,
            Self::Notified | Self::NotifiedByStranger => EventKind::Notify,
        }
    }

    /// As whom it is tried.
    pub fn caller(self) -> Caller {
        match self {
            Self::Created
            | Self::CreatedAgain
            | Self::CreatedNameless
            | Self::Renamed
            | Self::RenamedNameless
            | Self::Deleted
            | Self::DeletedAgain
            | Self::Retrieved
            | Self::Validated
            | Self::Notified => Caller::Owner,
            Self::CreatedByStranger
            | Self::RenamedByStranger
            | Self::DeletedByStranger
            | Self::ValidatedByStranger
            | Self::NotifiedByStranger => Caller::Stranger,
            Self::CreatedByImpostor => Caller::Impostor,
            Self::CreatedNearly | Self::RenamedNearly | Self::DeletedNearly => Caller::Nearly,
            Self::CreatedLate => Caller::Late,
        }
    }
}

/// As whom something is asked about an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Whose audience it is.
    Owner,
    /// Somebody without credentials.
    Stranger,
    /// Somebody with credentials that nobody issued.
    Impostor,
    /// Somebody whose credentials are nearly right.
    Nearly,
    /// Somebody whose token has ended.
    Late,
}

parameter! {
    /// How much is asked of a configuration.
    Keeping "keeping" {
        /// Nothing breaks the rule.
        Rule = "keeps the rule on",
        /// Nothing is questionable by it.
        Advice = "follows the advice on",
    }
}

/// Every parameter and its words, for the phrase table.
pub const PARAMETERS: &[(&str, &[&str])] = &[
    (Again::NAME, Again::WORDS),
    (AudienceAct::NAME, AudienceAct::WORDS),
    (AudienceKind::NAME, AudienceKind::WORDS),
    (AudienceState::NAME, AudienceState::WORDS),
    (Cells::NAME, Cells::WORDS),
    (Export::NAME, Export::WORDS),
    (Fate::NAME, Fate::WORDS),
    (Foldering::NAME, Foldering::WORDS),
    (Naming::NAME, Naming::WORDS),
    (Stranger::NAME, Stranger::WORDS),
    (Challenge::NAME, Challenge::WORDS),
    (Change::NAME, Change::WORDS),
    (ClientFlaw::NAME, ClientFlaw::WORDS),
    (Difference::NAME, Difference::WORDS),
    (Flaw::NAME, Flaw::WORDS),
    (Membership::NAME, Membership::WORDS),
    (Mixture::NAME, Mixture::WORDS),
    ("part", &Part::WORDS),
    (RedirectUri::NAME, RedirectUri::WORDS),
    (Keeping::NAME, Keeping::WORDS),
    ("rule", Rule::WORDS),
    (Size::NAME, Size::WORDS),
    (Trait::NAME, Trait::WORDS),
];
