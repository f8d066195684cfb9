//! The image as a row: reading, writing, and the tables that filters look into.
//!
//! Properties and tags stand in the row as JSON, ready for the answer, and once more in tables of their own for the filters.
//! Only this file and `list.rs` know columns.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Statements that may run again.
pub const SCHEMA: &str = include_str!("tables.sql");

/// The columns in the order that [`ImageRecord::from_row`] reads them.
pub(super) const COLUMNS: &str = "seq, id, name, status, visibility, owner, disk_format, container_format, size, \
     virtual_size, min_disk, min_ram, protected, os_hidden, checksum, os_hash_algo, os_hash_value, created_at, \
     updated_at, stores, tags, properties";

/// One image. Times are whole seconds, as in Glance's database.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageRecord {
    /// Key of the row.
    pub seq: i64,
    /// UUID.
    pub id: String,
    /// At most 255 characters.
    pub name: Option<String>,
    /// `queued`, `saving`, `uploading`, `importing`, `active` or `deactivated`.
    pub status: String,
    /// `public`, `private`, `shared` or `community`.
    pub visibility: String,
    /// Project id.
    pub owner: Option<String>,
    /// One of the schema's formats.
    pub disk_format: Option<String>,
    /// One of the schema's formats.
    pub container_format: Option<String>,
    /// Bytes of the file.
    pub size: Option<i64>,
    /// Bytes of the disk inside.
    pub virtual_size: Option<i64>,
    /// GiB.
    pub min_disk: i64,
    /// MiB.
    pub min_ram: i64,
    /// Cannot be deleted.
    pub protected: bool,
    /// Left out of lists unless asked for.
    pub os_hidden: bool,
    /// MD5, hex.
    pub checksum: Option<String>,
    /// `sha512`.
    pub os_hash_algo: Option<String>,
    /// SHA-512, hex.
    pub os_hash_value: Option<String>,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub updated_at: i64,
    /// Names of the stores that hold the bytes.
    pub stores: Vec<String>,
    /// Each once.
    pub tags: Vec<String>,
    /// All other fields.
    pub properties: Properties,
}

