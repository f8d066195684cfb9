//! Making volumes: what is asked, and Cinder's checks of it.

use jiff::Timestamp;
use rusqlite::Connection;
use uuid::Uuid;

use super::content;
use super::error::VolumeError;
use super::failures;
use super::life::next_due;
use super::model::{Status, Volume};
use super::quota;
use super::snapshots::{Snapshot, SnapshotStatus};
use crate::image_facts::ImageFacts;
use crate::records;
use crate::state::Region;

/// What is asked of a new volume.
#[derive(Debug, Clone, Default)]
pub struct NewVolume {
    /// The project that pays.
    pub project_id: String,
    /// Who asks.
    pub user_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Words for people.
    pub description: Option<String>,
    /// Size in GiB.
    pub size_gib: i64,
    /// Name or id of a type; `None` takes the default.
    pub volume_type: Option<String>,
    /// A zone; `None` takes the region's first.
    pub zone: Option<String>,
    /// The image to write to it.
    pub image: Option<ImageFacts>,
    /// The volume to clone.
    pub source: Option<Volume>,
    /// The user's own pairs.
    pub metadata: std::collections::BTreeMap<String, String>,
}

/// Makes a volume after Cinder's checks. Call [`follow`] once the transaction is through.
pub fn create(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    wanted: NewVolume,
) -> Result<Volume, VolumeError> {
    make(conn, region, now, wanted, None)
}

/// The same of a snapshot: its type, its zone (no other will do) and, when `size_gib` is 0, its size. The volume's
/// `source` and `image` are not looked at. What the snapshot's volume had of an image goes over to the new one.
pub fn create_of_snapshot(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    wanted: NewVolume,
    snapshot: &Snapshot,
) -> Result<Volume, VolumeError> {
    make(conn, region, now, wanted, Some(snapshot))
}

fn make(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    mut wanted: NewVolume,
    snapshot: Option<&Snapshot>,
) -> Result<Volume, VolumeError> {
    let origin = match snapshot {
        Some(snapshot) => {
            check_snapshot(snapshot, &mut wanted)?;
            records::get::<Volume>(conn, &snapshot.volume_id)?
        }
        None => wanted.source.clone(),
    };
    let kind = match (&wanted.volume_type, snapshot, &wanted.source) {
        (Some(name), ..) => {
            super::types::find(region, name).ok_or_else(|| super::types::missing(name))?
        }
        (None, Some(Snapshot { volume_type, .. }), _)
        | (None, None, Some(Volume { volume_type, .. })) => {
            super::types::find(region, volume_type).unwrap_or(super::types::default(region))
        }
        (None, None, None) => super::types::default(region),
    };
    if let Some(image) = &wanted.image {
        check_image(image, wanted.size_gib)?;
    }
    let zone = match &wanted.zone {
        Some(zone) if region.zones.contains(&zone.as_str()) => zone.clone(),
        Some(zone) => {
            return Err(VolumeError::bad_request(format!(
                "Availability zone '{zone}' is invalid."
            )));
        }
        None => match &origin {
            Some(origin) => origin.zone.clone(),
            None => region.zones.first().copied().unwrap_or("nova").to_owned(),
        },
    };
    // `cloned_volume_same_az`, which is on unless an operator turns it off.
    if origin.as_ref().is_some_and(|origin| origin.zone != zone) {
        let what = if snapshot.is_some() { "snapshot" } else { "source volume" };
        return Err(VolumeError::invalid_input(format!(
            "Volume must be in the same availability zone as the {what}"
        )));
    }
    quota::check(conn, &wanted.project_id, wanted.size_gib)?;
    let fails = failures::asks_for(failures::CREATE, wanted.name.as_deref());
    let last = if fails { Status::Error } else { Status::Available };
    let to_come = match &wanted.image {
        Some(_) => vec![(300_000, Status::Downloading), (500_000, last)],
        None => vec![(700_000, last)],
    };
    let created = now.as_microsecond();
    let id = Uuid::new_v4().to_string();
    let format = match (&wanted.image, snapshot, &wanted.source) {
        (_, Some(snapshot), _) => {
            content::share(region, &snapshot.id, &id)?;
            snapshot.format.clone()
        }
        (Some(image), ..) => {
            content::of_image(region, &image.id, &id)?.then(|| image.disk_format.clone())
        }
        (None, None, Some(source)) => {
            content::share(region, &source.id, &id)?;
            source.format.clone()
        }
        (None, None, None) => None,
    };
    let from_volume = wanted.source.as_ref();
    let mut volume = Volume {
        id,
        project_id: wanted.project_id,
        user_id: wanted.user_id,
        name: wanted.name,
        description: wanted.description,
        size_gib: wanted.size_gib,
        volume_type: kind.name.to_owned(),
        zone,
        status: Status::Creating,
        // Cinder asks the volume that a snapshot is of (`_create_from_snapshot` in flows/manager/create_volume.py).
        bootable: origin.is_some_and(|origin| origin.bootable),
        image: match (&wanted.image, snapshot) {
            (_, Some(snapshot)) => snapshot.image.clone(),
            (Some(image), None) => image.volume_metadata(),
            (None, None) => from_volume.map(|source| source.image.clone()).unwrap_or_default(),
        },
        source_volid: from_volume.map(|source| source.id.clone()),
        snapshot_id: snapshot.map(|snapshot| snapshot.id.clone()),
        format,
        growing_to: None,
        upload: None,
        metadata: wanted.metadata,
        created,
        updated: None,
        attachments: Vec::new(),
        to_come,
        due: None,
    };
    volume.due = Some(next_due(&volume, created, region.pace));
    records::put(conn, &volume)?;
    Ok(volume)
}

