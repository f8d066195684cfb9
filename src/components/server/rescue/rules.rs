//! What a server can be rescued with, and why not. Pure; the rules are those of nova/compute/api.py `rescue`.

use openstack::compute::{Server, ServerStatus};
use openstack::image::{Image, ImageStatus};

use crate::components::image::display_name;
use crate::text::{tr, tr_with};

/// Why a server cannot be rescued now.
pub fn why_not_rescue(server: &Server) -> Option<&'static str> {
    use ServerStatus::{Active, Error, Rescue, Shutoff};
    if let Some(why) = why_not_now(server) {
        return Some(why);
    }
    match &server.status {
        Active | Shutoff | Error if server.launched_at.is_some() || server.status != Error => None,
        Error => Some(tr("It never ran: there is nothing to rescue.")),
        Rescue => Some(tr("It is rescued already.")),
        _ => Some(tr("Only an instance that runs, is stopped or has failed can be rescued.")),
    }
}

/// Why the rescue of a server cannot be ended now.
pub fn why_not_unrescue(server: &Server) -> Option<&'static str> {
    if let Some(why) = why_not_now(server) {
        return Some(why);
    }
    (server.status != ServerStatus::Rescue).then_some(tr("It is not rescued."))
}

fn why_not_now(server: &Server) -> Option<&'static str> {
    if server.locked {
        return Some(tr("It is locked against changes."));
    }
    match server.task_state.as_deref() {
        Some("deleting" | "soft-deleting") => Some(tr("It is being deleted.")),
        _ if server.status == ServerStatus::Build => Some(tr("It is still being built.")),
        Some(_) => Some(tr("Something is being done to it; wait for the end of it.")),
        None => None,
    }
}

/// How a server runs from an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The image is attached beside the server's own disks, which stay in their places ("stable device rescue").
    Beside {
        /// `cdrom`, `disk`, `floppy`.
        device: String,
        /// `scsi`, `virtio`, …; `None` where the cloud chooses it by the device.
        bus: Option<String>,
    },
    /// The image takes the first disk's place; the server's own local disk becomes the second.
    First,
}

/// Why an image is not offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfit {
    /// It has no data, but points to volume snapshots.
    VolumeSnapshot,
    /// It lacks what a server on a volume needs.
    NoRescueDevice,
    /// It is not ready.
    NotReady,
}

impl Unfit {
    /// Every reason, in the order they are told.
    pub const EACH: [Self; 3] = [Self::NoRescueDevice, Self::VolumeSnapshot, Self::NotReady];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::VolumeSnapshot => tr(
                "They hold no data, only pointers to volume snapshots: nothing can start from them here.",
            ),
            Self::NoRescueDevice => tr(
                "This instance boots from a volume. For it an image must say as what it is attached: the properties `hw_rescue_device` and `hw_rescue_bus`, both of them.",
            ),
            Self::NotReady => tr("They are not active."),
        }
    }
}

/// Whether a server can be rescued with an image, and how it then runs.
///
/// For a server on a volume Nova's API asks for both properties (nova/compute/api.py `rescue`: `hw_rescue_bus` and
/// `hw_rescue_device`). For one on a local disk either is enough (nova/virt/hardware.py `check_hw_rescue_props`: `any`); a
/// device that is not named is a disk (nova/virt/libvirt/blockinfo.py `get_rescue_device`, `get_rescue_bus`). Nova's own
/// user guide says "or" of both.
pub fn way(image: &Image, on_volume: bool) -> Result<Way, Unfit> {
    if image.status != ImageStatus::Active {
        return Err(Unfit::NotReady);
    }
    if image.property("block_device_mapping").is_some() {
        return Err(Unfit::VolumeSnapshot);
    }
    let (device, bus) = (image.property("hw_rescue_device"), image.property("hw_rescue_bus"));
    if on_volume && (device.is_none() || bus.is_none()) {
        return Err(Unfit::NoRescueDevice);
    }
    if device.is_none() && bus.is_none() {
        return Ok(Way::First);
    }
    Ok(Way::Beside { device: device.unwrap_or("disk").to_owned(), bus: bus.map(str::to_owned) })
}

/// What a server can be rescued with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// Those that fit, rescue images first.
    pub fit: Vec<Fit>,
    /// Why others are not offered, and their names.
    pub unfit: Vec<(Unfit, Vec<String>)>,
}

/// An image that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How the server then runs.
    pub way: Way,
    /// `iso`, `qcow2`, …
    pub disk_format: Option<String>,
    /// It is the one that the server was made of.
    pub own: bool,
}

impl Fit {
    /// What tells it from others: how it is attached, its format.
    pub fn note(&self) -> String {
        let way = match &self.way {
            Way::Beside { device, bus: Some(bus) } => {
                tr_with("as {device} on {bus}", &[("device", device), ("bus", bus)])
            }
            Way::Beside { device, bus: None } => tr_with("as {device}", &[("device", device)]),
            Way::First => tr("as the first disk").to_owned(),
        };
        let own = self.own.then(|| tr("its own image").to_owned());
        [self.disk_format.clone(), Some(way), own]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }
}

