//! Harmless differences: whatever a destination may do and still meet every prerequisite.

use crate::emulator::names::named;

named! {
    /// One harmless difference of an emulator; no verdict may change with it.
    Variation, "variation":
    Created, "created-201", "deliveries are answered 201";
    Accepted, "accepted-202", "deliveries are answered 202";
    NoContent, "no-content-204", "deliveries are answered 204 without a body";
    EmptyBody, "empty-body", "deliveries are answered 200 with an empty body";
    PlainTextBody, "plain-text-body", "deliveries are answered 200 with the text `OK`";
    ExtraHeaders, "extra-headers", "every answer carries headers nobody asked for";
    Http2Only, "http2-only", "only HTTP/2 is spoken";
    Http1Only, "http1-only", "only HTTP/1.1 is spoken";
    ChunkedAnswer, "chunked-answer", "bodies are sent in pieces without a length";
    ReorderedAnswer, "reordered-answer", "JSON answers have their keys in another order and are indented";
    TitleCaseHeaders, "title-case-headers", "header names are sent in title case over HTTP/1.1";
    LowerCaseChallenge, "lower-case-challenge", "the scheme in `WWW-Authenticate` is written in lower case";
    ProblemJsonErrors, "problem-json-errors", "errors are `application/problem+json` documents";
    ExtraTokenFields, "extra-token-fields", "the token answer has fields nobody asked for";
    StoredLater, "stored-later", "what was delivered shows only in the second answer about what is stored";
    LowerCaseTokenType, "lower-case-token-type", "the token answer says `bearer` in lower case";
}
