//! Where a disk's data lies, found by reading it once from the beginning to the end.

use std::ops::Range;

/// Where data lies, in clusters. Feed it the disk in order, in pieces of any length.
#[derive(Clone, Debug)]
pub struct DataMap {
    cluster_bytes: u64,
    most_runs: usize,
    fed_bytes: u64,
    /// Up to here it is known what is data; then a cluster begins that is not complete.
    closed_bytes: u64,
    zero_bytes: u64,
    /// Whether that cluster holds data so far.
    open_has_data: bool,
    /// In order, with at least one cluster of zeros between two.
    runs: Vec<Range<u64>>,
}

impl DataMap {
    /// Of a disk that is `disk_bytes` long. Short runs of zeros count as data where there would be more than `most_runs`
    /// runs otherwise.
    pub fn new(disk_bytes: u64, most_runs: usize) -> Self {
        Self {
            cluster_bytes: cluster_bytes(disk_bytes),
            most_runs: most_runs.max(1),
            fed_bytes: 0,
            closed_bytes: 0,
            zero_bytes: 0,
            open_has_data: false,
            runs: Vec::new(),
        }
    }

    /// The next bytes of the disk.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.cluster_bytes - self.fed_bytes % self.cluster_bytes;
            let count = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            let (now, later) = bytes.split_at(count);
            let has_data = self.open_has_data || !is_zero(now);
            self.advance(count as u64, has_data);
            bytes = later;
        }
    }

    /// As [`DataMap::feed`] with so many zeros, where it is known without reading that they are there.
    pub fn feed_zeros(&mut self, mut count: u64) {
        while count > 0 {
            let room = self.cluster_bytes - self.fed_bytes % self.cluster_bytes;
            let now = if room == self.cluster_bytes {
                // Whole clusters at once, or what is left.
                if count < room { count } else { count - count % self.cluster_bytes }
            } else {
                room.min(count)
            };
            self.advance(now, self.open_has_data);
            count -= now;
        }
    }

    /// How much was fed.
    pub fn fed_bytes(&self) -> u64 {
        self.fed_bytes
    }

    /// How much of that need not be sent.
    pub fn zero_bytes(&self) -> u64 {
        self.zero_bytes
    }

    /// How long a cluster is.
    pub(super) fn cluster_bytes(&self) -> u64 {
        self.cluster_bytes
    }

    /// The runs of clusters that hold data, at most as many as was asked for; everything was fed.
    pub(super) fn into_runs(mut self) -> Vec<Range<u64>> {
        if !self.fed_bytes.is_multiple_of(self.cluster_bytes) {
            self.close();
        }
        self.merge();
        self.runs
    }

    /// Ends at a border of a cluster or within one.
    fn advance(&mut self, count: u64, has_data: bool) {
        self.open_has_data = has_data;
        self.fed_bytes += count;
        if self.fed_bytes.is_multiple_of(self.cluster_bytes) {
            self.close();
        }
    }

    /// What was fed since the last time is a cluster with data, or any number of clusters without.
    fn close(&mut self) {
        let first = std::mem::replace(&mut self.closed_bytes, self.fed_bytes);
        if !std::mem::take(&mut self.open_has_data) {
            self.zero_bytes += self.fed_bytes - first;
            return;
        }
        let cluster = first / self.cluster_bytes;
        match self.runs.last_mut() {
            Some(run) if run.end == cluster => run.end += 1,
            _ => self.runs.push(cluster..cluster + 1),
        }
        // Twice as many as are wanted, so that it is seldom done.
        if self.runs.len() >= self.most_runs.saturating_mul(2).max(64) {
            self.merge();
        }
    }

    /// Joins the runs that the shortest zeros part.
    fn merge(&mut self) {
        let surplus = self.runs.len().saturating_sub(self.most_runs);
        if surplus == 0 {
            return;
        }
        let mut gaps: Vec<u64> = self
            .runs
            .iter()
            .zip(self.runs.iter().skip(1))
            .map(|(run, next)| next.start - run.end)
            .collect();
        let (_, longest, _) = gaps.select_nth_unstable(surplus - 1);
        let longest = *longest;
        let shorter = gaps.iter().filter(|gap| **gap < longest).count();
        // Of those that are just as long, only as many as are needed.
        let mut of_longest = surplus - shorter;
        let mut merged: Vec<Range<u64>> = Vec::with_capacity(self.most_runs);
        for run in self.runs.drain(..) {
            let Some(last) = merged.last_mut() else {
                merged.push(run);
                continue;
            };
            let gap = run.start - last.end;
            let joins = gap < longest || (gap == longest && of_longest > 0);
            if joins {
                if gap == longest {
                    of_longest -= 1;
                }
                self.zero_bytes = self.zero_bytes.saturating_sub(gap * self.cluster_bytes);
                last.end = run.end;
            } else {
                merged.push(run);
            }
        }
        self.runs = merged;
    }
}

/// 64 KiB as `qemu-img` has it, and longer for very large disks, so that all tables together stay below 64 MiB.
fn cluster_bytes(disk_bytes: u64) -> u64 {
    const USUAL: u64 = 64 << 10;
    const LONGEST: u64 = 2 << 20;
    const MOST_CLUSTERS: u64 = 8 << 20;
    let mut bytes = USUAL;
    while bytes < LONGEST && disk_bytes / bytes > MOST_CLUSTERS {
        bytes *= 2;
    }
    bytes
}

/// Whether there is nothing but zeros. Data is mostly seen at its first bytes; zeros are looked at eight words at a time,
/// written out because the worker is compiled for size.
pub fn is_zero(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    blocks.iter().all(block_is_zero) && rest.iter().all(|byte| *byte == 0)
}

#[inline]
fn block_is_zero(block: &[u8; 64]) -> bool {
    let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
    match block.as_chunks::<8>().0 {
        [a, b, c, d, e, f, g, h] => {
            word(a) | word(b) | word(c) | word(d) | word(e) | word(f) | word(g) | word(h) == 0
        }
        _ => false,
    }
}
