//! The qcow2 file that holds a raw disk's data and nothing of its zeros (QEMU `docs/interop/qcow2.rst`).
//!
//! In this order: the header, the refcount table and its blocks, the L1 table, those L2 tables that are needed, and then
//! the data's clusters in the order of the disk. So each run of data is one slice of the raw file.

use std::ops::Range;

use super::{DataMap, Saving};

/// A piece of the file; all of them together, in order, are the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Written(Vec<u8>),
    /// These bytes of the raw file.
    Slice {
        /// From here.
        start: u64,
        /// Up to here.
        end: u64,
    },
    /// So many zeros: the rest of the last cluster.
    Zeros(u64),
}

/// A qcow2 file that is not written yet.
#[derive(Clone, Debug)]
pub struct Plan {
    file_bytes: u64,
    disk_bytes: u64,
    cluster_bytes: u64,
    /// Of the disk, in clusters.
    runs: Vec<Range<u64>>,
    layout: Layout,
}

/// Where the parts of the file begin, in clusters. The header is cluster 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    refcount_table: u64,
    refcount_blocks: u64,
    l1: u64,
    l1_entries: u64,
    l2: u64,
    data: u64,
    end: u64,
}

const VERSION: u32 = 3;
const HEADER_BYTES: u32 = 104;
/// Refcounts of 2 to the power of 4 bits, as `qemu-img` has them.
const REFCOUNT_ORDER: u32 = 4;
const REFCOUNT_BYTES: u64 = 2;
const ENTRY_BYTES: u64 = 8;
const SECTOR_BYTES: u64 = 512;
/// "Refcount is exactly one": only such clusters are written in place.
const COPIED: u64 = 1 << 63;

impl Plan {
    /// For a raw disk whose every byte was fed to `map`; `file_bytes` is how long the file around it is (a fixed VHD is a
    /// raw disk and a footer). `None` for a disk without a byte.
    pub fn new(map: DataMap, file_bytes: u64) -> Option<Self> {
        let disk_bytes = map.fed_bytes();
        if disk_bytes == 0 {
            return None;
        }
        let cluster_bytes = map.cluster_bytes();
        let runs = map.into_runs();
        let layout = Layout::of(disk_bytes, cluster_bytes, &runs);
        Some(Self { file_bytes, disk_bytes, cluster_bytes, runs, layout })
    }

    /// What it saves.
    pub fn saving(&self) -> Saving {
        Saving {
            file_bytes: self.file_bytes,
            send_bytes: self.layout.end * self.cluster_bytes,
            virtual_size_bytes: self.virtual_size_bytes(),
            slices: u32::try_from(self.runs.len()).unwrap_or(u32::MAX),
        }
    }

