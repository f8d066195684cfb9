//! The image record, decoded tolerantly.

use std::collections::BTreeMap;

use crate::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::decode::parse_time;
use crate::ids::{ImageId, ProjectId, ServerId};
use crate::words::words;

words! {
    /// The state of an image (glance/domain/__init__.py).
    ImageStatus {
        /// A record without data.
        Queued = "queued",
        /// Data is being received.
        Saving = "saving",
        /// Data is being received into the staging area.
        Uploading = "uploading",
        /// Staged or remote data is being taken in.
        Importing = "importing",
        /// Ready.
        Active = "active",
        /// Closed by an operator: listed, but its data cannot be had.
        Deactivated = "deactivated",
        /// A failed upload of older releases.
        Killed = "killed",
        /// Gone.
        Deleted = "deleted",
        /// Going.
        PendingDelete = "pending_delete",
    }
}

impl ImageStatus {
    /// Whether it is about to change by itself.
    pub fn is_changing(&self) -> bool {
        matches!(self, Self::Saving | Self::Uploading | Self::Importing | Self::PendingDelete)
    }
}

words! {
    /// Who sees an image.
    Visibility {
        /// Everyone; only operators may set it.
        Public = "public",
        /// Everyone who knows its id, in nobody's list.
        Community = "community",
        /// The project and its members. Glance's default for a new image.
        Shared = "shared",
        /// The project alone.
        Private = "private",
    }
}

/// An image as Glance shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Its name; Glance allows none.
    pub name: Option<String>,
    /// Its state.
    pub status: ImageStatus,
    /// Who sees it.
    pub visibility: Visibility,
    /// Whether it refuses to be deleted.
    pub protected: bool,
    /// Whether it is left out of lists.
    pub hidden: bool,
    /// The project that owns it.
    pub owner: Option<ProjectId>,
    /// `qcow2`, `raw`, …; none for a snapshot of a server on a volume.
    pub disk_format: Option<String>,
    /// `bare` nearly always.
    pub container_format: Option<String>,
    /// The file's size. `None` before there is data.
    pub size_bytes: Option<u64>,
    /// The disk's size, where Glance found it out.
    pub virtual_size_bytes: Option<u64>,
    /// The smallest disk it boots from.
    pub min_disk_gib: u64,
    /// The smallest memory it boots with.
    pub min_ram_mib: u64,
    /// MD5, lower-case hex.
    pub checksum: Option<String>,
    /// The algorithm of `hash_value`: `sha512` unless an operator chose another.
    pub hash_algo: Option<String>,
    /// Lower-case hex.
    pub hash_value: Option<String>,
    /// When the record was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Its tags.
    pub tags: Vec<String>,
    /// The ids of the stores that hold its data.
    pub stores: Vec<String>,
    /// Every other key: `os_distro`, `hw_disk_bus`, `description`, anything.
    pub properties: BTreeMap<String, String>,
}

impl Image {
    /// A property that is not empty.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether it is about to change by itself: a passing state, or an import that has not begun to show.
    pub fn is_changing(&self) -> bool {
        self.status.is_changing()
            || (self.status == ImageStatus::Queued
                && self.property("os_glance_import_task").is_some())
    }

    /// Whether it was made from a server (`image_type=snapshot`), with its data in the image.
    pub fn is_snapshot(&self) -> bool {
        self.property("image_type") == Some("snapshot") || self.is_volume_snapshot()
    }

    /// Whether it was made from a server on a volume: it has no data and points to volume snapshots. It cannot be
    /// downloaded, and no server can be rescued with it.
    pub fn is_volume_snapshot(&self) -> bool {
        self.property("block_device_mapping").is_some() && self.size_bytes.unwrap_or(0) == 0
    }

    /// The server it was made from. Nova does not say it of an image without data: there it is the server that has the
    /// volumes of the snapshots.
    pub fn source_server(&self) -> Option<ServerId> {
        self.property("instance_uuid").map(ServerId::from)
    }

    /// The smallest volume it can be written to: file, disk, and `min_disk`, whichever is largest
    /// (cinder/volume/flows/api/create_volume.py).
    pub fn smallest_volume_gib(&self) -> u64 {
        const GIB: u64 = 1 << 30;
        let whole = |bytes: Option<u64>| bytes.unwrap_or(0).div_ceil(GIB);
        whole(self.size_bytes).max(whole(self.virtual_size_bytes)).max(self.min_disk_gib).max(1)
    }

    /// The stores in which its import failed (`os_glance_failed_import`).
    pub fn failed_stores(&self) -> Vec<&str> {
        let listed = self.property("os_glance_failed_import").unwrap_or_default();
        listed.split(',').map(str::trim).filter(|store| !store.is_empty()).collect()
    }
}

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Fields(Map::deserialize(deserializer)?);
        let id = fields
            .text("id")
            .filter(|id| !id.is_empty())
            .ok_or_else(|| D::Error::missing_field("id"))?;
        let image = Self {
            id: ImageId::new(id),
            name: fields.text("name"),
            status: ImageStatus::from(fields.text("status").unwrap_or_default().as_str()),
            visibility: Visibility::from(fields.text("visibility").unwrap_or_default().as_str()),
            protected: fields.flag("protected"),
            hidden: fields.flag("os_hidden"),
            owner: fields.text("owner").map(ProjectId::from),
            disk_format: fields.text("disk_format"),
            container_format: fields.text("container_format"),
            size_bytes: fields.number("size"),
            virtual_size_bytes: fields.number("virtual_size"),
            min_disk_gib: fields.number("min_disk").unwrap_or(0),
            min_ram_mib: fields.number("min_ram").unwrap_or(0),
            checksum: fields.text("checksum"),
            hash_algo: fields.text("os_hash_algo"),
            hash_value: fields.text("os_hash_value"),
            created_at: fields.text("created_at").as_deref().and_then(parse_time),
            updated_at: fields.text("updated_at").as_deref().and_then(parse_time),
            tags: fields.texts("tags"),
            stores: fields.texts("stores"),
            properties: BTreeMap::new(),
        };
        Ok(Self { properties: fields.properties(), ..image })
    }
}

/// Takes known keys out; what is left are properties. A value of an unexpected type counts as missing.
struct Fields(Map<String, Value>);

impl Fields {
    fn text(&mut self, key: &str) -> Option<String> {
        match self.0.remove(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn number(&mut self, key: &str) -> Option<u64> {
        self.0.remove(key)?.as_u64()
    }

    fn flag(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some_and(|value| value.as_bool().unwrap_or(false))
    }

    /// An array of texts, or (`stores`) one text with commas.
    fn texts(&mut self, key: &str) -> Vec<String> {
        match self.0.remove(key) {
            Some(Value::Array(values)) => {
                values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(text)) => {
                text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    fn properties(self) -> BTreeMap<String, String> {
        // Glance's own links; `direct_url` and `locations` are shown by some clouds and are of no use here.
        const NOT_PROPERTIES: [&str; 5] = ["self", "file", "schema", "direct_url", "locations"];
        let mut properties = BTreeMap::new();
        for (key, value) in self.0 {
            if NOT_PROPERTIES.contains(&key.as_str()) {
                continue;
            }
            let text = match value {
                Value::String(text) => text,
                Value::Null => continue,
                other => other.to_string(),
            };
            properties.insert(key, text);
        }
        properties
    }
}
