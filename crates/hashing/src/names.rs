//! MD5 and BLAKE3 of one piece of a file, and how zeros cost neither.

use md5::{Digest, Md5};

use crate::hex;

/// Zeros are fed in pieces of this length.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// The two hashes of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// In lower-case hexadecimal.
    pub md5: String,
    /// In lower-case hexadecimal.
    pub blake3: String,
    /// Whether it is nothing but zeros.
    pub zeros: bool,
}

/// Hashes one segment after the other.
#[derive(Default)]
pub struct NamesHasher {
    md5: Md5,
    blake3: blake3::Hasher,
    /// The length of the segment so far.
    fed_bytes: u64,
    /// As long as there were only zeros, nothing was hashed.
    hashing: bool,
    /// The last segment of zeros and its length: nearly all have the same.
    zeros: Option<(u64, Names)>,
}

impl NamesHasher {
    /// Further bytes of the segment.
    pub fn feed(&mut self, bytes: &[u8]) {
        if !self.hashing && !is_zero(bytes) {
            self.catch_up();
        }
        if self.hashing {
            self.md5.update(bytes);
            self.blake3.update(bytes);
        }
        self.fed_bytes += bytes.len() as u64;
    }

    /// The end of the segment; the next one begins.
    pub fn finish(&mut self) -> Names {
        let length = self.fed_bytes;
        if self.hashing {
            return self.take(false);
        }
        match &self.zeros {
            Some((known, names)) if *known == length => {
                let names = names.clone();
                self.fed_bytes = 0;
                names
            }
            _ => {
                self.catch_up();
                let names = self.take(true);
                self.zeros = Some((length, names.clone()));
                names
            }
        }
    }

    /// Hashes the zeros that were only counted.
    fn catch_up(&mut self) {
        let mut left = self.fed_bytes;
        while left > 0 {
            let piece = usize::try_from(left).map_or(ZEROS.len(), |left| left.min(ZEROS.len()));
            let zeros = ZEROS.get(..piece).unwrap_or(&ZEROS);
            self.md5.update(zeros);
            self.blake3.update(zeros);
            left -= piece as u64;
        }
        self.hashing = true;
    }

    fn take(&mut self, zeros: bool) -> Names {
        let names = Names {
            md5: hex(&self.md5.finalize_reset()),
            blake3: self.blake3.finalize().to_hex().to_string(),
            zeros,
        };
        self.blake3.reset();
        self.fed_bytes = 0;
        self.hashing = false;
        names
    }
}

/// Whether there is nothing but zeros. It looks at 64 bytes at a time, and stops at the first that are something.
pub fn is_zero(bytes: &[u8]) -> bool {
    let (pieces, rest) = bytes.as_chunks::<64>();
    pieces.iter().all(|piece| piece.iter().fold(0, |all, byte| all | byte) == 0)
        && rest.iter().all(|byte| *byte == 0)
}
