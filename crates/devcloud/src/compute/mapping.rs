//! The entries of a block device mapping: what a request says, what an image says, and the disks that come of both
//! (`nova/block_device.py`, `from_api`; `nova/compute/api.py`, `_validate_bdm`).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::Call;
use super::error::ComputeError;
use super::model::{Disk, Source};
use crate::body_schema::is_uuid;
use crate::image_facts::ImageFacts;
use crate::{image, volume};

/// One entry of the mapping, with numbers read from strings.
pub struct Entry {
    source: String,
    destination: String,
    id: Option<String>,
    boot_index: Option<i64>,
    size_gib: Option<i64>,
    volume_type: Option<String>,
    delete: bool,
    device: String,
    tag: Option<String>,
    swap: bool,
}

/// The entries of `block_device_mapping_v2`.
pub fn entries(server: &Map<String, Value>) -> Result<Vec<Entry>, ComputeError> {
    let list =
        |name: &str| server.get(name).and_then(Value::as_array).filter(|list| !list.is_empty());
    let (legacy, current) = (list("block_device_mapping"), list("block_device_mapping_v2"));
    if legacy.is_some() && current.is_some() {
        return Err(ComputeError::bad_request(
            "Using different block_device_mapping syntaxes is not allowed in the same request.",
        ));
    }
    if legacy.is_some() {
        return Err(ComputeError::bad_request(
            "Block Device Mapping is Invalid: Unrecognized legacy format.",
        ));
    }
    Ok(current.into_iter().flatten().filter_map(Value::as_object).map(Entry::read).collect())
}

/// A mapping that cannot be.
pub fn invalid(details: impl std::fmt::Display) -> ComputeError {
    ComputeError::bad_request(format!("Block Device Mapping is Invalid: {details}"))
}

impl Entry {
    fn read(entry: &Map<String, Value>) -> Self {
        let string = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name: &str| match entry.get(name) {
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(digits)) => digits.parse().ok(),
            _ => None,
        };
        let source = string("source_type").unwrap_or_default();
        let delete = match entry.get("delete_on_termination") {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(word)) => {
                matches!(word.to_ascii_lowercase().as_str(), "true" | "1" | "on" | "yes")
            }
            _ => false,
        };
        Self {
            id: string("uuid")
                .or_else(|| if source == "volume" { string("volume_id") } else { None })
                .or_else(|| if source == "image" { string("image_id") } else { None }),
            // An image and a blank go to the host's disk, a volume stays one, when nothing is said.
            destination: string("destination_type").unwrap_or_else(|| {
                if source == "volume" || source == "snapshot" { "volume" } else { "local" }
                    .to_owned()
            }),
            source,
            boot_index: number("boot_index"),
            size_gib: number("volume_size"),
            volume_type: string("volume_type").filter(|kind| !kind.is_empty()),
            delete,
            device: string("device_name").unwrap_or_default(),
            tag: string("tag"),
            swap: string("guest_format").as_deref() == Some("swap"),
        }
    }

    /// The checks that need nothing but the request.
    pub fn check(&self, image_given: bool) -> Result<(), ComputeError> {
        if self.source.is_empty() {
            return Err(invalid("Some required fields are missing"));
        }
        if self.source == "blank" && self.id.is_some() {
            return Err(invalid("Invalid device UUID."));
        }
        if self.source != "blank" && self.id.is_none() {
            return Err(invalid("Missing device UUID."));
        }
        if self.source == "image"
            && self.destination == "local"
            && !(image_given && self.boot_index == Some(0))
        {
            return Err(invalid("Mapping image to local is not supported."));
        }
        if self.destination == "local" && self.volume_type.is_some() {
            return Err(invalid(
                "Specifying a volume_type with destination_type=local is not supported.",
            ));
        }
        if self.source == "volume" && self.volume_type.is_some() {
            return Err(invalid("Specifying volume type to existing volume is not supported."));
        }
        Ok(())
    }

    /// Whether it is what to boot of.
    pub fn is_root(&self) -> bool {
        self.boot_index == Some(0)
    }

    /// Whether it only says what `imageRef` says.
    pub fn is_root_image(&self, image_id: Option<&str>) -> bool {
        self.source == "image" && self.destination == "local" && self.id.as_deref() == image_id
    }

    /// The disk, after the checks that need the other services.
    pub async fn into_disk(self, call: &Call) -> Result<Disk, ComputeError> {
        if let Some(kind) = &self.volume_type
            && volume::find_type(&call.region, kind).is_none()
        {
            return Err(ComputeError::bad_request(format!(
                "Volume type {kind} could not be found."
            )));
        }
        let id = self.id.clone().unwrap_or_default();
        let on_volume = self.destination == "volume";
        let (source, size_gib, volume_id) = match self.source.as_str() {
            "image" => {
                let found = match is_uuid(&id) {
                    true => image::show_for(&call.region, &call.scope, &id).await?,
                    false => None,
                };
                let facts = found.ok_or_else(|| invalid(format!("failed to get image {id}.")))?;
                let Some(size) = self.size_gib else {
                    return Err(ComputeError::bad_request(
                        "Images with destination_type 'volume' need to have a non-zero size specified",
                    ));
                };
                (Source::Image(Box::new(facts)), size, None)
            }
            "volume" => {
                let found = existing(call, &id, self.boot_index == Some(0)).await?;
                (Source::Volume, found.size_gib, Some(found.id))
            }
            "snapshot" => {
                let (project, wanted) = (call.scope.project_id.clone(), id.clone());
                let found = call
                    .region
                    .db
                    .read(move |conn| volume::find_snapshot(conn, &project, &wanted))
                    .await?;
                let missing = || invalid(format!("failed to get snapshot {id}."));
                let size = found.ok_or_else(missing)?.size_gib;
                (Source::Snapshot(id), self.size_gib.unwrap_or(size), None)
            }
            _ if self.swap => {
                return Err(ComputeError::bad_request(
                    "Swap drive requested is larger than instance type allows.",
                ));
            }
            _ if !on_volume => {
                return Err(ComputeError::bad_request(
                    "Ephemeral disks requested are larger than the instance type allows. If no size is given in one \
                     block device mapping, flavor ephemeral size will be used.",
                ));
            }
            _ => match self.size_gib {
                Some(size) => (Source::Blank, size, None),
                None => {
                    return Err(ComputeError::bad_request(
                        "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size",
                    ));
                }
            },
        };
        Ok(Disk {
            bdm_id: Uuid::new_v4().to_string(),
            source,
            on_volume,
            boot_index: self.boot_index,
            size_gib,
            volume_type: self.volume_type,
            delete_on_termination: self.delete,
            volume_id,
            attachment_id: None,
            device: self.device,
            tag: self.tag,
        })
    }
}