/// Cinder's checks of a snapshot against the size (`ExtractVolumeRequestTask`), and what the snapshot stands in for.
fn check_snapshot(snapshot: &Snapshot, wanted: &mut NewVolume) -> Result<(), VolumeError> {
    if snapshot.status != SnapshotStatus::Available {
        return Err(VolumeError::bad_request(
            "Invalid snapshot: Originating snapshot status must be one of 'available' values",
        ));
    }
    (wanted.image, wanted.source) = (None, None);
    if wanted.size_gib == 0 {
        wanted.size_gib = snapshot.size_gib;
    }
    if wanted.size_gib < snapshot.size_gib {
        return Err(VolumeError::invalid_input(format!(
            "Volume size '{}'GB cannot be smaller than the snapshot size {}GB. They must be >= original snapshot size.",
            wanted.size_gib, snapshot.size_gib
        )));
    }
    Ok(())
}

/// Cinder's checks of an image against the size (`volume_utils.check_image_metadata`).
pub fn check_image(image: &ImageFacts, size_gib: i64) -> Result<(), VolumeError> {
    if image.status != "active" {
        return Err(VolumeError::invalid_input(format!("Image {} is not active.", image.id)));
    }
    let needed = ImageFacts::gib(image.size_bytes);
    if needed > size_gib {
        return Err(VolumeError::invalid_input(format!(
            "Size of specified image {needed}GB is larger than volume size {size_gib}GB."
        )));
    }
    if image.min_disk_gib > size_gib {
        return Err(VolumeError::invalid_input(format!(
            "Volume size {size_gib}GB cannot be smaller than the image minDisk size {}GB.",
            image.min_disk_gib
        )));
    }
    let virtual_gib = ImageFacts::gib(image.virtual_size_bytes);
    if virtual_gib > size_gib {
        return Err(VolumeError::bad_request(format!(
            "Image {} is unacceptable: Image virtual size is {virtual_gib}GB and doesn't fit in a volume of size \
             {size_gib}GB.",
            image.id
        )));
    }
    Ok(())
}
