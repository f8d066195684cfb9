//! Cinder's quotas: what Binero gives a project, and how much of it is used.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::error::VolumeError;
use super::model::Volume;
use super::types;
use crate::records;

const VOLUMES: i64 = 20;
const GIGABYTES: i64 = 2000;
const SNAPSHOTS: i64 = 10;
const BACKUPS: i64 = 250;
const BACKUP_GIGABYTES: i64 = 20_000;

struct Used {
    volumes: i64,
    gigabytes: i64,
    by_type: Vec<(&'static str, i64, i64)>,
}

fn used(conn: &Connection, project_id: &str) -> rusqlite::Result<Used> {
    let volumes = records::of_project::<Volume>(conn, project_id)?;
    let sum = |name: Option<&str>| {
        let mine =
            volumes.iter().filter(|volume| name.is_none_or(|name| volume.volume_type == name));
        mine.fold((0, 0), |(count, size), volume| (count + 1, size + volume.size_gib))
    };
    let (count, gigabytes) = sum(None);
    let by_type = types::all()
        .iter()
        .map(|kind| {
            let (count, size) = sum(Some(kind.name));
            (kind.name, count, size)
        })
        .collect();
    Ok(Used { volumes: count, gigabytes, by_type })
}

/// Refuses a further volume of this size when it would be too much.
pub fn check(conn: &Connection, project_id: &str, size_gib: i64) -> Result<(), VolumeError> {
    let used = used(conn, project_id)?;
    if used.gigabytes + size_gib > GIGABYTES {
        return Err(VolumeError::over_quota(format!(
            "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested \
             {size_gib}G, quota is {GIGABYTES}G and {}G has been consumed.",
            used.gigabytes
        )));
    }
    if used.volumes + 1 > VOLUMES {
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
        "maxTotalVolumes": VOLUMES, "maxTotalSnapshots": SNAPSHOTS, "maxTotalVolumeGigabytes": GIGABYTES,
        "maxTotalBackups": BACKUPS, "maxTotalBackupGigabytes": BACKUP_GIGABYTES,
        "totalVolumesUsed": used.volumes, "totalGigabytesUsed": used.gigabytes, "totalSnapshotsUsed": 0,
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
    put("volumes".to_owned(), VOLUMES, used.volumes);
    put("per_volume_gigabytes".to_owned(), -1, 0);
    put("snapshots".to_owned(), SNAPSHOTS, 0);
    put("gigabytes".to_owned(), GIGABYTES, used.gigabytes);
    put("backups".to_owned(), BACKUPS, 0);
    put("backup_gigabytes".to_owned(), BACKUP_GIGABYTES, 0);
    for (name, count, size) in used.by_type {
        put(format!("volumes_{name}"), -1, count);
        put(format!("gigabytes_{name}"), -1, size);
        put(format!("snapshots_{name}"), -1, 0);
    }
    put("groups".to_owned(), 10, 0);
    set.insert("id".to_owned(), json!(project_id));
    Ok(json!({"quota_set": set}))
}
