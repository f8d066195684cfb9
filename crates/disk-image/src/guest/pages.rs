//! The pages of a disk that are kept. Every request is counted, so that nobody goes round in circles over what is here.

use super::too_much;
use crate::read::ReadError;

/// What one fetch brings.
pub(super) const PAGE_BYTES: usize = 64 * 1024;
/// How many pages are kept: 16 MiB.
const PAGES_KEPT: usize = 256;
/// How much is served from the cache at most: ends loops over pages that are all there.
const SERVED_BYTES: u64 = 1024 * 1024 * 1024;
/// How many requests are served at most.
const REQUESTS: u32 = 1_000_000;

/// The pages of a disk that were fetched, and how much may still be asked of them.
pub(super) struct Pages {
    kept: Vec<Page>,
    clock: u64,
    missing: Option<u64>,
    bytes_left: u64,
    requests_left: u32,
}

struct Page {
    number: u64,
    used: u64,
    bytes: Vec<u8>,
}

/// Whether a request could be served.
pub(super) enum Served {
    All,
    Missing(u64),
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            clock: 0,
            missing: None,
            bytes_left: SERVED_BYTES,
            requests_left: REQUESTS,
        }
    }
}

impl Pages {
    /// Notes the first page that somebody wanted and that is not here.
    pub(super) fn note_missing(&mut self, page: u64) {
        self.missing = Some(page);
    }

    /// The page that was missed since this was last asked.
    pub(super) fn take_missing(&mut self) -> Option<u64> {
        self.missing.take()
    }

    /// Fills `into` from the pages, or says which is missing.
    pub(super) fn serve(&mut self, offset: u64, into: &mut [u8]) -> Result<Served, ReadError> {
        match (self.bytes_left.checked_sub(into.len() as u64), self.requests_left.checked_sub(1)) {
            (Some(bytes), Some(requests)) => {
                (self.bytes_left, self.requests_left) = (bytes, requests)
            }
            _ => return Err(too_much()),
        }
        let beyond = || ReadError::BeyondEnd { offset, wanted: 0 };
        let mut done = 0;
        while done < into.len() {
            let at = offset.saturating_add(done as u64);
            let (number, inside) = (at / PAGE_BYTES as u64, (at % PAGE_BYTES as u64) as usize);
            self.clock = self.clock.saturating_add(1);
            let Some(page) = self.kept.iter_mut().find(|page| page.number == number) else {
                return Ok(Served::Missing(number));
            };
            page.used = self.clock;
            let from = page.bytes.get(inside..).ok_or_else(beyond)?;
            let to = into.get_mut(done..).ok_or_else(beyond)?;
            let len = from.len().min(to.len());
            let (Some(from), Some(to)) = (from.get(..len), to.get_mut(..len)) else {
                return Err(beyond());
            };
            if len == 0 {
                return Err(beyond());
            }
            to.copy_from_slice(from);
            done = done.saturating_add(len);
        }
        Ok(Served::All)
    }

    /// Takes a page in, in the place of the one that was used longest ago.
    pub(super) fn keep(&mut self, number: u64, bytes: Vec<u8>) {
        if self.kept.len() >= PAGES_KEPT {
            let oldest = self.kept.iter().enumerate().min_by_key(|(_, page)| page.used);
            if let Some((place, _)) = oldest {
                self.kept.swap_remove(place);
            }
        }
        self.clock = self.clock.saturating_add(1);
        self.kept.push(Page { number, used: self.clock, bytes });
    }
}
