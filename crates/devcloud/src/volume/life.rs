//! The life of volumes: making, attaching, deleting, and the task that lets their states follow each other.
//!
//! A state that is to come stands in the row with the time at which it comes, so that a killed process goes on where it was.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use uuid::Uuid;

use super::content;
use super::error::VolumeError;
use super::failures;
use super::model::{Attachment, Status, Volume};
use super::quota;
use super::snapshots::{self, Snapshot, SnapshotStatus};
use crate::clock::Pace;
use crate::db::DbError;
use crate::image_facts::ImageFacts;
use crate::records::{self, Micros};
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

/// The volume, if the project owns it.
pub fn find(conn: &Connection, project_id: &str, id: &str) -> rusqlite::Result<Option<Volume>> {
    Ok(records::get::<Volume>(conn, id)?.filter(|volume| volume.project_id == project_id))
}

/// Promises an available volume to a server.
pub fn reserve(
    conn: &Connection,
    now: Timestamp,
    id: &str,
    server_id: &str,
) -> rusqlite::Result<Option<String>> {
    let Some(mut volume) = records::get::<Volume>(conn, id)? else { return Ok(None) };
    let attachment_id = Uuid::new_v4().to_string();
    volume.status = Status::Reserved;
    volume.updated = Some(now.as_microsecond());
    volume.attachments = vec![Attachment {
        id: attachment_id.clone(),
        server_id: server_id.to_owned(),
        device: String::new(),
        attached: None,
    }];
    records::put(conn, &volume)?;
    Ok(Some(attachment_id))
}

/// Ties a volume to the device of the server that it was promised to.
pub fn attach(
    conn: &Connection,
    now: Timestamp,
    id: &str,
    server_id: &str,
    device: &str,
) -> rusqlite::Result<()> {
    let Some(mut volume) = records::get::<Volume>(conn, id)? else { return Ok(()) };
    volume.status = Status::InUse;
    volume.updated = Some(now.as_microsecond());
    for attachment in volume.attachments.iter_mut().filter(|a| a.server_id == server_id) {
        attachment.device = device.to_owned();
        attachment.attached = Some(now.as_microsecond());
    }
    records::put(conn, &volume)
}

/// Takes a volume off its server.
pub fn detach(conn: &Connection, now: Timestamp, id: &str) -> rusqlite::Result<()> {
    let Some(mut volume) = records::get::<Volume>(conn, id)? else { return Ok(()) };
    if matches!(volume.status, Status::InUse | Status::Reserved) {
        volume.status = Status::Available;
    }
    volume.updated = Some(now.as_microsecond());
    volume.attachments.clear();
    records::put(conn, &volume)
}

/// Begins to make a volume larger. Call [`follow`] once the transaction is through.
pub fn extend(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    mut volume: Volume,
    size_gib: i64,
) -> rusqlite::Result<()> {
    volume.to_come = vec![(600_000, volume.status)];
    volume.status = Status::Extending;
    volume.growing_to = Some(size_gib);
    volume.updated = Some(now.as_microsecond());
    volume.due = Some(next_due(&volume, now.as_microsecond(), region.pace));
    records::put(conn, &volume)
}

/// Begins to delete a volume. Call [`follow`] once the transaction is through. One that has snapshots stays, as Cinder
/// refuses it to Nova, who goes on without.
pub fn delete(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    id: &str,
) -> rusqlite::Result<()> {
    let Some(mut volume) = records::get::<Volume>(conn, id)? else { return Ok(()) };
    if !snapshots::of_volume(conn, &volume)?.is_empty() {
        return Ok(());
    }
    volume.status = Status::Deleting;
    volume.updated = Some(now.as_microsecond());
    volume.to_come = if failures::asks_for(failures::DELETE, volume.name.as_deref()) {
        vec![(600_000, Status::ErrorDeleting)]
    } else {
        vec![(600_000, Status::Deleting)]
    };
    volume.due = Some(next_due(&volume, now.as_microsecond(), region.pace));
    records::put(conn, &volume)
}

/// Lets the states of one volume come when they are due; ends when none is to come.
pub fn follow(region: &Region, id: String) {
    let task = region.clone();
    region.tasks.spawn(async move {
        loop {
            match step(&task, id.clone()).await {
                Ok(Some(wait)) => tokio::time::sleep(wait).await,
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, volume = id, "volume is stuck until the next start");
                    return;
                }
            }
        }
    });
}

/// Takes the next step if it is due; gives the time to wait for the one after, at most a second because a test may
/// shift the clock meanwhile.
async fn step(region: &Region, id: String) -> Result<Option<Duration>, DbError> {
    let now = region.clock.now();
    let pace = region.pace;
    let gone = id.clone();
    let (wait, ended) = region
        .db
        .write(move |tx| {
            let Some(mut volume) = records::get::<Volume>(tx, &id)? else {
                return Ok((None, true));
            };
            let Some(due) = volume.due else { return Ok((None, false)) };
            let at = now.as_microsecond();
            if due > at {
                let wait = u64::try_from(due - at).unwrap_or(0);
                return Ok((Some(Duration::from_micros(wait.min(1_000_000))), false));
            }
            let next =
                if volume.to_come.is_empty() { None } else { Some(volume.to_come.remove(0).1) };
            match next {
                Some(Status::Deleting) => {
                    records::remove::<Volume>(tx, &id)?;
                    return Ok((None, true));
                }
                Some(status) => {
                    // A volume of an image can be booted of once the image is on it.
                    volume.bootable |=
                        volume.status == Status::Downloading && status == Status::Available;
                    if volume.status == Status::Extending {
                        volume.size_gib = volume.growing_to.take().unwrap_or(volume.size_gib);
                    }
                    volume.status = status;
                    volume.updated = Some(at);
                }
                None => {}
            }
            volume.due = (!volume.to_come.is_empty()).then(|| next_due(&volume, at, pace));
            records::put(tx, &volume)?;
            Ok::<_, DbError>((volume.due.map(|_| Duration::ZERO), false))
        })
        .await?;
    if ended {
        content::remove(region, &gone);
    }
    Ok(wait)
}

fn next_due(volume: &Volume, now: Micros, pace: Pace) -> Micros {
    let usual = volume.to_come.first().map_or(0, |(after, _)| *after);
    let wait = pace.of(Duration::from_micros(u64::try_from(usual).unwrap_or(0)));
    now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(0))
}
