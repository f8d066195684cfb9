//! `os-volume_upload_image`: what is on a volume becomes an image (`copy_volume_to_image` in `cinder/volume/api.py` and
//! `manager.py`).
//!
//! The work stands in the volume's row until it is done, so that the next start does it again after a kill. When it cannot be done the
//! image goes and the volume is as before; a message says so (`messages.rs`), as nothing else does.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rusqlite::Transaction;
use serde_json::{Map, Value, json};

use super::api::Call;
use super::body::flag;
use super::disk::{self, Target};
use super::error::VolumeError;
use super::messages;
use super::model::{Status, Upload, Volume};
use super::view::seconds;
use super::{content, types};
use crate::image::made::{self, NewImage, NotMade, Payer, Source};
use crate::records;
use crate::state::Region;

/// How long the back end of a fast real cloud reads and converts before the first byte goes to Glance.
const PREPARING: Duration = Duration::from_millis(900);

/// `glance_core_properties`: what an image has of its own, and `GLANCE_RESERVED_NAMESPACES`.
const NOT_CARRIED_OVER: [&str; 9] = [
    "checksum",
    "container_format",
    "disk_format",
    "image_name",
    "image_id",
    "min_disk",
    "min_ram",
    "name",
    "size",
];
const RESERVED: [&str; 3] = ["os_glance", "img_signature", "signature_verified"];

/// Takes the request: the volume is `uploading`, the image `queued`.
pub async fn begin(
    call: Call,
    volume: Volume,
    given: &Map<String, Value>,
) -> Result<Response, VolumeError> {
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume_extension:volume_actions:upload_image"));
    }
    let text = |name: &str| given.get(name).and_then(Value::as_str);
    let versioned = call.version.minor >= 1;
    let visibility = text("visibility").unwrap_or(if versioned { "private" } else { "shared" });
    if visibility == "public" && !call.scope.is_admin() {
        return Err(VolumeError::policy("volume_extension:volume_actions:upload_public"));
    }
    let wanted = NewImage {
        name: text("image_name").unwrap_or_default().to_owned(),
        visibility: visibility.to_owned(),
        disk_format: text("disk_format").unwrap_or("raw").to_owned(),
        container_format: text("container_format").unwrap_or("bare").to_owned(),
        protected: given.get("protected").is_some_and(flag),
        ..NewImage::default()
    };
    let force = given.get("force").is_some_and(flag);
    let request_id = call.incoming.endpoint.request_id.clone();
    let (scope, now) = (call.scope.clone(), call.region.clock.now());
    let asked = wanted.clone();
    let (volume, image_id) = call
        .region
        .db
        .write(move |tx| -> Result<(Volume, String), VolumeError> {
            let mut volume = may_be_read(tx, &volume.id, force)?;
            let properties = carried_over(&volume);
            let wanted = NewImage { properties, ..wanted };
            let image_id = made::queue(tx, now, &scope, wanted).map_err(refused)?;
            volume.status = Status::Uploading;
            volume.updated = Some(now.as_microsecond());
            volume.upload = Some(Upload {
                image_id: image_id.clone(),
                disk_format: asked.disk_format,
                payer: Payer::from(&scope),
                request_id,
            });
            records::put(tx, &volume)?;
            Ok((volume, image_id))
        })
        .await?;
    follow(&call.region, volume.id.clone());
    let text = |name: &str, other: &str| text(name).unwrap_or(other).to_owned();
    let kind = types::find(&call.region, &volume.volume_type).map(|kind| kind.row(&call.region));
    let body = json!({"os-volume_upload_image": {
        "id": volume.id, "updated_at": volume.updated.map(seconds), "status": volume.status.word(),
        "display_description": volume.description, "size": volume.size_gib, "volume_type": kind,
        "image_id": image_id, "container_format": text("container_format", "bare"),
        "disk_format": text("disk_format", "raw"), "image_name": text("image_name", ""),
        "protected": given.get("protected").is_some_and(flag), "visibility": visibility,
    }});
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

