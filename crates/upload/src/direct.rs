//! The direct road: a record, then one `PUT` of the whole file, then a look whether the image is the file.
//!
//! Glance takes one body per image and cannot resume, so a break means sending everything again: to the same record,
//! which goes back to `queued` by itself. What a lost reply hid is seen by looking at the image. The rules mirror what a
//! real Glance was seen to do; each says so where it stands.
//!
//! It deliberately does not pause (a direct upload cannot) and knows nothing of segments.

use std::time::Duration;

use crate::event::{CloudImage, CloudStatus, Effect, Event, Ticket};
use crate::limits::{
    LONGEST_TICK, MOST_BREAKS, MOST_DELETES, MOST_FAILED_LOOKS, MOST_HASHES, MOST_REFUSED_TOKENS,
    PEEK_EVERY, SAVING_AFTER_PART, SAVING_AFTER_WHOLE, SILENT_AND_EMPTY, SILENT_AND_SAVING,
    STALLED_AFTER, backoff,
};
use crate::outcome::{Check, Failure, LeftBehind, Mismatch, Outcome};

/// One upload on the direct road.
#[derive(Clone, Debug)]
pub struct Machine {
    size_bytes: u64,
    state: State,
    hash: Hash,
    record: Option<String>,
    left: LeftBehind,
    online: bool,
    next_ticket: u32,
    /// Of the request in flight, or of the last one.
    sent_bytes: u64,
    /// Whether a request to this record ever sent its whole body.
    sent_whole: bool,
    breaks: u32,
    failed_looks: u32,
    refused_tokens: u32,
    failed_hashes: u32,
    saving_since: Option<Duration>,
    last_answer: Option<(u16, String)>,
    last_tick: Duration,
    effects: Vec<Effect>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    New,
    Creating {
        ticket: Ticket,
    },
    /// Cancelled while the record was being made: what comes of it must be known first.
    CreatingInVain {
        ticket: Ticket,
    },
    Sending {
        ticket: Ticket,
        stalled: Duration,
        silent_since: Option<Duration>,
        peek: Option<Ticket>,
    },
    AwaitingToken {
        ticket: Ticket,
    },
    /// No request of ours is in flight; the image's state decides what comes next. `after_success`: the last answer said
    /// that everything is there.
    Looking {
        ticket: Ticket,
        after_success: bool,
    },
    /// As `Looking`, when the network is back.
    Offline {
        after_success: bool,
    },
    /// The image is active and of our size; only our own hash is missing.
    AwaitingHash {
        theirs: Option<String>,
    },
    Deleting {
        ticket: Ticket,
        id: String,
        tries: u32,
        then: Then,
    },
    Finished(Outcome),
}

/// What comes after a record was removed (or could not be).
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    Fail(Failure),
    Cancel,
    /// Make another record and send to that.
    StartOver,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hash {
    None,
    Running(Ticket),
    Done(String),
    /// For good; what is being done has to be ended where it can be.
    Failed(String),
}

/// What a page shows of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What it is doing.
    pub phase: Phase,
    /// Of the request in flight.
    pub sent_bytes: u64,
    /// Of the file.
    pub size_bytes: u64,
    /// How often everything had to be sent again so far.
    pub breaks: u32,
    /// The image, once there is a record.
    pub image_id: Option<String>,
}

/// What an upload is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not begun.
    New,
    /// The record is being made.
    Creating,
    /// Bytes are on their way.
    Sending,
    /// Every byte has left; the cloud has not answered yet.
    AwaitingReply,
    /// The token ran out; it goes on after signing in again.
    AwaitingSignIn,
    /// Looking how the image is: after a break or a reply.
    Checking,
    /// The network is gone; it goes on by itself.
    Offline,
    /// Everything is there; the file's own hash is still being computed.
    Verifying,
    /// A record is being removed.
    CleaningUp,
    /// Over.
    Finished(Outcome),
}

