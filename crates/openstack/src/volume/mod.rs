//! Cinder: volume types, volumes, their snapshots and limits, as far as images and launches need them.
//!
//! Everything here is in 3.0 and asked for without a microversion, but for the few calls that name theirs. Reference: <https://docs.openstack.org/api-ref/block-storage/v3/>.

mod image;
mod message;
mod snapshot;
mod zone;

use std::collections::BTreeMap;

use crate::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing, null_as_default};
use crate::endpoint::{Service, segment};
use crate::error::{ApiError, ErrorKind};
use crate::ids::{ImageId, ServerId, VolumeId, VolumeSnapshotId, VolumeTypeId};
use crate::transport::{Method, Transport};
use crate::words::words;

pub use image::{ImageOfVolume, upload_to_image};
pub use message::{VolumeMessage, messages};
pub use snapshot::{
    CreateVolumeSnapshot, VolumeSnapshot, VolumeSnapshotStatus, create_snapshot, delete_snapshot,
    snapshot, snapshots,
};
pub use zone::zones;

/// A kind of volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VolumeType {
    /// Its id.
    pub id: VolumeTypeId,
    /// Its name; what is asked for when a volume is made.
    pub name: String,
    /// In the operator's words.
    #[serde(default)]
    pub description: Option<String>,
}

words! {
    /// The state of a volume.
    VolumeStatus {
        /// Being made.
        Creating = "creating",
        /// Being filled from an image.
        Downloading = "downloading",
        /// Being written to an image.
        Uploading = "uploading",
        /// Free.
        Available = "available",
        /// Held by a server that starts.
        Reserved = "reserved",
        /// Being attached.
        Attaching = "attaching",
        /// Being detached.
        Detaching = "detaching",
        /// Attached.
        InUse = "in-use",
        /// Going.
        Deleting = "deleting",
        /// Failed.
        Error = "error",
        /// Could not be deleted.
        ErrorDeleting = "error_deleting",
    }
}

impl VolumeStatus {
    /// Whether it is about to change by itself.
    pub fn is_changing(&self) -> bool {
        matches!(
            self,
            Self::Creating
                | Self::Downloading
                | Self::Uploading
                | Self::Attaching
                | Self::Detaching
                | Self::Deleting
        )
    }
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Volume {
    /// Its id.
    pub id: VolumeId,
    /// Its name; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Its state.
    pub status: VolumeStatus,
    /// Its size.
    #[serde(rename = "size")]
    pub size_gib: u64,
    /// The type's name.
    #[serde(default)]
    pub volume_type: Option<String>,
    /// Whether a server can boot from it. Cinder writes the text "true".
    #[serde(default, deserialize_with = "decode::flag")]
    pub bootable: bool,
    /// The servers that hold it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub attachments: Vec<Attachment>,
    /// Where it is; only servers there can have it, unless the cloud joins its zones.
    #[serde(default)]
    pub availability_zone: Option<String>,
    /// The snapshot it was made from.
    #[serde(default)]
    pub snapshot_id: Option<VolumeSnapshotId>,
    /// When it was made.
    #[serde(default, deserialize_with = "decode::time")]
    pub created_at: Option<Timestamp>,
    /// What it took over from the image it was made of.
    #[serde(default, rename = "volume_image_metadata", deserialize_with = "null_as_default")]
    pub image_metadata: BTreeMap<String, String>,
}

impl Volume {
    /// The image it was made of.
    pub fn image_id(&self) -> Option<ImageId> {
        self.image_metadata.get("image_id").map(|id| ImageId::from(id.as_str()))
    }

    /// The operating system's name as its image had it (`os_distro`).
    pub fn os_distro(&self) -> Option<&str> {
        self.image_metadata.get("os_distro").map(String::as_str).filter(|word| !word.is_empty())
    }

    /// The server that has it; with several (`multiattach`), the first.
    pub fn server(&self) -> Option<&ServerId> {
        self.attachments.first().map(|attachment| &attachment.server_id)
    }
}

/// A server that holds a volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Attachment {
    /// The server.
    pub server_id: ServerId,
    /// `/dev/vda`.
    #[serde(default)]
    pub device: Option<String>,
}

/// The project's volume quota and use. A limit of `None` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct VolumeLimits {
    /// Volumes at most.
    #[serde(default, rename = "maxTotalVolumes", deserialize_with = "decode::limit")]
    pub max_volumes: Option<u64>,
    /// Size of all at most.
    #[serde(default, rename = "maxTotalVolumeGigabytes", deserialize_with = "decode::limit")]
    pub max_gib: Option<u64>,
    /// Volume snapshots at most; their size counts into that of all volumes, unless the cloud has it otherwise.
    #[serde(default, rename = "maxTotalSnapshots", deserialize_with = "decode::limit")]
    pub max_snapshots: Option<u64>,
    /// Volumes in use.
    #[serde(default, rename = "totalVolumesUsed")]
    pub used_volumes: u64,
    /// Size of all.
    #[serde(default, rename = "totalGigabytesUsed")]
    pub used_gib: u64,
    /// Volume snapshots in use.
    #[serde(default, rename = "totalSnapshotsUsed")]
    pub used_snapshots: u64,
}

