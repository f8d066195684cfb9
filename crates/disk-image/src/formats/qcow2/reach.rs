//! How far into the file a qcow2's clusters reach, to find one that was cut short.
//!
//! The reference counts tell it in two reads. Only when they reach beyond the end are the L2 tables walked, because a count
//! may be left over from a write that never happened, and what no table names is not missed.

use crate::read::{Fields, ReadAt, ReadError, holds, vec_at};

use super::{Qcow2Header, incompatible};

/// Where an entry of L1, L2 or the refcount table points.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;
const COMPRESSED: u64 = 1 << 62;
/// A cluster that reads as zeros, whatever lies where it points.
const ZERO: u64 = 1;
/// QEMU's limits (`block/qcow2.h`).
const MOST_REFCOUNT_TABLE_BYTES: u64 = 8 << 20;
const MOST_L1_BYTES: u64 = 32 << 20;
const MOST_SNAPSHOTS: u32 = 65536;
/// How many bytes of L2 tables are walked; of a disk of 128 GiB in clusters of 64 KiB it is all of them.
const MOST_WALKED_BYTES: u64 = 16 << 20;
/// How much of L1 is read at once.
const L1_PIECE_BYTES: u64 = 64 << 10;

/// What is damaged so that QEMU would not open it; `None` when the header is sound.
pub(super) fn damage(header: &Qcow2Header) -> Option<&'static str> {
    let Some(cluster) = header.cluster_bytes() else { return Some("cluster size") };
    if header.version == 1 {
        return None;
    }
    let entry_bytes = if header.has(incompatible::EXTENDED_L2) { 16 } else { 8 };
    let needed = header.virtual_size_bytes.div_ceil(cluster * (cluster / entry_bytes));
    let tables = [header.l1_table_offset, header.refcount_table_offset, header.snapshots_offset];
    let least_header_bytes = if header.version >= 3 { 104 } else { 72 };
    match () {
        () if needed > u64::from(header.l1_entries) => Some("L1 table too small"),
        () if u64::from(header.l1_entries) * 8 > MOST_L1_BYTES => Some("L1 table too big"),
        () if tables.iter().any(|at| at % cluster != 0) => Some("tables not aligned"),
        () if tables.iter().any(|at| at >> 56 != 0) => Some("tables too far"),
        () if header.snapshots > MOST_SNAPSHOTS => Some("too many snapshots"),
        () if !(least_header_bytes..=cluster).contains(&u64::from(header.header_bytes)) => {
            Some("header length")
        }
        () if header.refcount_order > 6 => Some("reference count width"),
        () if header.refcount_table_clusters == 0 => Some("no reference counts"),
        () if refcount_table_bytes(header, cluster) > MOST_REFCOUNT_TABLE_BYTES => {
            Some("reference count table too big")
        }
        () => None,
    }
}

/// How many bytes are missing at the file's end; `None` when none are missed. The header is sound.
pub(super) fn missing_bytes(
    file: &dyn ReadAt,
    header: &Qcow2Header,
) -> Result<Option<u64>, ReadError> {
    let Some(cluster) = header.cluster_bytes() else { return Ok(None) };
    let l1_end = header.l1_table_offset.saturating_add(u64::from(header.l1_entries) * 8);
    if header.l1_entries > 0 && l1_end > file.len_bytes() {
        return Ok(Some(l1_end - file.len_bytes()));
    }
    if header.version == 1 {
        return Ok(None);
    }
    let counts_end =
        header.refcount_table_offset.saturating_add(refcount_table_bytes(header, cluster));
    if counts_end > file.len_bytes() {
        return Ok(Some(counts_end - file.len_bytes()));
    }
    let counted = counted_end(file, header, cluster)?;
    let stale = header.has(incompatible::DIRTY);
    if !stale && counted.is_none_or(|end| end - cluster < file.len_bytes()) {
        return Ok(None);
    }
    // The clusters of a disk in another file are not counted here.
    if header.has(incompatible::DATA_FILE) {
        return Ok(None);
    }
    match walked_end(file, header, cluster)? {
        Walk::Whole(end) => Ok(end.checked_sub(file.len_bytes()).filter(|missing| *missing > 0)),
        Walk::TooLong if stale => Ok(None),
        Walk::TooLong => Ok(counted.and_then(|end| end.checked_sub(file.len_bytes()))),
    }
}

