//! JSON values as Python prints them, because the services put them into their messages that way.

use serde_json::Value;

/// `repr(value)`.
pub fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(string) => repr_str(string),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let items: Vec<String> = map
                .iter()
                .map(|(name, value)| format!("{}: {}", repr_str(name), repr(value)))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
    }
}

/// `str(value)`: like [`repr`], but a string stands without quotes.
pub fn display(value: &Value) -> String {
    match value {
        Value::String(string) => string.clone(),
        other => repr(other),
    }
}

/// `repr` of a string: single quotes, unless it has one and no double quote.
pub fn repr_str(string: &str) -> String {
    let quote = if string.contains('\'') && !string.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(string.len() + 2);
    out.push(quote);
    for c in string.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                out.push_str(&format!("\\x{:02x}", c as u32))
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A number without a needless fraction.
pub fn number(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { number.to_string() }
}
