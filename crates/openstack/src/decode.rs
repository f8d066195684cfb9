//! Tolerant decoding: one odd row never costs the list, a null is a missing field, times come in three spellings.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::Timestamp;

/// Rows of a list, with those that could not be read counted and explained instead of hidden.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<T> {
    /// The rows that were understood.
    pub items: Vec<T>,
    /// One line for each row that was not (its id when it has one, and why). Show their number.
    pub skipped: Vec<String>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { items: Vec::new(), skipped: Vec::new() }
    }
}

impl<T> Listing<T> {
    /// Adds a further page.
    pub fn append(&mut self, mut page: Self) {
        self.items.append(&mut page.items);
        self.skipped.append(&mut page.skipped);
    }

    /// The same with every row changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(change).collect(), skipped: self.skipped }
    }
}

/// Takes the array `key` out of an object and reads its rows one by one.
///
/// # Errors
/// When there is no such array: then it is not the answer we asked for.
pub(crate) fn rows<T: DeserializeOwned>(
    object: &mut Map<String, Value>,
    key: &str,
) -> Result<Listing<T>, String> {
    let Some(Value::Array(values)) = object.remove(key) else {
        return Err(format!("no list `{key}` in the answer"));
    };
    Ok(each(values))
}

/// Reads rows one by one.
pub(crate) fn each<T: DeserializeOwned>(values: Vec<Value>) -> Listing<T> {
    let mut listing = Listing::default();
    for (index, value) in values.into_iter().enumerate() {
        let name = value
            .get("id")
            .or_else(|| value.get("name"))
            .and_then(Value::as_str)
            .map_or_else(|| format!("row {index}"), str::to_owned);
        match serde_json::from_value(value) {
            Ok(item) => listing.items.push(item),
            Err(why) => listing.skipped.push(format!("{name}: {why}")),
        }
    }
    listing
}

/// For a field that some releases leave out and others set to null.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// For a time that may be missing, null or unreadable: a strange time must not cost the row.
pub(crate) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().and_then(parse_time))
}

/// For a number of things where the cloud says "no limit" by a negative one.
pub(crate) fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_i64().and_then(|number| u64::try_from(number).ok()))
}

/// For a flag that the cloud writes as a text: "true", "True"; anything else is no.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => flag,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    })
}

/// As [`Timestamp`] reads it; `None` for what is no time.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
