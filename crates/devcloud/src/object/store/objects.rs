//! The rows of objects.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{container, json, meta, natural, whole};
use crate::object::meta::Meta;
use crate::object::stamp::Stamp;

/// What makes an object a static large one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::object) struct Slo {
    /// MD5 of its segments' MD5s, without quotes.
    pub(in crate::object) etag: String,
    /// Bytes of all segments.
    pub(in crate::object) size: u64,
}

#[derive(Debug, Clone)]
pub(in crate::object) struct Object {
    pub(in crate::object) container: i64,
    pub(in crate::object) name: String,
    pub(in crate::object) file: String,
    /// Bytes of the file: of the manifest when it is a large object.
    pub(in crate::object) bytes: u64,
    pub(in crate::object) md5: String,
    pub(in crate::object) slo: Option<Slo>,
    pub(in crate::object) content_type: String,
    pub(in crate::object) created: Stamp,
    /// Seconds since 1970.
    pub(in crate::object) delete_at: Option<i64>,
    /// Its other headers, whole names.
    pub(in crate::object) headers: Meta,
}

impl Object {
    /// What a reader gets, in bytes.
    pub(in crate::object) fn size(&self) -> u64 {
        self.slo.as_ref().map_or(self.bytes, |slo| slo.size)
    }

    /// What a manifest names it by.
    pub(in crate::object) fn hash(&self) -> &str {
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

/// An object that has not expired.
pub(in crate::object) fn object(
    conn: &Connection,
    container: i64,
    name: &str,
    now: Stamp,
) -> rusqlite::Result<Option<Object>> {
    let found = any_object(conn, container, name)?;
    Ok(found.filter(|object| object.delete_at.is_none_or(|end| end > now.seconds())))
}

/// An object, whether it has expired or not.
pub(in crate::object) fn any_object(
    conn: &Connection,
    container: i64,
    name: &str,
) -> rusqlite::Result<Option<Object>> {
    let sql = format!("SELECT {COLUMNS} FROM object WHERE container = ?1 AND name = ?2");
    conn.prepare_cached(&sql)?.query_row(params![container, name], Object::from_row).optional()
}

/// The object at a path like `/container/object`.
pub(in crate::object) fn object_at(
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

pub(in crate::object) fn save_object(conn: &Connection, object: &Object) -> rusqlite::Result<()> {
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

pub(in crate::object) fn remove_object(conn: &Connection, object: &Object) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM object WHERE container = ?1 AND name = ?2")?
        .execute(params![object.container, object.name])?;
    Ok(())
}

/// Objects whose end has come; at most `most`.
pub(in crate::object) fn expired(
    conn: &Connection,
    now: Stamp,
    most: i64,
) -> rusqlite::Result<Vec<Object>> {
    let sql = format!("SELECT {COLUMNS} FROM object WHERE delete_at <= ?1 LIMIT ?2");
    conn.prepare_cached(&sql)?.query_map(params![now.seconds(), most], Object::from_row)?.collect()
}

/// Rows of a listing: in the order of names, from `from` on (`inclusive` or behind it), or the other way round.
pub(in crate::object) fn each_object(
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
pub(in crate::object) fn all_files(
    conn: &Connection,
) -> rusqlite::Result<std::collections::HashSet<String>> {
    conn.prepare_cached("SELECT file FROM object")?.query_map([], |row| row.get(0))?.collect()
}
