//! LUKS: an encrypted volume as a file (`cryptsetup`, the on-disk format specifications of LUKS1 and LUKS2).

use crate::read::{Fields, ReadAt};
use crate::report::{Format, Trouble, Weight};

use super::Facts;

/// `None` when the file is no LUKS volume.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Option<Facts> {
    if !head.starts_with(b"LUKS\xba\xbe") {
        return None;
    }
    let mut facts = Facts::of(Format::Luks);
    facts.add(Weight::NeverBoots, Trouble::Encrypted);
    match head.be16(6) {
        Some(1) => {
            let payload = head.be32(104).map(|sectors| u64::from(sectors) * 512);
            facts.virtual_size_bytes =
                payload.and_then(|payload| file.len_bytes().checked_sub(payload));
            // Without the whole header, of 592 bytes, the cloud's inspector gives up.
            match facts.virtual_size_bytes {
                _ if file.len_bytes() < 592 => facts.refused(Trouble::Truncated(None)),
                None => facts.add(Weight::NeverBoots, Trouble::Truncated(None)),
                Some(_) => {}
            }
            facts.variant = Some("version 1".to_owned());
        }
        Some(version) => {
            facts.variant = Some(format!("version {version}"));
            facts.refused(Trouble::UnknownVersion(u32::from(version)));
        }
        None => facts.refused(Trouble::Truncated(None)),
    }
    Some(facts)
}
