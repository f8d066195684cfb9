//! The file's hashes: of every segment for its name, of the whole for the comparison at the end.
//!
//! Hashing runs ahead of sending as fast as it can. What is known of an earlier run is used after three segments, chosen
//! by the seed, were hashed again and are the same: name, size and date of a file prove nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::pacing::mix;
use super::{Segmented, names};
use crate::event::{Effect, Ticket};
use crate::limits::MOST_HASHES;
use crate::outcome::Failure;
use crate::plan::{HashedSegment, Note, Resume};

/// How many segments of an earlier run are hashed again.
const SAMPLES: u64 = 3;

#[derive(Clone, Debug, Default)]
pub(super) struct Hashing {
    running: Option<Ticket>,
    /// The next segment of the run.
    next: u64,
    /// SHA-512 may go on from before this segment.
    checkpoint_at: u64,
    checkpoint: Vec<u8>,
    pub(super) sha512: Option<String>,
    failures: u32,
    samples_left: BTreeSet<u64>,
    samples: BTreeMap<Ticket, u64>,
    /// What an earlier run knew turned out to be of another file.
    pub(super) forgotten: bool,
}

impl Hashing {
    /// Whether what is known may be built upon.
    pub(super) fn is_trusted(&self) -> bool {
        self.samples_left.is_empty() && self.samples.is_empty()
    }
}

impl Segmented {
    /// Takes over what an earlier run knew.
    pub(super) fn adopt(&mut self, resume: &Resume) {
        let count = self.segment_count();
        let day = names::expiry_day(self.now_unix_s());
        for segment in &resume.hashed {
            let index = self.contents.hashed();
            let fits = segment.index == index && segment.length_bytes == self.length_of(index);
            if !fits || index >= count {
                break;
            }
            self.contents.add(segment, None, day);
            // It may be there, whatever day its name says; the listing tells.
            self.contents.doubt_last();
            // The last segment is hashed again if the whole was not: there must be something to go on with.
            if !segment.checkpoint.is_empty() && index + 1 < count {
                self.hashing.checkpoint_at = index + 1;
                self.hashing.checkpoint.clone_from(&segment.checkpoint);
            }
        }
        let known = self.contents.hashed();
        self.hashing.sha512 = resume.sha512.clone().filter(|_| known == count);
        for n in 0..SAMPLES.min(known) {
            let mut index = mix(self.plan.seed.wrapping_add(n)) % known;
            while !self.hashing.samples_left.insert(index) {
                index = (index + 1) % known;
            }
        }
    }

    /// The length of a segment; 0 behind the end.
    pub(super) fn length_of(&self, index: u64) -> u64 {
        let begin = index.saturating_mul(self.plan.segment_bytes);
        self.plan.size_bytes.saturating_sub(begin).min(self.plan.segment_bytes)
    }

    fn is_hashed(&self) -> bool {
        self.hashing.sha512.is_some() && self.contents.hashed() == self.segment_count()
    }

    /// Starts or stops hashing, as things are.
    pub(super) fn run_hashing(&mut self) {
        if self.ending.is_some() || self.paused || self.pacing.waits_its_turn() {
            return self.stop_hashing();
        }
        for index in std::mem::take(&mut self.hashing.samples_left) {
            let ticket = self.ticket();
            self.hashing.samples.insert(ticket, index);
            self.effects.push(Effect::HashSample { ticket, index });
        }
        if !self.hashing.is_trusted() || self.hashing.running.is_some() || self.is_hashed() {
            return;
        }
        let ticket = self.ticket();
        self.hashing.running = Some(ticket);
        self.hashing.next = self.hashing.checkpoint_at;
        self.effects.push(Effect::HashSegments {
            ticket,
            from: self.hashing.checkpoint_at,
            checkpoint: self.hashing.checkpoint.clone(),
        });
    }

    /// What is hashed by then stays known; samples are asked for again.
    pub(super) fn stop_hashing(&mut self) {
        if self.hashing.running.is_none() && self.hashing.samples.is_empty() {
            return;
        }
        self.hashing.running = None;
        let open = std::mem::take(&mut self.hashing.samples);
        self.hashing.samples_left.extend(open.into_values());
        self.contents.forget_hashing_again();
        self.effects.push(Effect::StopHash);
    }

    pub(super) fn segment_hashed(&mut self, ticket: Ticket, segment: HashedSegment) {
        if self.hashing.running == Some(ticket) {
            self.next_hashed(segment);
        } else if self.hashing.samples.get(&ticket) == Some(&segment.index) {
            self.sample_hashed(ticket, &segment);
        } else {
            self.suspect_hashed(ticket, &segment);
        }
    }

    fn next_hashed(&mut self, segment: HashedSegment) {
        let index = segment.index;
        if index != self.hashing.next {
            return;
        }
        let fits = segment.length_bytes == self.length_of(index) && segment.length_bytes > 0;
        if !fits || (index < self.contents.hashed() && !self.is_as_before(&segment)) {
            return self.source_changed();
        }
        self.hashing.next += 1;
        self.hashing.failures = 0;
        if !segment.checkpoint.is_empty() {
            self.hashing.checkpoint_at = index + 1;
            self.hashing.checkpoint.clone_from(&segment.checkpoint);
        }
        if index == self.contents.hashed() {
            let day = names::expiry_day(self.now_unix_s());
            self.contents.add(&segment, self.listing.as_ref(), day);
            self.effects.push(Effect::Note(Note::Segment(segment)));
        }
    }

    pub(super) fn is_as_before(&self, segment: &HashedSegment) -> bool {
        self.contents.of_segment(segment.index).is_some_and(|content| {
            content.tail == names::tail(segment) && content.md5.eq_ignore_ascii_case(&segment.md5)
        })
    }

    fn sample_hashed(&mut self, ticket: Ticket, segment: &HashedSegment) {
        self.hashing.samples.remove(&ticket);
        self.hashing.failures = 0;
        if !self.is_as_before(segment) {
            self.forget_file();
            self.hashing.forgotten = true;
        }
    }

    pub(super) fn file_hashed(&mut self, ticket: Ticket, sha512: String) {
        if self.hashing.running != Some(ticket) {
            return;
        }
        if self.contents.hashed() < self.segment_count() {
            return self.hash_failed(ticket, String::new());
        }
        self.hashing.running = None;
        self.hashing.sha512 = Some(sha512.clone());
        self.effects.push(Effect::Note(Note::Sha512(sha512)));
    }

    pub(super) fn hash_failed(&mut self, ticket: Ticket, message: String) {
        if self.hashing.running == Some(ticket) {
            self.hashing.running = None;
        } else if let Some(index) = self.hashing.samples.remove(&ticket) {
            self.hashing.samples_left.insert(index);
        } else if self.contents.answered(ticket).is_some() {
            return self.fail(Failure::HashFailed { message });
        } else {
            return;
        }
        self.hashing.failures += 1;
        if self.hashing.failures >= MOST_HASHES {
            self.fail(Failure::HashFailed { message });
        }
    }

    /// What was hashed is void.
    pub(super) fn forget_file(&mut self) {
        self.stop_hashing();
        self.hashing = Hashing::default();
        self.contents.forget_file();
        self.effects.push(Effect::Note(Note::Forget));
    }

    pub(super) fn source_changed(&mut self) {
        self.forget_file();
        self.fail(Failure::SourceChanged);
    }
}
