//! The grains of a VMDK's sparse extent ("Virtual Disk Format 5.0"): plain, and compressed as in `streamOptimized`.

use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::tables::{Tables, Unpacked};
use crate::read::{Fields, ReadAt, ReadError, bytes_at};

const SECTOR: u64 = 512;
/// In the place of the grain directory: a footer at the end has the true header.
const FOOTER_FOLLOWS: u64 = u64::MAX;
/// From the footer's beginning to the file's end: itself, and the end of the stream.
const FOOTER_BYTES: u64 = 1024;
const COMPRESSED: u32 = 1 << 16;
/// An entry of a grain table: the grain was never written, or is zeros.
const NO_GRAIN: [u32; 2] = [0, 1];

/// Where the grains are.
pub(crate) struct Grains {
    grain_bytes: u64,
    per_table: u64,
    directory_at: u64,
    directory_entries: u64,
    compressed: bool,
    tables: Tables,
    unpacked: Unpacked,
}

impl Grains {
    /// A sparse extent and the size of its disk, in bytes; `None` when its header is none that can be followed.
    pub(crate) fn open(file: &dyn ReadAt) -> Option<(Self, u64)> {
        let header = header(file, 0)?;
        let directory = header.le64(56)?;
        if directory != FOOTER_FOLLOWS {
            return Self::from_header(&header);
        }
        Self::from_header(&self::header(file, file.len_bytes().checked_sub(FOOTER_BYTES)?)?)
    }

    fn from_header(header: &[u8]) -> Option<(Self, u64)> {
        let len_bytes = header.le64(12)?.checked_mul(SECTOR)?;
        let grain_bytes = header.le64(20)?.checked_mul(SECTOR)?;
        let per_table = u64::from(header.le32(44)?);
        let plausible = grain_bytes.is_power_of_two()
            && (4096..=1 << 20).contains(&grain_bytes)
            && (1..=512).contains(&per_table);
        let grains = Self {
            grain_bytes,
            per_table,
            directory_at: header.le64(56)?.checked_mul(SECTOR)?,
            directory_entries: len_bytes.div_ceil(grain_bytes.checked_mul(per_table)?.max(1)),
            compressed: header.le32(8)? & COMPRESSED != 0,
            tables: Tables::default(),
            unpacked: Unpacked::default(),
        };
        plausible.then_some((grains, len_bytes))
    }

    /// Fills `into` with what the guest has at `offset`.
    pub(crate) fn read(
        &self,
        file: &dyn ReadAt,
        offset: u64,
        into: &mut [u8],
    ) -> Result<(), ReadError> {
        let mut offset = offset;
        let mut rest = into;
        while !rest.is_empty() {
            let inside = offset % self.grain_bytes;
            let len = rest.len().min((self.grain_bytes - inside) as usize);
            let Some((now, later)) = rest.split_at_mut_checked(len) else { return Err(damaged()) };
            match self.place(file, offset / self.grain_bytes)? {
                None => now.fill(0),
                Some(at) if self.compressed => {
                    self.unpacked.read(at, inside, now, || self.unpack(file, at))?;
                }
                Some(at) => file.read_at(at.saturating_add(inside), now)?,
            }
            offset = offset.saturating_add(len as u64);
            rest = later;
        }
        Ok(())
    }

    fn place(&self, file: &dyn ReadAt, grain: u64) -> Result<Option<u64>, ReadError> {
        let (table, entry) = (grain / self.per_table, grain % self.per_table);
        if table >= self.directory_entries {
            return Err(damaged());
        }
        let table = u32::from_le_bytes(self.tables.entry(file, self.directory_at, table)?);
        if NO_GRAIN.contains(&table) {
            return Ok(None);
        }
        let sector = self.tables.entry(file, u64::from(table) * SECTOR, entry)?;
        let sector = u32::from_le_bytes(sector);
        Ok((!NO_GRAIN.contains(&sector)).then(|| u64::from(sector) * SECTOR))
    }

    /// A grain behind its marker: the sector that it is for, and how long it is.
    fn unpack(&self, file: &dyn ReadAt, at: u64) -> Result<Vec<u8>, ReadError> {
        let marker = bytes_at::<12>(file, at)?.ok_or_else(damaged)?;
        // Deflate makes what it cannot pack a little longer.
        let most = self.grain_bytes.saturating_mul(2);
        let len = marker.le32(8).map(u64::from).filter(|len| *len <= most).ok_or_else(damaged)?;
        let mut packed = vec![0; len as usize];
        file.read_at(at.saturating_add(12), &mut packed)?;
        let mut grain = vec![0; self.grain_bytes as usize];
        let mut inflater = Box::<DecompressorOxide>::default();
        let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (_, _, written) = decompress(&mut inflater, &packed, &mut grain, 0, flags);
        // The last grain of a disk may be shorter.
        if written == 0 { Err(damaged()) } else { Ok(grain) }
    }
}

fn header(file: &dyn ReadAt, at: u64) -> Option<[u8; 512]> {
    let header = bytes_at::<512>(file, at).ok()??;
    header.starts_with(b"KDMV").then_some(header)
}

fn damaged() -> ReadError {
    ReadError::Source("a grain of the VMDK file is damaged".to_owned())
}
