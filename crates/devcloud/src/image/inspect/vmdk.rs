//! VMDK: a sparse extent with an embedded descriptor, or a descriptor alone.
//!
//! Only `monolithicSparse` and `streamOptimized` are safe; every line of the descriptor must be understood, no extent
//! may name a path, and a footer must agree with the header.

use super::bytes;

const DESCRIPTOR_AT: u64 = 0x200;
const DESCRIPTOR_MAX: u64 = (1 << 20) - 1;
const FOOTER_FOLLOWS: u64 = u64::MAX;

/// A recognised VMDK.
#[derive(Debug)]
pub(super) struct Vmdk {
    pub(super) virtual_size: u64,
    pub(super) safe: bool,
}

/// The fields of a "hosted sparse extent" header that matter here.
#[derive(Debug, PartialEq, Eq)]
struct Header {
    magic: [u8; 4],
    version: u32,
    sectors: u64,
    descriptor_sector: u64,
    descriptor_sectors: u64,
    directory: u64,
}

impl Header {
    fn parse(data: &[u8]) -> Option<Self> {
        Some(Self {
            magic: bytes(data, 0)?,
            version: u32::from_le_bytes(bytes(data, 4)?),
            sectors: u64::from_le_bytes(bytes(data, 12)?),
            descriptor_sector: u64::from_le_bytes(bytes(data, 28)?),
            descriptor_sectors: u64::from_le_bytes(bytes(data, 36)?),
            directory: u64::from_le_bytes(bytes(data, 56)?),
        })
    }
}

impl Vmdk {
    pub(super) fn parse(head: &[u8], tail: &[u8], size: u64) -> Option<Self> {
        let header = Header::parse(head.get(..64)?)?;
        if header.magic == *b"KDMV" {
            return Some(Self::sparse(head, &header, tail, size));
        }
        // A text file may be a descriptor that points elsewhere: it is recognised, and refused.
        let front = head.get(..head.len().min(512))?;
        let is_text = front.iter().all(|b| matches!(b, 0x20..=0x7e | 0x09..=0x0d | 0x1c..=0x1f));
        if !is_text {
            return None;
        }
        create_type(&descriptor_text(head)?)?;
        Some(Self { virtual_size: 0, safe: false })
    }

    fn sparse(head: &[u8], header: &Header, tail: &[u8], size: u64) -> Self {
        let unsafe_one = Self { virtual_size: 0, safe: false };
        let offset = header.descriptor_sector.saturating_mul(512);
        let length = header.descriptor_sectors.saturating_mul(512).min(DESCRIPTOR_MAX);
        if !(1..=3).contains(&header.version) || offset != DESCRIPTOR_AT {
            return unsafe_one;
        }
        let region = head.get(offset as usize..(offset + length) as usize);
        let Some(text) = region.filter(|r| !r.is_empty()).and_then(descriptor_text) else {
            return unsafe_one;
        };
        let kind = create_type(&text);
        if !kind.is_some_and(|k| ["monolithicsparse", "streamoptimized"].contains(&k)) {
            return unsafe_one;
        }
        let footer_is_fine =
            header.directory != FOOTER_FOLLOWS || footer_agrees(header, tail, size);
        Self {
            virtual_size: header.sectors.saturating_mul(512),
            safe: descriptor_is_safe(&text) && footer_is_fine,
        }
    }
}

/// The descriptor up to its padding, in lower case: VMDK is case-insensitive ASCII.
fn descriptor_text(region: &[u8]) -> Option<String> {
    let text = region.split(|b| *b == 0).next()?;
    text.is_ascii().then(|| String::from_utf8_lossy(text).to_ascii_lowercase())
}

fn create_type(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("createtype=\"")?;
    let (kind, _) = rest.split_once('"')?;
    (kind.len() < 64).then_some(kind)
}

fn descriptor_is_safe(text: &str) -> bool {
    let mut extents = 0;
    for line in text.split('\n').map(str::trim) {
        let is_field = line.split_once('=').is_some_and(|(name, _)| !name.contains(' '));
        let access = line.split(' ').next().unwrap_or_default();
        match () {
            () if line.is_empty() || line.starts_with('#') || line.starts_with("ddb") => {}
            () if is_field => {}
            () if ["rw", "rdonly", "noaccess"].contains(&access) => {
                if line.contains('/') {
                    return false;
                }
                extents += 1;
            }
            () => return false,
        }
    }
    extents > 0
}

fn footer_agrees(header: &Header, tail: &[u8], size: u64) -> bool {
    let Some(footer) = tail.get(512..).and_then(Header::parse) else { return false };
    let marker = |at: usize| {
        let value: u64 = bytes(tail, at).map_or(1, u64::from_le_bytes);
        let rest: Option<[u8; 8]> = bytes(tail, at + 8);
        let padding = tail.get(at + 16..at + 512).is_some_and(|p| p.iter().all(|b| *b == 0));
        rest.filter(|_| padding).map(|rest| (value, rest))
    };
    // Marker type 3 announces the footer, type 0 ends the stream.
    let announced = marker(0).is_some_and(|(_, rest)| rest == [0, 0, 0, 0, 3, 0, 0, 0]);
    let ended = marker(1024) == Some((0, [0; 8]));
    size >= 1536
        && footer.magic == header.magic
        && footer.version == header.version
        && footer.descriptor_sector == header.descriptor_sector
        && footer.descriptor_sectors == header.descriptor_sectors
        && footer.directory != FOOTER_FOLLOWS
        && announced
        && ended
}
