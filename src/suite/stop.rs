//! Why a step ends its scenario, and what a phrase captured: what every step may return and receive.

use std::str::FromStr;

use regex::Regex;

use crate::model::finding::Finding;
use crate::model::reason::Reason;
use crate::suite::broken;
use crate::wire::Divergence;

/// Why a step ends its scenario before its end.
#[derive(Debug, Clone)]
pub enum Stop {
    /// A finding: its blame decides the outcome.
    Finding(Finding),
    /// What the scenario asks for does not occur here.
    Omit(Reason),
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Stop::Finding(finding)
    }
}

impl From<Divergence> for Stop {
    fn from(divergence: Divergence) -> Self {
        broken::replay_diverged(divergence).into()
    }
}

/// The texts that a phrase captured, in order.
#[derive(Debug, Clone, Default)]
pub struct Args(Vec<String>);

impl Args {
    /// What an expression captures of a text that it matches.
    pub fn captured(regex: &Regex, text: &str) -> Args {
        let Some(captures) = regex.captures(text) else {
            return Args::default();
        };
        let mut found: Vec<(Option<&str>, String)> = Vec::new();
        for (name, group) in regex.capture_names().zip(captures.iter()).skip(1) {
            // A parameter with several groups has them named `__PARAMETER_GROUP`: one of them took part.
            let parameter = name
                .and_then(|n| n.rsplit_once('_'))
                .map(|(parameter, _)| parameter);
            let value = group.map(|m| m.as_str().to_owned());
            match found.last_mut() {
                Some((last, text)) if parameter.is_some() && *last == parameter => {
                    if let Some(value) = value.filter(|v| !v.is_empty()) {
                        *text = value;
                    }
                }
                _ => found.push((parameter, value.unwrap_or_default())),
            }
        }
        Args(found.into_iter().map(|(_, text)| text).collect())
    }

    /// The captured value at a place.
    ///
    /// # Errors
    /// When nothing was captured there or it is not of that type: destspec's fault.
    pub fn get<T: FromStr>(&self, place: usize) -> Result<T, Stop> {
        let text = self.0.get(place).map_or("", String::as_str);
        text.parse()
            .map_err(|_| broken::word_unreadable(place, text).into())
    }

    /// How many values were captured.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was captured.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
