//! Where an inspection's bytes come from.

use std::fmt;

/// A file, or a disk inside one, that can be read anywhere. Reads are synchronous: a browser has them in a worker
/// (`FileReaderSync`), a test has a slice or a file.
pub trait ReadAt {
    /// How long it is, in bytes.
    fn len_bytes(&self) -> u64;

    /// Fills `into` from `offset` on.
    ///
    /// # Errors
    /// When a byte of it lies beyond the end, or the source cannot be read.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError>;
}

/// Bytes could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// They lie beyond the end.
    BeyondEnd {
        /// From where.
        offset: u64,
        /// How many were wanted.
        wanted: usize,
    },
    /// The source said no, in its own words.
    Source(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondEnd { offset, wanted } => {
                write!(out, "{wanted} bytes at {offset} lie beyond the end")
            }
            Self::Source(why) => out.write_str(why),
        }
    }
}

impl std::error::Error for ReadError {}

/// `N` bytes at `offset`; `None` when the file is too short for them.
pub(crate) fn bytes_at<const N: usize>(
    file: &dyn ReadAt,
    offset: u64,
) -> Result<Option<[u8; N]>, ReadError> {
    let mut into = [0; N];
    if !holds(file, offset, N as u64) {
        return Ok(None);
    }
    file.read_at(offset, &mut into)?;
    Ok(Some(into))
}

/// `len_bytes` bytes at `offset`; `None` when the file is too short for them, so that nothing is allocated that a damaged
/// header merely promises. Callers bound the length besides.
pub(crate) fn vec_at(
    file: &dyn ReadAt,
    offset: u64,
    len_bytes: usize,
) -> Result<Option<Vec<u8>>, ReadError> {
    if !holds(file, offset, len_bytes as u64) {
        return Ok(None);
    }
    let mut into = vec![0; len_bytes];
    file.read_at(offset, &mut into)?;
    Ok(Some(into))
}

/// What there is of `most_bytes` bytes at `offset`: fewer at the file's end, none behind it.
pub(crate) fn some_at(
    file: &dyn ReadAt,
    offset: u64,
    most_bytes: usize,
) -> Result<Vec<u8>, ReadError> {
    let there = file.len_bytes().saturating_sub(offset).min(most_bytes as u64);
    let mut into = vec![0; usize::try_from(there).unwrap_or(most_bytes)];
    file.read_at(offset, &mut into)?;
    Ok(into)
}

/// Whether the file has all of these bytes.
pub(crate) fn holds(file: &dyn ReadAt, offset: u64, len_bytes: u64) -> bool {
    offset.checked_add(len_bytes).is_some_and(|end| end <= file.len_bytes())
}

/// Fields of a header that was read already; `None` behind its end.
pub(crate) trait Fields {
    /// `N` bytes from `offset` on.
    fn array<const N: usize>(&self, offset: usize) -> Option<[u8; N]>;

    /// A little-endian number.
    fn le16(&self, offset: usize) -> Option<u16> {
        self.array(offset).map(u16::from_le_bytes)
    }
    /// A little-endian number.
    fn le32(&self, offset: usize) -> Option<u32> {
        self.array(offset).map(u32::from_le_bytes)
    }
    /// A little-endian number.
    fn le64(&self, offset: usize) -> Option<u64> {
        self.array(offset).map(u64::from_le_bytes)
    }
    /// A big-endian number.
    fn be16(&self, offset: usize) -> Option<u16> {
        self.array(offset).map(u16::from_be_bytes)
    }
    /// A big-endian number.
    fn be32(&self, offset: usize) -> Option<u32> {
        self.array(offset).map(u32::from_be_bytes)
    }
    /// A big-endian number.
    fn be64(&self, offset: usize) -> Option<u64> {
        self.array(offset).map(u64::from_be_bytes)
    }
}

impl Fields for [u8] {
    fn array<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.get(offset..offset.checked_add(N)?)?.try_into().ok()
    }
}

impl ReadAt for [u8] {
    fn len_bytes(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let beyond = ReadError::BeyondEnd { offset, wanted: into.len() };
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..start.checked_add(into.len())?))
            .ok_or(beyond)?;
        into.copy_from_slice(bytes);
        Ok(())
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn len_bytes(&self) -> u64 {
        (**self).len_bytes()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        (**self).read_at(offset, into)
    }
}
