//! What locations mean by the codes with which they refuse.

use crate::model::record::StorageResult;

/// Codes by which locations say that credentials are wrong.
pub(super) const STRANGER: [&str; 17] = [
    "401",
    "AssumeRole",
    "AuthenticationFailed",
    "AuthenticationFailure",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidAuthenticationInfo",
    "InvalidToken",
    "NoAuthenticationInformation",
    "NotSignedUp",
    "SSH_AUTH_FAILED",
    "SignatureDoesNotMatch",
    // of a token service (RFC 6749 section 5.2)
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
];

/// Codes by which they say that what is configured is not there.
pub(super) const MISSING: [&str; 6] = [
    "SSH_NO_ROOT",
    "ContainerNotFound",
    "FilesystemNotFound",
    "NoSuchBucket",
    "ResourceNotFound",
    "AccountNotFound",
];

/// Codes by which they say that a bucket is in another region.
pub(super) const REGION: [&str; 4] = [
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
    "PermanentRedirect",
    "TemporaryRedirect",
];

/// Codes by which they say that this network is kept out, and some of them that a key is wrong.
pub(super) const KEPT_OUT: [&str; 2] = ["AuthorizationFailure", "AuthorizationSourceIPMismatch"];

/// Codes by which they say nothing of what was asked, only that they have no time for it. An error within is none: what
/// was asked may be its cause.
pub(super) const BUSY: [&str; 10] = [
    "429",
    "502",
    "503",
    "504",
    "OperationTimedOut",
    "RequestTimeout",
    "ServerBusy",
    "ServiceUnavailable",
    "SlowDown",
    "TooManyRequests",
];

/// Those of `REGION` that say no more than where to ask.
pub(super) const ELSEWHERE: [&str; 2] = ["PermanentRedirect", "TemporaryRedirect"];

/// Codes by which they say that something is not allowed.
pub(super) const FORBIDDEN: [&str; 9] = [
    "403",
    "AccessDenied",
    "AuthorizationPermissionMismatch",
    "AuthorizationResourceTypeMismatch",
    "AuthorizationServiceMismatch",
    "Forbidden",
    "InsufficientAccountPermissions",
    "SSH_FX_PERMISSION_DENIED",
    "AccountIsDisabled",
];

/// Whether a result is a refusal by one of these codes.
pub(super) fn is_of(result: &StorageResult, codes: &[&str]) -> bool {
    match result {
        StorageResult::Refused { code, .. } => codes.contains(&code.as_str()),
        StorageResult::Done
        | StorageResult::Content { .. }
        | StorageResult::Text { .. }
        | StorageResult::Entries { .. }
        | StorageResult::Failure { .. } => false,
    }
}