impl Machine {
    /// For a file of this size.
    pub fn new(size_bytes: u64) -> Self {
        Self {
            size_bytes,
            state: State::New,
            hash: Hash::None,
            record: None,
            left: LeftBehind::default(),
            online: true,
            next_ticket: 0,
            sent_bytes: 0,
            sent_whole: false,
            breaks: 0,
            failed_looks: 0,
            refused_tokens: 0,
            failed_hashes: 0,
            saving_since: None,
            last_answer: None,
            last_tick: Duration::ZERO,
            effects: Vec::new(),
        }
    }

    /// Takes in what happened and returns what is to be done, in this order. `now` is the time since any fixed moment,
    /// from a clock that never goes back.
    pub fn handle(&mut self, event: Event, now: Duration) -> Vec<Effect> {
        match event {
            Event::Start if self.state == State::New => self.begin(),
            Event::Start => {}
            Event::Retry => self.retry(),
            Event::Cancel => self.cancel(),
            Event::SignedOut => self.signed_out(),
            Event::Tick => self.tick(now),
            Event::Offline => self.online = false,
            Event::Online => self.back_online(),
            Event::RecordCreated { ticket, id } => self.record_created(ticket, id),
            Event::RecordRefused { ticket, status, message } => {
                // Only a plain 4xx says that nothing was made: a gateway's 504 may hide a success, and so may a 201 that
                // could not be read.
                let perhaps = !(400..500).contains(&status) || status == 408;
                self.no_record(ticket, perhaps, Failure::RecordRefused { status, message });
            }
            Event::RecordUnknown { ticket } => {
                self.no_record(ticket, true, Failure::NoReplyToCreate)
            }
            Event::SendProgress { ticket, sent_bytes } => self.progress(ticket, sent_bytes),
            Event::SendDone { ticket, status, message } => self.answered(ticket, status, message),
            Event::SendBroken { ticket } => self.broken(ticket),
            Event::HashDone { ticket, sha512 } => self.hashed(ticket, sha512),
            Event::HashFailed { ticket, message } => self.hash_failed(ticket, message),
            Event::Image { ticket, image } => self.seen(ticket, &image, now),
            Event::ImageGone { ticket } => self.gone(ticket),
            Event::LookFailed { ticket } => self.look_failed(ticket, now),
            Event::TokenRenewed { ticket } => {
                if self.state == (State::AwaitingToken { ticket }) {
                    self.send();
                }
            }
            Event::RecordDeleted { ticket } => self.deleted(ticket, true),
            Event::DeleteFailed { ticket } => self.deleted(ticket, false),
        }
        std::mem::take(&mut self.effects)
    }

