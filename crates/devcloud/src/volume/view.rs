//! Volumes as Cinder shows them, by microversion (`cinder/api/v3/views/volumes.py`).

use serde_json::{Map, Value, json};

use super::model::{Status, Volume};
use super::types;
use crate::clock::at_micros;
use crate::microversion::Microversion;
use crate::records::Micros;
use crate::state::Region;

/// Which view of a volume.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The answer to its creation: exact time, no owner.
    Created,
    /// A look at it.
    Read,
}

/// `id`, `name` and links.
pub fn summary(volume: &Volume, root: &str) -> Value {
    json!({"id": volume.id, "name": volume.name, "links": links(volume, root)})
}

/// All attributes.
pub fn detail(
    volume: &Volume,
    region: &Region,
    version: Microversion,
    root: &str,
    moment: Moment,
) -> Value {
    let attachments: Vec<Value> = volume
        .attachments
        .iter()
        .filter(|attachment| attachment.attached.is_some())
        .map(|attachment| {
            json!({
                "id": volume.id, "attachment_id": attachment.id, "volume_id": volume.id,
                "server_id": attachment.server_id, "host_name": null, "device": attachment.device,
                "attached_at": attachment.attached.map(seconds),
            })
        })
        .collect();
    let created =
        if moment == Moment::Created { exact(volume.created) } else { seconds(volume.created) };
    let view = json!({
        "id": volume.id, "status": volume.status.word(), "size": volume.size_gib,
        "availability_zone": volume.zone, "created_at": created, "updated_at": volume.updated.map(seconds),
        "name": volume.name, "description": volume.description, "volume_type": volume.volume_type,
        "snapshot_id": volume.snapshot_id, "source_volid": volume.source_volid, "metadata": volume.metadata,
        "links": links(volume, root), "user_id": volume.user_id,
        "bootable": if volume.bootable { "true" } else { "false" }, "encrypted": false,
        "replication_status": null, "consistencygroup_id": null, "multiattach": false,
        "attachments": attachments,
    });
    let Value::Object(mut view) = view else { return view };
    let mut since = |minor: u32, name: &str, value: Value| {
        if version.minor >= minor {
            view.insert(name.to_owned(), value);
        }
    };
    let placed = !matches!(volume.status, Status::Creating);
    since(13, "group_id", Value::Null);
    since(48, "shared_targets", json!(!placed));
    since(48, "service_uuid", if placed { json!(service_uuid(region)) } else { Value::Null });
    since(
        63,
        "volume_type_id",
        json!(types::find(region, &volume.volume_type).map(|kind| kind.id(region))),
    );
    since(65, "consumes_quota", json!(true));
    if moment == Moment::Read {
        view.insert("os-vol-tenant-attr:tenant_id".to_owned(), json!(volume.project_id));
        let written =
            !matches!(volume.status, Status::Creating | Status::Downloading | Status::Error);
        if written && !volume.image.is_empty() {
            view.insert("volume_image_metadata".to_owned(), json!(volume.image));
        }
    }
    Value::Object(view)
}

/// `{"volume": …}`.
pub fn single(view: Value) -> Value {
    let mut body = Map::new();
    body.insert("volume".to_owned(), view);
    Value::Object(body)
}

fn links(volume: &Volume, root: &str) -> Value {
    json!([
        {"rel": "self", "href": format!("{root}/v3/volumes/{}", volume.id)},
        {"rel": "bookmark", "href": format!("{root}/volumes/{}", volume.id)},
    ])
}

/// One back end a region.
fn service_uuid(region: &Region) -> String {
    let number = region.name.bytes().map(u64::from).sum::<u64>();
    format!("c214f512-d8ba-4eb3-a3e9-{number:012x}")
}

/// To the microsecond, as the answer to a creation has it.
pub fn exact(micros: Micros) -> String {
    stamp(micros, "%Y-%m-%dT%H:%M:%S%.6f")
}

/// In whole seconds, as the database keeps it.
pub fn seconds(micros: Micros) -> String {
    stamp(micros, "%Y-%m-%dT%H:%M:%S.000000")
}

fn stamp(micros: Micros, format: &str) -> String {
    at_micros(micros).strftime(format).to_string()
}
