//! A source read in windows that are kept for a while, so that many small reads cost few large ones.

use std::cell::RefCell;

use crate::read::{ReadAt, ReadError};

/// One window, in bytes: what a browser reads from a file in about a millisecond.
const WINDOW_BYTES: u64 = 128 * 1024;
/// How many windows are kept: 4 MiB altogether.
const MOST_WINDOWS: usize = 32;

/// Reads `source` in aligned windows and keeps the last ones that were used.
pub struct Windows<S> {
    source: S,
    /// The one used last is the last.
    kept: RefCell<Vec<Window>>,
}

struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl<S: ReadAt> Windows<S> {
    /// Around `source`; nothing is read yet.
    pub fn new(source: S) -> Self {
        Self { source, kept: RefCell::new(Vec::new()) }
    }

    /// What it reads from, without what was kept.
    pub fn into_source(self) -> S {
        self.source
    }

    /// Puts the window that begins at `start` last in `kept`.
    fn fetch(&self, start: u64) -> Result<(), ReadError> {
        let mut kept = self.kept.borrow_mut();
        if let Some(place) = kept.iter().position(|window| window.start == start) {
            let window = kept.remove(place);
            kept.push(window);
            return Ok(());
        }
        // The memory of the one that was not used for longest is used again.
        let mut bytes = match kept.len() {
            MOST_WINDOWS.. => kept.remove(0).bytes,
            _ => Vec::new(),
        };
        let length = WINDOW_BYTES.min(self.source.len_bytes().saturating_sub(start));
        bytes.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        self.source.read_at(start, &mut bytes)?;
        kept.push(Window { start, bytes });
        Ok(())
    }
}

impl<S: ReadAt> ReadAt for Windows<S> {
    fn len_bytes(&self) -> u64 {
        self.source.len_bytes()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let beyond = ReadError::BeyondEnd { offset, wanted: into.len() };
        let end = offset.checked_add(into.len() as u64).ok_or(beyond.clone())?;
        if end > self.source.len_bytes() {
            return Err(beyond);
        }
        // What would push out every window goes past them.
        if into.len() as u64 > WINDOW_BYTES * 8 {
            return self.source.read_at(offset, into);
        }
        let mut at = offset;
        let mut left = into;
        while !left.is_empty() {
            let start = at - at % WINDOW_BYTES;
            self.fetch(start)?;
            let kept = self.kept.borrow();
            let from = usize::try_from(at - start).unwrap_or(usize::MAX);
            let rest = kept.last().and_then(|window| window.bytes.get(from..)).unwrap_or_default();
            let count = rest.len().min(left.len());
            let (now, later) = left.split_at_mut(count);
            let (Some(rest), true) = (rest.get(..count), count > 0) else {
                return Err(beyond);
            };
            now.copy_from_slice(rest);
            at += count as u64;
            left = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    struct Counted(Vec<u8>, Cell<usize>);

    impl ReadAt for Counted {
        fn len_bytes(&self) -> u64 {
            self.0.len() as u64
        }
        fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
            self.1.set(self.1.get() + 1);
            self.0.as_slice().read_at(offset, into)
        }
    }

    fn disk(len: usize) -> Windows<Counted> {
        let bytes = (0..len).map(|at| (at / 7 % 251) as u8).collect();
        Windows::new(Counted(bytes, Cell::new(0)))
    }

    #[test]
    fn small_reads_side_by_side_cost_one() {
        let disk = disk(1_000_000);
        let mut byte = [0];
        for offset in 0..2000 {
            disk.read_at(offset, &mut byte).unwrap();
            assert_eq!(byte[0], (offset / 7 % 251) as u8);
        }
        assert_eq!(disk.source.1.get(), 1);
    }

    #[test]
    fn every_place_and_length_reads_what_is_there() {
        let disk = disk(700_001);
        for (offset, len) in
            [(0, 700_001), (131_071, 2), (131_072, 131_072), (700_000, 1), (5, 300_000), (0, 0)]
        {
            let mut bytes = vec![0; len];
            disk.read_at(offset as u64, &mut bytes).unwrap();
            assert_eq!(bytes, disk.source.0[offset..offset + len], "{len} at {offset}");
        }
    }

    #[test]
    fn reading_beyond_the_end_is_refused() {
        let disk = disk(1000);
        let wanted = Err(ReadError::BeyondEnd { offset: 999, wanted: 2 });
        assert_eq!(disk.read_at(999, &mut [0; 2]), wanted);
        assert!(disk.read_at(u64::MAX, &mut [0; 2]).is_err());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let disk = disk(10_000_000);
        for offset in (0..10_000_000).step_by(100_000) {
            disk.read_at(offset, &mut [0; 16]).unwrap();
        }
        assert_eq!(disk.kept.borrow().len(), MOST_WINDOWS);
    }
}