impl ImageRecord {
    /// A queued image without anything but an id.
    pub fn new(id: String, owner: String, now: i64) -> Self {
        Self {
            seq: 0,
            id,
            name: None,
            status: "queued".to_owned(),
            visibility: "shared".to_owned(),
            owner: Some(owner),
            disk_format: None,
            container_format: None,
            size: None,
            virtual_size: None,
            min_disk: 0,
            min_ram: 0,
            protected: false,
            os_hidden: false,
            checksum: None,
            os_hash_algo: None,
            os_hash_value: None,
            created_at: now,
            updated_at: now,
            stores: Vec::new(),
            tags: Vec::new(),
            properties: Properties::default(),
        }
    }

    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let stores: String = row.get(19)?;
        let json = |index: usize| row.get_ref(index)?.as_str().map_err(rusqlite::Error::from);
        Ok(Self {
            seq: row.get(0)?,
            id: row.get(1)?,
            name: row.get(2)?,
            status: row.get(3)?,
            visibility: row.get(4)?,
            owner: row.get(5)?,
            disk_format: row.get(6)?,
            container_format: row.get(7)?,
            size: row.get(8)?,
            virtual_size: row.get(9)?,
            min_disk: row.get(10)?,
            min_ram: row.get(11)?,
            protected: row.get(12)?,
            os_hidden: row.get(13)?,
            checksum: row.get(14)?,
            os_hash_algo: row.get(15)?,
            os_hash_value: row.get(16)?,
            created_at: row.get(17)?,
            updated_at: row.get(18)?,
            stores: stores.split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            tags: serde_json::from_str(json(20)?).map_err(unreadable)?,
            properties: serde_json::from_str(json(21)?).map_err(unreadable)?,
        })
    }

    /// The image with this id, whoever may see it.
    pub fn find(conn: &Connection, id: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM image WHERE id = ?1");
        conn.prepare_cached(&sql)?.query_row([id], Self::from_row).optional()
    }

    /// Whether the id is in use or was, or the row could be added.
    pub fn insert(&mut self, tx: &Transaction<'_>) -> rusqlite::Result<bool> {
        let sql =
            "SELECT 1 FROM image WHERE id = ?1 UNION SELECT 1 FROM image_deleted WHERE id = ?1";
        if tx.prepare_cached(sql)?.exists([&self.id])? {
            return Ok(false);
        }
        let sql = format!(
            "INSERT INTO image ({COLUMNS}) VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
             ?15, ?16, ?17, ?18, ?19, ?20, ?21)"
        );
        self.run(tx, &sql)?;
        self.seq = tx.last_insert_rowid();
        self.write_indexes(tx)?;
        Ok(true)
    }

    /// Writes the whole row and its filters.
    pub fn save(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        self.run(
            tx,
            "UPDATE image SET name = ?2, status = ?3, visibility = ?4, owner = ?5, disk_format = ?6, \
             container_format = ?7, size = ?8, virtual_size = ?9, min_disk = ?10, min_ram = ?11, protected = ?12, \
             os_hidden = ?13, checksum = ?14, os_hash_algo = ?15, os_hash_value = ?16, created_at = ?17, \
             updated_at = ?18, stores = ?19, tags = ?20, properties = ?21 WHERE id = ?1",
        )?;
        tx.prepare_cached("DELETE FROM image_property WHERE image = ?1")?.execute([self.seq])?;
        tx.prepare_cached("DELETE FROM image_tag WHERE image = ?1")?.execute([self.seq])?;
        self.write_indexes(tx)
    }

    /// Removes the row and all that hangs on it; the id stays taken.
    pub fn delete(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        tx.prepare_cached("DELETE FROM image WHERE seq = ?1")?.execute([self.seq])?;
        tx.prepare_cached("INSERT OR IGNORE INTO image_deleted VALUES (?1)")?
            .execute([&self.id])?;
        Ok(())
    }

    fn run(&self, tx: &Transaction<'_>, sql: &str) -> rusqlite::Result<()> {
        let tags = serde_json::to_string(&self.tags).map_err(unwritable)?;
        let properties = serde_json::to_string(&self.properties).map_err(unwritable)?;
        tx.prepare_cached(sql)?.execute(params![
            self.id,
            self.name,
            self.status,
            self.visibility,
            self.owner,
            self.disk_format,
            self.container_format,
            self.size,
            self.virtual_size,
            self.min_disk,
            self.min_ram,
            self.protected,
            self.os_hidden,
            self.checksum,
            self.os_hash_algo,
            self.os_hash_value,
            self.created_at,
            self.updated_at,
            self.stores.join(","),
            tags,
            properties,
        ])?;
        Ok(())
    }

    fn write_indexes(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let mut add = tx.prepare_cached("INSERT INTO image_property VALUES (?1, ?2, ?3)")?;
        for (name, value) in self.properties.iter() {
            add.execute(params![self.seq, name, value])?;
        }
        let mut add = tx.prepare_cached("INSERT INTO image_tag VALUES (?1, ?2)")?;
        for tag in &self.tags {
            add.execute(params![self.seq, tag])?;
        }
        Ok(())
    }
}

/// The properties in the order in which they were given, as Glance shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties(Vec<(String, String)>);

impl Properties {
    /// The value under this exact name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Replaces the value, or adds it at the end.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, v)) => *v = value.into(),
            None => self.0.push((name.to_owned(), value.into())),
        }
    }

    /// Whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|(n, _)| n != name);
        self.0.len() < before
    }

    /// Name and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut out = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    out.push(entry);
                }
                Ok(Properties(out))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Seconds since 1970 as Glance writes a time.
pub(super) fn isotime(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

fn unreadable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}

fn unwritable(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(Box::new(error))
}
