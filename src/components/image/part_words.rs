//! Words for the volume snapshots that an image of an instance points to. Pure.

use openstack::volume::{Volume, VolumeSnapshotStatus};

use crate::cloud::SnapshotPart;
use crate::text::{format, tr, tr_with};
use crate::ui::Shape;

/// So many names are told; of more, how many.
const NAMES: usize = 3;

/// What to call a volume snapshot: its name, or the beginning of its id.
pub fn part_name(part: &SnapshotPart) -> String {
    let named = part.snapshot.as_ref().map(|snapshot| snapshot.name.trim());
    match named.filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => {
            let id = part.disk.snapshot.as_str();
            tr_with("Volume snapshot {id}", &[("id", &id.get(..8).unwrap_or(id))])
        }
    }
}

/// GiB of the volume that is made from it; what Cinder says goes before what the image's record says.
pub fn part_size_gib(part: &SnapshotPart) -> Option<u64> {
    let real = part.snapshot.as_ref().map(|snapshot| snapshot.size_gib);
    real.filter(|gib| *gib > 0).or(part.disk.size_gib)
}

/// Shape and word of its state. `own`: the image is the project's, which then sees every snapshot there is.
pub fn part_state(part: &SnapshotPart, own: bool) -> (Shape, String) {
    let Some(snapshot) = &part.snapshot else {
        return match own {
            true => (Shape::Failed, tr("Gone").to_owned()),
            false => (Shape::Unknown, tr("Another project’s").to_owned()),
        };
    };
    let (shape, word) = match &snapshot.status {
        VolumeSnapshotStatus::Available => (Shape::Active, tr("Available")),
        VolumeSnapshotStatus::Creating => (Shape::Saving, tr("Being made")),
        VolumeSnapshotStatus::BackingUp => (Shape::Saving, tr("Being backed up")),
        VolumeSnapshotStatus::Restoring => (Shape::Saving, tr("Being restored")),
        VolumeSnapshotStatus::Deleting => (Shape::Deleting, tr("Deleting")),
        VolumeSnapshotStatus::Error => (Shape::Failed, tr("Failed")),
        VolumeSnapshotStatus::ErrorDeleting => (Shape::Failed, tr("Not deleted")),
        VolumeSnapshotStatus::Other(word) => (Shape::Unknown, word.as_str()),
    };
    (shape, word.to_owned())
}

/// "40 GiB of the volume erp-db, zone dev-1a. Instances boot from it."
pub fn part_note(part: &SnapshotPart) -> String {
    let size = part_size_gib(part).map(format::disk);
    let of = part.volume.as_ref().map(volume_name);
    let what = match (size, of) {
        (Some(size), Some(volume)) => {
            tr_with("{size} of the volume {volume}", &[("size", &size), ("volume", &volume)])
        }
        (Some(size), None) => size,
        (None, Some(volume)) => tr_with("Of the volume {volume}", &[("volume", &volume)]),
        (None, None) => tr("Size unknown").to_owned(),
    };
    let zone = part.volume.as_ref().and_then(|volume| volume.availability_zone.as_deref());
    let what = match zone {
        Some(zone) => format!("{what}, {}", tr_with("zone {zone}", &[("zone", &zone)])),
        None => what,
    };
    let role =
        if part.disk.is_root() { tr("Instances boot from it.") } else { tr("A further disk.") };
    format!("{what}. {role}")
}

/// "2 snapshots, 60 GiB, zone dev-1a".
pub fn parts_sum(parts: &[SnapshotPart]) -> String {
    let mut words = vec![format::count(parts.len(), "snapshot", "snapshots")];
    let sizes: Option<Vec<u64>> = parts.iter().map(part_size_gib).collect();
    if let Some(sizes) = sizes {
        words.push(format::disk(sizes.iter().sum()));
    }
    let zones = part_zones(parts);
    if !zones.is_empty() {
        words.push(tr_with("zone {zone}", &[("zone", &zones.join(", "))]));
    }
    words.join(", ")
}

/// The zones that its volumes come to be in, each once.
pub fn part_zones(parts: &[SnapshotPart]) -> Vec<&str> {
    let mut zones: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.volume.as_ref()?.availability_zone.as_deref())
        .collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// Which volumes were made from it and are still there: "1 volume was made from it: erp-copy."
pub fn children_words(part: &SnapshotPart) -> Option<String> {
    let names: Vec<String> = part.children.iter().take(NAMES).map(volume_name).collect();
    let more = part.children.len().saturating_sub(names.len());
    let mut listed = names.join(", ");
    if more > 0 {
        listed = format!("{listed} {}", tr_with("and {count} more", &[("count", &more)]));
    }
    match part.children.len() {
        0 => None,
        1 => Some(tr_with("1 volume was made from it: {names}.", &[("names", &listed)])),
        count => Some(tr_with(
            "{count} volumes were made from it: {names}.",
            &[("count", &count), ("names", &listed)],
        )),
    }
}

