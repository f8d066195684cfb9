//! VMDK: a sparse extent with its description inside, or the description alone ("Virtual Disk Format 5.0"; QEMU
//! `block/vmdk.c`; for what clouds refuse, `VMDKInspector`).

mod descriptor;

use crate::read::{Fields, ReadAt, ReadError, some_at, vec_at};
use crate::report::{Format, Trouble, Weight};

use super::{Facts, text};
use descriptor::Descriptor;

/// How much of a text the cloud's inspector wants to see before it says anything.
const LEAST_TEXT_BYTES: usize = 64;
/// One of the files that make up a disk between them: it has no description of its own.
pub(crate) const SPLIT: &str = "extent of a split disk";
const MAGIC: &[u8] = b"KDMV";
/// VMware's older sparse extent, which the cloud's inspector does not know.
const MAGIC_ESX: &[u8] = b"COWD";
const DESCRIPTOR_AT: u64 = 0x200;
const MOST_DESCRIPTOR_BYTES: u64 = (1 << 20) - 1;
/// A description on its own is read up to here; clouds read as much at once.
const MOST_TEXT_BYTES: usize = 64 * 1024;
/// In the place of the grain directory: a footer at the end has the true header.
const FOOTER_FOLLOWS: u64 = u64::MAX;
/// Marker, header, end of stream: a sector each.
const FOOTER_BYTES: usize = 1536;
/// How many grain tables are read to find a file that was cut short; each covers 32 MiB of disk as a rule.
const MOST_DIRECTORY_BYTES: usize = 1 << 20;

/// The largest grain that QEMU takes.
const MOST_GRAIN_SECTORS: u64 = 0x20_0000;

/// Whether the cloud's inspector takes a file that begins so for a VMDK.
pub(super) fn is_seen(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
        || (head.len() >= LEAST_TEXT_BYTES
            && is_text(head)
            && Descriptor::read(head).create_type.is_some())
}

/// `None` when the file is no VMDK.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    if head.starts_with(MAGIC) {
        return read_sparse(file, head).map(Some);
    }
    if head.starts_with(MAGIC_ESX) {
        let mut facts = Facts::of(Format::Vmdk);
        facts.variant = Some("vmfsSparse".to_owned());
        facts.virtual_size_bytes =
            head.le32(12).and_then(|sectors| u64::from(sectors).checked_mul(512));
        facts.refused(Trouble::UnsupportedVariant("vmfsSparse".to_owned()));
        return Ok(Some(facts));
    }
    // `qemu-img convert` pads the text with zeros, so that the cloud's inspector sees no text in it.
    let marked =
        head.get(..21).is_some_and(|start| start.eq_ignore_ascii_case(b"# Disk DescriptorFile"));
    let is_seen = is_seen(head);
    if !marked && !is_seen {
        return Ok(None);
    }
    let described = Descriptor::read(&some_at(file, 0, MOST_TEXT_BYTES)?);
    let mut facts = Facts::of(Format::VmdkDescriptor);
    facts.virtual_size_bytes = described.extents_bytes();
    facts.variant = described.create_type.clone();
    let weight = if is_seen { Weight::Refused } else { Weight::NeverBoots };
    facts.add(weight, Trouble::DataElsewhere(described.extent_files()));
    Ok(Some(facts))
}

fn read_sparse(file: &dyn ReadAt, head: &[u8]) -> Result<Facts, ReadError> {
    let mut facts = Facts::of(Format::Vmdk);
    let Some(header) = Header::read(head) else {
        facts.refused(Trouble::Truncated(None));
        return Ok(facts);
    };
    if !(1..=3).contains(&header.version) {
        facts.refused(Trouble::UnknownVersion(header.version));
    }
    let described = embedded_descriptor(file, &header)?;
    facts.virtual_size_bytes = match (header.sectors, &described) {
        (0, Some(described)) => described.extents_bytes(),
        (sectors, _) => sectors.checked_mul(512),
    };
    facts.variant = described.as_ref().and_then(|described| described.create_type.clone());
    match &described {
        Some(described) if !described.is_empty() => judge(described, &mut facts),
        Some(_) => facts.refused(Trouble::UnsupportedVariant(SPLIT.to_owned())),
        None if header.descriptor_sectors == 0 => {
            facts.refused(Trouble::UnsupportedVariant(SPLIT.to_owned()));
        }
        None => facts.refused(Trouble::Damaged("descriptor".to_owned())),
    }
    if header.directory_sector == FOOTER_FOLLOWS {
        look_for_the_footer(file, &header, &mut facts)?;
    } else {
        look_for_the_end(file, &header, &mut facts)?;
    }
    Ok(facts)
}

/// `None` where there is none, or not where clouds want it.
fn embedded_descriptor(
    file: &dyn ReadAt,
    header: &Header,
) -> Result<Option<Descriptor>, ReadError> {
    let offset = header.descriptor_sector.saturating_mul(512);
    let len = header.descriptor_sectors.saturating_mul(512).min(MOST_DESCRIPTOR_BYTES);
    if offset != DESCRIPTOR_AT || len == 0 {
        return Ok(None);
    }
    let region = vec_at(file, offset, usize::try_from(len).unwrap_or(0))?;
    Ok(region.map(|region| Descriptor::read(&region)))
}

