//! A bar for every file whose upload takes long, below that of the run: bytes of bytes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::wire::{Upload, Uploads};

/// An upload that takes longer has a bar.
const LONG: Duration = Duration::from_secs(1);

/// The bars of uploads.
pub struct UploadBars {
    bars: MultiProgress,
    /// What each destination uploads, by its name.
    uploads: Vec<(String, Uploads)>,
    shown: Mutex<Vec<(Arc<Upload>, ProgressBar)>>,
}

impl UploadBars {
    /// Bars among others.
    pub fn below(bars: MultiProgress, uploads: Vec<(String, Uploads)>) -> UploadBars {
        UploadBars {
            bars,
            uploads,
            shown: Mutex::default(),
        }
    }

    /// Moves every bar to where its upload is; uploads that became long have one, those that are over have none.
    pub fn look(&self, now: Instant) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = self.uploads.iter().flat_map(|(name, uploads)| {
            let all = uploads.under_way().into_iter();
            all.map(move |upload| (name, upload))
        });
        let under_way: Vec<_> = under_way.collect();
        let is = |a: &Arc<Upload>, b: &Arc<Upload>| Arc::ptr_eq(a, b);
        shown.retain(|(upload, bar)| {
            let goes_on = under_way.iter().any(|(_, other)| is(upload, other));
            if !goes_on {
                bar.finish_and_clear();
                self.bars.remove(bar);
            }
            goes_on
        });
        for (name, upload) in under_way {
            let is_long = now.saturating_duration_since(upload.began) >= LONG;
            if is_long && !shown.iter().any(|(other, _)| is(&upload, other)) {
                let bar = self.bars.add(bar(name, &upload));
                shown.push((upload, bar));
            }
        }
        for (upload, bar) in shown.iter() {
            bar.set_position(upload.taken());
        }
    }

    /// No upload comes any more.
    pub fn finish(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, bar) in shown.drain(..) {
            bar.finish_and_clear();
        }
    }
}

fn bar(destination: &str, upload: &Upload) -> ProgressBar {
    let bar = ProgressBar::new(upload.bytes);
    let template =
        "  {binary_bytes}/{binary_total_bytes} {bar:20} {binary_bytes_per_sec} {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let file = upload.path.rsplit('/').next().unwrap_or_default();
    bar.with_message(format!("{destination} {file}"))
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressDrawTarget;

    use super::*;

    /// Path, bytes taken and bytes of every bar.
    fn shown(bars: &UploadBars) -> Vec<(String, u64, Option<u64>)> {
        let shown = bars.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let all = shown.iter();
        all.map(|(_, bar)| (bar.message(), bar.position(), bar.length()))
            .collect()
    }

    #[test]
    fn an_upload_that_takes_long_has_a_bar_until_it_is_over() {
        let uploads = Uploads::default();
        let hidden = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let bars = UploadBars::below(hidden, vec![(String::from("acme"), uploads.clone())]);
        let one = uploads.begin(String::from("in/large.csv"), 100);
        let began = one.upload.began;
        bars.look(began);
        assert_eq!(shown(&bars), []);
        one.upload.has_taken(40);
        bars.look(began + LONG);
        let bar = |taken| [(String::from("acme large.csv"), taken, Some(100))];
        assert_eq!(shown(&bars), bar(40));
        one.upload.has_taken(20);
        bars.look(began + LONG);
        assert_eq!(shown(&bars), bar(60));
        drop(one);
        bars.look(began + LONG);
        assert_eq!(shown(&bars), []);
    }
}
