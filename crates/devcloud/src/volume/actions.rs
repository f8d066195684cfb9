//! `POST /volumes/{id}/action` (`cinder/api/contrib/volume_actions.py`, `volume_image_metadata.py`).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::api::{Call, expect};
use super::body::{accepted, flag, malformed, nothing, pairs};
use super::error::VolumeError;
use super::model::{Status, Volume};
use super::{life, quota, schemas, upload};
use crate::records;

/// Does the action that the body names.
pub async fn answer(call: Call, id: &str) -> Result<Response, VolumeError> {
    let body: Value = serde_json::from_slice(&call.incoming.body).map_err(|_| malformed())?;
    let name = body.as_object().and_then(|map| map.keys().next().cloned());
    let name = name.unwrap_or_else(|| "None".to_owned());
    let Some(schema) = schemas::action(&name, call.version) else {
        return Err(VolumeError::bad_request(format!(
            "There is no such action: {name}. Verify the request body and Content-Type header and try again."
        )));
    };
    schema.check(&body).map_err(VolumeError::bad_request)?;
    let given = match body.get(&name) {
        Some(Value::Object(given)) => given.clone(),
        _ => Map::new(),
    };
    let volume = expect(&call, id).await?;
    match name.as_str() {
        "os-volume_upload_image" => upload::begin(call, volume, &given).await,
        "os-set_bootable" => set_bootable(&call, id, &given).await,
        "os-extend" => extend(&call, id, &given).await,
        "os-set_image_metadata" => set_image_metadata(&call, id, &given).await,
        "os-unset_image_metadata" => unset_image_metadata(&call, id, &given).await,
        _ if volume.image.is_empty() => Err(no_image_metadata(id)),
        _ => Ok(axum::Json(json!({"metadata": volume.image})).into_response()),
    }
}

fn writer(call: &Call, rule: &str) -> Result<(), VolumeError> {
    if call.scope.can_write() { Ok(()) } else { Err(VolumeError::policy(rule)) }
}

/// Changes the volume in one transaction.
async fn change<T: Send + 'static>(
    call: &Call,
    id: &str,
    change: impl FnOnce(&mut Volume) -> Result<T, VolumeError> + Send + 'static,
) -> Result<T, VolumeError> {
    let (wanted, now) = (id.to_owned(), call.region.clock.now());
    call.region
        .db
        .write(move |tx| -> Result<T, VolumeError> {
            let mut volume: Volume = records::get(tx, &wanted)?
                .ok_or_else(|| VolumeError::missing("Volume", &wanted))?;
            let result = change(&mut volume)?;
            volume.updated = Some(now.as_microsecond());
            records::put(tx, &volume)?;
            Ok(result)
        })
        .await
}

async fn set_bootable(
    call: &Call,
    id: &str,
    given: &Map<String, Value>,
) -> Result<Response, VolumeError> {
    writer(call, "volume:update")?;
    let bootable = given.get("bootable").is_some_and(flag);
    change(call, id, move |volume| {
        volume.bootable = bootable;
        Ok(())
    })
    .await?;
    Ok(nothing(StatusCode::OK))
}

async fn extend(
    call: &Call,
    id: &str,
    given: &Map<String, Value>,
) -> Result<Response, VolumeError> {
    writer(call, "volume:extend")?;
    let size_gib = match given.get("new_size") {
        Some(Value::String(digits)) => digits.parse().unwrap_or(0),
        Some(size) => size.as_i64().unwrap_or(0),
        None => 0,
    };
    // Since 3.42 a volume that a server has can grow, too.
    let attached = call.version.minor >= 42;
    let (region, now, wanted) = (call.region.clone(), call.region.clock.now(), id.to_owned());
    call.region
        .db
        .write(move |tx| -> Result<(), VolumeError> {
            let volume: Volume = records::get(tx, &wanted)?
                .ok_or_else(|| VolumeError::missing("Volume", &wanted))?;
            if size_gib <= volume.size_gib {
                return Err(VolumeError::invalid_input(format!(
                    "New size for extend must be greater than current size. (current: {}, extended: {size_gib}).",
                    volume.size_gib
                )));
            }
            let expected = match volume.status {
                Status::InUse if attached => Status::InUse,
                _ => Status::Available,
            };
            if volume.status != expected {
                return Err(VolumeError::bad_request(format!(
                    "Invalid volume: Volume {wanted} status must be '{{'status': 'available'}}' to extend, currently {}.",
                    volume.status.word()
                )));
            }
            quota::check_growth(tx, &volume.project_id, size_gib - volume.size_gib)?;
            Ok(life::extend(tx, &region, now, volume, size_gib)?)
        })
        .await?;
    life::follow(&call.region, id.to_owned());
    Ok(accepted())
}

async fn set_image_metadata(
    call: &Call,
    id: &str,
    given: &Map<String, Value>,
) -> Result<Response, VolumeError> {
    writer(call, "volume_extension:volume_image_metadata:set")?;
    let given = pairs(given.get("metadata"));
    let metadata = change(call, id, move |volume| {
        volume.image.extend(given);
        Ok(volume.image.clone())
    })
    .await?;
    Ok(axum::Json(json!({"metadata": metadata})).into_response())
}

async fn unset_image_metadata(
    call: &Call,
    id: &str,
    given: &Map<String, Value>,
) -> Result<Response, VolumeError> {
    writer(call, "volume_extension:volume_image_metadata:remove")?;
    let key = given.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
    let wanted = id.to_owned();
    change(call, id, move |volume| match volume.image.remove(&key) {
        Some(_) => Ok(()),
        None => Err(no_image_metadata(&wanted)),
    })
    .await?;
    Ok(nothing(StatusCode::OK))
}

fn no_image_metadata(id: &str) -> VolumeError {
    VolumeError::new(
        StatusCode::NOT_FOUND,
        format!("Glance metadata for volume/snapshot {id} cannot be found."),
    )
}
