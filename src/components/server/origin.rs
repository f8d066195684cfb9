//! What a server was made from: its image, or the image that its boot volume was made of. Pure.
//!
//! Nova names no image for a server on a volume; Cinder remembers there what the volume took over from its image.

use std::collections::BTreeMap;

use openstack::compute::Server;
use openstack::image::Image;
use openstack::poll::Motion;
use openstack::volume::Volume;
use openstack::{ImageId, VolumeId};

use super::login::Properties;

/// The images and volumes that servers were made from, as far as they could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origins {
    /// By id. Images that are gone are missing.
    pub images: BTreeMap<ImageId, Image>,
    /// By id.
    pub volumes: BTreeMap<VolumeId, Volume>,
}

impl Origins {
    /// Whether more will be known soon: Cinder says what a volume was made of only when all of it is there
    /// (`volume_image_metadata` is written at the end of cinder/volume/flows/manager/create_volume.py).
    pub fn motion(&self) -> Motion {
        Motion::any(self.volumes.values().map(|volume| {
            volume.image_metadata.is_empty() && (volume.status.is_changing() || !volume.bootable)
        }))
    }
}

/// What has to be asked for to know the origins of some servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Images, each once, in order.
    pub images: Vec<ImageId>,
    /// Boot volumes, each once, in order.
    pub volumes: Vec<VolumeId>,
}

impl Wanted {
    /// By these servers.
    pub fn by(servers: &[Server]) -> Self {
        let mut images: Vec<ImageId> =
            servers.iter().filter_map(|server| server.image_id.clone()).collect();
        let mut volumes: Vec<VolumeId> = servers.iter().filter_map(boot_volume).collect();
        images.sort();
        images.dedup();
        volumes.sort();
        volumes.dedup();
        Self { images, volumes }
    }

    /// Whether nothing has to be asked.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty() && self.volumes.is_empty()
    }
}

/// The volume that a server boots from: Nova lists the root volume first.
pub fn boot_volume(server: &Server) -> Option<VolumeId> {
    match server.boots_from_volume() {
        true => server.volumes.first().map(|volume| volume.id.clone()),
        false => None,
    }
}

/// The image's id, where it is known.
pub fn origin_id(server: &Server, origins: &Origins) -> Option<ImageId> {
    server.image_id.clone().or_else(|| {
        let volume = boot_volume(server)?;
        origins.volumes.get(&volume)?.image_id()
    })
}

/// The image's name, where it is known.
pub fn origin_name(server: &Server, origins: &Origins) -> Option<String> {
    if let Some(image) = server.image_id.as_ref().and_then(|id| origins.images.get(id)) {
        return image.name.clone();
    }
    let volume = boot_volume(server)?;
    origins.volumes.get(&volume)?.image_metadata.get("image_name").cloned()
}

/// What the image says of its system and its user.
pub fn properties<'a>(server: &Server, origins: &'a Origins) -> Option<&'a Properties> {
    if let Some(image) = server.image_id.as_ref().and_then(|id| origins.images.get(id)) {
        return Some(&image.properties);
    }
    let volume = boot_volume(server)?;
    origins.volumes.get(&volume).map(|volume| &volume.image_metadata)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn on_volume() -> Server {
        serde_json::from_value(json!({
            "id": "s1", "status": "ACTIVE", "image": "",
            "os-extended-volumes:volumes_attached": [{"id": "v1", "delete_on_termination": true}, {"id": "v2"}],
        }))
        .expect("a server")
    }

    fn on_image() -> Server {
        serde_json::from_value(json!({"id": "s2", "status": "ACTIVE", "image": {"id": "i1"}}))
            .expect("a server")
    }

    fn origins() -> Origins {
        let image: Image =
            serde_json::from_value(json!({"id": "i1", "name": "debian-12", "os_distro": "debian"}))
                .expect("an image");
        let volume: Volume = serde_json::from_value(json!({
            "id": "v1", "status": "in-use", "size": 20,
            "volume_image_metadata": {"image_id": "i7", "image_name": "ubuntu", "os_distro": "ubuntu"},
        }))
        .expect("a volume");
        Origins {
            images: BTreeMap::from([(image.id.clone(), image)]),
            volumes: BTreeMap::from([(volume.id.clone(), volume)]),
        }
    }

    #[test]
    fn each_thing_is_asked_for_once() {
        let wanted = Wanted::by(&[on_image(), on_volume(), on_image(), on_volume()]);
        assert_eq!(wanted, Wanted { images: vec!["i1".into()], volumes: vec!["v1".into()] });
        assert!(Wanted::by(&[]).is_empty());
    }

    #[test]
    fn a_server_on_a_volume_knows_its_image_through_the_volume() {
        let origins = origins();
        assert_eq!(origin_id(&on_volume(), &origins), Some("i7".into()));
        assert_eq!(origin_name(&on_volume(), &origins).as_deref(), Some("ubuntu"));
        assert_eq!(origin_name(&on_image(), &origins).as_deref(), Some("debian-12"));
        let distro = |server: &Server| properties(server, &origins)?.get("os_distro").cloned();
        assert_eq!(distro(&on_volume()).as_deref(), Some("ubuntu"));
        assert_eq!(distro(&on_image()).as_deref(), Some("debian"));
    }

    #[test]
    fn a_volume_that_is_being_made_is_looked_at_again() {
        let with = |volume: serde_json::Value| {
            let volume: Volume = serde_json::from_value(volume).expect("a volume");
            let volumes = BTreeMap::from([(volume.id.clone(), volume)]);
            Origins { volumes, ..Origins::default() }.motion()
        };
        assert_eq!(origins().motion(), Motion::Still);
        let making = json!({"id": "v1", "status": "downloading", "size": 20, "bootable": "false"});
        assert_eq!(with(making), Motion::Changing);
        let of_no_image = json!({"id": "v1", "status": "in-use", "size": 20, "bootable": "true"});
        assert_eq!(with(of_no_image), Motion::Still);
    }

    #[test]
    fn what_is_gone_is_not_known() {
        let nothing = Origins::default();
        assert_eq!(origin_name(&on_image(), &nothing), None);
        assert_eq!(origin_id(&on_image(), &nothing), Some("i1".into()), "its id still is");
        assert_eq!(origin_id(&on_volume(), &nothing), None);
    }
}
