//! Chance that is the same everywhere, and the file: a row of contents.

use upload::HashedSegment;

/// splitmix64: small, and the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

fn mix(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What a segment holds, and how much of it. Equal pairs are equal bytes.
pub type Bytes = (u64, u64);

/// The MD5 of bytes.
pub fn md5(bytes: Bytes) -> String {
    format!("md5of{}x{}", bytes.0, bytes.1)
}

/// The hash of a whole so far, one part later.
pub fn fold(state: u64, part: Bytes) -> u64 {
    mix(mix(state ^ part.0.wrapping_mul(3)).wrapping_add(part.1))
}

/// The hash of a whole.
pub fn sha512(parts: &[Bytes]) -> String {
    format!("{:016x}", parts.iter().fold(1, |state, part| fold(state, *part)))
}

/// The user's file.
#[derive(Clone, Debug)]
pub struct File {
    pub contents: Vec<u64>,
    pub size: u64,
    pub segment: u64,
    /// It was written to.
    pub changed: bool,
    /// It cannot be read any more.
    pub lost: bool,
    /// Reading fails after a change (Chromium); else the new bytes come (Firefox).
    pub notices: bool,
}

impl File {
    pub fn new(contents: Vec<u64>, segment: u64, size: u64) -> Self {
        assert_eq!(contents.len() as u64, size.div_ceil(segment));
        Self { contents, size, segment, changed: false, lost: false, notices: true }
    }

    pub fn part(&self, index: u64) -> Bytes {
        let length = (self.size - index * self.segment).min(self.segment);
        (self.contents[index as usize], length)
    }

    pub fn parts(&self) -> Vec<Bytes> {
        (0..self.contents.len() as u64).map(|index| self.part(index)).collect()
    }

    pub fn unreadable(&self) -> bool {
        self.lost || (self.changed && self.notices)
    }

    pub fn hashed(&self, index: u64, checkpoint: Vec<u8>) -> HashedSegment {
        let part = self.part(index);
        HashedSegment {
            index,
            length_bytes: part.1,
            md5: md5(part),
            blake3: format!("b3of{}", part.0),
            checkpoint,
        }
    }
}
