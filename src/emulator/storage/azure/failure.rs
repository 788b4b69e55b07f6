//! What is refused, by which status and code, and how either dialect writes it.

use std::io;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use axum::http::{Method, Response, StatusCode};
use serde_json::json;

use crate::emulator::storage::azure::xml;

/// The two ways to speak of the same files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Blob Storage: XML.
    Blob,
    /// Data Lake Storage: JSON.
    Dfs,
}

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    message: &'static str,
    detail: &'static str,
}

/// Names a refusal: its status, its code and its sentence.
macro_rules! failures {
    ($($name:ident, $status:ident, $code:literal, $message:literal;)+) => {
        $(pub(super) const $name: Failure = Failure {
            status: StatusCode::$status,
            code: $code,
            message: $message,
            detail: "",
        };)+
    };
}

failures! {
    AUTHENTICATION_FAILED, FORBIDDEN, "AuthenticationFailed", "The request could not be authenticated: see the Authorization header or the signature.";
    BAD_HEADER, BAD_REQUEST, "InvalidHeaderValue", "The value of a header is not in the correct format.";
    BAD_PARAMETER, BAD_REQUEST, "InvalidQueryParameterValue", "The value of a query parameter is not valid here.";
    BAD_XML, BAD_REQUEST, "InvalidXmlDocument", "The XML of the body is not valid.";
    BATCH, BAD_REQUEST, "InvalidInput", "The batch has no deletions that can be read, or too many.";
    BLOB_EXISTS, CONFLICT, "BlobAlreadyExists", "The blob exists already.";
    BLOB_IMMUTABLE, CONFLICT, "BlobImmutableDueToPolicy", "A policy forbids that the blob be written again.";
    BLOB_NOT_FOUND, NOT_FOUND, "BlobNotFound", "The blob does not exist.";
    BLOCK_IDS, BAD_REQUEST, "InvalidBlobOrBlock", "The ids of the blocks of a blob must be of one length.";
    BLOCK_LIST, BAD_REQUEST, "InvalidBlockList", "The block list names a block that does not exist.";
    CONDITION_NOT_MET, PRECONDITION_FAILED, "ConditionNotMet", "A condition of the request's headers is not met.";
    CONTAINER_NOT_FOUND, NOT_FOUND, "ContainerNotFound", "The container does not exist.";
    DIRECTORY_FULL, CONFLICT, "DirectoryIsNotEmpty", "The directory is not empty.";
    DIRECTORY_NOT_EMPTY, CONFLICT, "DirectoryNotEmpty", "The directory is not empty and the deletion not recursive.";
    FILESYSTEM_NOT_FOUND, NOT_FOUND, "FilesystemNotFound", "The file system does not exist.";
    FLUSH_POSITION, BAD_REQUEST, "InvalidFlushPosition", "What was appended has gaps, or the position is not its end.";
    INTERNAL, INTERNAL_SERVER_ERROR, "InternalError", "The stand-in cannot read or write its disk.";
    LENGTH_REQUIRED, LENGTH_REQUIRED, "MissingContentLengthHeader", "The Content-Length header is missing.";
    MALFORMED_AUTHORIZATION, BAD_REQUEST, "InvalidAuthenticationInfo", "The Authorization header is not in the correct format.";
    MD5_INVALID, BAD_REQUEST, "InvalidMd5", "The MD5 value of the request is not valid.";
    MD5_MISMATCH, BAD_REQUEST, "Md5Mismatch", "The MD5 value of the request is not that of what arrived.";
    MISSING_HEADER, BAD_REQUEST, "MissingRequiredHeader", "A header that is required is missing.";
    MISSING_PARAMETER, BAD_REQUEST, "MissingRequiredQueryParameter", "A query parameter that is required is missing.";
    NOT_MODIFIED, NOT_MODIFIED, "ConditionNotMet", "";
    NO_CREDENTIALS, UNAUTHORIZED, "NoAuthenticationInformation", "Credentials are missing: see the WWW-Authenticate header.";
    NAME_REFUSED, BAD_REQUEST, "InvalidResourceName", "The name has characters or a form that is not allowed.";
    NOT_PERMITTED, FORBIDDEN, "AuthorizationPermissionMismatch", "The permissions do not cover the operation.";
    NOT_AUTHORIZED, FORBIDDEN, "AuthorizationFailure", "The operation is not authorized.";
    OUT_OF_RANGE, BAD_REQUEST, "OutOfRangeQueryParameterValue", "A query parameter lies outside of its range.";
    PATH_CONFLICT, CONFLICT, "PathConflict", "The path, or a part of it, is of the wrong type for the operation.";
    PATH_EXISTS, CONFLICT, "PathAlreadyExists", "The path exists already.";
    PATH_IMMUTABLE, CONFLICT, "PathImmutableDueToPolicy", "A policy forbids that the path be written again.";
    PATH_NOT_FOUND, NOT_FOUND, "PathNotFound", "The path does not exist.";
    PROTOCOL_MISMATCH, FORBIDDEN, "AuthorizationProtocolMismatch", "The signature does not allow this protocol.";
    PUBLIC_ACCESS, CONFLICT, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.";
    RANGE, RANGE_NOT_SATISFIABLE, "InvalidRange", "The range does not lie within the resource.";
    RENAME_PARENT, NOT_FOUND, "RenameDestinationParentPathNotFound", "The directory above the new name does not exist.";
    RENAME_SOURCE, NOT_FOUND, "SourcePathNotFound", "The path to rename does not exist.";
    RESOURCE_NOT_FOUND, NOT_FOUND, "ResourceNotFound", "The resource does not exist.";
    RESOURCE_TYPE, CONFLICT, "ResourceTypeMismatch", "The resource is of another type than the operation needs.";
    SERVER_BUSY, SERVICE_UNAVAILABLE, "ServerBusy", "The server is busy: ask again.";
    SOURCE_IP, FORBIDDEN, "AuthorizationSourceIPMismatch", "The signature does not allow this address.";
    SOURCE_URI, BAD_REQUEST, "InvalidSourceUri", "The source is not a path of this file system.";
    TOKEN_REFUSED, UNAUTHORIZED, "InvalidAuthenticationInfo", "The access token is not valid: see the WWW-Authenticate header.";
    TOO_LARGE, PAYLOAD_TOO_LARGE, "RequestBodyTooLarge", "The body is larger than is permitted.";
    UNSUPPORTED_HEADER, BAD_REQUEST, "UnsupportedHeader", "A header of the request is not supported here.";
    VERB, METHOD_NOT_ALLOWED, "UnsupportedHttpVerb", "The resource does not support the method.";
}

