//! The life of volumes: attaching, extending, deleting, and the task that lets their states follow each other.
//!
//! A state that is to come stands in the row with the time at which it comes, so that a killed process goes on where it was.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use uuid::Uuid;

use super::content;
use super::failures;
use super::model::{Attachment, Status, Volume};
use super::snapshots;
use crate::clock::Pace;
use crate::db::DbError;
use crate::records::{self, Micros};
use crate::state::Region;

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
    // One that grows is free after that.
    for (_, to_come) in volume.to_come.iter_mut().filter(|(_, to_come)| *to_come == Status::InUse) {
        *to_come = Status::Available;
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

/// Begins to delete a volume; whether it does: one that has snapshots, or is read for an image, stays. Call [`follow`] once the
/// transaction is through.
pub fn delete(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    id: &str,
) -> rusqlite::Result<bool> {
    let Some(mut volume) = records::get::<Volume>(conn, id)? else { return Ok(false) };
    if volume.status == Status::Uploading || !snapshots::of_volume(conn, &volume)?.is_empty() {
        return Ok(false);
    }
    volume.status = Status::Deleting;
    volume.updated = Some(now.as_microsecond());
    volume.to_come = if failures::asks_for(failures::DELETE, volume.name.as_deref()) {
        vec![(600_000, Status::ErrorDeleting)]
    } else {
        vec![(600_000, Status::Deleting)]
    };
    volume.due = Some(next_due(&volume, now.as_microsecond(), region.pace));
    records::put(conn, &volume)?;
    Ok(true)
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

/// When the first of the states to come is due.
pub fn next_due(volume: &Volume, now: Micros, pace: Pace) -> Micros {
    let usual = volume.to_come.first().map_or(0, |(after, _)| *after);
    let wait = pace.of(Duration::from_micros(u64::try_from(usual).unwrap_or(0)));
    now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(0))
}
