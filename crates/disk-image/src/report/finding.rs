//! What stands in a file's way, and how heavily.

use serde::{Deserialize, Serialize};

use super::Seen;

/// Something that the user should know before the first byte is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What.
    pub trouble: Trouble,
    /// How bad.
    pub weight: Weight,
}

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Weight {
    /// The cloud refuses the file, some at once and some after the whole body.
    Refused,
    /// The cloud accepts it and it never boots.
    NeverBoots,
    /// It works, but something is to be known.
    Notice,
}

/// What a finding is about. The rules on what is refused are those of `oslo_utils.imageutils.format_inspector`, which
/// Glance, Nova and Cinder use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// Part of the disk lies in another file; its name where the file tells.
    BackingFile(Option<String>),
    /// The data lies in other files, by their names where the file tells them (qcow2 external data file, VMDK extents).
    DataElsewhere(Vec<String>),
    /// The disk's content is encrypted (qcow2 AES or LUKS, LUKS itself).
    Encrypted,
    /// A version of the format that the cloud does not know.
    UnknownVersion(u32),
    /// Features that the cloud's inspector does not know, by name (`extended L2 entries`).
    UnknownFeatures(Vec<String>),
    /// A variant that clouds do not take, by its own name (VMDK `monolithicFlat`).
    UnsupportedVariant(String),
    /// No cloud takes the format.
    BannedFormat,
    /// A disk image is inside, but must be taken out first.
    Wrapped,
    /// The file ends before what it promises; by so many bytes where that can be told.
    Truncated(Option<u64>),
    /// Its own header is damaged.
    Damaged(String),
    /// Not closed cleanly: a journal to replay, reference counts to rebuild.
    NotClean,
    /// QEMU itself marked it as corrupt.
    MarkedCorrupt,
    /// Clouds refuse its partition table; only when it is uploaded as raw.
    Table(TableTrouble),
    /// It looks like several formats at once, which clouds refuse.
    SeveralFormats(Vec<Seen>),
    /// The cloud cannot tell it from a raw disk and refuses its own format's name, so it is sent as raw, its footer with it
    /// (fixed VHD).
    SeenAsRaw,
    /// Neither partition table nor file system: nothing a firmware can start.
    NothingToBoot,
    /// The file is empty.
    Empty,
    /// Snapshots inside the file, so many: they travel along and are of no use in the cloud.
    InnerSnapshots(u32),
}

/// What clouds refuse in the first sector of a raw disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableTrouble {
    /// A boot flag that is neither 0x00 nor 0x80: it is code or data, not a table.
    BootFlag,
    /// The entry that stands for the GPT does not start where it must.
    ProtectiveEntry,
    /// Entries beside the one that stands for the GPT (a hybrid MBR).
    Hybrid,
    /// A boot sector without any partition.
    NoPartitions,
}
