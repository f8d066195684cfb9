//! Making, changing and deleting volumes.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::api::{Call, expect};
use super::error::VolumeError;
use super::life::{self, NewVolume};
use super::model::{Status, Volume};
use super::schemas;
use super::view::{self, Moment};
use crate::body_schema::Schema;
use crate::image_facts::ImageFacts;
use crate::records;

/// Cinder's 202 and 204 bodies are empty and, for no good reason, HTML.
fn accepted() -> Response {
    (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")]).into_response()
}

fn read_body(body: &Bytes, schema: &Schema) -> Result<Map<String, Value>, VolumeError> {
    let parsed: Value = serde_json::from_slice(body)
        .map_err(|_| VolumeError::bad_request("Malformed request body"))?;
    schema.check(&parsed).map_err(VolumeError::bad_request)?;
    match parsed.get("volume") {
        Some(Value::Object(volume)) => Ok(volume.clone()),
        _ => Err(VolumeError::bad_request("Malformed request body")),
    }
}

/// `POST /volumes`.
pub async fn create(call: Call) -> Result<Response, VolumeError> {
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:create"));
    }
    let body = read_body(&call.incoming.body, &schemas::create(call.version))?;
    let string = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = string("name").or_else(|| string("display_name"));
    let description = string("description").or_else(|| string("display_description"));
    if body.get("multiattach").is_some_and(|flag| flag == true) {
        return Err(VolumeError::bad_request(
            "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. \
             Contact your administrator to create a multiattach enabled volume type and use it to create multiattach \
             volumes.",
        ));
    }
    if let Some(id) = string("snapshot_id") {
        return Err(VolumeError::missing("Snapshot", &id));
    }
    let source = match string("source_volid") {
        Some(id) => Some(expect(&call, &id).await?),
        None => None,
    };
    let image = match string("imageRef").or_else(|| string("image_id")).filter(|id| !id.is_empty())
    {
        Some(id) => Some(image(&call, &id).await?),
        None => None,
    };
    let size = match body.get("size") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(digits)) => digits.parse().ok(),
        _ => source.as_ref().map(|source| source.size_gib),
    };
    let Some(size_gib) = size else {
        return Err(VolumeError::invalid_input(
            "Volume size 'None' must be an integer and greater than 0",
        ));
    };
    if let Some(source) = &source {
        if size_gib < source.size_gib {
            return Err(VolumeError::invalid_input(format!(
                "Volume size '{size_gib}'GB cannot be smaller than original volume size  {}GB. They must be >= original \
                 volume size.",
                source.size_gib
            )));
        }
        if !matches!(source.status, Status::Available | Status::InUse) {
            let message = "Invalid volume: Originating source volume status must be one of 'available, in-use' values";
            return Err(VolumeError::bad_request(message));
        }
    }
    let wanted = NewVolume {
        project_id: call.scope.project_id.clone(),
        user_id: call.scope.user_id.clone(),
        name,
        description,
        size_gib,
        volume_type: string("volume_type").filter(|kind| !kind.is_empty()),
        zone: string("availability_zone"),
        image,
        source,
        metadata: pairs(body.get("metadata")),
    };
    let (region, now) = (call.region.clone(), call.region.clock.now());
    let volume = call.region.db.write(move |tx| life::create(tx, &region, now, wanted)).await?;
    life::follow(&call.region, volume.id.clone());
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Created);
    Ok((StatusCode::ACCEPTED, axum::Json(view::single(view))).into_response())
}

async fn image(call: &Call, id: &str) -> Result<ImageFacts, VolumeError> {
    if !crate::body_schema::is_uuid(id) {
        return Err(VolumeError::bad_request("Invalid imageRef provided."));
    }
    match crate::image::show_for(&call.region, &call.scope, id).await? {
        Some(image) => Ok(image),
        None => Err(VolumeError::missing("Image", id)),
    }
}

fn pairs(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_object);
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    map.into_iter().flatten().filter_map(pair).collect()
}

/// `PUT /volumes/{id}`.
pub async fn update(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:update"));
    }
    let body = read_body(&call.incoming.body, &schemas::update())?;
    let (project, wanted, now) =
        (call.scope.project_id.clone(), id.to_owned(), call.region.clock.now());
    let volume = call
        .region
        .db
        .write(move |tx| -> Result<Volume, VolumeError> {
            let found = life::find(tx, &project, &wanted)?;
            let mut volume = found.ok_or_else(|| VolumeError::missing("Volume", &wanted))?;
            for (name, value) in &body {
                let text = value.as_str().map(str::to_owned);
                match name.as_str() {
                    "name" | "display_name" => volume.name = text,
                    "description" | "display_description" => volume.description = text,
                    _ => volume.metadata = pairs(Some(value)),
                }
            }
            volume.updated = Some(now.as_microsecond());
            records::put(tx, &volume)?;
            Ok(volume)
        })
        .await?;
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Read);
    Ok(axum::Json(view::single(view)).into_response())
}

/// `DELETE /volumes/{id}`.
pub async fn delete(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:delete"));
    }
    let (project, wanted, now) =
        (call.scope.project_id.clone(), id.to_owned(), call.region.clock.now());
    let region = call.region.clone();
    call.region
        .db
        .write(move |tx| -> Result<(), VolumeError> {
            let found = life::find(tx, &project, &wanted)?;
            let volume = found.ok_or_else(|| VolumeError::missing("Volume", &wanted))?;
            let free = matches!(volume.status, Status::Available | Status::Error | Status::ErrorDeleting);
            if !free || !volume.attachments.is_empty() {
                return Err(VolumeError::bad_request(
                    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or \
                     error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a \
                     transfer, or be disassociated from snapshots after volume transfer.",
                ));
            }
            Ok(life::delete(tx, &region, now, &wanted)?)
        })
        .await?;
    life::follow(&call.region, id.to_owned());
    Ok(accepted())
}

/// No action is served yet; what is asked for is named, as Cinder names an action that it does not know.
pub async fn action(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    let body: Value = serde_json::from_slice(&call.incoming.body)
        .map_err(|_| VolumeError::bad_request("Malformed request body"))?;
    let name = body.as_object().and_then(|map| map.keys().next()).map_or("None", String::as_str);
    Err(VolumeError::bad_request(format!(
        "There is no such action: {name}. Verify the request body and Content-Type header and try again."
    )))
}
