//! A file in segments.

use sha2::{Digest, Sha512};

use crate::checkpoint::Checkpoint;
use crate::hex;
use crate::names::{Names, NamesHasher};

/// What to compute. Two workers share the work, and the reading: one names the segments, one hashes the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// MD5 and BLAKE3 of every segment.
    Names,
    /// SHA-512 of the whole, with a checkpoint after every segment.
    Whole,
}

/// Where to begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// The first segment that is asked about.
    pub from_segment: u64,
    /// The checkpoint after the one before it. Without one, or with one that does not fit, the SHA-512 begins at the
    /// beginning of the file.
    pub checkpoint: Vec<u8>,
}

/// A segment, hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// From 0.
    pub index: u64,
    /// As long as all, or less for the last.
    pub length_bytes: u64,
    /// Its two hashes, when they are wanted.
    pub names: Option<Names>,
    /// The whole file's SHA-512 up to its end, when that is wanted ([`Checkpoint::to_bytes`]).
    pub checkpoint: Option<Vec<u8>>,
}

/// Hashes a file that is fed in order, in windows of any length, from [`Segments::begins_at`] on.
pub struct Segments {
    segment_bytes: u64,
    from_segment: u64,
    begins_at: u64,
    /// How much of the file there was so far.
    at: u64,
    names: Option<NamesHasher>,
    whole: Option<Sha512>,
}

impl Segments {
    /// A file in segments of that length (at least one byte).
    pub fn new(segment_bytes: u64, wanted: Wanted, begin: &Begin) -> Self {
        let segment_bytes = segment_bytes.max(1);
        let first = begin.from_segment.saturating_mul(segment_bytes);
        let resumed = Checkpoint::from_bytes(&begin.checkpoint)
            .ok()
            .filter(|checkpoint| checkpoint.seen_bytes == first);
        // The same whatever is wanted: who shares the reading begins where the other does.
        let (state, begins_at) = match resumed {
            Some(checkpoint) => (checkpoint.state, first),
            None => (Sha512::new(), 0),
        };
        let (names, whole) = match wanted {
            Wanted::Names => (Some(NamesHasher::default()), None),
            Wanted::Whole => (None, Some(state)),
        };
        Self {
            segment_bytes,
            from_segment: begin.from_segment,
            begins_at,
            at: begins_at,
            names,
            whole,
        }
    }

    /// Where in the file the first window begins.
    pub fn begins_at(&self) -> u64 {
        self.begins_at
    }

    /// How far in the file we are.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next window; the segments that it completes.
    pub fn feed(&mut self, mut window: &[u8]) -> Vec<Hashed> {
        let mut done = Vec::new();
        while !window.is_empty() {
            let left = self.segment_bytes - self.at % self.segment_bytes;
            let piece = usize::try_from(left).map_or(window.len(), |left| left.min(window.len()));
            let (piece, rest) = window.split_at(piece);
            if let Some(whole) = &mut self.whole {
                whole.update(piece);
            }
            if self.is_wanted()
                && let Some(names) = &mut self.names
            {
                names.feed(piece);
            }
            let index = self.at / self.segment_bytes;
            self.at += piece.len() as u64;
            if self.at.is_multiple_of(self.segment_bytes) {
                done.extend(self.segment(index, self.segment_bytes));
            }
            window = rest;
        }
        done
    }

    /// The end of the file: the last segment if it is a short one, and the SHA-512 of the whole if that is wanted.
    pub fn finish(mut self) -> (Option<Hashed>, Option<String>) {
        let over = self.at % self.segment_bytes;
        let last = match over {
            0 => None,
            over => self.segment(self.at / self.segment_bytes, over),
        };
        (last, self.whole.map(|whole| hex(&whole.finalize())))
    }

    /// Whether the segment that we are in is asked about.
    fn is_wanted(&self) -> bool {
        self.at / self.segment_bytes >= self.from_segment
    }

    fn segment(&mut self, index: u64, length_bytes: u64) -> Option<Hashed> {
        if index < self.from_segment {
            return None;
        }
        let seen_bytes = self.at;
        Some(Hashed {
            index,
            length_bytes,
            names: self.names.as_mut().map(NamesHasher::finish),
            checkpoint: self
                .whole
                .as_ref()
                .map(|state| Checkpoint { seen_bytes, state: state.clone() }.to_bytes()),
        })
    }
}
