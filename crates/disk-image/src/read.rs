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
