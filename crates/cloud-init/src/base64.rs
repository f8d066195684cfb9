//! Base64, as Nova takes user data.

use base64::alphabet::STANDARD;
use base64::engine::{Engine, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;

/// Without padding, which is looked at apart; what is left over of the last letter counts for nothing, as in Python.
const BARE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// In base64, padded.
pub fn encode(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// What this is in base64; white space between is skipped, and the padding may be missing. `None` when it is no base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let letters: Vec<u8> = text.bytes().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let padding = letters.iter().rev().take_while(|letter| **letter == b'=').count();
    let bare = letters.get(..letters.len() - padding).unwrap_or_default();
    let fits = padding == 0 || padding < 3 && letters.len().is_multiple_of(4);
    BARE.decode(bare).ok().filter(|_| fits)
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