/// What clouds and QEMU make of the description.
fn judge(described: &Descriptor, facts: &mut Facts) {
    let taken = ["monolithicsparse", "streamoptimized"];
    let kind = described.create_type.clone().unwrap_or_default();
    if !taken.contains(&kind.to_ascii_lowercase().as_str()) {
        facts.refused(Trouble::UnsupportedVariant(kind));
        let files = described.extent_files();
        if !files.is_empty() && kind_is_flat(described) {
            facts.refused(Trouble::DataElsewhere(files));
        }
    } else if let Some(line) = described.unsafe_line() {
        facts.refused(Trouble::Damaged(line));
    }
    if described.has_parent() {
        // The inspector does not look at this; QEMU then misses the parent.
        facts.add(Weight::NeverBoots, Trouble::BackingFile(described.parent_file.clone()));
    }
}

fn kind_is_flat(described: &Descriptor) -> bool {
    described.create_type.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().ends_with("flat"))
}

/// The fields of a sparse extent's header that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    version: u32,
    /// The disk's size.
    sectors: u64,
    grain_sectors: u64,
    descriptor_sector: u64,
    descriptor_sectors: u64,
    entries_per_table: u32,
    directory_sector: u64,
    /// Where the first grain may lie: everything before is tables, and QEMU wants it all.
    overhead_sectors: u64,
}

impl Header {
    fn read(header: &[u8]) -> Option<Self> {
        if !header.starts_with(MAGIC) {
            return None;
        }
        Some(Self {
            version: header.le32(4)?,
            sectors: header.le64(12)?,
            grain_sectors: header.le64(20)?,
            descriptor_sector: header.le64(28)?,
            descriptor_sectors: header.le64(36)?,
            entries_per_table: header.le32(44)?,
            directory_sector: header.le64(56)?,
            overhead_sectors: header.le64(64)?,
        })
    }
}

/// The footer must say the same as the header, and be framed by its markers.
fn look_for_the_footer(
    file: &dyn ReadAt,
    header: &Header,
    facts: &mut Facts,
) -> Result<(), ReadError> {
    let start = file.len_bytes().saturating_sub(FOOTER_BYTES as u64);
    let tail = some_at(file, start, FOOTER_BYTES)?;
    // A marker: a number, a size of zero, its type, and zeros to the end of the sector.
    let marker = |at: usize, kind: u32| {
        tail.le32(at + 8) == Some(0)
            && tail.le32(at + 12) == Some(kind)
            && tail.get(at + 16..at + 512).is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
    };
    let footer = tail.get(512..).and_then(Header::read);
    let agrees = footer.is_some_and(|footer| {
        footer.version == header.version
            && footer.descriptor_sector == header.descriptor_sector
            && footer.descriptor_sectors == header.descriptor_sectors
            && footer.directory_sector != FOOTER_FOLLOWS
    });
    let ended = tail.le64(1024) == Some(0) && marker(1024, 0);
    match (footer, agrees && marker(0, 3) && ended) {
        (Some(_), true) => {}
        (Some(_), false) => facts.refused(Trouble::Damaged("footer".to_owned())),
        (None, _) => facts.refused(Trouble::Truncated(None)),
    }
    Ok(())
}

/// Finds out from the grain tables whether the file ends too early.
fn look_for_the_end(
    file: &dyn ReadAt,
    header: &Header,
    facts: &mut Facts,
) -> Result<(), ReadError> {
    let table_sectors = header.grain_sectors.checked_mul(u64::from(header.entries_per_table));
    let Some(table_sectors @ 1..) = table_sectors
        .filter(|_| header.entries_per_table <= 512 && header.grain_sectors <= MOST_GRAIN_SECTORS)
    else {
        facts.add(Weight::NeverBoots, Trouble::Damaged("grain size".to_owned()));
        return Ok(());
    };
    let tables = header.sectors.div_ceil(table_sectors);
    let directory_at = header.directory_sector.saturating_mul(512);
    let directory_len = usize::try_from(tables.saturating_mul(4)).unwrap_or(usize::MAX);
    if directory_len > MOST_DIRECTORY_BYTES {
        return Ok(());
    }
    let Some(directory) = vec_at(file, directory_at, directory_len)? else {
        facts.add(Weight::NeverBoots, Trouble::Truncated(None));
        return Ok(());
    };
    let mut end = header.overhead_sectors.saturating_mul(512);
    for sector in directory.chunks_exact(4).filter_map(|entry| entry.le32(0)) {
        let (at, len) = (u64::from(sector) * 512, header.entries_per_table as usize * 4);
        if sector == 0 {
            continue;
        }
        match vec_at(file, at, len)? {
            None => end = end.max(at.saturating_add(len as u64)),
            Some(table) => {
                // 0 is no grain, 1 a grain of zeros.
                let last = table.chunks_exact(4).filter_map(|entry| entry.le32(0)).max();
                if let Some(last @ 2..) = last {
                    end = end.max((u64::from(last) + header.grain_sectors) * 512);
                }
            }
        }
    }
    facts.truncated_when_shorter(file, end);
    Ok(())
}

/// The inspector's idea of text: the first sector is printable ASCII or space.
fn is_text(head: &[u8]) -> bool {
    head.get(..head.len().min(512)).is_some_and(|start| {
        start.iter().all(|byte| matches!(byte, b' '..=b'~' | 9..=13 | 28..=31))
    })
}
