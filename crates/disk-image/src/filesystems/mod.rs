//! What a partition holds, and readers for the file systems that tell the operating system.

pub(crate) mod ext;
pub(crate) mod fat;
pub(crate) mod iso;
pub(crate) mod ntfs;

use crate::guest::Part;
use crate::guest::bytes::{has, text};
use crate::read::{Fields, ReadError};

/// What lies on a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Volume {
    /// `ext4`, `xfs`, `luks` ...
    pub(crate) holds: &'static str,
    pub(crate) label: Option<String>,
}

/// Offset, mark, name, and where the label is (offset, longest). Offsets are those of each one's own on-disk
/// documentation; `libblkid` knows the same ones.
type Mark = (usize, &'static [u8], &'static str, Option<(usize, usize)>);
const MARKS: &[Mark] = &[
    (0, b"LUKS\xba\xbe", "luks", None),
    (0, b"XFSB", "xfs", Some((108, 12))),
    (0, b"hsqs", "squashfs", None),
    (3, b"NTFS    ", "ntfs", None),
    (3, b"-FVE-FS-", "bitlocker", None),
    (3, b"EXFAT   ", "exfat", None),
    (32, b"NXSB", "apfs", None),
    (0x200, b"LABELONE", "lvm2", None),
    (0, b"LABELONE", "lvm2", None),
    (1024, &[0xe2, 0xe1, 0xf5, 0xe0], "erofs", Some((1024 + 64, 16))),
    (1024, &[0x10, 0x20, 0xf5, 0xf2], "f2fs", None),
    (1024, b"H+", "hfsplus", None),
    (4096, &[0xfc, 0x4e, 0x2b, 0xa9], "raid", None),
    (0, &[0xfc, 0x4e, 0x2b, 0xa9], "raid", None),
    (4096 - 10, b"SWAPSPACE2", "swap", Some((1024 + 28, 16))),
    (0x8001, b"CD001", "iso9660", Some((0x8028, 32))),
    (0x1_0040, b"_BHRfS_M", "btrfs", Some((0x1_012b, 256))),
    (0x1_0000 + 1372, &[0x19, 0x01, 0x54, 0x19], "ufs", None),
];
/// Where the marks beyond the first page begin.
const FIRST_LOOK: usize = 0x9000;
/// How far the marks reach.
const SECOND_LOOK: usize = 0x1_0600;
/// The first uberblock of a ZFS label, either byte order.
const ZFS_UBERBLOCK: u64 = 128 * 1024;

/// What a partition holds; `None` when nothing known is found.
pub(crate) fn probe(part: Part<'_>) -> Result<Option<Volume>, ReadError> {
    let mut head = part.some(0, FIRST_LOOK)?;
    if let Some(volume) = ext_volume(&head).or_else(|| marked(&head)) {
        return Ok(Some(volume));
    }
    if let Some(label) = fat::label(&head) {
        return Ok(Some(Volume { holds: "vfat", label }));
    }
    head.extend(part.some(FIRST_LOOK as u64, SECOND_LOOK - FIRST_LOOK)?);
    if let Some(volume) = marked(&head) {
        return Ok(Some(volume));
    }
    let uberblock = part.some(ZFS_UBERBLOCK, 8)?;
    let zfs = uberblock.le64(0) == Some(0x00ba_b10c) || uberblock.be64(0) == Some(0x00ba_b10c);
    Ok(zfs.then_some(Volume { holds: "zfs", label: None }))
}

fn marked(head: &[u8]) -> Option<Volume> {
    let (_, _, holds, label) = MARKS.iter().find(|(offset, mark, ..)| has(head, *offset, mark))?;
    let label = label.and_then(|(offset, len)| text(head, offset, len));
    Some(Volume { holds, label })
}

/// Which of the three it is, by features, as `libblkid` tells them apart.
fn ext_volume(head: &[u8]) -> Option<Volume> {
    let superblock = head.get(1024..2048)?;
    if superblock.le16(56)? != 0xef53 {
        return None;
    }
    let (compat, incompat, ro) =
        (superblock.le32(92)?, superblock.le32(96)?, superblock.le32(100)?);
    // Extents, 64 bits, flexible groups ...: what ext3 did not have.
    let newer = incompat & !0x1f != 0 || ro & !0x7 != 0;
    let holds = match (newer, compat & 4 != 0) {
        (true, _) => "ext4",
        (false, true) => "ext3",
        (false, false) => "ext2",
    };
    Some(Volume { holds, label: text(superblock, 120, 16) })
}
