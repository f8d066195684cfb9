//! The state of a SHA-512 somewhere in a file, as bytes that outlive the page.

use sha2::Sha512;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};

/// Whose bytes these are, and in which form: another release may keep its state otherwise.
const KIND: [u8; 4] = *b"S5.1";

/// A SHA-512 that has seen the first bytes of a file. It is no secret, but it is worth nothing with another file.
#[derive(Clone)]
pub struct Checkpoint {
    /// So many.
    pub seen_bytes: u64,
    /// The hash so far.
    pub state: Sha512,
}

/// The bytes are no checkpoint that this release can go on from. Hash from the beginning then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

impl Checkpoint {
    /// About 220 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = KIND.to_vec();
        bytes.extend(self.seen_bytes.to_le_bytes());
        bytes.extend(self.state.serialize().as_slice());
        bytes
    }

    /// From what [`Checkpoint::to_bytes`] made.
    ///
    /// # Errors
    /// [`Unfit`] for bytes of another kind or release.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unfit> {
        let (kind, rest) = bytes.split_first_chunk().ok_or(Unfit)?;
        let (seen, state) = rest.split_first_chunk().ok_or(Unfit)?;
        let state = SerializedState::<Sha512>::try_from(state).map_err(|_| Unfit)?;
        match *kind == KIND {
            true => Ok(Self {
                seen_bytes: u64::from_le_bytes(*seen),
                state: Sha512::deserialize(&state).map_err(|_| Unfit)?,
            }),
            false => Err(Unfit),
        }
    }
}
