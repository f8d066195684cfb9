//! A snapshot and its states.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::records::{Micros, Record};

/// The tables of snapshots.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS volume_snapshot (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    due INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS volume_snapshot_by_project ON volume_snapshot (project_id);
CREATE INDEX IF NOT EXISTS volume_snapshot_by_due ON volume_snapshot (due) WHERE due IS NOT NULL;
";

/// The states that a snapshot takes here (`cinder/objects/fields.py`, `SnapshotStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotStatus {
    /// Accepted.
    Creating,
    /// Ready.
    Available,
    /// Going away, or found to be busy in a moment.
    Deleting,
    /// Could not be made.
    Error,
    /// Could not be removed.
    ErrorDeleting,
}

impl SnapshotStatus {
    /// The word in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Available => "available",
            Self::Deleting => "deleting",
            Self::Error => "error",
            Self::ErrorDeleting => "error_deleting",
        }
    }
}

/// A snapshot of a volume. What the volume held then lies beside the volumes' own bytes (`content.rs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its id.
    pub id: String,
    /// The project that pays.
    pub project_id: String,
    /// Who made it.
    pub user_id: String,
    /// The volume, which cannot go before the snapshot does.
    pub volume_id: String,
    /// Its name; may be missing.
    pub name: Option<String>,
    /// Words for people.
    pub description: Option<String>,
    /// The volume's size when it was made, in GiB.
    pub size_gib: i64,
    /// The volume's type, by name.
    pub volume_type: String,
    /// Its state.
    pub status: SnapshotStatus,
    /// The format of the file that holds what was on the volume; `None` for one full of zeros.
    pub format: Option<String>,
    /// What was copied from the image that the volume was made of.
    pub image: BTreeMap<String, String>,
    /// The user's own pairs.
    pub metadata: BTreeMap<String, String>,
    /// The request that deletes it, for the message when it cannot be.
    pub delete_request: Option<String>,
    /// When it was made.
    pub created: Micros,
    /// When it last changed.
    pub updated: Option<Micros>,
    /// When its next state comes.
    pub due: Option<Micros>,
}

impl Record for Snapshot {
    const TABLE: &'static str = "volume_snapshot";

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
