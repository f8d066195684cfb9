//! Servers as Nova shows them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing, null_as_default};
use crate::endpoint::{Service, segment};
use crate::error::{ApiError, ErrorKind};
use crate::ids::{FlavorId, ImageId, ServerGroupId, ServerId, VolumeId};
use crate::microversion::Microversion;
use crate::query::Query;
use crate::transport::{Method, Transport};
use crate::words::words;

use super::feature::Feature;

words! {
    /// The state of a server (nova/api/openstack/common.py).
    ServerStatus {
        /// Running.
        Active = "ACTIVE",
        /// Being made.
        Build = "BUILD",
        /// Gone.
        Deleted = "DELETED",
        /// Something failed; see [`Server::fault`].
        Error = "ERROR",
        /// Being reset.
        HardReboot = "HARD_REBOOT",
        /// Being moved.
        Migrating = "MIGRATING",
        /// The password is being set.
        Password = "PASSWORD",
        /// Frozen in memory.
        Paused = "PAUSED",
        /// Restarting.
        Reboot = "REBOOT",
        /// Being made anew.
        Rebuild = "REBUILD",
        /// Running from a rescue image.
        Rescue = "RESCUE",
        /// Changing its size.
        Resize = "RESIZE",
        /// Going back to its old size.
        RevertResize = "REVERT_RESIZE",
        /// Stored away.
        Shelved = "SHELVED",
        /// Stored away, off its host.
        ShelvedOffloaded = "SHELVED_OFFLOADED",
        /// Off.
        Shutoff = "SHUTOFF",
        /// Deleted, can be restored by an operator.
        SoftDeleted = "SOFT_DELETED",
        /// Asleep on disk.
        Suspended = "SUSPENDED",
        /// The cloud does not know.
        Unknown = "UNKNOWN",
        /// Its new size waits for a yes.
        VerifyResize = "VERIFY_RESIZE",
    }
}

/// The version with the newest field of [`Server`], the host name.
const SHOWN: Microversion = Microversion::new(2, 90);

/// A server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Server {
    /// Its id.
    pub id: ServerId,
    /// Its name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Its state.
    pub status: ServerStatus,
    /// What is being done to it just now: `scheduling`, `networking`, `block_device_mapping`, `spawning`, `deleting`,
    /// `image_uploading`, …
    #[serde(default, rename = "OS-EXT-STS:task_state")]
    pub task_state: Option<String>,
    /// Nova's finer state: `active`, `building`, `stopped`, `rescued`, …
    #[serde(default, rename = "OS-EXT-STS:vm_state")]
    pub vm_state: Option<String>,
    /// Its addresses by network name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub addresses: BTreeMap<String, Vec<Address>>,
    /// Its size, as it was when the server was made.
    #[serde(default)]
    pub flavor: Option<ServerFlavor>,
    /// The image it was made from; `None` for a server on a volume.
    #[serde(default, rename = "image", deserialize_with = "image_ref")]
    pub image_id: Option<ImageId>,
    /// Its key pair.
    #[serde(default)]
    pub key_name: Option<String>,
    /// The zone; empty while it is being scheduled.
    #[serde(default, rename = "OS-EXT-AZ:availability_zone", deserialize_with = "null_as_default")]
    pub availability_zone: String,
    /// When it was asked for.
    #[serde(default, deserialize_with = "decode::time")]
    pub created: Option<Timestamp>,
    /// When its record last changed.
    #[serde(default, deserialize_with = "decode::time")]
    pub updated: Option<Timestamp>,
    /// When it first ran.
    #[serde(default, rename = "OS-SRV-USG:launched_at", deserialize_with = "decode::time")]
    pub launched_at: Option<Timestamp>,
    /// Why it is in `ERROR`.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// The volumes attached to it.
    #[serde(
        default,
        rename = "os-extended-volumes:volumes_attached",
        deserialize_with = "null_as_default"
    )]
    pub volumes: Vec<AttachedVolume>,
    /// The names of its security groups; missing while it is being made.
    #[serde(default, deserialize_with = "null_as_default")]
    pub security_groups: Vec<GroupName>,
    /// Key-value pairs of its user.
    #[serde(default, deserialize_with = "null_as_default")]
    pub metadata: BTreeMap<String, String>,
    /// Its tags (2.26).
    #[serde(default, deserialize_with = "null_as_default")]
    pub tags: Vec<String>,
    /// In the user's words (2.19).
    #[serde(default)]
    pub description: Option<String>,
    /// Whether changes are refused (2.9).
    #[serde(default, deserialize_with = "null_as_default")]
    pub locked: bool,
    /// Why they are (2.73).
    #[serde(default)]
    pub locked_reason: Option<String>,
    /// What the guest is called (2.90).
    #[serde(default, rename = "OS-EXT-SRV-ATTR:hostname")]
    pub hostname: Option<String>,
    /// The server group it is in (2.71); one at most.
    #[serde(default, deserialize_with = "null_as_default")]
    pub server_groups: Vec<ServerGroupId>,
    /// Whether it has a config drive. Nova writes "True", or "" for none.
    #[serde(default, deserialize_with = "decode::flag")]
    pub config_drive: bool,
}

