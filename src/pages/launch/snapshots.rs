//! What an image that points to volume snapshots boots from. Pure.

use openstack::compute::SnapshotDisk;
use openstack::image::{Image, MappedDisk};

/// The disks, what is booted from first. `None` when there is anything among them that is no volume snapshot, or nothing to
/// boot from: then the image itself is launched, and the cloud does what its record says.
pub fn disks(image: &Image) -> Option<Vec<MappedDisk>> {
    let mut disks = image.only_mapped_disks()?;
    disks.sort_by_key(|disk| disk.boot_index.unwrap_or(u32::MAX));
    disks.first().is_some_and(MappedDisk::is_root).then_some(disks)
}

/// What is asked for, with the user's word on whether the volumes go with the instance.
pub fn asked(disks: &[MappedDisk], delete: bool) -> Vec<SnapshotDisk> {
    disks
        .iter()
        .map(|disk| SnapshotDisk {
            snapshot: disk.snapshot.clone(),
            boot_index: disk.boot_index,
            size_gib: disk.size_gib,
            volume_type: disk.volume_type.clone(),
            delete_with_server: delete,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn image(mapping: &Value) -> Image {
        serde_json::from_value(json!({
            "id": "i", "status": "active", "size": 0, "block_device_mapping": mapping.to_string(),
        }))
        .expect("an image")
    }

    fn row(change: &Value) -> Value {
        let mut row = json!({
            "boot_index": 0, "volume_size": 20, "source_type": "snapshot", "snapshot_id": "s1",
            "destination_type": "volume", "delete_on_termination": true, "volume_type": null, "device_name": "/dev/vda",
        });
        for (key, value) in change.as_object().expect("an object") {
            row[key] = value.clone();
        }
        row
    }

    #[test]
    fn the_disk_that_is_booted_from_comes_first() {
        let second =
            row(&json!({"boot_index": null, "snapshot_id": "s2", "device_name": "/dev/vdb"}));
        let found = disks(&image(&json!([second, row(&json!({}))]))).expect("two disks");
        let devices: Vec<_> = found.iter().filter_map(|disk| disk.device.as_deref()).collect();
        assert_eq!(devices, ["/dev/vda", "/dev/vdb"]);
        let asked = asked(&found, false);
        assert_eq!(asked[0].size_gib, Some(20));
        assert_eq!((asked[0].boot_index, asked[1].boot_index), (Some(0), None));
        assert!(asked.iter().all(|disk| !disk.delete_with_server));
    }

    #[test]
    fn what_is_more_than_volume_snapshots_is_left_to_the_cloud() {
        assert_eq!(disks(&image(&json!([]))), None);
        let blank = row(&json!({"source_type": "blank", "snapshot_id": null, "boot_index": null}));
        assert_eq!(disks(&image(&json!([row(&json!({})), blank]))), None);
        assert_eq!(disks(&image(&json!([row(&json!({"boot_index": -1}))]))), None);
        assert_eq!(disks(&image(&json!([row(&json!({"snapshot_id": null}))]))), None);
        assert_eq!(disks(&image(&json!("x"))), None);
    }
}
