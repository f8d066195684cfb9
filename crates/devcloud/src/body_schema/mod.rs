//! Checks request bodies as Nova and Cinder do: JSON Schema (the parts that they use), the first error
//! only, in the words of Python's `jsonschema` 4.26 inside the sentence of `nova/api/validation/validators.py`.
//!
//! Deliberately not a JSON Schema implementation: schemas are Rust values, patterns are functions that carry the
//! regular expression they stand for (for the message), and `$ref` and friends do not exist.

mod build;
mod formats;
mod python;

pub use build::{
    any, array, boolean, dictionary, formatted, number, object, of, one_of, one_of_words, text,
};
pub use formats::{Format, is_uuid};
pub use python::repr;
use serde_json::{Map, Value};

/// What a value must look like. Build one with [`object`], [`array`], [`text`] and so on.
#[derive(Clone, Default)]
pub struct Schema {
    types: Vec<Type>,
    min_length: Option<usize>,
    max_length: Option<usize>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    pattern: Option<Pattern>,
    format: Option<Format>,
    choices: Option<Vec<Value>>,
    one_of: Vec<Schema>,
    items: Option<Box<Schema>>,
    max_items: Option<usize>,
    fields: Option<Fields>,
}

/// The JSON types, by their JSON Schema names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `integer` (2.0 counts as one)
    Integer,
    /// `string`
    String,
    /// `array`
    Array,
    /// `object`
    Object,
}

/// A regular expression: its source, as messages quote it, and the function that stands for it.
#[derive(Clone, Copy)]
pub struct Pattern {
    /// The expression in the service's own schema.
    pub source: &'static str,
    /// Whether a string matches it.
    pub matches: fn(&str) -> bool,
}

#[derive(Clone, Default)]
struct Fields {
    known: Vec<(&'static str, Schema)>,
    required: Vec<&'static str>,
    /// For names that are not known: any, none, or those that match a pattern.
    others: Others,
}

#[derive(Clone, Default)]
enum Others {
    #[default]
    Refused,
    Allowed,
    Matching(Pattern, Box<Schema>),
}

impl Schema {
    /// Also accepts `null`.
    pub fn or_null(mut self) -> Self {
        self.types.push(Type::Null);
        self
    }

    /// Not the empty string.
    pub fn non_empty(mut self) -> Self {
        self.min_length = Some(1);
        self
    }

    /// Also asks for a pattern.
    pub fn matching(mut self, source: &'static str, matches: fn(&str) -> bool) -> Self {
        self.pattern = Some(Pattern { source, matches });
        self
    }

    /// Also asks for a format.
    pub fn in_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }

    /// At most so many items.
    pub fn at_most(mut self, items: usize) -> Self {
        self.max_items = Some(items);
        self
    }

    /// Takes properties that it does not know, too.
    pub fn open(mut self) -> Self {
        if let Some(fields) = &mut self.fields {
            fields.others = Others::Allowed;
        }
        self
    }

    /// The first thing wrong with `body`, as the sentence that Nova and Cinder answer with a 400.
    pub fn check(&self, body: &Value) -> Result<(), String> {
        let Some(problem) = self.first_problem(body, None) else { return Ok(()) };
        Err(match (problem.whole_sentence, problem.place) {
            (false, Some(place)) => format!(
                "Invalid input for field/attribute {place}. Value: {}. {}",
                python::display(&problem.value),
                problem.message
            ),
            _ => problem.message,
        })
    }

    /// `place` is the last step of the path to `value`: a name or an index.
    fn first_problem(&self, value: &Value, place: Option<&str>) -> Option<Problem> {
        let problem = |message: String| {
            Some(Problem {
                message,
                place: place.map(str::to_owned),
                value: value.clone(),
                whole_sentence: false,
            })
        };
        if !self.types.is_empty() && !self.types.iter().any(|wanted| is_type(value, *wanted)) {
            let wanted: Vec<String> =
                self.types.iter().map(|wanted| format!("'{}'", wanted.name())).collect();
            return problem(format!("{} is not of type {}", repr(value), wanted.join(", ")));
        }
        if let Some(message) = self.text_problem(value) {
            return problem(message);
        }
        if let Some(message) = self.format.and_then(|format| format.problem(value)) {
            return match message {
                formats::Problem::Message(message) => problem(message),
                formats::Problem::Sentence(message) => {
                    Some(Problem { message, place: None, value: Value::Null, whole_sentence: true })
                }
            };
        }
        if let Some(message) = self.number_problem(value) {
            return problem(message);
        }
        if let Some(choices) = &self.choices
            && !choices.contains(value)
        {
            let listed: Vec<String> = choices.iter().map(repr).collect();
            return problem(format!("{} is not one of [{}]", repr(value), listed.join(", ")));
        }
        if !self.one_of.is_empty() {
            let fitting =
                self.one_of.iter().filter(|schema| schema.first_problem(value, place).is_none());
            if fitting.count() != 1 {
                return problem(format!(
                    "{} is not valid under any of the given schemas",
                    repr(value)
                ));
            }
        }
        if let (Some(items), Value::Array(values)) = (&self.items, value) {
            for (index, item) in values.iter().enumerate() {
                if let Some(found) = items.first_problem(item, Some(&index.to_string())) {
                    return Some(found);
                }
            }
        }
        if let (Some(most), Value::Array(values)) = (self.max_items, value)
            && values.len() > most
        {
            return problem(format!("{} is too long", repr(value)));
        }
        match (&self.fields, value) {
            (Some(fields), Value::Object(map)) => fields.first_problem(map, problem),
            _ => None,
        }
    }

