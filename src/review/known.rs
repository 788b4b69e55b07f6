//! Every check of a review: its name, what it looks at, and what to do where it does not hold. What came of one is in
//! [`crate::review::check`].

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its name, e.g. `B4`.
    pub id: &'static str,
    /// What holds where it passes.
    pub what: &'static str,
    /// What to do where it does not; empty where nothing helps but another bundle.
    pub remedy: &'static str,
}

const fn check(id: &'static str, what: &'static str, remedy: &'static str) -> Known {
    Known { id, what, remedy }
}

const REPACK: &str = "pack the run again with `destspec bundle pack`, and send that unchanged";
const RERUN: &str = "run the suite again, and pack what it wrote unchanged";

/// Every check, in the order of its names.
pub const ALL: [Known; 43] = [
    check("A1", "limits", REPACK),
    check("A2", "strict zip profile", REPACK),
    check("A3", "names", REPACK),
    check("A4", "headers and contents agree", REPACK),
    check("A5", "nothing before, between or behind", REPACK),
    check("B1", "SHA256SUMS: sorted, each name once", REPACK),
    check(
        "B2",
        "statement.json: in-toto Statement v1 of format 1",
        REPACK,
    ),
    check("B3", "exactly the files that are listed", REPACK),
    check("B4", "the digest of each file", REPACK),
    check("B5", "every file follows from the record", REPACK),
    check(
        "B6",
        "what was posted has its digest, where nothing of it is hidden",
        RERUN,
    ),
    check("B7", "every file is packed as destspec packs it", REPACK),
    check(
        "C1",
        "the signatures that the policy asks for",
        "sign it: `destspec bundle pack --sign`, or `ssh-keygen -Y sign` and `destspec bundle attach`",
    ),
    check(
        "C2",
        "SSHSIG over statement.json",
        "sign statement.json of this very bundle by a key of type ssh-ed25519 or ecdsa-sha2-nistp256, and attach what `ssh-keygen -Y sign` wrote unchanged",
    ),
    check(
        "C4",
        "signed by an allowed signer",
        "sign by a key that the reviewer allows, or allow this one: `signature.allowed_signers` and `signature.principals` of the policy",
    ),
    check("C6", "only known signatures", REPACK),
    check(
        "D1",
        "the suite is the reviewer's own",
        "review with the destspec that ran it, or run again with the reviewer's",
    ),
    check(
        "D2",
        "judged by an edition of the prerequisites page that the policy takes",
        "run again by one of these editions, or name this one in `editions` of the policy",
    ),
    check(
        "D3",
        "every feature byte by byte, none more or less",
        "review with the destspec that ran it, or run again with the reviewer's",
    ),
    check(
        "D4",
        "a version of destspec that the policy takes",
        "run again with one of these versions, or name this one in `harness.versions` of the policy",
    ),
    check("D6", "nothing was filtered", "run without a selection"),
    check("E1", "the run came to its end", "run again, and let it end"),
    check(
        "E2",
        "run as often as the challenge asks",
        "run with `--challenge`, which repeats as often as it asks",
    ),
    check("E3", "how many scenarios came out how", ""),
    check(
        "E4",
        "no MUST is left out by the partner's own settings",
        "run with settings that let it be judged, or name the requirement in `evidence.left_out` of the policy",
    ),
    check(
        "F1",
        "the record is whole, and its conclusions follow from it",
        RERUN,
    ),
    check("F2", "what is stated follows from the record", REPACK),
    check(
        "F3",
        "judged again: the same suite over what was recorded",
        "`destspec replay` shows every difference; run the suite again",
    ),
    check(
        "F4",
        "the run is conformant",
        "`destspec bundle show BUNDLE --scenario ID` shows what a scenario asked and what came",
    ),
    check(
        "F6",
        "times agree: each exchange within its scenario, each scenario within its run, each lane in order",
        RERUN,
    ),
    check(
        "F7",
        "judging again is not made to take long: the steps of all templates together",
        "make the templates simpler, and run the suite again; `limits.steps` of the policy may lower what is allowed",
    ),
    check(
        "G1",
        "made from the reviewer's challenge",
        "the reviewer names it with `--challenge FILE`; the partner runs with the same file",
    ),
    check(
        "G3",
        "made lately",
        "run again, by a clock that is right; the policy says for how long a run is taken, `run.max_age_days`, and by how much a clock may be off, `run.max_clock_skew_s`",
    ),
    check(
        "G4",
        "only hosts and locations that the policy takes",
        "name them in `target.hosts` and `target.locations` of the policy, if they are the partner's; a location of files has a host, too",
    ),
    check(
        "G5",
        "every request over TLS",
        "serve the destination over https",
    ),
    check(
        "G7",
        "whoever signed runs the hosts that were judged",
        "`destspec challenge proof CHALLENGE --signer KEY` prints what each host has to serve; of a location of files a person judges, or `evidence.unproved_locations` of the policy takes it",
    ),
    check(
        "G8",
        "the destinations that the policy asks for, and no other",
        "name them in `target.destinations` of the policy, or in `target.optional_destinations` those that need not be there",
    ),
    check(
        "G9",
        "the hosts dated their answers as the record does",
        "run again, by a clock that is right; if that of the hosts is wrong, a person may take it",
    ),
    check(
        "H1",
        "nothing that looks like a secret",
        "replace that credential, and run again",
    ),
    check(
        "H2",
        "made-up secrets were planted, seen and recorded nowhere",
        "run with `destspec run --certify`",
    ),
    check(
        "H3",
        "nothing that is compared was withheld",
        "look into the record, and into what was posted; `evidence.max_unverifiable` of the policy takes so many fields",
    ),
    check(
        "H4",
        "names are what they look like: nothing invisible or turned, no scripts mixed in a word",
        "ask the partner for names in plain text",
    ),
    check(
        "P1",
        "what persons stated is taken by the policy",
        "look into each statement, and ask for another where one has ended; `attestations = \"accept\"` under `[evidence]` of the policy takes them",
    ),
];

/// The check of that name.
pub fn named(id: &str) -> Option<Known> {
    ALL.into_iter().find(|one| one.id == id)
}

/// What a check looks at.
pub fn what(id: &str) -> &'static str {
    named(id).map_or("", |one| one.what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own_in_order() {
        let names = ALL.map(|one| one.id);
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        assert!(ALL.iter().all(|one| !one.what.is_empty()));
    }
}
