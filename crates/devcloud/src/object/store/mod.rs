//! The rows: accounts and containers here, objects in `store/objects.rs`.

mod objects;

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use crate::object::meta::Meta;
use crate::object::stamp::Stamp;

pub(super) use objects::{
    Object, Slo, all_files, any_object, each_object, expired, object, object_at, remove_object,
    save_object,
};

/// Tables of the object store. Times are in units of 10 µs, `delete_at` in seconds.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS object_account (project_id TEXT PRIMARY KEY, created INTEGER NOT NULL, meta TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS object_container (
    id INTEGER PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    updated INTEGER NOT NULL, meta TEXT NOT NULL, UNIQUE (project_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS object (
    container INTEGER NOT NULL REFERENCES object_container (id), name TEXT NOT NULL, file TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL, md5 TEXT NOT NULL, slo_etag TEXT, slo_size INTEGER, content_type TEXT NOT NULL,
    created INTEGER NOT NULL, delete_at INTEGER, headers TEXT NOT NULL, PRIMARY KEY (container, name)
) STRICT;
CREATE INDEX IF NOT EXISTS object_by_end ON object (delete_at) WHERE delete_at IS NOT NULL;
";

/// How much there is of something.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::object) struct Totals {
    pub(in crate::object) containers: u64,
    pub(in crate::object) objects: u64,
    pub(in crate::object) bytes: u64,
}

pub(in crate::object) struct Account {
    pub(in crate::object) created: Stamp,
    pub(in crate::object) meta: Meta,
}

#[derive(Debug, Clone)]
pub(in crate::object) struct Container {
    pub(in crate::object) id: i64,
    pub(in crate::object) name: String,
    pub(in crate::object) created: Stamp,
    pub(in crate::object) updated: Stamp,
    pub(in crate::object) meta: Meta,
}

pub(in crate::object) fn account(
    conn: &Connection,
    project: &str,
) -> rusqlite::Result<Option<Account>> {
    conn.prepare_cached("SELECT created, meta FROM object_account WHERE project_id = ?1")?
        .query_row([project], |row| {
            Ok(Account { created: Stamp(row.get(0)?), meta: meta(row, 1)? })
        })
        .optional()
}

/// Accounts come to be by being used.
pub(in crate::object) fn ensure_account(
    conn: &Connection,
    project: &str,
    now: Stamp,
) -> rusqlite::Result<Account> {
    match account(conn, project)? {
        Some(account) => Ok(account),
        None => {
            let account = Account { created: now, meta: Meta::new() };
            save_account(conn, project, &account)?;
            Ok(account)
        }
    }
}

pub(in crate::object) fn save_account(
    conn: &Connection,
    project: &str,
    account: &Account,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO object_account (project_id, created, meta) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![project, account.created.0, json(&account.meta)?])?;
    Ok(())
}

pub(in crate::object) fn account_totals(
    conn: &Connection,
    project: &str,
) -> rusqlite::Result<Totals> {
    let containers: i64 = conn
        .prepare_cached("SELECT count(*) FROM object_container WHERE project_id = ?1")?
        .query_row([project], |row| row.get(0))?;
    conn.prepare_cached(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM object WHERE container IN (SELECT id FROM object_container WHERE project_id = ?1)",
    )?
    .query_row([project], |row| {
        Ok(Totals { containers: natural(containers), objects: natural(row.get(0)?), bytes: natural(row.get(1)?) })
    })
}

pub(in crate::object) fn container(
    conn: &Connection,
    project: &str,
    name: &str,
) -> rusqlite::Result<Option<Container>> {
    let sql = "SELECT id, name, created, updated, meta FROM object_container WHERE project_id = ?1 AND name = ?2";
    conn.prepare_cached(sql)?.query_row([project, name], container_row).optional()
}

pub(in crate::object) fn container_row(row: &Row<'_>) -> rusqlite::Result<Container> {
    Ok(Container {
        id: row.get(0)?,
        name: row.get(1)?,
        created: Stamp(row.get(2)?),
        updated: Stamp(row.get(3)?),
        meta: meta(row, 4)?,
    })
}

pub(in crate::object) fn add_container(
    conn: &Connection,
    project: &str,
    name: &str,
    meta: &Meta,
    now: Stamp,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO object_container (project_id, name, created, updated, meta) VALUES (?1, ?2, ?3, ?3, ?4)",
    )?
    .execute(params![project, name, now.0, json(meta)?])?;
    Ok(())
}

pub(in crate::object) fn change_container(
    conn: &Connection,
    container: &Container,
    now: Stamp,
) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE object_container SET meta = ?2, updated = ?3 WHERE id = ?1")?
        .execute(params![container.id, json(&container.meta)?, now.0])?;
    Ok(())
}

pub(in crate::object) fn remove_container(conn: &Connection, id: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM object_container WHERE id = ?1")?.execute([id])?;
    Ok(())
}

pub(in crate::object) fn container_totals(conn: &Connection, id: i64) -> rusqlite::Result<Totals> {
    conn.prepare_cached(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM object WHERE container = ?1",
    )?
    .query_row([id], |row| {
        Ok(Totals { containers: 1, objects: natural(row.get(0)?), bytes: natural(row.get(1)?) })
    })
}

fn meta(row: &Row<'_>, column: usize) -> rusqlite::Result<Meta> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

fn json(meta: &Meta) -> rusqlite::Result<String> {
    serde_json::to_string(meta)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// SQLite knows signed numbers only; sizes and counts are never negative.
fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
