//! Starting a server.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::feature::Feature;
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::identity::Secret;
use crate::ids::{
    FlavorId, ImageId, NetworkId, PortId, ServerGroupId, ServerId, VolumeId, VolumeSnapshotId,
};
use crate::microversion::Microversion;
use crate::transport::{Method, Transport};

/// What a server boots from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BootFrom {
    /// The flavor's local disk, written from the image.
    LocalDisk {
        /// The image.
        image: ImageId,
    },
    /// A new volume made from the image.
    NewVolume {
        /// The image.
        image: ImageId,
        /// At least [`crate::image::Image::smallest_volume_gib`].
        size_gib: u64,
        /// The volume type's name; the cloud's default when `None`. Needs 2.67.
        volume_type: Option<String>,
        /// Whether the volume goes with the server. Nova's own default is to keep it; it is always sent.
        delete_with_server: bool,
    },
    /// A volume that is there, bootable and free; in the server's zone.
    Volume {
        /// The volume.
        volume: VolumeId,
        /// Whether it goes with the server.
        delete_with_server: bool,
    },
    /// New volumes made from volume snapshots: what an image of a server on a volume stands for. Booting from that image
    /// itself ([`Self::LocalDisk`]) does the same with what its record says of keeping the volumes.
    Snapshots(Vec<SnapshotDisk>),
}

/// A new volume made from a volume snapshot, in the zone of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotDisk {
    /// The snapshot.
    pub snapshot: VolumeSnapshotId,
    /// 0 is what the server boots from; `None` is never tried.
    pub boot_index: Option<u32>,
    /// At least the snapshot's; the snapshot's when `None`.
    pub size_gib: Option<u64>,
    /// The volume type's name; the snapshot's own when `None`. Needs 2.67.
    pub volume_type: Option<String>,
    /// Whether the volume goes with the server.
    pub delete_with_server: bool,
}

/// Which networks a server is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Networks {
    /// The cloud chooses, or makes one (2.37).
    Auto,
    /// None (2.37).
    None,
    /// These, in this order.
    These(Vec<NetworkId>),
    /// Ports made before; they keep their own security groups.
    Ports(Vec<PortId>),
}

/// A server to start. Empty fields are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateServer {
    /// At most 255 characters. With `count` above 1 Nova adds `-1`, `-2`, ….
    pub name: String,
    /// Its size.
    pub flavor: FlavorId,
    /// Its disk.
    pub boot: BootFrom,
    /// Its networks.
    pub networks: Networks,
    /// A key pair of the user.
    pub key_name: Option<String>,
    /// Names of security groups; none means the project's `default`.
    pub security_groups: Vec<String>,
    /// A zone; the cloud chooses when `None`.
    pub availability_zone: Option<String>,
    /// Base64, at most 65,535 characters: see [`user_data`].
    pub user_data: Option<String>,
    /// Hand cloud-init its data on a drive as well.
    pub config_drive: bool,
    /// For a login without a key; the cloud makes one when `None`.
    pub admin_password: Option<Secret>,
    /// Key-value pairs.
    pub metadata: BTreeMap<String, String>,
    /// Tags (2.52).
    pub tags: Vec<String>,
    /// In the user's words (2.19).
    pub description: Option<String>,
    /// What the guest is called where that is not the name (2.90). With `count` above 1 Nova adds `-1`, `-2`, … as well.
    pub hostname: Option<String>,
    /// As a scheduler hint.
    pub server_group: Option<ServerGroupId>,
    /// How many; all of them start or none.
    pub count: u32,
}

impl CreateServer {
    /// A single server with the cloud's defaults.
    pub fn new(
        name: impl Into<String>,
        flavor: FlavorId,
        boot: BootFrom,
        networks: Networks,
    ) -> Self {
        Self {
            name: name.into(),
            flavor,
            boot,
            networks,
            key_name: None,
            security_groups: Vec::new(),
            availability_zone: None,
            user_data: None,
            config_drive: false,
            admin_password: None,
            metadata: BTreeMap::new(),
            tags: Vec::new(),
            description: None,
            hostname: None,
            server_group: None,
            count: 1,
        }
    }