/// The volume, if its state lets it be read. `force` counts: `enable_force_upload` is on.
fn may_be_read(tx: &Transaction<'_>, id: &str, force: bool) -> Result<Volume, VolumeError> {
    let volume: Volume = records::get(tx, id)?.ok_or_else(|| VolumeError::missing("Volume", id))?;
    let good = volume.status == Status::Available || (force && volume.status == Status::InUse);
    if good {
        return Ok(volume);
    }
    let statuses = if force { "available or in-use" } else { "available" };
    let message = format!("Invalid volume: Volume {id} status must be {statuses}");
    Err(VolumeError::bad_request(message))
}

/// The properties that the volume has of its image, as the new image gets them.
fn carried_over(volume: &Volume) -> Vec<(String, String)> {
    let own = |name: &str| {
        NOT_CARRIED_OVER.contains(&name) || RESERVED.iter().any(|space| name.starts_with(space))
    };
    volume
        .image
        .iter()
        .filter(|(name, _)| !own(name))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

/// Whatever Glance refuses is a 400 of Cinder's with Glance's words.
fn refused(why: NotMade) -> VolumeError {
    match why.status {
        StatusCode::INTERNAL_SERVER_ERROR => VolumeError::new(why.status, why.message),
        _ => VolumeError::bad_request(why.message),
    }
}

/// Copies in the background what the volume's row says.
pub fn follow(region: &Region, id: String) {
    let task = region.clone();
    region.tasks.spawn(async move {
        if let Err(error) = run(&task, &id).await {
            let error = error.message;
            tracing::error!(
                error,
                volume = id,
                "the upload of a volume is stuck until the next start"
            );
        }
    });
}

async fn run(region: &Region, id: &str) -> Result<(), VolumeError> {
    let wanted = id.to_owned();
    let volume = region.db.read(move |conn| records::get::<Volume>(conn, &wanted)).await?;
    let Some(volume) = volume else { return Ok(()) };
    let Some(upload) = volume.upload.clone() else { return Ok(()) };
    let copied = copy(region, &volume, &upload).await;
    if let Err(why) = &copied {
        tracing::info!(reason = why.message, volume = id, "a volume could not be made an image");
        made::discard(region, &upload.image_id).await.map_err(refused)?;
    }
    let (wanted, now) = (id.to_owned(), region.clock.now());
    region
        .db
        .write(move |tx| -> Result<(), VolumeError> {
            let Some(mut volume) = records::get::<Volume>(tx, &wanted)? else { return Ok(()) };
            if copied.is_err() {
                let request = upload.request_id.clone();
                messages::upload_failed(tx, now, &volume.project_id, request, &wanted)?;
            }
            // `volume_update_status_based_on_attachment`.
            let attached = volume.attachments.iter().any(|one| one.attached.is_some());
            volume.status = if attached { Status::InUse } else { Status::Available };
            volume.upload = None;
            volume.updated = Some(now.as_microsecond());
            Ok(records::put(tx, &volume)?)
        })
        .await
}

async fn copy(region: &Region, volume: &Volume, upload: &Upload) -> Result<(), NotMade> {
    // What a kill cut off after the image was done, and before the volume's row said so.
    if made::is_active(region, &upload.image_id).await? {
        return Ok(());
    }
    let Some(target) = Target::of(&upload.disk_format) else {
        let message = format!("the back end cannot write {}", upload.disk_format);
        return Err(NotMade { status: StatusCode::BAD_REQUEST, message });
    };
    region.pace.wait(PREPARING).await;
    let path = volume.format.as_ref().map(|_| content::file(region, &volume.id));
    let format = volume.format.clone().unwrap_or_default();
    let size_bytes = u64::try_from(volume.size_gib).unwrap_or(0) << 30;
    let pieces = disk::pieces(path, format, size_bytes, target);
    made::fill(region, &upload.payer, &upload.image_id, Source::Pieces(pieces)).await
}
