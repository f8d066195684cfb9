//! ext2, ext3, ext4 by `ext4-view`, which owns its source, over pages that are borrowed: see [`Kept`].

use ext4_view::{Ext4, Ext4Error, Ext4Read};

use crate::guest::bytes::{CRC32C, crc};
use crate::guest::{Kept, Part};
use crate::read::{Fields, ReadError};

/// A file system.
pub(crate) struct Ext<'a> {
    part: Part<'a>,
    inner: Ext4,
}

/// Why something could not be read.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It is not there.
    NotThere,
    /// Anything else, in words.
    Damaged(String),
}

impl From<ReadError> for Failed {
    fn from(error: ReadError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What `ext4-view` reads from.
struct Source {
    kept: Kept,
    without_journal: bool,
}

impl Ext4Read for Source {
    fn read(
        &mut self,
        start_byte: u64,
        dst: &mut [u8],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync + 'static>> {
        self.kept.read(start_byte, dst)?;
        if self.without_journal && start_byte == SUPERBLOCK_AT && dst.len() == SUPERBLOCK_BYTES {
            forget_journal(dst);
        }
        Ok(())
    }
}

const SUPERBLOCK_AT: u64 = 1024;
const SUPERBLOCK_BYTES: usize = 1024;

impl<'a> Ext<'a> {
    /// Reads the superblock, the table of groups, and a journal that was not closed. A journal of an older kind, which
    /// `ext4-view` does not read, is left aside: it has the last seconds before the power went, and what we look for was
    /// written when the system was installed.
    pub(crate) fn open(part: Part<'a>) -> Result<Self, Failed> {
        plausible(part)?;
        let load = |without_journal| {
            let source = || Source { kept: part.kept(), without_journal };
            attempt(part, || Ext4::load(Box::new(source())))
        };
        let inner = load(false).or_else(|first| load(true).map_err(|_| first))?;
        Ok(Self { part, inner })
    }

    /// Whether something is at `path`, symbolic links followed.
    pub(crate) fn exists(&self, path: &str) -> Result<bool, Failed> {
        match attempt(self.part, || self.inner.metadata(path)) {
            Ok(_) => Ok(true),
            Err(Failed::NotThere) => Ok(false),
            Err(failed) => Err(failed),
        }
    }

    /// The first `most` bytes of a file.
    pub(crate) fn read(&self, path: &str, most: usize) -> Result<Vec<u8>, Failed> {
        attempt(self.part, || {
            let mut file = self.inner.open(path)?;
            let len = usize::try_from(file.metadata().len()).unwrap_or(most).min(most);
            let mut bytes = vec![0; len];
            let mut done = 0;
            while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
                match file.read_bytes(rest)? {
                    0 => break,
                    read => done = done.saturating_add(read),
                }
            }
            bytes.truncate(done);
            Ok(bytes)
        })
    }

    /// The names in a folder, at most so many.
    pub(crate) fn names(&self, path: &str, most: usize) -> Result<Vec<String>, Failed> {
        attempt(self.part, || {
            let mut names = Vec::new();
            for entry in self.inner.read_dir(path)?.take(most) {
                names.push(entry?.file_name().display().to_string());
            }
            Ok(names)
        })
    }
}

/// Asks again as long as it failed for a page that was not fetched yet. The budget of the disk ends it.
fn attempt<T>(part: Part<'_>, mut ask: impl FnMut() -> Result<T, Ext4Error>) -> Result<T, Failed> {
    loop {
        let answer = ask();
        if part.fetch_missing()? {
            continue;
        }
        return answer.map_err(|error| match error {
            Ext4Error::NotFound | Ext4Error::NotADirectory | Ext4Error::TooManySymlinks => {
                Failed::NotThere
            }
            other => Failed::Damaged(other.to_string()),
        });
    }
}

/// Clears the superblock's word that its journal is needed, and mends its checksum where it has one.
fn forget_journal(superblock: &mut [u8]) {
    const NEEDS_JOURNAL: u8 = 4;
    const HAS_CHECKSUM: u32 = 0x400;
    if let Some(features) = superblock.get_mut(96) {
        *features &= !NEEDS_JOURNAL;
    }
    if superblock.le32(100).is_some_and(|features| features & HAS_CHECKSUM != 0)
        && let Some((summed, sum)) = superblock.split_last_chunk_mut::<4>()
    {
        // ext4 leaves the sum as it stands at the end, where others invert it.
        *sum = (!crc(CRC32C, &[summed])).to_le_bytes();
    }
}

/// `ext4-view` believes the superblock's sizes and keeps a table of all groups; a damaged one shall not make it large.
fn plausible(part: Part<'_>) -> Result<(), Failed> {
    const MOST_GROUPS: u64 = 1 << 18;
    let superblock = part.take(SUPERBLOCK_AT, SUPERBLOCK_BYTES)?;
    let sizes = || {
        let wide = superblock.le32(96)? & 0x80 != 0;
        let high = if wide { u64::from(superblock.le32(0x150)?) } else { 0 };
        let blocks = high << 32 | u64::from(superblock.le32(4)?);
        let block_bits = superblock.le32(24).filter(|bits| *bits <= 6)? + 10;
        let per_group = superblock.le32(32).filter(|blocks| *blocks >= 256)?;
        Some((blocks, block_bits, u64::from(per_group)))
    };
    let Some((blocks, block_bits, per_group)) = sizes() else {
        return Err(Failed::Damaged("its superblock is damaged".to_owned()));
    };
    let len_bytes = crate::read::ReadAt::len_bytes(&part);
    if blocks > len_bytes >> block_bits {
        return Err(Failed::Damaged("it is larger than its partition".to_owned()));
    }
    if blocks / per_group > MOST_GROUPS {
        return Err(Failed::Damaged("it has too many groups".to_owned()));
    }
    Ok(())
}
