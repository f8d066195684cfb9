//! Servers as Nova shows them, by microversion (`nova/api/openstack/compute/views/servers.py`).

use rusqlite::Connection;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha224};

use super::model::Server;
use super::states::VmState;
use super::{flavors, groups};
use crate::clock::at_micros;
use crate::microversion::Microversion;
use crate::network;
use crate::records::Micros;

/// What a view depends on besides the server.
pub struct Frame<'a> {
    /// The service's root, for links.
    pub root: &'a str,
    /// The caller's version.
    pub version: Microversion,
    /// Whether an operator asks: sees host names and the like.
    pub admin: bool,
}

impl Frame<'_> {
    fn since(&self, minor: u32) -> bool {
        self.version.minor >= minor
    }
}

/// `id`, `name` and links.
pub fn summary(server: &Server, frame: &Frame<'_>) -> Value {
    json!({"id": server.id, "name": server.name, "links": links(server, frame.root)})
}

/// All attributes; `single` for the view of one server, which has some more than the list's.
pub fn detail(
    conn: &Connection,
    server: &Server,
    frame: &Frame<'_>,
    single: bool,
) -> rusqlite::Result<Value> {
    let ports = ports(conn, server)?;
    let view = json!({
        "accessIPv4": "", "accessIPv6": "",
        "addresses": addresses(conn, server, &ports)?,
        "created": seconds(server.created),
        "flavor": flavor(server, frame),
        "hostId": host_id(server),
        "id": server.id,
        "image": image(server, frame),
        "links": links(server, frame.root),
        "metadata": server.metadata,
        "name": server.name,
        "status": server.status(),
        "tenant_id": server.project_id,
        "user_id": server.user_id,
        "updated": seconds(server.updated),
        "OS-DCF:diskConfig": if server.auto_disk_config { "AUTO" } else { "MANUAL" },
        "OS-EXT-AZ:availability_zone": server.zone,
        "config_drive": if server.config_drive { "True" } else { "" },
        "key_name": server.key_name,
        "OS-SRV-USG:launched_at": server.launched.map(micros),
        "OS-SRV-USG:terminated_at": server.terminated.map(micros),
        "OS-EXT-STS:task_state": server.task.map(|task| task.word()),
        "OS-EXT-STS:vm_state": server.vm_state.word(),
        "OS-EXT-STS:power_state": server.power_state(),
        "os-extended-volumes:volumes_attached": volumes(server, frame),
    });
    let Value::Object(mut view) = view else { return Ok(view) };
    let mut put = |name: &str, value: Value| {
        view.insert(name.to_owned(), value);
    };
    if matches!(server.vm_state, VmState::Error | VmState::Deleted)
        && let Some(fault) = &server.fault
    {
        let created = seconds(fault.created);
        put("fault", json!({"code": fault.code, "created": created, "message": fault.message}));
    }
    if matches!(server.status(), "ACTIVE" | "BUILD" | "REBOOT" | "HARD_REBOOT") {
        put("progress", json!(0));
    }
    let groups = group_names(conn, server, &ports)?;
    if !groups.is_empty() {
        let groups: Vec<Value> = groups.into_iter().map(|name| json!({"name": name})).collect();
        put("security_groups", json!(groups));
    }
    if frame.admin {
        let host = if server.placed { json!(host(server)) } else { Value::Null };
        put("OS-EXT-SRV-ATTR:host", host.clone());
        put("OS-EXT-SRV-ATTR:hypervisor_hostname", host);
        put(
            "OS-EXT-SRV-ATTR:instance_name",
            json!(format!("instance-{}", server.id.get(..8).unwrap_or(""))),
        );
        if frame.since(3) {
            put("OS-EXT-SRV-ATTR:hostname", json!(server.hostname));
            put("OS-EXT-SRV-ATTR:kernel_id", json!(""));
            put("OS-EXT-SRV-ATTR:ramdisk_id", json!(""));
            put("OS-EXT-SRV-ATTR:launch_index", json!(0));
            put("OS-EXT-SRV-ATTR:reservation_id", json!(server.reservation_id));
            put(
                "OS-EXT-SRV-ATTR:root_device_name",
                json!(server.disks.first().map(|disk| &disk.device)),
            );
            put("OS-EXT-SRV-ATTR:user_data", json!(server.user_data));
        }
    }
    let more = [
        (9, "locked", json!(false)),
        (19, "description", json!(server.description)),
        (26, "tags", json!(server.tags)),
        (63, "trusted_image_certificates", Value::Null),
        (73, "locked_reason", Value::Null),
        (90, "OS-EXT-SRV-ATTR:hostname", json!(server.hostname)),
        (96, "pinned_availability_zone", json!(server.pinned_zone)),
        (100, "scheduler_hints", json!(server.hints)),
    ];
    for (minor, name, value) in more {
        if frame.since(minor) {
            put(name, value);
        }
    }
    if single && frame.since(71) {
        let group = groups::of_server(conn, &server.project_id, &server.id)?;
        put(
            "server_groups",
            json!(group.map(|group| group.id).into_iter().collect::<Vec<String>>()),
        );
    }
    Ok(Value::Object(view))
}

/// Nova's times with microseconds, which are never set.
pub fn micros(time: Micros) -> String {
    stamp(time, "%Y-%m-%dT%H:%M:%S.000000")
}

/// Nova's other times.
pub fn seconds(time: Micros) -> String {
    stamp(time, "%Y-%m-%dT%H:%M:%SZ")
}

