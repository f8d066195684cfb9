//! Unified limits: what a project may hold, and the 413 beyond it (glance/quota/keystone.py).
//!
//! Numbers are those of the project's name: `other` is small, so that a full quota is a minute's work to see; everybody else has
//! room for real images. Sizes count in whole MiB, as oslo.limit does.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::fault::{Answer, Fault};
use super::policy::Caller;

const MIB: i64 = 1 << 20;

/// A project's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limits {
    size_total_mib: i64,
    stage_total_mib: i64,
    count_total: i64,
    count_uploading: i64,
}

fn limits(project_name: &str) -> Limits {
    match project_name {
        "other" => {
            Limits { size_total_mib: 64, stage_total_mib: 64, count_total: 5, count_uploading: 1 }
        }
        _ => Limits {
            size_total_mib: 1 << 20,
            stage_total_mib: 1 << 20,
            count_total: 20_000,
            count_uploading: 20,
        },
    }
}

/// Bytes in the stores; a copy in a second store counts again.
fn stored_mib(conn: &Connection, project: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(sum(size * (1 + length(stores) - length(replace(stores, ',', '')))), 0) \
               FROM image WHERE owner = ?1 AND size > 0 AND stores <> ''";
    let bytes: i64 = conn.prepare_cached(sql)?.query_row([project], |row| row.get(0))?;
    Ok(bytes / MIB)
}

fn staged_mib(conn: &Connection, project: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT coalesce(sum(size), 0) FROM image WHERE owner = ?1 AND size > 0 \
               AND status IN ('uploading', 'importing')";
    let bytes: i64 = conn.prepare_cached(sql)?.query_row([project], |row| row.get(0))?;
    Ok(bytes / MIB)
}

fn image_count(conn: &Connection, project: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT count(*) FROM image WHERE owner = ?1";
    conn.prepare_cached(sql)?.query_row([project], |row| row.get(0))
}

fn uploading_count(conn: &Connection, project: &str) -> rusqlite::Result<i64> {
    let sql = "SELECT count(*) FROM image WHERE owner = ?1 AND status IN ('saving', 'uploading', 'importing')";
    conn.prepare_cached(sql)?.query_row([project], |row| row.get(0))
}

fn enforce(caller: &Caller, resource: &str, limit: i64, usage: i64, delta: i64) -> Answer<()> {
    if usage + delta <= limit {
        return Ok(());
    }
    Err(exceeded(&caller.project_id, resource, limit, usage, delta))
}

/// The 413 in oslo.limit's words inside Glance's.
pub(super) fn exceeded(project: &str, resource: &str, limit: i64, usage: i64, delta: i64) -> Fault {
    Fault::too_large(format!(
        "The request returned a 413 Request Entity Too Large. This generally means that rate limiting or a quota \
         threshold was breached.\n\nThe response body:\nProject {project} is over a limit for [Resource {resource} is \
         over limit of {limit} due to current usage {usage} and delta {delta}]"
    ))
}

/// One more record.
pub(super) fn images(conn: &Connection, caller: &Caller) -> Answer<()> {
    let limit = limits(&caller.project_name).count_total;
    enforce(caller, "image_count_total", limit, image_count(conn, &caller.project_id)?, 1)
}

/// `size` more bytes in the store; an unknown size counts as none, as in Glance.
pub(super) fn size(conn: &Connection, caller: &Caller, size: Option<u64>) -> Answer<()> {
    let limit = limits(&caller.project_name).size_total_mib;
    let delta = size.and_then(|s| i64::try_from(s).ok()).unwrap_or(0) / MIB;
    enforce(caller, "image_size_total", limit, stored_mib(conn, &caller.project_id)?, delta)
}

/// `size` more bytes in staging.
pub(super) fn stage(conn: &Connection, caller: &Caller, size: Option<u64>) -> Answer<()> {
    let limit = limits(&caller.project_name).stage_total_mib;
    let delta = size.and_then(|s| i64::try_from(s).ok()).unwrap_or(0) / MIB;
    enforce(caller, "image_stage_total", limit, staged_mib(conn, &caller.project_id)?, delta)
}

/// The uploads under way, the one that asks already among them.
pub(super) fn uploading(conn: &Connection, caller: &Caller) -> Answer<()> {
    let limit = limits(&caller.project_name).count_uploading;
    enforce(caller, "image_count_uploading", limit, uploading_count(conn, &caller.project_id)?, 0)
}

/// `GET /v2/info/usage`.
pub(super) fn usage(conn: &Connection, caller: &Caller) -> rusqlite::Result<Value> {
    let (l, project) = (limits(&caller.project_name), caller.project_id.as_str());
    Ok(json!({"usage": {
        "image_size_total": {"usage": stored_mib(conn, project)?, "limit": l.size_total_mib},
        "image_stage_total": {"usage": staged_mib(conn, project)?, "limit": l.stage_total_mib},
        "image_count_total": {"usage": image_count(conn, project)?, "limit": l.count_total},
        "image_count_uploading": {"usage": uploading_count(conn, project)?, "limit": l.count_uploading},
    }}))
}
