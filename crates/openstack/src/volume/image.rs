//! An image made of a volume (`os-volume_upload_image`).

use serde::Deserialize;
use serde_json::json;

use crate::call::Call;
use crate::client::Client;
use crate::endpoint::{Service, segment};
use crate::error::ApiError;
use crate::ids::{ImageId, VolumeId};
use crate::image::Visibility;
use crate::microversion::Microversion;
use crate::transport::{Method, Transport};

/// The one that lets the caller say who sees the image, and whether it is protected.
const WITH_VISIBILITY: Microversion = Microversion::new(3, 1);

/// An image to make of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageOfVolume {
    /// Its name.
    pub name: String,
    /// `raw`, `qcow2`, …: Cinder converts.
    pub disk_format: String,
    /// Who sees it (3.1; older ones leave it to Glance).
    pub visibility: Visibility,
    /// Whether it refuses to be deleted (3.1).
    pub protected: bool,
    /// Also while a server has the volume, where the cloud allows that. What the server has not written yet is not in it.
    pub in_use_too: bool,
}

#[derive(Deserialize)]
struct Started {
    image_id: ImageId,
}

/// Makes an image of a volume, and gives its id: the image is `queued` and the volume `uploading` when this returns. The
/// image takes over what the volume kept of the one it was made of.
///
/// # Errors
/// 400 in a state that does not allow it (a volume that a server has, without `in_use_too`), 403 where policy forbids the
/// visibility, 413 over the image quota.
pub async fn upload_to_image<T: Transport>(
    client: &Client<T>,
    volume: &VolumeId,
    wanted: &ImageOfVolume,
) -> Result<ImageId, ApiError> {
    const ACTION: &str = "os-volume_upload_image";
    let version = client.volume_version().await?;
    let mut body = json!({
        "image_name": wanted.name, "disk_format": wanted.disk_format, "container_format": "bare",
        "force": wanted.in_use_too,
    });
    let path = format!("/volumes/{}/action", segment(volume.as_str()));
    let mut call =
        Call::new("create the image from the volume", Service::Volume, Method::Post, path);
    if version >= WITH_VISIBILITY {
        call = call.at_microversion(WITH_VISIBILITY);
        if let Some(object) = body.as_object_mut() {
            object.insert("visibility".to_owned(), json!(wanted.visibility.as_str()));
            object.insert("protected".to_owned(), json!(wanted.protected));
        }
    }
    let started: Started = client.json_under(call.json(&json!({ACTION: body})), ACTION).await?;
    Ok(started.image_id)
}
