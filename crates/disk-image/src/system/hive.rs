//! Values in a hive of Windows' registry ("regf"). Names are compared as the registry does for the ones we look for: by
//! ASCII letters, whatever their case.

use crate::guest::bytes::{has, utf16};
use crate::read::{Fields, ReadAt, ReadError, vec_at};

/// A hive.
pub(super) struct Hive<'a> {
    file: &'a dyn ReadAt,
    root: u32,
}

/// The content of a key's cell.
pub(super) struct Key(Vec<u8>);

/// Cells are counted from the end of the header.
const CELLS_AT: u64 = 4096;
/// What is read of one cell; lists of subkeys are the largest, with 8 bytes each.
const MOST_CELL_BYTES: u32 = 64 * 1024;
/// How many keys are opened to compare their names where a list has no hint.
const MOST_COMPARED: u32 = 4096;

impl<'a> Hive<'a> {
    /// `None` when the file is no hive.
    pub(super) fn open(file: &'a dyn ReadAt) -> Result<Option<Self>, ReadError> {
        let Some(header) = vec_at(file, 0, 48)? else { return Ok(None) };
        let root = header.le32(36).filter(|_| has(&header, 0, b"regf"));
        Ok(root.map(|root| Self { file, root }))
    }

    /// The key at this path below the root, parted by backslashes.
    pub(super) fn key(&self, path: &str) -> Result<Option<Key>, ReadError> {
        let mut at = self.root;
        let mut budget = MOST_COMPARED;
        for name in path.split('\\') {
            let Some(list) = self.cell(at)?.filter(|key| has(key, 0, b"nk")).and_then(subkeys)
            else {
                return Ok(None);
            };
            match self.among(list, name, 2, &mut budget)? {
                Some(found) => at = found,
                None => return Ok(None),
            }
        }
        Ok(self.cell(at)?.filter(|key| has(key, 0, b"nk")).map(Key))
    }

    /// A text value of a key.
    pub(super) fn text(&self, key: &Key, name: &str) -> Result<Option<String>, ReadError> {
        let (Some(count), Some(list)) = (key.0.le32(36), key.0.le32(40)) else { return Ok(None) };
        let Some(list) = self.cell(list)? else { return Ok(None) };
        let values = list.as_chunks::<4>().0.iter().map(|cell| u32::from_le_bytes(*cell));
        for at in values.take(count as usize).take(MOST_COMPARED as usize) {
            let Some(value) = self.cell(at)?.filter(|value| has(value, 0, b"vk")) else { continue };
            if value_name(&value).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
                return self.content(&value);
            }
        }
        Ok(None)
    }

    fn content(&self, value: &[u8]) -> Result<Option<String>, ReadError> {
        /// Set when the data lies in the place of its offset.
        const INLINE: u32 = 1 << 31;
        let (Some(len), Some(at)) = (value.le32(4), value.le32(8)) else { return Ok(None) };
        if len & INLINE != 0 {
            let len = (len & !INLINE) as usize;
            return Ok(value.get(8..8 + len.min(4)).and_then(utf16));
        }
        let data = self.cell(at)?;
        Ok(data.as_deref().and_then(|data| data.get(..len as usize)).and_then(utf16))
    }

    /// The subkey of this name in a list; lists of lists are one level deep.
    fn among(
        &self,
        list: u32,
        name: &str,
        levels: u32,
        budget: &mut u32,
    ) -> Result<Option<u32>, ReadError> {
        let Some(cell) = self.cell(list)? else { return Ok(None) };
        let count = cell.le16(2).map_or(0, usize::from);
        let entries = cell.get(4..).unwrap_or_default();
        match cell.get(..2) {
            Some(b"ri") if levels > 1 => {
                for sublist in entries.as_chunks::<4>().0.iter().take(count) {
                    let found =
                        self.among(u32::from_le_bytes(*sublist), name, levels - 1, budget)?;
                    if found.is_some() {
                        return Ok(found);
                    }
                }
            }
            Some(b"li") => {
                for entry in entries.as_chunks::<4>().0.iter().take(count) {
                    let at = u32::from_le_bytes(*entry);
                    if self.is_named(at, name, budget)? {
                        return Ok(Some(at));
                    }
                }
            }
            Some(hinted @ (b"lf" | b"lh")) => {
                for entry in entries.as_chunks::<8>().0.iter().take(count) {
                    let (Some(at), Some(hint)) = (entry.le32(0), entry.array(4)) else { break };
                    if may_be(hinted, hint, name) && self.is_named(at, name, budget)? {
                        return Ok(Some(at));
                    }
                }
            }
            _ => {}
        }
        Ok(None)
    }

    fn is_named(&self, at: u32, name: &str, budget: &mut u32) -> Result<bool, ReadError> {
        *budget = match budget.checked_sub(1) {
            Some(left) => left,
            None => return Err(ReadError::Source("the registry is too large".to_owned())),
        };
        let Some(key) = self.cell(at)?.filter(|key| has(key, 0, b"nk")) else { return Ok(false) };
        let len = key.le16(72).map_or(0, usize::from);
        let found = key.get(76..76 + len).unwrap_or_default();
        Ok(found.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// A cell's content; `None` when there is none at this place.
    fn cell(&self, at: u32) -> Result<Option<Vec<u8>>, ReadError> {
        let at = CELLS_AT + u64::from(at);
        let Some(size) = vec_at(self.file, at, 4)? else { return Ok(None) };
        // Negative while the cell is in use.
        let size = size.le32(0).map_or(0, |size| (size.cast_signed()).unsigned_abs());
        let Some(len) = size.checked_sub(4) else { return Ok(None) };
        vec_at(self.file, at + 4, len.min(MOST_CELL_BYTES) as usize)
    }
}

fn subkeys(key: Vec<u8>) -> Option<u32> {
    key.le32(20).filter(|count| *count > 0)?;
    key.le32(28)
}

fn value_name(value: &[u8]) -> Option<&[u8]> {
    value.get(20..20 + usize::from(value.le16(2)?))
}

/// Whether a list's hint allows this name: its first letters, or a sum over all of them.
fn may_be(list: &[u8], hint: [u8; 4], name: &str) -> bool {
    if list == b"lh" {
        let sum = name.bytes().fold(0_u32, |sum, byte| {
            sum.wrapping_mul(37).wrapping_add(u32::from(byte.to_ascii_uppercase()))
        });
        return u32::from_le_bytes(hint) == sum;
    }
    let start = name.as_bytes().iter().chain([0; 4].iter()).take(4);
    // Letters that are none of ASCII leave no hint.
    hint == [0; 4] || hint.iter().zip(start).all(|(one, other)| one.eq_ignore_ascii_case(other))
}