    /// The oldest microversion up to `newest` in which the request says what it says in that one: what no older cloud would
    /// understand is asked of those alone that have it.
    ///
    /// # Errors
    /// In words, when something is asked for that `newest` cannot say.
    pub fn version(&self, newest: Microversion) -> Result<Microversion, String> {
        // Only the fields count here: user data is long.
        let light = Self { user_data: None, admin_password: None, ..self.clone() };
        let wanted = light.body(newest)?;
        // Before 2.19 Nova takes the name for the description.
        let oldest = newest.minor.min(19);
        let found = (oldest..newest.minor)
            .map(|minor| Microversion::new(newest.major, minor))
            .find(|version| light.body(*version).as_ref() == Ok(&wanted));
        Ok(found.unwrap_or(newest))
    }

    /// The body of `POST /servers` at a microversion. Unknown keys are refused by Nova, so nothing is sent that the
    /// version has not.
    ///
    /// # Errors
    /// In words, when something is asked for that this microversion cannot say.
    pub fn body(&self, version: Microversion) -> Result<Value, String> {
        let mut server = Map::new();
        server.insert("name".into(), json!(self.name));
        server.insert("flavorRef".into(), json!(self.flavor));
        match &self.boot {
            BootFrom::LocalDisk { image } => {
                server.insert("imageRef".into(), json!(image));
            }
            BootFrom::NewVolume { .. } | BootFrom::Volume { .. } | BootFrom::Snapshots(_) => {
                server.insert("block_device_mapping_v2".into(), self.boot.devices(version)?);
            }
        }
        match &self.networks {
            // Before 2.37 leaving it out is what `auto` means today.
            Networks::Auto if !Feature::NetworkWords.is_in(version) => {}
            Networks::Auto => {
                server.insert("networks".into(), json!("auto"));
            }
            Networks::None => {
                Feature::NetworkWords.require(version)?;
                server.insert("networks".into(), json!("none"));
            }
            Networks::These(ids) => {
                server
                    .insert("networks".into(), ids.iter().map(|id| json!({"uuid": id})).collect());
            }
            Networks::Ports(ids) => {
                server
                    .insert("networks".into(), ids.iter().map(|id| json!({"port": id})).collect());
            }
        }
        if !self.security_groups.is_empty() {
            let groups = self.security_groups.iter().map(|name| json!({"name": name})).collect();
            server.insert("security_groups".into(), groups);
        }
        let mut optional = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                server.insert(key.to_owned(), value);
            }
        };
        optional("key_name", self.key_name.as_ref().map(|name| json!(name)));
        optional("availability_zone", self.availability_zone.as_ref().map(|zone| json!(zone)));
        optional("user_data", self.user_data.as_ref().map(|data| json!(data)));
        optional("config_drive", self.config_drive.then_some(Value::Bool(true)));
        optional(
            "adminPass",
            self.admin_password.as_ref().map(|password| json!(password.reveal())),
        );
        optional("metadata", (!self.metadata.is_empty()).then(|| json!(self.metadata)));
        if !self.tags.is_empty() {
            Feature::Tags.require(version)?;
            optional("tags", Some(json!(self.tags)));
        }
        if let Some(description) = &self.description {
            Feature::Description.require(version)?;
            optional("description", Some(json!(description)));
        }
        if let Some(hostname) = &self.hostname {
            let feature =
                if hostname.contains('.') { Feature::FullHostname } else { Feature::Hostname };
            feature.require(version)?;
            optional("hostname", Some(json!(hostname)));
        }
        if self.count > 1 {
            optional("min_count", Some(json!(self.count)));
            optional("max_count", Some(json!(self.count)));
        }
        let mut body = json!({"server": server});
        if let Some(group) = &self.server_group {
            insert(&mut body, "os:scheduler_hints", json!({"group": group}));
        }
        Ok(body)
    }
}

