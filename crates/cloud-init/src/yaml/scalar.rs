//! What a value without quotes means in YAML 1.1: PyYAML's `resolver.py`, whose patterns these are, written out.

use super::Value;

/// The value of a plain scalar; the second is whether it is `<<` or `=`, which have a meaning of their own.
pub(super) fn plain(text: &str) -> (Value, Special) {
    let value = match text {
        "<<" => return (Value::Text, Special::Merge),
        "=" => return (Value::Text, Special::Value),
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        _ => match integer(text) {
            Some(number) => Value::Int(number),
            None if is_float(text) => Value::Float,
            None if is_date(text) => Value::Date,
            None => Value::Text,
        },
    };
    (value, Special::None)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    None,
    Merge,
    Value,
}

/// A number that is too large for 64 bits counts as the largest.
fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let in_base = |digits: &str, radix| {
        let plain = digits.chars().filter(|digit| *digit != '_');
        Some(plain.fold(0_i64, |sum, digit| {
            let digit = digit.to_digit(radix).unwrap_or_default();
            sum.saturating_mul(i64::from(radix)).saturating_add(i64::from(digit))
        }))
    };
    let only = |digits: &str, allowed: fn(char) -> bool| {
        !digits.is_empty() && digits.chars().all(|letter| letter == '_' || allowed(letter))
    };
    let number = if let Some(binary) = digits.strip_prefix("0b") {
        only(binary, |letter| matches!(letter, '0' | '1')).then(|| in_base(binary, 2))?
    } else if let Some(hex) = digits.strip_prefix("0x") {
        only(hex, |letter| letter.is_ascii_hexdigit()).then(|| in_base(hex, 16))?
    } else if digits == "0" {
        Some(0)
    } else if let Some(octal) = digits.strip_prefix('0') {
        only(octal, |letter| matches!(letter, '0'..='7')).then(|| in_base(octal, 8))?
    } else if digits.starts_with(|first: char| first.is_ascii_digit()) {
        match digits.split_once(':') {
            None => only(digits, |letter| letter.is_ascii_digit()).then(|| in_base(digits, 10))?,
            Some((first, rest)) => {
                let mut sum =
                    only(first, |letter| letter.is_ascii_digit()).then(|| in_base(first, 10))??;
                for part in rest.split(':') {
                    sum = sum.saturating_mul(60).saturating_add(sixtieth(part)?);
                }
                Some(sum)
            }
        }
    } else {
        None
    };
    number.map(|number| number * sign)
}

/// `[0-5]?[0-9]`.
fn sixtieth(part: &str) -> Option<i64> {
    let number = part.parse().ok().filter(|number| *number < 60)?;
    (part.len() <= 2 && part.bytes().all(|digit| digit.is_ascii_digit())).then_some(number)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let digits = |part: &str| part.bytes().all(|letter| letter.is_ascii_digit() || letter == b'_');
    let begins = |part: &str| part.starts_with(|first: char| first.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    if let Some(exponent) = exponent {
        let Some(power) = exponent.strip_prefix(['-', '+']) else { return false };
        if power.is_empty() || !power.bytes().all(|digit| digit.is_ascii_digit()) {
            return false;
        }
    }
    let Some((whole, part)) = mantissa.split_once('.') else { return false };
    if whole.is_empty() {
        return unsigned.len() == text.len() && begins(part) && digits(part);
    }
    if !digits(part) || !begins(whole) {
        return false;
    }
    match whole.split_once(':') {
        None => digits(whole),
        Some((first, rest)) => {
            exponent.is_none()
                && digits(first)
                && rest.split(':').all(|part| sixtieth(part).is_some())
        }
    }
}

/// `2026-12-31`, or that with a time after it.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    let one_or_two = |part: &str| part.len() <= 2 && digits(part);
    if year.len() != 4 || !digits(year) || !one_or_two(month) {
        return false;
    }
    let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let time = rest.get(day.len()..).unwrap_or_default();
    if time.is_empty() {
        return month.len() == 2 && day.len() == 2;
    }
    let clock = time.trim_start_matches([' ', '\t']).trim_start_matches(['T', 't']);
    let mut clock = clock.splitn(3, ':');
    one_or_two(&day)
        && time.starts_with([' ', '\t', 'T', 't'])
        && clock.next().is_some_and(one_or_two)
        && clock.next().is_some_and(|minute| minute.len() == 2 && digits(minute))
        && clock.next().is_some_and(|second| {
            second.len() >= 2
                && second.get(..2).is_some_and(digits)
                && second
                    .chars()
                    .all(|letter| letter.is_ascii_digit() || " \t.Z+-:".contains(letter))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Verdicts of PyYAML 6.0 (`yaml.safe_load`), as type names.
    #[test]
    fn reads_as_pyyaml_does() {
        let check = |text: &str, expected: &str| {
            let found = match plain(text) {
                (_, Special::Merge | Special::Value) => "special".to_owned(),
                (Value::Null, _) => "null".to_owned(),
                (Value::Bool(value), _) => value.to_string(),
                (Value::Int(number), _) => number.to_string(),
                (Value::Float, _) => "float".to_owned(),
                (Value::Date, _) => "date".to_owned(),
                _ => "text".to_owned(),
            };
            assert_eq!(found, expected, "{text}");
        };
        for (text, expected) in [
            ("", "null"),
            ("~", "null"),
            ("Null", "null"),
            ("nULL", "text"),
            ("yes", "true"),
            ("Off", "false"),
            ("y", "text"),
            ("n", "text"),
            ("0", "0"),
            ("0644", "420"),
            ("0o644", "text"),
            ("644", "644"),
            ("0889", "text"),
            ("0x1F", "31"),
            ("0b101", "5"),
            ("1_000", "1000"),
            ("-5", "-5"),
            ("+7", "7"),
            ("22:22", "1342"),
            ("1:30", "90"),
            ("1:60", "text"),
            ("1.5", "float"),
            ("1.", "float"),
            (".5", "float"),
            ("1e3", "text"),
            ("1.0e+3", "float"),
            ("1.0e3", "text"),
            (".inf", "float"),
            ("-.INF", "float"),
            (".nan", "float"),
            ("2026-12-31", "date"),
            ("2026-1-1", "text"),
            ("2026-1-1 10:00:00", "date"),
            ("2026-12-31T10:00:00Z", "date"),
            ("2026-12-31 10:00", "text"),
            ("1.2.3", "text"),
            ("10.0.0.1", "text"),
            ("<<", "special"),
            ("=", "special"),
            ("-", "text"),
            ("0.5.1", "text"),
            ("1_", "1"),
            ("_1", "text"),
            ("0_", "0"),
            ("99999999999999999999", "9223372036854775807"),
            ("190:20:30", "685230"),
            ("aa:bb", "text"),
            ("190:20:30.15", "float"),
            ("685.230_15e+03", "float"),
            ("-.5", "text"),
            ("0b", "text"),
            ("0x", "text"),
        ] {
            check(text, expected);
        }
    }
}
