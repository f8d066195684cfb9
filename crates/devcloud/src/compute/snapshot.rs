//! `createImage`: an image of a server's disk, or of its volumes (`nova/compute/api.py`, `snapshot` and `snapshot_volume_backed`).
//!
//! A server on the host's disk gives an image with data, which its host uploads; the server's `task_state` tells how far it is. A
//! server on a volume gives a record without data that points to snapshots of its volumes, at once.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

use super::actions::{alive, expect_state};
use super::call::{Call, Caller};
use super::error::ComputeError;
use super::flavors;
use super::model::{Disk, Server, SnapshotUnderWay, Source};
use super::snapshot_upload::disk_format;
use super::states::{Task, VmState};
use super::{history, life, quota};
use crate::image::made::{self, NewImage, Payer};
use crate::image_facts::ImageFacts;
use crate::records;
use crate::volume;

/// The states that it starts from.
const FROM: &[VmState] = &[VmState::Active, VmState::Stopped];

/// Properties that stay behind (`NON_INHERITABLE_IMAGE_PROPERTIES` in `nova/compute/utils.py`).
const LEFT: [&str; 8] = [
    "cache_in_nova",
    "bittorrent",
    "img_signature_hash_method",
    "img_signature",
    "img_signature_key_type",
    "img_signature_certificate_uuid",
    "cinder_encryption_key_id",
    "cinder_encryption_key_deletion_policy",
];

/// What is wanted, and how the image comes out of it.
struct Wanted {
    caller: Caller,
    name: String,
    metadata: BTreeMap<String, String>,
}

/// `POST /servers/{id}/action`, `createImage`.
pub async fn create(call: &Call, id: &str, argument: &Value) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("servers:create_image"));
    }
    let metadata: BTreeMap<String, String> = argument
        .get("metadata")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    if !call.since(39) && metadata.len() > quota::METADATA {
        return Err(ComputeError::forbidden("Image metadata limit exceeded"));
    }
    let name = argument.get("name").and_then(Value::as_str).unwrap_or("").trim().to_owned();
    let wanted = Wanted { caller: call.clone_for_work(), name, metadata };
    let (now, id) = (call.region.clock.now(), id.to_owned());
    let follow = id.clone();
    let (image_id, volume_snapshots) = call
        .region
        .db
        .write(move |tx| -> Result<(String, Vec<String>), ComputeError> {
            let mut server = alive(tx, &id)?;
            expect_state(&server, "createImage", FROM, &[])?;
            server.action_id = Some(wanted.caller.request_id.clone());
            match server.on_volume() {
                true => of_volumes(tx, now, &mut server, &wanted),
                false => of_local_disk(tx, now, &mut server, &wanted).map(|id| (id, Vec::new())),
            }
        })
        .await?;
    life::follow(&call.region, follow);
    volume_snapshots.into_iter().for_each(|id| volume::follow_snapshot(&call.region, id));
    if call.since(45) {
        return Ok(
            (StatusCode::ACCEPTED, axum::Json(json!({"image_id": image_id}))).into_response()
        );
    }
    let prefix = call.region.prefix;
    // Two slashes, as recorded: Nova puts `/images` behind an endpoint that ends in one.
    let location = format!("{}{prefix}/image//images/{image_id}", call.incoming.endpoint.origin);
    let html = "text/html; charset=UTF-8";
    let headers = [(header::LOCATION, location), (header::CONTENT_TYPE, html.to_owned())];
    Ok((StatusCode::ACCEPTED, headers).into_response())
}

fn of_local_disk(
    tx: &Transaction<'_>,
    now: Timestamp,
    server: &mut Server,
    wanted: &Wanted,
) -> Result<String, ComputeError> {
    let base = Base::of(tx, server)?;
    let mut image = base.image(server, wanted);
    let mut put = |name: &str, value: &str| {
        image.properties.push((name.to_owned(), value.to_owned()));
    };
    put("instance_uuid", &server.id);
    put("user_id", &wanted.caller.scope.user_id);
    put("image_type", "snapshot");
    wanted.metadata.iter().for_each(|(name, value)| put(name, value));
    put("image_location", "snapshot");
    put("image_state", "available");
    image.disk_format = disk_format(&base.disk_format).to_owned();
    let scope = &wanted.caller.scope;
    let image_id = made::queue(tx, now, scope, image).map_err(refused_by_glance)?;
    let payer = Payer::from(scope);
    server.snapshot = Some(SnapshotUnderWay { image_id: image_id.clone(), payer });
    life::begin(server, &wanted.caller.region, now, Some(Task::ImageSnapshotPending));
    records::put(tx, server)?;
    note(tx, now, server, wanted, "compute_snapshot_instance")?;
    Ok(image_id)
}

