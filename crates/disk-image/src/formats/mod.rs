//! The formats of disk images: one file each, which reads headers and tells what a cloud makes of them.
//!
//! They deliberately do not read the disk inside: that is the guest view's work, over these headers.

mod inspector;
mod iso;
mod luks;
pub(crate) mod qcow2;
mod qed;
mod vdi;
mod vhd;
pub(crate) mod vhdx;
mod vmdk;
mod wrapped;

pub(crate) use vmdk::SPLIT;

use crate::read::{ReadAt, ReadError, some_at};
use crate::report::{Finding, Format, Inner, Seen, Trouble, Weight};

/// How much of the file's beginning every format sees, in bytes: volume descriptors of a disc lie 32 KiB in.
const HEAD_BYTES: usize = 34 * 1024;

/// What a file's own headers tell.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) format: Format,
    pub(crate) variant: Option<String>,
    pub(crate) seen_as: Vec<Seen>,
    pub(crate) virtual_size_bytes: Option<u64>,
    pub(crate) wrapped: Option<Inner>,
    pub(crate) findings: Vec<Finding>,
}

impl Facts {
    fn of(format: Format) -> Self {
        Self {
            format,
            variant: None,
            seen_as: Vec::new(),
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

    /// Whether the file ends before `end`; if so it says so.
    fn truncated_when_shorter(&mut self, file: &dyn ReadAt, end: u64) -> bool {
        let missing = end.saturating_sub(file.len_bytes());
        if missing > 0 {
            self.add(Weight::NeverBoots, Trouble::Truncated(Some(missing)));
        }
        missing > 0
    }
}

/// What the file is; its format is `Unknown` when nothing fits.
pub(crate) fn read(file: &dyn ReadAt) -> Result<Facts, ReadError> {
    let head = some_at(file, 0, HEAD_BYTES)?;
    if head.is_empty() {
        let mut facts = Facts::of(Format::Empty);
        facts.add(Weight::NeverBoots, Trouble::Empty);
        facts.seen_as = vec![Seen::Raw];
        return Ok(facts);
    }
    let mut facts = recognise(file, &head)?;
    facts.seen_as = inspector::seen(&head);
    match facts.seen_as.as_slice() {
        [Seen::Gpt] => {
            if let Some(trouble) = inspector::table_trouble(&head) {
                facts.refused(Trouble::Table(trouble));
            }
        }
        [_] | [Seen::Iso, Seen::Gpt] => {}
        several => {
            let several = several.to_vec();
            facts.refused(Trouble::SeveralFormats(several));
        }
    }
    Ok(facts)
}

/// The first that fits decides: what a disc may carry besides (a boot sector, an archive's mark) comes after it.
fn recognise(file: &dyn ReadAt, head: &[u8]) -> Result<Facts, ReadError> {
    if let Some(facts) = qcow2::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = vmdk::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = vhd::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = vhdx::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = vdi::read(file, head) {
        return Ok(facts);
    }
    if let Some(facts) = qed::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = luks::read(file, head) {
        return Ok(facts);
    }
    if let Some(facts) = iso::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = wrapped::read(file, head)? {
        return Ok(facts);
    }
    if let Some(facts) = vhd::read_fixed(file)? {
        return Ok(facts);
    }
    let boot_sector = head.get(510..512) == Some(&[0x55, 0xaa]);
    let mut facts = Facts::of(if boot_sector { Format::Raw } else { Format::Unknown });
    facts.virtual_size_bytes = Some(whole_sectors(file));
    Ok(facts)
}

/// The file as a disk: QEMU rounds up to whole sectors.
fn whole_sectors(file: &dyn ReadAt) -> u64 {
    file.len_bytes().checked_next_multiple_of(512).unwrap_or(file.len_bytes())
}

/// Text in a header: up to the first NUL, whatever it is encoded in.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// Two-byte text in a header, up to the first NUL.
fn utf16(bytes: &[u8], number: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(number));
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
