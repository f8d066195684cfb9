//! Neutron: networks, subnets, ports, security groups, routers and floating addresses, as far as servers need them.
//!
//! Deliberately not here: packets. Routers, trunks, RBAC, QoS and load balancers cannot be made; the seeded router is there to
//! be listed and to carry floating addresses. Everything answers in Neutron's own forms (`tests/contract/neutron` holds samples of a real one).

mod api;
mod attributes;
mod change;
mod collections;
mod create;
mod error;
mod floating;
mod listing;
mod ports;
mod quota;
mod security;
mod seed;
mod store;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

pub use api::router;
pub use error::NetworkError;
pub use ports::{FixedIp, NewPort, create_port, delete_port, ports_of_device, update_port};
pub use quota::free as quota_free;
pub use security::{FoundGroup, ensure_default_group, find_group};
pub use seed::seed;
pub use store::{Kind, Object, SCHEMA, flag, text};

use crate::state::Region;

/// Nothing goes on in the background here.
pub async fn resume(_region: &Region) {}

/// The resource, if the project may see it: its own, and networks (with their subnets) that are shared or external.
pub fn find(
    conn: &Connection,
    project_id: &str,
    kind: Kind,
    id: &str,
) -> rusqlite::Result<Option<Object>> {
    let Some(object) = store::get(conn, kind, id)? else { return Ok(None) };
    Ok(visible(conn, project_id, kind, &object)?.then_some(object))
}

/// The networks that Nova offers the project by itself: its own, and shared ones. External ones must be named.
pub fn usable_networks(conn: &Connection, project_id: &str) -> rusqlite::Result<Vec<Object>> {
    let mut networks = store::all(conn, Kind::Network)?;
    networks.retain(|network| {
        (text(network, "project_id") == project_id && !flag(network, "router:external"))
            || flag(network, "shared")
    });
    Ok(networks)
}

/// Whether a network has at least one subnet.
pub fn has_subnet(conn: &Connection, network_id: &str) -> rusqlite::Result<bool> {
    Ok(store::all(conn, Kind::Subnet)?
        .iter()
        .any(|subnet| text(subnet, "network_id") == network_id))
}

/// Who has an address of a network: the device's id, or the network's own when it is a gateway's.
pub fn address_holder(
    conn: &Connection,
    network_id: &str,
    ip: &str,
) -> rusqlite::Result<Option<String>> {
    for port in store::all(conn, Kind::Port)? {
        let ips = port.get("fixed_ips").and_then(Value::as_array);
        let holds = ips
            .into_iter()
            .flatten()
            .any(|a| a.get("ip_address").and_then(Value::as_str) == Some(ip));
        if text(&port, "network_id") == network_id && holds {
            return Ok(Some(text(&port, "device_id").to_owned()));
        }
    }
    Ok(ports::taken(conn, network_id)?
        .iter()
        .any(|taken| taken == ip)
        .then(|| network_id.to_owned()))
}

/// Fixed and floating addresses that are tied to a port.
pub fn floating_of_port(
    conn: &Connection,
    port_id: &str,
) -> rusqlite::Result<Vec<(String, String)>> {
    floating::of_port(conn, port_id)
}

/// The groups of a project by id, for their names.
pub fn groups_of_project(conn: &Connection, project_id: &str) -> rusqlite::Result<Vec<Object>> {
    let mut groups = store::of_project(conn, Kind::SecurityGroup, project_id)?;
    for group in &mut groups {
        complete(conn, Kind::SecurityGroup, group)?;
    }
    Ok(groups)
}

fn visible(
    conn: &Connection,
    project_id: &str,
    kind: Kind,
    object: &Object,
) -> rusqlite::Result<bool> {
    if text(object, "project_id") == project_id {
        return Ok(true);
    }
    let open = |network: &Object| flag(network, "shared") || flag(network, "router:external");
    match kind {
        Kind::Network => Ok(open(object)),
        Kind::Subnet => {
            let network = store::get(conn, Kind::Network, text(object, "network_id"))?;
            Ok(network.is_some_and(|network| open(&network)))
        }
        _ => Ok(false),
    }
}

/// Adds what is derived: a network's subnets, a group's rules, what a floating address shows of its port.
fn complete(conn: &Connection, kind: Kind, object: &mut Object) -> rusqlite::Result<()> {
    let id = text(object, "id").to_owned();
    match kind {
        Kind::Network => {
            let subnets = store::all(conn, Kind::Subnet)?;
            let ids: Vec<&str> = subnets
                .iter()
                .filter(|subnet| text(subnet, "network_id") == id)
                .map(|subnet| text(subnet, "id"))
                .collect();
            object.insert("subnets".to_owned(), json!(ids));
        }
        Kind::SecurityGroup => {
            let rules: Vec<Value> = store::all(conn, Kind::SecurityGroupRule)?
                .into_iter()
                .filter(|rule| text(rule, "security_group_id") == id)
                .map(rule_in_group)
                .collect();
            object.insert("security_group_rules".to_owned(), json!(rules));
        }
        Kind::FloatingIp => {
            let details = floating::port_details(conn, text(object, "port_id"))?;
            object.insert("port_details".to_owned(), details);
        }
        _ => {}
    }
    Ok(())
}

/// Inside its group a rule is shown with some attributes more, and `belongs_to_default_sg` unknown, as recorded.
fn rule_in_group(mut rule: Object) -> Value {
    rule.insert("belongs_to_default_sg".to_owned(), Value::Null);
    rule.insert("tags".to_owned(), json!([]));
    let number =
        text(&rule, "id").bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9973);
    rule.insert("standard_attr_id".to_owned(), json!(number));
    Value::Object(rule)
}

/// Neutron's times.
fn stamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Marks a resource as changed.
fn touch(object: &mut Object, now: Timestamp) {
    let revision = object.get("revision_number").and_then(Value::as_i64).unwrap_or(0);
    object.insert("revision_number".to_owned(), json!(revision + 1));
    object.insert("updated_at".to_owned(), json!(stamp(now)));
}
