//! The requests with data: one content each.

use std::time::Duration;

use super::contents::Presence;
use super::{Segmented, names};
use crate::event::{Effect, Ticket};
use crate::outcome::{Failure, StoreStep};

/// No byte leaves for this long: the connection is dead, though the browser has not noticed.
const STALLED_AFTER: Duration = Duration::from_secs(30);
/// All bytes have left and no reply comes. A store needs a moment for 32 MiB, not more.
const SILENT_AFTER: Duration = Duration::from_secs(120);

/// A request with data.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) ticket: Ticket,
    pub(super) content: usize,
    pub(super) sent_bytes: u64,
    pub(super) length: u64,
    pub(super) moved_at: Duration,
    epoch: u32,
}

impl Segmented {
    pub(super) fn send(&mut self, at: usize) {
        let day = names::expiry_day(self.now_unix_s());
        self.contents.change(at, |content| {
            content.day = day;
            content.found = false;
        });
        let Some(content) = self.contents.get(at).cloned() else { return };
        let ticket = self.ticket();
        self.contents.ask(at, ticket, self.token_epoch);
        if self.flights.is_empty() {
            self.pacing.restart(self.now);
        }
        self.flights.push(Flight {
            ticket,
            content: at,
            sent_bytes: 0,
            length: content.length,
            moved_at: self.now,
            epoch: self.token_epoch,
        });
        self.effects.push(Effect::SendSegment {
            ticket,
            name: names::segment(&self.plan.user, day, &content.tail),
            offset_bytes: content.index * self.plan.segment_bytes,
            length_bytes: content.length,
            md5: content.md5,
            delete_at_unix_s: names::delete_at(day),
        });
    }

    pub(super) fn flew(&mut self, ticket: Ticket, sent_bytes: u64) {
        let flying = self.flights.len();
        let Some(flight) = self.flights.iter_mut().find(|flight| flight.ticket == ticket) else {
            return;
        };
        let sent = sent_bytes.min(flight.length);
        if sent > flight.sent_bytes {
            let more = sent - flight.sent_bytes;
            flight.sent_bytes = sent;
            flight.moved_at = self.now;
            self.wire_bytes += more;
            self.pacing.moved(more, flying, self.now);
        }
    }

    fn take_flight(&mut self, ticket: Ticket) -> Option<Flight> {
        let at = self.flights.iter().position(|flight| flight.ticket == ticket)?;
        self.contents.answered(ticket);
        Some(self.flights.remove(at))
    }

    pub(super) fn landed(
        &mut self,
        ticket: Ticket,
        status: u16,
        message: String,
        retry_after: Option<Duration>,
    ) {
        if (200..300).contains(&status) {
            self.flew(ticket, u64::MAX);
        }
        let Some(flight) = self.take_flight(ticket) else { return };
        let at = flight.content;
        if let 200..=299 = status {
            self.is_stored(at);
            return self.progressed();
        }
        if self.ending.is_some() {
            return self.contents.change(at, |content| content.presence = Presence::Unsure);
        }
        self.rest(status, retry_after);
        let answer = Some((status, message.clone()));
        match status {
            401 => {
                self.resent_bytes += flight.sent_bytes;
                self.token_refused(flight.epoch, message);
            }
            404 => {
                self.resent_bytes += flight.sent_bytes;
                self.reopen(StoreStep::Segment, message);
            }
            413 => self.ask_for_room(message),
            422 => self.doubt(at, flight.sent_bytes),
            408 | 429 | 498 => {
                self.resent_bytes += flight.sent_bytes;
                self.content_failed(at, answer, Presence::Missing);
            }
            // Said by a gateway as often as by the store, and the data may be there.
            500..=599 => self.flight_unclear(&flight, answer),
            _ => {
                self.fail(Failure::StoreRefused { step: StoreStep::Segment, status, message });
            }
        }
    }

    pub(super) fn flight_broken(&mut self, ticket: Ticket) {
        if let Some(flight) = self.take_flight(ticket) {
            self.flight_unclear(&flight, None);
        }
    }

    fn flight_unclear(&mut self, flight: &Flight, answer: Option<(u16, String)>) {
        let sent = flight.sent_bytes;
        self.contents.change(flight.content, |content| {
            content.unclear_bytes = sent.max(1);
            content.hidden = answer.is_none();
        });
        self.content_failed(flight.content, answer, Presence::Unsure);
    }

    /// The file could not be read. Hashing that segment again tells whether it changed, or cannot be read at all.
    pub(super) fn source_lost(&mut self, ticket: Ticket) {
        if let Some(flight) = self.take_flight(ticket) {
            self.doubt(flight.content, flight.sent_bytes);
        }
    }

    /// Gives up requests without blame: it is known why they do not move.
    pub(super) fn abort_flights(&mut self, which: impl Fn(&Flight) -> bool) {
        let (gone, kept) = std::mem::take(&mut self.flights).into_iter().partition(which);
        self.flights = kept;
        let gone: Vec<Flight> = gone;
        for flight in gone {
            self.contents.answered(flight.ticket);
            self.effects.push(Effect::AbortSend { ticket: flight.ticket });
            let now = self.now;
            self.contents.change(flight.content, |content| {
                content.presence = Presence::Unsure;
                content.unclear_bytes = flight.sent_bytes.max(1);
                content.not_before = now;
            });
        }
        self.pacing.restart(self.now);
    }

    pub(super) fn watch_flights(&mut self) {
        if !self.online {
            return;
        }
        let now = self.now;
        let stalled = |flight: &Flight| {
            let limit =
                if flight.sent_bytes < flight.length { STALLED_AFTER } else { SILENT_AFTER };
            now.saturating_sub(flight.moved_at) >= limit
        };
        while let Some(flight) = self.flights.iter().find(|flight| stalled(flight)).cloned() {
            self.effects.push(Effect::AbortSend { ticket: flight.ticket });
            self.flight_broken(flight.ticket);
        }
    }

    /// Nothing at all was heard for a while: the computer slept, and its connections are dead.
    pub(super) fn slept(&mut self) {
        let now = self.now;
        self.abort_flights(|flight| flight.moved_at < now);
    }

    pub(super) fn pause(&mut self) {
        self.paused = true;
        self.abort_flights(|_| true);
    }

    pub(super) fn gone_offline(&mut self) {
        if self.online {
            self.online = false;
            self.offline_since = self.now;
        }
    }

    /// Goes on at once. What moved meanwhile is alive; the rest hangs on dead connections.
    pub(super) fn back_online(&mut self) {
        if self.online {
            return;
        }
        self.online = true;
        let since = self.offline_since;
        self.abort_flights(|flight| flight.moved_at <= since);
        self.contents.hurry();
        self.not_before = self.not_before.min(self.now);
    }
}
