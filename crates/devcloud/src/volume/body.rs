//! Bodies in, and what Cinder answers when there is nothing to say.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::error::VolumeError;
use crate::body_schema::Schema;

/// Cinder's 202 and 204 bodies are empty and, for no good reason, HTML.
pub fn accepted() -> Response {
    nothing(StatusCode::ACCEPTED)
}

/// The same with another status.
pub fn nothing(status: StatusCode) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")]).into_response()
}

/// The whole body, checked.
pub fn read(body: &Bytes, schema: &Schema) -> Result<Value, VolumeError> {
    let parsed: Value = serde_json::from_slice(body).map_err(|_| malformed())?;
    schema.check(&parsed).map_err(VolumeError::bad_request)?;
    Ok(parsed)
}

/// The object under `name` in a body, checked.
pub fn in_body(
    body: &Bytes,
    name: &str,
    schema: &Schema,
) -> Result<Map<String, Value>, VolumeError> {
    match read(body, schema)?.get_mut(name).map(Value::take) {
        Some(Value::Object(object)) => Ok(object),
        _ => Err(malformed()),
    }
}

/// The 400 for what is no JSON.
pub fn malformed() -> VolumeError {
    VolumeError::bad_request("Malformed request body")
}

/// Metadata.
pub fn pairs(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_object);
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    map.into_iter().flatten().filter_map(pair).collect()
}

/// A boolean, or a word that stands for one, after the schema let it through (`strutils.bool_from_string`).
pub fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(word) => {
            ["true", "1", "on", "yes", "y", "t"].contains(&word.to_ascii_lowercase().as_str())
        }
        _ => false,
    }
}
