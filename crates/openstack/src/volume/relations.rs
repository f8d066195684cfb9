//! What volumes have to do with images besides being made of them: snapshots that an image points to, and the zones
//! that a new volume can be in.

use serde::Deserialize;

use crate::call::Call;
use crate::client::Client;
use crate::compute::Zone;
use crate::decode::{Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::VolumeSnapshotId;
use crate::transport::{Method, Transport};

/// A snapshot of a volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VolumeSnapshot {
    /// Its id.
    pub id: VolumeSnapshotId,
    /// Its name; may be empty. Nova calls those of a server's snapshot "snapshot for …".
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// The size of its volume.
    #[serde(default, rename = "size", deserialize_with = "null_as_default")]
    pub size_gib: u64,
}

/// The project's volume snapshots.
///
/// # Errors
/// As every call.
pub async fn snapshots<T: Transport>(
    client: &Client<T>,
) -> Result<Listing<VolumeSnapshot>, ApiError> {
    let call = Call::new("list volume snapshots", Service::Volume, Method::Get, "/snapshots");
    client.all_pages(call, "snapshots").await
}

/// The zones of the volume service; they are not Nova's, though they mostly have the same names.
///
/// # Errors
/// As every call.
pub async fn zones<T: Transport>(client: &Client<T>) -> Result<Listing<Zone>, ApiError> {
    let path = "/os-availability-zone";
    let call = Call::new("list the volume service's zones", Service::Volume, Method::Get, path);
    client.all_pages(call, "availabilityZoneInfo").await
}