    fn text_problem(&self, value: &Value) -> Option<String> {
        let string = value.as_str()?;
        let length = string.chars().count();
        if let Some(least) = self.min_length
            && length < least
        {
            let what = if least == 1 { "should be non-empty" } else { "is too short" };
            return Some(format!("{} {what}", repr(value)));
        }
        if let Some(most) = self.max_length
            && length > most
        {
            let what = if most == 0 { "is expected to be empty" } else { "is too long" };
            return Some(format!("{} {what}", repr(value)));
        }
        let pattern = self.pattern?;
        let quoted = repr(&Value::from(pattern.source));
        (!(pattern.matches)(string)).then(|| format!("{} does not match {quoted}", repr(value)))
    }

    /// Nova compares strings of digits, too (`_number_from_str`).
    fn number_problem(&self, value: &Value) -> Option<String> {
        let number = match value {
            Value::Number(number) => number.as_f64()?,
            Value::String(string) => string.parse::<f64>().ok()?,
            _ => return None,
        };
        let shown = python::number(number);
        if let Some(least) = self.minimum
            && number < least as f64
        {
            return Some(format!("{shown} is less than the minimum of {least}"));
        }
        let most = self.maximum?;
        (number > most as f64).then(|| format!("{shown} is greater than the maximum of {most}"))
    }
}

impl Fields {
    fn first_problem(
        &self,
        map: &Map<String, Value>,
        problem: impl Fn(String) -> Option<Problem>,
    ) -> Option<Problem> {
        for (name, schema) in &self.known {
            if let Some(found) =
                map.get(*name).and_then(|value| schema.first_problem(value, Some(name)))
            {
                return Some(found);
            }
        }
        if let Some(missing) = self.required.iter().find(|name| !map.contains_key(**name)) {
            return problem(format!("'{missing}' is a required property"));
        }
        let unknown =
            || map.iter().filter(|(name, _)| !self.known.iter().any(|(known, _)| known == name));
        match &self.others {
            Others::Allowed => None,
            Others::Refused => {
                let names: Vec<String> =
                    unknown().map(|(name, _)| python::repr_str(name)).collect();
                let verb = if names.len() == 1 { "was" } else { "were" };
                let list = names.join(", ");
                (!names.is_empty())
                    .then(|| {
                        problem(format!(
                            "Additional properties are not allowed ({list} {verb} unexpected)"
                        ))
                    })
                    .flatten()
            }
            Others::Matching(pattern, schema) => {
                for (name, value) in unknown().filter(|(name, _)| (pattern.matches)(name)) {
                    if let Some(found) = schema.first_problem(value, Some(name)) {
                        return Some(found);
                    }
                }
                let names: Vec<String> = unknown()
                    .filter(|(name, _)| !(pattern.matches)(name))
                    .map(|(name, _)| python::repr_str(name))
                    .collect();
                let verb = if names.len() == 1 { "does" } else { "do" };
                let (list, source) = (names.join(", "), python::repr_str(pattern.source));
                (!names.is_empty())
                    .then(|| {
                        problem(format!("{list} {verb} not match any of the regexes: {source}"))
                    })
                    .flatten()
            }
        }
    }
}

struct Problem {
    message: String,
    place: Option<String>,
    value: Value,
    /// Some formats bring a whole sentence of their own (`InvalidName`), which replaces the usual one.
    whole_sentence: bool,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Type::Null => "null",
            Type::Boolean => "boolean",
            Type::Integer => "integer",
            Type::String => "string",
            Type::Array => "array",
            Type::Object => "object",
        }
    }
}

fn is_type(value: &Value, wanted: Type) -> bool {
    match wanted {
        Type::Null => value.is_null(),
        Type::Boolean => value.is_boolean(),
        Type::Integer => match value {
            Value::Number(number) => {
                number.is_i64()
                    || number.is_u64()
                    || number.as_f64().is_some_and(|n| n.fract() == 0.0)
            }
            _ => false,
        },
        Type::String => value.is_string(),
        Type::Array => value.is_array(),
        Type::Object => value.is_object(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Expectations made with Python's jsonschema 4.26.
    #[track_caller]
    fn check(schema: Schema, body: Value, expected: &str) {
        let found = schema.check(&body).err().unwrap_or_default();
        assert_eq!(found, expected);
    }

    fn wrapped(schema: Schema) -> Schema {
        object(vec![("x", schema)], &["x"])
    }

    #[test]
    fn speaks_like_jsonschema() {
        const FIELD: &str = "Invalid input for field/attribute x. Value: ";
        check(wrapped(text(1, 9)), json!({"x": ""}), &format!("{FIELD}. '' should be non-empty"));
        check(wrapped(text(0, 1)), json!({"x": "abc"}), &format!("{FIELD}abc. 'abc' is too long"));
        check(
            wrapped(of(&[Type::Integer, Type::String])),
            json!({"x": null}),
            &format!("{FIELD}None. None is not of type 'integer', 'string'"),
        );
        check(
            wrapped(number(1, None)),
            json!({"x": 0}),
            &format!("{FIELD}0. 0 is less than the minimum of 1"),
        );
        check(wrapped(number(1, Some(3))), json!({"x": "3"}), "");
        check(
            wrapped(one_of(vec![array(any()), one_of_words(&["none", "auto"])])),
            json!({"x": "other"}),
            &format!("{FIELD}other. 'other' is not valid under any of the given schemas"),
        );
        check(wrapped(any()), json!({}), "'x' is a required property");
        check(
            wrapped(object(vec![], &[])),
            json!({"x": {"a": 1, "b": true}}),
            &format!(
                "{FIELD}{{'a': 1, 'b': True}}. Additional properties are not allowed ('a', 'b' were unexpected)"
            ),
        );
        check(
            wrapped(array(text(1, 9))),
            json!({"x": ["a", 5]}),
            "Invalid input for field/attribute 1. Value: 5. 5 is not of type 'string'",
        );
    }
}
