//! Recognising a file by its first bytes.

use crate::qcow2::Qcow2;

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// QEMU's own format.
    Qcow2(Qcow2),
    /// VMware, a sparse extent (`monolithicSparse`, `streamOptimized`).
    Vmdk,
    /// VMware, only the text that describes a disk whose data lies in other files.
    VmdkDescriptor,
    /// Virtual PC and Azure, dynamic (a fixed one has its mark at the end and looks raw here).
    Vhd,
    /// Hyper-V.
    Vhdx,
    /// `VirtualBox`.
    Vdi,
    /// QEMU's abandoned format, which clouds refuse.
    Qed,
    /// An optical disc, bootable or not.
    Iso,
    /// An encrypted volume.
    Luks,
    /// The bytes of a disk, with a partition table or boot sector.
    RawDisk,
    /// No disk image but something around one.
    Wrapped(Wrapped),
    /// Nothing that is known; perhaps the bytes of a disk without a partition table.
    Unknown,
    /// No bytes at all.
    Empty,
}

/// What lies around a disk image and must be taken off first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// `.tar`, `.ova`
    Tar,
}

impl Wrapped {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Zip => "zip",
            Self::SevenZip => "7z",
            Self::Tar => "tar (or OVA)",
        }
    }

    /// The command that takes it off `file`.
    pub fn remedy(self, file: &str) -> String {
        let program = match self {
            Self::Gzip => "gunzip --keep",
            Self::Xz => "unxz --keep",
            Self::Zstd => "unzstd --keep",
            Self::Bzip2 => "bunzip2 --keep",
            Self::Zip => "unzip",
            Self::SevenZip => "7z x",
            Self::Tar => "tar --extract --file",
        };
        format!("{program} '{}'", file.replace('\'', "'\\''"))
    }
}

impl Kind {
    /// The `disk_format` that Glance has for it; `None` when it has none, or when it is a guess too far.
    pub fn disk_format(&self) -> Option<&'static str> {
        match self {
            Self::Qcow2(_) => Some("qcow2"),
            Self::Vmdk | Self::VmdkDescriptor => Some("vmdk"),
            Self::Vhd => Some("vhd"),
            Self::Vhdx => Some("vhdx"),
            Self::Vdi => Some("vdi"),
            Self::Iso => Some("iso"),
            Self::RawDisk => Some("raw"),
            Self::Luks | Self::Qed | Self::Wrapped(_) | Self::Unknown | Self::Empty => None,
        }
    }
}

/// Offset, bytes, what they mean. The first that fits decides, so what an ISO may carry besides (a boot sector) comes after it.
const MARKS: &[(usize, &[u8], Kind)] = &[
    (0, b"KDMV", Kind::Vmdk),
    (0, b"# Disk DescriptorFile", Kind::VmdkDescriptor),
    (0, b"conectix", Kind::Vhd),
    (0, b"vhdxfile", Kind::Vhdx),
    (0x40, &[0x7f, 0x10, 0xda, 0xbe], Kind::Vdi),
    (0, b"QED\0", Kind::Qed),
    (0, b"LUKS\xba\xbe", Kind::Luks),
    (0x8001, b"CD001", Kind::Iso),
    (0x8001, b"NSR02", Kind::Iso),
    (0x8001, b"NSR03", Kind::Iso),
    (0, &[0x1f, 0x8b], Kind::Wrapped(Wrapped::Gzip)),
    (0, &[0xfd, b'7', b'z', b'X', b'Z', 0], Kind::Wrapped(Wrapped::Xz)),
    (0, &[0x28, 0xb5, 0x2f, 0xfd], Kind::Wrapped(Wrapped::Zstd)),
    (0, b"BZh", Kind::Wrapped(Wrapped::Bzip2)),
    (0, b"PK\x03\x04", Kind::Wrapped(Wrapped::Zip)),
    (0, &[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], Kind::Wrapped(Wrapped::SevenZip)),
    (257, b"ustar", Kind::Wrapped(Wrapped::Tar)),
    (510, &[0x55, 0xaa], Kind::RawDisk),
];

/// What the file is that begins with `head` (its first [`crate::HEAD_BYTES`], or all of it when it is shorter).
pub fn recognise(head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    if let Some(qcow2) = Qcow2::read(head) {
        return Kind::Qcow2(qcow2);
    }
    let has =
        |offset: usize, mark: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    MARKS
        .iter()
        .find(|(offset, mark, _)| has(*offset, mark))
        .map_or(Kind::Unknown, |(_, _, kind)| kind.clone())
}
