//! What is on the disk: how it is divided, what a firmware can start, and which operating system it has.
//!
//! The root's own files are asked first, then what lies around it. Nothing here fails: what cannot be read is said.

mod efi;
mod hive;
mod linux;
mod names;
mod os_release;
mod windows;

use crate::filesystems::ext::{Ext, Failed};
use crate::filesystems::ntfs::Ntfs;
use crate::filesystems::{Volume, iso, probe};
use crate::guest::{Disk, Part};
use crate::partitions::{self, Purpose, Scheme, Slot};
use crate::read::{ReadAt, ReadError};
use crate::report::{
    Boot, Format, Layout, Os, Partition, Presence, ReadFrom, Report, System, WhyNot,
};

use efi::Efi;
use names::guess_by_name;

/// What one look at a disk told.
pub(crate) struct Survey {
    pub(crate) layout: Layout,
    pub(crate) boot: Boot,
    pub(crate) system: System,
}

impl Survey {
    /// Nothing could be read, for this reason.
    pub(crate) fn unreadable(why: WhyNot) -> Self {
        let system = System::NotTold(why);
        Self { layout: Layout::Unreadable, boot: Boot::default(), system }
    }
}

/// More partitions than this are listed, but not looked into.
const MOST_LOOKED_INTO: usize = 64;

/// One partition, or the whole disk when it has no table.
struct Piece<'a> {
    slot: Slot,
    part: Part<'a>,
    volume: Option<Volume>,
}

impl Piece<'_> {
    fn holds(&self) -> &'static str {
        self.volume.as_ref().map_or("", |volume| volume.holds)
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.slot.name.iter().chain(self.volume.iter().filter_map(|volume| volume.label.as_ref()))
    }

    fn told(&self) -> Partition {
        Partition {
            number: self.slot.number,
            start_bytes: self.slot.start_bytes,
            size_bytes: self.slot.size_bytes,
            holds: self.volume.as_ref().map(|volume| volume.holds.to_owned()),
            label: self.names().next().cloned(),
        }
    }
}

/// The report, with what the file's name adds where the disk did not name its system. A file that is no disk image, or
/// nothing around one, is not believed.
pub fn with_file_name(mut report: Report, file_name: &str) -> Report {
    if matches!(report.format, Format::Unknown | Format::Empty) {
        return report;
    }
    let Some(named) = guess_by_name(file_name, ReadFrom::FileName) else { return report };
    report.system = match report.system {
        System::Found(os) => System::Found(os),
        System::NotTold(why) => System::Guessed { os: named, why },
        System::Guessed { os, why } if os.distro.is_empty() => {
            let architecture = os.architecture.or(named.architecture);
            System::Guessed { os: Os { architecture, ..named }, why }
        }
        // The EFI partition knows who, the name knows which.
        System::Guessed { os, why } if os.distro == named.distro && os.version.is_none() => {
            let (version, name) = (named.version, named.name);
            System::Guessed { os: Os { version, name, ..os }, why }
        }
        guessed @ System::Guessed { .. } => guessed,
    };
    report
}

/// Looks at a disk.
pub(crate) fn survey(disk: &Disk<'_>) -> Survey {
    match read(disk) {
        Ok(survey) => survey,
        Err(error) => Survey::unreadable(WhyNot::Damaged(error.to_string())),
    }
}

/// Looks at an optical disc.
pub(crate) fn survey_disc(disk: &Disk<'_>) -> Survey {
    let whole = disk.whole();
    let disc = match iso::read(whole) {
        Ok(disc) => disc,
        Err(error) => return Survey::unreadable(WhyNot::Damaged(error.to_string())),
    };
    let loader = disc
        .efi_image_at
        .and_then(|at| efi::read(whole.part(at, whole.len_bytes())).ok().flatten()?.loader_for);
    let boot = Boot { bios: disc.bios, uefi: disc.efi_image_at.is_some() };
    let guess = disc.volume_id.as_deref().and_then(|id| guess_by_name(id, ReadFrom::VolumeId));
    let system = match guess {
        Some(os) => System::Found(Os {
            architecture: os.architecture.or(loader.map(str::to_owned)),
            // A disc that installs or rescues is nobody's running system.
            default_user: None,
            ..os
        }),
        None => guessed(unnamed(loader), WhyNot::NoRoot),
    };
    let partition = Partition {
        number: 1,
        start_bytes: 0,
        size_bytes: whole.len_bytes(),
        holds: Some("iso9660".to_owned()),
        label: disc.volume_id,
    };
    Survey { layout: Layout::Bare(partition), boot, system }
}

