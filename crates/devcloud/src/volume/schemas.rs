//! Bodies that Cinder takes (`cinder/api/schemas/`).

use crate::body_schema::{
    Format, Pattern, Schema, Type, any, boolean, dictionary, number, object, of, one_of,
    one_of_words, text,
};
use crate::microversion::Microversion;

/// `POST /volumes`.
pub fn create(version: Microversion) -> Schema {
    let mut known = names();
    known.extend([
        ("volume_type", text(0, 255).or_null()),
        ("metadata", dictionary(KEY, text(0, 255).or_null()).or_null()),
        ("snapshot_id", optional_uuid()),
        ("source_volid", optional_uuid()),
        ("consistencygroup_id", optional_uuid()),
        ("size", number(1, Some(0x7FFF_FFFF)).or_null()),
        ("availability_zone", text(1, 255).or_null()),
        ("multiattach", boolean()),
        ("image_id", text(0, 255).or_null()),
        ("imageRef", text(0, 255).or_null()),
    ]);
    if version.minor >= 13 {
        known.push(("group_id", text(0, 255).or_null()));
    }
    if version.minor >= 47 {
        known.push(("backup_id", optional_uuid()));
    }
    let volume = object(known, &[]);
    let volume = if version.minor >= 53 { volume } else { volume.open() };
    let hints = of(&[Type::Object, Type::Null]);
    object(vec![("volume", volume), ("OS-SCH-HNT:scheduler_hints", hints)], &["volume"])
}

/// `PUT /volumes/{id}`.
pub fn update() -> Schema {
    let mut known = names();
    known.push(("metadata", dictionary(KEY, text(0, 255))));
    object(vec![("volume", object(known, &[]))], &["volume"])
}

/// `POST /snapshots` (`cinder/api/schemas/snapshots.py`).
pub fn create_snapshot() -> Schema {
    let snapshot = object(
        vec![
            ("name", text(0, 255).or_null()),
            ("display_name", text(0, 255).or_null()),
            ("description", text(0, 255).or_null()),
            ("volume_id", optional_uuid()),
            ("force", boolean()),
            ("metadata", dictionary(KEY, text(0, 255)).or_null()),
        ],
        &["volume_id"],
    );
    object(vec![("snapshot", snapshot)], &["snapshot"])
}

/// `PUT /snapshots/{id}`.
pub fn update_snapshot() -> Schema {
    object(vec![("snapshot", object(names(), &[]))], &["snapshot"])
}

/// `POST` and `PUT` of `/metadata`.
pub fn metadata() -> Schema {
    object(vec![("metadata", dictionary(KEY, text(0, 255)))], &["metadata"]).open()
}

/// `PUT /metadata/{key}`.
pub fn metadata_item() -> Schema {
    object(vec![("meta", dictionary(KEY, text(0, 255)))], &["meta"]).open()
}

/// An action of a volume (`cinder/api/schemas/volume_actions.py`, `volume_image_metadata.py`); `None` for one that is not
/// served here.
pub fn action(name: &str, version: Microversion) -> Option<Schema> {
    let (name, parameters) = match name {
        "os-volume_upload_image" => {
            const FORMATS: [&str; 7] = ["raw", "vmdk", "vdi", "qcow2", "vhd", "vhdx", "ploop"];
            let mut known = vec![
                ("image_name", text(1, 255)),
                ("force", boolean()),
                ("disk_format", one_of_words(&FORMATS)),
                ("container_format", text(0, 255).or_null()),
            ];
            if version.minor >= 1 {
                let who = one_of_words(&["community", "public", "private", "shared"]);
                known.extend([("visibility", who), ("protected", boolean())]);
            }
            ("os-volume_upload_image", object(known, &["image_name"]))
        }
        "os-set_bootable" => {
            ("os-set_bootable", object(vec![("bootable", boolean())], &["bootable"]))
        }
        "os-extend" => {
            let size = number(1, Some(0x7FFF_FFFF));
            ("os-extend", object(vec![("new_size", size)], &["new_size"]))
        }
        "os-set_image_metadata" => {
            let pairs = dictionary(KEY, text(0, 255));
            ("os-set_image_metadata", object(vec![("metadata", pairs)], &["metadata"]))
        }
        "os-unset_image_metadata" => {
            ("os-unset_image_metadata", object(vec![("key", text(1, 255))], &["key"]))
        }
        "os-show_image_metadata" => ("os-show_image_metadata", any()),
        _ => return None,
    };
    Some(object(vec![(name, parameters)], &[name]))
}

const KEY: Pattern = Pattern {
    source: "^[a-zA-Z0-9-_:. ]{1,255}$",
    matches: |name| {
        (1..=255).contains(&name.len())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | ' '))
    },
};

fn names() -> Vec<(&'static str, Schema)> {
    ["name", "description", "display_name", "display_description"]
        .into_iter()
        .map(|name| (name, text(0, 255).or_null()))
        .collect()
}

fn optional_uuid() -> Schema {
    one_of(vec![text(0, 255).in_format(Format::Uuid), of(&[Type::Null])])
}
