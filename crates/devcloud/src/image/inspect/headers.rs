//! The formats that show themselves in a fixed place near the front of the file.

use super::bytes;

/// The captured region must be whole before oslo.utils looks at it.
fn sector(head: &[u8]) -> Option<&[u8]> {
    head.get(..512)
}

/// Virtual size, and whether it is safe: no backing file, no external data file, no unknown incompatible feature
/// (`extended_l2` is one of those), version 2 or 3.
pub(super) fn qcow2(head: &[u8]) -> Option<(u64, bool)> {
    let head = sector(head)?;
    if !head.starts_with(b"QFI\xfb") {
        return None;
    }
    let version = u32::from_be_bytes(bytes(head, 4)?);
    let backing_file = u64::from_be_bytes(bytes(head, 8)?);
    let size = u64::from_be_bytes(bytes(head, 24)?);
    let incompatible = u64::from_be_bytes(bytes(head, 72)?);
    const DATA_FILE: u64 = 1 << 2;
    const KNOWN: u64 = 0b1111;
    let features_are_fine = match version {
        2 => true,
        3 => incompatible & !KNOWN == 0,
        _ => false,
    };
    // The data-file bit is looked at whatever the version says, as oslo.utils does.
    let safe = backing_file == 0 && incompatible & DATA_FILE == 0 && features_are_fine;
    Some((size, safe))
}

/// Virtual size of a VHD that has its footer's copy in front (dynamic, differencing).
pub(super) fn vhd(head: &[u8]) -> Option<u64> {
    head.starts_with(b"conectix")
        .then(|| sector(head).and_then(|h| bytes(h, 40)).map_or(0, u64::from_be_bytes))
}

/// Virtual size of a VirtualBox image.
pub(super) fn vdi(head: &[u8]) -> Option<u64> {
    let head = sector(head)?;
    let signature = u32::from_le_bytes(bytes(head, 0x40)?);
    (signature == 0xBEDA_107F).then(|| bytes(head, 0x170).map_or(0, u64::from_le_bytes))
}

/// QED is recognised only to be refused.
pub(super) fn qed(head: &[u8]) -> bool {
    sector(head).is_some_and(|h| h.starts_with(b"QED\0"))
}

/// Volume size of an ISO 9660 or UDF image.
pub(super) fn iso(head: &[u8]) -> Option<u64> {
    let descriptor = head.get(32 * 1024..34 * 1024)?;
    let standard = descriptor.get(1..6)?;
    if ![b"CD001", b"NSR02", b"NSR03"].iter().any(|s| standard == s.as_slice()) {
        return None;
    }
    if descriptor.first() != Some(&1) {
        return Some(0);
    }
    let block_size = u16::from_le_bytes(bytes(descriptor, 128)?);
    let blocks = u32::from_le_bytes(bytes(descriptor, 80)?);
    Some(u64::from(blocks) * u64::from(block_size))
}

/// Whether there is a partition table (and no FAT boot sector, which ends alike), and whether it is a safe one.
pub(super) fn gpt(head: &[u8]) -> Option<bool> {
    let head = sector(head)?;
    let is_fat = head.get(0x10) == Some(&2) && head.get(0x15) == Some(&0xF8);
    if bytes(head, 510)? != [0x55, 0xAA] || is_fat {
        return None;
    }
    let entries: Vec<[u8; 16]> = (0..4).filter_map(|i| bytes(head, 446 + 16 * i)).collect();
    let used: Vec<usize> =
        entries.iter().enumerate().filter(|(_, e)| e[4] != 0).map(|(i, _)| i).collect();
    let flags_are_fine = entries.iter().all(|e| matches!(e[0], 0x00 | 0x80));
    let protective: Vec<&[u8; 16]> = entries.iter().filter(|e| e[4] == 0xEE).collect();
    let protective_is_fine =
        protective.iter().all(|e| e[1..4] == [0x00, 0x02, 0x00] && e[8..12] == [1, 0, 0, 0]);
    let alone = protective.is_empty() || used == [0];
    Some(flags_are_fine && protective_is_fine && alone && !used.is_empty())
}

/// Whether it is LUKS, and of the one version that is accepted.
pub(super) fn luks(head: &[u8]) -> Option<bool> {
    if !head.starts_with(b"LUKS\xba\xbe") {
        return None;
    }
    // A file shorter than the header cannot be checked, hence is not safe.
    let header = head.get(..592);
    Some(header.and_then(|h| bytes(h, 6)).map(u16::from_be_bytes) == Some(1))
}
