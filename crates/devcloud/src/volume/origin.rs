//! What a new volume is made of: a snapshot, another volume, an image, or nothing (`create` in `cinder/api/v3/volumes.py`).

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::api::{Call, expect};
use super::error::VolumeError;
use super::model::{Status, Volume};
use super::snapshots::{self, Snapshot};
use crate::image_facts::ImageFacts;

/// At most one of them is looked at: a snapshot before an image, both before a volume.
#[derive(Default)]
pub struct Origin {
    /// Of a snapshot.
    pub snapshot: Option<Snapshot>,
    /// Of another volume.
    pub source: Option<Volume>,
    /// Of an image.
    pub image: Option<ImageFacts>,
}

impl Origin {
    /// What the body names.
    pub async fn of(call: &Call, body: &Map<String, Value>) -> Result<Self, VolumeError> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let mut origin = Self::default();
        if let Some(id) = text("snapshot_id") {
            let found = snapshot(call, id).await?;
            origin.snapshot = Some(found.ok_or_else(|| VolumeError::missing("Snapshot", id))?);
        }
        if let Some(id) = text("source_volid") {
            origin.source = Some(expect(call, id).await?);
        }
        if let Some(wanted) =
            text("imageRef").or_else(|| text("image_id")).filter(|id| !id.is_empty())
        {
            let image = image(call, wanted).await?;
            match boot_snapshot(call, &image).await? {
                // Since 3.46 the image of a server that boots of a volume leads to the snapshot of that volume.
                Some(snapshot) if call.version.minor >= 46 => origin.snapshot = Some(snapshot),
                _ => origin.image = Some(image),
            }
        }
        Ok(origin)
    }

    /// The size that a volume without one gets.
    pub fn size_gib(&self) -> Option<i64> {
        let snapshot = self.snapshot.as_ref().map(|snapshot| snapshot.size_gib);
        snapshot.or_else(|| self.source.as_ref().map(|source| source.size_gib))
    }
}

/// Cinder's checks of a source volume (`ExtractVolumeRequestTask`); those of snapshots and images are `life.rs`'s.
pub fn check(origin: &Origin, size_gib: i64) -> Result<(), VolumeError> {
    let Some(source) = &origin.source else { return Ok(()) };
    if !matches!(source.status, Status::Available | Status::InUse) {
        return Err(VolumeError::bad_request(
            "Invalid volume: Originating source volume status must be one of 'available, in-use' values",
        ));
    }
    if size_gib < source.size_gib {
        return Err(VolumeError::invalid_input(format!(
            "Volume size '{size_gib}'GB cannot be smaller than original volume size  {}GB. They must be >= original \
             volume size.",
            source.size_gib
        )));
    }
    Ok(())
}

async fn snapshot(call: &Call, id: &str) -> Result<Option<Snapshot>, VolumeError> {
    let (project, wanted) = (call.scope.project_id.clone(), id.to_owned());
    Ok(call.region.db.read(move |conn| snapshots::find(conn, &project, &wanted)).await?)
}

/// An id, or a URL that ends in one. (Cinder takes a name, too; who uses that here is told as if there were none.)
async fn image(call: &Call, wanted: &str) -> Result<ImageFacts, VolumeError> {
    let id = wanted.rsplit('/').next().unwrap_or(wanted);
    let found = match crate::body_schema::is_uuid(id) {
        true => crate::image::show_for(&call.region, &call.scope, id).await?,
        false => None,
    };
    found.ok_or_else(|| {
        VolumeError::bad_request("Invalid image identifier or unable to access requested image.")
    })
}

/// The snapshot that a server made of this image would boot of (`_get_image_snapshot`).
async fn boot_snapshot(call: &Call, image: &ImageFacts) -> Result<Option<Snapshot>, VolumeError> {
    let mapping = image.properties.get("block_device_mapping").map(String::as_str).unwrap_or("[]");
    // Whatever else somebody wrote into this property maps nothing.
    let Ok(devices) = serde_json::from_str::<Vec<Value>>(mapping) else { return Ok(None) };
    let boot = devices.iter().find(|device| {
        device.get("source_type").and_then(Value::as_str) == Some("snapshot")
            && device.get("boot_index").and_then(Value::as_i64) == Some(0)
    });
    let Some(boot) = boot else { return Ok(None) };
    let id = boot.get("snapshot_id").and_then(Value::as_str).unwrap_or("None");
    match snapshot(call, id).await? {
        Some(snapshot) => Ok(Some(snapshot)),
        None => Err(VolumeError::new(
            StatusCode::NOT_FOUND,
            format!("Nova specific image is found, but boot volume snapshot id:{id} not found."),
        )),
    }
}
