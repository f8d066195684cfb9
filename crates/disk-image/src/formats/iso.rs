//! An optical disc: ISO 9660 (ECMA-119) with what a firmware can start from it ("El Torito" 1.0; UEFI 2.10, 13.3.2.1).

use crate::read::{Fields, ReadAt, ReadError, bytes_at, holds, vec_at};
use crate::report::{Boot, Format, Trouble, Weight};

use super::{Facts, text, whole_sectors};

const SECTOR_BYTES: u64 = 2048;
const FIRST_DESCRIPTOR: u64 = 16;
/// Discs have three or four.
const MOST_DESCRIPTORS: u64 = 32;
/// A boot catalog of one sector holds 64 entries; discs have two or three.
const MOST_CATALOG_ENTRIES: usize = 64;

/// What a disc tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disc {
    /// Its name, without the padding.
    pub(crate) volume_id: String,
    /// What can be started from its boot catalog.
    pub(crate) boot: Boot,
    /// Whether it has a UDF file system without an ISO 9660 one.
    udf_only: bool,
    size_bytes: u64,
}

impl Disc {
    /// `None` when the file is no disc.
    pub(crate) fn read(file: &dyn ReadAt) -> Result<Option<Self>, ReadError> {
        let mut disc = None;
        for number in FIRST_DESCRIPTOR..FIRST_DESCRIPTOR + MOST_DESCRIPTORS {
            let Some(descriptor) =
                bytes_at::<{ SECTOR_BYTES as usize }>(file, number * SECTOR_BYTES)?
            else {
                break;
            };
            let disc: &mut Self = match descriptor.get(1..6) {
                Some(b"CD001") => disc.get_or_insert_default(),
                Some(b"BEA01" | b"NSR02" | b"NSR03") => {
                    let is_first = disc.is_none();
                    let disc = disc.get_or_insert_default();
                    disc.udf_only |= is_first;
                    break;
                }
                _ => break,
            };
            match descriptor.first() {
                Some(0) if descriptor.get(7..30) == Some(b"EL TORITO SPECIFICATION") => {
                    let catalog = descriptor.le32(0x47).map_or(0, u64::from) * SECTOR_BYTES;
                    disc.boot = read_catalog(file, catalog)?;
                }
                Some(1) => disc.read_primary(&descriptor),
                Some(255) => break,
                _ => {}
            }
        }
        Ok(disc)
    }

    fn read_primary(&mut self, descriptor: &[u8]) {
        let id = descriptor.get(40..72).unwrap_or_default();
        self.volume_id = text(id).trim().to_owned();
        let blocks = descriptor.le32(80).map_or(0, u64::from);
        let block_bytes = descriptor.le16(128).map_or(0, u64::from);
        self.size_bytes = blocks * block_bytes;
    }
}

/// `None` when the file is no disc.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    let known = [b"CD001", b"NSR02", b"NSR03", b"BEA01"];
    if !head.get(0x8001..0x8006).is_some_and(|id| known.iter().any(|known| id == *known)) {
        return Ok(None);
    }
    let mut facts = Facts::of(Format::Iso);
    facts.virtual_size_bytes = Some(whole_sectors(file));
    if !holds(file, FIRST_DESCRIPTOR * SECTOR_BYTES, SECTOR_BYTES) {
        facts.refused(Trouble::Truncated(None));
        return Ok(Some(facts));
    }
    let disc = Disc::read(file)?.unwrap_or_default();
    if disc.udf_only {
        facts.variant = Some("UDF".to_owned());
    }
    if head.get(0x8001..0x8006) == Some(b"BEA01") {
        // The inspector looks for ISO 9660 in the place where this says that UDF follows.
        facts.refused(Trouble::UnsupportedVariant("UDF without ISO 9660".to_owned()));
    }
    if !facts.truncated_when_shorter(file, disc.size_bytes) && disc.boot == Boot::default() {
        facts.add(Weight::NeverBoots, Trouble::NothingToBoot);
    }
    Ok(Some(facts))
}

/// The boot catalog: a validation entry, the default entry, and sections of more entries, 32 bytes each.
fn read_catalog(file: &dyn ReadAt, offset: u64) -> Result<Boot, ReadError> {
    let mut boot = Boot::default();
    let len = MOST_CATALOG_ENTRIES * 32;
    let Some(catalog) = vec_at(file, offset, len)? else { return Ok(boot) };
    let mut platform = match catalog.first() {
        Some(1) if catalog.get(30..32) == Some(&[0x55, 0xaa]) => catalog.get(1).copied(),
        _ => return Ok(boot),
    };
    for entry in catalog.chunks_exact(32).skip(1) {
        match entry.first() {
            // A section's header names the platform of the entries behind it.
            Some(0x90 | 0x91) => platform = entry.get(1).copied(),
            Some(0x88) => match platform {
                Some(0xef) => boot.uefi = true,
                _ => boot.bios = true,
            },
            // An entry that cannot be started, or more about the one before.
            Some(0x44) => {}
            Some(0) if entry.iter().any(|byte| *byte != 0) => {}
            _ => break,
        }
    }
    Ok(boot)
}
