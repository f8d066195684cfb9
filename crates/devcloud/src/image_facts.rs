//! What Nova and Cinder look at in an image before they use it, kept with the server or volume that is made of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One image, as the checks and the copied metadata need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Its id.
    pub id: String,
    /// Its name; may be empty.
    pub name: String,
    /// `active`, `queued` …
    pub status: String,
    /// Bytes of its file.
    pub size_bytes: i64,
    /// Bytes of the disk that it holds, when Glance knows.
    pub virtual_size_bytes: i64,
    /// Smallest disk in GiB.
    pub min_disk_gib: i64,
    /// Smallest memory in MiB.
    pub min_ram_mib: i64,
    /// `qcow2`, `raw` …
    pub disk_format: String,
    /// `bare` mostly.
    pub container_format: String,
    /// MD5, hex.
    pub checksum: String,
    /// Custom properties (`os_distro`, `hw_disk_bus` …).
    pub properties: BTreeMap<String, String>,
}

impl ImageFacts {
    /// GiB that bytes fill, rounded up.
    pub fn gib(bytes: i64) -> i64 {
        const GIB: i64 = 1 << 30;
        bytes.max(0).saturating_add(GIB - 1) / GIB
    }

    /// What Cinder copies into a volume's `volume_image_metadata`.
    pub fn volume_metadata(&self) -> BTreeMap<String, String> {
        let mut metadata = self.properties.clone();
        let pairs = [
            ("signature_verified", "False".to_owned()),
            ("image_id", self.id.clone()),
            ("image_name", self.name.clone()),
            ("checksum", self.checksum.clone()),
            ("container_format", self.container_format.clone()),
            ("disk_format", self.disk_format.clone()),
            ("min_disk", self.min_disk_gib.to_string()),
            ("min_ram", self.min_ram_mib.to_string()),
            ("size", self.size_bytes.to_string()),
        ];
        metadata.extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)));
        metadata
    }

    /// What Nova makes of it again (`get_image_metadata_from_volume` in `nova/utils.py`).
    pub fn of_volume_metadata(mut metadata: BTreeMap<String, String>) -> Self {
        let mut text = |name: &str| metadata.remove(name).unwrap_or_default();
        let (id, name) = (text("image_id"), text("image_name"));
        let (disk_format, container_format) = (text("disk_format"), text("container_format"));
        let checksum = text("checksum");
        let mut number = |name: &str| text(name).parse().unwrap_or(0);
        let (min_disk_gib, min_ram_mib) = (number("min_disk"), number("min_ram"));
        let size_bytes = number("size");
        Self {
            id,
            name,
            status: "active".to_owned(),
            size_bytes,
            virtual_size_bytes: 0,
            min_disk_gib,
            min_ram_mib,
            disk_format,
            container_format,
            checksum,
            properties: metadata,
        }
    }
}
