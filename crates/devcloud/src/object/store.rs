//! The rows: accounts, containers, objects.

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use super::meta::Meta;
use super::stamp::Stamp;

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
pub(super) struct Totals {
    pub(super) containers: u64,
    pub(super) objects: u64,
    pub(super) bytes: u64,
}

pub(super) struct Account {
    pub(super) created: Stamp,
    pub(super) meta: Meta,
}

#[derive(Debug, Clone)]
pub(super) struct Container {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) created: Stamp,
    pub(super) updated: Stamp,
    pub(super) meta: Meta,
}

/// What makes an object a static large one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slo {
    /// MD5 of its segments' MD5s, without quotes.
    pub(super) etag: String,
    /// Bytes of all segments.
    pub(super) size: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) container: i64,
    pub(super) name: String,
    pub(super) file: String,
    /// Bytes of the file: of the manifest when it is a large object.
    pub(super) bytes: u64,
    pub(super) md5: String,
    pub(super) slo: Option<Slo>,
    pub(super) content_type: String,
    pub(super) created: Stamp,
    /// Seconds since 1970.
    pub(super) delete_at: Option<i64>,
    /// Its other headers, whole names.
    pub(super) headers: Meta,
}

impl Object {
    /// What a reader gets, in bytes.
    pub(super) fn size(&self) -> u64 {
        self.slo.as_ref().map_or(self.bytes, |slo| slo.size)
    }

    /// What a manifest names it by.
    pub(super) fn hash(&self) -> &str {
        self.slo.as_ref().map_or(&self.md5, |slo| &slo.etag)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let slo_etag: Option<String> = row.get(5)?;
        let slo_size: Option<i64> = row.get(6)?;
        Ok(Self {
            container: row.get(0)?,
            name: row.get(1)?,
            file: row.get(2)?,
            bytes: natural(row.get(3)?),
            md5: row.get(4)?,
            slo: slo_etag.zip(slo_size).map(|(etag, size)| Slo { etag, size: natural(size) }),
            content_type: row.get(7)?,
            created: Stamp(row.get(8)?),
            delete_at: row.get(9)?,
            headers: meta(row, 10)?,
        })
    }
}

const COLUMNS: &str = "container, name, file, bytes, md5, slo_etag, slo_size, content_type, created, delete_at, headers";

pub(super) fn account(conn: &Connection, project: &str) -> rusqlite::Result<Option<Account>> {
    conn.prepare_cached("SELECT created, meta FROM object_account WHERE project_id = ?1")?
        .query_row([project], |row| {
            Ok(Account { created: Stamp(row.get(0)?), meta: meta(row, 1)? })
        })
        .optional()
}

/// Accounts come to be by being used.
pub(super) fn ensure_account(
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

pub(super) fn save_account(
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

pub(super) fn account_totals(conn: &Connection, project: &str) -> rusqlite::Result<Totals> {
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

pub(super) fn container(
    conn: &Connection,
    project: &str,
    name: &str,
) -> rusqlite::Result<Option<Container>> {
    let sql = "SELECT id, name, created, updated, meta FROM object_container WHERE project_id = ?1 AND name = ?2";
    conn.prepare_cached(sql)?.query_row([project, name], container_row).optional()
}

pub(super) fn container_row(row: &Row<'_>) -> rusqlite::Result<Container> {
    Ok(Container {
        id: row.get(0)?,
        name: row.get(1)?,
        created: Stamp(row.get(2)?),
        updated: Stamp(row.get(3)?),
        meta: meta(row, 4)?,
    })
}

pub(super) fn add_container(
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

pub(super) fn change_container(
    conn: &Connection,
    container: &Container,
    now: Stamp,
) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE object_container SET meta = ?2, updated = ?3 WHERE id = ?1")?
        .execute(params![container.id, json(&container.meta)?, now.0])?;
    Ok(())
}

pub(super) fn remove_container(conn: &Connection, id: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM object_container WHERE id = ?1")?.execute([id])?;
    Ok(())
}

pub(super) fn container_totals(conn: &Connection, id: i64) -> rusqlite::Result<Totals> {
    conn.prepare_cached(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM object WHERE container = ?1",
    )?
    .query_row([id], |row| {
        Ok(Totals { containers: 1, objects: natural(row.get(0)?), bytes: natural(row.get(1)?) })
    })
}

/// An object that has not expired.
pub(super) fn object(
    conn: &Connection,
    container: i64,
    name: &str,
    now: Stamp,
) -> rusqlite::Result<Option<Object>> {
    let found = any_object(conn, container, name)?;
    Ok(found.filter(|object| object.delete_at.is_none_or(|end| end > now.seconds())))
}

/// An object, whether it has expired or not.
pub(super) fn any_object(
    conn: &Connection,
    container: i64,
    name: &str,
) -> rusqlite::Result<Option<Object>> {
    let sql = format!("SELECT {COLUMNS} FROM object WHERE container = ?1 AND name = ?2");
    conn.prepare_cached(&sql)?.query_row(params![container, name], Object::from_row).optional()
}

/// The object at a path like `/container/object`.
pub(super) fn object_at(
    conn: &Connection,
    project: &str,
    path: &str,
    now: Stamp,
) -> rusqlite::Result<Option<Object>> {
    let Some((holder, name)) = path.trim_start_matches('/').split_once('/') else {
        return Ok(None);
    };
    match container(conn, project, holder)? {
        Some(container) => object(conn, container.id, name, now),
        None => Ok(None),
    }
}

pub(super) fn save_object(conn: &Connection, object: &Object) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO object ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    );
    conn.prepare_cached(&sql)?.execute(params![
        object.container,
        object.name,
        object.file,
        whole(object.bytes),
        object.md5,
        object.slo.as_ref().map(|slo| &slo.etag),
        object.slo.as_ref().map(|slo| whole(slo.size)),
        object.content_type,
        object.created.0,
        object.delete_at,
        json(&object.headers)?,
    ])?;
    Ok(())
}

pub(super) fn remove_object(conn: &Connection, object: &Object) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM object WHERE container = ?1 AND name = ?2")?
        .execute(params![object.container, object.name])?;
    Ok(())
}

/// Objects whose end has come; at most `most`.
pub(super) fn expired(conn: &Connection, now: Stamp, most: i64) -> rusqlite::Result<Vec<Object>> {
    let sql = format!("SELECT {COLUMNS} FROM object WHERE delete_at <= ?1 LIMIT ?2");
    conn.prepare_cached(&sql)?.query_map(params![now.seconds(), most], Object::from_row)?.collect()
}

/// Rows of a listing: in the order of names, from `from` on (`inclusive` or behind it), or the other way round.
pub(super) fn each_object(
    conn: &Connection,
    container: i64,
    from: &str,
    inclusive: bool,
    reverse: bool,
    mut take: impl FnMut(Object) -> bool,
) -> rusqlite::Result<()> {
    let compare = match (reverse, inclusive) {
        (false, false) => ">",
        (false, true) => ">=",
        (true, false) => "<",
        (true, true) => "<=",
    };
    let order = if reverse { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT {COLUMNS} FROM object WHERE container = ?1 AND name {compare} ?2 ORDER BY name {order}"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![container, from])?;
    while let Some(row) = rows.next()? {
        if !take(Object::from_row(row)?) {
            break;
        }
    }
    Ok(())
}

/// Names of all files that objects have.
pub(super) fn all_files(conn: &Connection) -> rusqlite::Result<std::collections::HashSet<String>> {
    conn.prepare_cached("SELECT file FROM object")?.query_map([], |row| row.get(0))?.collect()
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