impl Server {
    /// Whether it is about to change by itself. One that is `DELETED` is for its owner about to be no more: Nova shows it so
    /// for a moment.
    pub fn is_changing(&self) -> bool {
        self.task_state.is_some()
            || matches!(
                self.status,
                ServerStatus::Build
                    | ServerStatus::Deleted
                    | ServerStatus::HardReboot
                    | ServerStatus::Migrating
                    | ServerStatus::Password
                    | ServerStatus::Reboot
                    | ServerStatus::Rebuild
                    | ServerStatus::Resize
                    | ServerStatus::RevertResize
            )
    }

    /// Whether its root disk is a volume: then Nova names no image.
    pub fn boots_from_volume(&self) -> bool {
        self.image_id.is_none() && !self.volumes.is_empty()
    }

    /// Every address, floating ones first: those are what people connect to.
    pub fn all_addresses(&self) -> Vec<&Address> {
        let mut all: Vec<&Address> = self.addresses.values().flatten().collect();
        all.sort_by_key(|address| (!address.is_floating(), address.version != 4));
        all
    }
}

/// One address of a server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Address {
    /// The address.
    pub addr: String,
    /// 4 or 6.
    #[serde(default)]
    pub version: u8,
    /// `fixed` or `floating`.
    #[serde(default, rename = "OS-EXT-IPS:type")]
    pub kind: Option<String>,
    /// Of the port.
    #[serde(default, rename = "OS-EXT-IPS-MAC:mac_addr")]
    pub mac: Option<String>,
}

impl Address {
    /// Whether it is a floating one.
    pub fn is_floating(&self) -> bool {
        self.kind.as_deref() == Some("floating")
    }

    /// The address as a number, where it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.addr.parse().ok()
    }
}

/// A server's size: in full since 2.47, before that only its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ServerFlavor {
    /// Its id (before 2.47).
    #[serde(default)]
    pub id: Option<FlavorId>,
    /// Its name at that time.
    #[serde(default, rename = "original_name")]
    pub name: Option<String>,
    /// Virtual processors.
    #[serde(default)]
    pub vcpus: Option<u64>,
    /// Memory.
    #[serde(default, rename = "ram")]
    pub ram_mib: Option<u64>,
    /// The root disk.
    #[serde(default, rename = "disk")]
    pub disk_gib: Option<u64>,
}

/// Why a server is in `ERROR`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Fault {
    /// The cloud's words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub message: String,
    /// Like an HTTP status.
    #[serde(default)]
    pub code: Option<u16>,
    /// When.
    #[serde(default, deserialize_with = "decode::time")]
    pub created: Option<Timestamp>,
}

