//! What is shown while a run goes on: a bar on a terminal that can draw one, else a line for each destination.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::print;
use crate::cli::uploads::UploadBars;
use crate::model::outcome::Outcome;
use crate::suite::moment::Moment;
use crate::wire::Uploads;

/// A scenario that runs longer is called slow.
const SLOW: Duration = Duration::from_secs(5);

/// The progress of a run.
pub enum Progress {
    /// Nothing is shown.
    Hidden,
    /// A bar that is drawn again and again.
    Bar {
        /// On standard error.
        bar: ProgressBar,
        /// What it says.
        seen: Mutex<Seen>,
        /// Of large files, below it.
        uploads: UploadBars,
    },
    /// A line when a destination is done: in a log nothing can be drawn again.
    Lines(Mutex<Lines>),
}

/// What is said beside a bar.
#[derive(Default)]
pub struct Seen {
    /// Scenarios with a finding so far.
    findings: usize,
    /// What is running, by destination and scenario, and whether it was called slow.
    running: BTreeMap<String, (Instant, bool)>,
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
    /// That of a run against those destinations, with how many scenarios of each run, and what they upload.
    pub fn begin(
        quiet: bool,
        destinations: Vec<(String, usize)>,
        uploads: Vec<(String, Uploads)>,
    ) -> Progress {
        let scenarios: usize = destinations.iter().map(|(_, count)| count).sum();
        if quiet {
            return Progress::Hidden;
        }
        if print::can_draw() {
            let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
            return Progress::Bar {
                bar: bar(&bars, scenarios),
                seen: Mutex::default(),
                uploads: UploadBars::below(bars, uploads),
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

    /// A scenario began or ended.
    pub fn tell(&self, moment: &Moment<'_>) {
        match (self, moment) {
            (Progress::Hidden, _) | (Progress::Lines(_), Moment::Began { .. }) => {}
            (
                Progress::Bar { seen, .. },
                Moment::Began {
                    destination,
                    scenario,
                },
            ) => {
                let name = format!("{destination} {scenario}");
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.running.insert(name, (Instant::now(), false));
            }
            (
                Progress::Bar { bar, seen, .. },
                Moment::Ended {
                    destination,
                    scenario,
                    outcome,
                },
            ) => {
                let name = format!("{destination} {scenario}");
                if let Outcome::Failed { finding } = outcome {
                    bar.println(format!("✘ {name}  {}", finding.reason.code));
                }
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.running.remove(&name);
                seen.findings += usize::from(outcome.finding().is_some());
                bar.set_message(seen.said());
                bar.inc(1);
            }
            (Progress::Lines(lines), Moment::Ended { outcome, .. }) => {
                let found = usize::from(outcome.finding().is_some());
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(line) = lines.advance(found) {
                    print::message(&line);
                }
            }
        }
    }

    /// Says what is running, what is being uploaded and what has become slow, where that can be drawn.
    pub fn look(&self) {
        let Progress::Bar { bar, seen, uploads } = self else {
            return;
        };
        uploads.look(Instant::now());
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        for slow in seen.newly_slow(Instant::now()) {
            bar.println(format!("slow: {slow} has run for {} s", SLOW.as_secs()));
        }
        bar.set_message(seen.said());
    }

    /// Nothing more comes.
    pub fn finish(&self) {
        match self {
            Progress::Bar { bar, uploads, .. } => {
                uploads.finish();
                bar.finish_and_clear();
            }
            Progress::Hidden | Progress::Lines(_) => {}
        }
    }
}

impl Seen {
    /// Findings so far, and what has been running longest.
    fn said(&self) -> String {
        let findings = match self.findings {
            0 => String::new(),
            count => format!("{count} with a finding  "),
        };
        let mut running: Vec<_> = self.running.iter().collect();
        running.sort_by_key(|(_, (begun, _))| *begun);
        let longest = running.first().map_or("", |(name, _)| name.as_str());
        format!("{findings}{longest}")
    }

    /// What has run for longer than is usual since it was last asked.
    fn newly_slow(&mut self, now: Instant) -> Vec<String> {
        let mut slow = Vec::new();
        for (name, (begun, is_known)) in &mut self.running {
            if now.saturating_duration_since(*begun) >= SLOW && !*is_known {
                *is_known = true;
                slow.push(name.clone());
            }
        }
        slow
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

fn bar(bars: &MultiProgress, scenarios: usize) -> ProgressBar {
    let bar = bars.add(ProgressBar::new(scenarios as u64));
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {elapsed} {pos}/{len} {bar:20} {wide_msg}")
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
    fn what_runs_for_five_seconds_is_called_slow_once() {
        let begun = Instant::now();
        let mut seen = Seen {
            findings: 1,
            running: BTreeMap::from([(String::from("a STR-1.02"), (begun, false))]),
        };
        assert_eq!(seen.said(), "1 with a finding  a STR-1.02");
        assert!(seen.newly_slow(begun).is_empty());
        let later = begun + SLOW;
        assert_eq!(seen.newly_slow(later), ["a STR-1.02"]);
        assert!(seen.newly_slow(later).is_empty());
    }

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
