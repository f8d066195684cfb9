//! What a disk image file is and what a cloud will make of it: its format, the size of its disk, what stands in the way,
//! and what is on the disk.
//!
//! Pure: reads through [`ReadAt`], answers with a [`report::Report`]. Every rule on what is refused is one of
//! `oslo_utils.imageutils.format_inspector` 10.2, which Glance, Nova and Cinder use, or of QEMU, which opens the image.
//! It deliberately reads a few places only, so it does not find damage in the middle of the data.

mod cloud;
mod filesystems;
mod formats;
mod guest;
mod judge;
mod partitions;
mod read;
mod remedy;
pub mod report;
pub mod sparse;
mod system;
mod windows;

pub use cloud::Mismatch;
pub use guest::Whole;
pub use read::{ReadAt, ReadError};
pub use remedy::{remedy, shell_word};
pub use system::with_file_name;
pub use windows::Windows;

use report::{Format, Report};
use system::Survey;

/// Looks into a file.
///
/// # Errors
/// Only when the source cannot be read; a file that is damaged or cut short is told in the findings.
pub fn inspect(file: &dyn ReadAt) -> Result<Report, ReadError> {
    let facts = formats::read(file)?;
    let Survey { layout, boot, system } = match guest::Disk::open(file, facts.format) {
        Ok(disk) if facts.format == Format::Iso => system::survey_disc(&disk),
        Ok(disk) => system::survey(&disk),
        Err(why) => Survey::unreadable(why),
    };
    let mut findings = facts.findings;
    judge::disk(facts.format, facts.virtual_size_bytes, &layout, boot, &mut findings);
    findings.sort_by_key(|finding| finding.weight);
    Ok(Report {
        format: judge::format(facts.format, &layout),
        variant: facts.variant,
        seen_as: facts.seen_as,
        wrapped: facts.wrapped,
        file_size_bytes: file.len_bytes(),
        virtual_size_bytes: facts.virtual_size_bytes,
        findings,
        layout,
        boot,
        system,
    })
}