/// Why Cinder would refuse to delete it now.
pub fn why_not_delete_part(part: &SnapshotPart) -> Option<String> {
    let why = match part.snapshot.as_ref().map(|snapshot| &snapshot.status) {
        None => tr("It is gone already."),
        Some(VolumeSnapshotStatus::Available | VolumeSnapshotStatus::Error) => return None,
        Some(VolumeSnapshotStatus::ErrorDeleting) => {
            tr("The cloud could not delete it; only its operator can now.")
        }
        Some(VolumeSnapshotStatus::Deleting) => tr("It is being deleted."),
        Some(_) => tr("It is still being made or copied; the cloud would refuse."),
    };
    Some(why.to_owned())
}

/// The name of a volume, or the beginning of its id.
pub fn volume_name(volume: &Volume) -> String {
    let name = volume.name.trim();
    if !name.is_empty() {
        return name.to_owned();
    }
    let id = volume.id.as_str();
    id.get(..8).unwrap_or(id).to_owned()
}

#[cfg(test)]
mod tests {
    use openstack::image::{Image, MappedDisk};
    use serde_json::{Value, json};

    use super::*;

    fn disk(boot_index: Value) -> MappedDisk {
        let row =
            json!([{"snapshot_id": "06cbc60d-2864", "boot_index": boot_index, "volume_size": 9}]);
        let image: Image = serde_json::from_value(
            json!({"id": "i", "status": "active", "block_device_mapping": row.to_string()}),
        )
        .expect("an image");
        image.mapped_disks().remove(0)
    }

    fn volume(json: Value) -> Volume {
        let mut all = json!({"id": "a3652c1a-3b0b", "status": "in-use", "size": 40});
        if let (Some(all), Some(more)) = (all.as_object_mut(), json.as_object()) {
            all.extend(more.clone());
        }
        serde_json::from_value(all).expect("a volume")
    }

    fn part(status: Option<&str>, children: usize) -> SnapshotPart {
        let snapshot = status.map(|status| {
            serde_json::from_value(json!({
                "id": "06cbc60d-2864", "name": "snapshot for erp", "status": status,
                "volume_id": "a3652c1a-3b0b", "size": 40,
            }))
            .expect("a snapshot")
        });
        let of = volume(json!({"name": "erp-db", "availability_zone": "dev-1a"}));
        SnapshotPart {
            disk: disk(json!(0)),
            volume: snapshot.is_some().then_some(of),
            snapshot,
            children: (0..children)
                .map(|at| volume(json!({"name": format!("copy-{at}")})))
                .collect(),
        }
    }

    #[test]
    fn a_part_is_said_in_full() {
        let whole = part(Some("available"), 0);
        assert_eq!(part_name(&whole), "snapshot for erp");
        assert_eq!(
            part_note(&whole),
            "40 GiB of the volume erp-db, zone dev-1a. Instances boot from it."
        );
        let gone = SnapshotPart { disk: disk(Value::Null), ..part(None, 0) };
        assert_eq!(part_name(&gone), "Volume snapshot 06cbc60d");
        assert_eq!(part_note(&gone), "9 GiB. A further disk.");
        assert_eq!(parts_sum(&[whole, gone]), "2 snapshots, 49 GiB, zone dev-1a");
    }

    #[test]
    fn what_hangs_on_a_snapshot_is_counted() {
        let check = |children: usize, expected: Option<&str>| {
            assert_eq!(children_words(&part(Some("available"), children)).as_deref(), expected);
        };
        check(0, None);
        check(1, Some("1 volume was made from it: copy-0."));
        check(2, Some("2 volumes were made from it: copy-0, copy-1."));
        check(5, Some("5 volumes were made from it: copy-0, copy-1, copy-2 and 2 more."));
    }

    #[test]
    fn only_what_rests_can_be_deleted() {
        let check = |status: Option<&str>, can: bool| {
            assert_eq!(why_not_delete_part(&part(status, 0)).is_none(), can, "{status:?}");
        };
        check(Some("available"), true);
        check(Some("error"), true);
        for status in ["creating", "deleting", "error_deleting", "backing-up", "melting"] {
            check(Some(status), false);
        }
        check(None, false);
        assert_eq!(part_state(&part(None, 0), false).0, Shape::Unknown);
        assert_eq!(part_state(&part(None, 0), true).0, Shape::Failed);
    }
}
