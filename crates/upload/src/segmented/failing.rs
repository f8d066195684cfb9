//! What goes wrong with any step: tokens, silence, room, a container that vanished; and how often it is tried again.

use std::time::Duration;

use super::pacing;
use super::{Segmented, Step};
use crate::event::{Effect, Ticket};
use crate::limits::MOST_REFUSED_TOKENS;
use crate::outcome::{Failure, StoreStep};
use crate::plan::Patience;

/// How often the container may vanish.
const MOST_REOPENS: u32 = 3;

/// Whether a repetition may bring another answer. 498 is Swift's rate limit; no status at all is a break, or an answer
/// that the browser hid.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 498 | 500..=599)
}

impl Segmented {
    /// Something was done that need not be done again: all patience is new.
    pub(super) fn progressed(&mut self) {
        self.epoch += 1;
        self.refused_tokens = 0;
        self.hidden = 0;
    }

    /// How often something may fail in a row.
    pub(super) fn most(&self, usual: u32) -> u32 {
        if self.plan.patience == Patience::Canary { 0 } else { usual }
    }

    pub(super) fn delay(&self, attempt: u32) -> Duration {
        pacing::delay(attempt, self.plan.seed.wrapping_add(u64::from(self.next_ticket)))
    }

    /// Tries the step again later, or says that it was tried often enough. While the network is known to be gone it
    /// costs nothing.
    pub(super) fn try_again(&mut self, step: Step, usual: u32) -> bool {
        if self.online || self.ending.is_some() {
            self.tries += 1;
        }
        if self.tries > self.most(usual) {
            return false;
        }
        let after = if self.tries == 0 { Duration::ZERO } else { self.delay(self.tries - 1) };
        self.step_after(step, after);
        true
    }

    /// One renewal for all: whoever was refused with a token of before just asks again.
    pub(super) fn token_refused(&mut self, epoch: u32, message: String) {
        if epoch < self.token_epoch || self.token.is_some() {
            return;
        }
        self.refused_tokens += 1;
        if self.refused_tokens > MOST_REFUSED_TOKENS {
            if self.ending.is_some() {
                return self.finish();
            }
            return self.fail(Failure::Refused { status: 401, message });
        }
        let ticket = self.ticket();
        self.token = Some(ticket);
        self.effects.push(Effect::AwaitToken { ticket });
    }

    pub(super) fn token_renewed(&mut self, ticket: Ticket) {
        if self.token == Some(ticket) {
            self.token = None;
            self.token_epoch += 1;
        }
    }

    /// What is still to be sent, as far as is known: what is not hashed yet counts whole.
    pub(super) fn missing_bytes(&self) -> u64 {
        let totals = self.contents.totals();
        totals.missing + self.plan.size_bytes.saturating_sub(totals.hashed)
    }

    pub(super) fn silent(&self, step: StoreStep) -> Failure {
        let missing_bytes = self.missing_bytes();
        Failure::StoreSilent { step, quota_bytes: self.quota_bytes, missing_bytes }
    }

    /// 413: what the container allows is worth knowing before it is said.
    pub(super) fn ask_for_room(&mut self, message: String) {
        if self.full.is_none() {
            self.full = Some(message);
            self.goto(Step::LookAtStore);
        }
    }

    pub(super) fn store_seen(
        &mut self,
        ticket: Ticket,
        quota_bytes: Option<u64>,
        used_bytes: Option<u64>,
    ) {
        if self.asked != Some(ticket) || self.step != Step::LookAtStore {
            return;
        }
        self.quota_bytes = quota_bytes;
        let missing_bytes = self.missing_bytes();
        let needed = missing_bytes.saturating_add(used_bytes.unwrap_or(0));
        let too_much = quota_bytes.is_some_and(|quota| needed > quota);
        match self.full.take() {
            Some(message) => self.fail(Failure::StoreFull { missing_bytes, quota_bytes, message }),
            None if too_much => {
                let message = String::new();
                self.fail(Failure::StoreFull { missing_bytes, quota_bytes, message });
            }
            None => self.goto(Step::Send),
        }
    }

    /// The container does not say what it allows.
    pub(super) fn store_unseen(&mut self) {
        match self.full.take() {
            Some(message) => {
                let (missing_bytes, quota_bytes) = (self.missing_bytes(), self.quota_bytes);
                self.fail(Failure::StoreFull { missing_bytes, quota_bytes, message });
            }
            None => self.goto(Step::Send),
        }
    }

    /// 404 where something was to be put: the container is gone, with all that was in it.
    pub(super) fn reopen(&mut self, step: StoreStep, message: String) {
        if !self.opened {
            return;
        }
        self.reopened += 1;
        if self.reopened > self.most(MOST_REOPENS) {
            return self.fail(Failure::StoreRefused { step, status: 404, message });
        }
        self.abort_flights(|_| true);
        self.full = None;
        self.opened = false;
        self.lease_day = None;
        self.listing = None;
        let next = self.preparation();
        self.goto(next);
    }
}
