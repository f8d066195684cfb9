//! From `imageRef` and `block_device_mapping_v2` to a server's disks, with Nova's checks
//! (`nova/block_device.py`, `from_api`; `nova/compute/api.py`, `_validate_bdm` and `_validate_flavor_image_nostatus`).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::Call;
use super::error::ComputeError;
use super::flavors::Flavor;
use super::model::{Disk, Source};
use crate::body_schema::is_uuid;
use crate::image_facts::ImageFacts;
use crate::{image, volume};

/// The disks, the one to boot of first, and the id of the image that the server boots of directly.
pub struct Planned {
    /// In the order of their devices.
    pub disks: Vec<Disk>,
    /// `imageRef`, unless it is empty.
    pub image_id: Option<String>,
}

/// Reads the two fields and checks them against the flavor.
pub async fn plan(
    call: &Call,
    server: &Map<String, Value>,
    flavor: &Flavor,
) -> Result<Planned, ComputeError> {
    let entries = entries(server)?;
    let image_id = server.get("imageRef").and_then(Value::as_str).filter(|id| !id.is_empty());
    if image_id.is_none() && entries.is_empty() {
        return Err(ComputeError::bad_request("Missing imageRef attribute"));
    }
    for entry in &entries {
        entry.check(image_id.is_some())?;
    }
    let root_image = match image_id {
        Some(id) => match image::show_for(&call.region, &call.scope, id).await? {
            Some(facts) => Some(facts),
            None => return Err(ComputeError::bad_request("Can not find requested image")),
        },
        None => None,
    };
    let named_root =
        entries.iter().any(|entry| entry.boot_index == Some(0) && entry.is_root_image(image_id));
    let mut disks = Vec::new();
    if let Some(facts) = root_image.clone().filter(|_| !named_root) {
        disks.push(local_root(facts, flavor));
    }
    for entry in entries {
        match &root_image {
            Some(facts) if entry.is_root_image(image_id) => {
                disks.push(local_root(facts.clone(), flavor))
            }
            _ => disks.push(entry.into_disk(call).await?),
        }
    }
    check_order(&disks)?;
    disks.sort_by_key(|disk| disk.boot_index.filter(|index| *index >= 0).unwrap_or(i64::MAX));
    check_root(&disks, flavor)?;
    for (index, disk) in disks.iter_mut().enumerate() {
        if disk.device.is_empty() {
            let letter = u8::try_from(index).ok().and_then(|index| b'a'.checked_add(index));
            disk.device = format!(
                "/dev/vd{}",
                char::from(letter.filter(u8::is_ascii_lowercase).unwrap_or(b'z'))
            );
        }
    }
    Ok(Planned { disks, image_id: image_id.map(str::to_owned) })
}

/// One entry of the mapping, with numbers read from strings.
struct Entry {
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

fn entries(server: &Map<String, Value>) -> Result<Vec<Entry>, ComputeError> {
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

fn invalid(details: impl std::fmt::Display) -> ComputeError {
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
    fn check(&self, image_given: bool) -> Result<(), ComputeError> {
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

    fn is_root_image(&self, image_id: Option<&str>) -> bool {
        self.source == "image" && self.destination == "local" && self.id.as_deref() == image_id
    }

    async fn into_disk(self, call: &Call) -> Result<Disk, ComputeError> {
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
            "snapshot" => return Err(invalid(format!("failed to get snapshot {id}."))),
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

fn local_root(facts: ImageFacts, flavor: &Flavor) -> Disk {
    Disk {
        bdm_id: Uuid::new_v4().to_string(),
        source: Source::Image(Box::new(facts)),
        on_volume: false,
        boot_index: Some(0),
        size_gib: flavor.disk_gib,
        volume_type: None,
        delete_on_termination: true,
        volume_id: None,
        attachment_id: None,
        device: String::new(),
        tag: None,
    }
}

/// The boot indexes must be 0, 1, 2 … without a gap; negative ones and none do not count.
fn check_order(disks: &[Disk]) -> Result<(), ComputeError> {
    let mut order: Vec<i64> =
        disks.iter().filter_map(|disk| disk.boot_index).filter(|index| *index >= 0).collect();
    order.sort_unstable();
    let gapless = order.iter().zip(0..).all(|(index, expected)| *index == expected);
    if order.is_empty() || !gapless {
        return Err(invalid(
            "Boot sequence for the instance and image/block device mapping combination is not valid.",
        ));
    }
    Ok(())
}

fn check_root(disks: &[Disk], flavor: &Flavor) -> Result<(), ComputeError> {
    let Some(root) = disks.first() else { return Ok(()) };
    let Source::Image(image) = &root.source else { return Ok(()) };
    if image.status != "active" {
        return Err(ComputeError::bad_request(format!("Image {} is not active.", image.id)));
    }
    if flavor.ram_mib < image.min_ram_mib {
        return Err(ComputeError::bad_request("Flavor's memory is too small for requested image."));
    }
    const GIB: i64 = 1 << 30;
    let min_disk = image.min_disk_gib.saturating_mul(GIB);
    if root.on_volume {
        let size = root.size_gib.saturating_mul(GIB);
        if min_disk > size {
            return Err(ComputeError::bad_request(format!(
                "Volume is smaller than the minimum size specified in image metadata. Volume size is {size} bytes, \
                 minimum size is {min_disk} bytes."
            )));
        }
        return Ok(());
    }
    let size = flavor.disk_gib.saturating_mul(GIB);
    if size == 0 {
        return Err(ComputeError::forbidden(
            "Only volume-backed servers are allowed for flavors with zero disk.",
        ));
    }
    if image.size_bytes > size {
        return Err(ComputeError::bad_request(format!(
            "Flavor's disk is too small for requested image. Flavor disk is {size} bytes, image is {} bytes.",
            image.size_bytes
        )));
    }
    if min_disk > size {
        return Err(ComputeError::bad_request(format!(
            "Flavor's disk is smaller than the minimum size specified in image metadata. Flavor disk is {size} bytes, \
             minimum size is {min_disk} bytes."
        )));
    }
    Ok(())
}