impl BootFrom {
    /// `block_device_mapping_v2`. Whether a volume goes with the server is always said: Nova's own default is to keep it,
    /// that of most portals is to delete it.
    fn devices(&self, version: Microversion) -> Result<Value, String> {
        let with_type = |device: &mut Value, volume_type: Option<&String>| {
            let Some(volume_type) = volume_type else { return Ok(()) };
            Feature::VolumeType.require(version)?;
            insert(device, "volume_type", json!(volume_type));
            Ok::<(), String>(())
        };
        match self {
            Self::LocalDisk { .. } => Ok(json!([])),
            Self::NewVolume { image, size_gib, volume_type, delete_with_server } => {
                let mut device = json!({
                    "boot_index": 0, "source_type": "image", "destination_type": "volume",
                    "uuid": image, "volume_size": size_gib, "delete_on_termination": delete_with_server,
                });
                with_type(&mut device, volume_type.as_ref())?;
                Ok(json!([device]))
            }
            Self::Volume { volume, delete_with_server } => Ok(json!([{
                "boot_index": 0, "source_type": "volume", "destination_type": "volume",
                "uuid": volume, "delete_on_termination": delete_with_server,
            }])),
            Self::Snapshots(disks) => {
                let device = |disk: &SnapshotDisk| {
                    let mut device = json!({
                        "boot_index": disk.boot_index, "source_type": "snapshot",
                        "destination_type": "volume", "uuid": disk.snapshot,
                        "delete_on_termination": disk.delete_with_server,
                    });
                    if let Some(size_gib) = disk.size_gib {
                        insert(&mut device, "volume_size", json!(size_gib));
                    }
                    with_type(&mut device, disk.volume_type.as_ref())?;
                    Ok(device)
                };
                disks.iter().map(device).collect::<Result<Value, String>>()
            }
        }
    }
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// What Nova answers to a start. The password is given once, and only here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedServer {
    /// The server, already in [`super::ServerStatus::Build`]; with several, the first of them.
    pub id: ServerId,
    /// For the first login, where the image takes one.
    pub admin_password: Option<Secret>,
}

#[derive(Deserialize)]
struct Created {
    id: ServerId,
    #[serde(default, rename = "adminPass")]
    admin_password: Option<String>,
}

/// Starts a server.
///
/// # Errors
/// 400 with words about the field (flavor too small, key or network not found), 403 over quota, 409 for a port in use,
/// [`ErrorKind::Unsupported`] when the cloud is too old for what is asked.
pub async fn create<T: Transport>(
    client: &Client<T>,
    server: &CreateServer,
) -> Result<CreatedServer, ApiError> {
    let newest = client.compute_version().await?;
    let call = Call::new("launch the instance", Service::Compute, Method::Post, "/servers");
    let unsupported = |why: String| call.error(ErrorKind::Unsupported, why);
    let version = server.version(newest).map_err(unsupported)?;
    let body = server.body(version).map_err(unsupported)?;
    let created: Created = client.json_under(call.json(&body).uses(version), "server").await?;
    Ok(CreatedServer { id: created.id, admin_password: created.admin_password.map(Secret::new) })
}

/// The longest user data after base64 (nova/api/openstack/compute/schemas/servers.py).
const LONGEST_USER_DATA: usize = 65_535;

/// Base64 of cloud-init data, or its length when that is over the limit of 65,535 characters.
///
/// # Errors
/// The length after base64.
pub fn user_data(data: impl AsRef<[u8]>) -> Result<String, usize> {
    let out = BASE64_STANDARD.encode(data);
    if out.len() > LONGEST_USER_DATA { Err(out.len()) } else { Ok(out) }
}
