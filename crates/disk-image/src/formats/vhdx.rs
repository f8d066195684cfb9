//! VHDX, Hyper-V's format ([MS-VHDX]; QEMU `block/vhdx.c`).

use crate::guest::bytes::{CRC32C, crc};
use crate::read::{Fields, ReadAt, ReadError, bytes_at, vec_at};
use crate::report::{Format, Trouble, Weight};

use super::{Facts, utf16};

/// The two headers, of which the newer sound one counts.
const HEADERS_AT: [u64; 2] = [64 << 10, 128 << 10];
const HEADER_BYTES: usize = 4096;
/// The table of regions.
const TABLE_AT: u64 = 192 << 10;
const TABLE_BYTES: usize = 64 << 10;
const MOST_ENTRIES: usize = 2047;
/// The block table of the largest disk, 64 TiB in blocks of 32 MiB, takes 16 MiB; a larger one is not read.
const MOST_BLOCK_TABLE_BYTES: u64 = 16 << 20;
const MOST_LOCATOR_BYTES: u32 = 64 << 10;

/// A GUID as it lies in the file: the first three groups are little-endian.
type Guid = [u8; 16];
const BLOCK_TABLE: Guid = *b"\x66\x77\xc2\x2d\x23\xf6\x00\x42\x9d\x64\x11\x5e\x9b\xfd\x4a\x08";
const METADATA: Guid = *b"\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
const FILE_PARAMETERS: Guid = *b"\x37\x67\xa1\xca\x36\xfa\x43\x4d\xb3\xb6\x33\xf0\xaa\x44\xe7\x6b";
const DISK_SIZE: Guid = *b"\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";
const PARENT_LOCATOR: Guid = *b"\x2d\x5f\xd3\xa8\x0b\xb3\x4d\x45\xab\xf7\xd3\xd8\x48\x34\xab\x0c";

/// `None` when the file is no VHDX.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    if !head.starts_with(b"vhdxfile") {
        return Ok(None);
    }
    let mut facts = Facts::of(Format::Vhdx);
    match newest_header(file)? {
        None => damaged(&mut facts, "headers"),
        Some(header) if header.array::<16>(48) != Some([0; 16]) => {
            // QEMU opens such a file for writing only, and clouds open images for reading.
            facts.add(Weight::NeverBoots, Trouble::NotClean);
        }
        Some(_) => {}
    }
    let Some(table) = vec_at(file, TABLE_AT, TABLE_BYTES)? else {
        facts.refused(Trouble::Truncated(None));
        return Ok(Some(facts));
    };
    let Some(regions) = region_entries(&table) else {
        facts.refused(Trouble::Damaged("region table".to_owned()));
        return Ok(Some(facts));
    };
    if !is_sealed(&table) {
        damaged(&mut facts, "region table");
    }
    match region(regions, &METADATA) {
        None => damaged(&mut facts, "metadata region"),
        Some((offset, _)) => read_metadata(file, offset, regions, &mut facts)?,
    }
    Ok(Some(facts))
}

fn damaged(facts: &mut Facts, what: &str) {
    facts.add(Weight::NeverBoots, Trouble::Damaged(what.to_owned()));
}

/// The sound header with the greater number; `None` when neither is sound.
fn newest_header(file: &dyn ReadAt) -> Result<Option<[u8; HEADER_BYTES]>, ReadError> {
    let mut newest = None;
    for offset in HEADERS_AT {
        let header = bytes_at::<HEADER_BYTES>(file, offset)?
            .filter(|header| header.starts_with(b"head") && is_sealed(header));
        let number =
            |header: &Option<[u8; HEADER_BYTES]>| header.as_ref().and_then(|header| header.le64(8));
        if number(&header) > number(&newest) {
            newest = header;
        }
    }
    Ok(newest)
}

/// Whether the checksum at byte 4 fits the rest.
fn is_sealed(structure: &[u8]) -> bool {
    let Some((start, rest)) = structure.split_at_checked(8) else { return false };
    let Some((signature, stored)) = start.split_at_checked(4) else { return false };
    stored == crc(CRC32C, &[signature, &[0; 4], rest]).to_le_bytes()
}

