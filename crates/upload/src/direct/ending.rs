//! How an upload begins and ends: start, retry, cancel, sign-out, outcome.

use std::time::Duration;

use super::{Hash, Machine, State, Then};
use crate::event::Effect;
use crate::outcome::{Failure, Outcome};

impl Machine {
    pub(super) fn begin(&mut self) {
        if self.hash == Hash::None {
            self.start_hash();
        }
        if self.old_record {
            return self.look(Duration::ZERO, false);
        }
        self.create();
    }

    pub(super) fn create(&mut self) {
        self.record = None;
        self.sent_bytes = 0;
        self.sent_whole = false;
        let ticket = self.ticket();
        self.state = State::Creating { ticket };
        self.effects.push(Effect::CreateRecord { ticket });
    }

    pub(super) fn retry(&mut self) {
        let State::Finished(outcome) = &self.state else { return };
        match outcome {
            Outcome::Uploaded { .. } => return,
            // The hash may be of a file that has changed since.
            Outcome::Failed {
                reason: Failure::Mismatch(_) | Failure::HashFailed { .. }, ..
            } => {
                self.hash = Hash::None;
            }
            Outcome::Failed { .. } | Outcome::Cancelled { .. } => {}
        }
        if let Hash::Failed(_) = self.hash {
            self.hash = Hash::None;
        }
        // Told again with the next outcome: it takes the place of this one, and nobody else knows these ids.
        let left = outcome.left().clone();
        let fresh = Self::new(self.size_bytes);
        *self = Self {
            left,
            hash: std::mem::replace(&mut self.hash, Hash::None),
            online: self.online,
            next_ticket: self.next_ticket,
            last_tick: self.last_tick,
            ..fresh
        };
        self.begin();
    }

    pub(super) fn cancel(&mut self) {
        match std::mem::replace(&mut self.state, State::New) {
            State::New => self.remove_record(Then::Cancel),
            State::Creating { ticket } => {
                self.stop_hash();
                self.state = State::CreatingInVain { ticket };
            }
            State::Sending { ticket, .. } => {
                self.effects.push(Effect::AbortSend { ticket });
                self.remove_record(Then::Cancel);
            }
            State::Looking { .. }
            | State::Offline { .. }
            | State::AwaitingToken { .. }
            | State::AwaitingHash { .. } => self.remove_record(Then::Cancel),
            // A failure that is being cleaned up stays that failure; a new start is called off.
            State::Deleting { ticket, id, tries, then: Then::StartOver } => {
                self.stop_hash();
                self.state = State::Deleting { ticket, id, tries, then: Then::Cancel };
            }
            other => self.state = other,
        }
    }

    pub(super) fn signed_out(&mut self) {
        match &self.state {
            State::New | State::Finished(_) => return,
            State::Creating { .. } | State::CreatingInVain { .. } => {
                self.left.perhaps_a_record = true
            }
            State::Sending { ticket, .. } => {
                self.effects.push(Effect::AbortSend { ticket: *ticket })
            }
            State::Deleting { id, .. } => self.left.records.push(id.clone()),
            State::Looking { .. }
            | State::Offline { .. }
            | State::AwaitingToken { .. }
            | State::AwaitingHash { .. } => {}
        }
        if let Some(id) = self.record.take() {
            self.left.records.push(id);
        }
        self.fail(Failure::SignedOut);
    }

    pub(super) fn fail(&mut self, reason: Failure) {
        self.stop_hash();
        let left = std::mem::take(&mut self.left);
        self.finish(Outcome::Failed { reason, left });
    }

    pub(super) fn finish_cancelled(&mut self) {
        self.stop_hash();
        let left = std::mem::take(&mut self.left);
        self.finish(Outcome::Cancelled { left });
    }

    pub(super) fn finish(&mut self, outcome: Outcome) {
        self.state = State::Finished(outcome.clone());
        self.effects.push(Effect::Finished(outcome));
    }
}
