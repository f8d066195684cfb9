//! The disk as its guest sees it, whatever format the file has, through a cache of pages and within a budget.
//!
//! A page costs one read of the file (more for a qcow2 file of small clusters). Whoever reads here cannot read without
//! end: every byte fetched and every request served is counted, and beyond the budget all reads fail.

mod blocks;
pub(crate) mod bytes;
mod pages;
mod qcow2;
mod tables;
mod vmdk;
mod whole;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::formats::qcow2::{Qcow2Header, incompatible};
use crate::read::{ReadAt, ReadError, some_at, vec_at};
use crate::report::{Format, WhyNot};

use blocks::Blocks;
use pages::{PAGE_BYTES, Pages, Served};
use qcow2::Clusters;
use vmdk::Grains;
pub use whole::Whole;

/// How much is read of the file at most. A root file system tells its system within two or three MiB; a disk that needs
/// more is told as not read rather than read for minutes.
const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// How often the file is read at most.
const FILE_READS: u32 = 16 * 1024;

/// How long the footer of a fixed VHD is.
const VHD_FOOTER_BYTES: u64 = 512;

/// How a format's file holds the disk's bytes.
enum Data {
    /// As they are, from the first byte on.
    Plain,
    /// qcow2.
    Clusters(Clusters),
    /// A table of equal blocks: VDI, dynamic VHD, VHDX.
    Blocks(Blocks),
    /// VMDK.
    Grains(Grains),
}

impl Data {
    fn read(&self, file: &dyn ReadAt, start: u64, into: &mut [u8]) -> Result<(), ReadError> {
        match self {
            Data::Plain => file.read_at(start, into),
            Data::Clusters(clusters) => clusters.read(file, start, into),
            Data::Blocks(blocks) => blocks.read(file, start, into),
            Data::Grains(grains) => grains.read(file, start, into),
        }
    }
}

/// How a file of this format holds its disk, and how long the disk is.
fn open_data(file: &dyn ReadAt, format: Format) -> Result<(Data, u64), WhyNot> {
    Ok(match format {
        Format::Raw | Format::Iso | Format::Luks | Format::Unknown => {
            (Data::Plain, file.len_bytes())
        }
        Format::VhdFixed => (Data::Plain, file.len_bytes().saturating_sub(VHD_FOOTER_BYTES)),
        Format::Qcow2 => qcow2_data(file)?,
        Format::Vdi => blocks_data(Blocks::vdi(file))?,
        Format::Vhd => blocks_data(Blocks::vhd(file))?,
        Format::Vhdx => blocks_data(Blocks::vhdx(file))?,
        Format::Vmdk => {
            let (grains, len_bytes) = Grains::open(file).ok_or(WhyNot::Format)?;
            (Data::Grains(grains), len_bytes)
        }
        _ => return Err(WhyNot::Format),
    })
}

/// A disk.
pub(crate) struct Disk<'a> {
    file: Metered<'a>,
    data: Data,
    len_bytes: u64,
    pages: Rc<RefCell<Pages>>,
}

impl<'a> Disk<'a> {
    /// The disk inside a file of this format, or why its bytes cannot be reached.
    pub(crate) fn open(file: &'a dyn ReadAt, format: Format) -> Result<Self, WhyNot> {
        let (data, len_bytes) = open_data(file, format)?;
        let file =
            Metered { file, bytes_left: Cell::new(FILE_BYTES), reads_left: Cell::new(FILE_READS) };
        Ok(Self { file, data, len_bytes, pages: Rc::default() })
    }

    /// A stretch of it; what lies beyond its end is not there.
    pub(crate) fn part(&self, start: u64, len_bytes: u64) -> Part<'_> {
        let len_bytes = len_bytes.min(self.len_bytes.saturating_sub(start));
        Part { disk: self, start, len_bytes }
    }

    /// All of it.
    pub(crate) fn whole(&self) -> Part<'_> {
        self.part(0, self.len_bytes)
    }

    fn fetch(&self, page: u64) -> Result<(), ReadError> {
        let start = page.saturating_mul(PAGE_BYTES as u64);
        let len = self.len_bytes.saturating_sub(start).min(PAGE_BYTES as u64) as usize;
        let mut bytes = vec![0; len];
        self.data.read(&self.file, start, &mut bytes)?;
        self.pages.borrow_mut().keep(page, bytes);
        Ok(())
    }
}

impl ReadAt for Disk<'_> {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        if !within(offset, into.len(), self.len_bytes) {
            return Err(ReadError::BeyondEnd { offset, wanted: into.len() });
        }
        loop {
            let missing = match self.pages.borrow_mut().serve(offset, into)? {
                Served::All => return Ok(()),
                Served::Missing(page) => page,
            };
            self.fetch(missing)?;
        }
    }
}

