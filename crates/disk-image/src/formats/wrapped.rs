//! What people drop by mistake: a disk image inside a compressed file or an archive.
//!
//! It is only looked for the name of what is inside; nothing is unpacked.

mod archive;

use crate::read::{Fields, ReadAt, ReadError};
use crate::report::{Format, Inner, Trouble, Weight, Wrapped};

use super::{Facts, text};

/// Offset, bytes, what they mean.
const MARKS: &[(usize, &[u8], Wrapped)] = &[
    (0, &[0x1f, 0x8b, 8], Wrapped::Gzip),
    (0, b"\xfd7zXZ\0", Wrapped::Xz),
    (0, &[0x28, 0xb5, 0x2f, 0xfd], Wrapped::Zstd),
    (0, b"PK\x03\x04", Wrapped::Zip),
    (0, b"7z\xbc\xaf\x27\x1c", Wrapped::SevenZip),
    (257, b"ustar", Wrapped::Tar),
];

/// `None` when the file is none of these.
pub(super) fn read(file: &dyn ReadAt, head: &[u8]) -> Result<Option<Facts>, ReadError> {
    let has =
        |offset: usize, mark: &[u8]| head.get(offset..).is_some_and(|at| at.starts_with(mark));
    let marked = MARKS.iter().find(|(offset, mark, _)| has(*offset, mark)).map(|(.., kind)| *kind);
    // A block or the end of the stream follows the level at once.
    let bzip2 = has(0, b"BZh") && (has(4, b"1AY&SY") || has(4, b"\x17rE8P\x90"));
    let Some(kind) = marked.or(bzip2.then_some(Wrapped::Bzip2)) else { return Ok(None) };
    let mut kind = kind;
    let mut inner = None;
    let mut missing = None;
    match kind {
        Wrapped::Gzip => inner = gzip_name(head).map(|name| Inner { name, size_bytes: None }),
        Wrapped::Zip => match archive::zip(file)? {
            Some(entries) => inner = archive::the_disk(entries),
            None => missing = Some(None),
        },
        Wrapped::Tar | Wrapped::Ova => {
            let tar = archive::tar(file)?;
            if tar.entries.iter().any(|entry| entry.name.ends_with(".ovf")) {
                kind = Wrapped::Ova;
            }
            inner = archive::the_disk(tar.entries);
            missing = tar.missing_bytes.map(Some);
        }
        Wrapped::Xz | Wrapped::Zstd | Wrapped::Bzip2 | Wrapped::SevenZip => {}
    }
    let mut facts = Facts::of(Format::Wrapped(kind));
    facts.wrapped = inner;
    // Sent as raw it is accepted, as anything else refused.
    facts.add(Weight::NeverBoots, Trouble::Wrapped);
    if let Some(missing) = missing {
        facts.add(Weight::NeverBoots, Trouble::Truncated(missing));
    }
    Ok(Some(facts))
}

/// The original name, when the header carries it (RFC 1952, 2.3).
fn gzip_name(head: &[u8]) -> Option<String> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    let flags = *head.get(3)?;
    let at = match flags & EXTRA {
        0 => 10,
        _ => 12 + usize::from(head.le16(10)?),
    };
    let name = head.get(at..)?;
    let end = name.iter().position(|byte| *byte == 0).filter(|_| flags & NAME != 0)?;
    let name = text(name.get(..end)?);
    // Only a name: a path would write elsewhere.
    name.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).map(str::to_owned)
}
