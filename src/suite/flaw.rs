//! The flaws of messages as findings name them.

use crate::suite::parameter::Flaw;

/// The terms.
pub mod codes {
    crate::model::code::codes! {
        /// A body that is no JSON.
        term "flaw.malformed-json" MALFORMED_JSON() { "malformed JSON" }
        /// A content type that is not the configured one.
        term "flaw.content-type" CONTENT_TYPE() { "a wrong content type" }
        /// A method that is not the configured one.
        term "flaw.method" METHOD() { "a wrong method" }
        /// A path that does not exist.
        term "flaw.path" PATH() { "an unknown path" }
        /// An audience that was never declared.
        term "flaw.unknown-audience" UNKNOWN_AUDIENCE() { "an unknown audience" }
        /// A profile without any identity.
        term "flaw.no-identity" NO_IDENTITY() { "a profile without identities" }
        /// An attribute that nobody mapped.
        term "flaw.undeclared-attribute" UNDECLARED_ATTRIBUTE() { "an undeclared attribute" }
        /// No credentials.
        term "flaw.no-credentials" NO_CREDENTIALS() { "a message without credentials" }
        /// Well-formed credentials that were never issued.
        term "flaw.wrong-credentials" WRONG_CREDENTIALS() { "a message with wrong credentials" }
        /// The valid user name with a password that is not its own.
        term "flaw.wrong-password" WRONG_PASSWORD() { "a message with a wrong password" }
        /// A token after its life.
        term "flaw.expired-token" EXPIRED_TOKEN() { "a message with an expired token" }
        /// The valid token under a scheme other than Bearer.
        term "flaw.other-scheme" OTHER_SCHEME() { "the token under another scheme" }
    }
}

/// The term for a flaw, as a value of a reason.
pub fn term(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::MalformedJson => codes::MALFORMED_JSON,
        Flaw::ContentType => codes::CONTENT_TYPE,
        Flaw::Method => codes::METHOD,
        Flaw::Path => codes::PATH,
        Flaw::UnknownAudience => codes::UNKNOWN_AUDIENCE,
        Flaw::NoIdentity => codes::NO_IDENTITY,
        Flaw::UndeclaredAttribute => codes::UNDECLARED_ATTRIBUTE,
        Flaw::NoCredentials => codes::NO_CREDENTIALS,
        Flaw::WrongCredentials => codes::WRONG_CREDENTIALS,
        Flaw::WrongPassword => codes::WRONG_PASSWORD,
        Flaw::ExpiredToken => codes::EXPIRED_TOKEN,
        Flaw::OtherScheme => codes::OTHER_SCHEME,
    }
}