/// A stretch of a disk.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    disk: &'a Disk<'a>,
    start: u64,
    len_bytes: u64,
}

impl<'a> Part<'a> {
    /// A stretch of this stretch.
    pub(crate) fn part(&self, start: u64, len_bytes: u64) -> Part<'a> {
        let len_bytes = len_bytes.min(self.len_bytes.saturating_sub(start));
        Part { disk: self.disk, start: self.start.saturating_add(start), len_bytes }
    }

    /// What there is of so many bytes from `offset` on; callers bound `len`.
    pub(crate) fn some(&self, offset: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        some_at(self, offset, len)
    }

    /// So many bytes from `offset` on; callers bound `len`.
    pub(crate) fn take(&self, offset: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        vec_at(self, offset, len)?.ok_or(ReadError::BeyondEnd { offset, wanted: len })
    }

    /// What a reader that must own its source sees of this part: only pages that are already here. See [`Kept`].
    pub(crate) fn kept(&self) -> Kept {
        Kept { pages: Rc::clone(&self.disk.pages), start: self.start, len_bytes: self.len_bytes }
    }

    /// Fetches the page that a [`Kept`] missed since this was last asked; `false` when it missed none.
    pub(crate) fn fetch_missing(&self) -> Result<bool, ReadError> {
        let missing = self.disk.pages.borrow_mut().take_missing();
        match missing {
            Some(page) => self.disk.fetch(page).map(|()| true),
            None => Ok(false),
        }
    }
}

impl ReadAt for Part<'_> {
    fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        if !within(offset, into.len(), self.len_bytes) {
            return Err(ReadError::BeyondEnd { offset, wanted: into.len() });
        }
        self.disk.read_at(self.start.saturating_add(offset), into)
    }
}

/// A part for a reader that wants to own its source (`ext4-view` does), while ours is borrowed: it serves the pages that
/// are kept, and notes the first that is not. The caller then fetches it and asks the reader again.
pub(crate) struct Kept {
    pages: Rc<RefCell<Pages>>,
    start: u64,
    len_bytes: u64,
}

impl Kept {
    pub(crate) fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        if !within(offset, into.len(), self.len_bytes) {
            return Err(ReadError::BeyondEnd { offset, wanted: into.len() });
        }
        let mut pages = self.pages.borrow_mut();
        match pages.serve(self.start.saturating_add(offset), into)? {
            Served::All => Ok(()),
            Served::Missing(page) => {
                pages.note_missing(page);
                Err(ReadError::Source("not fetched yet".to_owned()))
            }
        }
    }
}

fn within(offset: u64, wanted: usize, len_bytes: u64) -> bool {
    offset.checked_add(wanted as u64).is_some_and(|end| end <= len_bytes)
}

fn qcow2_data(file: &dyn ReadAt) -> Result<(Data, u64), WhyNot> {
    let header = Qcow2Header::read(file).map_err(|error| WhyNot::Damaged(error.to_string()))?;
    let header = header.ok_or_else(|| WhyNot::Damaged("the qcow2 header".to_owned()))?;
    if header.crypt_method != 0 {
        return Err(WhyNot::Encrypted);
    }
    let elsewhere = header.backing_file.is_some() || header.has(incompatible::DATA_FILE);
    let readable = matches!(header.version, 2 | 3)
        && !header.has(incompatible::EXTENDED_L2)
        && matches!(header.compression_type, 0 | 1);
    if elsewhere || !readable {
        return Err(WhyNot::Format);
    }
    let zstd = header.compression_type == 1;
    let (bits, l1) = (header.cluster_bits, header.l1_table_offset);
    let clusters = Clusters::new(bits, l1, header.l1_entries, zstd).ok_or(WhyNot::Format)?;
    Ok((Data::Clusters(clusters), header.virtual_size_bytes))
}

fn blocks_data(blocks: Option<(Blocks, u64)>) -> Result<(Data, u64), WhyNot> {
    let (blocks, len_bytes) = blocks.ok_or(WhyNot::Format)?;
    Ok((Data::Blocks(blocks), len_bytes))
}

/// The file, with what may still be read of it.
struct Metered<'a> {
    file: &'a dyn ReadAt,
    bytes_left: Cell<u64>,
    reads_left: Cell<u32>,
}

impl ReadAt for Metered<'_> {
    fn len_bytes(&self) -> u64 {
        self.file.len_bytes()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
        let bytes = self.bytes_left.get().checked_sub(into.len() as u64);
        let reads = self.reads_left.get().checked_sub(1);
        let (Some(bytes), Some(reads)) = (bytes, reads) else {
            return Err(too_much());
        };
        self.bytes_left.set(bytes);
        self.reads_left.set(reads);
        self.file.read_at(offset, into)
    }
}

fn too_much() -> ReadError {
    ReadError::Source("too much would have to be read".to_owned())
}
