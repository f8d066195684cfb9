//! An optical disc: ISO 9660 (ECMA-119), or UDF besides or alone. What can be started from it, the survey of the disc tells.

use crate::read::{Fields, ReadAt, ReadError, bytes_at};
use crate::report::{Format, Trouble};

use super::{Facts, whole_sectors};

/// Where the first volume descriptor lies, and how long each is, in bytes.
const FIRST_DESCRIPTOR: u64 = 32 << 10;
const DESCRIPTOR_BYTES: usize = 2048;
/// Discs have three or four.
const MOST_DESCRIPTORS: u64 = 32;

/// `None` when the file is no disc.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    let id = head.get(0x8001..0x8006).unwrap_or_default();
    let is_udf_only = [b"BEA01", b"NSR02", b"NSR03"].iter().any(|known| id == *known);
    if id != b"CD001" && !is_udf_only {
        return Ok(None);
    }
    let mut facts = Facts::of(Format::Iso);
    facts.virtual_size_bytes = Some(whole_sectors(file));
    if is_udf_only {
        facts.variant = Some("UDF".to_owned());
        // The inspector knows UDF by these two only, in this place only.
        if id == b"BEA01" {
            facts.refused(Trouble::UnsupportedVariant("UDF without ISO 9660".to_owned()));
        }
        return Ok(Some(facts));
    }
    if head.len() < super::HEAD_BYTES {
        facts.refused(Trouble::Truncated(None));
    } else if let Some(size_bytes) = size_bytes(file)? {
        facts.truncated_when_shorter(file, size_bytes);
    }
    Ok(Some(facts))
}

/// How large the disc says it is, in its primary volume descriptor.
fn size_bytes(file: &dyn ReadAt) -> Result<Option<u64>, ReadError> {
    for number in 0..MOST_DESCRIPTORS {
        let at = FIRST_DESCRIPTOR + number * DESCRIPTOR_BYTES as u64;
        let Some(descriptor) = bytes_at::<DESCRIPTOR_BYTES>(file, at)? else { break };
        if descriptor.get(1..6) != Some(b"CD001") {
            break;
        }
        if descriptor.first() == Some(&1) {
            let blocks = descriptor.le32(80).map_or(0, u64::from);
            return Ok(descriptor.le16(128).map(|block_bytes| blocks * u64::from(block_bytes)));
        }
    }
    Ok(None)
}
