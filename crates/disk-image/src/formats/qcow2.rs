//! qcow2, and the qcow before it (QEMU `docs/interop/qcow2.rst`, `block/qcow2.c`).

mod reach;

use crate::read::{Fields, ReadAt, ReadError, some_at, vec_at};
use crate::report::{Format, Trouble, Weight};

use super::{Facts, text};

pub(crate) const MAGIC: &[u8] = b"QFI\xfb";

/// Bits of `incompatible_features`.
pub(crate) mod incompatible {
    /// Reference counts may be stale.
    pub(crate) const DIRTY: u64 = 1;
    /// Metadata is damaged; QEMU opens it for reading only.
    pub(crate) const CORRUPT: u64 = 1 << 1;
    /// Guest data lies in another file.
    pub(crate) const DATA_FILE: u64 = 1 << 2;
    /// Compressed clusters are not zlib.
    pub(crate) const COMPRESSION_TYPE: u64 = 1 << 3;
    /// L2 entries are 128 bits and have subclusters.
    pub(crate) const EXTENDED_L2: u64 = 1 << 4;
    /// What the cloud's inspector knows: everything below bit 4.
    pub(super) const KNOWN_TO_CLOUDS: u64 = EXTENDED_L2 - 1;
}

/// QEMU's own limit for names of backing and data files, in bytes.
const MOST_NAME_BYTES: usize = 1023;
/// Header extensions are read up to here; QEMU wants them in the first cluster, which may be 2 MiB.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// What stands at the front of the file. Fields of version 3 have the values that version 2 implies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Qcow2Header {
    /// 1 (qcow), 2, 3, or what nobody knows yet.
    pub(crate) version: u32,
    /// The name of the file that has the rest of the disk; `Some("")` when there is one and its name cannot be read.
    pub(crate) backing_file: Option<String>,
    /// A cluster is `1 << cluster_bits` bytes; 9 to 21 when the header is sound.
    pub(crate) cluster_bits: u32,
    /// The size of the disk that a guest sees.
    pub(crate) virtual_size_bytes: u64,
    /// 0 none, 1 AES, 2 LUKS.
    pub(crate) crypt_method: u32,
    /// Entries in the L1 table, 8 bytes each.
    pub(crate) l1_entries: u32,
    /// Where it lies in the file.
    pub(crate) l1_table_offset: u64,
    /// Where the table of refcount blocks lies.
    pub(crate) refcount_table_offset: u64,
    /// How long that is.
    pub(crate) refcount_table_clusters: u32,
    /// A reference count is `1 << refcount_order` bits; 4 in version 2.
    pub(crate) refcount_order: u32,
    /// Snapshots inside the file.
    pub(crate) snapshots: u32,
    /// Where their table lies.
    pub(crate) snapshots_offset: u64,
    /// How long this header is, in bytes.
    pub(crate) header_bytes: u32,
    /// See [`incompatible`].
    pub(crate) incompatible_features: u64,
    /// 0 zlib, 1 zstd; only with its incompatible bit.
    pub(crate) compression_type: u8,
    /// The name of the file that has the data, from its header extension.
    pub(crate) data_file: Option<String>,
    /// Names that the file gives to bits of `incompatible_features`.
    pub(crate) feature_names: Vec<(u8, String)>,
}

impl Qcow2Header {
    /// `None` when the file does not begin as one, or ends before the header does.
    pub(crate) fn read(file: &dyn ReadAt) -> Result<Option<Self>, ReadError> {
        let head = some_at(file, 0, MOST_HEADER_BYTES)?;
        if !head.starts_with(MAGIC) {
            return Ok(None);
        }
        let Some(mut header) = Self::fixed(&head) else { return Ok(None) };
        if let (Some(offset @ 1..), Some(len)) = (head.be64(8), head.be32(16)) {
            header.backing_file = Some(backing_name(file, offset, len)?);
        }
        if header.version >= 2 {
            header.read_extensions(&head);
        }
        Ok(Some(header))
    }

    /// The fields at fixed places.
    fn fixed(head: &[u8]) -> Option<Self> {
        let version = head.be32(4)?;
        let virtual_size_bytes = head.be64(24)?;
        let mut header = Self {
            version,
            backing_file: None,
            cluster_bits: 0,
            virtual_size_bytes,
            crypt_method: 0,
            l1_entries: 0,
            l1_table_offset: 0,
            refcount_table_offset: 0,
            refcount_table_clusters: 0,
            refcount_order: 4,
            snapshots: 0,
            snapshots_offset: 0,
            header_bytes: 72,
            incompatible_features: 0,
            compression_type: 0,
            data_file: None,
            feature_names: Vec::new(),
        };
        if version == 1 {
            // qcow: cluster_bits and l2_bits are one byte each, at 32 and 33.
            header.cluster_bits = u32::from(*head.get(32)?);
            header.crypt_method = head.be32(36)?;
            header.l1_table_offset = head.be64(40)?;
            return Some(header);
        }
        header.cluster_bits = head.be32(20)?;
        header.crypt_method = head.be32(32)?;
        header.l1_entries = head.be32(36)?;
        header.l1_table_offset = head.be64(40)?;
        header.refcount_table_offset = head.be64(48)?;
        header.refcount_table_clusters = head.be32(56)?;
        header.snapshots = head.be32(60)?;
        header.snapshots_offset = head.be64(64)?;
        if version >= 3 {
            header.incompatible_features = head.be64(72)?;
            header.refcount_order = head.be32(96)?;
            header.header_bytes = head.be32(100)?;
            let with_compression = header.header_bytes > 104
                && header.incompatible_features & incompatible::COMPRESSION_TYPE != 0;
            header.compression_type = if with_compression { *head.get(104)? } else { 0 };
        }
        Some(header)
    }

