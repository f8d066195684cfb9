//! A server and its disks, and the tables of this service.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::states::{Task, VmState};
use crate::image::made::Payer;
use crate::image_facts::ImageFacts;
use crate::records::{Micros, Record};

/// The tables of this service.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS compute_server (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    due INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS compute_server_by_project ON compute_server (project_id);
CREATE INDEX IF NOT EXISTS compute_server_by_due ON compute_server (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS compute_action (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    due INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS compute_action_by_project ON compute_action (project_id);
CREATE TABLE IF NOT EXISTS compute_group (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    due INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS compute_group_by_project ON compute_group (project_id);
CREATE TABLE IF NOT EXISTS compute_keypair (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    public_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (user_id, name)
);
";

/// Where a disk's content comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An image.
    Image(Box<ImageFacts>),
    /// A volume that is there.
    Volume,
    /// A snapshot of a volume.
    Snapshot(String),
    /// Nothing.
    Blank,
}

/// One entry of the block device mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Its own id.
    pub bdm_id: String,
    /// Where its content comes from.
    pub source: Source,
    /// Whether it is a volume; else it is the host's.
    pub on_volume: bool,
    /// Place in the order of booting; `None` is not booted of.
    pub boot_index: Option<i64>,
    /// Size in GiB.
    pub size_gib: i64,
    /// Type of a new volume.
    pub volume_type: Option<String>,
    /// Whether the volume goes with the server.
    pub delete_on_termination: bool,
    /// The volume, once there is one.
    pub volume_id: Option<String>,
    /// Cinder's id of the attachment.
    pub attachment_id: Option<String>,
    /// `/dev/vda` …
    pub device: String,
    /// The user's label.
    pub tag: Option<String>,
}

/// One entry of `networks`, with the network known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nic {
    /// The network.
    pub network_id: String,
    /// A port of the user's own; it outlives the server.
    pub port_id: Option<String>,
    /// The address that it must have.
    pub fixed_ip: Option<String>,
    /// The user's label.
    pub tag: Option<String>,
}

/// An image that is being made of a server's disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotUnderWay {
    /// The image.
    pub image_id: String,
    /// Who pays for it.
    pub payer: Payer,
}

/// Why a server is in `ERROR`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// An HTTP status, 500 mostly.
    pub code: u16,
    /// When.
    pub created: Micros,
    /// Nova's words.
    pub message: String,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// Its name.
    pub name: String,
    /// The name that it has for itself.
    pub hostname: String,
    /// Words for people.
    pub description: Option<String>,
    /// The user's own pairs.
    pub metadata: BTreeMap<String, String>,
    /// The user's own labels.
    pub tags: Vec<String>,
    /// Id of its flavor.
    pub flavor_id: String,
    /// `imageRef`, when it boots of an image on the host's disk.
    pub image_id: Option<String>,
    /// Name of the key pair that it was made with.
    pub key_name: Option<String>,
    /// The public key itself: key pairs can be deleted.
    pub public_key: Option<String>,
    /// The zone that was asked for.
    pub pinned_zone: Option<String>,
    /// The zone of its host; empty until there is a host.
    pub zone: String,
    /// Whether a host was found.
    pub placed: bool,
    /// Which of the zone's hosts it is on, from 1.
    #[serde(default = "first_host")]
    pub host: u32,
    /// Whether it has a config drive.
    pub config_drive: bool,
    /// `AUTO` rather than `MANUAL`.
    pub auto_disk_config: bool,
    /// Base64.
    pub user_data: Option<String>,
    /// Ids of the groups for ports that Nova makes; `None` is the default group.
    pub group_ids: Option<Vec<String>>,
    /// Its plugs.
    pub nics: Vec<Nic>,
    /// Its disks, the one that it boots of first.
    pub disks: Vec<Disk>,
    /// `os:scheduler_hints`.
    pub hints: Value,
    /// State.
    pub vm_state: VmState,
    /// What is going on.
    pub task: Option<Task>,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// When it was made.
    pub created: Micros,
    /// When it last changed.
    pub updated: Micros,
    /// When it ran first.
    pub launched: Option<Micros>,
    /// When it ended.
    pub terminated: Option<Micros>,
    /// When what is going on ends.
    pub due: Option<Micros>,
    /// Groups servers of one request: `r-…`.
    pub reservation_id: String,
    /// Request id of the action that is under way.
    pub action_id: Option<String>,
    /// How often it was started: the console shows each.
    pub boots: u32,
    /// Whether the row is only history.
    pub deleted: bool,
    /// The image that is being made of it.
    #[serde(default)]
    pub snapshot: Option<SnapshotUnderWay>,
    /// What it is rescued with, or is about to be.
    #[serde(default)]
    pub rescue: Option<Box<ImageFacts>>,
}

fn first_host() -> u32 {
    1
}

impl Server {
    /// Whether it boots of a volume.
    pub fn on_volume(&self) -> bool {
        self.disks.first().is_some_and(|disk| disk.on_volume)
    }

    /// The status word (`nova/api/openstack/common.py`, `_STATE_MAP`).
    pub fn status(&self) -> &'static str {
        match (self.vm_state, self.task) {
            (VmState::Active, Some(Task::Rebooting)) => "REBOOT",
            (VmState::Active, Some(Task::RebootingHard)) => "HARD_REBOOT",
            (VmState::Active, _) => "ACTIVE",
            (VmState::Building, _) => "BUILD",
            (VmState::Stopped, _) => "SHUTOFF",
            (VmState::Rescued, _) => "RESCUE",
            (VmState::Error, _) => "ERROR",
            (VmState::Deleted, _) => "DELETED",
        }
    }

    /// `nova/compute/power_state.py`: 0 none, 1 running, 4 off.
    pub fn power_state(&self) -> i64 {
        match self.vm_state {
            VmState::Active | VmState::Rescued => 1,
            VmState::Stopped => 4,
            VmState::Building | VmState::Error | VmState::Deleted => 0,
        }
    }
}

impl Record for Server {
    const TABLE: &'static str = "compute_server";

    fn id(&self) -> &str {
        &self.id
    }

    fn project_id(&self) -> &str {
        &self.project_id
    }

    fn due(&self) -> Option<Micros> {
        self.due
    }
}
