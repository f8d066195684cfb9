//! Partition tables: GPT (UEFI 2.10, chapter 5) and MBR with its extended partitions.
//!
//! A GPT counts only when its checksums hold, as for firmware and kernel; the one at the disk's end serves when the first
//! is damaged. Partitions that reach beyond the disk are kept in the list: that is what the table says.

use crate::guest::Part;
use crate::guest::bytes::{CRC32, crc, has, utf16};
use crate::read::{Fields, ReadAt, ReadError};

/// What the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Gpt,
    Mbr,
}

/// A partition table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) scheme: Scheme,
    pub(crate) slots: Vec<Slot>,
}

/// One partition as the table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) number: u32,
    pub(crate) start_bytes: u64,
    pub(crate) size_bytes: u64,
    pub(crate) purpose: Purpose,
    /// A BIOS boot loader may start from it (GPT attribute bit 2; MBR's active flag).
    pub(crate) active: bool,
    pub(crate) name: Option<String>,
}

/// What a partition is for, by its type, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The EFI system partition.
    Efi,
    /// Where a BIOS loader keeps its second part on a GPT disk.
    BiosBoot,
    /// The root of a Linux for this architecture ("discoverable partitions").
    LinuxRoot(&'static str),
    /// Something of this system only.
    Of(&'static str),
    Other,
}

/// More entries than this are no partition table that anybody made.
const MOST_ENTRIES: u32 = 1024;
/// Logical partitions of an MBR are a linked list, which could be a circle.
const MOST_LOGICAL: u32 = 64;
const MBR_SECTOR: u64 = 512;

/// The table at the beginning of a disk.
pub(crate) fn read(disk: Part<'_>) -> Result<Option<Table>, ReadError> {
    let first = disk.some(0, 512)?;
    if !has(&first, 510, &[0x55, 0xaa]) {
        return Ok(None);
    }
    let entries: Vec<MbrEntry> = (0..4).filter_map(|index| MbrEntry::read(&first, index)).collect();
    if entries.iter().any(|entry| entry.kind == 0xee)
        && let Some(slots) = gpt(disk)?
    {
        return Ok(Some(Table { scheme: Scheme::Gpt, slots }));
    }
    // Boot sectors of file systems end like an MBR, and have code where its entries are.
    let plausible = entries.iter().all(|entry| matches!(entry.flag, 0 | 0x80));
    if entries.is_empty() || !plausible {
        return Ok(None);
    }
    Ok(Some(Table { scheme: Scheme::Mbr, slots: mbr(disk, &entries)? }))
}

struct MbrEntry {
    /// 0 to 3.
    index: u32,
    flag: u8,
    kind: u8,
    start: u64,
    sectors: u64,
}

impl MbrEntry {
    fn read(sector: &[u8], index: u32) -> Option<Self> {
        let at = 446 + 16 * index as usize;
        let entry = Self {
            index,
            flag: *sector.get(at)?,
            kind: *sector.get(at + 4)?,
            start: u64::from(sector.le32(at + 8)?),
            sectors: u64::from(sector.le32(at + 12)?),
        };
        (entry.kind != 0 && entry.sectors != 0).then_some(entry)
    }

    fn is_extended(&self) -> bool {
        matches!(self.kind, 0x05 | 0x0f | 0x85)
    }

    fn slot(&self, number: u32, base: u64) -> Slot {
        Slot {
            number,
            start_bytes: (base.saturating_add(self.start)).saturating_mul(MBR_SECTOR),
            size_bytes: self.sectors.saturating_mul(MBR_SECTOR),
            purpose: match self.kind {
                0xef => Purpose::Efi,
                0xa5 => Purpose::Of("freebsd"),
                0xa6 => Purpose::Of("openbsd"),
                0xa9 => Purpose::Of("netbsd"),
                _ => Purpose::Other,
            },
            active: self.flag == 0x80,
            name: None,
        }
    }
}

fn mbr(disk: Part<'_>, entries: &[MbrEntry]) -> Result<Vec<Slot>, ReadError> {
    let mut slots: Vec<Slot> = entries
        .iter()
        .filter(|entry| !entry.is_extended())
        .map(|entry| entry.slot(entry.index + 1, 0))
        .collect();
    if let Some(extended) = entries.iter().find(|entry| entry.is_extended()) {
        // Each link has one partition relative to itself, and the next link relative to the whole.
        let mut link = extended.start;
        for number in 5..5 + MOST_LOGICAL {
            let sector = disk.some(link.saturating_mul(MBR_SECTOR), 512)?;
            if !has(&sector, 510, &[0x55, 0xaa]) {
                break;
            }
            if let Some(entry) = MbrEntry::read(&sector, 0) {
                slots.push(entry.slot(number, link));
            }
            match MbrEntry::read(&sector, 1) {
                Some(next) if next.start != 0 => link = extended.start.saturating_add(next.start),
                _ => break,
            }
        }
    }
    Ok(slots)
}

fn gpt(disk: Part<'_>) -> Result<Option<Vec<Slot>>, ReadError> {
    for sector_bytes in [512, 4096] {
        if let Some(slots) = gpt_at(disk, sector_bytes, sector_bytes)? {
            return Ok(Some(slots));
        }
    }
    match disk.len_bytes().checked_sub(512) {
        Some(last) => gpt_at(disk, last, 512),
        None => Ok(None),
    }
}

fn gpt_at(disk: Part<'_>, offset: u64, sector_bytes: u64) -> Result<Option<Vec<Slot>>, ReadError> {
    let header = disk.some(offset, 512)?;
    let Some(table) = GptHeader::read(&header) else { return Ok(None) };
    let entries_at = table.entries_lba.saturating_mul(sector_bytes);
    let entries = disk.some(entries_at, table.entries_bytes)?;
    if entries.len() < table.entries_bytes || crc(CRC32, &[&entries]) != table.entries_crc {
        return Ok(None);
    }
    let slots = entries.chunks_exact(table.entry_bytes).zip(1..);
    Ok(Some(slots.filter_map(|(entry, number)| gpt_slot(entry, number, sector_bytes)).collect()))
}

struct GptHeader {
    entries_lba: u64,
    entry_bytes: usize,
    entries_bytes: usize,
    entries_crc: u32,
}

impl GptHeader {
    fn read(header: &[u8]) -> Option<Self> {
        let len = header.le32(12)? as usize;
        if !header.starts_with(b"EFI PART") || !(92..=512).contains(&len) {
            return None;
        }
        // The checksum is that of the header with zeros in the checksum's place.
        let sum = crc(CRC32, &[header.get(..16)?, &[0; 4], header.get(20..len)?]);
        let (entries, entry_bytes) = (header.le32(80)?, header.le32(84)?);
        let plausible = entries <= MOST_ENTRIES && matches!(entry_bytes, 128 | 256 | 512);
        (sum == header.le32(16)? && plausible).then_some(())?;
        Some(Self {
            entries_lba: header.le64(72)?,
            entry_bytes: entry_bytes as usize,
            entries_bytes: (entries * entry_bytes) as usize,
            entries_crc: header.le32(88)?,
        })
    }
}

/// `None` for an empty entry.
fn gpt_slot(entry: &[u8], number: u32, sector_bytes: u64) -> Option<Slot> {
    let kind: [u8; 16] = entry.array(0)?;
    let (first, last) = (entry.le64(32)?, entry.le64(40)?);
    if kind == [0; 16] || last < first {
        return None;
    }
    Some(Slot {
        number,
        start_bytes: first.saturating_mul(sector_bytes),
        size_bytes: (last - first).saturating_add(1).saturating_mul(sector_bytes),
        purpose: gpt_purpose(kind),
        active: entry.le64(48)? & 0b100 != 0,
        name: utf16(entry.get(56..128)?),
    })
}

/// By type GUID, as it lies on the disk: its first three groups are little-endian.
fn gpt_purpose(kind: [u8; 16]) -> Purpose {
    const EFI: [u8; 16] = [
        0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9,
        0x3b,
    ];
    const ROOT_X86_64: [u8; 16] = [
        0xe3, 0xbc, 0x68, 0x4f, 0xcd, 0xe8, 0xb1, 0x4d, 0x96, 0xe7, 0xfb, 0xca, 0xf9, 0x84, 0xb7,
        0x09,
    ];
    const ROOT_AARCH64: [u8; 16] = [
        0x45, 0xb0, 0x21, 0xb9, 0xf0, 0x1d, 0xc3, 0x41, 0xaf, 0x44, 0x4c, 0x6f, 0x28, 0x0d, 0x3f,
        0xae,
    ];
    const FREEBSD_BOOT: [u8; 16] = [
        0x9d, 0x6b, 0xbd, 0x83, 0x41, 0x7f, 0xdc, 0x11, 0xbe, 0x0b, 0x00, 0x15, 0x60, 0xb8, 0x4f,
        0x0f,
    ];
    /// What the types of FreeBSD's own partitions (UFS, ZFS, swap ...) end with.
    const FREEBSD: [u8; 12] =
        [0xcf, 0x6e, 0xd6, 0x11, 0x8f, 0xf8, 0x00, 0x02, 0x2d, 0x09, 0x71, 0x2b];
    match kind {
        EFI => Purpose::Efi,
        FREEBSD_BOOT => Purpose::BiosBoot,
        ROOT_X86_64 => Purpose::LinuxRoot("x86_64"),
        ROOT_AARCH64 => Purpose::LinuxRoot("aarch64"),
        _ if &kind == b"Hah!IdontNeedEFI" => Purpose::BiosBoot,
        _ if kind.ends_with(&FREEBSD) => Purpose::Of("freebsd"),
        _ => Purpose::Other,
    }
}
