//! The header of a qcow2 file (QEMU `docs/interop/qcow2.rst`).

/// What the header tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qcow2 {
    /// 2 or 3; anything else is refused.
    pub version: u32,
    /// The size of the disk that it holds.
    pub virtual_size_bytes: u64,
    /// Why a cloud will not take it, most important first; empty when it will.
    pub refusals: Vec<Refusal>,
}

/// Why a cloud refuses a qcow2 file: 415 after the whole body, or an import that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Part of the disk lies in another file.
    BackingFile,
    /// The data lies in another file.
    DataFile,
    /// A version or feature that the cloud's inspector does not know (extended L2 entries are one).
    UnknownFeature,
}

/// Bits of `incompatible_features` that the inspector accepts: dirty, corrupt, data file (refused by name), compression type.
const KNOWN_INCOMPATIBLE: u64 = 0b1111;
const DATA_FILE: u64 = 0b100;

impl Qcow2 {
    /// `None` when these bytes are no qcow2 header.
    pub(crate) fn read(head: &[u8]) -> Option<Self> {
        if !head.starts_with(b"QFI\xfb") {
            return None;
        }
        let version = u32::from_be_bytes(bytes(head, 4)?);
        let backing_offset = u64::from_be_bytes(bytes(head, 8)?);
        let virtual_size_bytes = u64::from_be_bytes(bytes(head, 24)?);
        let incompatible = match version {
            3 => u64::from_be_bytes(bytes(head, 72)?),
            _ => 0,
        };
        let refusals = [
            (Refusal::BackingFile, backing_offset != 0),
            (Refusal::DataFile, incompatible & DATA_FILE != 0),
            (
                Refusal::UnknownFeature,
                !matches!(version, 2 | 3) || incompatible & !KNOWN_INCOMPATIBLE != 0,
            ),
        ];
        Some(Self {
            version,
            virtual_size_bytes,
            refusals: refusals
                .into_iter()
                .filter(|(_, found)| *found)
                .map(|(why, _)| why)
                .collect(),
        })
    }
}

fn bytes<const N: usize>(head: &[u8], offset: usize) -> Option<[u8; N]> {
    head.get(offset..offset.checked_add(N)?)?.try_into().ok()
}
