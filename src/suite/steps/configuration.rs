//! The posted JSON itself.

use crate::judge::configuration;
use crate::model::outcome::Strength;
use crate::model::rule::Rule;
use crate::suite::evidence::Evidence;
use crate::suite::parameter::Keeping;
use crate::suite::stop::{Args, Stop};

/// Nothing in it breaks the rule, or is questionable by it. It is before the judge as it will be posted, hence the strength.
pub fn kept(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let (keeping, rule) = (args.get::<Keeping>(0)?, args.get::<Rule>(1)?);
    let problems = evidence.problems(rule);
    match keeping {
        Keeping::Rule => configuration::kept(rule, &problems),
        Keeping::Advice => configuration::followed(rule, &problems),
    }?;
    Ok(Strength::Observed)
}