impl Failure {
    /// With a sentence about what exactly was wrong with the credentials.
    pub(super) const fn because(self, detail: &'static str) -> Self {
        Self { detail, ..self }
    }

    /// What a dialect calls a container that is not there.
    pub(super) const fn no_container(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Blob => CONTAINER_NOT_FOUND,
            Dialect::Dfs => FILESYSTEM_NOT_FOUND,
        }
    }

    /// What a dialect calls a file that is not there.
    pub(super) const fn no_file(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Blob => BLOB_NOT_FOUND,
            Dialect::Dfs => PATH_NOT_FOUND,
        }
    }

    /// What a dialect calls a file that may not be there.
    pub(super) const fn file_exists(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Blob => BLOB_EXISTS,
            Dialect::Dfs => PATH_EXISTS,
        }
    }

    /// What a dialect calls a file that may not be replaced.
    pub(super) const fn immutable(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Blob => BLOB_IMMUTABLE,
            Dialect::Dfs => PATH_IMMUTABLE,
        }
    }

    fn sentences(&self) -> String {
        format!("{} {}", self.message, self.detail)
            .trim_end()
            .to_owned()
    }

    /// The document that tells of it, and its media type.
    pub(super) fn document(&self, dialect: Dialect) -> (&'static str, String) {
        let message = xml::text(self.message);
        let detail = match self.detail {
            "" => String::new(),
            detail => format!(
                "<AuthenticationErrorDetail>{}</AuthenticationErrorDetail>",
                xml::text(detail)
            ),
        };
        match dialect {
            Dialect::Blob => (
                "application/xml",
                format!(
                    "{}<Error><Code>{}</Code><Message>{message}</Message>{detail}</Error>",
                    xml::DECLARATION,
                    self.code
                ),
            ),
            Dialect::Dfs => (
                "application/json",
                json!({"error": {"code": self.code, "message": self.sentences()}}).to_string(),
            ),
        }
    }

    /// The answer to a request of that method.
    pub(super) fn answer(&self, dialect: Dialect, method: &Method) -> Response<Body> {
        let (media_type, text) = self.document(dialect);
        let bare = *method == Method::HEAD || self.status == StatusCode::NOT_MODIFIED;
        let body = if bare {
            Body::empty()
        } else {
            Body::from(text)
        };
        let mut answer = Response::new(body);
        *answer.status_mut() = self.status;
        let headers = answer.headers_mut();
        headers.insert("x-ms-error-code", HeaderValue::from_static(self.code));
        if !bare {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
        }
        answer
    }
}

const CHALLENGE: &str = "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com";

impl From<io::Error> for Failure {
    fn from(_: io::Error) -> Self {
        INTERNAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_writes_errors_in_its_own_language_and_the_code_in_a_header() {
        let failure = AUTHENTICATION_FAILED.because("1 < 2");
        let (_, blob) = failure.document(Dialect::Blob);
        assert!(
            blob.contains("<Code>AuthenticationFailed</Code>") && blob.contains("1 &lt; 2</Auth")
        );
        let (_, dfs) = failure.document(Dialect::Dfs);
        assert!(dfs.starts_with(r#"{"error":{"code":"AuthenticationFailed","#));
        let answer = failure.answer(Dialect::Dfs, &Method::HEAD);
        assert_eq!(answer.headers()["x-ms-error-code"], "AuthenticationFailed");
    }
}