/// A volume of a server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AttachedVolume {
    /// The volume.
    pub id: VolumeId,
    /// Whether it goes with the server (2.3).
    #[serde(default, deserialize_with = "null_as_default")]
    pub delete_on_termination: bool,
}

/// A security group's name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GroupName {
    /// The name.
    pub name: String,
}

/// A volume of a server with its device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct VolumeAttachment {
    /// The volume.
    #[serde(rename = "volumeId")]
    pub volume_id: VolumeId,
    /// `/dev/vda`, as Nova believes.
    #[serde(default)]
    pub device: Option<String>,
    /// Whether it goes with the server (2.79).
    #[serde(default, deserialize_with = "null_as_default")]
    pub delete_on_termination: bool,
}

/// Which servers to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFilter {
    /// Only those made from this image.
    pub image: Option<ImageId>,
    /// Only in this state.
    pub status: Option<ServerStatus>,
    /// Only those whose name matches this regular expression.
    pub name: Option<String>,
}

/// The project's servers, newest first.
///
/// # Errors
/// As every call.
pub async fn list<T: Transport>(
    client: &Client<T>,
    filter: &ServerFilter,
) -> Result<Listing<Server>, ApiError> {
    let query = Query::new()
        .with_some("image", filter.image.as_ref().map(ImageId::as_str))
        .with_some("status", filter.status.as_ref().map(ServerStatus::as_str))
        .with_some("name", filter.name.as_deref());
    let call =
        Call::new("list instances", Service::Compute, Method::Get, "/servers/detail").query(query);
    let call = call.uses(SHOWN);
    client.all_pages(call, "servers").await
}

/// One server.
///
/// # Errors
/// 404 also for another project's.
pub async fn show<T: Transport>(client: &Client<T>, id: &ServerId) -> Result<Server, ApiError> {
    let call = Call::new("show the instance", Service::Compute, Method::Get, path(id, ""));
    client.json_under(call.uses(SHOWN), "server").await
}

/// Deletes a server; volumes marked so go with it.
///
/// # Errors
/// 409 while it is locked or in a state that does not allow it.
pub async fn delete<T: Transport>(client: &Client<T>, id: &ServerId) -> Result<(), ApiError> {
    let call = Call::new("delete the instance", Service::Compute, Method::Delete, path(id, ""));
    client.send(call).await.map(drop)
}

/// The volumes of a server.
///
/// # Errors
/// As every call.
pub async fn volume_attachments<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
) -> Result<Listing<VolumeAttachment>, ApiError> {
    let path = path(id, "/os-volume_attachments");
    let call = Call::new("list the instance's volumes", Service::Compute, Method::Get, path);
    // What becomes of each with the server.
    client.all_pages(call.uses(Microversion::new(2, 79)), "volumeAttachments").await
}

/// Says whether a volume goes with its server when that is deleted.
///
/// # Errors
/// 404 when it is not attached there; [`ErrorKind::Unsupported`] before 2.85.
pub async fn set_volume_fate<T: Transport>(
    client: &Client<T>,
    id: &ServerId,
    volume: &VolumeId,
    goes: bool,
) -> Result<(), ApiError> {
    let path = path(id, &format!("/os-volume_attachments/{}", segment(volume.as_str())));
    let call = Call::new("change what becomes of the volume", Service::Compute, Method::Put, path)
        .uses(Feature::VolumeFate.since());
    let version = client.compute_version().await?;
    Feature::VolumeFate.require(version).map_err(|why| call.error(ErrorKind::Unsupported, why))?;
    let body = json!({"volumeAttachment": {"volumeId": volume, "delete_on_termination": goes}});
    client.send(call.json(&body)).await.map(drop)
}

/// `/servers/{id}{rest}`.
pub(super) fn path(id: &ServerId, rest: &str) -> String {
    format!("/servers/{}{rest}", segment(id.as_str()))
}

/// `{"id": …}`, or `""` for a server on a volume.
fn image_ref<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ImageId>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.get("id").and_then(Value::as_str).map(ImageId::from))
}
