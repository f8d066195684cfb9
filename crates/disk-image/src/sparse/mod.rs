//! A raw disk without its zeros: where its data lies ([`DataMap`]), and the qcow2 file that holds only that
//! ([`Plan`]), as a list of pieces: tables that we write, and slices of the raw file.
//!
//! Nothing of the disk is copied, and only tables are ever in memory. It deliberately compresses nothing, and makes
//! one plain kind of file: qcow2 version 3 without any optional feature, which every cloud's inspector knows.

mod map;
mod plan;

use serde::{Deserialize, Serialize};

use crate::report::{Format, Report};

pub use map::{DataMap, is_zero};
pub use plan::{Piece, Plan};

/// How many runs of data a plan has at most. Each becomes a slice of the file, which costs a browser memory; more are
/// brought down by sending the shortest runs of zeros between them after all.
pub const MOST_RUNS: usize = 10_000;

/// A saving below this is not worth another format.
const LEAST_SAVING_BYTES: u64 = 1 << 20;

/// What follows the disk in a fixed VHD.
const VHD_FOOTER_BYTES: u64 = 512;

/// How long the raw disk is that a file begins with, in bytes; `None` when the file is something else.
pub fn raw_bytes(report: &Report) -> Option<u64> {
    match report.format {
        Format::Raw => Some(report.file_size_bytes),
        Format::VhdFixed => report.file_size_bytes.checked_sub(VHD_FOOTER_BYTES),
        _ => None,
    }
    .filter(|bytes| *bytes > 0)
}

/// What sending as qcow2 saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saving {
    /// What would be sent otherwise: the file as it is.
    pub file_bytes: u64,
    /// What is sent as qcow2.
    pub send_bytes: u64,
    /// The size of the disk that a guest sees; the same either way.
    pub virtual_size_bytes: u64,
    /// Of how many slices of the file it is composed.
    pub slices: u32,
}

impl Saving {
    /// How many bytes need not travel.
    pub fn saved_bytes(&self) -> u64 {
        self.file_bytes.saturating_sub(self.send_bytes)
    }

    /// Whether it should be offered: a twentieth of the file, and not next to nothing.
    pub fn is_worth_it(&self) -> bool {
        self.saved_bytes() >= LEAST_SAVING_BYTES && self.saved_bytes() >= self.file_bytes / 20
    }
}
