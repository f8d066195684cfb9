//! What the cloud's inspector takes a file for: the matching rules of `oslo_utils.imageutils.format_inspector` 10.2, which
//! Glance, Nova and Cinder run over every image.

use crate::read::Fields;
use crate::report::{Seen, TableTrouble};

use super::vmdk;

/// The inspector looks at whole sectors; a file without one is raw to it.
const SECTOR_BYTES: usize = 512;

/// Every format that matches, in a fixed order, or raw alone. `head` is the file's first 34 KiB.
pub(super) fn seen(head: &[u8]) -> Vec<Seen> {
    let sector = head.get(..SECTOR_BYTES).unwrap_or_default();
    let iso = head.get(0x8001..0x8006).filter(|_| head.len() >= 34 * 1024);
    let matches = [
        (Seen::Qcow2, sector.starts_with(b"QFI\xfb")),
        (Seen::Vhd, head.starts_with(b"conectix")),
        (Seen::Vhdx, head.starts_with(b"vhdxfile")),
        (Seen::Vmdk, vmdk::is_seen(head)),
        (Seen::Vdi, sector.le32(0x40) == Some(0xbeda_107f)),
        (Seen::Qed, sector.starts_with(b"QED\0")),
        (
            Seen::Iso,
            iso.is_some_and(|id| [b"CD001", b"NSR02", b"NSR03"].iter().any(|known| id == *known)),
        ),
        (Seen::Gpt, sector.get(510..) == Some(&[0x55, 0xaa]) && !is_fat(sector)),
        (Seen::Luks, head.starts_with(b"LUKS\xba\xbe")),
    ];
    let seen: Vec<Seen> =
        matches.into_iter().filter(|(_, matches)| *matches).map(|(seen, _)| seen).collect();
    if seen.is_empty() { vec![Seen::Raw] } else { seen }
}

/// A FAT file system's boot sector ends like a partition table: two FATs, on a fixed disk.
fn is_fat(sector: &[u8]) -> bool {
    sector.get(0x10) == Some(&2) && sector.get(0x15) == Some(&0xf8)
}

/// What the inspector refuses in the partition table of a disk that it sees as `gpt`.
pub(super) fn table_trouble(head: &[u8]) -> Option<TableTrouble> {
    let entries: Vec<&[u8]> = head.get(446..510).unwrap_or_default().chunks_exact(16).collect();
    let used = |entry: &[u8]| entry.get(4) != Some(&0);
    let protective = |entry: &[u8]| entry.get(4) == Some(&0xee);
    for entry in &entries {
        if !matches!(entry.first(), Some(0 | 0x80)) {
            return Some(TableTrouble::BootFlag);
        }
        let starts_right =
            entry.get(1..4) == Some(&[0, 2, 0]) && entry.get(8..12) == Some(&[1, 0, 0, 0]);
        if protective(entry) && !starts_right {
            return Some(TableTrouble::ProtectiveEntry);
        }
    }
    let mut used_entries = entries.iter().enumerate().filter(|(_, entry)| used(entry));
    if entries.iter().any(|entry| protective(entry)) {
        let alone = matches!((used_entries.next(), used_entries.next()), (Some((0, _)), None));
        return (!alone).then_some(TableTrouble::Hybrid);
    }
    used_entries.next().is_none().then_some(TableTrouble::NoPartitions)
}
