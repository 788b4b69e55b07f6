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

/// What is said of each destination when it is done.
pub struct Lines(BTreeMap<String, Line>);

/// A destination that is not done.
struct Line {
    /// How many of its scenarios run.
    count: usize,
    done: usize,
    findings: usize,
    /// When the first of them began.
    begun: Option<Instant>,
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
        let lines = Lines::of(destinations);
        print::message(&format!(
            "judging {} with {}",
            counted(lines.0.len(), "destination"),
            counted(scenarios, "scenario")
        ));
        Progress::Lines(Mutex::new(lines))
    }

    /// A scenario began or ended.
    pub fn tell(&self, moment: &Moment<'_>) {
        match (self, moment) {
            (Progress::Hidden, _) => {}
            (Progress::Lines(lines), Moment::Began { destination, .. }) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.begin(destination);
            }
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
            (
                Progress::Lines(lines),
                Moment::Ended {
                    destination,
                    outcome,
                    ..
                },
            ) => {
                let found = usize::from(outcome.finding().is_some());
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(line) = lines.advance(destination, found) {
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
    fn of(destinations: Vec<(String, usize)>) -> Self {
        let line = |count| Line {
            count,
            done: 0,
            findings: 0,
            begun: None,
        };
        let some = destinations.into_iter().filter(|(_, count)| *count > 0);
        Self(some.map(|(name, count)| (name, line(count))).collect())
    }

    fn begin(&mut self, name: &str) {
        if let Some(line) = self.0.get_mut(name) {
            line.begun.get_or_insert_with(Instant::now);
        }
    }

    /// The line about a destination, with its last scenario.
    fn advance(&mut self, name: &str, found: usize) -> Option<String> {
        let line = self.0.get_mut(name)?;
        line.done += 1;
        line.findings += found;
        if line.done < line.count {
            return None;
        }
        let line = self.0.remove(name)?;
        let seconds = line
            .begun
            .map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        Some(format!(
            "{name}: {} in {seconds:.1} s, {} with a finding",
            counted(line.count, "scenario"),
            line.findings
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
        let counts = [("a", 2), ("b", 1), ("none", 0)];
        let counts = counts.map(|(name, count)| (String::from(name), count));
        let mut lines = Lines::of(counts.into());
        lines.begin("a");
        assert_eq!(lines.advance("a", 1), None);
        lines.begin("b");
        let of_b = lines.advance("b", 0).unwrap_or_default();
        assert!(of_b.starts_with("b: 1 scenario in "), "{of_b}");
        assert!(of_b.ends_with(" s, 0 with a finding"), "{of_b}");
        let of_a = lines.advance("a", 0).unwrap_or_default();
        assert!(of_a.starts_with("a: 2 scenarios in "), "{of_a}");
        assert!(of_a.ends_with(" s, 1 with a finding"), "{of_a}");
        assert_eq!(lines.advance("a", 0), None);
    }
}