/// Sorts the images that somebody sees. `own` is the image that the server was made of.
pub fn offer(images: &[Image], on_volume: bool, own: Option<&str>) -> Offer {
    let mut offer = Offer::default();
    let mut unfit: Vec<(Unfit, String)> = Vec::new();
    for image in images {
        let name = display_name(image);
        match way(image, on_volume) {
            Ok(way) => offer.fit.push(Fit {
                id: image.id.to_string(),
                name,
                way,
                disk_format: image.disk_format.clone(),
                own: own == Some(image.id.as_str()),
            }),
            Err(why) => unfit.push((why, name)),
        }
    }
    offer.fit.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
    for why in Unfit::EACH {
        let mut names: Vec<String> =
            unfit.iter().filter(|(other, _)| *other == why).map(|(_, name)| name.clone()).collect();
        names.sort();
        if !names.is_empty() {
            offer.unfit.push((why, names));
        }
    }
    offer
}

/// Made for rescue first, then the server's own, which is what Nova takes by itself.
fn rank(fit: &Fit) -> u8 {
    match (&fit.way, fit.own) {
        (Way::Beside { .. }, _) => 0,
        (Way::First, true) => 1,
        (Way::First, false) => 2,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn server(status: &str, task: Option<&str>) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "OS-EXT-STS:task_state": task, "OS-SRV-USG:launched_at": "2026-11-22T17:57:00.000000",
        }))
        .expect("a server")
    }

    #[test]
    fn it_follows_the_state() {
        let check = |status, task, rescue: bool, unrescue: bool| {
            let server = server(status, task);
            let found = (why_not_rescue(&server).is_none(), why_not_unrescue(&server).is_none());
            assert_eq!(found, (rescue, unrescue), "{status} {task:?}");
        };
        check("ACTIVE", None, true, false);
        check("SHUTOFF", None, true, false);
        check("ERROR", None, true, false);
        check("RESCUE", None, false, true);
        check("RESCUE", Some("unrescuing"), false, false);
        check("PAUSED", None, false, false);
        check("ACTIVE", Some("image_uploading"), false, false);
        let mut locked = server("ACTIVE", None);
        locked.locked = true;
        assert!(why_not_rescue(&locked).is_some());
        let mut never_ran = server("ERROR", None);
        never_ran.launched_at = None;
        assert!(why_not_rescue(&never_ran).is_some());
    }

    fn image(name: &str, more: Value) -> Image {
        let mut image = json!({"id": name, "name": name, "status": "active"});
        let fields = image.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        serde_json::from_value(image).expect("an image")
    }

    #[test]
    fn a_server_on_a_volume_needs_both_properties_and_another_either() {
        let iso = image("sysrescue", json!({"hw_rescue_device": "cdrom", "hw_rescue_bus": "scsi"}));
        let half = image("half", json!({"hw_rescue_device": "cdrom"}));
        let only_bus = image("bus", json!({"hw_rescue_bus": "usb"}));
        let beside = Ok(Way::Beside { device: "cdrom".into(), bus: Some("scsi".into()) });
        assert_eq!(way(&iso, true), beside);
        assert_eq!(way(&iso, false), beside);
        assert_eq!(way(&half, true), Err(Unfit::NoRescueDevice));
        assert_eq!(way(&only_bus, true), Err(Unfit::NoRescueDevice));
        assert_eq!(way(&half, false), Ok(Way::Beside { device: "cdrom".into(), bus: None }));
        let disk = Way::Beside { device: "disk".into(), bus: Some("usb".into()) };
        assert_eq!(way(&only_bus, false), Ok(disk));
        assert_eq!(way(&image("plain", json!({})), false), Ok(Way::First));
        let pointing = image("snapshot", json!({"block_device_mapping": "[{}]", "size": 0}));
        assert_eq!(way(&pointing, false), Err(Unfit::VolumeSnapshot));
        assert_eq!(way(&image("new", json!({"status": "queued"})), false), Err(Unfit::NotReady));
    }

    #[test]
    fn rescue_images_come_first_and_others_are_told_with_the_reason() {
        let images = [
            image("zeta", json!({})),
            image("debian", json!({})),
            image(
                "sysrescue",
                json!({"hw_rescue_device": "cdrom", "hw_rescue_bus": "scsi", "disk_format": "iso"}),
            ),
        ];
        let names =
            |offer: &Offer| offer.fit.iter().map(|fit| fit.name.clone()).collect::<Vec<_>>();
        let local = offer(&images, false, Some("zeta"));
        assert_eq!(names(&local), ["sysrescue", "zeta", "debian"]);
        assert_eq!(local.fit[0].note(), "iso · as cdrom on scsi");
        assert_eq!(local.fit[1].note(), "as the first disk · its own image");
        let volume = offer(&images, true, None);
        assert_eq!(names(&volume), ["sysrescue"]);
        assert_eq!(volume.unfit, [(Unfit::NoRescueDevice, vec!["debian".into(), "zeta".into()])]);
    }
}
