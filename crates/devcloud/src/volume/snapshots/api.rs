//! `/snapshots` (`cinder/api/v3/snapshots.py`).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::life::{self, NewSnapshot};
use super::model::Snapshot;
use super::view::{self, View};
use crate::records;
use crate::volume::api::{self, Call};
use crate::volume::body::{accepted, flag, in_body, pairs};
use crate::volume::error::VolumeError;
use crate::volume::{metadata, paging, schemas};

/// Everything under `/snapshots`.
pub async fn answer(call: Call, rest: &[&str]) -> Result<Response, VolumeError> {
    let method = call.incoming.method.clone();
    match (method.as_str(), rest) {
        ("GET", []) => list(call, false).await,
        ("GET", ["detail"]) => list(call, true).await,
        ("POST", []) => create(call).await,
        ("GET", [id]) => {
            let snapshot = expect(&call, id).await?;
            Ok(shown(&call, &snapshot, View::Full))
        }
        ("PUT", [id]) => update(call, id).await,
        ("DELETE", [id]) => delete(call, id).await,
        (_, [id, "metadata", key @ ..]) => metadata::answer::<Snapshot>(call, id, key).await,
        _ => Err(VolumeError::no_such_path()),
    }
}

async fn list(call: Call, detailed: bool) -> Result<Response, VolumeError> {
    let project = call.scope.project_id.clone();
    let mut snapshots =
        call.region.db.read(move |conn| records::of_project::<Snapshot>(conn, &project)).await?;
    snapshots.reverse();
    let which = if detailed { View::Full } else { View::Short };
    paging::page(&call, snapshots, detailed, |snapshot| view::view(snapshot, call.version, which))
}

/// The snapshot, if the project has it.
async fn expect(call: &Call, id: &str) -> Result<Snapshot, VolumeError> {
    let (project, wanted) = (call.scope.project_id.clone(), id.to_owned());
    let found = call.region.db.read(move |conn| life::find(conn, &project, &wanted)).await?;
    found.ok_or_else(|| VolumeError::missing("Snapshot", id))
}

fn shown(call: &Call, snapshot: &Snapshot, which: View) -> Response {
    axum::Json(json!({"snapshot": view::view(snapshot, call.version, which)})).into_response()
}

async fn create(call: Call) -> Result<Response, VolumeError> {
    let body = in_body(&call.incoming.body, "snapshot", &schemas::create_snapshot())?;
    let volume = match body.get("volume_id").and_then(Value::as_str) {
        Some(id) => api::expect(&call, id).await?,
        None => return Err(VolumeError::missing("Volume", "None")),
    };
    let force = body.get("force").map(flag);
    if call.version.minor >= 66 && force == Some(false) {
        return Err(VolumeError::bad_request(
            "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, \
             however, when the 'force' flag is passed with a value evaluating to True, it is silently ignored.",
        ));
    }
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:create_snapshot"));
    }
    let text =
        |name: &str| body.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned());
    let wanted = NewSnapshot {
        project_id: call.scope.project_id.clone(),
        user_id: call.scope.user_id.clone(),
        name: text("name").or_else(|| text("display_name")),
        description: text("description"),
        metadata: pairs(body.get("metadata")),
        in_use_too: force == Some(true) || call.version.minor >= 66,
    };
    let (region, now) = (call.region.clone(), call.region.clock.now());
    let snapshot = call
        .region
        .db
        .write(move |tx| -> Result<Snapshot, VolumeError> {
            // The state may have changed since it was looked at.
            let volume = records::get(tx, &volume.id)?
                .ok_or_else(|| VolumeError::missing("Volume", &volume.id))?;
            life::create(tx, &region, now, &volume, wanted)
        })
        .await?;
    life::follow(&call.region, snapshot.id.clone());
    Ok((StatusCode::ACCEPTED, shown(&call, &snapshot, View::Created)).into_response())
}

async fn update(call: Call, id: &str) -> Result<Response, VolumeError> {
    let body = in_body(&call.incoming.body, "snapshot", &schemas::update_snapshot())?;
    if body.is_empty() {
        return Err(VolumeError::bad_request(
            "Invalid input for field/attribute snapshot. Value: {}. {} is not valid under any of the given schemas",
        ));
    }
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:update_snapshot"));
    }
    let (wanted, now) = (id.to_owned(), call.region.clock.now());
    let snapshot = call
        .region
        .db
        .write(move |tx| -> Result<Snapshot, VolumeError> {
            let mut snapshot: Snapshot = records::get(tx, &wanted)?
                .ok_or_else(|| VolumeError::missing("Snapshot", &wanted))?;
            for (name, value) in &body {
                let text = value.as_str().map(|text| text.trim().to_owned());
                match name.as_str() {
                    "name" | "display_name" => snapshot.name = text,
                    _ => snapshot.description = text,
                }
            }
            snapshot.updated = Some(now.as_microsecond());
            records::put(tx, &snapshot)?;
            Ok(snapshot)
        })
        .await?;
    Ok(shown(&call, &snapshot, View::Short))
}

async fn delete(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:delete_snapshot"));
    }
    let (region, now) = (call.region.clone(), call.region.clock.now());
    let (wanted, request) = (id.to_owned(), call.incoming.endpoint.request_id.clone());
    call.region
        .db
        .write(move |tx| -> Result<(), VolumeError> {
            let snapshot: Snapshot = records::get(tx, &wanted)?
                .ok_or_else(|| VolumeError::missing("Snapshot", &wanted))?;
            life::delete(tx, &region, now, snapshot, &request)
        })
        .await?;
    life::follow(&call.region, id.to_owned());
    Ok(accepted())
}

impl metadata::Described for Snapshot {
    const NOUN: &'static str = "Snapshot";
    const POLICY: &'static str = "volume:update_snapshot_metadata";

    fn metadata(&mut self) -> &mut std::collections::BTreeMap<String, String> {
        &mut self.metadata
    }
}
