//! A volume and its states.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::image::made::Payer;
use crate::records::{Micros, Record};

/// The tables of this service.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS volume_volume (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    due INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS volume_volume_by_project ON volume_volume (project_id);
CREATE INDEX IF NOT EXISTS volume_volume_by_due ON volume_volume (due) WHERE due IS NOT NULL;
";

/// The states that a volume takes here (`cinder/objects/fields.py`, `VolumeStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Accepted.
    Creating,
    /// The image is being written to it.
    Downloading,
    /// Ready and not in use.
    Available,
    /// Promised to a server.
    Reserved,
    /// Attached to a server.
    InUse,
    /// Going away.
    Deleting,
    /// Its content is being copied into an image.
    Uploading,
    /// Being made larger.
    Extending,
    /// Could not be made.
    Error,
    /// Could not be removed.
    ErrorDeleting,
}

impl Status {
    /// The word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Status::Creating => "creating",
            Status::Downloading => "downloading",
            Status::Available => "available",
            Status::Reserved => "reserved",
            Status::InUse => "in-use",
            Status::Deleting => "deleting",
            Status::Uploading => "uploading",
            Status::Extending => "extending",
            Status::Error => "error",
            Status::ErrorDeleting => "error_deleting",
        }
    }
}

/// A server that has the volume, or is about to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its own id.
    pub id: String,
    /// The server.
    pub server_id: String,
    /// The device in the server, `/dev/vda`; empty while only reserved.
    pub device: String,
    /// When it was attached.
    pub attached: Option<Micros>,
}

/// An image that a volume is being copied into (`os-volume_upload_image`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The image.
    pub image_id: String,
    /// The image's format.
    pub disk_format: String,
    /// Who asked, for the image's quotas.
    pub payer: Payer,
    /// The request, for the message when it fails.
    pub request_id: String,
}

/// A volume. What it holds lies in a file of its own, or is all zeros (`content.rs`); nothing ever writes to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its id.
    pub id: String,
    /// The project that pays.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// Its name; may be missing.
    pub name: Option<String>,
    /// Words for people.
    pub description: Option<String>,
    /// Size in GiB.
    pub size_gib: i64,
    /// Name of its type.
    pub volume_type: String,
    /// Its zone.
    pub zone: String,
    /// Its state.
    pub status: Status,
    /// Whether a server can boot of it.
    pub bootable: bool,
    /// What was copied from the image that it was made of.
    pub image: BTreeMap<String, String>,
    /// The volume that it was cloned of.
    pub source_volid: Option<String>,
    /// The snapshot that it was made of.
    #[serde(default)]
    pub snapshot_id: Option<String>,
    /// The format of the file that holds what is on it; `None` for one full of zeros.
    #[serde(default)]
    pub format: Option<String>,
    /// The size that it is being extended to, in GiB.
    #[serde(default)]
    pub growing_to: Option<i64>,
    /// What it is being copied into.
    #[serde(default)]
    pub upload: Option<Upload>,
    /// The user's own pairs.
    pub metadata: BTreeMap<String, String>,
    /// When it was made.
    pub created: Micros,
    /// When it last changed.
    pub updated: Option<Micros>,
    /// At most one, there is no multi-attach here.
    pub attachments: Vec<Attachment>,
    /// States to come, each with the time from the one before, in microseconds at pace 1.
    pub to_come: Vec<(Micros, Status)>,
    /// When the next one of them comes; a volume that is `Deleting` goes away then.
    pub due: Option<Micros>,
}

impl Record for Volume {
    const TABLE: &'static str = "volume_volume";

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
