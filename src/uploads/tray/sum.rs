//! What all transfers come to: for the tray's head, the tab's title and its icon. Pure.

use std::time::Duration;

use leptos::prelude::With;
use upload::progress::Estimate;

use crate::captures::{self, Capture};
use crate::downloads::{self, Download};
use crate::text::transfers::{share_of, time_left};
use crate::text::{format, tr, tr_with, uploads as words};
use crate::ui::Shape;
use crate::uploads::{Job, JobState, Standing};

/// All transfers, added up.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sum {
    uploads: usize,
    imports: usize,
    downloads: usize,
    captures: usize,
    under_way: usize,
    in_the_cloud: usize,
    done: usize,
    failed: usize,
    cancelled: usize,
    /// Of what is under way.
    done_bytes: u64,
    size_bytes: u64,
    bytes_per_second: f64,
    longest_left: Option<Duration>,
    /// What the one does that is under way, or all of them.
    word: Option<&'static str>,
    /// How the bar is coloured.
    pub(super) shape: Option<Shape>,
}

impl Sum {
    /// Of these; follows their states.
    pub(super) fn of(jobs: &[Job], downloads: &[Download], captures: &[Capture]) -> Self {
        let (downloaded, captured) = (downloads.len(), captures.len());
        let mut sum = Self { downloads: downloaded, captures: captured, ..Self::default() };
        for job in jobs {
            job.state.with(|state| sum.add(state));
        }
        for download in downloads {
            download.state.with(|state| sum.add_download(state));
        }
        for capture in captures {
            capture.state.with(|state| sum.add_capture(capture, state));
        }
        sum
    }

    /// Whether there are none.
    pub(super) fn is_nothing(&self) -> bool {
        self.uploads + self.imports + self.downloads + self.captures == 0
    }

    fn add(&mut self, state: &JobState) {
        if state.road.is_file() {
            self.uploads += 1
        } else {
            self.imports += 1
        }
        match state.phase.standing() {
            Standing::UnderWay => {
                let (shape, word) = words::step(&state.phase);
                let size = state.size_bytes.unwrap_or_default();
                let done = state.sent_bytes.min(size);
                self.under_way(shape, word, (done, size), state.estimate.as_ref());
            }
            Standing::InTheCloud => self.in_the_cloud += 1,
            Standing::Done => self.done += 1,
            Standing::Failed => self.failed += 1,
            Standing::Cancelled => self.cancelled += 1,
        }
    }

    fn add_download(&mut self, state: &downloads::DownloadState) {
        match &state.phase {
            downloads::Phase::Saved(downloads::Compared::Different)
            | downloads::Phase::Failed(_) => {
                self.failed += 1;
            }
            downloads::Phase::Saved(_) => self.done += 1,
            downloads::Phase::Cancelled => self.cancelled += 1,
            _ => {
                let words = crate::text::downloads::download(state);
                let bytes = (state.saved_bytes, state.size_bytes);
                self.under_way(words.shape, words.word, bytes, state.estimate.as_ref());
            }
        }
    }

    fn add_capture(&mut self, capture: &Capture, state: &captures::CaptureState) {
        match state.standing() {
            captures::Standing::NeedsTab => {
                let words = crate::text::captures::capture(&capture.of, state);
                self.under_way(words.shape, words.word, (0, 0), None);
            }
            captures::Standing::InTheCloud => self.in_the_cloud += 1,
            captures::Standing::Done => self.done += 1,
            captures::Standing::Failed => self.failed += 1,
            captures::Standing::CalledOff => self.cancelled += 1,
        }
    }

    fn under_way(
        &mut self,
        shape: Shape,
        word: &'static str,
        (done, size): (u64, u64),
        estimate: Option<&Estimate>,
    ) {
        // All doing the same: that. All waiting, each for something else: as the first. Else the liveliest colour.
        (self.word, self.shape) = match (self.under_way, self.word) {
            (0, _) => (Some(word), Some(shape)),
            (_, Some(same)) if same == word => (self.word, self.shape),
            _ if self.waits() && rests(shape) => (None, self.shape),
            _ => (None, Some(Shape::Uploading)),
        };
        self.under_way += 1;
        self.done_bytes = self.done_bytes.saturating_add(done);
        self.size_bytes = self.size_bytes.saturating_add(size);
        if let Some(estimate) = estimate {
            self.bytes_per_second += estimate.bytes_per_second;
            self.longest_left = self.longest_left.max(estimate.time_left);
        }
    }

