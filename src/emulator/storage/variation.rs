//! Harmless differences: whatever a storage may do and still be a good destination for files.

use crate::emulator::names::named;

named! {
    /// One harmless difference of a storage; no verdict may change with it.
    Variation, "variation":
    ListDenied, "list-denied", "the credentials may write and read, not list";
    PutOnly, "put-only", "the credentials may write, neither list nor read nor delete";
    Versioned, "versioned", "answers carry version ids, and a delete leaves a marker";
    EncryptedByDefault, "encrypted-by-default", "files are encrypted at rest, and answers say so";
    ObjectLock, "object-lock", "versions are kept: deleting one is refused, overwriting makes a new one, and writing needs a checksum";
    EventualList, "eventual-list", "a new name is listed only at the second listing";
    FlatNamespace, "flat-namespace", "folders are no more than parts of names";
    Chroot, "chroot", "the home folder is shown as the root";
    RenameUnsupported, "rename-unsupported", "renaming is answered as an operation that is not supported";
    UpperCaseListing, "upper-case-listing", "the long lines of a listing are in upper case, names unchanged";
    BareAttributes, "bare-attributes", "attributes tell sizes alone, and what is not there is answered as a failure";
    BusyAtFirst, "busy-at-first", "every request is first answered as by a service that is busy";
    ShortTokens, "short-tokens", "tokens of the token service last two seconds";
    SlowLogin, "slow-login", "logging in takes a third of a second";
}