fn read(disk: &Disk<'_>) -> Result<Survey, ReadError> {
    let whole = disk.whole();
    let (scheme, pieces) = pieces(whole)?;
    let efis: Vec<Efi> = pieces
        .iter()
        .filter(|piece| piece.holds() == "vfat")
        .filter_map(|piece| efi::read(piece.part).ok().flatten())
        .collect();
    let system = match found(&pieces) {
        Ok(os) => System::Found(os),
        Err(why) => guessed(guess(&pieces, &efis), why),
    };
    let boot = Boot {
        bios: starts_by_bios(whole, scheme, &pieces)?,
        uefi: efis.iter().any(|efi| efi.loader_for.is_some()),
    };
    let partitions: Vec<Partition> = pieces.iter().map(Piece::told).collect();
    let layout = match (scheme, partitions.first()) {
        (Some(Scheme::Gpt), _) => Layout::Gpt(partitions),
        (Some(Scheme::Mbr), _) => Layout::Mbr(partitions),
        (None, Some(only)) => Layout::Bare(only.clone()),
        (None, None) => Layout::None,
    };
    Ok(Survey { layout, boot, system })
}

fn pieces(whole: Part<'_>) -> Result<(Option<Scheme>, Vec<Piece<'_>>), ReadError> {
    let table = partitions::read(whole)?;
    let bare = match &table {
        Some(table) if table.scheme == Scheme::Gpt => None,
        _ => probe(whole)?,
    };
    // A file system's own boot sector may look like a table; one that is recognised is right.
    let table = table.filter(|_| bare.is_none());
    let Some(table) = table else {
        let slot = Slot {
            number: 1,
            start_bytes: 0,
            size_bytes: whole.len_bytes(),
            purpose: Purpose::Other,
            active: true,
            name: None,
        };
        let piece = bare.map(|volume| Piece { slot, part: whole, volume: Some(volume) });
        return Ok((None, piece.into_iter().collect()));
    };
    let mut pieces = Vec::new();
    for slot in table.slots {
        let part = whole.part(slot.start_bytes, slot.size_bytes);
        let looked_into = pieces.len() < MOST_LOOKED_INTO && slot.purpose != Purpose::BiosBoot;
        // One that cannot be read is listed all the same.
        let volume = if looked_into { probe(part).unwrap_or_default() } else { None };
        pieces.push(Piece { slot, part, volume });
    }
    Ok((Some(table.scheme), pieces))
}

