//! The posted JSON itself.

use crate::judge::configuration;
use crate::model::outcome::Strength;
use crate::model::rule::Rule;
use crate::suite::evidence::Evidence;
use crate::suite::stop::{Args, Stop};

/// Nothing in it breaks the rule. It is before the judge as it will be posted, hence the strength.
pub fn keeps(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let rule = args.get::<Rule>(0)?;
    configuration::kept(rule, &evidence.problems(rule))?;
    Ok(Strength::Observed)
}

/// Nothing in it is questionable by the rule, either.
pub fn follows(evidence: &Evidence, args: &Args) -> Result<Strength, Stop> {
    let rule = args.get::<Rule>(0)?;
    configuration::followed(rule, &evidence.problems(rule))?;
    Ok(Strength::Observed)
}
