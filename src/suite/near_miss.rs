//! Wrong credentials that are nearly right, as findings name them.

use crate::model::near_miss::NearMiss;

/// The terms.
pub mod codes {
    crate::model::code::codes! {
        /// A credential whose last sign is another.
        term "credential.last-sign" LAST_SIGN() { "a credential with its last sign changed" }
        /// A credential whose first sign is another.
        term "credential.first-sign" FIRST_SIGN() { "a credential with its first sign changed" }
        /// A credential whose letters have the other case.
        term "credential.case" CASE() { "a credential with its letter case changed" }
        /// A credential without its last sign.
        term "credential.prefix" PREFIX() { "a credential without its last sign" }
        /// A credential with one sign more.
        term "credential.extension" EXTENSION() { "a credential with one sign more" }
        /// A token that names no signature.
        term "credential.unsigned" UNSIGNED() { "a token that names no signature, with the claims of the right one if it has any" }
        /// A credential with a blank behind it.
        term "credential.blank" BLANK() { "a credential with a blank behind it" }
        /// Nothing where the credential belongs.
        term "credential.empty" EMPTY() { "an empty credential" }
        /// A token that was right until it ended.
        term "credential.expired" EXPIRED() { "an expired token" }
        /// The right password of somebody else.
        term "credential.other-user" OTHER_USER() { "the right secret under an unknown name" }
        /// The right secret under a name without its last sign.
        term "credential.user-prefix" USER_PREFIX() { "the right secret under a name without its last sign" }
        /// The right secret under a name with one sign more.
        term "credential.user-extension" USER_EXTENSION() { "the right secret under a name with one sign more" }
        /// The right secret under no name.
        term "credential.no-user" NO_USER() { "the right secret under no name" }
    }
}

/// The term for a near miss, as a value of a reason.
pub fn term(miss: NearMiss) -> &'static str {
    match miss {
        NearMiss::LastSign => codes::LAST_SIGN,
        NearMiss::FirstSign => codes::FIRST_SIGN,
        NearMiss::Case => codes::CASE,
        NearMiss::Prefix => codes::PREFIX,
        NearMiss::Extension => codes::EXTENSION,
        NearMiss::Unsigned => codes::UNSIGNED,
        NearMiss::Blank => codes::BLANK,
        NearMiss::Empty => codes::EMPTY,
        NearMiss::OtherUser => codes::OTHER_USER,
        NearMiss::UserPrefix => codes::USER_PREFIX,
        NearMiss::UserExtension => codes::USER_EXTENSION,
        NearMiss::NoUser => codes::NO_USER,
    }
}
