//! Which wrong credentials that are nearly right may be tried over HTTP.

use crate::model::near_miss::NearMiss;
use crate::model::reason::Reason;
use crate::model::submission::Destination;
use crate::suite::omission;

/// As many of the own account as the submission allows, for they may lock it; one wrong secret is tried by a scenario
/// of its own. `named`: whether the secret stands beside a name, which may be wrong, too.
///
/// # Errors
/// Why none may be.
pub(super) fn tried(destination: &Destination, named: bool) -> Result<Vec<NearMiss>, Reason> {
    let of_secrets = [
        NearMiss::LastSign,
        NearMiss::Prefix,
        NearMiss::Extension,
        NearMiss::Case,
        NearMiss::FirstSign,
        NearMiss::Empty,
        NearMiss::Unsigned,
        NearMiss::Blank,
    ];
    let most = destination.limits.wrong_credentials.saturating_sub(1);
    if most == 0 {
        return Err(omission::no_wrong_credentials());
    }
    let of_names = NearMiss::OF_NAMES.into_iter().filter(|_| named);
    let of_secrets = of_secrets.into_iter();
    // the blanks around a token are no part of it (RFC 9110 section 5.5), and no password is signed
    let unfit = if named {
        NearMiss::Unsigned
    } else {
        NearMiss::Blank
    };
    let of_secrets = of_secrets.filter(|miss| *miss != unfit);
    Ok(of_secrets.take(most).chain(of_names).collect())
}
