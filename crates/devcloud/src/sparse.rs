//! Files without their zeros: what is zero becomes a hole, so that a disk image of 200 GB of nothing takes no disk.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// The unit in which zeros are looked for.
const BLOCK: usize = 64 << 10;
static ZEROS: [u8; BLOCK] = [0; BLOCK];

/// Writes what is not zero of `piece` at `position`; the number of bytes written. The caller sets the file's length at
/// the end. A comparison of slices is one `memcmp`, far quicker than the disk.
pub(crate) fn write(file: &File, position: u64, piece: &[u8]) -> io::Result<u64> {
    let mut written = 0;
    let mut pending = 0..0;
    let mut flush = |range: Range<usize>| -> io::Result<()> {
        let data = piece.get(range.clone()).unwrap_or_default();
        written += data.len() as u64;
        file.write_all_at(data, position + range.start as u64)
    };
    let mut start = 0;
    for block in piece.chunks(BLOCK) {
        let end = start + block.len();
        if ZEROS.starts_with(block) {
            if !pending.is_empty() {
                flush(pending.clone())?;
            }
            pending = end..end;
        } else {
            pending.end = end;
        }
        start = end;
    }
    if !pending.is_empty() {
        flush(pending)?;
    }
    Ok(written)
}

/// A digest in the letters that everybody writes it in.
pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
