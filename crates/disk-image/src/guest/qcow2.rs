//! The clusters of a qcow2 file (QEMU `docs/interop/qcow2.rst`): plain, zero, zlib, zstd; versions 2 and 3.
//!
//! Tables are read in small chunks when they are needed, never whole. Backing files, external data files, encryption and
//! extended L2 entries are not read: clouds refuse them all, and the caller says so.

use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use ruzstd::decoding::StreamingDecoder;
use ruzstd::io::Read;

use super::tables::{Tables, Unpacked};
use crate::read::{ReadAt, ReadError};

/// Bits of an entry that are an offset in the file.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;
const COMPRESSED: u64 = 1 << 62;
/// Version 3: the cluster reads as zeros whatever its offset says.
const ZERO: u64 = 1;

/// Where the clusters are.
pub(crate) struct Clusters {
    /// 9 to 21.
    cluster_bits: u32,
    l1_offset: u64,
    l1_entries: u32,
    zstd: bool,
    tables: Tables,
    unpacked: Unpacked,
}

impl Clusters {
    /// `None` when the sizes are none that qcow2 allows.
    pub(crate) fn new(
        cluster_bits: u32,
        l1_offset: u64,
        l1_entries: u32,
        zstd: bool,
    ) -> Option<Self> {
        (9..=21).contains(&cluster_bits).then(|| Self {
            cluster_bits,
            l1_offset,
            l1_entries,
            zstd,
            tables: Tables::default(),
            unpacked: Unpacked::default(),
        })
    }

    /// Fills `into` with what the guest has at `offset`.
    pub(crate) fn read(
        &self,
        file: &dyn ReadAt,
        offset: u64,
        into: &mut [u8],
    ) -> Result<(), ReadError> {
        let cluster_bytes = 1_u64 << self.cluster_bits;
        let mut offset = offset;
        let mut rest = into;
        while !rest.is_empty() {
            let inside = offset & (cluster_bytes - 1);
            let len = rest.len().min((cluster_bytes - inside) as usize);
            let Some((now, later)) = rest.split_at_mut_checked(len) else {
                return Err(damaged("a cluster"));
            };
            self.read_cluster(file, offset, inside, now)?;
            offset = offset.saturating_add(len as u64);
            rest = later;
        }
        Ok(())
    }

    fn read_cluster(
        &self,
        file: &dyn ReadAt,
        offset: u64,
        inside: u64,
        into: &mut [u8],
    ) -> Result<(), ReadError> {
        let entry = self.entry(file, offset)?;
        if entry & COMPRESSED != 0 {
            return self.unpacked.read(entry, inside, into, || self.unpack(file, entry));
        }
        let at = entry & OFFSET;
        if at == 0 || entry & ZERO != 0 {
            into.fill(0);
            return Ok(());
        }
        // The last cluster of a file may be shorter than a cluster: QEMU reads zeros there.
        let at = at.saturating_add(inside);
        let there = file.len_bytes().saturating_sub(at);
        let there = usize::try_from(there).unwrap_or(usize::MAX).min(into.len());
        if there == 0 {
            return Err(ReadError::BeyondEnd { offset: at, wanted: into.len() });
        }
        let Some((real, padding)) = into.split_at_mut_checked(there) else {
            return Err(damaged("a cluster"));
        };
        padding.fill(0);
        file.read_at(at, real)
    }

    /// How many bytes from `offset` on have no cluster behind them; 0 when they have one.
    pub(crate) fn zeros_at(&self, file: &dyn ReadAt, offset: u64) -> Result<u64, ReadError> {
        let cluster_bytes = 1_u64 << self.cluster_bits;
        let entry = self.entry(file, offset)?;
        let none = entry & COMPRESSED == 0 && (entry & OFFSET == 0 || entry & ZERO != 0);
        Ok(if none { cluster_bytes - (offset & (cluster_bytes - 1)) } else { 0 })
    }

    /// The L2 entry of the cluster at `offset`; 0 when there is none.
    fn entry(&self, file: &dyn ReadAt, offset: u64) -> Result<u64, ReadError> {
        let l2_bits = self.cluster_bits - 3;
        let cluster = offset >> self.cluster_bits;
        let (first, second) = (cluster >> l2_bits, cluster & ((1 << l2_bits) - 1));
        if first >= u64::from(self.l1_entries) {
            return Err(damaged("the L1 table"));
        }
        let l2 = self.number(file, self.l1_offset, first)? & OFFSET;
        if l2 == 0 { Ok(0) } else { self.number(file, l2, second) }
    }

    fn number(&self, file: &dyn ReadAt, table: u64, index: u64) -> Result<u64, ReadError> {
        self.tables.entry(file, table, index).map(u64::from_be_bytes)
    }

    fn unpack(&self, file: &dyn ReadAt, entry: u64) -> Result<Vec<u8>, ReadError> {
        let bits = 62 - (self.cluster_bits - 8);
        let at = entry & ((1 << bits) - 1);
        let sectors = (entry >> bits) & ((1 << (self.cluster_bits - 8)) - 1);
        // So many sectors besides the one it begins in; the data ends somewhere in the last of them.
        let len = (sectors + 1) * 512 - at % 512;
        let len = len.min(file.len_bytes().saturating_sub(at)) as usize;
        let mut packed = vec![0; len];
        file.read_at(at, &mut packed)?;
        let mut cluster = vec![0; 1 << self.cluster_bits];
        let whole =
            if self.zstd { unzstd(&packed, &mut cluster) } else { inflate(&packed, &mut cluster) };
        if whole { Ok(cluster) } else { Err(damaged("a compressed cluster")) }
    }
}

/// Deflate without a header, as QEMU writes it.
fn inflate(packed: &[u8], cluster: &mut [u8]) -> bool {
    let mut inflater = Box::<DecompressorOxide>::default();
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (_, _, written) = decompress(&mut inflater, packed, cluster, 0, flags);
    written == cluster.len()
}

fn unzstd(packed: &[u8], cluster: &mut [u8]) -> bool {
    // What every decoder should support (RFC 8878, 3.1.1.1.2); more would only be a way to claim memory.
    let window = 8 * 1024 * 1024;
    StreamingDecoder::new_with_max_window_size(packed, window)
        .is_ok_and(|mut decoder| decoder.read_exact(cluster).is_ok())
}

fn damaged(what: &str) -> ReadError {
    ReadError::Source(format!("{what} of the qcow2 file is damaged"))
}
