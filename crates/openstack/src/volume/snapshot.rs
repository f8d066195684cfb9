//! Snapshots of volumes: on their own, and as what an image of a server on a volume points to.

use serde::Deserialize;
use serde_json::json;

use super::Volume;
use crate::Timestamp;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing, null_as_default};
use crate::endpoint::{Service, segment};
use crate::error::ApiError;
use crate::ids::{VolumeId, VolumeSnapshotId};
use crate::transport::{Method, Transport};
use crate::words::words;

words! {
    /// The state of a volume snapshot (cinder/objects/fields.py `SnapshotStatus`).
    VolumeSnapshotStatus {
        /// Being made.
        Creating = "creating",
        /// There.
        Available = "available",
        /// Being copied to a backup.
        BackingUp = "backing-up",
        /// A volume goes back to it.
        Restoring = "restoring",
        /// Going.
        Deleting = "deleting",
        /// Failed.
        Error = "error",
        /// Could not be deleted.
        ErrorDeleting = "error_deleting",
    }
}

impl VolumeSnapshotStatus {
    /// Whether it is about to change by itself.
    pub fn is_changing(&self) -> bool {
        matches!(self, Self::Creating | Self::BackingUp | Self::Restoring | Self::Deleting)
    }
}

/// A snapshot of a volume. It is where its volume is: a volume made from it comes to be in that zone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VolumeSnapshot {
    /// Its id.
    pub id: VolumeSnapshotId,
    /// Its name; may be empty. Nova calls those of a server's snapshot "snapshot for …".
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Its state.
    pub status: VolumeSnapshotStatus,
    /// The volume that it was made of; it cannot be deleted before its snapshots.
    pub volume_id: VolumeId,
    /// The size of its volume at that time.
    #[serde(default, rename = "size", deserialize_with = "null_as_default")]
    pub size_gib: u64,
    /// In the user's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub description: String,
    /// When it was made.
    #[serde(default, deserialize_with = "decode::time")]
    pub created_at: Option<Timestamp>,
}

impl VolumeSnapshot {
    /// The volumes that were made from it and are still there. Some kinds of storage share the data with them, and do not
    /// let go of the snapshot before them.
    pub fn children<'a>(&'a self, volumes: &'a [Volume]) -> impl Iterator<Item = &'a Volume> {
        volumes.iter().filter(|volume| volume.snapshot_id.as_ref() == Some(&self.id))
    }
}

/// A volume snapshot to make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateVolumeSnapshot {
    /// Its name.
    pub name: String,
    /// In the user's words.
    pub description: Option<String>,
    /// Also while a server has the volume. What the server has not written yet is not in it.
    pub in_use_too: bool,
}

/// The project's volume snapshots, newest first.
///
/// # Errors
/// As every call.
pub async fn snapshots<T: Transport>(
    client: &Client<T>,
) -> Result<Listing<VolumeSnapshot>, ApiError> {
    let call =
        Call::new("list volume snapshots", Service::Volume, Method::Get, "/snapshots/detail");
    client.all_pages(call, "snapshots").await
}

/// One volume snapshot.
///
/// # Errors
/// 404 when it is gone, and for another project's.
pub async fn snapshot<T: Transport>(
    client: &Client<T>,
    id: &VolumeSnapshotId,
) -> Result<VolumeSnapshot, ApiError> {
    let call = Call::new("show the volume snapshot", Service::Volume, Method::Get, path(id));
    client.json_under(call, "snapshot").await
}

/// Makes a snapshot of a volume; it is `creating` when this returns.
///
/// # Errors
/// 400 in a state that does not allow it, 413 over quota.
pub async fn create_snapshot<T: Transport>(
    client: &Client<T>,
    volume: &VolumeId,
    wanted: &CreateVolumeSnapshot,
) -> Result<VolumeSnapshot, ApiError> {
    let mut body = json!({"volume_id": volume, "name": wanted.name});
    if let Some(object) = body.as_object_mut() {
        if let Some(description) = &wanted.description {
            object.insert("description".to_owned(), json!(description));
        }
        if wanted.in_use_too {
            object.insert("force".to_owned(), json!(true));
        }
    }
    let call = Call::new("create the volume snapshot", Service::Volume, Method::Post, "/snapshots");
    client.json_under(call.json(&json!({"snapshot": body})), "snapshot").await
}

/// Deletes a volume snapshot. The answer is only that it is tried: a snapshot that volumes depend on may come back as
/// `available`, and then [`super::messages`] has the reason (cinder/volume/manager.py `delete_snapshot`, `SnapshotIsBusy`).
///
/// # Errors
/// 400 in a state that does not allow it, 404 when it is gone.
pub async fn delete_snapshot<T: Transport>(
    client: &Client<T>,
    id: &VolumeSnapshotId,
) -> Result<(), ApiError> {
    let call = Call::new("delete the volume snapshot", Service::Volume, Method::Delete, path(id));
    client.send(call).await.map(drop)
}

fn path(id: &VolumeSnapshotId) -> String {
    format!("/snapshots/{}", segment(id.as_str()))
}
