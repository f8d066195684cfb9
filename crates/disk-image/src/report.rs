//! What an inspection found, as plain values that travel from the worker to the page (JSON).
//!
//! Facts only: the page makes sentences of them. It deliberately knows nothing of how they were read.

mod finding;

use serde::{Deserialize, Serialize};

pub use finding::{Finding, TableTrouble, Trouble, Weight};

/// Everything that one look into a file told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What the file is.
    pub format: Format,
    /// Which of the format's kinds, in the format's own words: `monolithicSparse`, `dynamic`, `version 2`.
    pub variant: Option<String>,
    /// What the cloud's inspector takes the file for; several at once are refused, but for a disc with a partition table.
    pub seen_as: Vec<Seen>,
    /// The disk inside a [`Format::Wrapped`] file, where its name can be told.
    pub wrapped: Option<Inner>,
    /// The file's own size, in bytes.
    pub file_size_bytes: u64,
    /// The size of the disk that a guest sees, in bytes; `None` where the format does not tell.
    pub virtual_size_bytes: Option<u64>,
    /// What stands in the way or should be known, heaviest first.
    pub findings: Vec<Finding>,
    /// How the disk is divided.
    pub layout: Layout,
    /// What on the disk a firmware can start.
    pub boot: Boot,
    /// The operating system on the disk, or why it could not be told.
    pub system: System,
}

/// What `oslo_utils.imageutils.format_inspector` (10.2) takes a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Seen {
    /// Nothing it knows.
    Raw,
    /// A partition table, GPT or MBR.
    Gpt,
    /// qcow2, and the older qcow.
    Qcow2,
    /// VHD with the footer's copy in front.
    Vhd,
    /// VHDX.
    Vhdx,
    /// VMDK, sparse or a descriptor.
    Vmdk,
    /// VDI.
    Vdi,
    /// QED.
    Qed,
    /// ISO 9660 or UDF.
    Iso,
    /// LUKS.
    Luks,
}

/// A disk image inside something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inner {
    /// Its name, as the wrapping tells it.
    pub name: String,
    /// Its size in bytes, where the wrapping tells it.
    pub size_bytes: Option<u64>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// QEMU's own format.
    Qcow2,
    /// VMware: a sparse or stream-optimized extent.
    Vmdk,
    /// VMware: only the text that describes a disk whose data lies in other files.
    VmdkDescriptor,
    /// Virtual PC and Azure, dynamic.
    Vhd,
    /// Virtual PC and Azure, fixed: a raw disk with a footer.
    VhdFixed,
    /// Hyper-V.
    Vhdx,
    /// `VirtualBox`.
    Vdi,
    /// QEMU's abandoned format.
    Qed,
    /// An optical disc.
    Iso,
    /// An encrypted volume.
    Luks,
    /// The bytes of a disk.
    Raw,
    /// Something around a disk image.
    Wrapped(Wrapped),
    /// Nothing that is known.
    Unknown,
    /// No bytes at all.
    Empty,
}

/// What lies around a disk image and must be taken off first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Wrapped {
    /// `.gz`
    Gzip,
    /// `.xz`
    Xz,
    /// `.zst`
    Zstd,
    /// `.bz2`
    Bzip2,
    /// `.zip`
    Zip,
    /// `.7z`
    SevenZip,
    /// `.tar`
    Tar,
    /// `.ova`: a tar that begins with an OVF description
    Ova,
}

/// How a disk is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// A GUID partition table.
    Gpt(Vec<Partition>),
    /// A master boot record.
    Mbr(Vec<Partition>),
    /// One file system from the first sector on.
    Bare(Partition),
    /// No table and no known file system.
    None,
    /// The data could not be reached through this format (encrypted, data elsewhere, wrapped).
    Unreadable,
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// 1 is the first; as the guest numbers it.
    pub number: u32,
    /// Where it begins on the disk, in bytes.
    pub start_bytes: u64,
    /// How long it is, in bytes.
    pub size_bytes: u64,
    /// `ext4`, `xfs`, `btrfs`, `ntfs`, `vfat`, `lvm2`, `luks`, `swap` ...; `None` when not recognised.
    pub holds: Option<String>,
    /// Its name in the table, or the file system's label.
    pub label: Option<String>,
}

/// What on the disk a firmware can start. Both may be true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// A boot sector with code, or a BIOS boot partition, or El Torito without EFI.
    pub bios: bool,
    /// An EFI system partition (or an EFI El Torito entry) with a loader.
    pub uefi: bool,
}

/// The operating system, or why it could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum System {
    /// What was found.
    Found(Os),
    /// The root could not be read, but other places on the disk (the EFI partition's folders, labels) point to this.
    Guessed {
        /// What they point to: worth filling in, and to be marked as a guess.
        os: Os,
        /// Why the root could not be read.
        why: WhyNot,
    },
    /// Why nothing was.
    NotTold(WhyNot),
}

/// An operating system as the disk itself names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `os_distro` in libosinfo's words (`debian`, `ubuntu`, `rhel`, `windows` ...), or `os-release`'s own `ID`; empty in a
    /// guess that knows no more than the architecture.
    pub distro: String,
    /// `os_version` as libosinfo has it (`12`, `24.04`, `2022`).
    pub version: Option<String>,
    /// For people: "Debian GNU/Linux 12 (bookworm)".
    pub name: String,
    /// `x86_64`, `aarch64` ...
    pub architecture: Option<String>,
    /// Whether cloud-init (on Windows: cloudbase-init) is installed.
    pub cloud_init: Presence,
    /// Whether the QEMU guest agent is installed.
    pub guest_agent: Presence,
    /// The user that cloud-init makes, from its own configuration or by custom of the distribution.
    pub default_user: Option<String>,
    /// Where this was read.
    pub read_from: ReadFrom,
}

/// Whether something is installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// It is.
    Yes,
    /// It is not: the places where it would be were read.
    No,
    /// Those places could not be read.
    #[default]
    Unknown,
}

/// Where an operating system was read, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadFrom {
    /// `/etc/os-release` of the root file system.
    OsRelease,
    /// The registry of a Windows file system.
    WindowsRegistry,
    /// Files that only Windows has.
    WindowsFiles,
    /// The volume id of an optical disc.
    VolumeId,
    /// The folders of the EFI partition.
    EfiFolders,
    /// Labels of partitions and file systems.
    Labels,
    /// Nothing but the file's name.
    #[default]
    FileName,
}

/// Why the operating system could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyNot {
    /// The root lies on something that Slipway does not read: `xfs`, `btrfs`, `lvm2` ...
    FileSystem(String),
    /// The disk is encrypted.
    Encrypted,
    /// The format's data cannot be read in place.
    Format,
    /// There is no file system that could be a root.
    NoRoot,
    /// Reading failed half way; what failed.
    Damaged(String),
}
