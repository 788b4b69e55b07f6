//! Two people who could be taken for one: identities that differ in one thing.

use rand_chacha::ChaCha20Rng;

use crate::encode::message::synthetic;
use crate::model::reason::Reason;
use crate::suite::omission;
use crate::suite::parameter::Difference;
use crate::suite::subject::Streaming;

/// A namespace and a value in it.
type Named = (String, String);

/// The identities of two people that differ in that.
///
/// # Errors
/// When no namespace takes free text, or no other takes the same value.
pub fn identities(
    subject: &Streaming,
    rng: &mut ChaCha20Rng,
    difference: Difference,
) -> Result<[Named; 2], Reason> {
    let free = subject.free_namespace();
    let free = free.ok_or_else(omission::no_free_namespace)?;
    let unique = synthetic::letters(rng, 8);
    let plain = format!("destspec-{unique}");
    let beside = |other: String| [(free.to_owned(), plain.clone()), (free.to_owned(), other)];
    Ok(match difference {
        Difference::Everything => beside(format!("{unique}-destspec")),
        Difference::Case => beside(format!("Destspec-{unique}")),
        Difference::Accent => beside(format!("d\u{e9}stspec-{unique}")),
        Difference::TrailingBlank => beside(format!("{plain} ")),
        Difference::LeadingZeros => {
            let digits = synthetic::digits(rng);
            [digits.to_string(), format!("000{digits}")].map(|id| (free.to_owned(), id))
        }
        Difference::LastSign => {
            let long = format!("{plain}-{}", "0123456789".repeat(20));
            ["a", "b"].map(|last| (free.to_owned(), format!("{}{last}", &long[..199])))
        }
        Difference::Dot => beside(format!("dest.spec-{unique}")),
        Difference::Domain => ["example.com", "example.org"]
            .map(|domain| (free.to_owned(), format!("{plain}@{domain}"))),
        Difference::Script => ["\u{438}\u{440}\u{430}", "\u{430}\u{43d}\u{44f}"]
            .map(|name| (free.to_owned(), format!("{name}-{unique}"))),
        Difference::Namespace => {
            let other = subject.second_plain_namespace();
            let other = other.ok_or_else(omission::no_second_plain_namespace)?;
            let id = synthetic::identity(rng, other);
            [free, other].map(|namespace| (namespace.to_owned(), id.clone()))
        }
    })
}
