//! What an image of a server on volumes points to, as Nova wrote it down in its record
//! (nova/objects/block_device.py `get_image_mapping`).

use serde_json::Value;

use super::Image;
use crate::ids::VolumeSnapshotId;

/// A disk that the image stands for: a volume is made from a volume snapshot when a server is started from the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedDisk {
    /// The snapshot.
    pub snapshot: VolumeSnapshotId,
    /// 0 is what a server boots from; `None` is never tried.
    pub boot_index: Option<u32>,
    /// `/dev/vda`.
    pub device: Option<String>,
    /// The size that the volume gets.
    pub size_gib: Option<u64>,
    /// The volume type's name, where the server's own volume was given one.
    pub volume_type: Option<String>,
    /// Whether the volume goes with the server.
    pub delete_with_server: bool,
}

impl MappedDisk {
    /// Whether a server boots from it.
    pub fn is_root(&self) -> bool {
        self.boot_index == Some(0)
    }
}

impl Image {
    /// The disks made from volume snapshots that it stands for (`block_device_mapping`, a JSON text), in their order.
    pub fn mapped_disks(&self) -> Vec<MappedDisk> {
        self.mapping().into_iter().flatten().collect()
    }

    /// The same, where every disk that it stands for is made from a volume snapshot; `None` where one is anything else.
    pub fn only_mapped_disks(&self) -> Option<Vec<MappedDisk>> {
        self.mapping().into_iter().collect()
    }

    /// A row each; `None` for one that is no volume snapshot.
    fn mapping(&self) -> Vec<Option<MappedDisk>> {
        let Some(text) = self.property("block_device_mapping") else { return Vec::new() };
        // What is not that JSON names no snapshots that could be looked up.
        let Ok(Value::Array(rows)) = serde_json::from_str(text) else { return Vec::new() };
        rows.iter().map(disk).collect()
    }

    /// The volume snapshots that it points to.
    pub fn volume_snapshots(&self) -> Vec<VolumeSnapshotId> {
        self.mapped_disks().into_iter().map(|disk| disk.snapshot).collect()
    }
}

fn disk(row: &Value) -> Option<MappedDisk> {
    let text = |key: &str| row.get(key)?.as_str().filter(|text| !text.is_empty());
    let number = |key: &str| match row.get(key)? {
        Value::Number(number) => number.as_u64(),
        // Who made the server may have sent it as a text.
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    Some(MappedDisk {
        snapshot: VolumeSnapshotId::from(text("snapshot_id")?),
        boot_index: number("boot_index").and_then(|index| u32::try_from(index).ok()),
        device: text("device_name").map(str::to_owned),
        size_gib: number("volume_size"),
        volume_type: text("volume_type").map(str::to_owned),
        delete_with_server: row
            .get("delete_on_termination")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    })
}
