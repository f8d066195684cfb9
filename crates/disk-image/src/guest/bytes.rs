//! Marks, texts and checksums in what was read from a disk.

/// Whether `mark` stands at `offset`.
pub(crate) fn has(bytes: &[u8], offset: usize, mark: &[u8]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(mark))
}

/// A text padded with spaces or ended by a zero; `None` when it is empty.
pub(crate) fn text(bytes: &[u8], offset: usize, len: usize) -> Option<String> {
    let field = bytes.get(offset..offset.checked_add(len)?)?;
    let field = field.split(|byte| *byte == 0).next()?;
    let text = String::from_utf8_lossy(field).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// UTF-16 (little-endian) up to a zero; `None` when it is empty.
pub(crate) fn utf16(bytes: &[u8]) -> Option<String> {
    let units = bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .take_while(|unit| *unit != 0);
    let text: String =
        char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The polynomial of GPT's checksums (IEEE).
pub(crate) const CRC32: u32 = 0xedb8_8320;
/// That of ext4's (Castagnoli).
pub(crate) const CRC32C: u32 = 0x82f6_3b78;

/// The checksum of the pieces one after the other. Bit by bit: the longest is a partition table of 16 KiB.
pub(crate) fn crc(polynomial: u32, pieces: &[&[u8]]) -> u32 {
    let mut sum = u32::MAX;
    for byte in pieces.iter().copied().flatten() {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ polynomial } else { sum >> 1 };
        }
    }
    !sum
}
