//! What the hashing worker computes: of every segment of a file its MD5 (which the object store compares) and its BLAKE3
//! (which names it), and of the whole file the SHA-512 (which Glance tells in the end).
//!
//! Pure: windows of the file are fed in order, hashes come out. The SHA-512 can go on from a [`Checkpoint`] after a
//! reload, so nothing is hashed twice. Runs of zeros cost MD5 and BLAKE3 nothing: a segment of zeros of the same length is
//! always the same. It deliberately reads no file, knows no upload and keeps no window.

mod checkpoint;
mod names;
mod segments;

pub use checkpoint::{Checkpoint, Unfit};
pub use names::{Names, NamesHasher, is_zero};
pub use segments::{Begin, Hashed, Segments, Wanted};

/// Lower-case hexadecimal, as the services write hashes.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
