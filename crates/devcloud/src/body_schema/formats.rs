//! The string formats that the services' schemas name.

use std::net::{Ipv4Addr, Ipv6Addr};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

use super::python::repr;

/// A named format. Values that are not strings pass: their type is the schema's business.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 32 hex digits, dashes and braces as you like (`oslo_utils.uuidutils.is_uuid_like`).
    Uuid,
    /// A dotted quad.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Either kind of address.
    Ip,
    /// Standard base64.
    Base64,
    /// Nova's `name`: printable, no white space at the ends.
    Name,
}

pub(super) enum Problem {
    Message(String),
    Sentence(String),
}

impl Format {
    pub(super) fn problem(self, value: &Value) -> Option<Problem> {
        let string = value.as_str()?;
        let (fits, name) = match self {
            Format::Uuid => (is_uuid(string), "uuid"),
            Format::Ipv4 => (string.parse::<Ipv4Addr>().is_ok(), "ipv4"),
            Format::Ipv6 => (string.parse::<Ipv6Addr>().is_ok(), "ipv6"),
            Format::Ip => {
                if string.parse::<std::net::IpAddr>().is_ok() {
                    return None;
                }
                let message =
                    format!("{} is not valid under any of the given schemas", repr(value));
                return Some(Problem::Message(message));
            }
            Format::Base64 => (is_base64(string), "base64"),
            Format::Name => {
                return (!is_name(string)).then(|| {
                    Problem::Sentence(
                        "An invalid 'name' value was provided. The name must be: printable characters. \
                         Can not start or end with whitespace."
                            .to_owned(),
                    )
                });
            }
        };
        (!fits).then(|| Problem::Message(format!("{} is not a '{name}'", repr(value))))
    }
}

/// Whether oslo takes this string for a UUID.
pub fn is_uuid(string: &str) -> bool {
    let bare: String = string
        .trim_start_matches("urn:")
        .trim_start_matches("uuid:")
        .trim_matches(['{', '}'])
        .chars()
        .filter(|c| *c != '-')
        .collect();
    bare.len() == 32 && bare.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Python's decoder skips what is not in the alphabet, line breaks above all, and wants the padding.
fn is_base64(string: &str) -> bool {
    let known: String = string
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect();
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    GeneralPurpose::new(&STANDARD, config).decode(known).is_ok()
}

fn is_name(string: &str) -> bool {
    !string.starts_with(char::is_whitespace)
        && !string.ends_with(char::is_whitespace)
        && string.chars().all(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}'))
}
