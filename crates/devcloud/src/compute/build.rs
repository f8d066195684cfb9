//! Building a server: a host, ports, disks, and what becomes of it when one of them cannot be had.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;

use super::error::ComputeError;
use super::failures::{self, Failure};
use super::life::{begin, settle, unplug};
use super::model::{Disk, Fault, Server, Source};
use super::states::{Task, VmState};
use super::{history, hosts};
use crate::network;
use crate::state::Region;
use crate::volume;

/// Finds a host.
pub fn schedule(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &mut Server,
) -> Result<(), ComputeError> {
    if failures::asked_for(&server.name) == Some(Failure::NoValidHost) {
        return fail(conn, now, server, Failure::NoValidHost, "");
    }
    let Some(host) = hosts::choose(conn, region, server)? else {
        return fail(conn, now, server, Failure::NoValidHost, "");
    };
    server.zone = host.zone;
    server.host = host.number;
    server.placed = true;
    history::begin_event(conn, now, server, "compute__do_build_and_run_instance")?;
    begin(server, region, now, Some(Task::Networking));
    Ok(())
}

/// Makes the ports that are wanted, and takes the user's own.
pub fn plug(
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
pub fn map_disks(
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
            match new_volume(conn, region, now, server, disk, fails) {
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

fn new_volume(
    conn: &Connection,
    region: &Region,
    now: Timestamp,
    server: &Server,
    disk: &Disk,
    fails: bool,
) -> Result<volume::Volume, volume::VolumeError> {
    let image = match &disk.source {
        Source::Image(facts) => Some((**facts).clone()),
        Source::Volume | Source::Blank | Source::Snapshot(_) => None,
    };
    let wanted = volume::NewVolume {
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
    };
    let Source::Snapshot(id) = &disk.source else {
        return volume::create(conn, region, now, wanted);
    };
    let found = volume::find_snapshot(conn, &server.project_id, id)?;
    let snapshot = found.ok_or_else(|| volume::VolumeError::missing("Snapshot", id))?;
    volume::create_of_snapshot(conn, region, now, wanted, &snapshot)
}

/// The build fails in this way.
pub fn fail(
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
