//! The launch as an `openstack server create` line that does exactly the same.
//!
//! Pure. Things that people read are named (size, network, groups) where their name is the only one of its kind; the
//! image goes by its id, as names of images repeat.

use openstack::compute::{BootFrom, CreateServer, Networks};
use openstack::network::Network;
use openstack::{ImageId, NetworkId};

use super::form::Offer;
use crate::text::shell::quote;

/// One option of the command, or its last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// `--flavor`; `None` for the name at the end.
    pub flag: Option<&'static str>,
    /// Quoted for a shell; empty for a flag alone.
    pub value: String,
}

/// The command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// `openstack … server create`.
    pub verb: String,
    /// What follows, one a line.
    pub pieces: Vec<Piece>,
}

impl Command {
    /// The command that asks for the same server.
    pub fn of(server: &CreateServer, offer: &Offer) -> Self {
        let mut pieces = Vec::new();
        let mut add = |flag: &'static str, value: String| {
            pieces.push(Piece { flag: Some(flag), value: quote(&value) });
        };
        let mut version = 0;
        match &server.boot {
            BootFrom::LocalDisk { image } => add("--image", image.to_string()),
            // What `--boot-from-volume` cannot say takes the long form, which wants the id and names all of it.
            BootFrom::NewVolume {
                image,
                size_gib,
                volume_type: None,
                delete_with_server: false,
            } => {
                add("--image", image.to_string());
                add("--boot-from-volume", size_gib.to_string());
            }
            BootFrom::NewVolume { image, size_gib, volume_type, delete_with_server } => {
                if volume_type.is_some() {
                    version = 67;
                }
                let device = device(image, *size_gib, volume_type.as_deref(), *delete_with_server);
                add("--block-device", device);
            }
            BootFrom::Volume { volume, delete_with_server } => {
                let uuid = volume.as_str();
                add("--block-device", existing("volume", uuid, Some(0), *delete_with_server));
            }
            BootFrom::Snapshots(disks) => {
                for disk in disks {
                    let mut words = existing(
                        "snapshot",
                        disk.snapshot.as_str(),
                        disk.boot_index,
                        disk.delete_with_server,
                    );
                    if let Some(size_gib) = disk.size_gib {
                        words.push_str(&format!(",volume_size={size_gib}"));
                    }
                    if let Some(volume_type) = &disk.volume_type {
                        version = 67;
                        words.push_str(&format!(",volume_type={volume_type}"));
                    }
                    add("--block-device", words);
                }
            }
        }
        add("--flavor", flavor_word(server, offer));
        match &server.networks {
            Networks::Auto | Networks::None => {
                version = version.max(37);
                let word = if server.networks == Networks::Auto { "auto" } else { "none" };
                add("--network", word.to_owned());
            }
            Networks::These(ids) => {
                for id in ids {
                    add("--network", network_word(id, &offer.networks));
                }
            }
            Networks::Ports(ids) => {
                for id in ids {
                    add("--port", id.to_string());
                }
            }
        }
        for group in &server.security_groups {
            add("--security-group", group.clone());
        }
        if let Some(key) = &server.key_name {
            add("--key-name", key.clone());
        }
        if let Some(zone) = &server.availability_zone {
            add("--availability-zone", zone.clone());
        }
        if server.count > 1 {
            add("--min", server.count.to_string());
            add("--max", server.count.to_string());
        }
        pieces.push(Piece { flag: None, value: name_word(&server.name) });
        let verb = match version {
            0 => "openstack server create".to_owned(),
            minor => format!("openstack --os-compute-api-version 2.{minor} server create"),
        };
        Self { verb, pieces }
    }

    /// The text to paste: one option a line.
    pub fn text(&self) -> String {
        let mut text = self.verb.clone();
        for piece in &self.pieces {
            text.push_str(" \\\n  ");
            if let Some(flag) = piece.flag {
                text.push_str(flag);
                text.push(' ');
            }
            text.push_str(&piece.value);
        }
        text
    }
}

fn device(image: &ImageId, size_gib: u64, volume_type: Option<&str>, delete: bool) -> String {
    let mut words = vec![
        format!("uuid={image}"),
        "source_type=image".to_owned(),
        "destination_type=volume".to_owned(),
        "boot_index=0".to_owned(),
        format!("volume_size={size_gib}"),
    ];
    if let Some(volume_type) = volume_type {
        words.push(format!("volume_type={volume_type}"));
    }
    words.push(format!("delete_on_termination={delete}"));
    words.join(",")
}

