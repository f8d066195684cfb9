//! Rows that are one JSON document each, for the services whose resources are mostly shown and changed as a whole.
//!
//! A table has the columns `seq` (order of creation), `id`, `project_id`, `due` (microseconds since the epoch at
//! which something is to happen to the row, or NULL) and `doc`. Deliberately not a query language: filters run over
//! the documents of one project, which a quota keeps few.

use rusqlite::{Connection, OptionalExtension, params, types::Type};
use serde::{Serialize, de::DeserializeOwned};

/// Microseconds since 1970, UTC.
pub type Micros = i64;

/// A document with a table of its own.
pub trait Record: Serialize + DeserializeOwned {
    /// The table's name.
    const TABLE: &'static str;
    /// Unique within the table.
    fn id(&self) -> &str;
    /// The project that owns it.
    fn project_id(&self) -> &str;
    /// When the next change of its state is to happen.
    fn due(&self) -> Option<Micros> {
        None
    }
}

/// The document with this id, whoever owns it.
pub fn get<R: Record>(conn: &Connection, id: &str) -> rusqlite::Result<Option<R>> {
    let sql = format!("SELECT doc FROM {} WHERE id = ?1", R::TABLE);
    conn.prepare_cached(&sql)?.query_row([id], |row| decode(row.get_ref(0)?.as_str()?)).optional()
}

/// The project's documents, oldest first.
pub fn of_project<R: Record>(conn: &Connection, project_id: &str) -> rusqlite::Result<Vec<R>> {
    let sql = format!("SELECT doc FROM {} WHERE project_id = ?1 ORDER BY seq", R::TABLE);
    conn.prepare_cached(&sql)?
        .query_map([project_id], |row| decode(row.get_ref(0)?.as_str()?))?
        .collect()
}

/// All documents, oldest first.
pub fn all<R: Record>(conn: &Connection) -> rusqlite::Result<Vec<R>> {
    let sql = format!("SELECT doc FROM {} ORDER BY seq", R::TABLE);
    conn.prepare_cached(&sql)?.query_map([], |row| decode(row.get_ref(0)?.as_str()?))?.collect()
}

/// Ids of the documents that have something under way.
pub fn under_way<R: Record>(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = format!("SELECT id FROM {} WHERE due IS NOT NULL ORDER BY due", R::TABLE);
    conn.prepare_cached(&sql)?.query_map([], |row| row.get(0))?.collect()
}

/// Adds the document, or replaces the one with its id in place.
pub fn put<R: Record>(conn: &Connection, record: &R) -> rusqlite::Result<()> {
    let doc = serde_json::to_string(record)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let sql = format!(
        "INSERT INTO {} (id, project_id, due, doc) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) \
         DO UPDATE SET project_id = excluded.project_id, due = excluded.due, doc = excluded.doc",
        R::TABLE
    );
    conn.prepare_cached(&sql)?.execute(params![
        record.id(),
        record.project_id(),
        record.due(),
        doc
    ])?;
    Ok(())
}

/// Removes the document; whether there was one.
pub fn remove<R: Record>(conn: &Connection, id: &str) -> rusqlite::Result<bool> {
    let sql = format!("DELETE FROM {} WHERE id = ?1", R::TABLE);
    Ok(conn.prepare_cached(&sql)?.execute([id])? > 0)
}

fn decode<R: Record>(doc: &str) -> rusqlite::Result<R> {
    serde_json::from_str(doc)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}
