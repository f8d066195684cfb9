//! Schemas by their simplest names; the methods of [`Schema`] add to them.

use serde_json::Value;

use super::formats::Format;
use super::{Fields, Others, Pattern, Schema, Type};

/// A string of `min` to `max` characters.
pub fn text(min: usize, max: usize) -> Schema {
    Schema {
        types: vec![Type::String],
        min_length: Some(min),
        max_length: Some(max),
        ..Schema::default()
    }
}

/// A string in one of the named formats.
pub fn formatted(format: Format) -> Schema {
    Schema { types: vec![Type::String], format: Some(format), ..Schema::default() }
}

/// A value of one of these types, with nothing more asked of it.
pub fn of(types: &[Type]) -> Schema {
    Schema { types: types.to_vec(), ..Schema::default() }
}

/// Anything.
pub fn any() -> Schema {
    Schema::default()
}

/// One of these strings.
pub fn one_of_words(words: &[&str]) -> Schema {
    let choices = words.iter().map(|word| Value::from(*word)).collect();
    Schema { types: vec![Type::String], choices: Some(choices), ..Schema::default() }
}

/// Exactly one of these schemas.
pub fn one_of(schemas: Vec<Schema>) -> Schema {
    Schema { one_of: schemas, ..Schema::default() }
}

/// `boolean` in `nova/api/validation/parameter_types.py`: JSON booleans and the words that stand for them.
pub fn boolean() -> Schema {
    const WORDS: [&str; 20] = [
        "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "False", "FALSE",
        "false", "0", "OFF", "Off", "off", "NO", "No", "no",
    ];
    let mut choices: Vec<Value> = WORDS.iter().map(|word| Value::from(*word)).collect();
    choices.insert(0, Value::Bool(true));
    choices.insert(11, Value::Bool(false));
    Schema { types: vec![Type::Boolean, Type::String], choices: Some(choices), ..Schema::default() }
}

/// A number, or a string of digits, from `minimum` to `maximum`.
pub fn number(minimum: i64, maximum: Option<i64>) -> Schema {
    Schema {
        types: vec![Type::Integer, Type::String],
        pattern: Some(Pattern {
            source: "^[0-9]+$",
            matches: |s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()),
        }),
        minimum: Some(minimum),
        maximum,
        ..Schema::default()
    }
}

/// A list of `items`.
pub fn array(items: Schema) -> Schema {
    Schema { types: vec![Type::Array], items: Some(Box::new(items)), ..Schema::default() }
}

/// An object with these properties and no others.
pub fn object(known: Vec<(&'static str, Schema)>, required: &[&'static str]) -> Schema {
    let fields = Fields { known, required: required.to_vec(), others: Others::Refused };
    Schema { types: vec![Type::Object], fields: Some(fields), ..Schema::default() }
}

/// An object whose property names match a pattern.
pub fn dictionary(names: Pattern, values: Schema) -> Schema {
    let fields = Fields { others: Others::Matching(names, Box::new(values)), ..Fields::default() };
    Schema { types: vec![Type::Object], fields: Some(fields), ..Schema::default() }
}
