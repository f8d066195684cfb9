//! The checksum that seals the structures of a VHDX file (CRC-32C).

/// Whether the checksum at byte 4 fits the rest.
pub(super) fn is_sealed(structure: &[u8]) -> bool {
    let Some((start, rest)) = structure.split_at_checked(8) else { return false };
    let Some((signature, stored)) = start.split_at_checked(4) else { return false };
    let sum = [signature, &[0; 4], rest].into_iter().fold(u32::MAX, feed);
    stored == (!sum).to_le_bytes()
}

fn feed(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| {
        let index = (sum ^ u32::from(*byte)) & 0xff;
        TABLE.get(index as usize).map_or(0, |step| step ^ (sum >> 8))
    })
}

/// What eight bits do to the sum.
const TABLE: [u32; 256] = {
    const POLYNOMIAL: u32 = 0x82f6_3b78;
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut sum = index as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ POLYNOMIAL } else { sum >> 1 };
            bit += 1;
        }
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
        {
            table[index] = sum;
        }
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::feed;

    #[test]
    fn the_usual_check_value() {
        assert_eq!(!feed(u32::MAX, b"123456789"), 0xe306_9283);
    }
}
