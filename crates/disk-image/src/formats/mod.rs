//! The formats of disk images: one file each, which reads headers and tells what a cloud makes of them.
//!
//! They deliberately do not read the disk inside: that is the guest view's work, over these headers.

pub(crate) mod qcow2;

use crate::read::{ReadAt, ReadError, some_at};
use crate::report::{Finding, Format, Inner, Trouble, Weight};

/// How much of the file's beginning every format sees, in bytes: volume descriptors of a disc lie 32 KiB in.
const HEAD_BYTES: usize = 34 * 1024;

/// What a file's own headers tell.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) format: Format,
    pub(crate) variant: Option<String>,
    pub(crate) virtual_size_bytes: Option<u64>,
    pub(crate) wrapped: Option<Inner>,
    pub(crate) findings: Vec<Finding>,
}

impl Facts {
    fn of(format: Format) -> Self {
        Self {
            format,
            variant: None,
            virtual_size_bytes: None,
            wrapped: None,
            findings: Vec::new(),
        }
    }

    fn add(&mut self, weight: Weight, trouble: Trouble) {
        self.findings.push(Finding { trouble, weight });
    }

    fn refused(&mut self, trouble: Trouble) {
        self.add(Weight::Refused, trouble);
    }
}

/// What the file is; its format is `Unknown` when nothing fits.
pub(crate) fn read(file: &dyn ReadAt) -> Result<Facts, ReadError> {
    let head = some_at(file, 0, HEAD_BYTES)?;
    if head.is_empty() {
        let mut facts = Facts::of(Format::Empty);
        facts.refused(Trouble::Empty);
        return Ok(facts);
    }
    if let Some(facts) = qcow2::read(file, &head)? {
        return Ok(facts);
    }
    let raw = head.get(510..512) == Some(&[0x55, 0xaa]);
    let mut facts = Facts::of(if raw { Format::Raw } else { Format::Unknown });
    facts.virtual_size_bytes = Some(file.len_bytes());
    Ok(facts)
}

/// Text in a header: up to the first NUL, whatever it is encoded in.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}
