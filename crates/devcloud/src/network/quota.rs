//! Neutron's quotas: the limits that a public cloud gives a project, and how much of each is used.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::error::NetworkError;
use super::store::{self, Kind};
use crate::Release;
use crate::seed::well_known;

/// Name and limit; -1 is none.
const LIMITS: [(&str, i64); 10] = [
    ("network", 100),
    ("subnet", 100),
    ("subnetpool", -1),
    ("port", 500),
    ("router_route", 30),
    ("router", 10),
    ("floatingip", 50),
    ("rbac_policy", 10),
    ("security_group", 15),
    ("security_group_rule", 249),
];

/// Those of the project `other`, where a full quota is a minute's work to see.
const SMALL: [(&str, i64); 2] = [("port", 5), ("floatingip", 2)];

/// The project's limit for one kind; -1 is none.
fn limit(project_id: &str, name: &str, usual: i64) -> i64 {
    let small = SMALL.iter().find(|(small, _)| *small == name);
    match small {
        Some((_, limit)) if project_id == well_known::PROJECT_OTHER => *limit,
        _ => usual,
    }
}

/// Refuses when the project may not have one more of `kind`.
pub fn check(conn: &Connection, project_id: &str, kind: Kind) -> Result<(), NetworkError> {
    if free(conn, project_id, kind)? > 0 {
        Ok(())
    } else {
        Err(NetworkError::over_quota(kind.singular()))
    }
}

/// How many more of `kind` the project may have.
pub fn free(conn: &Connection, project_id: &str, kind: Kind) -> rusqlite::Result<i64> {
    let usual =
        LIMITS.iter().find(|(name, _)| *name == kind.singular()).map_or(-1, |(_, limit)| *limit);
    let limit = limit(project_id, kind.singular(), usual);
    Ok(if limit < 0 { i64::MAX } else { limit - used(conn, project_id, kind.singular())? })
}

/// The body of `GET /v2.0/quotas/{project}`.
pub fn limits(project_id: &str, release: Release) -> Value {
    let limits: Map<String, Value> = LIMITS
        .iter()
        .filter(|(name, _)| release.network_has(name))
        .map(|(name, usual)| ((*name).to_owned(), json!(limit(project_id, name, *usual))))
        .collect();
    json!({"quota": limits})
}

/// The body of `GET /v2.0/quotas/{project}/details`.
pub fn details(conn: &Connection, project_id: &str, release: Release) -> rusqlite::Result<Value> {
    let mut quota = Map::new();
    for (name, usual) in LIMITS.into_iter().filter(|(name, _)| release.network_has(name)) {
        let limit = limit(project_id, name, usual);
        let used = used(conn, project_id, name)?;
        quota.insert(name.to_owned(), json!({"limit": limit, "used": used, "reserved": 0}));
    }
    Ok(json!({"quota": quota}))
}

fn used(conn: &Connection, project_id: &str, name: &str) -> rusqlite::Result<i64> {
    let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.singular() == name) else {
        return Ok(0);
    };
    let count = store::of_project(conn, kind, project_id)?.len();
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}
