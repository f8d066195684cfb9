//! What the file is made of: every distinct content once, and where it is.

use std::collections::BTreeMap;
use std::time::Duration;

use super::names::{self, Listed};
use crate::event::Ticket;
use crate::plan::HashedSegment;

/// What is known of a content's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// To be sent.
    Missing,
    /// A request ended without a clear answer: look.
    Unsure,
    /// The store found other bytes than were hashed, or the file could not be read: hash it again.
    Suspect,
    /// In the store.
    Stored,
}

/// One content, however often it is in the file.
#[derive(Clone, Debug)]
pub(super) struct Content {
    /// What its name ends with.
    pub(super) tail: String,
    pub(super) length: u64,
    pub(super) md5: String,
    /// The expiry in its name.
    pub(super) day: u64,
    /// The first segment of the file that is this.
    pub(super) index: u64,
    /// How many are; 0 for what an earlier state of the file had.
    pub(super) refs: u64,
    pub(super) presence: Presence,
    /// The store had it before this upload sent anything of it.
    pub(super) found: bool,
    /// The store itself said that it has it, not only a listing.
    pub(super) confirmed: bool,
    /// The store said that it lacks something that this may be: a listing is not believed, it may be older.
    pub(super) doubted: bool,
    /// The effect under way for it.
    pub(super) asked: Option<Ticket>,
    /// With which token it was asked.
    pub(super) asked_epoch: u32,
    pub(super) not_before: Duration,
    /// Failures in a row since anything progressed.
    pub(super) tries: u32,
    pub(super) epoch: u64,
    /// How often the store found other bytes, or the file could not be read.
    pub(super) doubts: u32,
    /// What left in the request that ended unclearly.
    pub(super) unclear_bytes: u64,
    /// That request ended without an answer.
    pub(super) hidden: bool,
}

/// All contents.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    list: Vec<Content>,
    by_tail: BTreeMap<String, usize>,
    by_ticket: BTreeMap<Ticket, usize>,
    /// The content of each segment of the file that is hashed.
    segments: Vec<usize>,
    totals: Totals,
}

/// Sums over all segments of the file that are hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) hashed: u64,
    pub(super) stored: u64,
    /// Of segments.
    pub(super) stored_segments: u64,
    pub(super) repeated: u64,
    pub(super) found: u64,
    pub(super) missing: u64,
}

impl Contents {
    /// How many segments are hashed.
    pub(super) fn hashed(&self) -> u64 {
        self.segments.len() as u64
    }

    pub(super) fn totals(&self) -> Totals {
        self.totals
    }

    pub(super) fn get(&self, at: usize) -> Option<&Content> {
        self.list.get(at)
    }

    /// Changes a content, and keeps the sums true.
    pub(super) fn change(&mut self, at: usize, how: impl FnOnce(&mut Content)) {
        if let Some(content) = self.list.get_mut(at) {
            let before = content.presence == Presence::Stored;
            how(content);
            // All else is missing, as far as sums go.
            if (content.presence == Presence::Stored) != before {
                self.sum();
            }
        }
    }

    /// The content that an effect is for.
    pub(super) fn of(&self, ticket: Ticket) -> Option<usize> {
        self.by_ticket.get(&ticket).copied()
    }

    pub(super) fn ask(&mut self, at: usize, ticket: Ticket, epoch: u32) {
        self.by_ticket.insert(ticket, at);
        self.change(at, |content| {
            content.asked = Some(ticket);
            content.asked_epoch = epoch;
        });
    }

    /// How many effects are under way for contents of which this is known.
    pub(super) fn asked(&self, presence: Presence) -> usize {
        let asked = self.by_ticket.values().filter_map(|at| self.list.get(*at));
        asked.filter(|content| content.presence == presence).count()
    }

    /// Those who were to hash something again do it no more: it has to be asked for anew.
    pub(super) fn forget_hashing_again(&mut self) {
        let list = &mut self.list;
        self.by_ticket.retain(|_, at| match list.get_mut(*at) {
            Some(content) if content.presence == Presence::Suspect => {
                content.asked = None;
                false
            }
            _ => true,
        });
    }

    /// The store said that something among these segments of the file is not there, or is another.
    pub(super) fn doubt_segments(&mut self, segments: impl Iterator<Item = u64>) {
        for index in segments {
            let at = usize::try_from(index).ok().and_then(|index| self.segments.get(index));
            if let Some(content) = at.and_then(|at| self.list.get_mut(*at)) {
                content.doubted = true;
            }
        }
    }

    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<usize> {
        let at = self.by_ticket.remove(&ticket)?;
        self.change(at, |content| content.asked = None);
        Some(at)
    }

    /// The content of a segment.
    pub(super) fn of_segment(&self, index: u64) -> Option<&Content> {
        let at = self.segments.get(usize::try_from(index).ok()?)?;
        self.list.get(*at)
    }