/// A device made of what is in the volume service.
fn existing(source: &str, uuid: &str, boot_index: Option<u32>, delete: bool) -> String {
    let boot = boot_index.map_or_else(String::new, |index| format!(",boot_index={index}"));
    format!(
        "uuid={uuid},source_type={source},destination_type=volume{boot},delete_on_termination={delete}"
    )
}

fn flavor_word(server: &CreateServer, offer: &Offer) -> String {
    let flavor = offer.flavors.iter().find(|flavor| flavor.id == server.flavor);
    // Nova lets no two sizes have the same name.
    flavor.map_or_else(|| server.flavor.to_string(), |flavor| flavor.name.clone())
}

fn network_word(id: &NetworkId, networks: &[Network]) -> String {
    let name =
        networks.iter().find(|network| network.id == *id).map(|network| network.name.as_str());
    let alone = |name: &&str| networks.iter().filter(|network| network.name == *name).count() == 1;
    // `auto` and `none` mean something else on the command line.
    name.filter(|name| !name.is_empty() && !["auto", "none"].contains(name))
        .filter(alone)
        .map_or_else(|| id.to_string(), str::to_owned)
}

/// The name is the only word without a flag: one that begins with a dash would be read as an option.
fn name_word(name: &str) -> String {
    if name.starts_with('-') { format!("-- {}", quote(name)) } else { quote(name) }
}

#[cfg(test)]
mod tests {
    use openstack::{FlavorId, ImageId, NetworkId};
    use serde_json::json;

    use super::super::fit::Needs;
    use super::*;

    fn offer() -> Offer {
        Offer {
            image: serde_json::from_value(json!({"id": "img", "status": "active"})).expect("an image"),
            needs: Needs { ram_mib: 0, local_gib: 1, volume_gib: 1 },
            flavors: serde_json::from_value(
                json!([{"id": "f1", "name": "gp.2x8", "vcpus": 2, "ram": 8192, "disk": 0}]),
            )
            .expect("flavors"),
            limits: None,
            volume_limits: None,
            networks: serde_json::from_value(json!([
                {"id": "n1", "name": "erp internal"}, {"id": "n2", "name": "twin"}, {"id": "n3", "name": "twin"},
            ]))
            .expect("networks"),
            groups: Vec::new(),
        }
    }

    fn server(boot: BootFrom, networks: Networks) -> CreateServer {
        CreateServer::new("erp-app", FlavorId::from("f1"), boot, networks)
    }

    fn volume(volume_type: Option<&str>, delete_with_server: bool) -> BootFrom {
        BootFrom::NewVolume {
            image: ImageId::from("img"),
            size_gib: 60,
            volume_type: volume_type.map(str::to_owned),
            delete_with_server,
        }
    }

    fn these(id: &str) -> Networks {
        Networks::These(vec![NetworkId::from(id)])
    }

    fn check(server: &CreateServer, expected: &str) {
        let line = Command::of(server, &offer()).text().replace(" \\\n ", "");
        assert_eq!(line, expected);
    }

    #[test]
    fn the_short_form_where_it_says_everything() {
        let mut server = server(volume(None, false), these("n1"));
        server.security_groups = vec!["default".to_owned()];
        server.key_name = Some("lena 2026".to_owned());
        check(
            &server,
            "openstack server create --image img --boot-from-volume 60 --flavor gp.2x8 --network 'erp internal' \
             --security-group default --key-name 'lena 2026' erp-app",
        );
    }

    #[test]
    fn the_long_form_where_the_short_one_cannot_say_it() {
        check(
            &server(volume(Some("ssd"), true), these("n2")),
            "openstack --os-compute-api-version 2.67 server create --block-device \
             uuid=img,source_type=image,destination_type=volume,boot_index=0,volume_size=60,volume_type=ssd,delete_on_termination=true \
             --flavor gp.2x8 --network n2 erp-app",
        );
    }

    #[test]
    fn no_network_is_asked_for_by_name() {
        let disk = || BootFrom::LocalDisk { image: ImageId::from("img") };
        check(
            &server(disk(), Networks::None),
            "openstack --os-compute-api-version 2.37 server create --image img --flavor gp.2x8 --network none erp-app",
        );
        let mut dashed = server(disk(), these("n1"));
        dashed.name = "-x".to_owned();
        check(
            &dashed,
            "openstack server create --image img --flavor gp.2x8 --network 'erp internal' -- -x",
        );
    }
}
