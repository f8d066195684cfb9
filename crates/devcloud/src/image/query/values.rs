//! The small languages inside a query string: operators, times, lists with quotes, and Python's quoting.

use jiff::Timestamp;

use crate::image::fault::{Answer, Fault};

/// MariaDB compares a number column with a text by the number that the text begins with.
pub(super) fn leading_number(value: &str) -> i64 {
    let text = value.trim();
    let digits = text.trim_start_matches('-');
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number: i64 = digits.get(..end).unwrap_or_default().parse().unwrap_or(0);
    if text.starts_with('-') { -number } else { number }
}

/// glance/common/utils.py `split_filter_op`: a time without an operator has colons of its own.
pub(super) fn operator(expression: &str) -> (&str, &str) {
    match expression.split_once(':') {
        Some(_) if seconds(expression).is_some() => ("eq", expression),
        Some((op, rest)) => (op, rest),
        None => ("eq", expression),
    }
}

/// ISO 8601 with or without an offset (none means UTC), or a date alone.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let zoned = text.parse::<Timestamp>().ok();
    let civil =
        || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    zoned.or_else(|| civil().map(|z| z.timestamp())).map(Timestamp::as_second)
}

/// glance/common/utils.py `split_filter_value_for_quotes`: commas part values, quotes keep commas together.
pub(super) fn split_list(value: &str) -> Answer<Vec<String>> {
    let wrong = |why: &str| Err(Fault::bad_request(format!("Invalid filter value {value}. {why}")));
    let chars: Vec<char> = value.chars().collect();
    let mut inside = false;
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| chars.get(j));
        if *c != '"' || before == Some(&'\\') {
            continue;
        }
        if !inside && before.is_some_and(|b| *b != ',') {
            return wrong("There is no comma before opening quotation mark.");
        }
        if inside && chars.get(i + 1).is_some_and(|n| *n != ',') {
            return wrong("There is no comma after closing quotation mark.");
        }
        inside = !inside;
    }
    if inside {
        return wrong("The quote is not closed.");
    }
    let mut out = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut end = quoted.len();
            let mut escaped = false;
            for (i, c) in quoted.char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => {
                        end = i;
                        break;
                    }
                    _ => {}
                }
            }
            out.push(quoted.get(..end).unwrap_or_default().to_owned());
            let after = quoted.get(end + 1..).unwrap_or_default();
            rest = after.strip_prefix(',').unwrap_or(after);
        } else {
            let (item, after) = rest.split_once(',').unwrap_or((rest, ""));
            out.push(item.to_owned());
            rest = after;
        }
    }
    Ok(out)
}

pub(super) fn quote_plus(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => {
                out.push(char::from(byte))
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