/// Whether a BIOS finds something to start in the first sector.
fn starts_by_bios(
    whole: Part<'_>,
    scheme: Option<Scheme>,
    pieces: &[Piece<'_>],
) -> Result<bool, ReadError> {
    let first = whole.some(0, 512)?;
    let marked = first.ends_with(&[0x55, 0xaa]);
    // What mkfs.fat writes there only says that it cannot be started.
    let says_no = first.windows(12).any(|text| text == b"not a bootab");
    let code = marked
        && !says_no
        && first.get(..440).is_some_and(|code| code.iter().any(|byte| *byte != 0));
    let has = |wanted: Purpose| pieces.iter().any(|piece| piece.slot.purpose == wanted);
    Ok(match scheme {
        // Partitioning programs leave code in the protective MBR that can start nothing by itself.
        Some(Scheme::Gpt) => {
            code && (has(Purpose::BiosBoot)
                || pieces.iter().any(|piece| piece.slot.active)
                || !has(Purpose::Efi))
        }
        Some(Scheme::Mbr) | None => code,
    })
}

/// The system by the files of its root, or why there is none.
fn found(pieces: &[Piece<'_>]) -> Result<Os, WhyNot> {
    let mut reasons: Vec<(u64, WhyNot)> = Vec::new();
    let mut extents = Vec::new();
    for piece in pieces {
        let size = piece.slot.size_bytes;
        match piece.holds() {
            "ext2" | "ext3" | "ext4" => match Ext::open(piece.part) {
                Ok(ext) => extents.push(ext),
                Err(failed) => reasons.push((size, in_words(failed))),
            },
            "ntfs" => {
                match Ntfs::open(piece.part).map(|ntfs| ntfs.map(|ntfs| windows::read(&ntfs))) {
                    Ok(Some(Ok(Some(os)))) => return Ok(os),
                    Ok(Some(Err(error))) | Err(error) => {
                        reasons.push((size, WhyNot::Damaged(error.to_string())));
                    }
                    Ok(_) => {}
                }
            }
            "luks" | "bitlocker" => reasons.push((size, WhyNot::Encrypted)),
            "" | "vfat" | "swap" => {}
            other => reasons.push((size, WhyNot::FileSystem(other.to_owned()))),
        }
    }
    match linux::read(&extents) {
        Ok(Some(os)) => return Ok(os),
        Ok(None) => {}
        Err(failed) => reasons.push((u64::MAX, in_words(failed))),
    }
    // The largest is the likeliest root.
    let heaviest = reasons.into_iter().max_by_key(|(size, _)| *size);
    Err(heaviest.map_or(WhyNot::NoRoot, |(_, why)| why))
}

fn in_words(failed: Failed) -> WhyNot {
    match failed {
        Failed::NotThere => WhyNot::NoRoot,
        Failed::Damaged(why) => WhyNot::Damaged(why),
    }
}

/// What lies around the root points to.
fn guess(pieces: &[Piece<'_>], efis: &[Efi]) -> Option<Os> {
    let mut by_label = pieces
        .iter()
        .flat_map(Piece::names)
        .filter_map(|name| guess_by_name(name, ReadFrom::Labels));
    let folder = efis.iter().flat_map(|efi| efi.distros.iter()).next();
    let by_type = pieces.iter().find_map(|piece| match piece.slot.purpose {
        Purpose::Of(distro) => Some(distro),
        _ => None,
    });
    let os = match (folder, by_label.next()) {
        // A label may know the version besides.
        (Some(distro), Some(label)) if label.distro == *distro => {
            Some(Os { read_from: ReadFrom::EfiFolders, ..label })
        }
        (Some(distro), _) => guess_by_name(distro, ReadFrom::EfiFolders),
        (None, Some(label)) => Some(label),
        (None, None) => by_type.and_then(|distro| guess_by_name(distro, ReadFrom::Labels)),
    };
    let loader = efis.iter().find_map(|efi| efi.loader_for);
    let root = pieces.iter().find_map(|piece| match piece.slot.purpose {
        Purpose::LinuxRoot(architecture) => Some(architecture),
        _ => None,
    });
    let architecture = root.or(loader);
    match os {
        Some(os) => {
            Some(Os { architecture: os.architecture.or(architecture.map(str::to_owned)), ..os })
        }
        None => unnamed(architecture),
    }
}

/// Only the architecture is known.
fn unnamed(architecture: Option<&str>) -> Option<Os> {
    let architecture = Some(architecture?.to_owned());
    let (cloud_init, guest_agent) = (Presence::Unknown, Presence::Unknown);
    Some(Os {
        architecture,
        cloud_init,
        guest_agent,
        read_from: ReadFrom::EfiFolders,
        ..Os::default()
    })
}

fn guessed(os: Option<Os>, why: WhyNot) -> System {
    match os {
        Some(os) => System::Guessed { os, why },
        None => System::NotTold(why),
    }
}