    /// Takes in the next segment.
    pub(super) fn add(&mut self, segment: &HashedSegment, listing: Option<&Listing>, day: u64) {
        let tail = names::tail(segment);
        let at = match self.by_tail.get(&tail) {
            Some(at) => *at,
            None => {
                self.by_tail.insert(tail.clone(), self.list.len());
                self.list.push(Content {
                    tail,
                    length: segment.length_bytes,
                    md5: segment.md5.clone(),
                    day,
                    index: segment.index,
                    refs: 0,
                    presence: Presence::Missing,
                    found: false,
                    confirmed: false,
                    doubted: false,
                    asked: None,
                    asked_epoch: 0,
                    not_before: Duration::ZERO,
                    tries: 0,
                    epoch: 0,
                    doubts: 0,
                    unclear_bytes: 0,
                    hidden: false,
                });
                self.list.len() - 1
            }
        };
        self.segments.push(at);
        if let Some(content) = self.list.get_mut(at) {
            if content.refs == 0 {
                content.index = segment.index;
                content.md5.clone_from(&segment.md5);
                if let Some(listing) = listing.filter(|_| content.asked.is_none()) {
                    content.compare_with(listing);
                }
            }
            content.refs += 1;
            let (length, presence, first) = (content.length, content.presence, content.refs == 1);
            let found = content.found;
            self.totals.hashed += length;
            self.totals.repeated += if first { 0 } else { length };
            match presence {
                Presence::Stored => {
                    self.totals.stored += length;
                    self.totals.stored_segments += 1;
                    self.totals.found += if found && first { length } else { 0 };
                }
                _ => self.totals.missing += if first { length } else { 0 },
            }
        }
    }

    /// The content of the newest segment may be in the store.
    pub(super) fn doubt_last(&mut self) {
        if let Some(at) = self.segments.last().copied() {
            self.change(at, |content| content.presence = Presence::Unsure);
        }
    }

    /// What the store has decides for everything that nothing is under way for.
    pub(super) fn compare_with(&mut self, listing: &Listing) {
        for content in self.list.iter_mut().filter(|content| content.asked.is_none()) {
            content.compare_with(listing);
        }
        self.sum();
    }

    /// The file is another one. What was stored stays known: it has to be removed some day.
    pub(super) fn forget_file(&mut self) {
        self.segments.clear();
        for content in &mut self.list {
            content.refs = 0;
            content.doubts = 0;
        }
        self.sum();
    }

    /// Nothing is under way for anything any more.
    pub(super) fn forget_asked(&mut self) {
        self.by_ticket.clear();
        for content in &mut self.list {
            content.asked = None;
            content.not_before = Duration::ZERO;
            content.tries = 0;
        }
    }

    /// What waits, waits no longer.
    pub(super) fn hurry(&mut self) {
        for content in &mut self.list {
            content.not_before = Duration::ZERO;
        }
    }

    /// What expires too soon to be built upon is sent again.
    pub(super) fn outdate(&mut self, now_unix_s: u64) {
        for content in &mut self.list {
            let short = !names::lives_long_enough(content.day, now_unix_s);
            if short && content.refs > 0 && content.presence == Presence::Stored {
                content.presence = Presence::Missing;
            }
        }
        self.sum();
    }

    /// Whether everything that is hashed is in the store.
    pub(super) fn all_stored(&self) -> bool {
        self.totals.missing == 0
    }

    /// The first content that waits for this and may be done now.
    pub(super) fn next(&self, presence: Presence, now: Duration) -> Option<usize> {
        if self.all_stored() {
            return None;
        }
        self.list.iter().position(|content| {
            content.refs > 0
                && content.presence == presence
                && content.asked.is_none()
                && content.not_before <= now
        })
    }

    /// What is in the store, or may be.
    pub(super) fn perhaps_stored(&self) -> impl Iterator<Item = &Content> {
        self.list.iter().filter(|content| content.presence != Presence::Missing)
    }

    /// It was removed from the store.
    pub(super) fn removed(&mut self, tail: &str) {
        if let Some(at) = self.by_tail.get(tail).copied() {
            self.change(at, |content| content.presence = Presence::Missing);
        }
    }

    fn sum(&mut self) {
        let mut totals = Totals::default();
        for content in self.list.iter().filter(|content| content.refs > 0) {
            let whole = content.length * content.refs;
            totals.hashed += whole;
            totals.repeated += whole - content.length;
            match content.presence {
                Presence::Stored => {
                    totals.stored += whole;
                    totals.stored_segments += content.refs;
                    totals.found += if content.found { content.length } else { 0 };
                }
                _ => totals.missing += content.length,
            }
        }
        self.totals = totals;
    }
}

/// The segments of the store, by the ends of their names.
pub(super) type Listing = BTreeMap<String, Vec<Listed>>;

impl Content {
    /// The store has it only if it found the same bytes: a name alone proves nothing, anyone of the project may write
    /// there.
    fn compare_with(&mut self, listing: &Listing) {
        let same = listing.get(&self.tail).and_then(|all| {
            all.iter()
                .filter(|listed| listed.size_bytes == self.length)
                .filter(|listed| listed.md5.eq_ignore_ascii_case(&self.md5))
                .max_by_key(|listed| listed.day)
        });
        match same {
            // Listings lag behind what was put and what was removed, for minutes on a busy store: where the store
            // itself said otherwise, it is asked about the object.
            Some(listed) => {
                self.found |= self.presence == Presence::Missing && self.unclear_bytes == 0;
                self.day = listed.day;
                self.presence = if self.doubted { Presence::Unsure } else { Presence::Stored };
            }
            None if self.may_be_there() => self.presence = Presence::Unsure,
            None => self.presence = Presence::Missing,
        }
    }

    /// Whether something of this upload says that the store has it, whatever a listing says.
    fn may_be_there(&self) -> bool {
        match self.presence {
            Presence::Stored => self.confirmed,
            Presence::Unsure => self.confirmed || self.unclear_bytes > 0,
            Presence::Missing | Presence::Suspect => false,
        }
    }
}
