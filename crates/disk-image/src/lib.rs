//! What a disk image file is, from its first [`HEAD_BYTES`]: the format, for qcow2 the disk's size and what a cloud
//! refuses, and what people drop by mistake (compressed files, archives).
//!
//! Pure: bytes in, facts out. It deliberately does not read partitions, file systems or the rest of the file.
//! The rules on what is refused are those of `oslo_utils.imageutils.format_inspector`, which Glance, Nova and Cinder use.

mod qcow2;
mod read;
pub mod report;
mod signature;

pub use qcow2::{Qcow2, Refusal};
pub use read::{ReadAt, ReadError};
pub use signature::{Kind, Wrapped, recognise};

/// How much of the file's beginning [`recognise`] wants to see, in bytes: ISO 9660 says its name 32 KiB in.
pub const HEAD_BYTES: usize = 33 * 1024;
