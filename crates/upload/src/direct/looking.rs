//! Looking at the image: what a break or a reply left there decides what comes next.

use std::time::Duration;

use super::{Machine, State, Then};
use crate::event::{CloudImage, CloudStatus, Effect, Ticket};
use crate::limits::{
    MOST_BREAKS, MOST_FAILED_LOOKS, PEEK_EVERY, SAVING_AFTER_PART, SAVING_AFTER_WHOLE,
    SILENT_AND_EMPTY, SILENT_AND_SAVING, backoff,
};
use crate::outcome::Failure;

impl Machine {
    pub(super) fn look(&mut self, after: Duration, after_success: bool) {
        if !self.online {
            self.state = State::Offline { after_success };
            return;
        }
        let Some(id) = self.record.clone() else { return };
        let ticket = self.ticket();
        self.state = State::Looking { ticket, after_success };
        self.effects.push(Effect::LookAtImage { ticket, id, after });
    }

    pub(super) fn seen(&mut self, of: Ticket, image: &CloudImage, now: Duration) {
        match self.state {
            State::Looking { ticket, after_success } if ticket == of => {
                self.decide(image, after_success, now)
            }
            State::Sending { ticket, silent_since, peek: Some(peek), .. } if peek == of => {
                if image.status == CloudStatus::Active {
                    self.effects.push(Effect::AbortSend { ticket });
                    self.compare(image);
                    return;
                }
                let patience = match image.status {
                    CloudStatus::Queued => SILENT_AND_EMPTY,
                    _ => SILENT_AND_SAVING,
                };
                self.peek_again(silent_since, patience, now);
            }
            _ => {}
        }
    }

    pub(super) fn peek_again(
        &mut self,
        silent_since: Option<Duration>,
        patience: Duration,
        now: Duration,
    ) {
        let silent = now.saturating_sub(silent_since.unwrap_or(now));
        if silent < patience { self.peek_later() } else { self.give_up_request() }
    }

    pub(super) fn decide(&mut self, image: &CloudImage, after_success: bool, now: Duration) {
        self.failed_looks = 0;
        let old = std::mem::take(&mut self.old_record);
        match &image.status {
            CloudStatus::Active => self.compare(image),
            CloudStatus::Saving => self.still_saving(after_success, now),
            CloudStatus::Queued => self.send_again(after_success),
            CloudStatus::Other(word) if word == "deleted" || word == "pending_delete" => {
                if old {
                    return self.create();
                }
                self.record = None;
                self.fail(Failure::Gone);
            }
            CloudStatus::Importing => {
                let status = "importing".to_owned();
                self.remove_record(Then::Fail(Failure::OddState { status }));
            }
            CloudStatus::Other(word) => {
                let status = word.clone();
                self.remove_record(Then::Fail(Failure::OddState { status }));
            }
        }
    }

    /// The image is a record without data: nothing of what was sent has been kept.
    pub(super) fn send_again(&mut self, after_success: bool) {
        if after_success {
            // Answered with success and yet empty: count it, or it would go round for ever.
            self.breaks += 1;
        }
        if self.breaks > MOST_BREAKS {
            let reason =
                Failure::KeepsBreaking { breaks: self.breaks, last: self.last_answer.take() };
            self.remove_record(Then::Fail(reason));
            return;
        }
        match &self.last_answer {
            // Glance's store refuses a second file of the same name with 500, for ever: another record is needed.
            Some((500, _)) => self.remove_record(Then::StartOver),
            _ => self.send(),
        }
    }

    /// No request of ours is in flight and yet the cloud says that it receives data.
    pub(super) fn still_saving(&mut self, after_success: bool, now: Duration) {
        let since = *self.saving_since.get_or_insert(now);
        let lasted = now.saturating_sub(since);
        let limit = if self.sent_whole { SAVING_AFTER_WHOLE } else { SAVING_AFTER_PART };
        if lasted < limit {
            self.look((lasted / 4).clamp(Duration::from_secs(1), PEEK_EVERY), after_success);
            return;
        }
        // The worker that had it is dead; Glance never ends this state by itself.
        self.saving_since = None;
        self.breaks += 1;
        if self.breaks > MOST_BREAKS {
            self.remove_record(Then::Fail(Failure::OddState { status: "saving".to_owned() }));
        } else {
            self.remove_record(Then::StartOver);
        }
    }

    pub(super) fn gone(&mut self, of: Ticket) {
        match self.state {
            // The record of an earlier run was removed meanwhile: another one.
            State::Looking { ticket, .. } if ticket == of && self.old_record => {
                self.old_record = false;
                return self.create();
            }
            State::Looking { ticket, .. } if ticket == of => {}
            State::Sending { ticket, peek: Some(peek), .. } if peek == of => {
                self.effects.push(Effect::AbortSend { ticket });
            }
            _ => return,
        }
        self.record = None;
        self.fail(Failure::Gone);
    }

    pub(super) fn look_failed(&mut self, of: Ticket, now: Duration) {
        match self.state {
            State::Looking { ticket, after_success } if ticket == of => {
                if self.online {
                    self.failed_looks += 1;
                }
                if self.failed_looks >= MOST_FAILED_LOOKS {
                    self.remove_record(Then::Fail(Failure::Unreachable));
                } else {
                    self.look(backoff(self.failed_looks), after_success);
                }
            }
            State::Sending { silent_since, peek: Some(peek), .. } if peek == of => {
                self.peek_again(silent_since, SILENT_AND_SAVING, now);
            }
            _ => {}
        }
    }
}
