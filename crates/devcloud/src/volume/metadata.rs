//! `/metadata` of a volume and of a snapshot (`cinder/api/v3/volume_metadata.py`, `snapshot_metadata.py`).

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::api::Call;
use super::body::{nothing, pairs, read};
use super::error::VolumeError;
use super::schemas;
use crate::records::{self, Record};

/// Something with pairs of the user's own.
pub trait Described: Record + Send + 'static {
    /// What it is called in a message.
    const NOUN: &'static str;
    /// The policy for changing them.
    const POLICY: &'static str;
    /// The pairs.
    fn metadata(&mut self) -> &mut BTreeMap<String, String>;
}

/// What is to be done to the pairs.
enum Change {
    /// These besides, or in place of those of the same name.
    Merge(BTreeMap<String, String>),
    /// These and no others.
    Replace(BTreeMap<String, String>),
    /// All but this one.
    Remove(String),
}

/// `/{collection}/{id}/metadata`, and below it the pair that `key` names.
pub async fn answer<T: Described>(
    call: Call,
    id: &str,
    key: &[&str],
) -> Result<Response, VolumeError> {
    let mut owner = find::<T>(&call, id).await?;
    let method = call.incoming.method.clone();
    match (method.as_str(), key) {
        ("GET", []) => Ok(shown(owner.metadata())),
        ("GET", [key]) => match owner.metadata().get(*key) {
            Some(value) => Ok(axum::Json(json!({"meta": {*key: value}})).into_response()),
            None => Err(no_such_key::<T>(id, key)),
        },
        ("POST" | "PUT", []) => {
            let body = read(&call.incoming.body, &schemas::metadata())?;
            let given = pairs(body.get("metadata"));
            let change =
                if method == "PUT" { Change::Replace(given) } else { Change::Merge(given) };
            Ok(shown(&apply::<T>(&call, id, change).await?))
        }
        ("PUT", [key]) => {
            let body = read(&call.incoming.body, &schemas::metadata_item())?;
            let given = pairs(body.get("meta"));
            if !given.contains_key(*key) {
                return Err(VolumeError::bad_request("Request body and URI mismatch"));
            }
            if given.len() > 1 {
                return Err(VolumeError::bad_request("Request body contains too many items"));
            }
            apply::<T>(&call, id, Change::Merge(given.clone())).await?;
            Ok(axum::Json(json!({"meta": given})).into_response())
        }
        ("DELETE", [key]) => {
            if !owner.metadata().contains_key(*key) {
                return Err(no_such_key::<T>(id, key));
            }
            apply::<T>(&call, id, Change::Remove((*key).to_owned())).await?;
            Ok(nothing(StatusCode::OK))
        }
        _ => Err(VolumeError::no_such_path()),
    }
}

fn shown(metadata: &BTreeMap<String, String>) -> Response {
    let body: Value = json!({"metadata": metadata});
    axum::Json(body).into_response()
}

fn no_such_key<T: Described>(id: &str, key: &str) -> VolumeError {
    VolumeError::new(
        StatusCode::NOT_FOUND,
        format!("{} {id} has no metadata with key {key}.", T::NOUN),
    )
}

async fn find<T: Described>(call: &Call, id: &str) -> Result<T, VolumeError> {
    let wanted = id.to_owned();
    let found = call.region.db.read(move |conn| records::get::<T>(conn, &wanted)).await?;
    found
        .filter(|owner| owner.project_id() == call.scope.project_id)
        .ok_or_else(|| VolumeError::missing(T::NOUN, id))
}

async fn apply<T: Described>(
    call: &Call,
    id: &str,
    change: Change,
) -> Result<BTreeMap<String, String>, VolumeError> {
    if !call.scope.can_write() {
        return Err(VolumeError::policy(T::POLICY));
    }
    let wanted = id.to_owned();
    call.region
        .db
        .write(move |tx| -> Result<BTreeMap<String, String>, VolumeError> {
            let mut owner: T =
                records::get(tx, &wanted)?.ok_or_else(|| VolumeError::missing(T::NOUN, &wanted))?;
            let metadata = owner.metadata();
            match change {
                Change::Merge(given) => metadata.extend(given),
                Change::Replace(given) => *metadata = given,
                Change::Remove(key) => drop(metadata.remove(&key)),
            }
            let now = metadata.clone();
            records::put(tx, &owner)?;
            Ok(now)
        })
        .await
}