fn stamp(time: Micros, format: &str) -> String {
    at_micros(time).strftime(format).to_string()
}

/// The ports of a server in the order of its plugs.
pub fn ports(conn: &Connection, server: &Server) -> rusqlite::Result<Vec<network::Object>> {
    // Before a host is found there are none; nobody else's port bears this id.
    if !server.placed { Ok(Vec::new()) } else { network::ports_of_device(conn, &server.id) }
}

/// Addresses by the network's name; none while it is being made.
pub fn addresses(
    conn: &Connection,
    server: &Server,
    ports: &[network::Object],
) -> rusqlite::Result<Value> {
    let mut by_network: Map<String, Value> = Map::new();
    if matches!(server.vm_state, VmState::Building) {
        return Ok(Value::Object(by_network));
    }
    for port in ports {
        let id = network::text(port, "network_id");
        let named = network::find(conn, &server.project_id, network::Kind::Network, id)?;
        let name = named.as_ref().map_or(id, |network| network::text(network, "name"));
        let mac = network::text(port, "mac_address");
        let address = |ip: &str, kind: &str| {
            let version = if ip.contains(':') { 6 } else { 4 };
            json!({
                "version": version, "addr": ip, "OS-EXT-IPS:type": kind, "OS-EXT-IPS-MAC:mac_addr": mac,
            })
        };
        let floating = network::floating_of_port(conn, network::text(port, "id"))?;
        let mut found = Vec::new();
        for ip in port.get("fixed_ips").and_then(Value::as_array).into_iter().flatten() {
            let Some(ip) = ip.get("ip_address").and_then(Value::as_str) else { continue };
            found.push(address(ip, "fixed"));
            let tied = floating.iter().filter(|(fixed, _)| fixed == ip);
            found.extend(tied.map(|(_, public)| address(public, "floating")));
        }
        if let Some(list) =
            by_network.entry(name.to_owned()).or_insert_with(|| json!([])).as_array_mut()
        {
            list.extend(found);
        }
    }
    Ok(Value::Object(by_network))
}

/// Ids of the groups on the server's ports, each once.
pub fn group_ids(ports: &[network::Object]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for port in ports {
        for id in port.get("security_groups").and_then(Value::as_array).into_iter().flatten() {
            if let Some(id) = id.as_str()
                && !ids.iter().any(|known| known == id)
            {
                ids.push(id.to_owned());
            }
        }
    }
    ids
}

fn group_names(
    conn: &Connection,
    server: &Server,
    ports: &[network::Object],
) -> rusqlite::Result<Vec<String>> {
    let ids = group_ids(ports);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let groups = network::groups_of_project(conn, &server.project_id)?;
    let name = |id: &String| {
        let group = groups.iter().find(|group| network::text(group, "id") == id);
        group.map_or_else(|| id.clone(), |group| network::text(group, "name").to_owned())
    };
    Ok(ids.iter().map(name).collect())
}

fn flavor(server: &Server, frame: &Frame<'_>) -> Value {
    let id = &server.flavor_id;
    let Some(flavor) = flavors::find(id) else { return json!({}) };
    if frame.since(47) {
        return json!({
            "vcpus": flavor.vcpus, "ram": flavor.ram_mib, "disk": flavor.disk_gib, "ephemeral": 0, "swap": 0,
            "original_name": flavor.name, "extra_specs": flavor.extra_specs(),
        });
    }
    json!({"id": id, "links": [{"rel": "bookmark", "href": format!("{}/flavors/{id}", frame.root)}]})
}

fn image(server: &Server, frame: &Frame<'_>) -> Value {
    let Some(id) = &server.image_id else { return json!("") };
    let links = json!([{"rel": "bookmark", "href": format!("{}/images/{id}", frame.root)}]);
    if !frame.since(98) {
        return json!({"id": id, "links": links});
    }
    let facts = server.disks.iter().find_map(|disk| match &disk.source {
        super::model::Source::Image(facts) if facts.id == *id => Some(facts),
        _ => None,
    });
    let known = |name: &str| ["hw_", "os_", "img_"].iter().any(|prefix| name.starts_with(prefix));
    let properties: Map<String, Value> = facts
        .into_iter()
        .flat_map(|facts| &facts.properties)
        .filter(|(name, _)| known(name))
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    json!({"id": id, "links": links, "properties": properties})
}

fn volumes(server: &Server, frame: &Frame<'_>) -> Value {
    let with_flag = frame.since(3);
    let view = |disk: &super::model::Disk| {
        let id = disk.volume_id.as_ref()?;
        Some(match with_flag {
            true => json!({"id": id, "delete_on_termination": disk.delete_on_termination}),
            false => json!({"id": id}),
        })
    };
    let gone = server.vm_state == VmState::Deleted;
    json!(server.disks.iter().filter(|_| !gone).filter_map(view).collect::<Vec<Value>>())
}

fn links(server: &Server, root: &str) -> Value {
    let id = &server.id;
    json!([
        {"rel": "self", "href": format!("{root}/v2.1/servers/{id}")},
        {"rel": "bookmark", "href": format!("{root}/servers/{id}")},
    ])
}

/// The name of its host.
fn host(server: &Server) -> String {
    format!("{}-host-{}", server.zone, server.host)
}

/// A hash of project and host, so that a project can tell hosts apart but not name them.
pub fn host_id(server: &Server) -> String {
    if !server.placed {
        return String::new();
    }
    let hash = Sha224::digest(format!("{}{}", server.project_id, host(server)));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
