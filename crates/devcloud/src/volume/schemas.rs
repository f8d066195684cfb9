//! Bodies that Cinder takes (`cinder/api/schemas/volumes.py`).

use crate::body_schema::{
    Format, Pattern, Schema, Type, boolean, dictionary, number, object, of, one_of, text,
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