    /// What a page shows.
    pub fn view(&self) -> View {
        let phase = match &self.state {
            State::New => Phase::New,
            State::Creating { .. } => Phase::Creating,
            State::Sending { .. } if self.sent_bytes >= self.size_bytes => Phase::AwaitingReply,
            State::Sending { .. } => Phase::Sending,
            State::AwaitingToken { .. } => Phase::AwaitingSignIn,
            State::Looking { .. } => Phase::Checking,
            State::Offline { .. } => Phase::Offline,
            State::AwaitingHash { .. } => Phase::Verifying,
            State::CreatingInVain { .. } | State::Deleting { .. } => Phase::CleaningUp,
            State::Finished(outcome) => Phase::Finished(outcome.clone()),
        };
        View {
            phase,
            sent_bytes: self.sent_bytes,
            size_bytes: self.size_bytes,
            breaks: self.breaks,
            image_id: self.record.clone(),
        }
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Finished(outcome) => Some(outcome),
            _ => None,
        }
    }

    // ---- beginning and ending

    fn begin(&mut self) {
        if self.hash == Hash::None {
            self.start_hash();
        }
        self.create();
    }

    fn create(&mut self) {
        self.record = None;
        self.sent_bytes = 0;
        self.sent_whole = false;
        let ticket = self.ticket();
        self.state = State::Creating { ticket };
        self.effects.push(Effect::CreateRecord { ticket });
    }

    fn retry(&mut self) {
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
        // What was left behind was told with the last outcome.
        let fresh = Self::new(self.size_bytes);
        *self = Self {
            hash: std::mem::replace(&mut self.hash, Hash::None),
            online: self.online,
            next_ticket: self.next_ticket,
            last_tick: self.last_tick,
            ..fresh
        };
        self.begin();
    }

    fn cancel(&mut self) {
        match std::mem::replace(&mut self.state, State::New) {
            State::New => self.finish_cancelled(),
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

    fn signed_out(&mut self) {
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

    fn fail(&mut self, reason: Failure) {
        self.stop_hash();
        let left = std::mem::take(&mut self.left);
        self.finish(Outcome::Failed { reason, left });
    }

    fn finish_cancelled(&mut self) {
        self.stop_hash();
        let left = std::mem::take(&mut self.left);
        self.finish(Outcome::Cancelled { left });
    }

    fn finish(&mut self, outcome: Outcome) {
        self.state = State::Finished(outcome.clone());
        self.effects.push(Effect::Finished(outcome));
    }

    // ---- the record

    fn record_created(&mut self, ticket: Ticket, id: String) {
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

    fn no_record(&mut self, ticket: Ticket, perhaps: bool, reason: Failure) {
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
    fn remove_record(&mut self, then: Then) {
        if then != Then::StartOver {
            self.stop_hash();
        }
        match self.record.take() {
            Some(id) => self.delete(id, 0, then),
            None => self.after_removal(then),
        }
    }

    fn delete(&mut self, id: String, tries: u32, then: Then) {
        let ticket = self.ticket();
        let after = if tries == 0 { Duration::ZERO } else { backoff(tries - 1) };
        self.effects.push(Effect::DeleteRecord { ticket, id: id.clone(), after });
        self.state = State::Deleting { ticket, id, tries: tries + 1, then };
    }

    fn deleted(&mut self, answered: Ticket, removed: bool) {
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

    fn after_removal(&mut self, then: Then) {
        match then {
            Then::Fail(reason) => self.fail(reason),
            Then::Cancel => self.finish_cancelled(),
            Then::StartOver => self.create(),
        }
    }

    // ---- the body

    fn send(&mut self) {
        let Some(id) = self.record.clone() else { return };
        let ticket = self.ticket();
        self.sent_bytes = 0;
        self.saving_since = None;
        self.state =
            State::Sending { ticket, stalled: Duration::ZERO, silent_since: None, peek: None };
        self.effects.push(Effect::Send { ticket, id });
    }

    fn progress(&mut self, of: Ticket, sent_bytes: u64) {
        let State::Sending { ticket, stalled, .. } = &mut self.state else { return };
        if *ticket != of || sent_bytes <= self.sent_bytes {
            return;
        }
        *stalled = Duration::ZERO;
        self.sent_bytes = sent_bytes.min(self.size_bytes);
        self.sent_whole |= self.sent_bytes == self.size_bytes;
    }

    fn peek_later(&mut self) {
        let Some(id) = self.record.clone() else { return };
        let next = self.ticket();
        if let State::Sending { peek, .. } = &mut self.state {
            *peek = Some(next);
            self.effects.push(Effect::LookAtImage { ticket: next, id, after: PEEK_EVERY });
        }
    }

    fn answered(&mut self, of: Ticket, status: u16, message: String) {
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

    fn token_refused(&mut self, message: String) {
        self.refused_tokens += 1;
        if self.refused_tokens > MOST_REFUSED_TOKENS {
            self.remove_record(Then::Fail(Failure::Refused { status: 401, message }));
            return;
        }
        let ticket = self.ticket();
        self.state = State::AwaitingToken { ticket };
        self.effects.push(Effect::AwaitToken { ticket });
    }

    fn broken(&mut self, of: Ticket) {
        if matches!(&self.state, State::Sending { ticket, .. } if *ticket == of) {
            self.last_answer = None;
            self.count_break_and_look();
        }
    }

    fn tick(&mut self, now: Duration) {
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

    fn give_up_request(&mut self) {
        if let State::Sending { ticket, .. } = self.state {
            self.effects.push(Effect::AbortSend { ticket });
            self.last_answer = None;
            self.count_break_and_look();
        }
    }

    /// A break while the network is known to be gone costs nothing.
    fn count_break_and_look(&mut self) {
        if self.online {
            self.breaks += 1;
        }
        self.look(backoff(self.breaks.saturating_sub(1)), false);
    }

    fn back_online(&mut self) {
        self.online = true;
        if let State::Offline { after_success } = self.state {
            self.look(Duration::ZERO, after_success);
        }
    }

    // ---- looking at the image

    fn look(&mut self, after: Duration, after_success: bool) {
        if !self.online {
            self.state = State::Offline { after_success };
            return;
        }
        let Some(id) = self.record.clone() else { return };
        let ticket = self.ticket();
        self.state = State::Looking { ticket, after_success };
        self.effects.push(Effect::LookAtImage { ticket, id, after });
    }

    fn seen(&mut self, of: Ticket, image: &CloudImage, now: Duration) {
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

    fn peek_again(&mut self, silent_since: Option<Duration>, patience: Duration, now: Duration) {
        let silent = now.saturating_sub(silent_since.unwrap_or(now));
        if silent < patience { self.peek_later() } else { self.give_up_request() }
    }

    fn decide(&mut self, image: &CloudImage, after_success: bool, now: Duration) {
        self.failed_looks = 0;
        match &image.status {
            CloudStatus::Active => self.compare(image),
            CloudStatus::Saving => self.still_saving(after_success, now),
            CloudStatus::Queued => self.send_again(after_success),
            CloudStatus::Other(word) if word == "deleted" || word == "pending_delete" => {
                self.record = None;
                self.fail(Failure::Gone);
            }
            CloudStatus::Other(word) => {
                let status = word.clone();
                self.remove_record(Then::Fail(Failure::OddState { status }));
            }
        }
    }

    /// The image is a record without data: nothing of what was sent has been kept.
    fn send_again(&mut self, after_success: bool) {
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
    fn still_saving(&mut self, after_success: bool, now: Duration) {
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

    fn gone(&mut self, of: Ticket) {
        match self.state {
            State::Looking { ticket, .. } if ticket == of => {}
            State::Sending { ticket, peek: Some(peek), .. } if peek == of => {
                self.effects.push(Effect::AbortSend { ticket });
            }
            _ => return,
        }
        self.record = None;
        self.fail(Failure::Gone);
    }

    fn look_failed(&mut self, of: Ticket, now: Duration) {
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

    // ---- is the image the file?

    fn compare(&mut self, image: &CloudImage) {
        if image.size_bytes != Some(self.size_bytes) {
            let size =
                Mismatch::Size { ours_bytes: self.size_bytes, theirs_bytes: image.size_bytes };
            self.remove_record(Then::Fail(Failure::Mismatch(size)));
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

    fn compare_hashes(&mut self) {
        if let (State::AwaitingHash { .. }, Hash::Failed(message)) = (&self.state, &self.hash) {
            let message = message.clone();
            self.remove_record(Then::Fail(Failure::HashFailed { message }));
            return;
        }
        let (State::AwaitingHash { theirs }, Hash::Done(ours)) = (&self.state, &self.hash) else {
            return;
        };
        if theirs.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(ours)) {
            self.uploaded(Check::Verified);
        } else {
            let hashes = Mismatch::Sha512 { ours: ours.clone(), theirs: theirs.clone() };
            self.remove_record(Then::Fail(Failure::Mismatch(hashes)));
        }
    }

    fn uploaded(&mut self, check: Check) {
        let Some(id) = self.record.clone() else { return };
        let left = std::mem::take(&mut self.left);
        self.finish(Outcome::Uploaded { id, check, left });
    }

    // ---- the file's own hash

    fn start_hash(&mut self) {
        let ticket = self.ticket();
        self.hash = Hash::Running(ticket);
        self.effects.push(Effect::StartHash { ticket });
    }

    fn stop_hash(&mut self) {
        if let Hash::Running(_) = self.hash {
            self.hash = Hash::None;
            self.effects.push(Effect::StopHash);
        }
    }

    fn hashed(&mut self, of: Ticket, sha512: String) {
        if self.hash == Hash::Running(of) {
            self.hash = Hash::Done(sha512);
            self.compare_hashes();
        }
    }

    fn hash_failed(&mut self, of: Ticket, message: String) {
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

    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }
}