fn refcount_table_bytes(header: &Qcow2Header, cluster: u64) -> u64 {
    u64::from(header.refcount_table_clusters) * cluster
}

/// Where the last cluster ends whose reference count is not zero.
fn counted_end(
    file: &dyn ReadAt,
    header: &Qcow2Header,
    cluster: u64,
) -> Result<Option<u64>, ReadError> {
    let table_bytes = refcount_table_bytes(header, cluster);
    let table = usize::try_from(table_bytes).ok();
    let Some(table) =
        table.map(|len| vec_at(file, header.refcount_table_offset, len)).transpose()?.flatten()
    else {
        return Ok(None);
    };
    let blocks = table.chunks_exact(8).map(|entry| entry.be64(0).unwrap_or(0) & OFFSET);
    let last = blocks.enumerate().rfind(|(_, offset)| *offset != 0);
    let Some((number, offset)) = last else { return Ok(None) };
    let Some(block) = vec_at(file, offset, usize::try_from(cluster).unwrap_or(0))? else {
        return Ok(Some(offset.saturating_add(cluster)));
    };
    let counts_in_block = (cluster * 8) >> header.refcount_order;
    Ok(last_count(&block, header.refcount_order)
        .and_then(|index| (number as u64).checked_mul(counts_in_block)?.checked_add(index + 1))
        .and_then(|clusters| clusters.checked_mul(cluster)))
}

/// The index of the last count in a refcount block that is not zero.
fn last_count(block: &[u8], refcount_order: u32) -> Option<u64> {
    let (at, byte) = block.iter().enumerate().rev().find(|(_, byte)| **byte != 0)?;
    let bit = at as u64 * 8 + u64::from(byte.ilog2());
    Some(bit >> refcount_order)
}

enum Walk {
    /// Where the last cluster ends that a table names; zero when they all begin within the file.
    Whole(u64),
    /// There are more tables than are read.
    TooLong,
}

fn walked_end(file: &dyn ReadAt, header: &Qcow2Header, cluster: u64) -> Result<Walk, ReadError> {
    let (mut end, mut walked) = (0, 0);
    let l1_bytes = u64::from(header.l1_entries) * 8;
    for from in (0..l1_bytes).step_by(L1_PIECE_BYTES as usize) {
        let len = L1_PIECE_BYTES.min(l1_bytes - from) as usize;
        let Some(piece) = vec_at(file, header.l1_table_offset.saturating_add(from), len)? else {
            break;
        };
        for offset in piece.chunks_exact(8).filter_map(|entry| entry.be64(0)) {
            let offset = offset & OFFSET;
            if offset == 0 {
                continue;
            }
            if !holds(file, offset, cluster) {
                end = end.max(offset.saturating_add(cluster));
                continue;
            }
            walked += cluster;
            if walked > MOST_WALKED_BYTES {
                return Ok(Walk::TooLong);
            }
            if let Some(table) = vec_at(file, offset, usize::try_from(cluster).unwrap_or(0))? {
                end = end.max(table_end(&table, header, cluster, file.len_bytes()));
            }
        }
    }
    Ok(Walk::Whole(end))
}

/// Where the furthest cluster of an L2 table ends that begins beyond the end of the file.
fn table_end(table: &[u8], header: &Qcow2Header, cluster: u64, file_bytes: u64) -> u64 {
    let entry_bytes = if header.has(incompatible::EXTENDED_L2) { 16 } else { 8 };
    let offset_bits = 62 - (header.cluster_bits - 8);
    table
        .chunks_exact(entry_bytes)
        .filter_map(|entry| entry.be64(0))
        .filter_map(|entry| {
            let (start, len) = match entry {
                _ if entry & COMPRESSED != 0 => {
                    let sectors = (entry & (COMPRESSED - 1)) >> offset_bits;
                    (entry & ((1 << offset_bits) - 1), (sectors + 1) * 512)
                }
                _ if entry & ZERO != 0 && entry_bytes == 8 => return None,
                _ => (entry & OFFSET, cluster),
            };
            (start >= file_bytes).then(|| start.saturating_add(len))
        })
        .max()
        .unwrap_or(0)
}