fn of_volumes(
    tx: &Transaction<'_>,
    now: Timestamp,
    server: &mut Server,
    wanted: &Wanted,
) -> Result<(String, Vec<String>), ComputeError> {
    let region = &wanted.caller.region;
    let volumes = server.disks.iter().filter(|disk| disk.volume_id.is_some()).count();
    let free = volume::snapshots_free(tx, &server.project_id)?;
    if i64::try_from(volumes).unwrap_or(i64::MAX) > free {
        return Err(ComputeError::forbidden("Quota exceeded for resources: snapshots"));
    }
    server.updated = now.as_microsecond();
    records::put(tx, server)?;
    note(tx, now, server, wanted, "api_snapshot_instance")?;
    let (mut mapping, mut snapshots) = (Vec::new(), Vec::new());
    for disk in &server.disks {
        let Some(volume_id) = &disk.volume_id else { continue };
        let snapshot = volume::snapshot_for_image(tx, region, now, volume_id, &wanted.name);
        let snapshot = snapshot.map_err(refused_by_cinder)?;
        mapping.push(mapped(disk, &snapshot.id, snapshot.size_gib));
        snapshots.push(snapshot.id);
    }
    history::end_event(tx, now, server, None)?;
    let mut image = Base::of(tx, server)?.image(server, wanted);
    let mut put = |name: &str, value: String| {
        image.properties.retain(|(known, _)| known != name);
        image.properties.push((name.to_owned(), value));
    };
    wanted.metadata.iter().for_each(|(name, value)| put(name, value.clone()));
    if let Some(root) = server.disks.first() {
        put("root_device_name", root.device.clone());
    }
    put("block_device_mapping", Value::Array(mapping).to_string());
    put("bdm_v2", "True".to_owned());
    // What Nova says of a record without data, because Glance wants to hear something.
    image.disk_format = "raw".to_owned();
    let scope = &wanted.caller.scope;
    let image_id = made::queue(tx, now, scope, image).map_err(refused_by_glance)?;
    made::activate_empty(tx, now, &image_id).map_err(refused_by_glance)?;
    Ok((image_id, snapshots))
}

/// Glance's refusal, as Nova hands it on (`_translate_plain_exception` in `nova/image/glance.py`).
fn refused_by_glance(refused: made::NotMade) -> ComputeError {
    match refused.status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ComputeError::unexpected(refused.status, "glanceclient.exc.HTTPOverLimit")
        }
        status => ComputeError::new(status, refused.message),
    }
}

/// Cinder's refusal, as Nova hands it on.
fn refused_by_cinder(refused: volume::VolumeError) -> ComputeError {
    match refused.status {
        // It is no error that Nova has words for; its status stays.
        StatusCode::PAYLOAD_TOO_LARGE => {
            ComputeError::unexpected(refused.status, "cinderclient.exceptions.OverLimit")
        }
        StatusCode::BAD_REQUEST => {
            ComputeError::bad_request(format!("Invalid input received: {}", refused.message))
        }
        status => ComputeError::new(status, refused.message),
    }
}

fn note(
    conn: &Connection,
    now: Timestamp,
    server: &Server,
    wanted: &Wanted,
    event: &str,
) -> rusqlite::Result<()> {
    let caller = &wanted.caller;
    history::begin(conn, now, server, &caller.scope, &caller.request_id, "createImage")?;
    history::begin_event(conn, now, server, event)
}

/// One entry of the image's `block_device_mapping` (`get_image_mapping` in `nova/objects/block_device.py`).
fn mapped(disk: &Disk, snapshot_id: &str, size_gib: i64) -> Value {
    json!({
        "device_type": null, "disk_bus": null, "no_device": null, "boot_index": disk.boot_index,
        "encryption_secret_uuid": null, "image_id": null, "encrypted": null, "tag": disk.tag,
        "volume_size": size_gib, "source_type": "snapshot", "snapshot_id": snapshot_id,
        "destination_type": "volume", "encryption_format": null, "volume_id": null, "encryption_options": null,
        "delete_on_termination": disk.delete_on_termination, "volume_type": disk.volume_type, "guest_format": null,
        "device_name": disk.device,
    })
}

/// What a server keeps of the image that it was made of (`system_metadata`'s `image_*`).
struct Base {
    properties: BTreeMap<String, String>,
    disk_format: String,
    min_disk_gib: i64,
    min_ram_mib: i64,
}

impl Base {
    fn of(conn: &Connection, server: &Server) -> rusqlite::Result<Self> {
        let root = server.disks.first();
        if let Some(Source::Image(facts)) = root.map(|disk| &disk.source) {
            return Ok(Self::of_facts(facts));
        }
        let volume = match root.and_then(|disk| disk.volume_id.as_ref()) {
            Some(id) => volume::get(conn, id)?,
            None => None,
        };
        let kept = volume.map(|volume| volume.image).unwrap_or_default();
        Ok(Self::of_facts(&ImageFacts::of_volume_metadata(kept)))
    }

    fn of_facts(facts: &ImageFacts) -> Self {
        let mut properties = facts.properties.clone();
        properties.retain(|name, _| {
            !LEFT.contains(&name.as_str())
                && !name.starts_with("os_glance")
                && !["block_device_mapping", "bdm_v2", "root_device_name"].contains(&name.as_str())
        });
        Self {
            properties,
            disk_format: facts.disk_format.clone(),
            min_disk_gib: facts.min_disk_gib,
            min_ram_mib: facts.min_ram_mib,
        }
    }

    /// `initialize_instance_snapshot_metadata` in `nova/compute/utils.py`.
    fn image(&self, server: &Server, wanted: &Wanted) -> NewImage {
        let scope = &wanted.caller.scope;
        let local = flavors::find(&server.flavor_id).map_or(0, |flavor| flavor.disk_gib);
        let mut properties: Vec<(String, String)> =
            self.properties.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let own = [
            ("base_image_ref", server.image_id.clone().unwrap_or_default()),
            ("owner_user_name", scope.user_name.clone()),
            ("owner_project_name", scope.project_name.clone()),
            ("boot_roles", scope.roles.join(",")),
        ];
        properties.extend(own.map(|(name, value)| (name.to_owned(), value)));
        NewImage {
            name: wanted.name.clone(),
            visibility: "private".to_owned(),
            protected: false,
            disk_format: self.disk_format.clone(),
            container_format: "bare".to_owned(),
            min_disk_gib: self.min_disk_gib.max(local),
            min_ram_mib: self.min_ram_mib,
            properties,
        }
    }
}
