//! An optical disc: its name, and by its El Torito catalogue what can start it.

use crate::guest::Part;
use crate::guest::bytes::{has, text};
use crate::read::{Fields, ReadError};

/// What a disc tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disc {
    pub(crate) volume_id: Option<String>,
    /// An entry for a BIOS.
    pub(crate) bios: bool,
    /// Where the FAT image of the entry for UEFI begins, in bytes.
    pub(crate) efi_image_at: Option<u64>,
}

const SECTOR: u64 = 2048;
/// Volume descriptors begin at sector 16, and a disc has a handful.
const MOST_DESCRIPTORS: u64 = 16;

/// Reads the volume descriptors.
pub(crate) fn read(part: Part<'_>) -> Result<Disc, ReadError> {
    let mut disc = Disc::default();
    for number in 16..16 + MOST_DESCRIPTORS {
        let sector = part.some(number * SECTOR, SECTOR as usize)?;
        if !has(&sector, 1, b"CD001") {
            break;
        }
        match sector.first() {
            Some(0) if has(&sector, 7, b"EL TORITO SPECIFICATION") => {
                let at = sector.le32(71).map_or(0, u64::from) * SECTOR;
                read_catalogue(&part.some(at, SECTOR as usize)?, &mut disc);
            }
            Some(1) => disc.volume_id = text(&sector, 40, 32),
            Some(0xff) | None => break,
            Some(_) => {}
        }
    }
    Ok(disc)
}

/// Entries of 32 bytes: the validation, the default entry, then headers of sections and their entries.
fn read_catalogue(catalogue: &[u8], disc: &mut Disc) {
    const EFI: u8 = 0xef;
    let mut platform = 0;
    for entry in catalogue.chunks_exact(32) {
        match (entry.first(), entry.get(1)) {
            // The validation entry and section headers name the platform of what follows.
            (Some(1 | 0x90 | 0x91), Some(named)) => platform = *named,
            (Some(0x88), _) if platform == EFI => {
                let at = entry.le32(8).map_or(0, u64::from) * SECTOR;
                disc.efi_image_at = disc.efi_image_at.or(Some(at));
            }
            (Some(0x88), _) => disc.bios = true,
            // Not bootable, or an extension of the entry before.
            (Some(0x44), _) => {}
            _ => break,
        }
    }
}
