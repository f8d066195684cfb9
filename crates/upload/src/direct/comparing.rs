//! Is the image the file? The file's own hash, and the comparison that alone may call it a success.

use super::{Hash, Machine, State, Then};
use crate::event::{CloudImage, Effect, Ticket};
use crate::limits::MOST_HASHES;
use crate::outcome::{Check, Failure, Mismatch, Outcome};

impl Machine {
    pub(super) fn compare(&mut self, image: &CloudImage) {
        if image.size_bytes != Some(self.size_bytes) {
            let size =
                Mismatch::Size { ours_bytes: self.size_bytes, theirs_bytes: image.size_bytes };
            self.differs(size);
            return;
        }
        let is_sha512 =
            image.hash_algo.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("sha512"));
        if is_sha512 {
            self.state = State::AwaitingHash { theirs: image.hash_value.clone() };
            self.compare_hashes();
        } else {
            self.stop_hash();
            self.uploaded(Check::NotComparable { algorithm: image.hash_algo.clone() });
        }
    }

    pub(super) fn compare_hashes(&mut self) {
        if let (State::AwaitingHash { .. }, Hash::Failed(message)) = (&self.state, &self.hash) {
            let message = message.clone();
            if self.sent_to {
                self.remove_record(Then::Fail(Failure::HashFailed { message }));
            } else {
                self.leave_record(Failure::HashFailed { message });
            }
            return;
        }
        let (State::AwaitingHash { theirs }, Hash::Done(ours)) = (&self.state, &self.hash) else {
            return;
        };
        if theirs.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(ours)) {
            self.uploaded(Check::Verified);
        } else {
            let hashes = Mismatch::Sha512 { ours: ours.clone(), theirs: theirs.clone() };
            self.differs(hashes);
        }
    }

    fn differs(&mut self, how: Mismatch) {
        if self.sent_to {
            self.remove_record(Then::Fail(Failure::Mismatch(how)));
        } else {
            self.leave_record(Failure::SourceChanged);
        }
    }

    /// The image was made by an earlier run, of the file as it was then: it is no broken one, and not ours to delete.
    fn leave_record(&mut self, reason: Failure) {
        self.left.records.extend(self.record.take());
        self.fail(reason);
    }

    pub(super) fn uploaded(&mut self, check: Check) {
        let Some(id) = self.record.clone() else { return };
        let left = std::mem::take(&mut self.left);
        self.finish(Outcome::Uploaded { id, check, left });
    }

    pub(super) fn start_hash(&mut self) {
        let ticket = self.ticket();
        self.hash = Hash::Running(ticket);
        self.effects.push(Effect::StartHash { ticket });
    }

    pub(super) fn stop_hash(&mut self) {
        if let Hash::Running(_) = self.hash {
            self.hash = Hash::None;
            self.effects.push(Effect::StopHash);
        }
    }

    pub(super) fn hashed(&mut self, of: Ticket, sha512: String) {
        if self.hash == Hash::Running(of) {
            self.hash = Hash::Done(sha512);
            self.compare_hashes();
        }
    }

    pub(super) fn hash_failed(&mut self, of: Ticket, message: String) {
        if self.hash != Hash::Running(of) {
            return;
        }
        self.hash = Hash::None;
        self.failed_hashes += 1;
        if self.failed_hashes < MOST_HASHES {
            self.start_hash();
            return;
        }
        // What cannot be read to its end cannot be sent to its end, and could never be verified.
        self.hash = Hash::Failed(message.clone());
        let reason = Failure::HashFailed { message };
        match &self.state {
            State::Sending { ticket, .. } => {
                self.effects.push(Effect::AbortSend { ticket: *ticket });
                self.remove_record(Then::Fail(reason));
            }
            State::Looking { .. }
            | State::Offline { .. }
            | State::AwaitingToken { .. }
            | State::AwaitingHash { .. } => self.remove_record(Then::Fail(reason)),
            State::Deleting { ticket, id, tries, then: Then::StartOver } => {
                self.state = State::Deleting {
                    ticket: *ticket,
                    id: id.clone(),
                    tries: *tries,
                    then: Then::Fail(reason),
                };
            }
            // A record that is being made is removed when it is known; the rest is ending already.
            State::New
            | State::Creating { .. }
            | State::CreatingInVain { .. }
            | State::Deleting { .. }
            | State::Finished(_) => {}
        }
    }
}
