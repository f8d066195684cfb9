//! What a cloud makes of a file: Glance's names for formats, and what comes of uploading a file under one of them.
//!
//! Glance 2025.1 and later inspects what it gets (`glance/location.py`, `set_data`); Nova and Cinder inspect it again when
//! they use it (`nova/virt/images.py`), and since 2024.1 are the only ones that do in older clouds.

use crate::report::{Format, Report, Seen, Weight};

/// A file that is something else than its `disk_format` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What the cloud sees.
    pub seen: Seen,
    /// [`Weight::Refused`], or [`Weight::NeverBoots`] where only Nova and Cinder mind.
    pub weight: Weight,
}

impl Report {
    /// What comes of uploading the file as `disk_format`, where that does not match what the cloud sees; `None` when it does.
    /// A file that looks like several formats at once never gets so far: that is among its findings.
    pub fn mismatch(&self, disk_format: &str) -> Option<Mismatch> {
        let seen = self.seen()?;
        let weight = match disk_format {
            _ if seen.name() == disk_format => return None,
            // Glance takes whatever is called raw; a partition table is what a raw disk should have.
            "raw" if matches!(seen, Seen::Raw | Seen::Gpt) => return None,
            "raw" => Weight::NeverBoots,
            // Kernels, ramdisks and what an operator added: nobody knows how they look.
            _ if seen == Seen::Raw
                && !Seen::ALL.iter().any(|known| known.name() == disk_format) =>
            {
                return None;
            }
            _ => Weight::Refused,
        };
        Some(Mismatch { seen, weight })
    }

    /// The one format that the cloud sees; a disc may have a partition table besides.
    fn seen(&self) -> Option<Seen> {
        match *self.seen_as.as_slice() {
            [seen] | [seen @ Seen::Iso, Seen::Gpt] => Some(seen),
            _ => None,
        }
    }

    /// How large a volume or a flavor's disk must be at least, in bytes: Cinder asks for the file's size and for the disk's.
    pub fn smallest_disk_bytes(&self) -> u64 {
        self.virtual_size_bytes.unwrap_or(0).max(self.file_size_bytes)
    }
}

impl Seen {
    const ALL: [Self; 10] = [
        Self::Raw,
        Self::Gpt,
        Self::Qcow2,
        Self::Vhd,
        Self::Vhdx,
        Self::Vmdk,
        Self::Vdi,
        Self::Qed,
        Self::Iso,
        Self::Luks,
    ];

    /// The inspector's name for it, which is Glance's `disk_format` where that has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Gpt => "gpt",
            Self::Qcow2 => "qcow2",
            Self::Vhd => "vhd",
            Self::Vhdx => "vhdx",
            Self::Vmdk => "vmdk",
            Self::Vdi => "vdi",
            Self::Qed => "qed",
            Self::Iso => "iso",
            Self::Luks => "luks",
        }
    }
}

impl Format {
    /// The `disk_format` to upload it as; `None` when there is none, or when it is a guess too far.
    pub fn disk_format(self) -> Option<&'static str> {
        match self {
            Self::Qcow2 => Some("qcow2"),
            Self::Vmdk | Self::VmdkDescriptor => Some("vmdk"),
            Self::Vhd => Some("vhd"),
            Self::Vhdx => Some("vhdx"),
            Self::Vdi => Some("vdi"),
            Self::Iso => Some("iso"),
            // A fixed VHD is a raw disk to the cloud; its footer hides behind the disk's end.
            Self::Raw | Self::VhdFixed => Some("raw"),
            Self::Luks | Self::Qed | Self::Wrapped(_) | Self::Unknown | Self::Empty => None,
        }
    }
}
