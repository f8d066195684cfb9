//! The names in a tar (POSIX `pax`, GNU) or zip (PKWARE APPNOTE 6.3) archive.

use crate::formats::text;
use crate::read::{Fields, ReadAt, ReadError, bytes_at, some_at, vec_at};
use crate::report::Inner;

/// Archives of disk images have a handful of entries; of others the first ones are enough.
const MOST_ENTRIES: usize = 256;
const MOST_DIRECTORY_BYTES: usize = 256 << 10;
/// A zip ends with a record of 22 bytes and a comment of 64 KiB at most.
const END_BYTES: usize = 22 + 0xffff;

/// What the names of disk images end with, compressed or not.
const DISK_ENDINGS: &[&str] =
    &[".qcow2", ".vmdk", ".vhdx", ".vhd", ".vdi", ".img", ".raw", ".iso", ".qed"];

/// The largest entry whose name is a disk image's.
pub(super) fn the_disk(entries: Vec<Inner>) -> Option<Inner> {
    entries
        .into_iter()
        .filter(|entry| {
            let name = entry.name.to_ascii_lowercase();
            let bare = [".gz", ".xz", ".zst", ".bz2"].iter().find_map(|end| name.strip_suffix(end));
            DISK_ENDINGS.iter().any(|ending| bare.unwrap_or(&name).ends_with(ending))
        })
        .max_by_key(|entry| entry.size_bytes)
}

/// What a tar's headers tell.
pub(super) struct Tar {
    pub(super) entries: Vec<Inner>,
    /// How much of the last entry is not there.
    pub(super) missing_bytes: Option<u64>,
}

/// Goes from header to header.
pub(super) fn tar(file: &dyn ReadAt) -> Result<Tar, ReadError> {
    let mut tar = Tar { entries: Vec::new(), missing_bytes: None };
    let mut at = 0_u64;
    for _ in 0..MOST_ENTRIES {
        let Some(header) = bytes_at::<512>(file, at)? else { break };
        let Some(size) = tar_size(&header).filter(|_| header.get(257..262) == Some(b"ustar"))
        else {
            break;
        };
        let Some(end) = at.checked_add(512).and_then(|data| data.checked_add(size)) else { break };
        // Regular files; other types are folders, links, and more about the next entry.
        if matches!(header.get(156), Some(0 | b'0')) {
            let name = text(header.get(..100).unwrap_or_default());
            let prefix = text(header.get(345..500).unwrap_or_default());
            // GNU tar keeps times where POSIX has the prefix.
            let is_posix = header.get(257..263) == Some(b"ustar\0");
            let name = match prefix.as_str() {
                prefix if is_posix && !prefix.is_empty() => format!("{prefix}/{name}"),
                _ => name,
            };
            tar.entries.push(Inner { name, size_bytes: Some(size) });
        }
        if end > file.len_bytes() {
            tar.missing_bytes = Some(end - file.len_bytes());
            break;
        }
        let Some(next) = end.checked_next_multiple_of(512) else { break };
        at = next;
    }
    Ok(tar)
}

/// Octal digits, or GNU's binary number when the first bit is set.
fn tar_size(header: &[u8; 512]) -> Option<u64> {
    let field = header.array::<12>(124)?;
    if field.first().is_some_and(|byte| byte & 0x80 != 0) {
        return field.be64(4);
    }
    let digits = text(&field);
    u64::from_str_radix(digits.trim_matches([' ', '\0']), 8).ok()
}

/// The names in the directory at the end; `None` when the end is missing.
pub(super) fn zip(file: &dyn ReadAt) -> Result<Option<Vec<Inner>>, ReadError> {
    const END: &[u8] = b"PK\x05\x06";
    const END_64: &[u8] = b"PK\x06\x06";
    let start = file.len_bytes().saturating_sub(END_BYTES as u64);
    let tail = some_at(file, start, END_BYTES)?;
    let Some(at) = tail.windows(4).rposition(|window| window == END) else { return Ok(None) };
    let end = tail.get(at..).unwrap_or_default();
    let (mut offset, mut len) = (end.le32(16).map(u64::from), end.le32(12).map(u64::from));
    if offset == Some(u64::from(u32::MAX)) {
        // The record of zip64 stands before, found by its locator of 20 bytes.
        let locator = at.checked_sub(20).and_then(|at| tail.get(at..)).unwrap_or_default();
        let record = match locator.le64(8) {
            Some(record) => bytes_at::<56>(file, record)?.filter(|found| found.starts_with(END_64)),
            None => None,
        };
        (offset, len) = match record {
            Some(record) => (record.le64(48), record.le64(40)),
            None => (None, None),
        };
    }
    let (Some(offset), Some(len)) = (offset, len) else { return Ok(None) };
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(MOST_DIRECTORY_BYTES);
    let Some(directory) = vec_at(file, offset, len)? else { return Ok(None) };
    Ok(Some(zip_entries(&directory)))
}

fn zip_entries(directory: &[u8]) -> Vec<Inner> {
    let mut entries = Vec::new();
    let mut rest = directory;
    while let Some((entry, after)) = zip_entry(rest).filter(|_| entries.len() < MOST_ENTRIES) {
        entries.push(entry);
        rest = after;
    }
    entries
}

/// The entry that the directory begins with, and what follows it.
fn zip_entry(directory: &[u8]) -> Option<(Inner, &[u8])> {
    const HEADER_BYTES: usize = 46;
    if !directory.starts_with(b"PK\x01\x02") {
        return None;
    }
    let [name_len, extra_len, comment_len] =
        [directory.le16(28)?, directory.le16(30)?, directory.le16(32)?].map(usize::from);
    let name = text(directory.get(HEADER_BYTES..HEADER_BYTES + name_len)?);
    let extra = directory.get(HEADER_BYTES + name_len..HEADER_BYTES + name_len + extra_len)?;
    let size_bytes = match directory.le32(24)? {
        // Zip64 has it first in its extra field, which mostly is the first one.
        u32::MAX if extra.le16(0) == Some(1) => extra.le64(4),
        u32::MAX => None,
        size => Some(u64::from(size)),
    };
    let after = directory.get(HEADER_BYTES + name_len + extra_len + comment_len..)?;
    Some((Inner { name, size_bytes }, after))
}
