//! Requests that did not say whether the content is there: looking, trying again, giving up.

use std::time::Duration;

use super::contents::Presence;
use super::{Segmented, Step, names};
use crate::event::{Effect, Ticket};
use crate::outcome::Failure;
use crate::plan::HashedSegment;

/// How often in a row the same content may fail while nothing else progresses (about six minutes).
const MOST_TRIES: u32 = 12;
/// How often in a row, whichever the content, the store may break requests off or hide its answer and then say that
/// nothing arrived, while nothing else progresses: the line carries questions, so it is the store. Each may cost a segment.
const MOST_HIDDEN: u32 = 8;
/// The same when the container has a quota: then it is that.
const MOST_HIDDEN_WITH_QUOTA: u32 = 6;
/// After this many of them the container is asked what it allows.
const HIDDEN_BEFORE_LOOK: u32 = 3;
/// How often in a row a look at the same content may find nobody (nine to twelve hours): the line is down, though the
/// browser believes that it is not. It costs nothing to wait.
const MOST_LOST_LOOKS: u32 = 720;
/// The longest rest that the cloud may ask for.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);

impl Segmented {
    pub(super) fn look_at_content(&mut self, at: usize) {
        let Some(content) = self.contents.get(at) else { return };
        let name = names::segment(&self.plan.user, content.day, &content.tail);
        let ticket = self.ticket();
        self.contents.ask(at, ticket, self.token_epoch);
        self.effects.push(Effect::LookAtObject { ticket, name, after: Duration::ZERO });
    }

    pub(super) fn content_seen(&mut self, ticket: Ticket, object: Option<(u64, String)>) {
        let Some(at) = self.contents.answered(ticket) else { return };
        let Some(content) = self.contents.get(at) else { return };
        let arrived = object.is_some_and(|(size, etag)| {
            size == content.length && etag.eq_ignore_ascii_case(&content.md5)
        });
        let (lost, hidden) = (content.unclear_bytes, content.hidden);
        if arrived {
            self.is_stored(at);
            self.progressed();
        } else {
            self.resent_bytes += lost;
            self.contents.change(at, |content| {
                content.presence = Presence::Missing;
                content.confirmed = false;
                content.hidden = false;
            });
            if hidden {
                self.refused_in_secret();
            }
        }
    }

    /// A request ended without an answer, and the store, when asked, answers that nothing arrived. Until something does,
    /// one request at a time shall find out, each after a longer rest.
    fn refused_in_secret(&mut self) {
        // Those that were in flight together count once.
        if !self.online || self.ending.is_some() || self.now < self.rest_until {
            return;
        }
        self.hidden += 1;
        let most = if self.quota_bytes.is_some() { MOST_HIDDEN_WITH_QUOTA } else { MOST_HIDDEN };
        if self.hidden >= most {
            return self.fail(self.silent(crate::StoreStep::Segment));
        }
        if self.hidden >= HIDDEN_BEFORE_LOOK && !self.store_looked {
            self.store_looked = true;
            if self.step == Step::Send {
                self.goto(Step::LookAtStore);
            }
        }
        let after = self.delay(self.hidden - 1);
        self.rest_until = self.rest_until.max(self.now + after);
        self.alarm(after);
    }

    /// How many requests with data may be in flight.
    pub(super) fn width(&self) -> usize {
        let careful = if self.hidden > 1 { 1 } else { usize::MAX };
        self.pacing.limit().min(careful)
    }

    /// The store itself says so.
    pub(super) fn is_stored(&mut self, at: usize) {
        self.contents.change(at, |content| {
            content.presence = Presence::Stored;
            content.confirmed = true;
            content.doubted = false;
        });
    }

    /// The look itself was not answered.
    pub(super) fn content_unseen(&mut self, ticket: Ticket, answer: Option<(u16, String)>) {
        let Some(at) = self.contents.answered(ticket) else { return };
        if let Some((401, message)) = answer {
            let epoch =
                self.contents.get(at).map_or(self.token_epoch, |content| content.asked_epoch);
            return self.token_refused(epoch, message);
        }
        self.content_failed(at, answer, Presence::Unsure);
    }

    pub(super) fn content_failed(
        &mut self,
        at: usize,
        answer: Option<(u16, String)>,
        next: Presence,
    ) {
        self.contents.change(at, |content| content.presence = next);
        if !self.online || self.ending.is_some() {
            return;
        }
        self.breaks += 1;
        self.pacing.restart(self.now);
        let epoch = self.epoch;
        let mut tries = 0;
        self.contents.change(at, |content| {
            content.tries = if content.epoch == epoch { content.tries + 1 } else { 1 };
            content.epoch = epoch;
            tries = content.tries;
        });
        let most = if answer.is_none() { MOST_LOST_LOOKS } else { MOST_TRIES };
        if tries > self.most(most) {
            return self.exhausted(tries, answer);
        }
        let after = self.delay(tries - 1);
        let due = self.now + after;
        self.contents.change(at, |content| content.not_before = due);
        self.alarm(after);
    }

    fn exhausted(&mut self, breaks: u32, answer: Option<(u16, String)>) {
        let reason = match answer {
            None => self.silent(crate::StoreStep::Segment),
            last => Failure::KeepsBreaking { breaks, last },
        };
        self.fail(reason);
    }

    /// The store found other bytes than were hashed (422), or the browser could not read them. Once may be the line's
    /// fault or a moment's; twice is another file.
    pub(super) fn doubt(&mut self, at: usize, sent_bytes: u64) {
        self.resent_bytes += sent_bytes;
        let mut doubts = 0;
        self.contents.change(at, |content| {
            content.doubts += 1;
            content.presence = Presence::Suspect;
            doubts = content.doubts;
        });
        if doubts > 1 {
            self.source_changed();
        }
    }

    pub(super) fn hash_again(&mut self, at: usize) {
        let Some(content) = self.contents.get(at) else { return };
        let index = content.index;
        let ticket = self.ticket();
        self.contents.ask(at, ticket, self.token_epoch);
        self.effects.push(Effect::HashSample { ticket, index });
    }

    pub(super) fn suspect_hashed(&mut self, ticket: Ticket, segment: &HashedSegment) {
        let Some(at) = self.contents.of(ticket) else { return };
        let asked = self.contents.get(at).map(|content| (content.index, content.presence));
        if asked != Some((segment.index, Presence::Suspect)) {
            return;
        }
        self.contents.answered(ticket);
        if self.is_as_before(segment) {
            self.contents.change(at, |content| content.presence = Presence::Missing);
        } else {
            self.source_changed();
        }
    }

    /// The whole queue rests when the cloud asks for it: all requests go to the same place.
    pub(super) fn rest(&mut self, status: u16, retry_after: Option<Duration>) {
        let after = match retry_after {
            Some(after) => after.min(LONGEST_REST),
            None if matches!(status, 429 | 498) => self.delay(1),
            None => return,
        };
        self.rest_until = self.rest_until.max(self.now + after);
        self.alarm(after);
    }
}
