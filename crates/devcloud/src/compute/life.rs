//! The life of servers: each step when it is due, stopping, starting, rebooting, and the end.
//!
//! What is to happen next follows from the row alone (`vm_state`, `task`, `due`), and each step is one transaction with all
//! that it does at Neutron and Cinder, so that a killed process goes on where it was.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use super::error::ComputeError;
use super::failures::{self, Failure};
use super::model::{Server, Source};
use super::states::{Task, VmState};
use super::{build, groups, history, rescue, snapshot_upload};
use crate::image::made;
use crate::network;
use crate::records;
use crate::state::Region;
use crate::volume;

/// How long each task takes in a fast real cloud.
pub fn usual(task: Option<Task>) -> Duration {
    Duration::from_millis(match task {
        Some(Task::Scheduling) => 700,
        Some(Task::Networking) => 700,
        Some(Task::BlockDeviceMapping) => 300,
        Some(Task::Spawning) => 1800,
        Some(Task::PoweringOn) => 900,
        Some(Task::PoweringOff) => 1500,
        Some(Task::Rebooting) => 1800,
        Some(Task::RebootingHard) => 1200,
        Some(Task::ImageSnapshotPending) => 400,
        Some(Task::ImageSnapshot) => 700,
        Some(Task::ImagePendingUpload) => 700,
        Some(Task::ImageUploading) => 1800,
        Some(Task::Rescuing) => 1500,
        Some(Task::Unrescuing) => 1500,
        Some(Task::Deleting) => 900,
        // The moment in which a server that is gone still shows as DELETED.
        None => 250,
    })
}

/// Lets what is under way with one server happen when it is due; ends when nothing is.
pub fn follow(region: &Region, id: String) {
    let task = region.clone();
    region.tasks.spawn(async move {
        loop {
            match step(&task, id.clone()).await {
                Ok(Some(wait)) => tokio::time::sleep(wait).await,
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(
                        error = error.message,
                        server = id,
                        "server is stuck until the next start"
                    );
                    return;
                }
            }
        }
    });
}

/// Sets what is going on and when it ends.
pub fn begin(server: &mut Server, region: &Region, now: Timestamp, task: Option<Task>) {
    server.task = task;
    server.updated = now.as_microsecond();
    let wait = i64::try_from(region.pace.of(usual(task)).as_micros()).unwrap_or(0);
    server.due = Some(now.as_microsecond().saturating_add(wait));
}

/// Ends what is going on, in this state.
pub fn settle(server: &mut Server, now: Timestamp, state: VmState) {
    server.vm_state = state;
    server.task = None;
    server.due = None;
    server.updated = now.as_microsecond();
}

/// What a step leaves to do outside its transaction.
#[derive(Default)]
struct Done {
    wait: Option<Duration>,
    volumes: Vec<String>,
    /// The image of a server that was deleted while it was made.
    discard: Option<String>,
    /// A server whose image is to be uploaded now.
    upload: Option<Box<Server>>,
}

/// Takes the next step if it is due; gives the time to wait for the one after.
async fn step(region: &Region, id: String) -> Result<Option<Duration>, ComputeError> {
    let now = region.clock.now();
    let inside = region.clone();
    let done = region
        .db
        .write(move |tx| -> Result<Done, ComputeError> {
            let Some(mut server) = records::get::<Server>(tx, &id)? else {
                return Ok(Done::default());
            };
            let Some(due) = server.due else { return Ok(Done::default()) };
            let at = now.as_microsecond();
            if server.task == Some(Task::ImageUploading) {
                return Ok(Done { upload: Some(Box::new(server)), ..Done::default() });
            }
            if due > at {
                // At most a second: a test may shift the clock meanwhile.
                let wait = u64::try_from(due - at).unwrap_or(0).min(1_000_000);
                return Ok(Done { wait: Some(Duration::from_micros(wait)), ..Done::default() });
            }
            let volumes = advance(tx, &inside, now, &mut server)?;
            records::put(tx, &server)?;
            let wait = server.due.map(|due| {
                let wait = u64::try_from(due.saturating_sub(at)).unwrap_or(0).min(1_000_000);
                Duration::from_micros(wait)
            });
            let ending = server.vm_state == VmState::Deleted;
            let under_way = server.snapshot.filter(|_| ending);
            let discard = under_way.map(|under_way| under_way.image_id);
            Ok(Done { wait, volumes, discard, upload: None })
        })
        .await?;
    if let Some(server) = done.upload {
        snapshot_upload::upload(region, *server).await?;
    }
    if let Some(image) = done.discard {
        made::discard(region, &image).await?;
    }
    done.volumes.into_iter().for_each(|id| volume::follow(region, id));
    Ok(done.wait)
}

