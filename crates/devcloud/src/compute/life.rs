//! The life of servers: from `scheduling` to `ACTIVE`, stopping, starting, rebooting, and the end.
//!
//! What is to happen next follows from the row alone (`vm_state`, `task`, `due`), and each step is one transaction with all
//! that it does at Neutron and Cinder, so that a killed process goes on where it was.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use super::error::ComputeError;
use super::failures::{self, Failure};
use super::flavors;
use super::history;
use super::model::{Disk, Fault, Server, Source, Task, VmState};
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

fn settle(server: &mut Server, now: Timestamp, state: VmState) {
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
            if due > at {
                // At most a second: a test may shift the clock meanwhile.
                let wait = u64::try_from(due - at).unwrap_or(0).min(1_000_000);
                return Ok(Done { wait: Some(Duration::from_micros(wait)), volumes: Vec::new() });
            }
            let volumes = advance(tx, &inside, now, &mut server)?;
            records::put(tx, &server)?;
            let wait = server.due.map(|due| {
                let wait = u64::try_from(due.saturating_sub(at)).unwrap_or(0).min(1_000_000);
                Duration::from_micros(wait)
            });
            Ok(Done { wait, volumes })
        })
        .await?;
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
        (VmState::Building, Some(Task::Scheduling)) => schedule(conn, region, now, server)?,
        (VmState::Building, Some(Task::Networking)) => plug(conn, region, now, server)?,
        (VmState::Building, Some(Task::BlockDeviceMapping)) => {
            return map_disks(conn, region, now, server);
        }
        (VmState::Building, Some(Task::Spawning)) => {
            if failures::asked_for(&server.name) == Some(Failure::Spawn) {
                fail(conn, now, server, Failure::Spawn, "")?;
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
            server.launched = Some(now.as_microsecond());
            server.boots += 1;
            activate_ports(conn, now, server, true)?;
            history::end_event(conn, now, server, None)?;
        }
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

fn schedule(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &mut Server,
) -> Result<(), ComputeError> {
    let first = region.zones.first().copied().unwrap_or("nova");
    let zone = server.pinned_zone.clone().unwrap_or_else(|| first.to_owned());
    let unavailable = flavors::find(&server.flavor_id)
        .is_some_and(|flavor| flavor.first_zone_only() && zone != first);
    if unavailable || failures::asked_for(&server.name) == Some(Failure::NoValidHost) {
        return fail(conn, now, server, Failure::NoValidHost, "");
    }
    server.zone = zone;
    server.placed = true;
    history::begin_event(conn, now, server, "compute__do_build_and_run_instance")?;
    begin(server, region, now, Some(Task::Networking));
    Ok(())
}

fn plug(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &mut Server,
) -> Result<(), ComputeError> {
    if failures::asked_for(&server.name) == Some(Failure::Network) {
        return fail(conn, now, server, Failure::Network, "");
    }
    let owner = format!("compute:{}", server.zone);
    for nic in &server.nics.clone() {
        if let Some(port_id) = &nic.port_id {
            let changes = [("device_id", json!(server.id)), ("device_owner", json!(owner))];
            network::update_port(conn, now, port_id, &changes)?;
            continue;
        }
        let wanted = network::NewPort {
            network_id: nic.network_id.clone(),
            fixed_ips: nic
                .fixed_ip
                .as_ref()
                .map(|ip| vec![network::FixedIp { subnet_id: None, ip_address: Some(ip.clone()) }]),
            security_groups: server.group_ids.clone(),
            device_id: server.id.clone(),
            device_owner: owner.clone(),
            ..network::NewPort::default()
        };
        // A network that ran out of addresses, or went away since the request, fails the build as a real one does.
        if let Err(refused) = network::create_port(conn, now, &server.project_id, &wanted) {
            tracing::info!(server = server.id, reason = refused.message, "no port");
            return fail(conn, now, server, Failure::Network, "");
        }
    }
    begin(server, region, now, Some(Task::BlockDeviceMapping));
    Ok(())
}

/// Makes the volumes that are wanted, then waits until all can be attached.
fn map_disks(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &mut Server,
) -> Result<Vec<String>, ComputeError> {
    let mut made = Vec::new();
    let mut ready = true;
    let fails = failures::asked_for(&server.name) == Some(Failure::Volume);
    let mut disks = server.disks.clone();
    for disk in disks.iter_mut().filter(|disk| disk.on_volume) {
        let Some(volume_id) = &disk.volume_id else {
            match volume::create(conn, region, now, new_volume(server, disk, fails)) {
                Ok(volume) => {
                    made.push(volume.id.clone());
                    disk.volume_id = Some(volume.id);
                    ready = false;
                }
                Err(refused) => {
                    // Cinder says no: quota above all.
                    server.disks = disks;
                    let message =
                        format!("Build of instance {} aborted: {}", server.id, refused.message);
                    fail_with(conn, now, server, message)?;
                    return Ok(made);
                }
            }
            continue;
        };
        match volume::get(conn, volume_id)?.map(|volume| volume.status) {
            Some(volume::Status::Available | volume::Status::Reserved | volume::Status::InUse) => {}
            Some(volume::Status::Creating | volume::Status::Downloading) => ready = false,
            _ => {
                let id = volume_id.clone();
                server.disks = disks;
                fail(conn, now, server, Failure::Volume, &id)?;
                return Ok(made);
            }
        }
    }
    server.disks = disks;
    if !ready {
        // Look again soon; Nova polls Cinder, too.
        server.updated = now.as_microsecond();
        server.due = Some(now.as_microsecond() + 50_000);
        return Ok(made);
    }
    let id = server.id.clone();
    for disk in server.disks.iter_mut() {
        let Some(volume_id) = &disk.volume_id else { continue };
        if disk.attachment_id.is_none() {
            disk.attachment_id = volume::reserve(conn, now, volume_id, &id)?;
        }
        volume::attach(conn, now, volume_id, &id, &disk.device)?;
    }
    begin(server, region, now, Some(Task::Spawning));
    Ok(made)
}

fn new_volume(server: &Server, disk: &Disk, fails: bool) -> volume::NewVolume {
    let image = match &disk.source {
        Source::Image(facts) => Some((**facts).clone()),
        Source::Volume | Source::Blank => None,
    };
    volume::NewVolume {
        project_id: server.project_id.clone(),
        user_id: server.user_id.clone(),
        // Nova gives its volumes no name; the one that is to fail needs one.
        name: Some(if fails { volume::failures::CREATE.to_owned() } else { String::new() }),
        description: Some(String::new()),
        size_gib: disk.size_gib,
        volume_type: disk.volume_type.clone(),
        zone: Some(server.zone.clone()),
        image,
        source: None,
        metadata: std::collections::BTreeMap::new(),
    }
}

fn fail(
    conn: &Connection,
    now: Timestamp,
    server: &mut Server,
    failure: Failure,
    volume_id: &str,
) -> Result<(), ComputeError> {
    let message = failure.message(&server.id, volume_id);
    fail_with(conn, now, server, message)
}

/// The build failed: ports go, volumes stay until the server is deleted.
fn fail_with(
    conn: &Connection,
    now: Timestamp,
    server: &mut Server,
    message: String,
) -> Result<(), ComputeError> {
    unplug(conn, now, server)?;
    if server.placed {
        history::end_event(conn, now, server, Some(&message))?;
    } else {
        history::begin_event(conn, now, server, "conductor_schedule_and_build_instances")?;
        history::end_event(conn, now, server, Some(&message))?;
    }
    settle(server, now, VmState::Error);
    server.fault = Some(Fault { code: 500, created: now.as_microsecond(), message });
    Ok(())
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
        if ours && disk.delete_on_termination {
            volume::delete(conn, region, now, volume_id)?;
            going.push(volume_id.clone());
        }
    }
    history::end_event(conn, now, server, None)?;
    server.terminated = Some(now.as_microsecond());
    server.vm_state = VmState::Deleted;
    begin(server, region, now, None);
    Ok(going)
}

/// Removes the ports that Nova made and lets go of the user's own.
fn unplug(conn: &Connection, now: Timestamp, server: &Server) -> Result<(), ComputeError> {
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

fn activate_ports(
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
