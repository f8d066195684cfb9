//! Snapshots as Cinder shows them, by microversion (`cinder/api/v3/views/snapshots.py`), and their lists.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::model::{Snapshot, SnapshotStatus};
use crate::microversion::Microversion;
use crate::volume::paging::{self, Listed};
use crate::volume::view::{Moment, exact, seconds};

/// Which of the three views.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The answer to its creation: exact time, no owner.
    Created,
    /// The answer to a change, and an entry of the short list: no owner.
    Short,
    /// A look at it, and an entry of the long list.
    Full,
}

/// All attributes.
pub fn view(snapshot: &Snapshot, version: Microversion, which: View) -> Value {
    let moment = if which == View::Created { Moment::Created } else { Moment::Read };
    let created = match moment {
        Moment::Created => exact(snapshot.created),
        Moment::Read => seconds(snapshot.created),
    };
    let view = json!({
        "id": snapshot.id, "created_at": created, "updated_at": snapshot.updated.map(seconds),
        "name": snapshot.name, "description": snapshot.description, "volume_id": snapshot.volume_id,
        "status": snapshot.status.word(), "size": snapshot.size_gib, "metadata": snapshot.metadata,
    });
    let Value::Object(mut view) = view else { return view };
    let mut since = |minor: u32, name: &str, value: Value| {
        if version.minor >= minor {
            view.insert(name.to_owned(), value);
        }
    };
    since(14, "group_snapshot_id", Value::Null);
    since(41, "user_id", json!(snapshot.user_id));
    since(65, "consumes_quota", json!(true));
    if which == View::Full {
        // The recorded one is 100% once it was available, also while it is deleted.
        let making = matches!(snapshot.status, SnapshotStatus::Creating | SnapshotStatus::Error);
        let progress = if making { "0%" } else { "100%" };
        since(0, "os-extended-snapshot-attributes:project_id", json!(snapshot.project_id));
        since(0, "os-extended-snapshot-attributes:progress", json!(progress));
    }
    Value::Object(view)
}

impl Listed for Snapshot {
    const COLLECTION: &'static str = "snapshots";
    const NOUN: &'static str = "Snapshot";
    const FILTERS: &'static [&'static str] = &[
        "name",
        "status",
        "volume_id",
        "metadata",
        "availability_zone",
        "name~",
        "consumes_quota",
    ];
    const SORTABLE: &'static [&'static str] =
        &["id", "name", "size", "status", "volume_id", "created_at", "updated_at"];

    fn id(&self) -> &str {
        &self.id
    }

    fn matches(&self, filter: &str, wanted: &str) -> bool {
        match filter {
            "name" => self.name.as_deref() == Some(wanted),
            "name~" => self.name.as_deref().is_some_and(|name| name.contains(wanted)),
            "status" => self.status.word() == wanted,
            "volume_id" => self.volume_id == wanted,
            "metadata" => paging::has_pairs(&self.metadata, wanted),
            _ => true,
        }
    }

    fn compare(&self, other: &Self, key: &str) -> Ordering {
        match key {
            "name" => self.name.cmp(&other.name),
            "size" => self.size_gib.cmp(&other.size_gib),
            "status" => self.status.word().cmp(other.status.word()),
            "volume_id" => self.volume_id.cmp(&other.volume_id),
            "created_at" => self.created.cmp(&other.created),
            "updated_at" => self.updated.cmp(&other.updated),
            _ => self.id.cmp(&other.id),
        }
    }
}
