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
    PageBody, "page-body", "deliveries are answered 200 with a page that says that no error occurred";
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
    RepeatedHeaders, "repeated-headers", "headers that hold lists come in several lines";
    JsonCharset, "json-charset", "JSON answers say `application/json;charset=UTF-8`";
    BalancerCookie, "balancer-cookie", "every answer sets a cookie of a load balancer with a random value";
    ConnectionClose, "connection-close", "every connection is closed after one answer over HTTP/1.1";
    ClientCertificateAsked, "client-certificate-asked", "clients are asked for a certificate and served without one";
    GzipAsked, "gzip-asked", "observations and token answers are compressed with gzip where the request asks for it";
    Gzip, "gzip", "observations and token answers are compressed with gzip unless the request rules it out";
    Deflate, "deflate", "observations and token answers are compressed with deflate unless the request rules it out";
    ErrorsCounted, "errors-counted", "accepted deliveries are answered with a list of errors that counts none";
    ErrorsDenied, "errors-denied", "accepted deliveries are answered with members for errors that say `0` and `none`";
    DecoratedChallenge, "decorated-challenge", "the challenge is one of several in a line, in odd case and with more parameters";
    Throttled, "throttled", "one of ten deliveries and observations is answered 429 with `Retry-After`, and taken when it comes again";
    RetryAfterDate, "retry-after-date", "`Retry-After` is a date";
    LifeWithFraction, "life-with-fraction", "the token answer gives `expires_in` with a decimal point";
    LifeAsText, "life-as-text", "the token answer gives `expires_in` as text";
    TokenLeeway, "token-leeway", "a token is taken for a second after its end, because clocks differ";
    RefreshTokensReplaced, "refresh-tokens-replaced", "every refresh token is replaced when it was used";
    RefreshTokensKept, "refresh-tokens-kept", "no refresh token is replaced when it was used";
    UnknownScopeNarrowed, "unknown-scope-narrowed", "an unknown scope is answered with a token for the scopes that are known, and the answer names them";
    LoginElsewhere, "login-elsewhere", "the authorization endpoint redirects to a page of its own to log in";
    StrangerShownPage, "stranger-shown-page", "a redirect URI that is not registered is shown a page of the status 200";
    OutsidersUnknown, "outsiders-unknown", "the observation of a person in no audience is answered 404";
    UnknownExitForgotten, "unknown-exit-forgotten", "the exit of a profile never seen is accepted and leaves no trace";
    NobodyEmpty, "nobody-empty", "the observation of a person never seen is answered 200 with nothing in it, and so is who was only said to have left";
    EmptiesUnlisted, "empties-unlisted", "the observation leaves out lists and objects that are empty";
    RemovedUnlisted, "removed-unlisted", "the observation has no list of audiences that were left";
    PagedObservation, "paged-observation", "the observation lists 100 audiences a page and names the next page";
    ReversedLists, "reversed-lists", "the observation lists audiences and identities in another order";
    NullsUnlisted, "nulls-unlisted", "the observation does not list attributes that are null";
    LackingErased, "lacking-erased", "attributes that a message lacks are erased";
    UserNameCaseIgnored, "user-name-case-ignored", "user names are compared without case";
    MailLowerCased, "mail-lower-cased", "identities of namespaces for mail addresses are stored in lower case";
    PhonesBare, "phones-bare", "phone numbers are stored without `+`";
    DevicesUpperCased, "devices-upper-cased", "ids of devices are stored in upper case";
    AudienceCreated201, "audience-created-201", "the creation of an audience is answered 201";
    AudienceNamesUnique, "audience-names-unique", "a second audience of the same name is answered 409";
    AudienceDeletedQuietly, "audience-deleted-quietly", "the deletion of an audience that is gone is answered 200";
    AudienceSecondDeleteConflict, "audience-second-delete-409", "the deletion of an audience that is gone is answered 409";
    AudienceNamesTrimmed, "audience-names-trimmed", "blanks at the ends of the names of audiences are never stored";
    AudienceMembersLeave, "audience-members-leave", "who is in an audience that is deleted has left it";
    AudienceEmptyRenameIgnored, "audience-empty-rename-ignored", "an audience that is renamed to nothing keeps its name, and is answered 200";
    AudienceNoticeAccepted, "audience-notice-202", "the announcement that an audience was exported is answered 202";
    AudienceNoticeNoContent, "audience-notice-204", "the announcement that an audience was exported is answered 204 without a body";
    AudiencesBelowDataflows, "audiences-below-dataflows", "an audience is created only below a dataflow that was created, and goes with it";
    DataflowsForgotten, "dataflows-forgotten", "requests about dataflows are answered 202 whatever they say";
    MailComparedWithoutCase, "mail-compared-without-case", "people whose mail addresses differ in case are taken for one";
}
