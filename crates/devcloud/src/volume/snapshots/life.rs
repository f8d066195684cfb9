//! The life of snapshots: `creating`, `available`, `deleting`, gone.
//!
//! What comes next follows from the row alone (`status` and `due`), so that a killed process goes on where it was.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use uuid::Uuid;

use super::model::{Snapshot, SnapshotStatus};
use crate::db::DbError;
use crate::records::{self, Micros};
use crate::state::Region;
use crate::volume::error::VolumeError;
use crate::volume::failures;
use crate::volume::model::{Status, Volume};
use crate::volume::{content, messages, quota};

/// What a fast real cloud needs to make a snapshot, and to remove one.
const MAKING: Duration = Duration::from_millis(700);
const REMOVING: Duration = Duration::from_millis(600);

/// What is asked of a new snapshot.
#[derive(Debug, Clone, Default)]
pub struct NewSnapshot {
    /// The project that pays.
    pub project_id: String,
    /// Who asks.
    pub user_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Words for people.
    pub description: Option<String>,
    /// The user's own pairs.
    pub metadata: BTreeMap<String, String>,
    /// Whether a volume that a server has may be taken, too.
    pub in_use_too: bool,
}

/// Makes a snapshot of a volume after Cinder's checks (`create_snapshot_in_db`). Call [`follow`] once the transaction is
/// through.
pub fn create(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    volume: &Volume,
    wanted: NewSnapshot,
) -> Result<Snapshot, VolumeError> {
    let statuses: &[Status] =
        if wanted.in_use_too { &[Status::Available, Status::InUse] } else { &[Status::Available] };
    if !statuses.contains(&volume.status) {
        let words: Vec<&str> = statuses.iter().map(|status| status.word()).collect();
        return Err(VolumeError::bad_request(format!(
            "Invalid volume: Volume {} status must be {}, but current status is: {}.",
            volume.id,
            words.join(", "),
            volume.status.word()
        )));
    }
    quota::check_snapshot(conn, &wanted.project_id, volume.size_gib)?;
    let created = now.as_microsecond();
    let id = Uuid::new_v4().to_string();
    content::share(region, &volume.id, &id)?;
    let snapshot = Snapshot {
        id,
        project_id: wanted.project_id,
        user_id: wanted.user_id,
        volume_id: volume.id.clone(),
        name: wanted.name,
        description: wanted.description,
        size_gib: volume.size_gib,
        volume_type: volume.volume_type.clone(),
        status: SnapshotStatus::Creating,
        format: volume.format.clone(),
        image: volume.image.clone(),
        metadata: wanted.metadata,
        delete_request: None,
        created,
        updated: None,
        due: Some(due_in(region, created, MAKING)),
    };
    records::put(conn, &snapshot)?;
    Ok(snapshot)
}

/// The snapshot that Nova asks for of each volume of a server when `createImage` comes to a server that boots of a volume
/// (`nova/compute/api.py`, `snapshot_volume_backed`): named after the image, of a volume in use.
///
/// Call it in the transaction that makes the image, once per volume; its `id` and `size_gib` go into the image's
/// `block_device_mapping` (`snapshot_id`, `volume_size`). It is `creating` at first, and Nova does not wait for it. Call
/// [`follow`] (`volume::follow_snapshot`) with its id once the transaction is through. A refusal (413 over the quota of
/// snapshots or gigabytes, 404 for a volume that is gone, 400 for its state) comes in Cinder's words, and undoes what the transaction did.
pub(crate) fn for_image(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    volume_id: &str,
    image_name: &str,
) -> Result<Snapshot, VolumeError> {
    let volume = records::get::<Volume>(conn, volume_id)?
        .ok_or_else(|| VolumeError::missing("Volume", volume_id))?;
    let wanted = NewSnapshot {
        project_id: volume.project_id.clone(),
        user_id: volume.user_id.clone(),
        name: Some(format!("snapshot for {image_name}")),
        description: volume.description.clone(),
        metadata: BTreeMap::new(),
        in_use_too: true,
    };
    create(conn, region, now, &volume, wanted)
}

/// The snapshot, if the project owns it.
pub fn find(conn: &Connection, project_id: &str, id: &str) -> rusqlite::Result<Option<Snapshot>> {
    Ok(records::get::<Snapshot>(conn, id)?.filter(|snapshot| snapshot.project_id == project_id))
}

