//! The form for launching an instance once more: as this tab filled it in, or as the instance's own record tells.

use openstack::compute::Server;

use super::draft::{Given, Part};
use super::{keep, link};
use crate::cloud::Cloud;
use crate::components::server::{Origins, boot_volume, origin_id};
use crate::routes;

/// The address of the form that launches an instance once more: as it was filled in here, else as its record tells, else the
/// choice of an image.
pub fn again_href(cloud: &Cloud, server: &Server, origins: &Origins) -> String {
    keep::launched(server.id.as_str(), &keep::owner(cloud))
        .map(|(image, given)| link::again(&image, server.id.as_str(), &given))
        .or_else(|| from_record(server, origins))
        .unwrap_or_else(|| routes::LAUNCH.to_owned())
}

/// The address of the form with the settings of an instance, as far as its record tells them: user data and password are in
/// no record. Sizes, networks and groups go by their names, which is what Nova tells. `None` where nobody knows its image.
pub fn from_record(server: &Server, origins: &Origins) -> Option<String> {
    let image = origin_id(server, origins)?;
    let mut given = Given::new();
    let mut put = |part: Part, values: Vec<String>| {
        given.insert(part, values);
    };
    let one = |text: &str| vec![text.to_owned()];
    put(Part::Name, one(&server.name));
    let flavor = server.flavor.as_ref();
    if let Some(flavor) = flavor {
        let id = flavor.id.as_ref().map(ToString::to_string);
        put(Part::Size, flavor.name.clone().or(id).into_iter().collect());
    }
    match boot_volume(server) {
        None if server.image_id.is_some() => put(Part::Disk, one("local")),
        None => {}
        Some(id) => {
            put(Part::Disk, one("volume"));
            if let Some(volume) = origins.volumes.get(&id) {
                put(Part::VolumeSize, vec![volume.size_gib.to_string()]);
                put(Part::VolumeType, volume.volume_type.clone().into_iter().collect());
            }
            let goes = server.volumes.iter().any(|one| one.id == id && one.delete_on_termination);
            put(Part::DeleteVolume, one(if goes { "yes" } else { "no" }));
        }
    }
    // An instance that failed before it had ports names neither networks nor groups: the form fills them in.
    if !server.addresses.is_empty() {
        put(Part::Network, server.addresses.keys().cloned().collect());
    }
    if !server.security_groups.is_empty() {
        let mut names: Vec<String> =
            server.security_groups.iter().map(|group| group.name.clone()).collect();
        // Nova repeats a group for each port.
        names.sort();
        names.dedup();
        put(Part::Groups, names);
    }
    put(Part::Key, server.key_name.clone().into_iter().collect());
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(description) = filled(&server.description) {
        put(Part::Description, vec![description]);
    }
    if !server.tags.is_empty() {
        put(Part::Tags, vec![server.tags.join(", ")]);
    }
    if !server.metadata.is_empty() {
        let pairs = server.metadata.iter().map(|(key, value)| format!("{key}={value}"));
        put(Part::Metadata, pairs.collect());
    }
    if let Some(group) = server.server_groups.first() {
        put(Part::ServerGroup, vec![group.to_string()]);
    }
    if server.config_drive {
        put(Part::ConfigDrive, one("yes"));
    }
    Some(link::link(image.as_str(), &given).href)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(server: serde_json::Value, expected: Option<&str>) {
        let server: Server = serde_json::from_value(server).expect("a server");
        assert_eq!(from_record(&server, &Origins::default()).as_deref(), expected);
    }

    #[test]
    fn the_record_fills_in_the_form() {
        check(
            json!({
                "id": "s", "name": "web 1", "status": "ERROR", "image": {"id": "i"},
                "flavor": {"original_name": "gp.2x4"}, "key_name": "lena", "tags": ["a", "b"],
                "metadata": {"role": "web"}, "security_groups": [{"name": "ssh"}, {"name": "ssh"}],
            }),
            Some(
                "/instances/launch?image=i&name=web%201&flavor=gp.2x4&disk=local&key=lena&security_group=ssh\
                 &tags=a%2C%20b&metadata=role%3Dweb",
            ),
        );
        check(json!({"id": "s", "name": "w", "status": "ERROR", "image": ""}), None);
    }
}
