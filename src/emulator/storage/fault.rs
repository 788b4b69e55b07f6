//! The catalogue of deliberate misbehaviours of a storage, the same for every kind where it can be.

use crate::emulator::names::named;

named! {
    /// One deliberate misbehaviour of a storage, as narrow as it can be.
    Fault, "fault":
    ReadRefused, "read-refused", "the shared access signature that was given out lets files be written, not read or listed";
    RenameRefused, "rename-refused", "files keep the name under which they were written";
    ContainerMissing, "container-missing", "the bucket, container, file system or root folder does not exist";
    WriteRefused, "write-refused", "the credentials may list and read, not write";
    WriteLost, "write-lost", "a write is answered with success and not stored";
    WriteCut, "write-cut", "the last byte of a file is not stored";
    LineEndsChanged, "line-ends-changed", "line feeds of a stored file become carriage return and line feed, as in a text transfer";
    OverwriteRefused, "overwrite-refused", "a name that exists is not written again";
    OverwriteIgnored, "overwrite-ignored", "a write to a name that exists is answered with success and changes nothing";
    OverwriteAppends, "overwrite-appends", "a write to a name that exists adds to what is there";
    OverwriteKeepsTail, "overwrite-keeps-tail", "a shorter file over a longer one leaves the end of the longer";
    DeleteRefused, "delete-refused", "nothing may be deleted";
    DeleteIgnored, "delete-ignored", "deleting is answered with success and deletes nothing";
    FoldersRefused, "folders-refused", "no folder below the configured one may be made, nor a file in one written";
    FoldersFlattened, "folders-flattened", "a file in a folder that is new is stored in the folder above it";
    SpacesMangled, "spaces-mangled", "blanks in names become plus signs";
    UnicodeMangled, "unicode-mangled", "characters of names beyond ASCII become question marks";
    CaseFolded, "case-folded", "names are stored in lower case";
    CasesNotToldApart, "cases-not-told-apart", "names that differ in case alone are those of one file";
    LongNamesRefused, "long-names-refused", "a name of more than 128 bytes is refused";
    LongNamesCut, "long-names-cut", "a name of more than 128 bytes is cut to its first 128";
    LargeRefused, "large-refused", "a file of more than four mebibytes is refused";
    LargeCut, "large-cut", "of a file that comes in several parts or blocks the last is not stored";
    PartsDisordered, "parts-disordered", "the parts or blocks of a large file are put together in the wrong order";
    NumberedNamesRefused, "numbered-names-refused", "a name that ends in an underscore and a number before its extension is refused";
    ManifestRefused, "manifest-refused", "a name that ends in `.json` is refused";
    AnySecretAccepted, "any-secret-accepted", "whoever names the right account or user is let in with any secret";
    SecretCaseIgnored, "password-case-ignored", "upper and lower case of a password are not told apart";
    SecretCut, "password-cut", "only the first eight characters of a password are compared";
    AnonymousRead, "anonymous-read", "files are read without credentials";
    AnonymousWrite, "anonymous-write", "files are written without credentials";
    AnonymousList, "anonymous-list", "files are listed without credentials";
    AnonymousDelete, "anonymous-delete", "files are deleted without credentials";
    SingleSession, "single-session", "a second session at the same time is turned away";
    ExternalIdIgnored, "external-id-ignored", "a role is given to whoever has its key, with any external id or none";
    HostKeyChanged, "host-key-changed", "the server shows another host key than the announced one";
    SasExpiryIgnored, "sas-expiry-ignored", "a shared access signature works after its end";
    SasUnlimited, "sas-unlimited", "the shared access signature that was given out has no end";
}