/// The snapshots of a volume, oldest first.
pub fn of_volume(conn: &Connection, volume: &Volume) -> rusqlite::Result<Vec<Snapshot>> {
    let mut all = records::of_project::<Snapshot>(conn, &volume.project_id)?;
    all.retain(|snapshot| snapshot.volume_id == volume.id);
    Ok(all)
}

/// Begins to delete a snapshot (`delete_snapshot` in `cinder/volume/api.py`). Call [`follow`] once the transaction is
/// through.
pub fn delete(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    mut snapshot: Snapshot,
    request_id: &str,
) -> Result<(), VolumeError> {
    if !matches!(snapshot.status, SnapshotStatus::Available | SnapshotStatus::Error) {
        return Err(VolumeError::bad_request(
            "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.",
        ));
    }
    let at = now.as_microsecond();
    snapshot.status = SnapshotStatus::Deleting;
    snapshot.updated = Some(at);
    snapshot.delete_request = Some(request_id.to_owned());
    snapshot.due = Some(due_in(region, at, REMOVING));
    Ok(records::put(conn, &snapshot)?)
}

/// Lets the states of one snapshot come when they are due; ends when none is to come.
pub fn follow(region: &Region, id: String) {
    let task = region.clone();
    region.tasks.spawn(async move {
        loop {
            match step(&task, id.clone()).await {
                Ok(Some(wait)) => tokio::time::sleep(wait).await,
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, snapshot = id, "snapshot is stuck until the next start");
                    return;
                }
            }
        }
    });
}

/// Takes the step that is due; gives the time to wait for it, at most a second because a test may shift the clock.
async fn step(region: &Region, id: String) -> Result<Option<Duration>, DbError> {
    let now = region.clock.now();
    let at = now.as_microsecond();
    let gone = id.clone();
    let wait = region
        .db
        .write(move |tx| {
            let Some(mut snapshot) = records::get::<Snapshot>(tx, &id)? else {
                return Ok(Step::Gone);
            };
            let Some(due) = snapshot.due else { return Ok(Step::Nothing) };
            if due > at {
                let wait = u64::try_from(due - at).unwrap_or(0);
                return Ok(Step::Wait(Duration::from_micros(wait.min(1_000_000))));
            }
            let asks = |word| failures::asks_for(word, snapshot.name.as_deref());
            snapshot.status = match snapshot.status {
                SnapshotStatus::Creating if asks(failures::CREATE) => SnapshotStatus::Error,
                SnapshotStatus::Deleting if asks(failures::DELETE) => {
                    messages::snapshot_not_deleted(tx, now, &snapshot)?;
                    SnapshotStatus::ErrorDeleting
                }
                // A copy-on-write back end cannot remove what volumes still read from: the driver says busy, and the
                // manager sets the snapshot back (`SnapshotIsBusy` in `cinder/volume/manager.py`).
                SnapshotStatus::Deleting if has_children(tx, &snapshot)? => {
                    messages::snapshot_busy(tx, now, &snapshot)?;
                    SnapshotStatus::Available
                }
                SnapshotStatus::Deleting => {
                    records::remove::<Snapshot>(tx, &id)?;
                    return Ok(Step::Gone);
                }
                _ => SnapshotStatus::Available,
            };
            snapshot.updated = Some(at);
            snapshot.due = None;
            records::put(tx, &snapshot)?;
            Ok::<_, DbError>(Step::Nothing)
        })
        .await?;
    match wait {
        Step::Wait(wait) => Ok(Some(wait)),
        Step::Nothing => Ok(None),
        Step::Gone => {
            content::remove(region, &gone);
            Ok(None)
        }
    }
}

/// What a step leads to.
enum Step {
    /// The next one comes then.
    Wait(Duration),
    /// There is none.
    Nothing,
    /// The row is no more; its bytes are to follow.
    Gone,
}

/// Whether volumes that were made of it are still there.
fn has_children(conn: &Connection, snapshot: &Snapshot) -> rusqlite::Result<bool> {
    let volumes = records::of_project::<Volume>(conn, &snapshot.project_id)?;
    Ok(volumes.iter().any(|volume| volume.snapshot_id.as_deref() == Some(snapshot.id.as_str())))
}

fn due_in(region: &Region, now: Micros, usual: Duration) -> Micros {
    let wait = region.pace.of(usual);
    now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(0))
}
