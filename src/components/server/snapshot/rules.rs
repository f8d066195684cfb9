//! When an image can be made of a server, and what it will be. Pure.

use openstack::compute::{Server, ServerStatus};
use openstack::image::Image;
use openstack::volume::{Volume, VolumeLimits};

use crate::text::tr;

/// Why no image can be made of a server now: nova/compute/api.py `snapshot` and `snapshot_volume_backed`. A lock does not
/// hinder it.
pub fn why_not_image(server: &Server) -> Option<&'static str> {
    use ServerStatus::{Active, Build, Paused, Rescue, Shutoff, Suspended};
    match server.task_state.as_deref() {
        Some("deleting" | "soft-deleting") => return Some(tr("It is being deleted.")),
        _ if server.status == Build => return Some(tr("It is still being built.")),
        Some(task) if task.starts_with("image_") => {
            return Some(tr("An image is being made of it; wait for the end of it."));
        }
        Some(_) => return Some(tr("Something is being done to it; wait for the end of it.")),
        None => {}
    }
    match &server.status {
        Active | Shutoff | Suspended => None,
        Paused if server.boots_from_volume() => {
            Some(tr("It is paused: of an instance on a volume an image cannot be made then."))
        }
        Paused => None,
        Rescue => Some(tr("It is rescued: end the rescue first.")),
        _ => Some(tr("Only of an instance that runs, is stopped or sleeps can an image be made.")),
    }
}

/// Why a server cannot be shut down for it.
pub fn why_not_shut_down(server: &Server) -> Option<&'static str> {
    match &server.status {
        _ if server.locked => Some(tr("It is locked against changes.")),
        ServerStatus::Active => None,
        _ => Some(tr("It does not run.")),
    }
}

/// What will come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coming {
    /// A real image: the server's local disk.
    Data {
        /// Its disk, and so the most that there can be.
        disk_gib: Option<u64>,
        /// The data of the image that it was made of.
        base_bytes: Option<u64>,
        /// Attached volumes, which are not in it.
        left_out: usize,
    },
    /// An image of size 0 that points to a snapshot of each volume.
    Pointers(Vec<Disk>),
}

/// A volume of which a snapshot is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// Its name, or the beginning of its id.
    pub name: String,
    /// Its size; `None` when it could not be read.
    pub size_gib: Option<u64>,
    /// Where it is, and its snapshot.
    pub zone: Option<String>,
    /// The server starts from it.
    pub boots: bool,
}

/// What an image of this server will be. `volumes` are those that could be read.
pub fn coming(server: &Server, volumes: &[Volume], base: Option<&Image>) -> Coming {
    if !server.boots_from_volume() {
        let disk = server.flavor.as_ref().and_then(|flavor| flavor.disk_gib);
        return Coming::Data {
            disk_gib: disk.filter(|gib| *gib > 0),
            base_bytes: base.and_then(|base| base.size_bytes).filter(|bytes| *bytes > 0),
            left_out: server.volumes.len(),
        };
    }
    let disks = server.volumes.iter().enumerate().map(|(at, attached)| {
        let volume = volumes.iter().find(|volume| volume.id == attached.id);
        let short = || attached.id.as_str().chars().take(8).collect::<String>();
        let name = volume.map(|volume| volume.name.clone()).filter(|name| !name.is_empty());
        Disk {
            name: name.unwrap_or_else(short),
            size_gib: volume.map(|volume| volume.size_gib),
            zone: volume.and_then(|volume| volume.availability_zone.clone()),
            // Nova lists the root volume first.
            boots: at == 0,
        }
    });
    Coming::Pointers(disks.collect())
}

/// How many volume snapshots are missing in the quota: what is needed, and what is left.
pub fn over_quota(coming: &Coming, limits: Option<&VolumeLimits>) -> Option<(usize, u64)> {
    let Coming::Pointers(disks) = coming else { return None };
    let left = limits?.snapshots_left()?;
    (left < disks.len() as u64).then_some((disks.len(), left))
}

/// What is wrong with a name.
pub fn name_problem(name: &str) -> Option<String> {
    match name.trim() {
        "" => Some(tr("Give the image a name.").to_owned()),
        name if name.chars().count() > LONGEST_NAME => Some(crate::text::tr_with(
            "At most {most} characters; these are {count}.",
            &[("most", &LONGEST_NAME), ("count", &name.chars().count())],
        )),
        _ => None,
    }
}

/// Nova's and Glance's schema.
const LONGEST_NAME: usize = 255;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn server(value: Value) -> Server {
        serde_json::from_value(value).expect("a server")
    }

    #[test]
    fn it_follows_the_state() {
        let check = |status: &str, task: Option<&str>, volumes: Value, possible: bool| {
            let server = server(json!({
                "id": "s", "status": status, "OS-EXT-STS:task_state": task, "image": if volumes == json!([]) { json!({"id": "i"}) } else { json!("") },
                "os-extended-volumes:volumes_attached": volumes,
            }));
            assert_eq!(why_not_image(&server).is_none(), possible, "{status} {task:?}");
        };
        check("ACTIVE", None, json!([]), true);
        check("SHUTOFF", None, json!([{"id": "v"}]), true);
        check("PAUSED", None, json!([]), true);
        check("PAUSED", None, json!([{"id": "v"}]), false);
        check("RESCUE", None, json!([]), false);
        check("ACTIVE", Some("image_uploading"), json!([]), false);
        check("BUILD", Some("spawning"), json!([]), false);
    }

    #[test]
    fn a_local_disk_becomes_data_without_the_volumes() {
        let server = server(json!({
            "id": "s", "status": "ACTIVE", "image": {"id": "i"}, "flavor": {"disk": 20},
            "os-extended-volumes:volumes_attached": [{"id": "v"}],
        }));
        let base = serde_json::from_value(
            json!({"id": "i", "status": "active", "size": 2_000_000_000_u64}),
        )
        .expect("an image");
        let expected =
            Coming::Data { disk_gib: Some(20), base_bytes: Some(2_000_000_000), left_out: 1 };
        assert_eq!(coming(&server, &[], Some(&base)), expected);
    }

    #[test]
    fn volumes_become_snapshots_where_they_are() {
        let server = server(json!({
            "id": "s", "status": "ACTIVE", "image": "",
            "os-extended-volumes:volumes_attached": [{"id": "v-root"}, {"id": "0123456789"}],
        }));
        let volume: Volume = serde_json::from_value(json!({
            "id": "v-root", "name": "web-1-boot", "status": "in-use", "size": 20, "availability_zone": "dev-1a",
        }))
        .expect("a volume");
        let found = coming(&server, &[volume], None);
        let Coming::Pointers(disks) = &found else { panic!("{found:?}") };
        assert_eq!(disks[0].name, "web-1-boot");
        assert_eq!(
            (disks[0].size_gib, disks[0].zone.as_deref(), disks[0].boots),
            (Some(20), Some("dev-1a"), true)
        );
        assert_eq!(
            (disks[1].name.as_str(), disks[1].size_gib, disks[1].boots),
            ("01234567", None, false)
        );
        let limits = |max: i64| {
            serde_json::from_value::<VolumeLimits>(
                json!({"maxTotalSnapshots": max, "totalSnapshotsUsed": 9}),
            )
            .expect("limits")
        };
        assert_eq!(over_quota(&found, Some(&limits(10))), Some((2, 1)));
        assert_eq!(over_quota(&found, Some(&limits(11))), None);
        assert_eq!(over_quota(&found, Some(&limits(-1))), None);
    }
}
