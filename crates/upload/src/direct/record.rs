//! Making and removing the image record, and ending the upload once it is gone.

use std::time::Duration;

use super::{Hash, Machine, State, Then};
use crate::event::{Effect, Ticket};
use crate::limits::{MOST_DELETES, backoff};
use crate::outcome::Failure;

impl Machine {
    pub(super) fn record_created(&mut self, ticket: Ticket, id: String) {
        if self.state == (State::Creating { ticket }) {
            self.record = Some(id);
            match &self.hash {
                Hash::Failed(message) => {
                    let message = message.clone();
                    self.remove_record(Then::Fail(Failure::HashFailed { message }));
                }
                _ => self.send(),
            }
        } else if self.state == (State::CreatingInVain { ticket }) {
            self.record = Some(id);
            self.remove_record(Then::Cancel);
        }
    }

    pub(super) fn no_record(&mut self, ticket: Ticket, perhaps: bool, reason: Failure) {
        let in_vain = self.state == (State::CreatingInVain { ticket });
        if !in_vain && self.state != (State::Creating { ticket }) {
            return;
        }
        self.left.perhaps_a_record |= perhaps;
        if in_vain {
            self.finish_cancelled();
        } else {
            self.fail(reason);
        }
    }

    /// Removes the record, then goes on. Tried even when the network seems gone: the user may be waiting to leave.
    pub(super) fn remove_record(&mut self, then: Then) {
        if then != Then::StartOver {
            self.stop_hash();
        }
        match self.record.take() {
            Some(id) => self.delete(id, 0, then),
            None => self.after_removal(then),
        }
    }

    pub(super) fn delete(&mut self, id: String, tries: u32, then: Then) {
        let ticket = self.ticket();
        let after = if tries == 0 { Duration::ZERO } else { backoff(tries - 1) };
        self.effects.push(Effect::DeleteRecord { ticket, id: id.clone(), after });
        self.state = State::Deleting { ticket, id, tries: tries + 1, then };
    }

    pub(super) fn deleted(&mut self, answered: Ticket, removed: bool) {
        let State::Deleting { ticket, id, tries, then } = self.state.clone() else { return };
        if ticket != answered {
            return;
        }
        if !removed && tries < MOST_DELETES {
            self.delete(id, tries, then);
            return;
        }
        if !removed {
            self.left.records.push(id);
        }
        self.after_removal(then);
    }

    pub(super) fn after_removal(&mut self, then: Then) {
        match then {
            Then::Fail(reason) => self.fail(reason),
            Then::Cancel => self.finish_cancelled(),
            Then::StartOver => self.create(),
        }
    }
}
