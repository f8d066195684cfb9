//! Base64, as Nova takes user data.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// In base64, padded.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(crate::encoded_len(bytes.len()));
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let index = (bits >> (18 - 6 * place)) & 63;
            let letter = ALPHABET.get(index as usize).copied().unwrap_or(b'=');
            out.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

/// What this is in base64; white space between is skipped. `None` when it is no base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count, mut padding) = (0_u32, 0_usize, 0_usize);
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace()) {
        if letter == b'=' {
            padding += 1;
            continue;
        }
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 1;
        if count.is_multiple_of(4) {
            bytes.extend([(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
            bits = 0;
        }
    }
    match (count % 4, padding) {
        (0, 0) => {}
        (2, 0 | 2) => bytes.push((bits >> 4) as u8),
        (3, 0 | 1) => bytes.extend([(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => return None,
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_there_and_back() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("#cloud-config\n", "I2Nsb3VkLWNvbmZpZwo="),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
            assert_eq!(crate::encoded_len(bytes.len()), text.len());
        }
        assert_eq!(decode("Zm9\n v"), Some(b"foo".to_vec()));
        for wrong in ["Z", "Zg=", "Zg===", "Z=g=", "#cloud-config", "Zm9v!"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_largest_is_the_largest() {
        assert!(encode(&vec![0; crate::LARGEST_BYTES]).len() <= crate::LONGEST_ENCODED);
        assert!(encode(&vec![0; crate::LARGEST_BYTES + 1]).len() > crate::LONGEST_ENCODED);
    }
}
