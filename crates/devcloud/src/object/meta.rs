//! Metadata in headers: what a request sets or removes, and the limits (swift/common/constraints.py).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::reply::{Answer, Refusal};

/// Names in small letters, without the prefix that says whose they are.
pub(super) type Meta = BTreeMap<String, String>;

pub(super) const MAX_NAME: usize = 128;
pub(super) const MAX_VALUE: usize = 256;
pub(super) const MAX_COUNT: usize = 90;
pub(super) const MAX_OVERALL: usize = 4096;

/// Names that only an operator of the account is shown (proxy server, `swift_owner_headers`).
pub(super) const OWNERS: [&str; 2] = ["temp-url-key", "temp-url-key-2"];

/// A header's value as text; bytes that are no UTF-8 are replaced.
pub(super) fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// The metadata that these headers carry for `kind`, which is `account`, `container` or `object`.
pub(super) fn given(headers: &HeaderMap, kind: &str) -> Answer<Meta> {
    let prefix = format!("x-{kind}-meta-");
    let mut meta = Meta::new();
    for (name, value) in headers {
        if let Some(name) = name.as_str().strip_prefix(&prefix) {
            meta.insert(name.to_owned(), text(value));
        }
    }
    match problem(&meta) {
        Some(words) => Err(Refusal::text(StatusCode::BAD_REQUEST, words)),
        None => Ok(meta),
    }
}

/// Changes what is there: a value sets, an empty one or `X-Remove-…` removes.
pub(super) fn merge(meta: &mut Meta, headers: &HeaderMap, kind: &str) -> Answer<()> {
    for (name, value) in given(headers, kind)? {
        if value.is_empty() {
            meta.remove(&name);
        } else {
            meta.insert(name, value);
        }
    }
    let prefix = format!("x-remove-{kind}-meta-");
    for name in headers.keys() {
        if let Some(name) = name.as_str().strip_prefix(&prefix) {
            meta.remove(name);
        }
    }
    match problem(meta) {
        Some(words) => Err(Refusal::text(StatusCode::BAD_REQUEST, words)),
        None => Ok(()),
    }
}

fn problem(meta: &Meta) -> Option<String> {
    for (name, value) in meta {
        if name.is_empty() {
            return Some(String::from("Metadata name cannot be empty"));
        }
        if name.len() > MAX_NAME {
            return Some(format!("Metadata name too long: {name}"));
        }
        if value.len() > MAX_VALUE {
            return Some(format!("Metadata value longer than {MAX_VALUE}: {name}"));
        }
    }
    if meta.len() > MAX_COUNT {
        return Some(format!("Too many metadata items; max {MAX_COUNT}"));
    }
    if meta.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_OVERALL {
        return Some(format!("Total metadata too large; max {MAX_OVERALL}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, expected: Option<&str>) {
        let meta = Meta::from([(name.to_owned(), value.to_owned())]);
        assert_eq!(problem(&meta).as_deref(), expected);
    }

    #[test]
    fn the_limits() {
        check("a", &"x".repeat(256), None);
        check("a", &"x".repeat(257), Some("Metadata value longer than 256: a"));
        check("", "x", Some("Metadata name cannot be empty"));
        let long = "n".repeat(129);
        check(&long, "x", Some(&format!("Metadata name too long: {long}")));
        let many: Meta = (0..91).map(|n| (n.to_string(), String::from("x"))).collect();
        assert_eq!(problem(&many).as_deref(), Some("Too many metadata items; max 90"));
        let much: Meta = (0..17).map(|n| (n.to_string(), "x".repeat(250))).collect();
        assert_eq!(problem(&much).as_deref(), Some("Total metadata too large; max 4096"));
    }
}