    /// The pieces, each made when it is asked for: the tables of a large disk are never in memory together.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> {
        let blocks = self.layout.l1 - self.layout.refcount_blocks;
        std::iter::once(self.header())
            .chain(std::iter::once(self.refcount_table()))
            .chain((0..blocks).map(|block| self.refcount_block(block)))
            .chain(std::iter::once(self.l1_table()))
            .chain(self.l2_tables())
            .map(Piece::Written)
            .chain(self.runs.iter().map(|run| Piece::Slice {
                start: run.start * self.cluster_bytes,
                end: (run.end * self.cluster_bytes).min(self.disk_bytes),
            }))
            .chain(self.tail())
    }

    /// Disks are counted in sectors: the rest of the last one reads as zeros, as QEMU does with a raw file.
    fn virtual_size_bytes(&self) -> u64 {
        self.disk_bytes.next_multiple_of(SECTOR_BYTES)
    }

    fn header(&self) -> Vec<u8> {
        let at = |cluster: u64| cluster * self.cluster_bytes;
        let layout = &self.layout;
        let refcount_table_clusters = layout.refcount_blocks - layout.refcount_table;
        let mut bytes = Vec::new();
        bytes.extend(b"QFI\xfb");
        bytes.extend(VERSION.to_be_bytes());
        bytes.extend([0; 8 + 4]); // no backing file: offset, length of its name
        bytes.extend(self.cluster_bytes.trailing_zeros().to_be_bytes());
        bytes.extend(self.virtual_size_bytes().to_be_bytes());
        bytes.extend(0_u32.to_be_bytes()); // not encrypted
        bytes.extend(word(layout.l1_entries).to_be_bytes());
        bytes.extend(at(layout.l1).to_be_bytes());
        bytes.extend(at(layout.refcount_table).to_be_bytes());
        bytes.extend(word(refcount_table_clusters).to_be_bytes());
        bytes.extend([0; 4 + 8]); // no snapshots: count, offset
        bytes.extend([0; 3 * 8]); // no features: incompatible, compatible, autoclear
        bytes.extend(REFCOUNT_ORDER.to_be_bytes());
        bytes.extend(HEADER_BYTES.to_be_bytes());
        // The zeros that follow are the end of the header extensions.
        self.padded(bytes)
    }

    fn refcount_table(&self) -> Vec<u8> {
        let blocks = self.layout.refcount_blocks..self.layout.l1;
        self.padded(
            blocks.flat_map(|cluster| (cluster * self.cluster_bytes).to_be_bytes()).collect(),
        )
    }

    /// Every cluster of the file is used once.
    fn refcount_block(&self, block: u64) -> Vec<u8> {
        let entries = self.cluster_bytes / REFCOUNT_BYTES;
        let used = self.layout.end.saturating_sub(block * entries).min(entries);
        self.padded((0..used).flat_map(|_| 1_u16.to_be_bytes()).collect())
    }

    fn l1_table(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (place, table) in (self.layout.l2..).zip(self.needed_tables()) {
            bytes.resize(size(table * ENTRY_BYTES), 0);
            bytes.extend(((place * self.cluster_bytes) | COPIED).to_be_bytes());
        }
        bytes.resize(size(self.layout.l1_entries * ENTRY_BYTES), 0);
        self.padded(bytes)
    }

    /// The L2 tables that hold data, in order. Each is filled from the run where the one before stopped.
    fn l2_tables(&self) -> impl Iterator<Item = Vec<u8>> {
        let entries = entries(self.cluster_bytes);
        let mut runs = self.runs.iter().cloned().peekable();
        let mut data = self.layout.data;
        self.needed_tables().map(move |table| {
            let first = table * entries;
            let end = first + entries;
            let mut bytes = Vec::with_capacity(size(self.cluster_bytes));
            while let Some(run) = runs.peek_mut() {
                if run.start >= end {
                    break;
                }
                bytes.resize(size((run.start - first) * ENTRY_BYTES), 0);
                let here = run.end.min(end);
                for _ in run.start..here {
                    bytes.extend(((data * self.cluster_bytes) | COPIED).to_be_bytes());
                    data += 1;
                }
                run.start = here;
                if run.is_empty() {
                    runs.next();
                }
            }
            self.padded(bytes)
        })
    }

    fn needed_tables(&self) -> impl Iterator<Item = u64> {
        needed_tables(&self.runs, self.cluster_bytes)
    }

    /// When the disk ends within a cluster that holds data.
    fn tail(&self) -> Option<Piece> {
        let data_end = self.runs.last()?.end * self.cluster_bytes;
        let missing = data_end.saturating_sub(self.disk_bytes);
        (missing > 0).then_some(Piece::Zeros(missing))
    }

    fn padded(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.resize(bytes.len().next_multiple_of(size(self.cluster_bytes)), 0);
        bytes
    }
}

impl Layout {
    fn of(disk_bytes: u64, cluster_bytes: u64, runs: &[Range<u64>]) -> Self {
        let l1_entries = disk_bytes.div_ceil(cluster_bytes).div_ceil(entries(cluster_bytes));
        let l1_clusters = (l1_entries * ENTRY_BYTES).div_ceil(cluster_bytes);
        let l2_clusters = needed_tables(runs, cluster_bytes).count() as u64;
        let data_clusters: u64 = runs.iter().map(|run| run.end - run.start).sum();
        let counted = 1 + l1_clusters + l2_clusters + data_clusters;
        // The refcounts count themselves too: as many as are needed when there are that many.
        let (mut table, mut blocks) = (1, 1);
        loop {
            let needed_blocks = (counted + table + blocks).div_ceil(cluster_bytes / REFCOUNT_BYTES);
            let needed_table = (needed_blocks * ENTRY_BYTES).div_ceil(cluster_bytes);
            if needed_blocks <= blocks && needed_table <= table {
                break;
            }
            (table, blocks) = (needed_table.max(table), needed_blocks.max(blocks));
        }
        let refcount_table = 1;
        let refcount_blocks = refcount_table + table;
        let l1 = refcount_blocks + blocks;
        let l2 = l1 + l1_clusters;
        let data = l2 + l2_clusters;
        Self {
            refcount_table,
            refcount_blocks,
            l1,
            l1_entries,
            l2,
            data,
            end: data + data_clusters,
        }
    }
}

/// The numbers of those L2 tables that have an entry, in order.
fn needed_tables(runs: &[Range<u64>], cluster_bytes: u64) -> impl Iterator<Item = u64> {
    let entries = entries(cluster_bytes);
    let mut next = 0;
    runs.iter().flat_map(move |run| {
        let last = (run.end - 1) / entries;
        let first = next.max(run.start / entries);
        next = last + 1;
        first..last + 1
    })
}

/// How many entries an L2 table has: it is one cluster long.
fn entries(cluster_bytes: u64) -> u64 {
    cluster_bytes / ENTRY_BYTES
}

/// Lengths of tables; they are far below the limits of either type.
fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// Counts of table entries; they are far below the limits of either type.
fn word(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