/// The entries of the region table, 32 bytes each; `None` when it is damaged. There is a copy of the table, which neither the
/// cloud's inspector nor QEMU looks at.
fn region_entries(table: &[u8]) -> Option<&[u8]> {
    let entries = table.le32(8).filter(|_| table.starts_with(b"regi"))? as usize;
    table.get(16..16 + entries.min(MOST_ENTRIES + 1) * 32).filter(|_| entries <= MOST_ENTRIES)
}

/// Where a region lies and how long it is, in bytes.
fn region(table: &[u8], guid: &Guid) -> Option<(u64, u32)> {
    let entry = table.chunks_exact(32).find(|entry| entry.starts_with(guid))?;
    Some((entry.le64(16)?, entry.le32(24)?))
}

fn read_metadata(
    file: &dyn ReadAt,
    offset: u64,
    regions: &[u8],
    facts: &mut Facts,
) -> Result<(), ReadError> {
    let table = vec_at(file, offset, TABLE_BYTES)?;
    let Some(table) = table.filter(|table| table.starts_with(b"metadata")) else {
        facts.refused(Trouble::Damaged("metadata".to_owned()));
        return Ok(());
    };
    let entries = usize::from(table.le16(10).unwrap_or(0)).min(MOST_ENTRIES);
    let entries = table.get(32..32 + entries * 32).unwrap_or_default();
    // Where an item lies in the file, and how long it is.
    let item = |guid: &Guid| {
        let entry = entries.chunks_exact(32).find(|entry| entry.starts_with(guid))?;
        Some((offset.checked_add(u64::from(entry.le32(16)?))?, entry.le32(20)?))
    };
    if let Some((at, _)) = item(&DISK_SIZE) {
        facts.virtual_size_bytes = bytes_at(file, at)?.map(u64::from_le_bytes);
    }
    let parameters = match item(&FILE_PARAMETERS) {
        Some((at, _)) => bytes_at::<8>(file, at)?,
        None => None,
    };
    let (Some(parameters), true) = (parameters, facts.virtual_size_bytes.is_some()) else {
        damaged(facts, "metadata");
        return Ok(());
    };
    let block_bytes = parameters.le32(0).unwrap_or(0);
    let [all_allocated, has_parent] =
        [1, 2].map(|flag| parameters.le32(4).is_some_and(|flags| flags & flag != 0));
    facts.variant = Some(
        match (has_parent, all_allocated) {
            (true, _) => "differencing",
            (false, true) => "fixed",
            (false, false) => "dynamic",
        }
        .to_owned(),
    );
    if has_parent {
        let name = match item(&PARENT_LOCATOR) {
            Some((at, len)) => vec_at(file, at, len.min(MOST_LOCATOR_BYTES) as usize)?
                .and_then(|locator| parent_name(&locator)),
            None => None,
        };
        facts.add(Weight::NeverBoots, Trouble::BackingFile(name));
    }
    match region(regions, &BLOCK_TABLE) {
        _ if !(1 << 20..=256 << 20).contains(&block_bytes) => damaged(facts, "block size"),
        Some((at, len)) => {
            look_for_the_end(file, at, u64::from(len), u64::from(block_bytes), facts)?
        }
        None => damaged(facts, "block table"),
    }
    Ok(())
}

/// Where the table of blocks is, for whoever reads the disk through it.
pub(crate) struct BlockTable {
    pub(crate) offset: u64,
    pub(crate) block_bytes: u32,
    pub(crate) disk_bytes: u64,
    /// After the entries of so many blocks comes one of a bitmap.
    pub(crate) blocks_per_bitmap: u64,
}

