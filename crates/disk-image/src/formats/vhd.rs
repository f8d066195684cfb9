//! VHD, the format of Virtual PC and Azure ("Virtual Hard Disk Image Format Specification"; QEMU `block/vpc.c`).

use crate::read::{Fields, ReadAt, ReadError, bytes_at, some_at, vec_at};
use crate::report::{Format, Trouble, Weight};

use super::{Facts, utf16};

const COOKIE: &[u8] = b"conectix";
const FOOTER_BYTES: u64 = 512;
/// What the specification's largest geometry comes to; a disk that has it is as big as its size field says.
const MOST_GEOMETRY_SECTORS: u64 = 65535 * 16 * 255;
/// The largest disk, 2040 GiB, in blocks of 2 MiB.
const MOST_BLOCKS: usize = 1 << 20;
const NOT_ALLOCATED: u32 = u32::MAX;

/// A VHD that has its footer's copy in front: dynamic or differencing. `None` when the file is none.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    if !head.starts_with(COOKIE) {
        return Ok(None);
    }
    let mut facts = Facts::of(Format::Vhd);
    let Some(footer) = Footer::read(head) else {
        facts.refused(Trouble::Truncated(None));
        return Ok(Some(facts));
    };
    facts.virtual_size_bytes = Some(footer.virtual_size_bytes);
    facts.variant = Some(match footer.kind {
        2 => "fixed".to_owned(),
        3 => "dynamic".to_owned(),
        4 => "differencing".to_owned(),
        other => format!("type {other}"),
    });
    if !footer.is_sealed {
        facts.add(Weight::NeverBoots, Trouble::Damaged("footer's copy".to_owned()));
        return Ok(Some(facts));
    }
    let Some(dynamic) = bytes_at::<1024>(file, footer.data_offset)? else {
        facts.add(Weight::NeverBoots, Trouble::Truncated(None));
        return Ok(Some(facts));
    };
    if !dynamic.starts_with(b"cxsparse") {
        facts.add(Weight::NeverBoots, Trouble::Damaged("dynamic header".to_owned()));
        return Ok(Some(facts));
    }
    if footer.kind == 4 {
        let name = dynamic.get(64..576).map(|name| utf16(name, u16::from_be_bytes));
        let parent = name.filter(|name| !name.is_empty());
        facts.add(Weight::NeverBoots, Trouble::BackingFile(parent));
    }
    look_for_the_end(file, &dynamic, &mut facts)?;
    Ok(Some(facts))
}

/// A VHD whose footer is at the end only, so that it looks like the raw disk that the rest of it is.
pub(super) fn read_fixed(file: &dyn ReadAt) -> Result<Option<Facts>, ReadError> {
    let Some(start) = file.len_bytes().checked_sub(FOOTER_BYTES) else { return Ok(None) };
    let tail = some_at(file, start, FOOTER_BYTES as usize)?;
    let footer = tail.starts_with(COOKIE).then(|| Footer::read(&tail)).flatten();
    let Some(footer) = footer.filter(|footer| footer.kind == 2) else { return Ok(None) };
    let mut facts = Facts::of(Format::VhdFixed);
    facts.variant = Some("fixed".to_owned());
    facts.virtual_size_bytes = Some(footer.virtual_size_bytes);
    facts.add(Weight::Notice, Trouble::SeenAsRaw);
    facts.truncated_when_shorter(file, footer.virtual_size_bytes.saturating_add(FOOTER_BYTES));
    Ok(Some(facts))
}

struct Footer {
    is_sealed: bool,
    /// 2 fixed, 3 dynamic, 4 differencing.
    kind: u32,
    data_offset: u64,
    virtual_size_bytes: u64,
}

impl Footer {
    fn read(footer: &[u8]) -> Option<Self> {
        let creator = footer.array::<4>(28)?;
        let size_bytes = footer.be64(48)? / 512 * 512;
        let [heads, sectors] = footer.array::<2>(58)?;
        let geometry = u64::from(footer.be16(56)?) * u64::from(heads) * u64::from(sectors);
        // Virtual PC and old QEMU make disks as big as their geometry, everybody else as their size field says.
        let by_geometry = [*b"vpc ", *b"qemu"].contains(&creator);
        Some(Self {
            is_sealed: is_sealed(footer.get(..FOOTER_BYTES as usize)?, 64),
            kind: footer.be32(60)?,
            data_offset: footer.be64(16)?,
            virtual_size_bytes: match by_geometry && geometry != MOST_GEOMETRY_SECTORS {
                true => geometry * 512,
                false => size_bytes,
            },
        })
    }
}

/// Whether the checksum at that place, the complement of the sum of all other bytes, fits.
fn is_sealed(structure: &[u8], at: usize) -> bool {
    let sum = structure.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    let own = structure.array::<4>(at).unwrap_or_default();
    let rest = sum - own.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    u32::from_be_bytes(own) == !rest
}

/// Finds out from the block table whether the file ends too early.
fn look_for_the_end(file: &dyn ReadAt, dynamic: &[u8], facts: &mut Facts) -> Result<(), ReadError> {
    let (Some(table), Some(entries), Some(block_bytes)) =
        (dynamic.be64(16), dynamic.be32(28), dynamic.be32(32))
    else {
        return Ok(());
    };
    let entries = entries as usize;
    let covered = entries as u64 * u64::from(block_bytes);
    if covered < facts.virtual_size_bytes.unwrap_or(0)
        || entries > MOST_BLOCKS
        || block_bytes < 512
        || !block_bytes.is_power_of_two()
    {
        facts.add(Weight::NeverBoots, Trouble::Damaged("dynamic header".to_owned()));
        return Ok(());
    }
    let Some(table) = vec_at(file, table, entries * 4)? else {
        facts.add(Weight::NeverBoots, Trouble::Truncated(None));
        return Ok(());
    };
    // A block is a bitmap of its sectors, in whole sectors, and the sectors.
    let block_bytes = u64::from(block_bytes);
    let bitmap_bytes = (block_bytes / 512).div_ceil(8).next_multiple_of(512);
    let last = table
        .chunks_exact(4)
        .filter_map(|entry| entry.be32(0))
        .filter(|sector| *sector != NOT_ALLOCATED)
        .max();
    let blocks_end = last.map_or(0, |sector| u64::from(sector) * 512 + bitmap_bytes + block_bytes);
    if !facts.truncated_when_shorter(file, blocks_end) && !ends_with_footer(file)? {
        facts.add(Weight::Notice, Trouble::Damaged("footer".to_owned()));
    }
    Ok(())
}

fn ends_with_footer(file: &dyn ReadAt) -> Result<bool, ReadError> {
    let start = file.len_bytes().saturating_sub(FOOTER_BYTES);
    Ok(some_at(file, start, COOKIE.len())? == COOKIE)
}
