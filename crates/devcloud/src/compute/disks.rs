//! From `imageRef` and `block_device_mapping_v2` to a server's disks, with Nova's checks
//! (`nova/block_device.py`, `from_api`; `nova/compute/api.py`, `_validate_bdm` and `_validate_flavor_image_nostatus`).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::call::Call;
use super::error::ComputeError;
use super::flavors::Flavor;
use super::mapping::{self, entries, invalid};
use super::model::{Disk, Source};
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
    let defining = match &root_image {
        Some(facts) => Some(facts.clone()),
        None => mapping::root_image(call, &entries).await?,
    };
    let of_image = match &defining {
        Some(facts) => mapping::of_image(facts)?,
        None => Vec::new(),
    };
    let root_is_mapped = mapping::has_root(&of_image);
    let entries = mapping::merged(of_image, entries);
    let named_root = entries.iter().any(|entry| entry.is_root() && entry.is_root_image(image_id));
    let mut disks = Vec::new();
    if let Some(facts) = root_image.clone().filter(|_| !named_root && !root_is_mapped) {
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
    let defining = match defining {
        Some(facts) => Some(facts),
        None => of_root_volume(call, &disks).await?,
    };
    check_root(&disks, flavor, defining.as_ref())?;
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

/// What a volume that is to be booted of keeps of its image (`get_bdm_image_metadata` in `nova/block_device.py`).
async fn of_root_volume(call: &Call, disks: &[Disk]) -> Result<Option<ImageFacts>, ComputeError> {
    let Some(root) = disks.first().filter(|disk| disk.on_volume) else { return Ok(None) };
    let source = root.source.clone();
    let volume_id = root.volume_id.clone();
    let kept = call
        .region
        .db
        .read(move |conn| match (&source, &volume_id) {
            (Source::Volume, Some(id)) => {
                Ok(volume::get(conn, id)?.map(|volume| volume.image).unwrap_or_default())
            }
            _ => Ok(std::collections::BTreeMap::new()),
        })
        .await?;
    Ok(Some(kept).filter(|kept| !kept.is_empty()).map(ImageFacts::of_volume_metadata))
}

fn check_root(
    disks: &[Disk],
    flavor: &Flavor,
    image: Option<&ImageFacts>,
) -> Result<(), ComputeError> {
    let (Some(root), Some(image)) = (disks.first(), image) else { return Ok(()) };
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