async fn existing(call: &Call, id: &str, boots: bool) -> Result<volume::Volume, ComputeError> {
    let (project, wanted) = (call.scope.project_id.clone(), id.to_owned());
    let found = call.region.db.read(move |conn| volume::find(conn, &project, &wanted)).await?;
    let found = found.ok_or_else(|| invalid(format!("failed to get volume {id}.")))?;
    if boots && !found.bootable {
        return Err(ComputeError::bad_request(format!("Block Device {id} is not bootable.")));
    }
    if found.status != volume::Status::Available {
        return Err(not_available(id, found.status));
    }
    Ok(found)
}

/// Nova's words around Cinder's for a volume that cannot be reserved.
pub fn not_available(id: &str, status: volume::Status) -> ComputeError {
    ComputeError::bad_request(format!(
        "Invalid volume: Invalid input received: Invalid volume: Volume {id} status must be available or downloading to \
         reserve, but the current status is {}.",
        status.word()
    ))
}

/// The image that a new boot volume is to be made of.
pub async fn root_image(
    call: &Call,
    entries: &[Entry],
) -> Result<Option<ImageFacts>, ComputeError> {
    let root = entries.iter().find(|entry| entry.is_root() && entry.source == "image");
    match root.and_then(|entry| entry.id.as_deref()).filter(|id| is_uuid(id)) {
        Some(id) => Ok(image::show_for(&call.region, &call.scope, id).await?),
        None => Ok(None),
    }
}

/// Whether the entries say of what to boot.
pub fn has_root(entries: &[Entry]) -> bool {
    entries.iter().any(Entry::is_root)
}

/// What an image that points to snapshots of volumes says (`_get_image_defined_bdms` in `nova/compute/api.py`); nothing for
/// an image with data of its own.
pub fn of_image(image: &ImageFacts) -> Result<Vec<Entry>, ComputeError> {
    let Some(text) = image.properties.get("block_device_mapping") else { return Ok(Vec::new()) };
    let list: Value = serde_json::from_str(text)
        .map_err(|_| invalid("Unrecognized block device mapping of the image"))?;
    let list = list.as_array().into_iter().flatten().filter_map(Value::as_object);
    let entry = |entry: &Map<String, Value>| {
        let snapshot = entry.get("snapshot_id").and_then(Value::as_str).map(str::to_owned);
        Entry { id: snapshot, ..Entry::read(entry) }
    };
    Ok(list.map(entry).filter(|entry| entry.source == "snapshot").collect())
}

/// The image's entries with the request's: the same device is the request's, and its image to boot of goes when the image itself
/// says of what to boot (`_check_and_transform_bdm`, `_merge_bdms_lists`).
pub fn merged(of_image: Vec<Entry>, mut asked: Vec<Entry>) -> Vec<Entry> {
    if of_image.iter().any(|entry| entry.boot_index == Some(0)) {
        asked.retain(|entry| !(entry.boot_index == Some(0) && entry.source == "image"));
    }
    let bare = |device: &str| device.trim_start_matches("/dev/").to_owned();
    let taken: Vec<String> = asked.iter().map(|entry| bare(&entry.device)).collect();
    let mut entries: Vec<Entry> =
        of_image.into_iter().filter(|entry| !taken.contains(&bare(&entry.device))).collect();
    entries.append(&mut asked);
    entries
}
