//! The one request with the whole file: progress, answer, break, silence.

use std::time::Duration;

use super::{Hash, Machine, State, Then};
use crate::event::{Effect, Ticket};
use crate::limits::{LONGEST_TICK, MOST_REFUSED_TOKENS, PEEK_EVERY, STALLED_AFTER, backoff};
use crate::outcome::Failure;

impl Machine {
    pub(super) fn send(&mut self) {
        let Some(id) = self.record.clone() else { return };
        let ticket = self.ticket();
        self.sent_to = true;
        self.sent_bytes = 0;
        self.saving_since = None;
        self.state =
            State::Sending { ticket, stalled: Duration::ZERO, silent_since: None, peek: None };
        self.effects.push(Effect::Send { ticket, id });
    }

    pub(super) fn progress(&mut self, of: Ticket, sent_bytes: u64) {
        let State::Sending { ticket, stalled, .. } = &mut self.state else { return };
        if *ticket != of || sent_bytes <= self.sent_bytes {
            return;
        }
        *stalled = Duration::ZERO;
        self.sent_bytes = sent_bytes.min(self.size_bytes);
        self.sent_whole |= self.sent_bytes == self.size_bytes;
    }

    pub(super) fn peek_later(&mut self) {
        let Some(id) = self.record.clone() else { return };
        let next = self.ticket();
        if let State::Sending { peek, .. } = &mut self.state {
            *peek = Some(next);
            self.effects.push(Effect::LookAtImage { ticket: next, id, after: PEEK_EVERY });
        }
    }

    pub(super) fn answered(&mut self, of: Ticket, status: u16, message: String) {
        if !matches!(&self.state, State::Sending { ticket, .. } if *ticket == of) {
            return;
        }
        if status != 401 {
            self.refused_tokens = 0;
        }
        match status {
            200..=299 => {
                self.sent_whole = true;
                self.last_answer = None;
                self.look(Duration::ZERO, true);
            }
            401 => self.token_refused(message),
            410 => {
                self.record = None;
                self.fail(Failure::Gone);
            }
            415 => self.remove_record(Then::Fail(Failure::ContentRefused { message })),
            // 409: an earlier request of ours (or the browser's own repetition) may have arrived whole.
            // 408, 429, 5xx: said by a gateway as often as by Glance, and the data may be there.
            408 | 409 | 429 | 500..=599 => {
                self.last_answer = Some((status, message));
                self.count_break_and_look();
            }
            _ => self.remove_record(Then::Fail(Failure::Refused { status, message })),
        }
    }

    pub(super) fn token_refused(&mut self, message: String) {
        self.refused_tokens += 1;
        if self.refused_tokens > MOST_REFUSED_TOKENS {
            self.remove_record(Then::Fail(Failure::Refused { status: 401, message }));
            return;
        }
        let ticket = self.ticket();
        self.state = State::AwaitingToken { ticket };
        self.effects.push(Effect::AwaitToken { ticket });
    }

    pub(super) fn broken(&mut self, of: Ticket) {
        if matches!(&self.state, State::Sending { ticket, .. } if *ticket == of) {
            self.last_answer = None;
            self.count_break_and_look();
        }
    }

    /// Sending again would break again. But what left whole and is hashed needs the file no more.
    pub(super) fn source_lost(&mut self, of: Ticket, message: String) {
        if !matches!(&self.state, State::Sending { ticket, .. } if *ticket == of) {
            return;
        }
        if self.sent_bytes >= self.size_bytes && matches!(self.hash, Hash::Done(_)) {
            self.broken(of);
            return;
        }
        self.stop_hash();
        self.hash = Hash::Failed(message.clone());
        self.remove_record(Then::Fail(Failure::HashFailed { message }));
    }

    pub(super) fn tick(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.last_tick).min(LONGEST_TICK);
        self.last_tick = now;
        let State::Sending { stalled, silent_since, peek, .. } = &mut self.state else { return };
        if self.sent_bytes >= self.size_bytes {
            // After the last byte silence is normal: Glance answers when its store is done. But the reply may be lost
            // and the connection hang for hours, so we look from time to time.
            if silent_since.is_none() {
                *silent_since = Some(now);
            }
            if peek.is_none() {
                self.peek_later();
            }
            return;
        }
        if self.online {
            *stalled += passed;
            if *stalled >= STALLED_AFTER {
                self.give_up_request();
            }
        }
    }

    pub(super) fn give_up_request(&mut self) {
        if let State::Sending { ticket, .. } = self.state {
            self.effects.push(Effect::AbortSend { ticket });
            self.last_answer = None;
            self.count_break_and_look();
        }
    }

    /// A break while the network is known to be gone costs nothing.
    pub(super) fn count_break_and_look(&mut self) {
        if self.online {
            self.breaks += 1;
        }
        self.look(backoff(self.breaks.saturating_sub(1)), false);
    }

    pub(super) fn back_online(&mut self) {
        self.online = true;
        if let State::Offline { after_success } = self.state {
            self.look(Duration::ZERO, after_success);
        }
    }
}
