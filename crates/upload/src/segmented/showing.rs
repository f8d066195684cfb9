//! What a page shows.

use super::ending::Ending;
use super::{Segmented, Step};
use crate::import::Progress;
use crate::outcome::Outcome;
use crate::view::{Phase, SegmentsView, View};

impl Segmented {
    /// What a page shows.
    pub fn view(&self) -> View {
        let totals = self.last_totals.unwrap_or_else(|| self.contents.totals());
        let flying: u64 = self.flights.iter().map(|flight| flight.sent_bytes).sum();
        let unhashed = self.plan.size_bytes.saturating_sub(totals.hashed);
        let left_bytes =
            if self.is_made() { 0 } else { totals.missing.saturating_sub(flying) + unhashed };
        View {
            phase: self.phase(),
            sent_bytes: self.shown_bytes,
            size_bytes: self.plan.size_bytes,
            breaks: self.breaks,
            image_id: self.record.clone(),
            segments: Some(SegmentsView {
                hashed_bytes: totals.hashed,
                wire_bytes: self.wire_bytes,
                left_bytes,
                present_bytes: totals.found,
                repeated_bytes: totals.repeated,
                resent_bytes: self.resent_bytes,
                in_flight: self.flights.len(),
                width: self.pacing.limit(),
                segment_bytes: self.plan.segment_bytes,
                segments: self.segment_count(),
                stored: totals.stored_segments,
            }),
        }
    }

    /// Progress never goes back, also when a request broke or the store lost something.
    pub(super) fn keep_progress(&mut self) {
        if !self.hashing.is_trusted() {
            return;
        }
        let flying: u64 = self.flights.iter().map(|flight| flight.sent_bytes).sum();
        let stored = if self.is_made() {
            self.plan.size_bytes
        } else {
            (self.contents.totals().stored + flying).min(self.plan.size_bytes)
        };
        self.shown_bytes = self.shown_bytes.max(stored);
    }

    /// Whether the cloud has every byte, joined: no more has to leave.
    fn is_made(&self) -> bool {
        matches!(
            self.step,
            Step::StartImport
                | Step::LookAfterImport
                | Step::Follow
                | Step::FollowTask
                | Step::Verify
        ) || self.ending.as_ref().is_some_and(Ending::is_success)
            || matches!(self.finished, Some(Outcome::Uploaded { .. }))
    }

    fn phase(&self) -> Phase {
        if let Some(outcome) = &self.finished {
            return Phase::Finished(outcome.clone());
        }
        if self.step == Step::New {
            return Phase::New;
        }
        if self.paused && self.can_rest() {
            return Phase::Paused;
        }
        if self.token.is_some() {
            return Phase::AwaitingSignIn;
        }
        if let Some(ending) = &self.ending {
            return if ending.is_success() { Phase::Releasing } else { Phase::CleaningUp };
        }
        if !self.online {
            return Phase::Offline;
        }
        match self.step {
            Step::CreateRecord => Phase::Creating,
            Step::LookAtRecord | Step::LookAtStore | Step::LookAfterImport => Phase::Checking,
            Step::ReplaceRecord => Phase::CleaningUp,
            Step::Open | Step::Lease | Step::List => Phase::Preparing,
            Step::PutManifest(_) | Step::LookAtManifest(_) => Phase::Assembling,
            Step::StartImport | Step::Follow | Step::FollowTask => {
                Phase::Importing(self.import_progress.clone().unwrap_or(Progress {
                    begun: false,
                    copied_mib: None,
                    quiet_for: std::time::Duration::ZERO,
                }))
            }
            Step::Verify => Phase::Verifying,
            _ if self.pacing.waits_its_turn() && self.flights.is_empty() => Phase::Queued,
            _ if !self.hashing.is_trusted() => Phase::Checking,
            _ => Phase::Sending,
        }
    }
}
