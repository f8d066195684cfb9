//! `VirtualBox` (QEMU `block/vdi.c`).

use crate::read::{Fields, ReadAt};
use crate::report::{Format, Trouble, Weight};

use super::Facts;

const SIGNATURE: u32 = 0xbeda_107f;
/// 1.1, the only version that QEMU opens.
const VERSION: u32 = 0x0001_0001;

/// `None` when the file is no VDI.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Option<Facts> {
    if head.le32(0x40)? != SIGNATURE {
        return None;
    }
    let mut facts = Facts::of(Format::Vdi);
    if read_header(file, head, &mut facts).is_none() {
        facts.refused(Trouble::Truncated(None));
    }
    Some(facts)
}

/// `None` when the header is not all there.
fn read_header(file: &dyn ReadAt, head: &[u8], facts: &mut Facts) -> Option<()> {
    let version = head.le32(0x44)?;
    let image_type = head.le32(0x4c)?;
    let data_offset = u64::from(head.le32(0x158)?);
    let disk_bytes = head.le64(0x170)?;
    let block_bytes = u64::from(head.le32(0x178)?);
    let blocks_allocated = u64::from(head.le32(0x184)?);
    let [link, parent] = [head.array::<16>(0x1a8)?, head.array::<16>(0x1b8)?];
    facts.virtual_size_bytes = Some(disk_bytes.checked_next_multiple_of(512).unwrap_or(disk_bytes));
    facts.variant = Some(match image_type {
        1 => "dynamic".to_owned(),
        2 => "static".to_owned(),
        3 => "undo".to_owned(),
        4 => "differencing".to_owned(),
        other => format!("type {other}"),
    });
    // The parent is named by id only; both ids are set in a link of a chain of snapshots.
    if image_type == 4 || link != [0; 16] || parent != [0; 16] {
        facts.add(Weight::NeverBoots, Trouble::BackingFile(None));
    } else if !matches!(image_type, 1 | 2) {
        let variant = facts.variant.clone().unwrap_or_default();
        facts.add(Weight::NeverBoots, Trouble::UnsupportedVariant(variant));
    }
    if version != VERSION {
        facts.add(Weight::NeverBoots, Trouble::UnknownVersion(version));
    }
    if block_bytes != 1 << 20 {
        facts.add(Weight::NeverBoots, Trouble::Damaged("block size".to_owned()));
        return Some(());
    }
    let end = data_offset + blocks_allocated * block_bytes;
    facts.truncated_when_shorter(file, end);
    Some(())
}
