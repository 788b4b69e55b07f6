//! What is shown while a run goes on: a bar on a terminal that can draw one, else a line for each destination.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::print;
use crate::model::outcome::Outcome;

/// The progress of a run.
pub enum Progress {
    /// Nothing is shown.
    Hidden,
    /// A bar that is drawn again and again.
    Bar {
        /// On standard error.
        bar: ProgressBar,
        /// Scenarios with a finding so far.
        findings: Mutex<usize>,
    },
    /// A line when a destination is done: in a log nothing can be drawn again.
    Lines(Mutex<Lines>),
}

/// Destinations are judged one after another, so counting says whose scenario it was.
pub struct Lines {
    /// Name of each destination that is not done, with how many of its scenarios run; the last one is being judged.
    left: Vec<(String, usize)>,
    done: usize,
    findings: usize,
    begun: Instant,
}

impl Progress {
    /// That of a run against those destinations, with how many scenarios of each run.
    pub fn begin(quiet: bool, destinations: Vec<(String, usize)>) -> Progress {
        let scenarios: usize = destinations.iter().map(|(_, count)| count).sum();
        if quiet {
            return Progress::Hidden;
        }
        if print::can_draw() {
            return Progress::Bar {
                bar: bar(scenarios),
                findings: Mutex::default(),
            };
        }
        let mut left = destinations;
        left.retain(|(_, count)| *count > 0);
        left.reverse();
        print::message(&format!(
            "judging {} with {}",
            counted(left.len(), "destination"),
            counted(scenarios, "scenario")
        ));
        Progress::Lines(Mutex::new(Lines {
            left,
            done: 0,
            findings: 0,
            begun: Instant::now(),
        }))
    }

    /// One more scenario is done.
    pub fn advance(&self, outcome: &Outcome) {
        let found = usize::from(outcome.finding().is_some());
        match self {
            Progress::Hidden => {}
            Progress::Bar { bar, findings } => {
                let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
                *findings += found;
                if *findings > 0 {
                    bar.set_message(format!("{findings} with a finding"));
                }
                bar.inc(1);
            }
            Progress::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(line) = lines.advance(found) {
                    print::message(&line);
                }
            }
        }
    }

    /// Nothing more comes.
    pub fn finish(&self) {
        match self {
            Progress::Bar { bar, .. } => bar.finish_and_clear(),
            Progress::Hidden | Progress::Lines(_) => {}
        }
    }
}

impl Lines {
    /// The line about a destination, with its last scenario.
    fn advance(&mut self, found: usize) -> Option<String> {
        self.done += 1;
        self.findings += found;
        let (_, count) = self.left.last()?;
        if self.done < *count {
            return None;
        }
        let (name, count) = self.left.pop()?;
        let (seconds, findings) = (self.begun.elapsed().as_secs_f64(), self.findings);
        (self.done, self.findings, self.begun) = (0, 0, Instant::now());
        Some(format!(
            "{name}: {} in {seconds:.1} s, {findings} with a finding",
            counted(count, "scenario")
        ))
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn bar(scenarios: usize) -> ProgressBar {
    let bar = ProgressBar::new(scenarios as u64);
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {pos}/{len} scenarios {wide_bar} {msg}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_with_the_last_scenario_of_each_destination() {
        let mut lines = Lines {
            left: vec![(String::from("b"), 1), (String::from("a"), 2)],
            done: 0,
            findings: 0,
            begun: Instant::now(),
        };
        assert_eq!(lines.advance(1), None);
        let first = lines.advance(0);
        assert!(
            first.is_some_and(|line| line.starts_with("a: 2 scenarios in ")
                && line.ends_with(" s, 1 with a finding"))
        );
        let second = lines.advance(0);
        assert!(
            second.is_some_and(|line| line.starts_with("b: 1 scenario in ")
                && line.ends_with(" s, 0 with a finding"))
        );
        assert_eq!(lines.advance(0), None);
    }
}