    /// Type, length, data, padded to eight bytes, until type 0.
    fn read_extensions(&mut self, head: &[u8]) {
        const DATA_FILE: u32 = 0x4441_5441;
        const FEATURE_NAMES: u32 = 0x6803_f857;
        let start = match self.version {
            2 => 72,
            _ => head.be32(100).unwrap_or(104),
        };
        let mut at = usize::try_from(start).unwrap_or(usize::MAX);
        while let (Some(kind @ 1..), Some(len)) = (head.be32(at), head.be32(at.saturating_add(4))) {
            let (from, len) = (at.saturating_add(8), len as usize);
            let Some(data) = head.get(from..from.saturating_add(len)) else { return };
            match kind {
                DATA_FILE => self.data_file = Some(text(data)),
                FEATURE_NAMES => {
                    self.feature_names = data
                        .chunks_exact(48)
                        .filter(|entry| entry.first() == Some(&0))
                        .filter_map(|entry| Some((*entry.get(1)?, text(entry.get(2..)?))))
                        .collect();
                }
                _ => {}
            }
            at = from.saturating_add(len.next_multiple_of(8));
        }
    }

    /// Bytes in a cluster; `None` when the header says what QEMU would not open (9 to 21 bits).
    pub(crate) fn cluster_bytes(&self) -> Option<u64> {
        matches!(self.cluster_bits, 9..=21).then(|| 1 << self.cluster_bits)
    }

    /// Whether this incompatible feature is on.
    pub(crate) fn has(&self, feature: u64) -> bool {
        self.incompatible_features & feature != 0
    }

    /// The features that the cloud's inspector refuses, by name.
    fn features_unknown_to_clouds(&self) -> Vec<String> {
        let unknown = self.incompatible_features & !incompatible::KNOWN_TO_CLOUDS;
        (0..64_u8)
            .filter(|bit| unknown & (1 << bit) != 0)
            .map(|bit| match self.feature_names.iter().find(|(named, _)| *named == bit) {
                _ if bit == 4 => "extended L2 entries".to_owned(),
                Some((_, name)) => name.clone(),
                None => format!("bit {bit}"),
            })
            .collect()
    }
}

fn backing_name(file: &dyn ReadAt, offset: u64, len: u32) -> Result<String, ReadError> {
    let len = (len as usize).min(MOST_NAME_BYTES);
    Ok(vec_at(file, offset, len)?.map_or_else(String::new, |name| text(&name)))
}

/// `None` when the file is no qcow2.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    if !head.starts_with(MAGIC) {
        return Ok(None);
    }
    let mut facts = Facts::of(Format::Qcow2);
    let Some(header) = Qcow2Header::read(file)? else {
        facts.refused(Trouble::Truncated(None));
        return Ok(Some(facts));
    };
    facts.variant = Some(format!("version {}", header.version));
    // QEMU counts whole sectors.
    facts.virtual_size_bytes = Some(header.virtual_size_bytes / 512 * 512);
    if let Some(name) = &header.backing_file {
        facts.refused(Trouble::BackingFile((!name.is_empty()).then(|| name.clone())));
    }
    if header.has(incompatible::DATA_FILE) {
        facts.refused(Trouble::DataElsewhere(header.data_file.iter().cloned().collect()));
    }
    if header.version < 3 && head.be64(72).is_some_and(|bits| bits & incompatible::DATA_FILE != 0) {
        // Version 2 has no such bit, but the inspector looks there all the same.
        facts.refused(Trouble::Damaged("header of version 2".to_owned()));
    }
    if !matches!(header.version, 2 | 3) {
        facts.refused(Trouble::UnknownVersion(header.version));
    }
    let unknown = header.features_unknown_to_clouds();
    if !unknown.is_empty() && header.version == 3 {
        facts.refused(Trouble::UnknownFeatures(unknown));
    }
    if header.crypt_method != 0 {
        facts.add(Weight::NeverBoots, Trouble::Encrypted);
    }
    if let Some(what) = reach::damage(&header) {
        facts.add(Weight::NeverBoots, Trouble::Damaged(what.to_owned()));
    } else if let Some(missing) = reach::missing_bytes(file, &header)? {
        facts.add(Weight::NeverBoots, Trouble::Truncated(Some(missing)));
    }
    if header.compression_type > 1 {
        let unknown = format!("compression type {}", header.compression_type);
        facts.add(Weight::NeverBoots, Trouble::UnknownFeatures(vec![unknown]));
    }
    if header.has(incompatible::CORRUPT) {
        facts.add(Weight::NeverBoots, Trouble::MarkedCorrupt);
    }
    if header.has(incompatible::DIRTY) {
        facts.add(Weight::Notice, Trouble::NotClean);
    }
    if header.snapshots > 0 {
        facts.add(Weight::Notice, Trouble::InnerSnapshots(header.snapshots));
    }
    Ok(Some(facts))
}
