//! What outlives the tab: the journal, the lock by which tabs know of each other, the screen's wake lock.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use leptos::task::spawn_local;
use upload::{Note, Outcome, Patience};

use super::super::job::Road;
use super::super::journal::{Entry, Journal, KeptRoad};
use super::super::locks::{Awake, UploadLock};
use super::super::time::unix_s;
use super::FileRoad;

thread_local! {
    /// Which uploads of this tab send now; while one does, the screen stays on.
    static SENDING: RefCell<(BTreeSet<String>, Awake)> = RefCell::default();
}

impl FileRoad {
    /// Writes down that it begins. `false` when another tab has it already.
    pub(super) async fn remember(&self) -> bool {
        if self.patience == Patience::Canary {
            return true;
        }
        if !self.hold().await {
            return false;
        }
        let road = self.state_now(|state| match state.road {
            Road::Segments => KeptRoad::Segmented,
            Road::Direct | Road::Url => KeptRoad::Direct,
        });
        let mut entry = Entry::new(
            self.id.clone(),
            self.cloud.key(),
            self.cloud.user().id.as_str().to_owned(),
            road,
            self.upload.identity(),
            &self.record,
            unix_s(),
        );
        entry.keep_segments = self.keep_segments;
        entry.keeps_hashes = self.keeps_hashes.take();
        // Each run says anew with which it goes on.
        entry.image = self.earlier_record.borrow_mut().take();
        entry.sha512 = self.state_now(|state| state.sha512.clone());
        Journal::ours().begin(entry, self.upload.handle()).await;
        true
    }

    /// Takes the upload's lock. `false` when another tab has it.
    pub(super) async fn hold(&self) -> bool {
        if self.lock.borrow().is_none() {
            let Some(lock) = UploadLock::try_take(&self.id).await else { return false };
            *self.lock.borrow_mut() = Some(lock);
        }
        true
    }

    pub(super) fn remember_note(&self, note: &Note) {
        if self.patience == Patience::Upload {
            Journal::ours().note(&self.id, note);
        }
    }

    pub(super) fn remember_pause(&self, paused: bool) {
        if self.patience == Patience::Upload {
            Journal::ours().paused(&self.id, paused);
        }
    }

    /// What cannot be gone on with is forgotten. After a failure that left segments it can: today by "try again", after a
    /// reload by what is offered then.
    pub(super) fn remember_end(self: &Rc<Self>, outcome: &Outcome) {
        if self.patience == Patience::Canary {
            return;
        }
        let kept = match outcome {
            Outcome::Uploaded { .. } | Outcome::Cancelled { .. } => false,
            Outcome::Failed { left, .. } => !left.objects.is_empty() || !left.records.is_empty(),
        };
        let road = Rc::clone(self);
        let run = self.begun.get();
        spawn_local(async move {
            if !kept {
                Journal::ours().finish(&road.id).await;
            }
            // After the journal: whoever waits for the lock looks there what became of it. It may have begun again.
            if road.begun.get() == run {
                drop(road.lock.borrow_mut().take());
            }
        });
    }

    /// Keeps the screen on while anything is being sent.
    pub(super) fn stay_awake(&self, sending: bool) {
        SENDING.with_borrow_mut(|(ours, awake)| {
            let changed =
                if sending { ours.insert(self.id.clone()) } else { ours.remove(&self.id) };
            if changed {
                awake.set(!ours.is_empty());
            }
        });
    }
}
