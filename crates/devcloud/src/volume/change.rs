//! Making, changing and deleting volumes.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::api::{Call, expect};
use super::body::{accepted, in_body, pairs};
use super::error::VolumeError;
use super::life;
use super::make::{self, NewVolume};
use super::model::{Status, Volume};
use super::origin::{self, Origin};
use super::view::{self, Moment};
use super::{schemas, snapshots};
use crate::records;

/// `POST /volumes`.
pub async fn create(call: Call) -> Result<Response, VolumeError> {
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:create"));
    }
    let body = in_body(&call.incoming.body, "volume", &schemas::create(call.version))?;
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
    let origin = Origin::of(&call, &body).await?;
    let size = match body.get("size") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(digits)) => digits.parse().ok(),
        _ => origin.size_gib(),
    };
    let Some(size_gib) = size else {
        return Err(VolumeError::invalid_input(
            "Volume size 'None' must be an integer and greater than 0",
        ));
    };
    origin::check(&origin, size_gib)?;
    let Origin { snapshot, source, image } = origin;
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
    let volume = call
        .region
        .db
        .write(move |tx| match snapshot {
            Some(snapshot) => make::create_of_snapshot(tx, &region, now, wanted, &snapshot),
            None => make::create(tx, &region, now, wanted),
        })
        .await?;
    life::follow(&call.region, volume.id.clone());
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Created);
    Ok((StatusCode::ACCEPTED, axum::Json(view::single(view))).into_response())
}

/// `PUT /volumes/{id}`.
pub async fn update(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:update"));
    }
    let body = in_body(&call.incoming.body, "volume", &schemas::update())?;
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
            let snapshots = snapshots::of_volume(tx, &volume)?;
            if !free || !volume.attachments.is_empty() || !snapshots.is_empty() {
                return Err(VolumeError::bad_request(
                    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or \
                     error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a \
                     transfer, or be disassociated from snapshots after volume transfer.",
                ));
            }
            life::delete(tx, &region, now, &wanted)?;
            Ok(())
        })
        .await?;
    life::follow(&call.region, id.to_owned());
    Ok(accepted())
}

impl super::metadata::Described for Volume {
    const NOUN: &'static str = "Volume";
    const POLICY: &'static str = "volume:update_volume_metadata";

    fn metadata(&mut self) -> &mut std::collections::BTreeMap<String, String> {
        &mut self.metadata
    }
}
