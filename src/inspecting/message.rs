//! What the inspecting worker posts: one JSON text a message, and beside a saving the composed file itself. The worker
//! (`src/inspector.rs`) is a program of its own and reads this file too.

use disk_image::report::Report;
use disk_image::sparse::Saving;
use serde::{Deserialize, Serialize};

/// A message of the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant)] // Made one at a time and taken apart at once: a box would only cost.
pub enum Message {
    /// What the file is.
    Report(Report),
    /// How far the search for zeros is.
    Zeros {
        /// So many bytes of the disk were looked at.
        scanned_bytes: u64,
        /// So many of them need not be sent.
        zero_bytes: u64,
    },
    /// The search is over.
    Saving(Saving),
    /// The file could not be read; in the browser's words.
    Failed(String),
}
