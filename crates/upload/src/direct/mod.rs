//! The direct road: a record, then one `PUT` of the whole file, then a look whether the image is the file.
//!
//! Glance takes one body per image and cannot resume, so a break means sending everything again: to the same record,
//! which goes back to `queued` by itself. What a lost reply hid is seen by looking at the image. The rules mirror what a
//! real Glance was seen to do; each says so where it stands.
//!
//! It deliberately does not pause (a direct upload cannot) and knows nothing of segments.

mod comparing;
mod ending;
mod looking;
mod record;
mod sending;

use std::time::Duration;

use crate::event::{Effect, Event, Ticket};
use crate::outcome::{Failure, LeftBehind, Outcome};
use crate::view::{Phase, View};

/// One upload on the direct road.
#[derive(Clone, Debug)]
pub struct Machine {
    size_bytes: u64,
    state: State,
    hash: Hash,
    record: Option<String>,
    /// The record is of an earlier run and was not looked at yet.
    old_record: bool,
    /// A request of this run went to the record.
    sent_to: bool,
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

impl Machine {
    /// For a file of this size.
    pub fn new(size_bytes: u64) -> Self {
        Self {
            size_bytes,
            state: State::New,
            hash: Hash::None,
            record: None,
            old_record: false,
            sent_to: false,
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

    /// For a file of this size and the record that an earlier run made for it.
    pub fn again(size_bytes: u64, record: String) -> Self {
        // The earlier run may have sent everything: its cloud may still be writing.
        Self { record: Some(record), old_record: true, sent_whole: true, ..Self::new(size_bytes) }
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
            Event::SendDone { ticket, status, message, .. } => {
                self.answered(ticket, status, message)
            }
            Event::SendBroken { ticket } => self.broken(ticket),
            Event::SourceLost { ticket, message } => self.source_lost(ticket, message),
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
            // Of the other road.
            _ => {}
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
            segments: None,
        }
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Finished(outcome) => Some(outcome),
            _ => None,
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }
}
