//! VHDX keeps its virtual size behind two tables whose places are only found on the way.

use super::bytes;

/// Region table: 64 KiB at 192 KiB.
const REGION_TABLE: usize = 192 * 1024;
const TABLE_LEN: usize = 64 * 1024;
/// 8B7CA206-4790-4B9A-B8FE-575F050F886E as it lies in the file.
const METADATA_REGION: [u8; 16] = [
    0x06, 0xA2, 0x7C, 0x8B, 0x90, 0x47, 0x9A, 0x4B, 0xB8, 0xFE, 0x57, 0x5F, 0x05, 0x0F, 0x88, 0x6E,
];
/// 2FA54224-CD1B-4876-B211-5DBED83BF4B8 as it lies in the file.
const VIRTUAL_DISK_SIZE: [u8; 16] = [
    0x24, 0x42, 0xA5, 0x2F, 0x1B, 0xCD, 0x76, 0x48, 0xB2, 0x11, 0x5D, 0xBE, 0xD8, 0x3B, 0xF4, 0xB8,
];

/// Follows the tables as the stream goes by.
#[derive(Debug, Default)]
pub(super) struct Vhdx {
    regions_read: bool,
    metadata: Option<Window>,
    size: Option<Window>,
}

/// A part of the file that is collected when it comes.
#[derive(Debug)]
struct Window {
    offset: u64,
    len: usize,
    data: Vec<u8>,
}

impl Window {
    fn new(offset: u64, len: usize) -> Self {
        Self { offset, len, data: Vec::new() }
    }

    fn collect(&mut self, position: u64, chunk: &[u8]) {
        let wanted = self.offset + self.data.len() as u64;
        let skip = wanted.saturating_sub(position);
        if self.complete() || wanted < position || skip >= chunk.len() as u64 {
            return;
        }
        let rest = chunk.get(skip as usize..).unwrap_or_default();
        let take = rest.len().min(self.len - self.data.len());
        self.data.extend_from_slice(rest.get(..take).unwrap_or_default());
    }

    fn complete(&self) -> bool {
        self.data.len() == self.len
    }
}

impl Vhdx {
    /// `head` is the front of the file as far as it is known; `chunk` begins at `position`.
    pub(super) fn push(&mut self, head: &[u8], position: u64, chunk: &[u8]) {
        if !head.starts_with(b"vhdxfile") {
            return;
        }
        if !self.regions_read && head.len() >= REGION_TABLE + TABLE_LEN {
            self.regions_read = true;
            let table = head.get(REGION_TABLE..REGION_TABLE + TABLE_LEN).unwrap_or_default();
            if table.starts_with(b"regi") {
                let place = entry(table, 16, u32_at(table, 8), &METADATA_REGION);
                self.metadata = place.map(|e| Window::new(u64_at(e, 16), TABLE_LEN));
            }
        }
        if let Some(window) = &mut self.metadata {
            window.collect(position, chunk);
            if self.size.is_none() && window.complete() && window.data.starts_with(b"metadata") {
                let table = window.data.as_slice();
                let count = u32::from(bytes(table, 10).map_or(0, u16::from_le_bytes));
                self.size = entry(table, 32, count, &VIRTUAL_DISK_SIZE)
                    .map(|e| Window::new(window.offset.saturating_add(u32_at(e, 16).into()), 8));
            }
        }
        if let Some(window) = &mut self.size {
            window.collect(position, chunk);
        }
    }

    /// Whether all the tables that were found could be read.
    pub(super) fn complete(&self) -> bool {
        let whole = |w: &Option<Window>| w.as_ref().is_none_or(Window::complete);
        self.regions_read && whole(&self.metadata) && whole(&self.size)
    }

    /// Bytes, once it has gone by.
    pub(super) fn virtual_size(&self) -> Option<u64> {
        bytes(&self.size.as_ref()?.data, 0).map(u64::from_le_bytes)
    }
}

/// The 32-byte entry with this id among the first `count`, the first one at `start`.
fn entry<'a>(table: &'a [u8], start: usize, count: u32, id: &[u8; 16]) -> Option<&'a [u8]> {
    let entries = table.get(start..)?.chunks_exact(32).take(count.min(2047) as usize);
    entries.into_iter().find(|e| e.starts_with(id))
}

fn u32_at(data: &[u8], offset: usize) -> u32 {
    bytes(data, offset).map_or(0, u32::from_le_bytes)
}

fn u64_at(data: &[u8], offset: usize) -> u64 {
    bytes(data, offset).map_or(0, u64::from_le_bytes)
}