impl VolumeLimits {
    /// How many volumes of a size may still be made; `None` without any limit.
    pub fn how_many(&self, size_gib: u64) -> Option<u64> {
        let by_count = self.max_volumes.map(|max| max.saturating_sub(self.used_volumes));
        let by_size =
            self.max_gib.and_then(|max| max.saturating_sub(self.used_gib).checked_div(size_gib));
        [by_count, by_size].into_iter().flatten().min()
    }

    /// How many volume snapshots may still be made; `None` without any limit.
    pub fn snapshots_left(&self) -> Option<u64> {
        self.max_snapshots.map(|max| max.saturating_sub(self.used_snapshots))
    }
}

/// A volume to make, from an image or a volume snapshot; an empty one without either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateVolume {
    /// Its name.
    pub name: String,
    /// At least [`crate::image::Image::smallest_volume_gib`], or the snapshot's.
    pub size_gib: u64,
    /// The image.
    pub image: Option<ImageId>,
    /// The volume snapshot; never together with an image.
    pub snapshot: Option<VolumeSnapshotId>,
    /// The type's name; the cloud's default when `None`.
    pub volume_type: Option<String>,
    /// A zone; the cloud chooses when `None`.
    pub availability_zone: Option<String>,
}

#[derive(Deserialize)]
struct Limits {
    absolute: VolumeLimits,
}

/// The kinds of volume that the project may use. `__DEFAULT__` is Cinder's own fallback, kept in the list.
///
/// # Errors
/// As every call.
pub async fn types<T: Transport>(client: &Client<T>) -> Result<Listing<VolumeType>, ApiError> {
    client
        .all_pages(
            Call::new("list volume types", Service::Volume, Method::Get, "/types"),
            "volume_types",
        )
        .await
}

/// The kind that is used unless another is asked for; `None` where the cloud has set none.
///
/// # Errors
/// As every call but 404.
pub async fn default_type<T: Transport>(
    client: &Client<T>,
) -> Result<Option<VolumeType>, ApiError> {
    let call =
        Call::new("read the default volume type", Service::Volume, Method::Get, "/types/default");
    match client.json_under(call, "volume_type").await {
        Ok(kind) => Ok(Some(kind)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The project's volumes.
///
/// # Errors
/// As every call.
pub async fn list<T: Transport>(client: &Client<T>) -> Result<Listing<Volume>, ApiError> {
    client
        .all_pages(
            Call::new("list volumes", Service::Volume, Method::Get, "/volumes/detail"),
            "volumes",
        )
        .await
}

/// One volume.
///
/// # Errors
/// As every call.
pub async fn show<T: Transport>(client: &Client<T>, id: &VolumeId) -> Result<Volume, ApiError> {
    let path = format!("/volumes/{}", segment(id.as_str()));
    client
        .json_under(Call::new("show the volume", Service::Volume, Method::Get, path), "volume")
        .await
}

/// Makes a volume.
///
/// # Errors
/// 400 when it is smaller than the image needs, 404 for an unknown type, 413 over quota.
pub async fn create<T: Transport>(
    client: &Client<T>,
    volume: &CreateVolume,
) -> Result<Volume, ApiError> {
    let mut body = json!({"name": volume.name, "size": volume.size_gib});
    let optional = [
        ("imageRef", volume.image.as_ref().map(ImageId::as_str)),
        ("snapshot_id", volume.snapshot.as_ref().map(VolumeSnapshotId::as_str)),
        ("volume_type", volume.volume_type.as_deref()),
        ("availability_zone", volume.availability_zone.as_deref()),
    ];
    if let Some(object) = body.as_object_mut() {
        for (key, value) in optional {
            if let Some(value) = value {
                object.insert(key.to_owned(), json!(value));
            }
        }
    }
    let call = Call::new("create the volume", Service::Volume, Method::Post, "/volumes");
    client.json_under(call.json(&json!({"volume": body})), "volume").await
}

/// Deletes a volume.
///
/// # Errors
/// 400 while it is attached or has snapshots.
pub async fn delete<T: Transport>(client: &Client<T>, id: &VolumeId) -> Result<(), ApiError> {
    let path = format!("/volumes/{}", segment(id.as_str()));
    client
        .send(Call::new("delete the volume", Service::Volume, Method::Delete, path))
        .await
        .map(drop)
}

/// The project's volume quota and use.
///
/// # Errors
/// As every call.
pub async fn limits<T: Transport>(client: &Client<T>) -> Result<VolumeLimits, ApiError> {
    let call = Call::new("read the volume quota", Service::Volume, Method::Get, "/limits");
    let limits: Limits = client.json_under(call, "limits").await?;
    Ok(limits.absolute)
}