impl BlockTable {
    /// `None` when the file has none that can be followed, or shares its blocks with a parent.
    pub(crate) fn find(file: &dyn ReadAt) -> Result<Option<Self>, ReadError> {
        let table = vec_at(file, TABLE_AT, TABLE_BYTES)?.filter(|table| is_sealed(table));
        let Some(regions) = table.as_deref().and_then(region_entries) else { return Ok(None) };
        let (Some((metadata, _)), Some((offset, _))) =
            (region(regions, &METADATA), region(regions, &BLOCK_TABLE))
        else {
            return Ok(None);
        };
        let Some(table) = vec_at(file, metadata, TABLE_BYTES)? else { return Ok(None) };
        let item = |guid: &Guid| {
            let entry = table.chunks_exact(32).skip(1).find(|entry| entry.starts_with(guid))?;
            metadata.checked_add(u64::from(entry.le32(16)?))
        };
        let (Some(parameters_at), Some(size_at)) = (item(&FILE_PARAMETERS), item(&DISK_SIZE))
        else {
            return Ok(None);
        };
        let (Some(parameters), Some(size)) =
            (bytes_at::<8>(file, parameters_at)?, bytes_at::<8>(file, size_at)?)
        else {
            return Ok(None);
        };
        let block_bytes = parameters.le32(0).unwrap_or(0);
        let has_parent = parameters.le32(4).is_none_or(|flags| flags & 2 != 0);
        if has_parent || !(1 << 20..=256 << 20).contains(&block_bytes) {
            return Ok(None);
        }
        Ok(Some(Self {
            offset,
            block_bytes,
            disk_bytes: u64::from_le_bytes(size),
            blocks_per_bitmap: ((1_u64 << 23) * 512 / u64::from(block_bytes)).max(1),
        }))
    }
}

/// The parent's path from its locator: keys and values in two-byte text.
fn parent_name(locator: &[u8]) -> Option<String> {
    let entries = usize::from(locator.le16(18)?);
    let pairs: Vec<(String, String)> = locator
        .get(20..)?
        .chunks_exact(12)
        .take(entries)
        .filter_map(|entry| {
            let part = |offset: u32, len: u16| {
                let start = offset as usize;
                let bytes = locator.get(start..start.checked_add(usize::from(len))?)?;
                Some(utf16(bytes, u16::from_le_bytes))
            };
            Some((part(entry.le32(0)?, entry.le16(8)?)?, part(entry.le32(4)?, entry.le16(10)?)?))
        })
        .collect();
    ["relative_path", "absolute_win32_path", "volume_path"]
        .iter()
        .find_map(|wanted| pairs.iter().find(|(key, _)| key == wanted))
        .map(|(_, path)| path.clone())
}

/// Finds out from the block table whether the file ends too early.
fn look_for_the_end(
    file: &dyn ReadAt,
    at: u64,
    len: u64,
    block_bytes: u64,
    facts: &mut Facts,
) -> Result<(), ReadError> {
    /// A block that is there, whole or in part.
    const PRESENT: [u64; 2] = [6, 7];
    if len > MOST_BLOCK_TABLE_BYTES {
        return Ok(());
    }
    let Some(table) = vec_at(file, at, len as usize)? else {
        facts.truncated_when_shorter(file, at.saturating_add(len));
        return Ok(());
    };
    let Some(disk_bytes) = facts.virtual_size_bytes else { return Ok(()) };
    let blocks = usize::try_from(disk_bytes.div_ceil(block_bytes)).unwrap_or(usize::MAX);
    // Between them lie the entries of sector bitmaps, one of 1 MiB to so many blocks.
    let ratio = ((1_u64 << 23) * 512 / block_bytes).max(1) as usize;
    let end = table
        .chunks_exact(8)
        .filter_map(|entry| entry.le64(0))
        .enumerate()
        .take(blocks.saturating_add(blocks / ratio))
        .filter(|(_, entry)| PRESENT.contains(&(entry & 7)))
        .map(|(index, entry)| {
            let start = (entry >> 20) << 20;
            let is_bitmap = index % (ratio + 1) == ratio;
            start.saturating_add(if is_bitmap { 1 << 20 } else { block_bytes })
        })
        .max();
    facts.truncated_when_shorter(file, end.unwrap_or(0));
    Ok(())
}
