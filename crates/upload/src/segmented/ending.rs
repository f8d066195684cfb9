//! How an upload ends: by success, failure, cancelling, signing out; and how it begins again.

use std::collections::{BTreeMap, VecDeque};

use super::removing::Removal;
use super::{Segmented, Step, names};
use crate::event::{Effect, Ticket};
use crate::outcome::{Check, Failure, LeftBehind, Outcome};
use crate::plan::Patience;

/// What it ends as, once everything is removed that has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    Uploaded { id: String, check: Check },
    Failed(Failure),
    Cancelled,
}

/// An end under way.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) how: How,
    pub(super) queue: VecDeque<String>,
    pub(super) active: BTreeMap<Ticket, Removal>,
    pub(super) failures: u32,
}

impl Ending {
    pub(super) fn is_success(&self) -> bool {
        matches!(self.how, How::Uploaded { .. })
    }
}

impl Segmented {
    pub(super) fn fail(&mut self, reason: Failure) {
        self.end(How::Failed(reason));
    }

    /// The first end counts.
    pub(super) fn end(&mut self, how: How) {
        if self.ending.is_some() || self.finished.is_some() {
            return;
        }
        self.last_totals = Some(self.contents.totals());
        self.ending =
            Some(Ending { how, queue: VecDeque::new(), active: BTreeMap::new(), failures: 0 });
        self.stop_hashing();
        self.abort_flights(|_| true);
        self.contents.forget_asked();
        self.tries = 0;
        self.not_before = self.now;
        // What is being made has to be known before it can be removed.
        let makes = matches!(self.step, Step::CreateRecord | Step::Lease | Step::PutManifest(_));
        if !makes {
            self.asked = None;
        }
        self.step = Step::Settle;
    }

    pub(super) fn cancel(&mut self) {
        if self.finished.is_some() {
            return self.cancel_afterwards();
        }
        match &self.ending {
            None => {
                if self.step == Step::New {
                    self.started = Some(self.now);
                    self.take_over();
                    self.step = Step::Open;
                }
                self.end(How::Cancelled);
            }
            // The image is there; the rest expires by itself.
            Some(ending) if ending.is_success() => self.finish(),
            Some(_) => {}
        }
    }

    /// A failed upload that is not wanted any more: what was kept for another try is removed.
    fn cancel_afterwards(&mut self) {
        let failed = matches!(self.finished, Some(Outcome::Failed { .. }));
        let kept = self.contents.perhaps_stored().next().is_some() || !self.own_objects.is_empty();
        if !failed || !(kept || self.record.is_some()) {
            return;
        }
        self.start_over();
        self.step = Step::Open;
        self.end(How::Cancelled);
    }

    pub(super) fn signed_out(&mut self) {
        if self.step == Step::New || self.finished.is_some() {
            return;
        }
        if self.asked.is_some() && self.step == Step::CreateRecord {
            self.left.perhaps_a_record = true;
        }
        if self.step == Step::Settle && self.asked.is_some() && self.record.is_none() {
            self.left.perhaps_a_record = true;
        }
        self.end(How::Failed(Failure::SignedOut));
        self.finish();
    }

    /// It is over now, whatever is still there.
    pub(super) fn finish(&mut self) {
        let Some(ending) = self.ending.take() else { return };
        let left = self.left_behind(&ending.how);
        let outcome = match ending.how {
            How::Uploaded { id, check } => Outcome::Uploaded { id, check, left },
            How::Failed(reason) => Outcome::Failed { reason, left },
            How::Cancelled => Outcome::Cancelled { left },
        };
        self.token = None;
        self.asked = None;
        self.step = Step::Finished;
        self.finished = Some(outcome.clone());
        self.effects.push(Effect::Finished(outcome));
    }

    /// What is in the cloud that nobody wants, or only another try: everything with its expiry. Segments that the user
    /// wanted to keep are none of it when the upload succeeded.
    fn left_behind(&mut self, how: &How) -> LeftBehind {
        let mut left = std::mem::take(&mut self.left);
        let success = matches!(how, How::Uploaded { .. });
        if !success {
            left.records.extend(self.record.clone());
        }
        let mut last_day = None;
        for (name, day) in &self.own_objects {
            left.objects.push(name.clone());
            last_day = last_day.max(Some(*day));
        }
        if !(success && self.plan.keep_segments) {
            for content in self.contents.perhaps_stored() {
                let name = names::segment(&self.plan.user, content.day, &content.tail);
                left.objects.push(name);
                last_day = last_day.max(Some(content.day));
            }
        }
        left.objects_expire_unix_s = last_day.map(names::delete_at);
        left
    }

    pub(super) fn retry(&mut self) {
        let Some(outcome) = &self.finished else { return };
        let other_file = match outcome {
            Outcome::Uploaded { .. } => return,
            Outcome::Failed { reason, .. } => matches!(
                reason,
                Failure::Mismatch(_) | Failure::HashFailed { .. } | Failure::SourceChanged
            ),
            Outcome::Cancelled { .. } => false,
        };
        self.start_over();
        if other_file {
            self.forget_file();
            self.shown_bytes = 0;
        }
        let next = self.preparation();
        self.goto(next);
    }

    /// All patience is new; what is known of file and store stays. Records that could not be removed are told again with
    /// the next outcome: it replaces the last one, and nobody else knows their ids.
    fn start_over(&mut self) {
        let told = self.finished.as_ref().map(Outcome::left).cloned().unwrap_or_default();
        let mut records = told.records;
        records.retain(|id| Some(id) != self.record.as_ref());
        let perhaps_a_record = told.perhaps_a_record;
        let fresh = Self::new(self.plan.clone());
        let old = std::mem::replace(self, fresh);
        *self = Self {
            now: old.now,
            started: old.started,
            next_ticket: old.next_ticket,
            online: old.online,
            offline_since: old.offline_since,
            token_epoch: old.token_epoch,
            epoch: old.epoch,
            // After signing out it may still be there.
            old_record: old.record.is_some(),
            record: old.record,
            left: LeftBehind { records, perhaps_a_record, ..LeftBehind::default() },
            quota_bytes: old.quota_bytes,
            hashing: old.hashing,
            contents: old.contents,
            pacing: old.pacing,
            own_objects: old.own_objects,
            shown_bytes: old.shown_bytes,
            effects: old.effects,
            ..Self::new(self.plan.clone())
        };
        self.contents.forget_asked();
    }

    /// Nothing that makes something is under way any more.
    pub(super) fn settled(&mut self) {
        let success = self.ending.as_ref().is_some_and(Ending::is_success);
        if !success && self.record.is_some() {
            return self.goto(Step::DropRecord);
        }
        self.record_is_dropped();
    }

    /// What an earlier run sent is known only after a listing: to be removed, or to be told.
    pub(super) fn record_is_dropped(&mut self) {
        let stored = self.contents.perhaps_stored().next().is_some();
        if stored && self.listing.is_none() {
            return self.goto(Step::ListSegments);
        }
        self.release();
    }

    /// Segments go with a success and with a cancelled upload; after a failure they are there for another try. Nobody
    /// tries a canary again.
    pub(super) fn release(&mut self) {
        let failed =
            self.ending.as_ref().is_some_and(|ending| matches!(ending.how, How::Failed(_)));
        let for_another_try = failed && self.plan.patience == Patience::Upload;
        let stored = self.contents.perhaps_stored().next().is_some();
        if stored && !for_another_try && !self.plan.keep_segments {
            return self.goto(Step::ListLeases);
        }
        self.collect_own_objects();
    }
}
