//! User data: what can be shown as the text that it is, and what has to be shown as base64.

use base64::alphabet::STANDARD;
use base64::engine::{Engine, GeneralPurpose, GeneralPurposeConfig};

/// As Nova and Go take it: with its padding; what is left over of the last letter counts for nothing.
const CODE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The bytes behind the base64 of the request.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    CODE.decode(text).ok()
}

/// Base64, in lines of 76 letters.
pub fn lines_of_base64(bytes: &[u8]) -> String {
    let base64 = base64(bytes);
    let mut lines = String::with_capacity(base64.len() + base64.len() / 76 + 1);
    for (place, letter) in base64.char_indices() {
        if place > 0 && place.is_multiple_of(76) {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines.push('\n');
    lines
}

/// Base64 in one line.
pub fn base64(bytes: &[u8]) -> String {
    CODE.encode(bytes)
}

/// The data as text that people can read and that survives being copied: no control characters but line ends and tabs, and
/// none that are invisible or turn the direction of what follows.
pub fn readable(bytes: &[u8]) -> Option<&str> {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty() && !text.contains(hidden))
}

/// Whether Go's base64 decoder takes the text, line ends left out as it does: gophercloud then sends it as it is, and does
/// not encode it (`openstack/compute/v2/servers/requests.go`, `ToServerCreateMap`).
pub fn is_base64_itself(text: &str) -> bool {
    decode(&text.replace(['\n', '\r'], "")).is_some()
}

/// A line that is in no line of `text`, to end it with.
pub fn end_of(text: &str) -> String {
    let mut end = String::from("USER_DATA");
    while text.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_there_and_back() {
        for text in ["", "a", "ab", "abc", "abcd", "#cloud-config\n", "åäö\0\u{ff}"] {
            let encoded = openstack::compute::user_data(text).expect("short enough");
            assert_eq!(base64(text.as_bytes()), encoded);
            assert_eq!(decode(&encoded).expect("base64"), text.as_bytes());
        }
        for text in ["a", "abc", "a===", "ab=c", "åäöå", "ab d"] {
            assert_eq!(decode(text), None, "{text}");
        }
        let long = lines_of_base64(&[7; 100]);
        assert_eq!(long.lines().map(str::len).collect::<Vec<_>>(), [76, 60]);
        assert_eq!(decode(&long.replace('\n', "")).expect("base64"), [7; 100]);
    }

    #[test]
    fn what_is_shown_as_text() {
        let check = |bytes: &[u8], expected: bool| {
            assert_eq!(readable(bytes).is_some(), expected, "{bytes:?}");
        };
        check("#cloud-config\n\tå: 😀\n".as_bytes(), true);
        check(b"", false);
        check(b"a\r\n", false);
        check(b"\x1f\x8b\x08", false);
        check("\u{feff}#cloud-config".as_bytes(), false);
        check("a\u{202e}b".as_bytes(), false);
        assert!(is_base64_itself("YWJj\nYWJj\n"));
        assert!(!is_base64_itself("#cloud-config\n"));
        assert_eq!(end_of("x\n USER_DATA\nUSER_DATA_\n"), "USER_DATA__");
    }
}
