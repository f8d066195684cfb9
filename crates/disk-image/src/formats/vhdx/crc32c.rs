//! The checksum that seals the structures of a VHDX file (CRC-32C).

/// Whether the checksum at byte 4 fits the rest.
pub(super) fn is_sealed(structure: &[u8]) -> bool {
    let Some((start, rest)) = structure.split_at_checked(8) else { return false };
    let Some((signature, stored)) = start.split_at_checked(4) else { return false };
    let bytes = signature.iter().chain(&[0; 4]).chain(rest);
    stored == crc32c(bytes).to_le_bytes()
}

/// Bit by bit: it runs over 136 KiB at most, once.
fn crc32c<'a>(bytes: impl Iterator<Item = &'a u8>) -> u32 {
    const POLYNOMIAL: u32 = 0x82f6_3b78;
    !bytes.fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| match sum & 1 {
            1 => (sum >> 1) ^ POLYNOMIAL,
            _ => sum >> 1,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::crc32c;

    #[test]
    fn the_usual_check_value() {
        assert_eq!(crc32c(b"123456789".iter()), 0xe306_9283);
    }
}
