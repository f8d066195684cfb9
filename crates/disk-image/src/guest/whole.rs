//! The disk for who copies it from end to end: without a budget, without a cache of its own.

use super::{Data, open_data};
use crate::read::{ReadAt, ReadError};
use crate::report::{Format, WhyNot};

/// The disk inside a file, as its guest sees it. Unlike an inspection it reads as much as it is asked to.
pub struct Whole<'a> {
    file: &'a dyn ReadAt,
    data: Data,
    len_bytes: u64,
}

impl<'a> Whole<'a> {
    /// The disk inside a file of this format.
    ///
    /// # Errors
    /// Why its bytes cannot be reached.
    pub fn open(file: &'a dyn ReadAt, format: Format) -> Result<Self, WhyNot> {
        let (data, len_bytes) = open_data(file, format)?;
        Ok(Self { file, data, len_bytes })
    }

    /// How many bytes from `offset` on are zeros that no byte of the file is behind; 0 where that is not known.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn zeros_at(&self, offset: u64) -> Result<u64, ReadError> {
        match &self.data {
            Data::Clusters(clusters) => clusters.zeros_at(self.file, offset),
            Data::Plain | Data::Blocks(_) | Data::Grains(_) => Ok(0),
        }
    }
}

impl ReadAt for Whole<'_> {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        if !super::within(offset, into.len(), self.len_bytes) {
            return Err(ReadError::BeyondEnd { offset, wanted: into.len() });
        }
        self.data.read(self.file, offset, into)
    }
}
