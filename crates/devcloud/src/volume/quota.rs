//! Cinder's quotas: what Binero gives a project, and how much of it is used.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::error::VolumeError;
use super::model::Volume;
use super::snapshots::Snapshot;
use super::types;
use crate::records;
use crate::seed::well_known;

const VOLUMES: i64 = 20;
const GIGABYTES: i64 = 2000;
const BACKUPS: i64 = 250;
const BACKUP_GIGABYTES: i64 = 20_000;

/// How many snapshots: in `other` fewer, so that a full quota is a minute's work to see.
fn snapshot_limit(project_id: &str) -> i64 {
    if project_id == well_known::PROJECT_OTHER { 2 } else { 10 }
}

/// What a project has; gigabytes are those of volumes and snapshots together (`no_snapshot_gb_quota` is off).
struct Used {
    total: Count,
    by_type: Vec<(&'static str, Count)>,
}

#[derive(Default)]
struct Count {
    volumes: i64,
    snapshots: i64,
    gigabytes: i64,
}

fn used(conn: &Connection, project_id: &str) -> rusqlite::Result<Used> {
    let volumes = records::of_project::<Volume>(conn, project_id)?;
    let snapshots = records::of_project::<Snapshot>(conn, project_id)?;
    let count = |name: Option<&str>| {
        let of = |kind: &str| name.is_none_or(|name| kind == name);
        let mut count = Count::default();
        for volume in volumes.iter().filter(|volume| of(&volume.volume_type)) {
            count.volumes += 1;
            count.gigabytes += volume.size_gib;
        }
        for snapshot in snapshots.iter().filter(|snapshot| of(&snapshot.volume_type)) {
            count.snapshots += 1;
            count.gigabytes += snapshot.size_gib;
        }
        count
    };
    let by_type = types::all().iter().map(|kind| (kind.name, count(Some(kind.name)))).collect();
    Ok(Used { total: count(None), by_type })
}

/// So many more gigabytes.
fn check_gigabytes(used: &Used, size_gib: i64) -> Result<(), VolumeError> {
    if used.total.gigabytes + size_gib <= GIGABYTES {
        return Ok(());
    }
    Err(VolumeError::over_quota(format!(
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested \
         {size_gib}G, quota is {GIGABYTES}G and {}G has been consumed.",
        used.total.gigabytes
    )))
}

/// Refuses a further snapshot of a volume of this size when it would be too much.
pub fn check_snapshot(
    conn: &Connection,
    project_id: &str,
    size_gib: i64,
) -> Result<(), VolumeError> {
    let used = used(conn, project_id)?;
    check_gigabytes(&used, size_gib)?;
    let most = snapshot_limit(project_id);
    if used.total.snapshots + 1 > most {
        return Err(VolumeError::over_quota(format!(
            "SnapshotLimitExceeded: Maximum number of snapshots allowed ({most}) exceeded"
        )));
    }
    Ok(())
}

/// How many more snapshots the project may have, for Nova, which asks before it begins.
pub fn snapshots_free(conn: &Connection, project_id: &str) -> rusqlite::Result<i64> {
    Ok(snapshot_limit(project_id) - used(conn, project_id)?.total.snapshots)
}

/// Refuses a volume's growth by so many GiB when it would be too much.
pub fn check_growth(conn: &Connection, project_id: &str, more_gib: i64) -> Result<(), VolumeError> {
    check_gigabytes(&used(conn, project_id)?, more_gib)
}

/// Refuses a further volume of this size when it would be too much.
pub fn check(conn: &Connection, project_id: &str, size_gib: i64) -> Result<(), VolumeError> {
    let used = used(conn, project_id)?;
    check_gigabytes(&used, size_gib)?;
    if used.total.volumes + 1 > VOLUMES {
        return Err(VolumeError::over_quota(format!(
            "VolumeLimitExceeded: Maximum number of volumes allowed ({VOLUMES}) exceeded for quota 'volumes'."
        )));
    }
    Ok(())
}

/// The body of `GET /limits`.
pub fn limits(conn: &Connection, project_id: &str) -> rusqlite::Result<Value> {
    let used = used(conn, project_id)?;
    Ok(json!({"limits": {"rate": [], "absolute": {
        "maxTotalVolumes": VOLUMES, "maxTotalSnapshots": snapshot_limit(project_id), "maxTotalVolumeGigabytes": GIGABYTES,
        "maxTotalBackups": BACKUPS, "maxTotalBackupGigabytes": BACKUP_GIGABYTES,
        "totalVolumesUsed": used.total.volumes, "totalGigabytesUsed": used.total.gigabytes,
        "totalSnapshotsUsed": used.total.snapshots,
        "totalBackupsUsed": 0, "totalBackupGigabytesUsed": 0,
    }}}))
}

/// The body of `GET /os-quota-sets/{project}`, with `usage` each as limit, in use and reserved.
pub fn quota_set(conn: &Connection, project_id: &str, usage: bool) -> rusqlite::Result<Value> {
    let used = used(conn, project_id)?;
    let mut set = Map::new();
    let mut put = |name: String, limit: i64, in_use: i64| {
        let value = if usage {
            json!({"limit": limit, "in_use": in_use, "reserved": 0})
        } else {
            json!(limit)
        };
        set.insert(name, value);
    };
    put("volumes".to_owned(), VOLUMES, used.total.volumes);
    put("per_volume_gigabytes".to_owned(), -1, 0);
    put("snapshots".to_owned(), snapshot_limit(project_id), used.total.snapshots);
    put("gigabytes".to_owned(), GIGABYTES, used.total.gigabytes);
    put("backups".to_owned(), BACKUPS, 0);
    put("backup_gigabytes".to_owned(), BACKUP_GIGABYTES, 0);
    for (name, count) in used.by_type {
        put(format!("volumes_{name}"), -1, count.volumes);
        put(format!("gigabytes_{name}"), -1, count.gigabytes);
        put(format!("snapshots_{name}"), -1, count.snapshots);
    }
    put("groups".to_owned(), 10, 0);
    set.insert("id".to_owned(), json!(project_id));
    Ok(json!({"quota_set": set}))
}
