//! QED, QEMU's abandoned format: recognised only to say how to leave it (QEMU `docs/interop/qed_spec.rst`).

use crate::read::{Fields, ReadAt, ReadError, vec_at};
use crate::report::{Format, Trouble};

use super::{Facts, text};

/// QEMU's own limit.
const MOST_NAME_BYTES: usize = 1023;
const HAS_BACKING_FILE: u64 = 1;

/// `None` when the file is no QED.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    if !head.starts_with(b"QED\0") {
        return Ok(None);
    }
    let mut facts = Facts::of(Format::Qed);
    facts.refused(Trouble::BannedFormat);
    facts.virtual_size_bytes = head.le64(48);
    if head.le64(16).is_some_and(|features| features & HAS_BACKING_FILE != 0) {
        let name = match (head.le32(56), head.le32(60)) {
            (Some(offset), Some(len)) => {
                vec_at(file, u64::from(offset), (len as usize).min(MOST_NAME_BYTES))?
            }
            _ => None,
        };
        facts.refused(Trouble::BackingFile(name.map(|name| text(&name))));
    }
    Ok(Some(facts))
}
