//! User data as a form keeps it: one text, also when it is no text.
//!
//! Text stands for itself. Anything else (a file compressed with gzip) is a `data:` address, which a link and what survives
//! a reload can carry as well, and which no user data begins with: cloud-init would ignore it.

use std::borrow::Cow;

use crate::base64;

const START: &str = "data:application/octet-stream;base64,";

/// The bytes that the instance gets.
pub fn bytes_of(field: &str) -> Cow<'_, [u8]> {
    match field.strip_prefix(START).and_then(base64::decode) {
        Some(bytes) => Cow::Owned(bytes),
        None => Cow::Borrowed(field.as_bytes()),
    }
}

/// What the form keeps of these bytes.
pub fn field_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        // A text that looks like one of ours is kept as bytes too, so that it comes back as it was.
        Ok(text) if !text.starts_with(START) && !text.contains('\0') => text.to_owned(),
        _ => format!("{START}{}", base64::encode(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_byte() {
        let check = |bytes: &[u8], is_text: bool| {
            let field = field_of(bytes);
            assert_eq!(*bytes_of(&field), *bytes);
            assert_eq!(field.as_bytes() == bytes, is_text, "{field}");
        };
        check(b"", true);
        check("#cloud-config\nå".as_bytes(), true);
        check(b"\x1f\x8b\x08\x00", false);
        check(b"a\0b", false);
        check(field_of(b"\x1f\x8b").as_bytes(), false);
        assert_eq!(
            *bytes_of("data:application/octet-stream;base64,???"),
            *b"data:application/octet-stream;base64,???"
        );
    }
}