    /// Whether anything is.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way > 0
    }

    /// Whether everything that is under way waits: for the user, for the network.
    pub(super) fn waits(&self) -> bool {
        self.shape.is_some_and(rests)
    }

    /// How far what is under way has come; `None` when nobody knows, or all has arrived and the cloud works on it.
    pub(super) fn share(&self) -> Option<f64> {
        let known = self.done_bytes > 0 && self.done_bytes < self.size_bytes;
        share_of(self.done_bytes, Some(self.size_bytes)).filter(|_| known)
    }

    /// "2 uploads".
    pub(super) fn title(&self) -> String {
        match (self.uploads, self.imports, self.downloads, self.captures) {
            (uploads, 0, 0, 0) => format::count(uploads, "upload", "uploads"),
            (0, imports, 0, 0) => format::count(imports, "import", "imports"),
            (0, 0, downloads, 0) => format::count(downloads, "download", "downloads"),
            (0, 0, 0, captures) => format::count(captures, "new image", "new images"),
            (uploads, imports, downloads, captures) => {
                let count = uploads + imports + downloads + captures;
                tr_with("{count} transfers", &[("count", &count)])
            }
        }
    }

    /// "1 under way · 1 verified".
    pub(super) fn counts(&self) -> String {
        let parts = [
            (self.under_way, tr("under way")),
            (self.in_the_cloud, tr("in the cloud")),
            (self.failed, tr("failed")),
            (self.done, tr("done")),
            (self.cancelled, tr("cancelled")),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        parts.join(" · ")
    }

    /// "61 % · 4 min left", "Offline · 27 %"; the counts when nothing is under way.
    pub(super) fn in_short(&self) -> String {
        if !self.is_under_way() {
            return self.counts();
        }
        let moving = self.bytes_per_second > 0.0;
        let word = self.word.filter(|_| !moving).map(str::to_owned);
        let left = self.longest_left.filter(|_| moving).map(time_left);
        let parts: Vec<String> =
            [word, self.share().map(format::percent), left].into_iter().flatten().collect();
        if parts.is_empty() { self.counts() } else { parts.join(" · ") }
    }

    /// What stands before the page's title: "42 %", "Offline, 27 %"; `None` when nothing is under way.
    pub(super) fn in_the_title(&self) -> Option<String> {
        if !self.is_under_way() {
            return None;
        }
        let percent = self.share().map(format::percent);
        Some(match (percent, self.word.filter(|_| self.waits())) {
            (Some(percent), Some(word)) => format!("{word}, {percent}"),
            (Some(percent), None) => percent,
            (None, _) => self.word.unwrap_or(tr("under way")).to_owned(),
        })
    }
}

/// Whether nothing moves that is drawn so.
fn rests(shape: Shape) -> bool {
    matches!(shape, Shape::Paused | Shape::Offline | Shape::Queued)
}

#[cfg(test)]
mod tests {
    use upload::{Outcome, Phase};

    use super::*;
    use crate::uploads::{JobPhase, Road};

    fn state(phase: Phase, sent_bytes: u64, per_second: f64) -> JobState {
        let estimate = (per_second > 0.0).then(|| Estimate {
            bytes_per_second: per_second,
            time_left: Some(Duration::from_secs(240)),
        });
        JobState {
            sent_bytes,
            estimate,
            ..JobState::new(Road::Direct, JobPhase::File(phase), Some(100))
        }
    }

    fn sum(states: &[JobState]) -> Sum {
        let mut sum = Sum::default();
        for state in states {
            sum.add(state);
        }
        sum
    }

    #[test]
    fn what_is_under_way_is_added_up() {
        let both = sum(&[state(Phase::Sending, 80, 1.0), state(Phase::Sending, 20, 1.0)]);
        assert_eq!(both.share(), Some(0.5));
        assert_eq!(both.in_short(), "50 % · 4 min left");
        assert_eq!(both.in_the_title().as_deref(), Some("50 %"));
        assert_eq!(both.title(), "2 uploads");
        assert_eq!(both.counts(), "2 under way");
    }

    #[test]
    fn what_waits_says_for_what() {
        let offline = sum(&[state(Phase::Offline, 27, 0.0)]);
        assert_eq!(offline.in_short(), "Offline · 27 %");
        assert_eq!(offline.in_the_title().as_deref(), Some("Offline, 27 %"));
        assert!(offline.waits());
        let one_goes_on = sum(&[state(Phase::Offline, 27, 0.0), state(Phase::Sending, 27, 1.0)]);
        assert_eq!(one_goes_on.in_the_title().as_deref(), Some("27 %"));
        assert!(!one_goes_on.waits());
        let none_does = sum(&[state(Phase::Offline, 27, 0.0), state(Phase::Paused, 27, 0.0)]);
        assert_eq!(none_does.in_the_title().as_deref(), Some("27 %"));
        assert!(none_does.waits());
    }

    #[test]
    fn all_sent_is_not_all_done() {
        let importing = sum(&[state(Phase::AwaitingReply, 100, 0.0)]);
        assert_eq!(importing.in_the_title().as_deref(), Some("Stored by the cloud"));
        assert_eq!(importing.share(), None);
    }

    #[test]
    fn imports_are_not_called_uploads() {
        let progress =
            upload::import::Progress { begun: true, copied_mib: None, quiet_for: Duration::ZERO };
        let import = JobState::new(Road::Url, JobPhase::Fetching(progress), None);
        assert_eq!(sum(std::slice::from_ref(&import)).title(), "1 import");
        assert_eq!(sum(&[import, state(Phase::Sending, 1, 1.0)]).title(), "2 transfers");
    }

    #[test]
    fn what_is_over_is_off_the_tab() {
        let outcome = Outcome::Cancelled { left: upload::LeftBehind::default() };
        let over = sum(&[state(Phase::Finished(outcome), 50, 0.0)]);
        assert_eq!(over.in_the_title(), None);
        assert_eq!(over.in_short(), "1 cancelled");
    }
}