/// Does what is due; gives the volumes whose states are to be followed.
fn advance(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &mut Server,
) -> Result<Vec<String>, ComputeError> {
    match (server.vm_state, server.task) {
        (VmState::Building, Some(Task::Scheduling)) => build::schedule(conn, region, now, server)?,
        (VmState::Building, Some(Task::Networking)) => build::plug(conn, region, now, server)?,
        (VmState::Building, Some(Task::BlockDeviceMapping)) => {
            return build::map_disks(conn, region, now, server);
        }
        (VmState::Building, Some(Task::Spawning)) => {
            if failures::asked_for(&server.name) == Some(Failure::Spawn) {
                build::fail(conn, now, server, Failure::Spawn, "")?;
                return Ok(Vec::new());
            }
            settle(server, now, VmState::Active);
            server.launched = Some(now.as_microsecond());
            server.boots = 1;
            activate_ports(conn, now, server, true)?;
            history::end_event(conn, now, server, None)?;
        }
        (_, Some(Task::PoweringOff)) => {
            settle(server, now, VmState::Stopped);
            activate_ports(conn, now, server, false)?;
            history::end_event(conn, now, server, None)?;
        }
        (_, Some(Task::PoweringOn | Task::Rebooting | Task::RebootingHard)) => {
            settle(server, now, VmState::Active);
            server.boots += 1;
            activate_ports(conn, now, server, true)?;
            history::end_event(conn, now, server, None)?;
        }
        (_, Some(Task::Rescuing)) => rescue::begun(conn, now, server)?,
        (_, Some(Task::Unrescuing)) => rescue::ended(conn, now, server)?,
        (_, Some(task)) if task.is_snapshot() => snapshot_upload::advance(server, region, now),
        (_, Some(Task::Deleting)) => return end(conn, region, now, server),
        (VmState::Deleted, None) => {
            server.deleted = true;
            server.due = None;
        }
        // Nothing else is ever due.
        _ => server.due = None,
    }
    Ok(Vec::new())
}

/// Frees everything and shows the server as deleted for a last moment.
fn end(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &mut Server,
) -> Result<Vec<String>, ComputeError> {
    unplug(conn, now, server)?;
    let mut going = Vec::new();
    for disk in &server.disks {
        let Some(volume_id) = &disk.volume_id else { continue };
        // A volume that never came to be attached (the build failed) may be anybody's by now.
        let ours = match volume::get(conn, volume_id)? {
            Some(volume) => {
                let held =
                    volume.attachments.iter().any(|attachment| attachment.server_id == server.id);
                if held {
                    volume::detach(conn, now, volume_id)?;
                }
                held || (disk.source != Source::Volume && volume.attachments.is_empty())
            }
            None => false,
        };
        // What Cinder keeps, Nova lets be.
        if ours && disk.delete_on_termination && volume::delete(conn, region, now, volume_id)? {
            going.push(volume_id.clone());
        }
    }
    groups::leave(conn, &server.project_id, &server.id)?;
    history::end_event(conn, now, server, None)?;
    server.terminated = Some(now.as_microsecond());
    server.vm_state = VmState::Deleted;
    begin(server, region, now, None);
    Ok(going)
}

/// Removes the ports that Nova made and lets go of the user's own.
pub fn unplug(conn: &Connection, now: Timestamp, server: &Server) -> Result<(), ComputeError> {
    let own: Vec<&String> = server.nics.iter().filter_map(|nic| nic.port_id.as_ref()).collect();
    for port in network::ports_of_device(conn, &server.id)? {
        let id = network::text(&port, "id").to_owned();
        if own.contains(&&id) {
            let changes =
                [("device_id", json!("")), ("device_owner", json!("")), ("status", json!("DOWN"))];
            network::update_port(conn, now, &id, &changes)?;
        } else {
            network::delete_port(conn, now, &id)?;
        }
    }
    Ok(())
}

/// Sets the ports' status by whether the server runs.
pub fn activate_ports(
    conn: &Connection,
    now: Timestamp,
    server: &Server,
    up: bool,
) -> Result<(), ComputeError> {
    let status = json!(if up { "ACTIVE" } else { "DOWN" });
    for port in network::ports_of_device(conn, &server.id)? {
        network::update_port(conn, now, network::text(&port, "id"), &[("status", status.clone())])?;
    }
    Ok(())
}
